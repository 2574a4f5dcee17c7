"""From the event log to the screens: the only place that emits.

Events are an outbox: one task reads them from the log in the order of `seq`, after their commit,
and sends each to the screens it concerns, with `prev`, the number of the message before it to
that screen. A screen that finds a gap fetches its snapshot.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Protocol

from server.domain import events
from server.domain.events import Event
from server.domain.hall import Hall
from server.house import House
from server.queries.printers import printers_view
from server.queries.queues import Queues
from server.queries.visit import visit_tickets
from server.store import Reader
from server.views import iso

log = logging.getLogger("antrean.broadcast")

AT_ONCE = 200
SYNC_EVERY_S = 10.0
PHONES_EVERY_S = 2.0
PHONES_AT_ONCE = 20

# What changes how many wait, and so concerns the kiosks.
_MOVES_QUEUE = {
    events.TICKET_ISSUED,
    events.TICKET_CALLED,
    events.TICKET_REQUEUED,
    events.TICKET_TRANSFERRED,
    events.TICKET_RESTORED,
    events.TICKET_CANCELLED,
    events.TICKET_EXPIRED,
    events.TICKET_FINISHED,  # not the length, but the estimate
    events.TICKET_REOPENED,  # likewise
}
_SILENT = {
    events.ACCESS_CHANGED, events.DAY_CLOSED, events.CLOCK_ACCEPTED, events.SLIP_REPRINTED, events.WORDS_ERASED,
    events.LOG_ARCHIVED,
}  # fmt: skip
"""Kinds that the log keeps and no screen hears."""
_OVERSEERS_ONLY = {events.ALERT_RAISED, events.ALERT_CLEARED, events.ALERT_ACKNOWLEDGED}
_MESSAGES = {events.MESSAGE_SENT, events.MESSAGE_ACKNOWLEDGED}
"""What only the counters that it is for hear, and supervisors."""
_OF_THE_HALL = {events.HALL_CHANGED, events.PRINTER_CHANGED, events.SERVICE_CHANGED}
_ASKS = {events.TICKET_FINISHED, events.TICKET_REOPENED}
"""What changes whom a counter's survey tablet asks."""
_DEVICES = ("kiosk:", "display:", "survey:", "counter:")
"""Rooms of the screens that stand in the hall."""
_IN_PUBLIC = ("kiosk:", "display:", "survey:")
"""Rooms of screens that everybody sees."""


class Emit(Protocol):
    """Send a message to all screens of a room."""

    def __call__(self, name: str, message: dict[str, Any], room: str) -> None: ...


class Rooms:
    """Which screens are connected: how many in each room, and which queues each visit waits in."""

    def __init__(self) -> None:
        self.size: dict[str, int] = {}
        self.visits: dict[int, frozenset[str]] = {}
        self.phones = 0

    def join(self, room: str) -> None:
        """One more screen in a room."""
        self.size[room] = self.size.get(room, 0) + 1
        self.phones += room.startswith("visit:")

    def leave(self, room: str) -> None:
        """One screen less; the last one's leaving forgets the room."""
        left = self.size.get(room, 0) - 1
        self.phones -= room.startswith("visit:")
        if left > 0:
            self.size[room] = left
            return
        self.size.pop(room, None)
        if room.startswith("visit:"):
            self.visits.pop(int(room.partition(":")[2]), None)


