"""What a board of the hall shows."""

from __future__ import annotations

from typing import Any

from server.board_view import board_view, said_on
from server.domain.hall import Display, Hall
from server.opening_hours import is_open, serves_now
from server.policy import Policy
from server.queries.pieces import counter_shown, head
from server.queries.queues import Queues
from server.queries.voices import voice_view
from server.store import Reader
from server.views import call_view, text

RECENT_SHOWN = 12


def display_snapshot(reader: Reader, hall: Hall, policy: Policy, display: Display, now_ms: int) -> dict[str, Any]:
    """GET /displays/<id>: the calls and the waiting of whom a board is about, and what is said on it."""
    queues = Queues(reader, hall, now_ms)
    scope = hall.scopes[display.id]
    agencies = [a for a in hall.agencies if a.id in scope.agencies or any(s.id in scope.services for s in a.services)]
    # A call concerns the zone of its counter and that of its agency, where its visitor waits.
    calls = [ticket for ticket in reader.current_calls() if scope.shows(ticket.agency, ticket.counter)]
    recent = reader.recent_calls(hall.day(now_ms), sorted(scope.counters), sorted(scope.agencies), RECENT_SHOWN)
    return {
        **head(reader, hall),
        "display": {**board_view(hall, display), "counter": _plate(hall, queues, display)},
        **said_on(reader, hall, display, now_ms),
        "voices": [voice_view(reader, hall, voice) for voice in _voices_of(hall, display)],
        "calls": [call_view(hall, ticket) for ticket in calls],
        "recent": [call_view(hall, ticket) for ticket in recent],
        "waiting": [
            {**entry, "count": entry["waiting"]}
            for service in hall.services
            if service in scope.services
            for entry in [queues.entry(service)]
        ],
        "agencies": [
            {
                "id": agency.id,
                "name": text(agency.name),
                "short_name": text(agency.short_name or agency.name),
                "waiting": sum(queues.waiting(service.id) for service in agency.services),
                "estimate": queues.agency_estimate(agency),
                "open": serves_now(hall, agency, now_ms, queues.overrides, always_open=policy.always_open),
            }
            for agency in agencies
        ],
        "services": _services_of_board(hall, policy, queues, display, now_ms),
    }


def _services_of_board(
    hall: Hall, policy: Policy, queues: Queues, display: Display, now_ms: int
) -> list[dict[str, Any]]:
    """Boards that are about one agency or counter tell of each service; a zone's have too many."""
    if hall.layout[display.layout].about == "zones":
        return []
    own = [service for service in hall.services.values() if service.id in hall.scopes[display.id].services]
    return [
        {
            "id": service.id,
            "name": text(service.name),
            "open": is_open(hall, service.id, now_ms, queues.overrides, always_open=policy.always_open),
        }
        for service in own
    ]


def _plate(hall: Hall, queues: Queues, display: Display) -> dict[str, Any] | None:
    """The counter over which a board hangs: its label, whether it is open, and whose it is."""
    counter = hall.counter.get(display.counter)
    if counter is None:
        return None
    agencies = dict.fromkeys(hall.agency_of[service].id for service in counter.services)
    view = counter_shown(hall, queues.counters.get(counter.id), counter, staff=False)
    return {
        **{key: view[key] for key in ("id", "label", "state")},
        "agencies": [{"id": id, "name": text(hall.agency[id].name)} for id in agencies],
    }


def _voices_of(hall: Hall, display: Display) -> list[str]:
    return list(dict.fromkeys(hall.voice_of[zone] for zone in display.zones))
