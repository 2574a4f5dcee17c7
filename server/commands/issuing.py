"""Issuing tickets, cancelling them, printing their slip again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from server.commands import printing
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Forbidden, Invalid, NotFound
from server.domain.hall import Hall, Service
from server.domain.numbering import Position, following, reading
from server.domain.overrides import Overrides
from server.domain.tickets import (
    AT_COUNTER,
    KIOSK_CANCEL_SECONDS,
    MAX_PARTY_SIZE,
    MAX_SERVICES_PER_VISIT,
    State,
    Ticket,
    after,
)
from server.opening_hours import LAST_TICKET, QUOTA, Reason, offer
from server.policy import Policy
from server.queue_length import queue_estimate
from server.store import PrintJob, Tx
from server.views import counter_label, ticket_view
from server.visit_order import in_best_order

CODE = re.compile(r"[A-Z2-7]{16}")
"""What the code of a visit looks like."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor asks for."""

    services: tuple[str, ...]
    priority: str | None = None
    party_size: int = 1
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new visit, its tickets in the order in which they are best done, and its first slip's print job where a printer
    serves the kiosk."""

    visit: int
    code: str
    tickets: list[Ticket]
    print_job: PrintJob | None
    warning: Reason | None = None


def issue(tx: Tx, hall: Hall, policy: Policy, actor: Actor, wish: Wish) -> Issued:
    """Give a visitor one ticket for each service wished, all or none, in the order that ends the visit soonest.

    Raises Invalid for input that can never be right, Forbidden for a kiosk that the hall has no more, DomainError
    `closed` when a service is not open now, `quota_reached` or `last_ticket` when it gives no more numbers today,
    `numbers_used_up` when a range is exhausted.
    """
    if actor.role == "kiosk" and actor.subject not in hall.kiosk:
        raise Forbidden("forbidden", f'this hall has no kiosk "{actor.subject}" any more')
    services = _services(hall, wish)
    overrides = Overrides(hall, tx.overrides(), tx.now_ms)
    warnings = [_ask_for(tx, hall, policy, service, overrides) for service in services]
    code = new_code()
    visit = tx.add_visit(code)
    in_order = in_best_order(tx, hall, services, tx.now_ms)
    tickets = [_number(tx, hall, actor, wish, visit, service) for service in in_order]
    job = None
    printer = hall.printer_of(actor.subject or "") if actor.role == "kiosk" else None
    if printer is not None:
        job = printing.queue_slips(tx, hall, policy, visit, tickets, printer.id, code=code, copy=False)[0]
    return Issued(visit, code, tickets, job, next(filter(None, warnings), None))


def _ask_for(tx: Tx, hall: Hall, policy: Policy, service: Service, overrides: Overrides) -> Reason | None:
    """Raises DomainError where the service gives no number now; else what the visitor should know, or None."""
    given = tx.given(service.id, hall.day(tx.now_ms)) if service.quota else 0
    estimate = None
    if hall.rules.last_ticket != "off":
        estimate = queue_estimate(tx, hall, service.id, tx.waiting_count(service.id), tx.now_ms)
    offered = offer(
        hall,
        service,
        tx.now_ms,
        always_open=policy.always_open,
        given=given,
        estimate=estimate,
        override=overrides.of_service(service.id),
    )
    if offered.closed is not None:
        code = _REFUSALS.get(offered.closed["code"], "closed")
        words = f"{service.name.en}: {offered.closed['text']['en']}"
        raise DomainError(code, words, service=service.id, reason=offered.closed)
    return None if offered.warning is None else {**offered.warning, "service": service.id}


_REFUSALS = {QUOTA: "quota_reached", LAST_TICKET: "last_ticket"}


def issue_direct(tx: Tx, hall: Hall, actor: Actor, wish: Wish, *, counter: str, officer: str | None) -> Ticket:
    """A ticket for a visitor who came to a counter without one, straight into serving there; numbered like any other.

    Raises Invalid for a party that is too large or an unknown priority class, DomainError `numbers_used_up`.
    """
    (service,) = _services(hall, wish)
    here = {"state": State.SERVING, "source": "direct", "counter": counter, "officer": officer}
    return _number(tx, hall, actor, wish, tx.add_visit(new_code()), service, **here, started_ms=tx.now_ms)


def new_code() -> str:
    """80 random bits as 16 letters and digits: who has the code may see the visit."""
    return secrets.token_bytes(16).translate(_FIVE_BITS).decode()


_FIVE_BITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8
"""What each of 256 bytes becomes: 16 random bytes so are 16 times five random bits."""


def _services(hall: Hall, wish: Wish) -> list[Service]:
    if not wish.services:
        raise Invalid("invalid", "name at least one service", field="services")
    if len(wish.services) > MAX_SERVICES_PER_VISIT:
        raise Invalid("invalid", f"at most {MAX_SERVICES_PER_VISIT} services in one visit", field="services")
    for index, service in enumerate(wish.services):
        if service not in hall.services:
            raise Invalid("unknown_service", f'no service has the id "{service}"', field=f"services[{index}]")
        if service in wish.services[:index]:
            raise Invalid("duplicate_service", f'"{service}" is named twice', field=f"services[{index}]")
    if not 1 <= wish.party_size <= MAX_PARTY_SIZE:
        raise Invalid("invalid", f"must be from 1 to {MAX_PARTY_SIZE}", field="party_size")
    if wish.priority is not None and wish.priority not in hall.priority:
        known = ", ".join(hall.priority)
        words = f"must be one of {known}" if known else "this hall has no priority classes"
        raise Invalid("invalid", words, field="priority")
    return [hall.services[service] for service in wish.services]


def _number(
    tx: Tx, hall: Hall, actor: Actor, wish: Wish, visit: int, service: Service, **here: Any
) -> Ticket:
    day, sequence = hall.day(tx.now_ms), service.sequence_id
    position = _following(tx, hall, day, service)
    tx.set_position(sequence, position)
    ticket = tx.add_ticket(
        visit=visit,
        number=reading(service.prefix, position.ordinal, service.numbers.padding),
        day=day,
        sequence=sequence,
        round=position.round,
        ordinal=position.ordinal,
        service=service.id,
        agency=hall.agency_of[service.id].id,
        priority=wish.priority,
        party_size=wish.party_size,
        issued_by=actor.id,
        language=wish.language,
        **{"state": State.WAITING, "source": "kiosk" if actor.role == "kiosk" else "desk", **here},
    )
    tx.record(events.TICKET_ISSUED, actor.id, {"ticket": ticket_view(hall, ticket, tx.now_ms)})
    return ticket


def _following(tx: Tx, hall: Hall, day: str, service: Service) -> Position:
    """The next position of a service's sequence.

    A range that wraps skips the numbers of those in the queue, and, while it can, of those who were
    missed today: they may be brought back.
    """
    sequence, last = service.sequence_id, tx.position(service.sequence_id, day)

    def in_queue(ordinal: int) -> bool:
        return tx.number_in_use(day, sequence, ordinal)

    @cache
    def missed() -> frozenset[int]:
        return tx.missed_ordinals(sequence, day)

    try:
        return following(last, day, service.numbers, lambda ordinal: in_queue(ordinal) or ordinal in missed())
    except DomainError:
        return following(last, day, service.numbers, in_queue)


def cancel(tx: Tx, hall: Hall, actor: Actor, ticket_id: int) -> Ticket:
    """Take a ticket out of the queue.

    A kiosk may cancel only what it issued itself, within 60 s; an officer only tickets of the
    services of the counter that they have open, and the one that is there; not one that another counter has called.
    Raises NotFound, DomainError `too_late`, `forbidden`, `not_allowed`, `visitor_busy`.
    """
    ticket = tx.ticket(ticket_id)
    if ticket is None:
        raise NotFound("not_found", f"there is no ticket {ticket_id}")
    _may_cancel(tx, hall, actor, ticket)
    cancelled = tx.move(ticket, after("cancel", ticket.state), finished_ms=tx.now_ms)
    printing.withdraw(tx, ticket.visit)
    tx.withdraw_announcements(ticket.id)
    freed = counter_label(hall, ticket.counter) if ticket.state in AT_COUNTER else None
    payload: dict[str, Any] = {"ticket": ticket_view(hall, cancelled, tx.now_ms)}
    if freed:
        payload["counter"] = freed
    given_for = tx.given_for(ticket.id)
    if given_for != ticket.service:  # where a number is free again
        payload["given_for"] = given_for
    tx.record(events.TICKET_CANCELLED, actor.id, payload)
    return cancelled


def _may_cancel(tx: Tx, hall: Hall, actor: Actor, ticket: Ticket) -> None:
    if actor.role == "kiosk":
        if ticket.issued_by != actor.id:
            raise Forbidden("forbidden", "a kiosk cancels only tickets that it issued")
        if tx.now_ms - ticket.issued_ms > KIOSK_CANCEL_SECONDS * 1000:
            raise DomainError("too_late", f"a kiosk cancels within {KIOSK_CANCEL_SECONDS} s")
    elif not actor.oversees:
        mine = counter_of(tx, actor)
        counter = hall.counter.get(mine or "")
        at_mine = ticket.counter == mine and ticket.state in AT_COUNTER
        if counter is None or not (at_mine or ticket.service in counter.services):
            raise Forbidden("forbidden", "an officer cancels only tickets of the services of their open counter")
        if ticket.state in AT_COUNTER and not at_mine:  # two officers at once: its visitor is on the way there
            words = f"{ticket.number} was called to counter {ticket.counter}"
            raise DomainError("visitor_busy", words, counter=ticket.counter)


def counter_of(tx: Tx, actor: Actor) -> str | None:
    """The counter an actor works at: its token's own, or the one an officer has open."""
    if actor.role == "counter":
        return actor.subject
    row = tx.counter_of(actor.id)
    return None if row is None else row.id


