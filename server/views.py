"""How the queue's things look as JSON: the TICKET of the contract and its neighbours."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from server import texts
from server.domain.hall import Agency, Counter, Hall, Text, Zone
from server.domain.tickets import AT_COUNTER, Ticket

LANGUAGES = ("id", "en")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def iso(hall: Hall, at_ms: int | None) -> str | None:
    """A store time as ISO 8601 with the hall's offset, milliseconds kept."""
    return None if at_ms is None else _iso(hall.zone_info, at_ms)


@lru_cache(4096)  # an event, its answer and many screens' snapshots name the same moment
def _iso(zone: ZoneInfo, at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).isoformat(timespec="milliseconds")


def text(value: Text) -> dict[str, str]:
    """A wording in both languages."""
    return {"id": value.id, "en": value.en}


def ticket_view(hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    """TICKET of the contract but for `ahead` and `estimate`, which depend on the rest of the queue."""
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state.value,
        "service": ticket.service,
        "agency": ticket.agency,
        "priority": ticket.priority,
        "party_size": ticket.party_size,
        "source": ticket.source,
        "visit": ticket.visit,
        "language": ticket.language,
        "issued_at": iso(hall, ticket.issued_ms),
        "called_at": iso(hall, ticket.called_ms),
        "started_at": iso(hall, ticket.started_ms),
        "finished_at": iso(hall, ticket.finished_ms),
        "no_show_at": iso(hall, ticket.no_show_ms),
        "counter": ticket.counter,
        "recalls": ticket.recalls,
        "wait_seconds": ticket.wait_seconds(now_ms),
        "service_seconds": ticket.service_seconds(now_ms),
    }


def call_view(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    """A call as boards show it."""
    agency = hall.agency.get(ticket.agency)
    name = agency.name if agency else Text(ticket.agency, ticket.agency)
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "counter": counter_label(hall, ticket.counter),
        "agency": ticket.agency,
        "agency_name": text(name),
        "service": ticket.service,
        "state": ticket.state.value,
        "called_at": iso(hall, ticket.called_ms),
        "recalls": ticket.recalls,
    }


def counter_label(hall: Hall, counter: str | None) -> dict[str, str] | None:
    """A counter's id and label; a counter that the catalogue no longer has keeps its id."""
    if counter is None:
        return None
    known = hall.counter.get(counter)
    return {"id": counter, "label": known.label if known else counter}


def zone_of(hall: Hall, ticket: Ticket) -> Zone:
    """The zone in which a ticket's visitor waits: its counter's, else its agency's."""
    zones = {zone.id: zone for zone in hall.zones}
    counter: Counter | None = hall.counter.get(ticket.counter or "") if ticket.state in AT_COUNTER else None
    agency = hall.agency.get(ticket.agency)
    return zones[counter.zone if counter else agency.zone if agency else hall.zones[0].id]


def closure(hall: Hall, agency: Agency, now_ms: int, *, always_open: bool) -> dict[str, Any] | None:
    """Why an agency is closed now and when it opens again; None while it is open."""
    if always_open:
        return None
    local, hours = hall.local(now_ms), hall.hours_of(agency)
    if hours.is_open(local):
        return None
    opens = hours.next_opening(local)
    if opens is None:
        key, values = "closed.no_hours", {}
    else:
        days_ahead = (opens.date() - local.date()).days
        key = ("closed.opens_today", "closed.opens_tomorrow")[days_ahead] if days_ahead < 2 else "closed.opens_on"
        values = {"day": _WEEKDAYS[opens.weekday()], "time": opens.strftime("%H.%M")}
    return {
        "code": "outside_hours",
        "text": {language: _say(language, key, values) for language in LANGUAGES},
        "opens_at": None if opens is None else opens.isoformat(),
    }


def _say(language: str, key: str, values: dict[str, str]) -> str:
    words = texts.load(language)
    if "day" in values:
        values = {**values, "day": words[f"weekday.{values['day']}"]}
    return words[key].format(**values)
