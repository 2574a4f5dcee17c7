"""Serving a visitor who came to the counter without a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from server.commands.desk import Expect, find_desk, must_be_free, record
from server.commands.issuing import Wish, issue_direct
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Hall
from server.domain.tickets import Ticket
from server.store import Tx


@dataclass(frozen=True, slots=True)
class Came:
    """A visitor without a ticket: what for (None: the counter's first service), how many, with which priority."""

    service: str | None = None
    party_size: int = 1
    priority: str | None = None


def serve_direct(tx: Tx, hall: Hall, actor: Actor, counter_id: str, came: Came, *, expect: Expect) -> Ticket:
    """Serve a visitor without a ticket: they get a number of the service like any other and never wait.

    The service is the counter's first unless it is said. Raises DomainError `stale`, `busy`, `not_open`,
    `not_served_here`, `numbers_used_up`, Invalid for a service or a priority class that does not exist or a party that
    is too large.
    """
    desk = find_desk(tx, hall, actor, counter_id, expect)
    must_be_free(desk)
    wanted = desk.counter.services[0] if came.service is None and desk.counter.services else came.service
    if wanted is None or wanted not in hall.services:
        raise Invalid("unknown_service", f'no service has the id "{wanted}"', field="service")
    if wanted not in desk.counter.callable_services:
        raise DomainError("not_served_here", f'this counter does not serve "{wanted}"')
    wish = Wish((wanted,), came.priority, came.party_size)
    ticket = issue_direct(tx, hall, actor, wish, counter=desk.counter.id, officer=desk.row.officer)
    if desk.row.undo_ticket is not None:
        tx.set_counter(desk.counter.id, undo_ticket=None)
    record(tx, hall, actor, events.TICKET_STARTED, ticket, desk.counter.id, direct=True)
    return ticket
