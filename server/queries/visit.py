"""A visitor's own tickets."""

from __future__ import annotations

from typing import Any

from server.domain.hall import Hall
from server.domain.tickets import AT_COUNTER, State, Ticket
from server.queries.pieces import full_ticket, head
from server.store import Reader
from server.views import agency_name, service_name, text, zone_of
from server.visit_order import by_importance


def visit_snapshot(reader: Reader, hall: Hall, visit: int, now_ms: int) -> dict[str, Any]:
    """GET /visits/<code>: a visitor's own tickets and nothing about anyone else."""
    return {**head(reader, hall), "visit": {"id": visit}, "tickets": visit_tickets(reader, hall, visit, now_ms)}


def visit_tickets(reader: Reader, hall: Hall, visit: int, now_ms: int) -> list[dict[str, Any]]:
    """A visit's tickets with the names its visitor reads, in the order in which its page shows them."""
    found = [
        {
            **full_ticket(reader, hall, ticket, now_ms),
            "service_name": service_name(hall, ticket.service),
            "agency_name": agency_name(hall, ticket.agency),
            "zone_name": text(zone_of(hall, ticket).name),
            "counter_label": _label_for_visitor(hall, ticket),
            "survey": _survey(reader, ticket),
        }
        for ticket in reader.tickets_of_visit(visit)
    ]
    return by_importance(found)


def _survey(reader: Reader, ticket: Ticket) -> str | None:
    """Whether its visitor may say what they thought of it, or has; None where nobody was served."""
    if ticket.state is not State.FINISHED or ticket.closed_by_day:
        return None
    return "open" if reader.survey(ticket.id) is None else "answered"


def _label_for_visitor(hall: Hall, ticket: Ticket) -> str | None:
    counter = hall.counter.get(ticket.counter or "") if ticket.state in AT_COUNTER else None
    return counter.label if counter else None
