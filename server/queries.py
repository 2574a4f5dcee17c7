"""Snapshots for screens: each is one reading transaction, its `seq` included."""

from __future__ import annotations

from typing import Any

from server.domain.actors import Actor
from server.domain.hall import Agency, Counter, Display, Hall, Printer, Service, Text
from server.domain.tickets import AT_COUNTER, UNDO_SECONDS, State, Ticket
from server.domain.waiting import Pace, estimate
from server.next_in_line import next_for
from server.policy import Policy
from server.queue_length import ahead_and_estimate
from server.store import CounterRow, PrinterRow, Reader
from server.views import call_view, closure, iso, text, ticket_view, zone_of

WAITING_SHOWN = 25
"""A counter's list shows this many of those who wait; the counts tell the rest."""
RECENT_SHOWN = 12
STAFF = ("counter", "officer", "supervisor", "admin")


def full_ticket(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    """TICKET of the contract."""
    ahead, estimated = ahead_and_estimate(reader, hall, ticket, now_ms)
    return {**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": estimated}


class Queues:
    """Lengths and estimates of all queues at one moment, read once."""

    def __init__(self, reader: Reader, hall: Hall, now_ms: int) -> None:
        self._hall = hall
        self._counts = reader.waiting_counts()
        self._paces: dict[str, Pace] = reader.paces(hall.day(now_ms))
        self.counters: dict[str, CounterRow] = reader.counters()

    def waiting(self, service: str) -> int:
        """How many wait for a service."""
        return self._counts.get(service, 0)

    def estimate(self, service: str, ahead: int | None = None) -> dict[str, int] | None:
        """What a visitor with `ahead` (all who wait, unless given) before them may expect."""
        pace = self._paces.get(service)
        if pace is None:
            return None
        ahead = self.waiting(service) if ahead is None else ahead
        return estimate(ahead, sum(map(self._is_open, self._hall.counters_for.get(service, ()))), pace)

    def _is_open(self, counter: Counter) -> bool:
        row = self.counters.get(counter.id)
        return row is not None and row.state == "open"

    def agency_estimate(self, agency: Agency) -> dict[str, int] | None:
        """The longest of an agency's estimates among services with people waiting, or of all."""
        services = [s.id for s in agency.services if self.waiting(s.id)] or [s.id for s in agency.services]
        found = [value for service in services if (value := self.estimate(service)) is not None]
        return max(found, key=lambda value: value["high_minutes"], default=None)

    def entry(self, service: str) -> dict[str, Any]:
        """A queue as events tell it."""
        return {
            "service": service,
            "agency": self._hall.agency_of[service].id,
            "waiting": self.waiting(service),
            "estimate": self.estimate(service),
        }


def hall_snapshot(reader: Reader, hall: Hall, policy: Policy, actor: Actor | None, now_ms: int) -> dict[str, Any]:
    """GET /hall: everything a kiosk shows; officers' names for staff only."""
    queues = Queues(reader, hall, now_ms)
    changes = [hall.hours_of(agency).next_change(hall.local(now_ms)) for agency in hall.agencies]
    next_change = None if policy.always_open else min((change for change in changes if change), default=None)
    staff = actor is not None and actor.role in STAFF
    return {
        **_base(reader, hall),
        "hall": {
            "name": hall.name,
            "timezone": hall.timezone,
            "languages": ["id", "en"],
            "qr": bool(policy.public_url),
        },
        "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones],
        "agencies": [_agency(hall, policy, queues, agency, now_ms) for agency in hall.agencies],
        "counters": [_counter(queues.counters.get(c.id), c, staff) for c in hall.counters],
        "kiosks": [{"id": kiosk.id, "name": text(kiosk.name), "zone": kiosk.zone} for kiosk in hall.kiosks],
        "displays": [{"id": d.id, "name": text(d.name), "zones": list(d.zones)} for d in hall.displays],
        "printers": printers_view(reader, hall, staff=staff),
        "next_change": None if next_change is None else next_change.isoformat(),
    }


def _base(reader: Reader, hall: Hall) -> dict[str, Any]:
    return {"seq": reader.head(), "epoch": reader.meta("epoch"), "hall": {"name": hall.name, "timezone": hall.timezone}}


def _agency(hall: Hall, policy: Policy, queues: Queues, agency: Agency, now_ms: int) -> dict[str, Any]:
    reason = closure(hall, agency, now_ms, always_open=policy.always_open)
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
                **_service(service),
                "keywords": list(service.keywords),
                "open": reason is None,
                "closed_reason": reason,
                "waiting": queues.waiting(service.id),
                "estimate": queues.estimate(service.id),
            }
            for service in agency.services
        ],
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "prefix": service.prefix,
        "name": text(service.name),
        "target_wait_minutes": service.target_wait_minutes,
        "target_service_minutes": service.target_service_minutes,
    }


