"""The tickets behind a figure: those of some days and a group, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from server.domain.figures import METRICS, Life, gather, outcome_of
from server.domain.hall import WEEKDAYS, Hall
from server.reports.day import bounds_ms
from server.store import Reader, TicketFilter, TicketRow

TICKET_COLUMNS = (
    "id", "number", "day", "agency", "service", "counter", "officer", "outcome", "result", "priority", "party_size",
    "source", "issued_at", "ended_at", *(f"{metric}_seconds" for metric in METRICS),
)  # fmt: skip
STATES = {
    "served": (("finished",), False), "closed_by_day": (("finished",), True), "no_show": (("no_show",), None),
    "cancelled": (("cancelled",), None), "expired": (("expired",), None),
    "open": (("waiting", "called", "serving", "held"), None), "any": ((), None),
}  # fmt: skip
"""For each outcome the states of its tickets, and whether the day closed them; `any` is all those that were issued."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which tickets: of business days, both included, and of a group; None is any.

    With an `outcome` (or `result`, an outcome of the service) a ticket is of the group where its life ended, as the
    counts are; without, of every group that it ever was in, as the durations are. `hour` is that of its issue.
    """

    first: str
    last: str
    agency: str | None = None
    service: str | None = None
    counter: str | None = None
    officer: str | None = None
    outcome: str | None = None
    result: str | None = None
    hour: int | None = None
    weekday: str | None = None


def tickets(
    reader: Reader, hall: Hall, sought: Sought, after: tuple[str, int] | None, limit: int
) -> tuple[list[dict[str, Any]], tuple[str, int] | None]:
    """At most `limit` tickets by day and id, and after which one the next page begins (None: there is none)."""
    found: list[dict[str, Any]] = []
    last: tuple[str, int] | None = None
    for ticket in _matching(reader, hall, sought, after, limit + 1):
        if len(found) == limit:
            return found, last
        found.append(_row(hall, ticket))
        last = ticket.day, ticket.id
    return found, None


def _matching(
    reader: Reader, hall: Hall, sought: Sought, after: tuple[str, int] | None, limit: int
) -> Iterator[TicketRow]:
    first = sought.first if after is None else max(sought.first, after[0])
    for day in reader.days_with_tickets(first, sought.last):
        if sought.weekday in (None, WEEKDAYS[date.fromisoformat(day).weekday()]):
            start = after[1] if after is not None and after[0] == day else 0
            yield from reader.tickets_of_day(day, _filter(hall, sought, day), start, limit)


def _filter(hall: Hall, sought: Sought, day: str) -> TicketFilter:
    states, closed_by_day = STATES[sought.outcome] if sought.outcome else ((), None)
    from_ms, until_ms = (None, None) if sought.hour is None else _hour_ms(hall, day, sought.hour)
    return TicketFilter(
        states, closed_by_day, sought.agency, sought.service, sought.counter, sought.officer, sought.result,
        sought.outcome is not None or sought.result is not None, from_ms, until_ms,
    )  # fmt: skip


def _hour_ms(hall: Hall, day: str, hour: int) -> tuple[int, int]:
    """When an hour of a day begins and ends; on a day on which the clocks are set it may last two or none."""
    end_ms = bounds_ms(hall, day)[1] if hour == 23 else _at_ms(hall, day, hour + 1)
    return _at_ms(hall, day, hour), end_ms


def _at_ms(hall: Hall, day: str, hour: int) -> int:
    return int(datetime.combine(date.fromisoformat(day), time(hour), hall.zone_info).timestamp() * 1000)


def _row(hall: Hall, ticket: TicketRow) -> dict[str, Any]:
    outcome = outcome_of(ticket.state, ticket.closed_by_day)
    return {
        "id": ticket.id, "number": ticket.number, "day": ticket.day, "agency": ticket.agency,
        "service": ticket.service, "counter": ticket.counter, "officer": ticket.officer, "outcome": outcome,
        "result": ticket.outcome, "priority": ticket.priority, "party_size": ticket.party_size,
        "source": ticket.source, "issued_at": _iso(hall, ticket.issued_ms),
        "ended_at": None if outcome == "open" else _iso(hall, ticket.since_ms), **_durations(ticket),
    }  # fmt: skip


def _iso(hall: Hall, at_ms: int) -> str:
    return hall.local(at_ms).isoformat(timespec="seconds")


def _durations(ticket: TicketRow) -> dict[str, float | None]:
    """The ticket's own durations, by the same rules as in every report."""
    life = Life(
        ticket.agency, ticket.service, ticket.counter, ticket.officer, ticket.state, ticket.source, ticket.party_size,
        ticket.issued_ms, ticket.since_ms, ticket.closed_by_day, ticket.outcome, ticket.spans,
    )  # fmt: skip
    groups = gather([life], ("hall",), lambda service, at_ms: None, lambda at_ms: 0)["hall"]
    (tally,) = groups.values()
    return {
        f"{metric}_seconds": round(samples[0] / 1000, 1) if samples else None
        for metric, samples in zip(METRICS, tally.samples, strict=True)
    }
