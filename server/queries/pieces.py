"""What the snapshots of several screens have in common."""

from __future__ import annotations

from typing import Any

from server.domain.hall import Counter, Hall, Service
from server.domain.tickets import Ticket
from server.queue_length import ahead_and_estimate
from server.store import CounterRow, Reader
from server.views import iso, text, ticket_view


def head(reader: Reader, hall: Hall) -> dict[str, Any]:
    """How every snapshot begins: the moment that it is of, and the hall."""
    return {"seq": reader.head(), "epoch": reader.meta("epoch"), "hall": {"name": hall.name, "timezone": hall.timezone}}


def full_ticket(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    """TICKET of the contract."""
    ahead, estimated = ahead_and_estimate(reader, hall, ticket, now_ms)
    return {**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": estimated}


def service_view(service: Service) -> dict[str, Any]:
    """A service as kiosks and counters show it."""
    return {
        "id": service.id,
        "prefix": service.prefix,
        "name": text(service.name),
        "target_wait_minutes": service.target_wait_minutes,
        "target_service_minutes": service.target_service_minutes,
    }


def counter_shown(hall: Hall, row: CounterRow | None, counter: Counter, staff: bool) -> dict[str, Any]:
    """A counter as screens show it: `row` is its live side; its officer and profiles for staff only."""
    profile = counter.profile(row.profile) if row else None
    view: dict[str, Any] = {
        "id": counter.id,
        "label": counter.label,
        "zone": counter.zone,
        "services": list(counter.services),
        "state": row.state if row else "closed",
        "profile": profile.id if profile else None,
    }
    if staff:
        view["profiles"] = _profiles(hall.catalogue.counter[counter.id])
        view["officer"] = {"name": row.officer} if row and row.officer else None
    return view


def _profiles(counter: Counter) -> list[dict[str, Any]]:
    """What a counter can be switched to, its usual profile (`id` and `name` null) first; nothing where that is all."""
    if not counter.profiles:
        return []
    usual = {"id": None, "name": None, "services": list(counter.services)}
    others = [{"id": p.id, "name": text(p.name), "services": list(p.services)} for p in counter.profiles]
    return [usual, *others]


def counter_view(hall: Hall, counter: Counter, row: CounterRow | None) -> dict[str, Any]:
    """A counter as its own terminal and its commands' answers show it."""
    return {
        **counter_shown(hall, row, counter, staff=True),
        "since": iso(hall, row.since_ms) if row else None,
        "pause_reason": row.pause_reason if row else None,
    }
