"""The words of figures: what is counted, what lasts, how a hall is divided, and what they are made from.

docs/metrics.md defines each figure, server.reports.gathering reckons it. Everything of a ticket counts for the day and
the hour in which it was issued. Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

METRICS: Final = ("first_wait", "wait", "walk", "service", "hold", "total")
FIRST_WAIT, WAIT, WALK, SERVICE, HOLD, TOTAL = range(6)
OUTCOMES: Final = ("served", "no_show", "cancelled", "expired", "closed_by_day", "open")
COUNTED: Final = (*OUTCOMES, "transferred", "persons_served", "within_target")
TRANSFERRED, PERSONS, WITHIN = range(6, 9)

Place = tuple[str, str, str, str]
"""Agency, service, counter, officer; "" where a group does not tell them apart, or where there was none."""
PLACE: Final = ("agency", "service", "counter", "officer")

CUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "hall": (),
    "agency": ("agency",),
    "service": ("agency", "service"),
    "counter": ("agency", "counter"),
    "officer": ("agency", "officer"),
}
"""The ways to divide a hall, and what of a place each tells apart. A ticket that comes back to a group is one visitor
of it: its times there are summed."""
QUEUED: Final = ("hall", "agency", "service")
"""The cuts that have queues of their own."""
FINER: Final[Mapping[str, tuple[str, ...]]] = {
    "service_counter": ("agency", "service", "counter"),
    "service_officer": ("agency", "service", "officer"),
}
"""Finer cuts, which are never rolled up: they would have nearly as many rows as tickets."""
DIVIDED: Final[Mapping[str, tuple[str, ...]]] = {**CUTS, **FINER}
"""Every cut."""


class Stretch(NamedTuple):
    """A span: the state, whose it is, and its ends (`end_ms` None while it lasts)."""

    state: str
    agency: str
    service: str
    counter: str | None
    officer: str | None
    start_ms: int
    end_ms: int | None


BETWEEN: Final = "\x1f"
"""Stands between the words of a kind: rows are read in half the time where texts that recur are one text."""
LIFE_KIND: Final = ("state", "closed_by_day", "source", "outcome", *PLACE)
STRETCH_KIND: Final = ("state", *PLACE)
"""What the kinds of tickets and spans tell; the officer's name last, for it may hold anything. "" is none, and
so is what is missing at the end."""
LifeRow = tuple[int, str, int, int, int]
"""A ticket as figures see it: id, kind, party size, when it was issued, when its present state began."""
SpanRow = tuple[int, str, int, int | None]
"""A span as figures see it: the ticket's id, kind, its two ends (the second None while it lasts)."""


class Lives(NamedTuple):
    """Tickets and their spans; those of a ticket stand together and in order."""

    tickets: Sequence[LifeRow]
    spans: Sequence[SpanRow]


def kind_of(row: object, words: Sequence[str]) -> str:
    """The kind of a ticket or a span."""
    told = (getattr(row, word) for word in words)
    return BETWEEN.join("" if word is None else str(word) for word in told)


def outcome_of(state: str, closed_by_day: int) -> str:
    """The one outcome of a ticket, or `open` while its life goes on."""
    if state == "finished":
        return "closed_by_day" if closed_by_day else "served"
    return state if state in ("no_show", "cancelled", "expired") else "open"
