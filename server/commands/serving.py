"""An officer's commands at a counter."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from server.commands import announcing
from server.commands.desk import (
    Desk,
    Expect,
    compare,
    find_counter,
    find_current,
    find_desk,
    find_ticket,
    must_be_free,
    must_not_be_left_over,
    must_serve,
    number_must_be_free,
    record,
    record_counter,
    service_must_be_there,
    visitor_must_be_free,
)
from server.commands.transferring import goes_back, send_back
from server.domain import events
from server.domain.absence import missing
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Counter, Hall
from server.domain.outcomes import Told, check
from server.domain.selection import Choice
from server.domain.tickets import MAX_REASON_LENGTH, RECALLABLE, UNDO_SECONDS, UNDOABLE, State, Ticket, after
from server.domain.waiting import Pace
from server.domain.wording import is_text
from server.next_in_line import chosen, next_for
from server.store import CounterRow, Tx
from server.views import can_be_restored


def open_counter(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, take_over: bool, expect: Expect) -> CounterRow:
    """Sit down at a counter, or come back from a pause.

    Raises DomainError `occupied` when another is there and `take_over` is not said, and
    `busy_elsewhere` when the actor still has a visitor at another counter; one without is closed.
    """
    counter = find_counter(hall, counter_id)
    row = tx.counter(counter.id)
    compare(tx, counter.id, expect)
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
    record_counter(tx, hall, actor, opened, **({"taken_over_from": taken_from} if taken_from else {}))
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
    """Step away for a while.

    Raises DomainError `busy` with a visitor at the counter, `not_open`, Invalid for a reason that is no text to read.
    """
    why = _reason_to_pause(reason)
    desk = find_desk(tx, hall, actor, counter_id, expect, paused_too=True)
    if desk.row.state == "paused":
        return desk.row
    must_be_free(desk)
    paused = tx.set_counter(counter_id, state="paused", since_ms=tx.now_ms, pause_reason=why)
    record_counter(tx, hall, actor, paused)
    return paused


def _reason_to_pause(said: str | None) -> str | None:
    words = (said or "").strip()
    if len(words) > MAX_REASON_LENGTH or not is_text(words):
        raise Invalid("invalid", f"must be one line of at most {MAX_REASON_LENGTH} characters", field="reason")
    return words or None


def close_counter(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> CounterRow:
    """Leave a counter. Raises DomainError `busy` with a visitor at the counter."""
    counter = find_counter(hall, counter_id)
    row = tx.counter(counter.id)
    if row is None or row.state == "closed":
        return row or CounterRow(counter.id, "closed", None, None, tx.now_ms, None, None, None, None)
    must_be_free(find_desk(tx, hall, actor, counter_id, expect, paused_too=True))
    return _close(tx, hall, actor, counter_id)


def _close(tx: Tx, hall: Hall, actor: Actor, counter_id: str) -> CounterRow:
    closed = tx.set_counter(
        counter_id, state="closed", actor=None, officer=None, since_ms=tx.now_ms, pause_reason=None, undo_ticket=None
    )
    record_counter(tx, hall, actor, closed)
    return closed


class Called(NamedTuple):
    """Who was called, None when nobody waits; why; and in a one-button hall whose serving ended with it."""

    ticket: Ticket | None
    reason: dict[str, Any]
    finished: Ticket | None = None


def call_next(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Called:
    """Call whoever is next for this counter. In a one-button hall the visitor who is there is finished first.

    Raises DomainError `stale`, `busy` with a visitor at the counter, `not_open`.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    finished = None
    if hall.rules.one_button and desk.current is not None:
        finished = _end_present(tx, hall, actor, desk, desk.current)
        desk = Desk(desk.counter, tx.counter(counter_id) or desk.row, None)
    must_be_free(desk)
    choice = next_for(tx, hall, desk.counter, tx.now_ms, tx.wall_ms)
    if choice is None:
        return Called(None, {"rule": "empty"}, finished)
    return Called(_call(tx, hall, actor, desk, choice, finished), choice.reason, finished)


def _end_present(tx: Tx, hall: Hall, actor: Actor, desk: Desk, ticket: Ticket) -> Ticket:
    """One button: who was called and is there has been served when the next is called."""
    if ticket.state is State.CALLED:
        ticket = _start(tx, hall, actor, desk, ticket)
    return _finish(tx, hall, actor, desk, ticket, Told())


