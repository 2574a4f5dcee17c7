"""Passing a visitor on to another service or counter, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.commands.desk import Expect, find_current, find_ticket, record
from server.commands.setting_aside import leave_note
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Hall
from server.domain.outcomes import Told
from server.domain.tickets import Ticket, after
from server.store import Tx
from server.views import ticket_view


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a visitor goes: a service, a certain counter of it or any, and whether they come back here after it."""

    service: str
    counter: str | None = None
    note: str | None = None
    come_back: bool = False


def transfer(tx: Tx, hall: Hall, actor: Actor, counter_id: str, onward: Onward, *, expect: Expect) -> Ticket:
    """Pass the visitor at the counter on. Number and place are kept: who came early comes early there.

    Raises DomainError `nobody_here`, `stale`, `not_allowed`, `not_served_there` where the counter wanted does not
    serve the service, `same_place` where it would lead back to where the visitor is, Invalid for a service or
    counter that does not exist and for a note that is too long.
    """
    desk, ticket = find_current(tx, hall, actor, counter_id, expect)
    after("transfer", ticket.state)
    _check(hall, onward)
    if onward.service == ticket.service and onward.counter in (None, counter_id):
        raise DomainError("same_place", f"{ticket.number} is there already")
    noted = leave_note(tx, actor, ticket, onward.note)
    back = _way_back(ticket, onward.service)
    if onward.come_back:
        back = {"return_service": ticket.service, "return_counter": desk.counter.id}
    moved = _send(tx, hall, ticket, "transfer", onward.service, onward.counter, **back)
    told = {**_told(ticket, moved, "transfer"), "noted": noted}
    record(tx, hall, actor, events.TICKET_TRANSFERRED, moved, desk.counter.id, **told)
    return moved


def move(tx: Tx, hall: Hall, actor: Actor, ticket_id: int, onward: Onward) -> Ticket:
    """Send a visitor who waits to another service, or to a certain counter of it. Number and place are kept.

    Raises NotFound, DomainError `not_allowed` for one who does not wait any more, `not_served_there`, `same_place`,
    Invalid for a service or counter that does not exist and for a note that is too long.
    """
    ticket = find_ticket(tx, ticket_id)
    after("move", ticket.state)
    _check(hall, onward)
    if (onward.service, onward.counter) == (ticket.service, ticket.wanted_counter):
        raise DomainError("same_place", f"{ticket.number} is there already")
    noted = leave_note(tx, actor, ticket, onward.note)
    moved = _send(tx, hall, ticket, "move", onward.service, onward.counter, **_way_back(ticket, onward.service))
    # Not `record`: the visitor was at no counter, and so walks from none.
    told = {**_told(ticket, moved, "moved"), "noted": noted}
    tx.record(events.TICKET_TRANSFERRED, actor.id, {"ticket": ticket_view(hall, moved, tx.now_ms), **told})
    return moved


def _way_back(ticket: Ticket, service: str) -> dict[str, Any]:
    """Where a visitor still goes back to; who is sent there already has no other way back."""
    if service == ticket.return_service:
        return {"return_service": None, "return_counter": None}
    return {"return_service": ticket.return_service, "return_counter": ticket.return_counter}


def _check(hall: Hall, onward: Onward) -> None:
    if onward.service not in hall.services:
        raise Invalid("unknown_service", f'no service has the id "{onward.service}"', field="service")
    if onward.counter is not None:
        counter = hall.counter.get(onward.counter)
        if counter is None:
            raise Invalid("unknown_counter", f'no counter has the id "{onward.counter}"', field="counter")
        if onward.service not in counter.services:
            raise DomainError("not_served_there", f'counter {counter.label} does not serve "{onward.service}"')


def goes_back(hall: Hall, ticket: Ticket) -> bool:
    """Whether a visitor whose service here ends is to come back to the officer who sent them.

    Also where that officer works by another profile now: the errand is not done, whoever goes on with it.
    """
    counter = hall.catalogue.counter.get(ticket.return_counter or "")
    return counter is not None and ticket.return_service in counter.every_service


def send_back(tx: Tx, hall: Hall, actor: Actor, ticket: Ticket, counter_id: str, told: Told) -> Ticket:
    """The visitor was served here and goes back to the counter that asked for it, at the old place.

    Where that one works by a profile without the service now, to any counter of the service.
    """
    assert ticket.return_service is not None and ticket.return_counter is not None, "`goes_back` was asked before"
    serves = ticket.return_service in hall.counter[ticket.return_counter].services
    wanted = ticket.return_counter if serves else None
    back = {"return_service": None, "return_counter": None}
    moved = _send(tx, hall, ticket, "transfer", ticket.return_service, wanted, **back)
    here = {"outcome": told.outcome, "documents": list(told.documents), **_told(ticket, moved, "return")}
    record(tx, hall, actor, events.TICKET_TRANSFERRED, moved, counter_id, **here)
    return moved


def _send(tx: Tx, hall: Hall, ticket: Ticket, verb: str, service: str, counter: str | None, **back: Any) -> Ticket:
    return tx.move(
        ticket,
        after(verb, ticket.state),
        service=service,
        agency=hall.agency_of[service].id,
        wanted_counter=counter,
        counter=None,
        officer=None,
        called_ms=None,
        started_ms=None,
        recalls=0,
        held_ms=0,
        **back,
    )


def _told(before: Ticket, now: Ticket, rule: str) -> dict[str, Any]:
    return {
        "from": {"service": before.service, "agency": before.agency, "counter": before.counter},
        "to": {"service": now.service, "agency": now.agency, "counter": now.wanted_counter},
        "reason": {"rule": rule},
    }