class Broadcaster:
    """Tells the screens what has happened. `wake` after every commit; `run` as a background task."""

    def __init__(self, house: House, emit: Emit) -> None:
        self._house = house
        self._emit = emit
        self._signal = house.threads.signal()
        self.rooms = Rooms()
        with house.store.read() as reader:
            self.epoch = reader.meta("epoch") or ""
            self._started = self._done = reader.head()
        self._last: dict[str, int] = {}
        self._changed_visits: dict[int, tuple[str, int] | None] = {}

    def wake(self) -> None:
        """The log has grown."""
        self._signal.set()
        self._house.printing.set()

    def run(self) -> None:
        """Send what is new, for ever."""
        failed = False
        while True:
            self._signal.wait(SYNC_EVERY_S)
            self._signal.clear()
            try:
                if failed:
                    self.leave_gap()
                failed = False
                while self.send_new():
                    pass
            except Exception:
                failed = True
                log.exception("events were not sent; screens repair themselves by their snapshots")
                self._house.threads.sleep(1)
                self._signal.set()

    def leave_gap(self) -> None:
        """Pass over what is in the log now: every screen finds that it missed something, and fetches its snapshot."""
        with self._house.store.read() as reader:
            self._done = reader.head()
        for room in list(self.rooms.size):
            self._last[room] = self._done
            self.sync(room)

    def send_new(self) -> bool:
        """Send the next events of the log to whom they concern; whether there were any."""
        if not self.rooms.size:
            self._done = self._house.store.newest()  # nobody is there: who comes fetches a snapshot
            return False
        with self._house.store.read() as reader:
            new = reader.events(self._done, AT_ONCE)
            if not new:
                return False
            hall = self._house.catalogues.hall(reader)
            now_ms, always_open = self._house.store.now_ms(), self._house.policy.always_open
            told = _Teller(reader, hall, self.epoch, now_ms, always_open=always_open)
            addressed = [(event, list(self._audience(hall, event))) for event in new if event.kind not in _SILENT]
            messages = [
                (event, rooms, told.message(event) if any(room in self.rooms.size for room in rooms) else {})
                for event, rooms in addressed
            ]
        for event, rooms, message in messages:
            for room in rooms:
                self._send(event.kind, message, room, event.seq)
            self._note_visits(hall, event)
        self._done = new[-1].seq
        return True

    def _send(self, name: str, message: dict[str, Any], room: str, seq: int) -> None:
        previous = self._last.get(room, self._started)
        self._last[room] = seq
        # No message was made where nobody was there: who has come since knows it from the snapshot.
        if message and room in self.rooms.size:
            told = _in_public(message) if room.startswith(_IN_PUBLIC) else message
            self._emit(name, {**told, "prev": previous}, room)

    def _audience(self, hall: Hall, event: Event) -> Iterator[str]:
        yield "supervisor"
        if event.kind in _OVERSEERS_ONLY:
            return
        if event.kind in _MESSAGES:
            yield from (f"counter:{id}" for id in event.payload["counters"])
            return
        if event.kind.startswith("survey."):
            if event.kind == events.SURVEY_ANSWERED:
                yield f"survey:{event.payload['survey']['counter']}"
            return
        if event.kind in _OF_THE_HALL:
            concerned = {f"kiosk:{kiosk.id}" for kiosk in hall.kiosks}
            concerned |= {f"counter:{counter.id}" for counter in hall.counters}
            if event.kind != events.PRINTER_CHANGED:
                concerned |= {f"display:{display.id}" for display in hall.displays}
            if event.kind == events.HALL_CHANGED:  # also those that the hall has no more: they find that out
                concerned |= {room for room in self.rooms.size if room.startswith(_DEVICES)}
            yield from sorted(concerned)
            return
        if event.kind.startswith(("announcement.", "voice.")):
            yield from (f"display:{board}" for board in _boards_of_voice(hall, event))
            if event.kind == events.ANNOUNCEMENT_PLAYING and hall.rules.no_show_after_seconds:
                yield f"counter:{event.payload['announcement']['counter']['id']}"  # its visitor's time begins
            return
        if event.kind == events.BOARD_CHANGED:
            yield from (f"display:{display}" for display in event.payload["boards"] if display in hall.display)
            yield from (f"kiosk:{kiosk}" for kiosk in event.payload["kiosks"] if kiosk in hall.kiosk)
            return
        counter_id = (event.payload.get("counter") or {}).get("id")
        ticket = event.payload.get("ticket")
        services = _services(hall, event)
        both = (hall.counters_for, hall.helpers_for)
        calling = [one for by in both for service in services for one in by.get(service, ())]
        # A visitor on hold or missed stays with their counter, also when that is switched to other services.
        at = {counter_id, ticket and ticket.get("counter")} & hall.counter.keys()
        yield from (f"counter:{id}" for id in {one.id for one in calling} | at)
        if event.kind in _ASKS:
            yield f"survey:{counter_id}"
        if event.kind in _MOVES_QUEUE or event.kind == events.COUNTER_CHANGED:
            yield from (f"kiosk:{kiosk.id}" for kiosk in hall.kiosks)
        agencies = {hall.agency_of[service].id for service in services if service in hall.services}
        if ticket is not None:
            agencies.add(ticket["agency"])
        about = hall.scopes.items()
        yield from (f"display:{id}" for id, scope in about if scope.concerns(agencies, counter_id, services))

    def _note_visits(self, hall: Hall, event: Event) -> None:
        """Which phones have something new: the ticket's own visit, and all who wait in its queue."""
        visits = self.rooms.visits
        if not visits:
            return
        if event.kind == events.SURVEY_ANSWERED and event.payload["survey"]["visit"] in visits:
            self._changed_visits.setdefault(event.payload["survey"]["visit"], None)
        ticket = event.payload.get("ticket")
        if ticket is not None and ticket["visit"] in visits:
            self._changed_visits[ticket["visit"]] = (event.kind, ticket["id"])
            visits[ticket["visit"]] |= _services(hall, event)  # passed on: from now on that queue is theirs too
        if event.kind in _MOVES_QUEUE or event.kind == events.COUNTER_CHANGED:
            moved = _services(hall, event)
            for visit, services in list(visits.items()):
                if not moved.isdisjoint(services):
                    self._changed_visits.setdefault(visit, None)

    def run_phones(self) -> None:
        """Tell phones what is new for their own visit, at most once in two seconds each; for ever."""
        while True:
            self._house.threads.sleep(PHONES_EVERY_S)
            try:
                self.tell_phones()
            except Exception:
                log.exception("phones were not told; they repair themselves by their snapshots")

    def tell_phones(self) -> None:
        """Tell each phone whose visit has changed since the last time, with the latest of its own tickets' events."""
        changed, self._changed_visits = self._changed_visits, {}
        for few in _in_groups(changed.items(), PHONES_AT_ONCE):
            with self._house.store.read() as reader:
                hall, now_ms = self._house.catalogues.hall(reader), self._house.store.now_ms()
                seq = reader.head()
                messages = [(visit, latest, visit_tickets(reader, hall, visit, now_ms)) for visit, latest in few]
            for visit, latest, tickets in messages:
                message = {"epoch": self.epoch, "seq": seq, "at": iso(hall, now_ms), "tickets": tickets}
                name = "visit.changed"
                if latest is not None:
                    name, id = latest
                    message["ticket"] = next(ticket for ticket in tickets if ticket["id"] == id)
                self._send(name, message, f"visit:{visit}", seq)
            self._house.threads.sleep(0)  # let officers' requests in between

    def run_sync(self) -> None:
        """Every 10 s say to every screen what it should have heard by now; for ever."""
        while True:
            self._house.threads.sleep(SYNC_EVERY_S)
            try:
                for rooms in _in_groups(list(self.rooms.size), PHONES_AT_ONCE):
                    for room in rooms:
                        self.sync(room)
                    self._house.threads.sleep(0)
            except Exception:
                log.exception("a sync was not sent")

    def sync(self, room: str) -> None:
        """Say to a room's screens up to where they should have heard."""
        previous = self._last.get(room, self._started)
        now = self._house.store.now_ms()
        self._emit("sync", {"epoch": self.epoch, "seq": self._done, "prev": previous, "now": now}, room)

    def forget_empty(self) -> None:
        """Drop what is remembered of phones that have gone; they would fetch a snapshot anyway."""
        for room in [room for room in list(self._last) if room.startswith("visit:") and room not in self.rooms.size]:
            del self._last[room]


