"""Snapshots for screens: each is one reading transaction, its `seq` included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.board_view import board_view, emergency_shown, said_on
from server.domain.absence import gives_up_in_seconds, missing
from server.domain.actors import Actor
from server.domain.announcements import is_quiet
from server.domain.hall import Agency, Counter, Display, Hall, Printer, Service, Text
from server.domain.overrides import Overrides
from server.domain.selection import has_waited
from server.domain.tickets import AT_COUNTER, UNDO_SECONDS, UNDOABLE, State, Ticket
from server.domain.waiting import Pace, estimate
from server.next_in_line import next_for
from server.opening_hours import Offer, closure, first_to_open, is_open, next_change, offer, serves_now
from server.policy import Policy
from server.queue_length import ahead_and_estimate
from server.store import CounterRow, Message, PrinterRow, Reader
from server.views import announcement_view, call_view, can_be_restored, counter_label, iso, text, ticket_view, zone_of
from server.visit_order import by_importance

WAITING_SHOWN = 25
"""A counter's list shows this many of those who wait; the counts tell the rest."""
HELPED_SHOWN = 10
"""And this many of each service that it helps, apart."""
RECENT_SHOWN = 12
OPEN_SHOWN = 50
"""More calls than a voice can speak before they are too old."""
OFFICERS_RULES = (
    "no_show_after_recalls", "no_show_after_seconds", "no_show_automatic", "restore_minutes", "restore_behind",
    "hold_reminder_minutes", "one_button", "auto_start",
)  # fmt: skip
"""The hall's rules that a counter's terminal must know."""
STAFF = ("counter", "officer", "supervisor", "admin")


def full_ticket(reader: Reader, hall: Hall, ticket: Ticket, now_ms: int) -> dict[str, Any]:
    """TICKET of the contract."""
    ahead, estimated = ahead_and_estimate(reader, hall, ticket, now_ms)
    return {**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": estimated}


class Queues:
    """Lengths and estimates of all queues at one moment, read once."""

    def __init__(self, reader: Reader, hall: Hall, now_ms: int, *, always_open: bool = False) -> None:
        self._hall, self._now_ms, self._always_open = hall, now_ms, always_open
        self._given = reader.given_on(hall.day(now_ms)) if hall.has_quotas else {}
        self._counts = reader.waiting_counts()
        self._paces: dict[str, Pace] = reader.paces(hall.day(now_ms))
        self.counters: dict[str, CounterRow] = reader.counters()
        self.overrides = Overrides(hall, reader.overrides(), now_ms)

    def waiting(self, service: str) -> int:
        """How many wait for a service."""
        return self._counts.get(service, 0)

    def estimate(self, service: str, ahead: int | None = None) -> dict[str, int] | None:
        """What a visitor with `ahead` (all who wait, unless given) before them may expect."""
        pace = self._paces.get(service)
        if pace is None:
            return None
        ahead = self.waiting(service) if ahead is None else ahead
        return estimate(ahead, sum(map(self.is_open, self._hall.counters_for.get(service, ()))), pace)

    def is_open(self, counter: Counter) -> bool:
        """Whether an officer calls visitors there now."""
        row = self.counters.get(counter.id)
        return row is not None and row.state == "open"

    def offer(self, service: str) -> Offer:
        """Whether a visitor could have a number of this service now, and what they should know before."""
        watched = self._hall.rules.last_ticket != "off"
        return offer(
            self._hall,
            self._hall.services[service],
            self._now_ms,
            always_open=self._always_open,
            given=self._given.get(service, 0),
            estimate=self.estimate(service) if watched else None,
            override=self.overrides.of_service(service),
        )

    def next_change(self) -> str | None:
        """When the time alone will change what is offered."""
        watched = self._hall.rules.last_ticket != "off"
        estimates = {service: self.estimate(service) for service in self._hall.services} if watched else {}
        change = next_change(self._hall, self._now_ms, always_open=self._always_open, estimates=estimates)
        changes = [each for each in (change, self.overrides.next_end()) if each is not None]
        return self._hall.local(min(changes)).isoformat() if changes else None

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

    def offered(self, service: str) -> dict[str, Any]:
        """What events tell kiosks beside `entry`, in halls where the queue itself can end the giving of numbers."""
        if not self._hall.gives_limited_numbers:
            return {}
        return _offered(self.offer(service))


def _offered(found: Offer) -> dict[str, Any]:
    return {"open": found.closed is None, "closed_reason": found.closed, "warning": found.warning}


def hall_snapshot(reader: Reader, hall: Hall, policy: Policy, actor: Actor | None, now_ms: int) -> dict[str, Any]:
    """GET /hall: everything a kiosk shows; officers' names for staff only."""
    queues = Queues(reader, hall, now_ms, always_open=policy.always_open)
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
        "counters": [_counter(hall, queues.counters.get(c.id), c, staff) for c in hall.counters],
        "kiosks": [{"id": kiosk.id, "name": text(kiosk.name), "zone": kiosk.zone} for kiosk in hall.kiosks],
        "displays": [{"id": d.id, "name": text(d.name), "zones": list(d.zones)} for d in hall.displays],
        "printers": printers_view(reader, hall, staff=staff),
        "priorities": [{"id": priority.id, "name": text(priority.name)} for priority in hall.priorities],
        "next_change": queues.next_change(),
        "emergency": emergency_shown(reader, hall),
    }


