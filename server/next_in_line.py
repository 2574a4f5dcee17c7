"""Whose turn it is at a counter: what `call_next` does and the officer's terminal foretells."""

from __future__ import annotations

from server.domain.hall import Counter, Hall
from server.domain.selection import Choice, Heads, choose, first, has_waited, run_after
from server.domain.tickets import State, Ticket
from server.store import Reader


def next_for(reader: Reader, hall: Hall, counter: Counter, now_ms: int, wall_ms: int) -> Choice | None:
    """Whom `call_next` would call at a counter now; `wall_ms` is what the clock says.

    Who has just left a counter is walking, and passed over while anybody else is there to be called. Who still waits
    since a day before is not called: that day is about to be closed.
    """
    run, waiting = _run(reader, hall, counter, now_ms), reader.waiting_counts()
    for walk_ms in dict.fromkeys((hall.rules.walk_seconds * 1000, 0)):
        heads = _heads(reader, hall, counter, waiting, now_ms, wall_ms, walk_ms)
        choice = choose(heads, hall.rules, run, now_ms)
        if choice is not None:
            return choice
    return None


def chosen(reader: Reader, hall: Hall, counter: Counter, ticket: Ticket, now_ms: int, wall_ms: int) -> Choice:
    """An officer's own choice. Of the counter's own waiting visitors it counts as any other call does."""
    run = None
    if ticket.state is State.WAITING and ticket.service in counter.services:
        waiting = reader.waiting_counts()
        heads = _heads(reader, hall, counter, waiting, now_ms, wall_ms, hall.rules.walk_seconds * 1000)
        run = run_after(ticket, heads, _run(reader, hall, counter, now_ms))
    return Choice(ticket, {"rule": "chosen", "waited_seconds": ticket.wait_seconds(now_ms)}, run)


def _run(reader: Reader, hall: Hall, counter: Counter, now_ms: int) -> int:
    row = reader.counter(counter.id)
    return 0 if row is None else row.run_on(hall.day(now_ms))


def _heads(
    reader: Reader, hall: Hall, counter: Counter, waiting: dict[str, int], now_ms: int, wall_ms: int, walk_ms: int
) -> Heads:
    day = hall.day(now_ms)

    def head(service: str, *, priority: bool | None) -> Ticket | None:
        return reader.queue_head(service, counter.id, priority=priority, day=day, wall_ms=wall_ms, walk_ms=walk_ms)

    own = [service for service in counter.services if service in waiting]
    helped = []
    for help in counter.helps:
        if help.service in waiting:
            longest = head(help.service, priority=None)
            if longest is not None and has_waited(longest, help.after_minutes, now_ms):
                helped.append(longest)
    helped.sort(key=lambda ticket: (ticket.place_ms, ticket.id))
    pairs = [(head(service, priority=True), head(service, priority=False)) for service in own]
    return Heads(
        priority=first(priority for priority, _ in pairs),
        regular=first(regular for _, regular in pairs),
        helped=tuple(helped),
        foremost=next((pair for pair in pairs if any(pair)), None) if counter.in_order else None,
    )
