"""How long a queue is for a visitor: people ahead, and what that may mean in minutes."""

from __future__ import annotations

from server.domain.hall import Hall
from server.domain.tickets import State, Ticket
from server.domain.waiting import estimate
from server.store import CounterRow, Reader

Estimate = dict[str, int] | None


def ahead_and_estimate(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> tuple[int, Estimate]:
    """People before a waiting ticket and the estimate; 0 and None once it has been called."""
    if ticket.state is not State.WAITING:
        return 0, None
    ahead = reader.ahead(ticket)
    return ahead, queue_estimate(reader, hall, ticket.service, ahead, now_ms)


def queue_estimate(
    reader: Reader, hall: Hall, service: str, ahead: int, now_ms: int, rows: dict[str, CounterRow] | None = None
) -> Estimate:
    """What a visitor of `service` with `ahead` before them may expect; see `domain.waiting.estimate`."""
    pace = reader.pace(service, hall.day(now_ms))
    if pace is None:
        return None
    rows = reader.counters() if rows is None else rows
    open_counters = sum(
        1 for counter in hall.counters_for.get(service, ()) if counter.id in rows and rows[counter.id].state == "open"
    )
    return estimate(ahead, open_counters, pace)