def _base(reader: Reader, hall: Hall) -> dict[str, Any]:
    return {"seq": reader.head(), "epoch": reader.meta("epoch"), "hall": {"name": hall.name, "timezone": hall.timezone}}


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
                **_service(service),
                "keywords": list(service.keywords),
                **_offered(found),
                "waiting": queues.waiting(service.id),
                "estimate": queues.estimate(service.id),
            }
            for service, found in offers
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


def _counter(hall: Hall, row: CounterRow | None, counter: Counter, staff: bool) -> dict[str, Any]:
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
        **_counter(hall, row, counter, staff=True),
        "since": iso(hall, row.since_ms) if row else None,
        "pause_reason": row.pause_reason if row else None,
    }


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
        **_base(reader, hall),
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
                **_service(hall.services[service]),
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
    service, agency = hall.services.get(ticket.service), hall.agency.get(ticket.agency)
    return {
        "id": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "service_name": text(service.name if service else _bare(ticket.service)),
        "agency": ticket.agency,
        "agency_name": text(agency.name if agency else _bare(ticket.agency)),
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


def display_snapshot(reader: Reader, hall: Hall, policy: Policy, display: Display, now_ms: int) -> dict[str, Any]:
    """GET /displays/<id>: the calls and the waiting of whom a board is about, and what is said on it."""
    queues = Queues(reader, hall, now_ms)
    scope = hall.scopes[display.id]
    agencies = [a for a in hall.agencies if a.id in scope.agencies or any(s.id in scope.services for s in a.services)]
    # A call concerns the zone of its counter and that of its agency, where its visitor waits.
    calls = [ticket for ticket in reader.current_calls() if scope.shows(ticket.agency, ticket.counter)]
    recent = reader.recent_calls(hall.day(now_ms), sorted(scope.counters), sorted(scope.agencies), RECENT_SHOWN)
    return {
        **_base(reader, hall),
        "display": {**board_view(hall, display), "counter": _plate(hall, queues, display)},
        **said_on(reader, hall, display, now_ms),
        "voices": [_voice(reader, hall, voice) for voice in _voices_of(hall, display)],
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
    view = _counter(hall, queues.counters.get(counter.id), counter, staff=False)
    return {
        **{key: view[key] for key in ("id", "label", "state")},
        "agencies": [{"id": id, "name": text(hall.agency[id].name)} for id in agencies],
    }


def _voices_of(hall: Hall, display: Display) -> list[str]:
    return list(dict.fromkeys(hall.voice_of[zone] for zone in display.zones))


def _voice(reader: Reader, hall: Hall, voice: str) -> dict[str, Any]:
    """A voice as a board needs it: who speaks, and what is still to be spoken or being spoken."""
    speaker = reader.speaker(voice)
    return {
        "id": voice,
        "speaker": speaker.partition("/")[0] if speaker else None,
        "announcements": [announcement_view(hall, each) for each in reader.open_announcements(voice, OPEN_SHOWN)],
    }


def voices_snapshot(reader: Reader, hall: Hall, sounds: dict[str, str], now_ms: int) -> dict[str, Any]:
    """GET /voice: the hall's voices."""
    return {**_base(reader, hall), "voices": voices_view(reader, hall, sounds, now_ms)}


def voices_view(reader: Reader, hall: Hall, sounds: dict[str, str], now_ms: int) -> list[dict[str, Any]]:
    """Who speaks for each voice, how the boards' sound is (`sounds` by id), what came of today's calls."""
    today: dict[str, dict[str, Any]] = {
        voice: {"queued": 0, "playing": 0, "played": 0, "lapsed": 0, "reasons": {}} for voice in hall.voices
    }
    for voice, state, reason, count in reader.announcements_on(hall.day(now_ms)):
        if voice in today:
            today[voice][state] += count
            if reason is not None:
                today[voice]["reasons"][reason] = today[voice]["reasons"].get(reason, 0) + count
    return [
        {**_voice(reader, hall, voice), "zones": [zone for zone, own in hall.voice_of.items() if own == voice],
         "boards": [{"id": board.id, "name": text(board.name), "sound": sounds.get(board.id, "away")}
                    for board in hall.boards_of_voice[voice] if board.speaks],
         "volume": settings.volume, "repeat": settings.repeat, "quiet_hours": list(settings.quiet_hours),
         "quiet": is_quiet(settings.quiet_hours, f"{hall.local(now_ms):%H:%M}"), "today": today[voice]}
        for voice, settings in hall.voices.items()
    ]  # fmt: skip


def visit_tickets(reader: Reader, hall: Hall, visit: int, now_ms: int) -> list[dict[str, Any]]:
    """A visit's tickets with the names its visitor reads, in the order in which its page shows them."""
    found = [
        {
            **full_ticket(reader, hall, ticket, now_ms),
            "service_name": text(
                service.name if (service := hall.services.get(ticket.service)) else _bare(ticket.service)
            ),
            "agency_name": text(agency.name if (agency := hall.agency.get(ticket.agency)) else _bare(ticket.agency)),
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


def _bare(id: str) -> Text:
    """The name of a thing that the catalogue no longer has."""
    return Text(id, id)


def _label_for_visitor(hall: Hall, ticket: Ticket) -> str | None:
    counter = hall.counter.get(ticket.counter or "") if ticket.state in AT_COUNTER else None
    return counter.label if counter else None


def visit_snapshot(reader: Reader, hall: Hall, visit: int, now_ms: int) -> dict[str, Any]:
    """GET /visits/<code>: a visitor's own tickets and nothing about anyone else."""
    return {**_base(reader, hall), "visit": {"id": visit}, "tickets": visit_tickets(reader, hall, visit, now_ms)}