def _counter(row: CounterRow | None, counter: Counter, staff: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": counter.id,
        "label": counter.label,
        "zone": counter.zone,
        "services": list(counter.services),
        "state": row.state if row else "closed",
    }
    if staff:
        view["officer"] = {"name": row.officer} if row and row.officer else None
    return view


def printers_view(reader: Reader, hall: Hall, *, staff: bool = True) -> list[dict[str, Any]]:
    """Every printer of the hall, its last known state and the jobs before it; the reason for staff only.

    `standing_in` says that its slips come out at its `fallback` now.
    """
    rows, jobs = reader.printers(), reader.jobs_waiting()
    return [_printer(hall, printer, rows.get(printer.id), jobs.get(printer.id, 0), staff) for printer in hall.printers]


def _printer(hall: Hall, printer: Printer, row: PrinterRow | None, jobs: int, staff: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": printer.id,
        "name": text(printer.name),
        "kiosks": list(printer.kiosks),
        "fallback": printer.fallback or None,
        "standing_in": bool(row and row.stand_in),
        "state": row.state if row else "unknown",
        "since": iso(hall, row.since_ms) if row else None,
        "jobs_waiting": jobs,
    }
    if staff:
        view["reason"] = row.reason if row else None
    return view


def counter_view(hall: Hall, counter: Counter, row: CounterRow | None) -> dict[str, Any]:
    """A counter as its own terminal and its commands' answers show it."""
    return {
        **_counter(row, counter, staff=True),
        "since": iso(hall, row.since_ms) if row else None,
        "pause_reason": row.pause_reason if row else None,
    }


def counter_snapshot(reader: Reader, hall: Hall, counter: Counter, now_ms: int) -> dict[str, Any]:
    """GET /counters/<id>: all that an officer's terminal shows."""
    row = reader.counter(counter.id)
    day = hall.day(now_ms)
    current = reader.ticket_at(counter.id)
    queues = Queues(reader, hall, now_ms)
    choice = next_for(reader, counter, now_ms)
    served = reader.served_on(counter.id, day)

    def show(ticket: Ticket) -> dict[str, Any]:
        return full_ticket(reader, hall, ticket, now_ms)

    waiting_by_service = {service: queues.waiting(service) for service in counter.services}
    return {
        **_base(reader, hall),
        "counter": counter_view(hall, counter, row),
        "current": show(current) if current else None,
        "waiting": _waiting(reader, hall, queues, counter, now_ms),
        "waiting_count": sum(waiting_by_service.values()),
        "waiting_by_service": waiting_by_service,
        "held": [show(ticket) for ticket in reader.held(counter.services)],
        "missed": [show(ticket) for ticket in reader.missed(counter.services, day)],
        "undo": _undo(reader, hall, row, current, now_ms),
        "next": {"ticket": show(choice.ticket), "reason": choice.reason} if choice else None,
        "today": {
            "served": served.served,
            "mean_service_seconds": served.mean_service_seconds,
            "max_wait_seconds": served.max_wait_seconds,
        },
        "services": {
            service: {**_service(hall.services[service]), "agency_name": text(hall.agency_of[service].name)}
            for service in counter.services
        },
        "printers": printers_view(reader, hall),
    }


