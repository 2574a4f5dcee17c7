"""The slip that a visitor takes along: the parts of the hall's layout, filled with what the server tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from printers.paper import Paper
from printers.style import Part, Style
from printers.wording import Wording


def lay_out(slip: Mapping[str, Any], *, width_mm: Literal[80, 58], profile: str, style: Style) -> bytes:
    """The ESC/POS bytes of a whole slip, cut included, for a printer of a python-escpos profile.

    `slip` is what the server gives with a print job; several tickets of one visit stand on one slip. Raises ValueError
    or KeyError where `slip`, the width or the profile is not what it must be; no text that it holds is ever refused.
    """
    paper = Paper(width_mm, profile)
    writer = _Writer(paper, slip, style)
    for part in style.head:
        writer.put(part)
    for position, ticket in enumerate(slip["tickets"], 1):
        for part in style.ticket:
            writer.put(part, ticket, position)
    for part in style.foot:
        writer.put(part)
    return paper.cut()


class _Writer:
    """Puts one part after the other on the paper; a part that has nothing to say puts nothing."""

    def __init__(self, paper: Paper, slip: Mapping[str, Any], style: Style) -> None:
        self._paper = paper
        self._slip = slip
        self._logo = style.logo
        self._wording = Wording(slip["language"], slip["hall"]["timezone"])
        self._url = slip["url"] if slip["url"] and paper.takes_code(slip["url"]) else None

    def put(self, part: Part, ticket: Mapping[str, Any] | None = None, position: int = 0) -> None:
        """One part; `ticket` and its `position` on the slip, counted from 1, for the parts that tell of it."""
        paper = self._paper
        match part.name:
            case "rule":
                paper.rule()
            case "gap":
                paper.gap()
            case "logo":
                if self._logo is not None:
                    paper.logo(self._logo, part.look.align)
            case "qr":
                if self._url is not None:
                    paper.qr(self._url, part.look.align)
            case "date":
                paper.write_together(*self._wording.issued(self._slip["issued_at"]), part.look)
            case _:
                words = self._of_ticket(part.name, ticket, position) if ticket else ""
                paper.write(words or self._of_visit(part), part.look)

    def _of_visit(self, part: Part) -> str:
        """What a part says of the whole slip."""
        hall, say = self._slip["hall"], self._wording.text
        match part.name:
            case "copy":
                return say("copy") if self._slip["copy"] else ""
            case "hall":
                return str(hall["name"])
            case "scan":
                return say("scan") if self._url is not None else ""
            case "footer":
                return self._choose(hall["footer"])
            case "text":
                return self._choose(part.text)
        return ""

    def _of_ticket(self, name: str, ticket: Mapping[str, Any], position: int) -> str:
        """What a part says of one ticket."""
        wording, count = self._wording, len(self._slip["tickets"])
        match name:
            case "heading":
                return wording.text("number_of", i=position, n=count) if count > 1 else wording.text("number")
            case "number":
                return str(ticket["number"])
            case "agency" | "service":
                return self._choose(ticket[f"{name}_name"])
            case "ahead":
                return wording.ahead(ticket["ahead"]) if ticket["ahead"] is not None else ""
            case "estimate":
                estimate = ticket["estimate"]
                return wording.called_around(self._slip["issued_at"], estimate) if estimate is not None else ""
            case "zone":
                zone = self._choose(ticket["zone_name"])
                return wording.text("wait_at", zone=zone) if zone else ""
            case "counters":
                return wording.counters(ticket.get("counters") or ())
            case "documents":
                documents = self._choose(ticket.get("documents"))
                return wording.text("documents", documents=documents) if documents else ""
            case "party":
                return wording.text("party", n=ticket["party_size"]) if ticket["party_size"] > 1 else ""
        return ""

    def _choose(self, wordings: Mapping[str, str] | None) -> str:
        return self._paper.choose(wordings, self._wording.language) if wordings else ""