def call(
    tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect
) -> tuple[Ticket, dict[str, Any]]:
    """Call one certain waiting ticket of this counter's services.

    Raises NotFound, DomainError `stale`, `busy`, `not_open`, `not_callable` where it is not
    waiting or not served here, `visitor_busy` where its visitor is at another counter, `too_late` for another day's.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    must_be_free(desk)
    ticket = find_ticket(tx, ticket_id)
    if ticket.state not in (State.WAITING, State.HELD):
        raise DomainError(
            "not_callable", f"{ticket.number} is {ticket.state.value}", state=ticket.state.value, counter=ticket.counter
        )
    must_not_be_left_over(tx, hall, ticket)
    must_serve(desk, ticket)
    visitor_must_be_free(tx, ticket)
    choice = chosen(tx, hall, desk.counter, ticket, tx.now_ms, tx.wall_ms)
    return _call(tx, hall, actor, desk, choice), choice.reason


def _call(
    tx: Tx, hall: Hall, actor: Actor, desk: Desk, choice: Choice, finished: Ticket | None = None
) -> Ticket:
    called = tx.move(
        choice.ticket,
        after("call", choice.ticket.state),
        counter=desk.counter.id,
        officer=desk.row.officer,
        called_ms=tx.now_ms,
        calls=choice.ticket.calls + 1,
        recalls=0,
        held_ms=0,
        called_steady_ms=tx.steady_ms,
    )
    today = hall.day(tx.now_ms)
    run = desk.row.run_on(today)
    changes: dict[str, Any] = {} if desk.row.undo_ticket is None else {"undo_ticket": None}
    if hall.rules.auto_start and choice.ticket.state is State.WAITING:
        then = finished.id if finished is not None and finished.state is State.FINISHED else None
        changes = {"undo_ticket": called.id, "undo_verb": "call", "undo_ms": called.since_ms, "undo_then": then}
        changes["undo_run"] = run
    if choice.run is not None and choice.run != run:
        changes |= {"priority_run": choice.run, "run_day": today}
    if changes:
        tx.set_counter(desk.counter.id, **changes)
    spoken = announcing.announce(tx, hall, called)
    record(
        tx, hall, actor, events.TICKET_CALLED, called, desk.counter.id, reason=choice.reason, announcements=spoken
    )
    return _start(tx, hall, actor, desk, called) if hall.rules.auto_start else called


def recall(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Call the current ticket again; changes no state. Raises DomainError `nobody_here`, `stale`, `not_open`."""
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    if ticket.state not in RECALLABLE:
        raise DomainError("not_allowed", f"{ticket.number} cannot be called again")
    again = tx.change(ticket, recalls=ticket.recalls + 1, called_steady_ms=tx.steady_ms)
    spoken = announcing.announce(tx, hall, again)
    record(tx, hall, actor, events.TICKET_RECALLED, again, desk.counter.id, announcements=spoken)
    return again


