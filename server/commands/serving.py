"""An officer's commands at a counter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Forbidden, NotFound
from server.domain.hall import Counter, Hall
from server.domain.selection import Choice
from server.domain.tickets import RECALLABLE, UNDO_SECONDS, UNDOABLE, State, Ticket, after
from server.domain.waiting import Pace
from server.next_in_line import next_for
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


def open_counter(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, take_over: bool, expect: Expect) -> CounterRow:
    """Sit down at a counter, or come back from a pause.

    Raises DomainError `occupied` when another is there and `take_over` is not said, and
    `busy_elsewhere` when the actor still has a visitor at another counter; one without is closed.
    """
    counter = _counter(hall, counter_id)
    row = tx.counter(counter.id)
    _compare(tx, counter.id, expect)
    taken_from = None
    if row is not None and row.state != "closed" and row.actor != actor.id:
        if not take_over:
            raise DomainError("occupied", f"{row.officer} is at this counter", officer=row.officer)
        taken_from = row.officer
    if row is not None and row.actor == actor.id and row.state == "open":
        return row
    _leave_other_counter(tx, hall, actor, counter.id)
    opened = tx.set_counter(
        counter.id, state="open", actor=actor.id, officer=actor.name, since_ms=tx.now_ms, pause_reason=None
    )
    _record_counter(tx, hall, actor, opened, {"taken_over_from": taken_from} if taken_from else {})
    return opened


def _leave_other_counter(tx: Tx, hall: Hall, actor: Actor, counter_id: str) -> None:
    other = tx.counter_of(actor.id)
    if other is None or other.id == counter_id:
        return
    current = tx.ticket_at(other.id)
    if current is not None:
        raise DomainError("busy_elsewhere", f"you still have {current.number} at counter {other.id}", counter=other.id)
    _close(tx, hall, actor, other.id)


def pause_counter(
    tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, reason: str | None, expect: Expect
) -> CounterRow:
    """Step away for a while. Raises DomainError `busy` with a visitor at the counter, `not_open`."""
    desk = _desk(tx, hall, actor, counter_id, expect, paused_too=True)
    if desk.row.state == "paused":
        return desk.row
    _must_be_free(desk)
    paused = tx.set_counter(counter_id, state="paused", since_ms=tx.now_ms, pause_reason=reason)
    _record_counter(tx, hall, actor, paused, {})
    return paused


def close_counter(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> CounterRow:
    """Leave a counter. Raises DomainError `busy` with a visitor at the counter."""
    counter = _counter(hall, counter_id)
    row = tx.counter(counter.id)
    if row is None or row.state == "closed":
        return row or CounterRow(counter.id, "closed", None, None, tx.now_ms, None, None, None, None)
    _must_be_free(_desk(tx, hall, actor, counter_id, expect, paused_too=True))
    return _close(tx, hall, actor, counter_id)


def _close(tx: Tx, hall: Hall, actor: Actor, counter_id: str) -> CounterRow:
    closed = tx.set_counter(
        counter_id, state="closed", actor=None, officer=None, since_ms=tx.now_ms, pause_reason=None, undo_ticket=None
    )
    _record_counter(tx, hall, actor, closed, {})
    return closed


def call_next(
    tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect
) -> tuple[Ticket | None, dict[str, Any]]:
    """Call whoever is next for this counter; None when nobody waits, and the reason for the choice.

    Raises DomainError `stale`, `busy` with a visitor at the counter, `not_open`.
    """
    desk = _desk(tx, hall, actor, counter_id, expect)
    _must_be_free(desk)
    choice = next_for(tx, desk.counter, tx.now_ms)
    if choice is None:
        return None, {"rule": "empty"}
    return _call(tx, hall, actor, desk, choice), choice.reason


def call(
    tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect
) -> tuple[Ticket, dict[str, Any]]:
    """Call one certain waiting ticket of this counter's services.

    Raises NotFound, DomainError `stale`, `busy`, `not_open`, `not_callable` where it is not
    waiting or not served here, `visitor_busy` where its visitor is at another counter.
    """
    desk = _desk(tx, hall, actor, counter_id, expect)
    _must_be_free(desk)
    ticket = _ticket(tx, ticket_id)
    if ticket.state not in (State.WAITING, State.HELD):
        raise DomainError(
            "not_callable", f"{ticket.number} is {ticket.state.value}", state=ticket.state.value, counter=ticket.counter
        )
    if ticket.service not in desk.counter.services:
        raise DomainError("not_callable", f"{ticket.number} is for a service that this counter does not serve")
    _visitor_must_be_free(tx, ticket)
    choice = Choice(ticket, {"rule": "chosen", "waited_seconds": ticket.wait_seconds(tx.now_ms)})
    return _call(tx, hall, actor, desk, choice), choice.reason


def _call(tx: Tx, hall: Hall, actor: Actor, desk: Desk, choice: Choice) -> Ticket:
    called = tx.move(
        choice.ticket,
        after("call", choice.ticket.state),
        counter=desk.counter.id,
        officer=desk.row.officer,
        called_ms=tx.now_ms,
        calls=choice.ticket.calls + 1,
        recalls=0,
    )
    if desk.row.undo_ticket is not None:
        tx.set_counter(desk.counter.id, undo_ticket=None)
    _record(tx, hall, actor, events.TICKET_CALLED, called, desk.counter.id, reason=choice.reason)
    return called


def recall(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Call the current ticket again; changes no state. Raises DomainError `nobody_here`, `stale`, `not_open`."""
    desk, ticket = _current(tx, hall, actor, counter_id, expect)
    if ticket.state not in RECALLABLE:
        raise DomainError("not_allowed", f"{ticket.number} cannot be called again")
    again = tx.change(ticket, recalls=ticket.recalls + 1)
    _record(tx, hall, actor, events.TICKET_RECALLED, again, desk.counter.id)
    return again


