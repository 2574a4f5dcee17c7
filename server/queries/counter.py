"""What an officer's terminal shows of its counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.domain.absence import gives_up_in_seconds, missing
from server.domain.hall import Counter, Hall, Service
from server.domain.selection import has_waited
from server.domain.tickets import UNDO_SECONDS, UNDOABLE, Ticket
from server.next_in_line import next_for
from server.queries.pieces import counter_view, full_ticket, head, service_view
from server.queries.printers import printers_view
from server.queries.queues import Queues
from server.store import CounterRow, Message, Reader
from server.views import agency_name, can_be_restored, counter_label, iso, service_name, text, ticket_view

WAITING_SHOWN = 25
"""A counter's list shows this many of those who wait; the counts tell the rest."""
HELPED_SHOWN = 10
"""And this many of each service that it helps, apart."""
OFFICERS_RULES = (
    "no_show_after_recalls", "no_show_after_seconds", "no_show_automatic", "restore_minutes", "restore_behind",
    "hold_reminder_minutes", "one_button", "auto_start",
)  # fmt: skip  # fmt: skip
"""The hall's rules that a counter's terminal must know."""


def counter_snapshot(
    reader: Reader, hall: Hall, counter: Counter, now_ms: int, wall_ms: int | None = None, steady_ms: int = 0
) -> dict[str, Any]:
    """GET /counters/<id>: all that an officer's terminal shows.

    `wall_ms` is the clock, where it is not `now_ms`; `steady_ms` one that nobody sets.
    """
    row = reader.counter(counter.id)
    day = hall.day(now_ms)
    current = reader.ticket_at(counter.id)
    queues = Queues(reader, hall, now_ms)
    choice = next_for(reader, hall, counter, now_ms, now_ms if wall_ms is None else wall_ms)
    served = reader.served_on(counter.id, day)

    def show(ticket: Ticket) -> dict[str, Any]:
        return full_ticket(reader, hall, ticket, now_ms)

    mine = counter.callable_services
    named = dict.fromkeys((*mine, *([current.service] if current and current.service in hall.services else ())))
    waiting_by_service = {service: queues.waiting(service) for service in counter.services}
    return {
        **head(reader, hall),
        "counter": counter_view(hall, counter, row),
        "current": _current(reader, hall, current, now_ms, steady_ms) if current else None,
        "waiting": _waiting(reader, hall, queues, counter.services, now_ms),
        "waiting_count": sum(waiting_by_service.values()),
        "waiting_by_service": waiting_by_service,
        "helped": _helped(reader, hall, queues, counter, now_ms),
        "held": [_held(reader, hall, ticket, now_ms) for ticket in reader.held(mine, counter.id)],
        "missed": [_missed(reader, hall, ticket, now_ms) for ticket in reader.missed(mine, day, counter.id)],
        "undo": _undo(reader, hall, row, current, now_ms),
        "next": {"ticket": show(choice.ticket), "reason": choice.reason} if choice else None,
        "today": {
            "served": served.served,
            "mean_service_seconds": served.mean_service_seconds,
            "max_wait_seconds": served.max_wait_seconds,
        },
        "services": {
            service: {
                **service_view(hall.services[service]),
                "agency_name": text(hall.agency_of[service].name),
                "outcomes": _outcomes(hall.services[service]),
                "documents": text(wording) if (wording := hall.services[service].documents) else None,
            }
            for service in named
        },
        "priorities": [{"id": priority.id, "name": text(priority.name)} for priority in hall.priorities],
        "printers": printers_view(reader, hall),
        "messages": [message_view(hall, message) for message in reader.unread_at(counter.id, day)],
        "rules": {name: getattr(hall.rules, name) for name in OFFICERS_RULES},
    }


def message_view(hall: Hall, message: Message) -> dict[str, Any]:
    """A supervisor's message as a counter shows it."""
    return {
        "id": message.id,
        "at": iso(hall, message.at_ms),
        "author": message.author,
        "text": message.text,
        "urgent": bool(message.urgent),
    }


def _outcomes(service: Service) -> list[dict[str, Any]]:
    return [{"id": o.id, "name": text(o.name), "documents": o.documents} for o in service.outcomes]