class _Teller:
    """Makes the messages of one batch of events; what they share is read once, and only if it is needed."""

    def __init__(self, reader: Reader, hall: Hall, epoch: str, now_ms: int, *, always_open: bool) -> None:
        self._always_open = always_open
        self._reader, self._hall, self._epoch, self._now_ms = reader, hall, epoch, now_ms

    @cached_property
    def _queues(self) -> Queues:
        return Queues(self._reader, self._hall, self._now_ms, always_open=self._always_open)

    @cached_property
    def _printers(self) -> dict[str, dict[str, Any]]:
        return {printer["id"]: printer for printer in printers_view(self._reader, self._hall)}

    def message(self, event: Event) -> dict[str, Any]:
        """An event as screens hear it, but for `prev`."""
        message = {**event.payload, "epoch": self._epoch, "seq": event.seq, "at": iso(self._hall, event.at_ms)}
        if event.kind == events.PRINTER_CHANGED:
            told = event.payload["printer"]
            message["printer"] = self._printers.get(told["id"], told)
        elif event.kind == events.COUNTER_CHANGED:
            # Another counter open or closed is another wait for all who queue for it.
            message["queues"] = self._queues_of(_services(self._hall, event))
        elif event.kind.startswith("ticket."):
            self._add_queue(message, event.payload["ticket"])
            others = _services(self._hall, event) - {event.payload["ticket"]["service"]}
            if others:  # where a visitor was passed on from, or a number is free again
                message["queues"] = self._queues_of(others)
        return message

    def _queues_of(self, services: Iterable[str]) -> list[dict[str, Any]]:
        return [self._queue(service) for service in sorted(services) if service in self._hall.services]

    def _add_queue(self, message: dict[str, Any], ticket: dict[str, Any]) -> None:
        service, ahead, estimate = ticket["service"], 0, None
        known = service in self._hall.services
        now = self._reader.ticket(ticket["id"]) if ticket["state"] == "waiting" else None
        if now is not None:
            ahead = self._reader.ahead(now)
            estimate = self._queues.estimate(service, ahead) if known else None
        message["ticket"] = {**ticket, "ahead": ahead, "estimate": estimate}
        if known:
            message["queue"] = self._queue(service)

    def _queue(self, service: str) -> dict[str, Any]:
        return {**self._queues.entry(service), **self._queues.offered(service)}


