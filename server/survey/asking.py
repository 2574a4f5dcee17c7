"""Whom to ask about which ticket, as the pages that ask are told."""

from __future__ import annotations

from typing import Any

from server.domain.hall import Hall
from server.domain.satisfaction import SurveyRules, standing
from server.domain.tickets import Ticket
from server.queries.pieces import head
from server.store import Reader
from server.views import agency_name, counter_label, iso, service_name


def visit_view(reader: Reader, hall: Hall, rules: SurveyRules, visit: int, now_ms: int) -> dict[str, Any]:
    """GET /visits/<code>/survey: a visit's tickets, and whether each can be answered for now."""
    return {
        "hall": {"name": hall.name, "timezone": hall.timezone},
        "visit": {"id": visit},
        "open_hours": rules.open_hours,
        "tickets": [_ticket(reader, hall, rules, ticket, now_ms) for ticket in reader.tickets_of_visit(visit)],
    }


def counter_view(reader: Reader, hall: Hall, rules: SurveyRules, counter: str, now_ms: int) -> dict[str, Any]:
    """GET /counters/<id>/survey: who has just been served there and is asked for a while, `ask` None for nobody."""
    return {
        **head(reader, hall),
        "counter": counter_label(hall, counter),
        "ask": _ask(reader, hall, rules, counter, now_ms),
    }


def _ask(reader: Reader, hall: Hall, rules: SurveyRules, counter: str, now_ms: int) -> dict[str, Any] | None:
    ticket = reader.last_finished(counter, hall.day(now_ms))
    if ticket is None or ticket.finished_ms is None:
        return None
    shown = _ticket(reader, hall, rules, ticket, now_ms)
    until_ms = ticket.finished_ms + rules.ask_seconds * 1000
    if shown["survey"] != "open" or now_ms >= until_ms:
        return None
    return {"ticket": shown, "until": iso(hall, until_ms), "seconds_left": (until_ms - now_ms) / 1000}


def _ticket(reader: Reader, hall: Hall, rules: SurveyRules, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    answered = reader.survey(ticket.id) is not None
    return {
        "id": ticket.id,
        "number": ticket.number,
        "language": ticket.language,
        "service_name": service_name(hall, ticket.service),
        "agency_name": agency_name(hall, ticket.agency),
        "finished_at": iso(hall, ticket.finished_ms),
        "survey": standing(ticket, answered=answered, rules=rules, now_ms=now_ms),
    }