def _current(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int, steady_ms: int) -> dict[str, Any]:
    lacks = missing(ticket, hall.rules, steady_ms)
    others = [other for other in reader.tickets_of_visit(ticket.visit) if other.id != ticket.id]
    return {
        **full_ticket(reader, hall, ticket, now_ms),
        "service_here_seconds": ticket.service_here_seconds(now_ms),
        "no_show_lacks": {"recalls": lacks.recalls, "seconds": lacks.seconds} if lacks else None,
        "gives_up_in_seconds": gives_up_in_seconds(ticket, hall.rules, steady_ms),
        "notes": _notes(reader, hall, ticket),
        "errands": [_errand(hall, other) for other in others],
        # A transferred or moved visitor may be at a counter that does not serve it by itself.
        "outcomes": _outcomes(service) if (service := hall.services.get(ticket.service)) else [],
    }


def _notes(reader: Reader, hall: Hall, ticket: Ticket) -> list[dict[str, Any]]:
    return [{"at": iso(hall, n.at_ms), "author": n.author, "text": n.text} for n in reader.notes(ticket.id)]


def _errand(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    """Another ticket of a visit, in as many words as an officer needs."""
    return {
        "id": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "service_name": service_name(hall, ticket.service),
        "agency": ticket.agency,
        "agency_name": agency_name(hall, ticket.agency),
        "state": ticket.state.value,
        "counter": counter_label(hall, ticket.counter),
    }


def _held(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    minutes = hall.rules.hold_reminder_minutes
    return {
        **full_ticket(reader, hall, ticket, now_ms),
        "held_since": iso(hall, ticket.since_ms),
        "overdue": bool(minutes) and now_ms - ticket.since_ms > minutes * 60_000,
        "notes": _notes(reader, hall, ticket),
    }


def _missed(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    return {
        **full_ticket(reader, hall, ticket, now_ms),
        "missed_at": iso(hall, ticket.no_show_ms),
        "restorable": can_be_restored(hall, ticket, now_ms),
        "notes": _notes(reader, hall, ticket),
    }


def waiting_numbered(
    reader: Reader, hall: Hall, counter: Counter, ordinal: int, now_ms: int
) -> list[dict[str, Any]]:
    """Those who wait for a counter with such a number, also far behind those that its list shows."""
    return [full_ticket(reader, hall, t, now_ms) for t in reader.waiting_numbered(counter.callable_services, ordinal)]


def _helped(reader: Reader, hall: Hall, queues: Queues, counter: Counter, now_ms: int) -> list[dict[str, Any]]:
    """Those of the services it helps who have waited for so long that this counter calls them by now."""
    return [
        ticket
        for help in counter.helps
        for ticket in _waiting(reader, hall, queues, [help.service], now_ms, HELPED_SHOWN, help.after_minutes)
    ]


def _waiting(
    reader: Reader,
    hall: Hall,
    queues: Queues,
    services: Sequence[str],
    now_ms: int,
    most: int = WAITING_SHOWN,
    waited_minutes: int = 0,
) -> list[dict[str, Any]]:
    """The first of those who wait for some services, and have waited for so long."""
    seen: dict[str, int] = {}
    shown = []
    for ticket in reader.queue(services, most):
        # The list holds each service's queue from its head, so a ticket's place in it is who is ahead.
        ahead = seen.get(ticket.service, 0)
        seen[ticket.service] = ahead + 1
        estimated = queues.estimate(ticket.service, ahead)
        if has_waited(ticket, waited_minutes, now_ms) or not waited_minutes:
            shown.append({**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": estimated})
    return shown


def _undo(
    reader: Reader, hall: Hall, row: CounterRow | None, current: Ticket | None, now_ms: int
) -> dict[str, Any] | None:
    if row is None or row.undo_ticket is None or row.undo_ms is None:
        return None
    until_ms = row.undo_ms + UNDO_SECONDS * 1000
    ticket = reader.ticket(row.undo_ticket)
    if now_ms >= until_ms or ticket is None or row.undo_verb is None:
        return None
    here = ticket.id if row.undo_verb == "call" else None  # a call is of the visitor who is there
    if (current and current.id) != here or (ticket.state, ticket.since_ms) != (UNDOABLE[row.undo_verb], row.undo_ms):
        return None
    return {"ticket": ticket_view(hall, ticket, now_ms), "verb": row.undo_verb, "until": iso(hall, until_ms)}
