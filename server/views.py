"""How the queue's things look as JSON: the TICKET of the contract and its neighbours."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.announcements import Announcement
from server.domain.hall import Counter, Hall, Text, Zone
from server.domain.overrides import Override
from server.domain.tickets import AT_COUNTER, State, Ticket

LANGUAGES = ("id", "en")


def iso(hall: Hall, at_ms: int | None) -> str | None:
    """A store time as ISO 8601 with the hall's offset, milliseconds kept."""
    if at_ms is None:
        return None
    second, ms = divmod(at_ms, 1000)
    until_second, offset = _iso(hall.zone_info, second)
    return f"{until_second}.{ms:03d}{offset}"


@lru_cache(4096)  # an event, its answer and many screens' snapshots name the same moment
def _iso(zone: ZoneInfo, second: int) -> tuple[str, str]:
    whole = datetime.fromtimestamp(second, zone).isoformat()
    return whole[:19], whole[19:]


def text(value: Text) -> dict[str, str]:
    """A wording in both languages."""
    return {"id": value.id, "en": value.en}


def service_name(hall: Hall, service: str) -> dict[str, str]:
    """A service's name; the id of one that the catalogue no longer has."""
    known = hall.services.get(service)
    return text(known.name if known else Text(service, service))


def agency_name(hall: Hall, agency: str) -> dict[str, str]:
    """An agency's name; the id of one that the catalogue no longer has."""
    known = hall.agency.get(agency)
    return text(known.name if known else Text(agency, agency))


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
        "held_at": iso(hall, ticket.since_ms) if ticket.state is State.HELD else None,
        "outcome": ticket.outcome,
        "documents": json.loads(ticket.documents) if ticket.documents else [],
        "wanted_counter": ticket.wanted_counter,
        "return_to": ticket.return_counter,
    }


def can_be_restored(hall: Hall, missed: Ticket, now_ms: int) -> bool:
    """Whether a missed visitor may still be brought back by the hall's rules."""
    minutes = hall.rules.restore_minutes
    in_time = not minutes or now_ms - (missed.no_show_ms or missed.since_ms) <= minutes * 60_000
    return in_time and missed.day == hall.day(now_ms) and missed.service in hall.services


def call_view(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    """A call as boards show it."""
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "counter": counter_label(hall, ticket.counter),
        "agency": ticket.agency,
        "agency_name": agency_name(hall, ticket.agency),
        "service": ticket.service,
        "state": ticket.state.value,
        "called_at": iso(hall, ticket.called_ms),
        "recalls": ticket.recalls,
    }


def announcement_view(hall: Hall, announcement: Announcement) -> dict[str, Any]:
    """An announcement as boards and supervisors hear of it."""
    return {
        "id": announcement.id,
        "voice": announcement.voice,
        "state": announcement.state,
        "reason": announcement.reason,
        "ticket": announcement.ticket,
        "number": announcement.number,
        "counter": counter_label(hall, announcement.counter),
        "recalls": announcement.recalls,
        "times": announcement.times,
    }


def counter_label(hall: Hall, counter: str | None) -> dict[str, str] | None:
    """A counter's id and label; a counter that the catalogue no longer has keeps its id."""
    if counter is None:
        return None
    known = hall.counter.get(counter)
    return {"id": counter, "label": known.label if known else counter}


def override_view(hall: Hall, override: Override | None) -> dict[str, Any] | None:
    """What a supervisor said of the hours, without who: screens that everybody sees hear it too."""
    if override is None:
        return None
    return {
        "state": override.state,
        "reason": None if override.reason is None else text(override.reason),
        "since": iso(hall, override.since_ms),
        "until": iso(hall, override.until_ms),
    }


def zone_of(hall: Hall, ticket: Ticket) -> Zone:
    """The zone in which a ticket's visitor waits: its counter's, else its agency's."""
    zones = {zone.id: zone for zone in hall.zones}
    counter: Counter | None = hall.counter.get(ticket.counter or "") if ticket.state in AT_COUNTER else None
    agency = hall.agency.get(ticket.agency)
    return zones[counter.zone if counter else agency.zone if agency else hall.zones[0].id]
