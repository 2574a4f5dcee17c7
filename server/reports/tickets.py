"""The tickets behind a figure: those of some days and a group, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from server.domain.figures import LIFE_KIND, METRICS, STRETCH_KIND, Lives, kind_of, outcome_of
from server.domain.hall import WEEKDAYS, Hall
from server.reports.columns import columns_of
from server.reports.day import bounds_ms
from server.reports.gathering import lasting
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
    found = list(islice(_matching(reader, hall, sought, after, limit + 1), limit + 1))
    following = (found[limit - 1].day, found[limit - 1].id) if len(found) > limit else None
    rows = zip(found[:limit], _durations(found[:limit]), strict=True)
    return [_row(hall, ticket, durations) for ticket, durations in rows], following


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


def _row(hall: Hall, ticket: TicketRow, durations: dict[str, float | None]) -> dict[str, Any]:
    outcome = outcome_of(ticket.state, ticket.closed_by_day)
    return {
        "id": ticket.id, "number": ticket.number, "day": ticket.day, "agency": ticket.agency,
        "service": ticket.service, "counter": ticket.counter, "officer": ticket.officer, "outcome": outcome,
        "result": ticket.outcome, "priority": ticket.priority, "party_size": ticket.party_size,
        "source": ticket.source, "issued_at": _iso(hall, ticket.issued_ms),
        "ended_at": None if outcome == "open" else _iso(hall, ticket.since_ms), **durations,
    }  # fmt: skip


def _iso(hall: Hall, at_ms: int) -> str:
    return hall.local(at_ms).isoformat(timespec="seconds")


def _durations(found: list[TicketRow]) -> list[dict[str, float | None]]:
    """Each ticket's own durations, by the same rules as in every report."""
    lives = Lives(
        [(t.id, kind_of(t, LIFE_KIND), t.party_size, t.issued_ms, t.since_ms) for t in found],
        [(t.id, kind_of(span, STRETCH_KIND), span.start_ms, span.end_ms) for t in found for span in t.spans],
    )
    lasted: list[dict[str, float | None]] = [dict.fromkeys(f"{metric}_seconds" for metric in METRICS) for _ in found]
    for metric, ticket, lasted_ms in zip(*(column.tolist() for column in lasting(columns_of(lives))), strict=True):
        lasted[ticket][f"{METRICS[metric]}_seconds"] = round(lasted_ms / 1000, 1)
    return lasted
