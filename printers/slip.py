"""The slip that a visitor takes along: what stands on it, in which order and how large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from printers.paper import Paper
from printers.wording import Wording


def lay_out(slip: Mapping[str, Any], *, width_mm: Literal[80, 58], profile: str) -> bytes:
    """The ESC/POS bytes of a whole slip, cut included, for a printer of a python-escpos profile.

    `slip` is what the server gives with a print job; several tickets of one visit stand on one slip. Raises ValueError
    or KeyError where `slip`, the width or the profile is not what it must be; no text that it holds is ever refused.
    """
    wording = Wording(slip["language"], slip["hall"]["timezone"])
    paper = Paper(width_mm, profile)
    tickets = slip["tickets"]
    if slip["copy"]:
        paper.write(wording.text("copy"), (2, 2), bold=True, reverse=True)
        paper.gap()
    paper.write(slip["hall"]["name"], bold=True)
    paper.write_together(*wording.issued(slip["issued_at"]))
    paper.rule()
    for position, ticket in enumerate(tickets, 1):
        many = len(tickets) > 1
        paper.write(wording.text("number_of", i=position, n=len(tickets)) if many else wording.text("number"))
        _ticket(paper, wording, ticket, slip["issued_at"])
        paper.rule()
    _ending(paper, wording, slip)
    return paper.cut()


def _ticket(paper: Paper, wording: Wording, ticket: Mapping[str, Any], issued_at: str) -> None:
    """One ticket: its number as the largest thing on the paper, what it is for, and what comes next."""
    paper.write_largest(ticket["number"], bold=True)
    paper.write(paper.choose(ticket["agency_name"], wording.language))
    service = paper.choose(ticket["service_name"], wording.language)
    paper.write_fitting(service, ((2, 2), (1, 2)), 2, bold=True)
    paper.gap()
    if ticket["ahead"] is not None:
        paper.write(wording.ahead(ticket["ahead"]), (1, 2))
    if ticket["estimate"] is not None:
        paper.write(wording.called_around(issued_at, ticket["estimate"]), (1, 2))
    zone = paper.choose(ticket["zone_name"], wording.language)
    if zone:
        paper.write(wording.text("wait_at", zone=zone), (1, 2), bold=True)
    if ticket["party_size"] > 1:
        paper.write(wording.text("party", n=ticket["party_size"]))


def _ending(paper: Paper, wording: Wording, slip: Mapping[str, Any]) -> None:
    """The way to the visitor's page, and the hall's own words."""
    if slip["url"] is not None:
        paper.gap()
        if paper.qr(slip["url"]):
            paper.gap()
            paper.write(wording.text("scan"))
    footer = slip["hall"]["footer"]
    if footer is not None:
        paper.gap()
        paper.write(paper.choose(footer, wording.language))
