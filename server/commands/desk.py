"""A counter as a command finds it, who is there, and what a command at it needs to be sure of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from server.commands.announcing import TAKES_BACK
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Forbidden, NotFound
from server.domain.hall import Counter, Hall
from server.domain.tickets import Ticket
from server.store import CounterRow, Tx
from server.views import counter_label, ticket_view


class NotSaid:
    """The type of UNSAID."""


UNSAID: Final = NotSaid()
"""`expect` was not given: the caller does not say which ticket it sees."""

Expect = int | None | NotSaid


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter as one command finds it."""

    counter: Counter
    row: CounterRow
    current: Ticket | None


def find_counter(hall: Hall, counter_id: str) -> Counter:
    """The counter of this id. Raises NotFound."""
    counter = hall.counter.get(counter_id)
    if counter is None:
        raise NotFound("not_found", f'no counter has the id "{counter_id}"')
    return counter


def find_ticket(tx: Tx, ticket_id: int) -> Ticket:
    """The ticket of this id. Raises NotFound."""
    ticket = tx.ticket(ticket_id)
    if ticket is None:
        raise NotFound("not_found", f"there is no ticket {ticket_id}", field="ticket")
    return ticket


def find_desk(tx: Tx, hall: Hall, actor: Actor, counter_id: str, expect: Expect, *, paused_too: bool = False) -> Desk:
    """An open counter that the actor may command.

    Raises NotFound, DomainError `not_open`, `stale`, Forbidden `occupied`.
    """
    counter = find_counter(hall, counter_id)
    row = tx.counter(counter.id)
    if row is None or row.state == "closed" or (row.state == "paused" and not paused_too):
        raise DomainError("not_open", "this counter is not open", state="closed" if row is None else row.state)
    if actor.role == "officer" and row.actor != actor.id:
        raise Forbidden("occupied", f"{row.officer} is at this counter now", officer=row.officer)
    return Desk(counter, row, compare(tx, counter.id, expect))


def compare(tx: Tx, counter_id: str, expect: Expect) -> Ticket | None:
    """The ticket at a counter. Raises DomainError `stale` where the officer sees another."""
    current = tx.ticket_at(counter_id)
    if not isinstance(expect, NotSaid) and expect != (None if current is None else current.id):
        sees = "nobody" if current is None else current.number
        raise DomainError("stale", f"the counter has moved on: {sees} is here now", current=current and current.id)
    return current


def find_current(tx: Tx, hall: Hall, actor: Actor, counter_id: str, expect: Expect) -> tuple[Desk, Ticket]:
    """An open counter and the ticket at it. Raises what `find_desk` does, and DomainError `nobody_here`."""
    desk = find_desk(tx, hall, actor, counter_id, expect)
    if desk.current is None:
        raise DomainError("nobody_here", "nobody is called to this counter")
    return desk, desk.current


def must_be_free(desk: Desk) -> None:
    """Raises DomainError `busy` with a visitor at the counter."""
    if desk.current is not None:
        raise DomainError("busy", f"{desk.current.number} is at this counter", current=desk.current.id)


def visitor_must_be_free(tx: Tx, ticket: Ticket) -> None:
    """Raises DomainError `visitor_busy` where the visitor of a ticket is at a counter with another."""
    elsewhere = tx.busy_ticket_of_visit(ticket.visit)
    if elsewhere is not None:
        raise DomainError(
            "visitor_busy",
            f"this visitor is at counter {elsewhere.counter} with {elsewhere.number}",
            counter=elsewhere.counter,
        )


def number_must_be_free(tx: Tx, ended: Ticket) -> None:
    """Raises DomainError `number_in_use` where the range has wrapped and another visitor has this number."""
    if tx.number_in_use(ended.day, ended.sequence, ended.ordinal):
        raise DomainError("number_in_use", f"another visitor is in the queue with {ended.number} by now")


def must_not_be_left_over(tx: Tx, hall: Hall, ticket: Ticket) -> None:
    """Raises DomainError `too_late` for a ticket of a day that is over and about to be closed."""
    if ticket.day < hall.day(tx.now_ms):
        raise DomainError("too_late", f"{ticket.number} is of another day")


def service_must_be_there(hall: Hall, ticket: Ticket) -> None:
    """Raises DomainError `too_late` where the hall has lost the service: nobody would call them again."""
    if ticket.service not in hall.services:
        raise DomainError("too_late", f"{ticket.number} is for a service that this hall no longer has")


def must_serve(desk: Desk, ticket: Ticket) -> None:
    """Raises DomainError `not_callable` where this counter does not serve the service of a ticket by its profile.

    Who was there already, on hold or missed, is the counter's all the same: it may have been switched since.
    """
    if ticket.service not in desk.counter.callable_services and ticket.counter != desk.counter.id:
        raise DomainError("not_callable", f"{ticket.number} is for a service that this counter does not serve")


FREES_VISITOR = frozenset(
    {events.TICKET_FINISHED, events.TICKET_NO_SHOW, events.TICKET_HELD, events.TICKET_TRANSFERRED}
)
"""What ends a visitor's time at a counter: from then on they walk to their next errand."""


def record(tx: Tx, hall: Hall, actor: Actor, kind: str, ticket: Ticket, counter_id: str, **more: Any) -> None:
    """Write down what has happened to a ticket at a counter, from when its visitor walks on, and that nobody is to be
    called any more."""
    if kind in FREES_VISITOR:
        tx.note_freed(ticket.visit)
    if kind in TAKES_BACK:
        tx.withdraw_announcements(ticket.id)
    payload = {"ticket": ticket_view(hall, ticket, tx.now_ms), "counter": counter_label(hall, counter_id), **more}
    tx.record(kind, actor.id, payload)


def record_counter(tx: Tx, hall: Hall, actor: Actor, row: CounterRow, **more: Any) -> None:
    """Write down how a counter stands now."""
    label = counter_label(hall, row.id) or {}
    officer = {"name": row.officer} if row.officer else None
    facts = {**label, "state": row.state, "officer": officer, "pause_reason": row.pause_reason, "profile": row.profile}
    tx.record(events.COUNTER_CHANGED, actor.id, {"counter": facts, **more})