def _waiting(reader: Reader, hall: Hall, queues: Queues, counter: Counter, now_ms: int) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    shown = []
    for ticket in reader.queue(counter.services, WAITING_SHOWN):
        # The list holds each service's queue from its head, so a ticket's place in it is who is ahead.
        ahead = seen.get(ticket.service, 0)
        seen[ticket.service] = ahead + 1
        estimated = queues.estimate(ticket.service, ahead)
        shown.append({**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": estimated})
    return shown


def _undo(
    reader: Reader, hall: Hall, row: CounterRow | None, current: Ticket | None, now_ms: int
) -> dict[str, Any] | None:
    if row is None or row.undo_ticket is None or row.undo_ms is None or current is not None:
        return None
    until_ms = row.undo_ms + UNDO_SECONDS * 1000
    ticket = reader.ticket(row.undo_ticket)
    if now_ms >= until_ms or ticket is None or ticket.state not in (State.FINISHED, State.NO_SHOW):
        return None
    return {"ticket": ticket_view(hall, ticket, now_ms), "verb": row.undo_verb, "until": iso(hall, until_ms)}


def display_snapshot(reader: Reader, hall: Hall, policy: Policy, display: Display, now_ms: int) -> dict[str, Any]:
    """GET /displays/<id>: the calls and the waiting of a board's zones."""
    queues = Queues(reader, hall, now_ms)
    counters = [counter.id for counter in hall.counters if counter.zone in display.zones]
    agencies = [agency for agency in hall.agencies if agency.zone in display.zones]
    own = {agency.id for agency in agencies}
    # A call concerns the zone of its counter and that of its agency, where its visitor waits.
    calls = [ticket for ticket in reader.current_calls() if ticket.counter in counters or ticket.agency in own]
    recent = reader.recent_calls(hall.day(now_ms), counters, sorted(own), RECENT_SHOWN)
    return {
        **_base(reader, hall),
        "display": {
            "id": display.id,
            "name": text(display.name),
            "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones if zone.id in display.zones],
        },
        "calls": [call_view(hall, ticket) for ticket in calls],
        "recent": [call_view(hall, ticket) for ticket in recent],
        "waiting": [
            {**entry, "count": entry["waiting"]}
            for agency in agencies
            for service in agency.services
            for entry in [queues.entry(service.id)]
        ],
        "agencies": [
            {
                "id": agency.id,
                "name": text(agency.name),
                "short_name": text(agency.short_name or agency.name),
                "waiting": sum(queues.waiting(service.id) for service in agency.services),
                "estimate": queues.agency_estimate(agency),
                "open": closure(hall, agency, now_ms, always_open=policy.always_open) is None,
            }
            for agency in agencies
        ],
    }


def visit_tickets(reader: Reader, hall: Hall, visit: int, now_ms: int) -> list[dict[str, Any]]:
    """A visit's tickets with the names its visitor reads."""
    return [
        {
            **full_ticket(reader, hall, ticket, now_ms),
            "service_name": text(
                service.name if (service := hall.services.get(ticket.service)) else _bare(ticket.service)
            ),
            "agency_name": text(agency.name if (agency := hall.agency.get(ticket.agency)) else _bare(ticket.agency)),
            "zone_name": text(zone_of(hall, ticket).name),
            "counter_label": _label_for_visitor(hall, ticket),
        }
        for ticket in reader.tickets_of_visit(visit)
    ]


def _bare(id: str) -> Text:
    """The name of a thing that the catalogue no longer has."""
    return Text(id, id)


def _label_for_visitor(hall: Hall, ticket: Ticket) -> str | None:
    counter = hall.counter.get(ticket.counter or "") if ticket.state in AT_COUNTER else None
    return counter.label if counter else None


def visit_snapshot(reader: Reader, hall: Hall, visit: int, now_ms: int) -> dict[str, Any]:
    """GET /visits/<code>: a visitor's own tickets and nothing about anyone else."""
    return {**_base(reader, hall), "visit": {"id": visit}, "tickets": visit_tickets(reader, hall, visit, now_ms)}