def _boards_of_voice(hall: Hall, event: Event) -> list[str]:
    """The boards that an announcement or a change of its speaker concerns; how a board's sound is, is for staff."""
    facts = event.payload.get("announcement") or event.payload.get("voice")
    voice = None if facts is None else facts.get("voice", facts["id"])
    return [board.id for board in hall.boards_of_voice.get(voice or "", ())]


def _services(hall: Hall, event: Event) -> frozenset[str]:
    """The services whose queues an event is about."""
    if event.kind == events.COUNTER_CHANGED:
        counter, left = hall.counter.get(event.payload["counter"]["id"]), event.payload.get("from") or {}
        return frozenset(counter.services if counter else ()).union(left.get("services", ()))
    ticket = event.payload.get("ticket")
    if ticket is None:
        return frozenset()
    left = event.payload["from"]["service"] if event.kind == events.TICKET_TRANSFERRED else ticket["service"]
    return frozenset((ticket["service"], left, event.payload.get("given_for", ticket["service"])))


def _in_public(message: dict[str, Any]) -> dict[str, Any]:
    """A message for a screen that everybody sees: nobody's name, not why a counter or a printer stands still, and not
    what came of serving somebody."""
    message = {key: value for key, value in message.items() if key not in ("outcome", "documents", "survey")}
    if message.get("ticket"):
        public = {key: value for key, value in message["ticket"].items() if key not in ("outcome", "documents")}
        message = {**message, "ticket": public}
    if message.get("printer"):
        return {**message, "printer": {key: value for key, value in message["printer"].items() if key != "reason"}}
    if not message.get("counter"):
        return message
    counter = {key: message["counter"][key] for key in ("id", "label", "state") if key in message["counter"]}
    return {**{key: value for key, value in message.items() if key != "taken_over_from"}, "counter": counter}


def _in_groups(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    group: list[Any] = []
    for item in items:
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


