"""The whole hall as kiosks show it."""

from __future__ import annotations

from typing import Any

from server.board_view import emergency_shown
from server.domain.actors import Actor
from server.domain.hall import Agency, Hall
from server.opening_hours import closure, first_to_open
from server.policy import Policy
from server.queries.pieces import counter_shown, head, service_view
from server.queries.printers import printers_view
from server.queries.queues import Queues, offered_view
from server.store import Reader
from server.views import text

STAFF = ("counter", "officer", "supervisor", "admin")


def hall_snapshot(reader: Reader, hall: Hall, policy: Policy, actor: Actor | None, now_ms: int) -> dict[str, Any]:
    """GET /hall: everything a kiosk shows; officers' names for staff only."""
    queues = Queues(reader, hall, now_ms, always_open=policy.always_open)
    staff = actor is not None and actor.role in STAFF
    return {
        **head(reader, hall),
        "hall": {
            "name": hall.name,
            "timezone": hall.timezone,
            "languages": ["id", "en"],
            "qr": bool(policy.public_url),
        },
        "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones],
        "agencies": [_agency(hall, policy, queues, agency, now_ms) for agency in hall.agencies],
        "counters": [counter_shown(hall, queues.counters.get(c.id), c, staff) for c in hall.counters],
        "kiosks": [{"id": kiosk.id, "name": text(kiosk.name), "zone": kiosk.zone} for kiosk in hall.kiosks],
        "displays": [{"id": d.id, "name": text(d.name), "zones": list(d.zones)} for d in hall.displays],
        "printers": printers_view(reader, hall, staff=staff),
        "priorities": [{"id": priority.id, "name": text(priority.name)} for priority in hall.priorities],
        "next_change": queues.next_change(),
        "emergency": emergency_shown(reader, hall),
    }


def _agency(hall: Hall, policy: Policy, queues: Queues, agency: Agency, now_ms: int) -> dict[str, Any]:
    offers = [(service, queues.offer(service.id)) for service in agency.services]
    closed = [found.closed for _, found in offers if found.closed is not None]
    if not offers:
        override = queues.overrides.of_agency(agency.id)
        reason = closure(hall, agency, now_ms, always_open=policy.always_open, override=override)
    else:
        reason = first_to_open(closed) if len(closed) == len(offers) else None
    return {
        "id": agency.id,
        "name": text(agency.name),
        "short_name": text(agency.short_name or agency.name),
        "icon": agency.icon,
        "zone": agency.zone,
        "open": reason is None,
        "closed_reason": reason,
        "waiting": sum(queues.waiting(service.id) for service in agency.services),
        "estimate": queues.agency_estimate(agency),
        "services": [
            {
                **service_view(service),
                "keywords": list(service.keywords),
                **offered_view(found),
                "waiting": queues.waiting(service.id),
                "estimate": queues.estimate(service.id),
            }
            for service, found in offers
        ],
    }