def reprint(tx: Tx, hall: Hall, policy: Policy, actor: Actor, ticket_id: int) -> PrintJob:
    """Print the slip that a ticket stands on again, marked as a copy, where it was printed before.

    Raises NotFound, DomainError `no_printer` when the hall has none.
    """
    ticket = tx.ticket(ticket_id)
    if ticket is None:
        raise NotFound("not_found", f"there is no ticket {ticket_id}")
    before = tx.last_job_of_visit(ticket.visit)
    printer = before.printer if before and before.printer in hall.printer else _nearest_printer(hall, ticket)
    if printer is None:
        raise DomainError("no_printer", "this hall has no printer")
    tickets: Sequence[Ticket] = [ticket] if policy.one_per_ticket else tx.tickets_of_visit(ticket.visit)
    code = tx.visit_code(ticket.visit)
    job = printing.queue_slips(tx, hall, policy, ticket.visit, tickets, printer, code=code, copy=True)[0]
    tx.record(events.SLIP_REPRINTED, actor.id, {"ticket": {"id": ticket.id, "number": ticket.number}, "job": job.id})
    return job


def _nearest_printer(hall: Hall, ticket: Ticket) -> str | None:
    zone = hall.agency[ticket.agency].zone if ticket.agency in hall.agency else None
    in_zone = [p.id for p in hall.printers if any(hall.kiosk[kiosk].zone == zone for kiosk in p.kiosks)]
    return next(iter([*in_zone, *hall.printer]), None)