def start(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """The called visitor is here: serving begins. Raises DomainError `not_allowed`, `nobody_here`, `stale`."""
    desk, ticket = _current(tx, hall, actor, counter_id, expect)
    started = tx.move(ticket, after("start", ticket.state), started_ms=ticket.started_ms or tx.now_ms)
    _record(tx, hall, actor, events.TICKET_STARTED, started, desk.counter.id)
    return started


def finish(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Serving is over. Raises DomainError `not_allowed`, `nobody_here`, `stale`."""
    desk, ticket = _current(tx, hall, actor, counter_id, expect)
    finished = tx.move(ticket, after("finish", ticket.state), finished_ms=tx.now_ms)
    _learn_pace(tx, finished, hall.day(tx.now_ms))
    _remember_undo(tx, desk, finished, "finish")
    _record(tx, hall, actor, events.TICKET_FINISHED, finished, desk.counter.id)
    return finished


def no_show(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """The called visitor did not come. Raises DomainError `not_allowed`, `nobody_here`, `stale`."""
    desk, ticket = _current(tx, hall, actor, counter_id, expect)
    missed = tx.move(ticket, after("no_show", ticket.state), no_show_ms=tx.now_ms)
    _remember_undo(tx, desk, missed, "no_show")
    _record(tx, hall, actor, events.TICKET_NO_SHOW, missed, desk.counter.id)
    return missed


def requeue(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Put the called visitor back, behind all who wait now; the time of arrival is kept."""
    desk, ticket = _current(tx, hall, actor, counter_id, expect)
    to, place_ms = after("requeue", ticket.state), _place_behind_all(tx, desk.counter, ticket)
    waiting = tx.move(ticket, to, counter=None, officer=None, place_ms=place_ms)
    _record(tx, hall, actor, events.TICKET_REQUEUED, waiting, desk.counter.id)
    return waiting


def _place_behind_all(tx: Tx, counter: Counter, ticket: Ticket) -> int:
    """A place after all who wait for this counter.

    Time alone is not enough: others may have come in the same millisecond, and a clock that was set
    back stands still until it has caught up.
    """
    place_ms = tx.now_ms
    for service in counter.services:
        while tx.ahead(replace(ticket, service=service, place_ms=place_ms)) < tx.waiting_count(service):
            place_ms += 1
    return place_ms


def restore(tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect) -> Ticket:
    """Bring a missed visitor of today back to their old place in the queue.

    Raises NotFound, DomainError `not_allowed`, `too_late` for another day's, `not_callable` where
    this counter does not serve it, `number_in_use` where the range has wrapped and another has the number.
    """
    desk = _desk(tx, hall, actor, counter_id, expect)
    ticket = _ticket(tx, ticket_id)
    to = after("restore", ticket.state)
    if ticket.service not in desk.counter.services:
        raise DomainError("not_callable", f"{ticket.number} is for a service that this counter does not serve")
    if ticket.day != hall.day(tx.now_ms):
        raise DomainError("too_late", f"{ticket.number} is of another day")
    _number_must_be_free(tx, ticket)
    waiting = tx.move(ticket, to, counter=None, officer=None, no_show_ms=None, started_ms=None)
    _record(tx, hall, actor, events.TICKET_RESTORED, waiting, desk.counter.id)
    return waiting


def undo(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Take back this counter's last finish or no-show, within 60 s, while the counter is free.

    Raises DomainError `nothing_to_undo`, `too_late`, `busy`, `visitor_busy`, `number_in_use`, `stale`.
    """
    desk = _desk(tx, hall, actor, counter_id, expect)
    _must_be_free(desk)
    verb, ticket_id, when_ms = desk.row.undo_verb, desk.row.undo_ticket, desk.row.undo_ms
    ticket = tx.ticket(ticket_id) if ticket_id is not None else None
    if verb is None or when_ms is None or ticket is None or not _ended_here(desk, ticket, verb):
        raise DomainError("nothing_to_undo", "nothing at this counter can be undone")
    if tx.now_ms - when_ms > UNDO_SECONDS * 1000:
        raise DomainError("too_late", f"undo is possible for {UNDO_SECONDS} s")
    if ticket.day != hall.day(tx.now_ms):
        raise DomainError("too_late", f"{ticket.number} is of another day")
    _visitor_must_be_free(tx, ticket)
    _number_must_be_free(tx, ticket)
    again = tx.reopen(ticket, ticket.came_from or State.CALLED, finished_ms=None, no_show_ms=None)
    if verb == "finish":
        _forget_pace(tx, ticket, hall.day(tx.now_ms))
    tx.set_counter(desk.counter.id, undo_ticket=None)
    _record(tx, hall, actor, events.TICKET_REOPENED, again, desk.counter.id, undid=verb)
    return again


def _ended_here(desk: Desk, ticket: Ticket, verb: str) -> bool:
    """Whether a ticket's life still ends with what this counter did: it may have been restored and missed elsewhere."""
    return (ticket.state, ticket.counter, ticket.since_ms) == (UNDOABLE[verb], desk.counter.id, desk.row.undo_ms)


def _learn_pace(tx: Tx, ticket: Ticket, day: str) -> None:
    before = tx.pace(ticket.service, day) or Pace(0.0, 0)
    tx.set_pace(ticket.service, day, before.with_sample(_took_seconds(ticket)))


def _forget_pace(tx: Tx, ticket: Ticket, day: str) -> None:
    """The visitor was not served yet: finishing again must not count twice."""
    learnt = tx.pace(ticket.service, day)
    if learnt is not None:
        tx.set_pace(ticket.service, day, learnt.without_sample(_took_seconds(ticket)))


def _took_seconds(finished: Ticket) -> float:
    """From the last call to the end: how long the visitor kept a counter."""
    ended_ms = finished.finished_ms or finished.since_ms
    return max(0, ended_ms - (finished.called_ms or finished.issued_ms)) / 1000


def _remember_undo(tx: Tx, desk: Desk, ticket: Ticket, verb: str) -> None:
    tx.set_counter(desk.counter.id, undo_ticket=ticket.id, undo_verb=verb, undo_ms=tx.now_ms)


def _counter(hall: Hall, counter_id: str) -> Counter:
    counter = hall.counter.get(counter_id)
    if counter is None:
        raise NotFound("not_found", f'no counter has the id "{counter_id}"')
    return counter


def _ticket(tx: Tx, ticket_id: int) -> Ticket:
    ticket = tx.ticket(ticket_id)
    if ticket is None:
        raise NotFound("not_found", f"there is no ticket {ticket_id}", field="ticket")
    return ticket


def _desk(tx: Tx, hall: Hall, actor: Actor, counter_id: str, expect: Expect, *, paused_too: bool = False) -> Desk:
    counter = _counter(hall, counter_id)
    row = tx.counter(counter.id)
    if row is None or row.state == "closed" or (row.state == "paused" and not paused_too):
        raise DomainError("not_open", "this counter is not open", state="closed" if row is None else row.state)
    if actor.role == "officer" and row.actor != actor.id:
        raise Forbidden("occupied", f"{row.officer} is at this counter now", officer=row.officer)
    return Desk(counter, row, _compare(tx, counter.id, expect))


def _compare(tx: Tx, counter_id: str, expect: Expect) -> Ticket | None:
    current = tx.ticket_at(counter_id)
    if not isinstance(expect, NotSaid) and expect != (None if current is None else current.id):
        sees = "nobody" if current is None else current.number
        raise DomainError("stale", f"the counter has moved on: {sees} is here now", current=current and current.id)
    return current


def _current(tx: Tx, hall: Hall, actor: Actor, counter_id: str, expect: Expect) -> tuple[Desk, Ticket]:
    desk = _desk(tx, hall, actor, counter_id, expect)
    if desk.current is None:
        raise DomainError("nobody_here", "nobody is called to this counter")
    return desk, desk.current


def _must_be_free(desk: Desk) -> None:
    if desk.current is not None:
        raise DomainError("busy", f"{desk.current.number} is at this counter", current=desk.current.id)


def _visitor_must_be_free(tx: Tx, ticket: Ticket) -> None:
    elsewhere = tx.busy_ticket_of_visit(ticket.visit)
    if elsewhere is not None:
        raise DomainError(
            "visitor_busy",
            f"this visitor is at counter {elsewhere.counter} with {elsewhere.number}",
            counter=elsewhere.counter,
        )


def _number_must_be_free(tx: Tx, ended: Ticket) -> None:
    if tx.number_in_use(ended.day, ended.sequence, ended.ordinal):
        raise DomainError("number_in_use", f"another visitor is in the queue with {ended.number} by now")


def _record(tx: Tx, hall: Hall, actor: Actor, kind: str, ticket: Ticket, counter_id: str, **more: Any) -> None:
    payload = {"ticket": ticket_view(hall, ticket, tx.now_ms), "counter": counter_label(hall, counter_id), **more}
    tx.record(kind, actor.id, payload)


def _record_counter(tx: Tx, hall: Hall, actor: Actor, row: CounterRow, more: dict[str, Any]) -> None:
    label = counter_label(hall, row.id) or {}
    officer = {"name": row.officer} if row.officer else None
    facts = {**label, "state": row.state, "officer": officer, "pause_reason": row.pause_reason}
    tx.record(events.COUNTER_CHANGED, actor.id, {"counter": facts, **more})
