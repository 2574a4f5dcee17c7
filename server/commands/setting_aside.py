"""Setting a visitor aside at a counter, taking them up again, giving them up."""

from __future__ import annotations

from server.commands.desk import (
    Expect,
    find_current,
    find_desk,
    find_ticket,
    must_be_free,
    must_not_be_left_over,
    must_serve,
    record,
    visitor_must_be_free,
)
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Hall
from server.domain.tickets import MAX_NOTE_LENGTH, State, Ticket, after
from server.domain.wording import is_text
from server.store import Tx


def leave_note(tx: Tx, actor: Actor, ticket: Ticket, note: str | None) -> bool:
    """Write a note for whoever serves a visitor next; whether there was one.

    Raises Invalid for more than 300 characters or what is no text to read. The words are of a person, and so never
    in the log of events.
    """
    words = (note or "").strip()
    if len(words) > MAX_NOTE_LENGTH:
        raise Invalid("invalid", f"must have at most {MAX_NOTE_LENGTH} characters", field="note")
    if not is_text(words, lines=True):
        raise Invalid("invalid", "must not hold control characters", field="note")
    if words:
        tx.add_note(ticket.id, actor.name, words)
    return bool(words)


def hold(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, note: str | None, expect: Expect) -> Ticket:
    """Set the visitor who is served aside, while documents are completed; the counter becomes free.

    Raises DomainError `not_allowed`, `nobody_here`, `stale`, Invalid for a note that is too long.
    """
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    to = after("hold", ticket.state)
    noted = leave_note(tx, actor, ticket, note)
    held = tx.move(ticket, to)
    record(tx, hall, actor, events.TICKET_HELD, held, desk.counter.id, noted=noted)
    return held


def resume(tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect) -> Ticket:
    """Go on serving a visitor who was set aside, here or at another counter of the same service; nobody is called.

    Raises NotFound, DomainError `stale`, `busy`, `not_open`, `not_allowed`, `not_callable` where this counter does
    not serve it, `visitor_busy` where its visitor is at another counter, `too_late` for another day's.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    must_be_free(desk)
    ticket = find_ticket(tx, ticket_id)
    to = after("resume", ticket.state)
    must_not_be_left_over(tx, hall, ticket)
    must_serve(desk, ticket)
    visitor_must_be_free(tx, ticket)
    lasted_ms = max(0, tx.now_ms - ticket.since_ms)
    serving = tx.move(ticket, to, counter=desk.counter.id, officer=desk.row.officer, held_ms=ticket.held_ms + lasted_ms)
    if desk.row.undo_ticket is not None:
        tx.set_counter(desk.counter.id, undo_ticket=None)
    record(tx, hall, actor, events.TICKET_STARTED, serving, desk.counter.id, resumed=True)
    return serving


def give_up(tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect) -> Ticket:
    """A visitor who was set aside did not come back. Whoever is at the counter stays; a missed one can be restored.

    Raises NotFound, DomainError `stale`, `not_open`, `not_callable`, `not_allowed` for one who is not on hold.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    ticket = find_ticket(tx, ticket_id)
    if ticket.state is not State.HELD:
        words = f"{ticket.number} is {ticket.state.value}, not on hold"
        raise DomainError("not_allowed", words, state=ticket.state.value)
    must_serve(desk, ticket)
    missed = tx.move(ticket, after("no_show", ticket.state), no_show_ms=tx.now_ms)
    record(tx, hall, actor, events.TICKET_NO_SHOW, missed, desk.counter.id)
    return missed