def start(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """The called visitor is here: serving begins. Raises DomainError `not_allowed`, `nobody_here`, `stale`."""
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    return _start(tx, hall, actor, desk, ticket)


def _start(tx: Tx, hall: Hall, actor: Actor, desk: Desk, ticket: Ticket) -> Ticket:
    started = tx.move(ticket, after("start", ticket.state), started_ms=ticket.started_ms or tx.now_ms)
    record(tx, hall, actor, events.TICKET_STARTED, started, desk.counter.id)
    return started


def finish(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect, told: Told | None = None) -> Ticket:
    """Serving is over, and `told` is what came of it; who was sent here to come back waits for that counter again.

    Raises DomainError `not_allowed`, `nobody_here`, `stale`, Invalid for an outcome that the service does not have.
    """
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    after("finish", ticket.state)
    return _finish(tx, hall, actor, desk, ticket, check(hall.services.get(ticket.service), told or Told()))


def _finish(tx: Tx, hall: Hall, actor: Actor, desk: Desk, ticket: Ticket, told: Told) -> Ticket:
    if goes_back(hall, ticket):
        _learn_pace(tx, ticket._replace(finished_ms=tx.now_ms), hall.day(tx.now_ms))
        return send_back(tx, hall, actor, ticket, desk.counter.id, told)
    finished = tx.move(
        ticket,
        after("finish", ticket.state),
        finished_ms=tx.now_ms,
        outcome=told.outcome,
        documents=json.dumps(told.documents, ensure_ascii=False) if told.documents else None,
    )
    _learn_pace(tx, finished, hall.day(tx.now_ms))
    _remember_undo(tx, desk, finished, "finish")
    record(tx, hall, actor, events.TICKET_FINISHED, finished, desk.counter.id)
    return finished


def no_show(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """The called visitor did not come.

    Raises DomainError `not_allowed`, `nobody_here`, `stale`, `too_early` for an officer who has neither called
    often enough nor waited long enough by the hall's rules.
    """
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    to = after("no_show", ticket.state)
    if not actor.oversees:
        _must_have_been_called_enough(hall, ticket, tx.steady_ms)
    missed = tx.move(ticket, to, no_show_ms=tx.now_ms)
    _remember_undo(tx, desk, missed, "no_show")
    record(tx, hall, actor, events.TICKET_NO_SHOW, missed, desk.counter.id)
    return missed


def _must_have_been_called_enough(hall: Hall, ticket: Ticket, steady_ms: int) -> None:
    lacks = missing(ticket, hall.rules, steady_ms)
    if lacks is None:
        return
    ways = []
    if lacks.recalls is not None:
        ways.append(f"call {ticket.number} again first, {lacks.recalls} more times")
    if lacks.seconds is not None:
        ways.append(f"wait {lacks.seconds} more seconds")
    facts: dict[str, Any] = {"recalls": ticket.recalls, "missing": lacks.recalls, "seconds": lacks.seconds}
    raise DomainError("too_early", ", or ".join(ways), **facts)


def requeue(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Put the called visitor back, behind all who wait now; the time of arrival is kept."""
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    to, place_ms = after("requeue", ticket.state), _place_behind_all(tx, desk.counter, ticket)
    wanted = _still_wanted(hall, ticket)
    waiting = tx.move(ticket, to, counter=None, officer=None, place_ms=place_ms, wanted_counter=wanted)
    record(tx, hall, actor, events.TICKET_REQUEUED, waiting, desk.counter.id)
    return waiting


def _still_wanted(hall: Hall, ticket: Ticket) -> str | None:
    """The counter that a ticket was sent to, if that one still serves its service: it may have been changed since."""
    counter = hall.counter.get(ticket.wanted_counter or "")
    return counter.id if counter is not None and ticket.service in counter.services else None


def _place_behind_all(tx: Tx, counter: Counter, ticket: Ticket) -> int:
    """A place after all who wait for this counter.

    Time alone is not enough: others may have come in the same millisecond, and a clock that was set
    back stands still until it has caught up.
    """
    place_ms, step_ms = tx.now_ms, 1
    for service in {*counter.services, ticket.service}:
        while tx.ahead(ticket._replace(service=service, place_ms=place_ms)) < tx.waiting_count(service):
            place_ms, step_ms = place_ms + step_ms, 2 * step_ms  # others' places may lie hours ahead of such a clock
    return place_ms


def restore(tx: Tx, hall: Hall, actor: Actor, counter_id: str, ticket_id: int, *, expect: Expect) -> Ticket:
    """Bring a missed visitor of today back: to the old place, or behind so many others by the hall's rules.

    Raises NotFound, DomainError `not_allowed`, `too_late` for another day's, when the time is over and where the hall
    has lost its service, `not_callable` where this counter does not serve it, `number_in_use` where the range has
    wrapped and another has the number.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    ticket = find_ticket(tx, ticket_id)
    to = after("restore", ticket.state)
    service_must_be_there(hall, ticket)
    must_serve(desk, ticket)
    if ticket.day != hall.day(tx.now_ms):
        raise DomainError("too_late", f"{ticket.number} is of another day")
    if not can_be_restored(hall, ticket, tx.now_ms):
        words = f"{ticket.number} was missed more than {hall.rules.restore_minutes} minutes ago"
        raise DomainError("too_late", words)
    number_must_be_free(tx, ticket)
    place_ms = _place_behind(tx, ticket, hall.rules.restore_behind)
    wanted = _still_wanted(hall, ticket)
    waiting = tx.move(
        ticket, to, counter=None, officer=None, no_show_ms=None, started_ms=None, place_ms=place_ms,
        wanted_counter=wanted,
    )  # fmt: skip
    record(tx, hall, actor, events.TICKET_RESTORED, waiting, desk.counter.id)
    return waiting


def _place_behind(tx: Tx, ticket: Ticket, others: int) -> int:
    """A place after so many who wait for the same service, or after all where fewer do; never before the old one."""
    first = tx.queue([ticket.service], others) if others else []
    if not first or (ticket.place_ms, ticket.id) > (first[-1].place_ms, first[-1].id):
        return ticket.place_ms
    return first[-1].place_ms + (ticket.id < first[-1].id)


def undo(tx: Tx, hall: Hall, actor: Actor, counter_id: str, *, expect: Expect) -> Ticket:
    """Take back this counter's last finish or no-show, within 60 s, while the counter is free.

    Where serving begins with the call, the call of the visitor who is there too: they wait again, at the old place.

    Raises DomainError `nothing_to_undo`, `too_late`, `busy`, `visitor_busy`, `number_in_use`, `stale`.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    verb, ticket_id, when_ms = desk.row.undo_verb, desk.row.undo_ticket, desk.row.undo_ms
    if verb != "call":
        must_be_free(desk)
    ticket = tx.ticket(ticket_id) if ticket_id is not None else None
    if verb is None or when_ms is None or ticket is None or not _ended_here(desk, ticket, verb):
        raise DomainError("nothing_to_undo", "nothing at this counter can be undone")
    if tx.now_ms - when_ms > UNDO_SECONDS * 1000:
        raise DomainError("too_late", f"undo is possible for {UNDO_SECONDS} s")
    if ticket.day != hall.day(tx.now_ms):
        raise DomainError("too_late", f"{ticket.number} is of another day")
    if verb == "call":
        return _take_back(tx, hall, actor, desk, ticket)
    service_must_be_there(hall, ticket)
    visitor_must_be_free(tx, ticket)
    number_must_be_free(tx, ticket)
    unsaid: dict[str, Any] = dict.fromkeys(("finished_ms", "no_show_ms", "outcome", "documents"))
    if verb == "no_show":
        unsaid["called_steady_ms"] = tx.steady_ms  # or the house would give them up again at once
    again = tx.reopen(ticket, ticket.came_from or State.CALLED, **unsaid)
    if verb == "finish":
        _forget_pace(tx, ticket, hall.day(tx.now_ms))
    tx.set_counter(desk.counter.id, undo_ticket=None)
    record(tx, hall, actor, events.TICKET_REOPENED, again, desk.counter.id, undid=verb)
    if again.state is State.CALLED or hall.rules.auto_start:  # elsewhere who was served had come
        announcing.announce_after_all(tx, hall, again)
    return again


def _take_back(tx: Tx, hall: Hall, actor: Actor, desk: Desk, ticket: Ticket) -> Ticket:
    """A call by mistake: the visitor waits as before, whose turn it is is as before, and what the same press finished
    can be undone in its turn."""
    wanted = _still_wanted(hall, ticket)
    after("take_back", ticket.state)
    # Whoever reads the spans sees one wait that goes on; the call is in the log of events.
    waiting = tx.never_called(ticket, counter=None, officer=None, started_ms=None, wanted_counter=wanted)
    undone: dict[str, Any] = {"undo_ticket": desk.row.undo_then, "undo_verb": "finish"}
    if desk.row.undo_run is not None:  # unless it was called by a program that did not note it yet
        undone |= {"priority_run": desk.row.undo_run, "run_day": ticket.day}
    tx.set_counter(desk.counter.id, **undone)
    record(tx, hall, actor, events.TICKET_REQUEUED, waiting, desk.counter.id, undid="call")
    return waiting


def _ended_here(desk: Desk, ticket: Ticket, verb: str) -> bool:
    """Whether a ticket is still as this counter left it: it may have been restored and missed elsewhere since."""
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
    """From the last call to the end without the time on hold: how long the visitor kept a counter."""
    ended_ms = finished.finished_ms or finished.since_ms
    return max(0, ended_ms - (finished.called_ms or finished.issued_ms) - finished.held_ms) / 1000


def _remember_undo(tx: Tx, desk: Desk, ticket: Ticket, verb: str) -> None:
    tx.set_counter(desk.counter.id, undo_ticket=ticket.id, undo_verb=verb, undo_ms=tx.now_ms)
