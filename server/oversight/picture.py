"""GET /supervisor: the whole hall at one moment, agency by agency, with its counters, devices, alerts and messages."""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from typing import Any

from server.domain.hall import Agency, Counter, Hall, Service
from server.domain.overrides import AGENCY, Override
from server.domain.tickets import State, Ticket
from server.opening_hours import closes_at
from server.presence import Presence
from server.queries.counter import message_view
from server.queries.pieces import counter_view
from server.queries.printers import printers_view
from server.queries.queues import Queues
from server.store import Alert, Message, Reader, Receipt
from server.views import counter_label, iso, override_view, text, ticket_view

MINUTE_MS = 60_000
MESSAGES_SHOWN = 30
QUEUE_SHOWN = 100

View = dict[str, Any]


class Picture:
    """All that the supervisor's page shows, read once. Ages are seconds at `now_ms`."""

    def __init__(
        self, reader: Reader, hall: Hall, presence: Presence, now_ms: int, *, always_open: bool, wall_ms: int
    ) -> None:
        self._reader, self._hall, self._presence, self._now_ms = reader, hall, presence, now_ms
        self._always_open, self._wall_ms = always_open, wall_ms
        self._queues = Queues(reader, hall, now_ms, always_open=always_open)
        self._waiting_since = reader.waiting_since()
        self._there = {ticket.counter: ticket for ticket in reader.current_calls()}
        self._at_counters = Tally((ticket.service, ticket.state) for ticket in self._there.values())
        self._served = reader.finished_on(hall.day(now_ms))

    def view(self) -> View:
        """The snapshot but for `seq` and `epoch`."""
        return {
            "now": iso(self._hall, self._now_ms),
            "agencies": [self._agency(agency) for agency in self._hall.agencies],
            "counters": [self._counter(counter) for counter in self._hall.counters],
            "devices": self._devices(),
            "alerts": [alert_view(self._hall, alert) for alert in self._reader.alerts()],
            "messages": messages_view(self._reader, self._hall, self._now_ms),
        }

    def _agency(self, agency: Agency) -> View:
        services = [self._service(service) for service in agency.services]
        serving = {c.id for s in agency.services for c in self._hall.counters_for[s.id] if self._queues.is_open(c)}
        forecasts = [each["forecast"] for each in services if each["forecast"]]
        return {
            "id": agency.id,
            "name": text(agency.name),
            "short_name": text(agency.short_name or agency.name),
            "icon": agency.icon,
            "open": any(each["open"] for each in services),
            "longest_wait_seconds": max((each["longest_wait_seconds"] for each in services), default=0),
            **{
                figure: sum(each[figure] for each in services)
                for figure in ("waiting", "over_target", "called", "serving", "served")
            },
            "open_counters": len(serving),
            "forecast": max(forecasts, key=lambda each: str(each["last_at"]), default=None),
            "override": self._override(self._queues.overrides.of_agency(agency.id)),
            "services": services,
        }

    def _service(self, service: Service) -> View:
        since = self._waiting_since.get(service.id, [])
        target_ms = service.target_wait_minutes * MINUTE_MS
        offered = self._queues.offer(service.id)
        override = self._queues.overrides.of_service(service.id)
        return {
            "id": service.id,
            "prefix": service.prefix,
            "name": text(service.name),
            "target_wait_minutes": service.target_wait_minutes,
            "open": offered.closed is None,
            "closed_reason": offered.closed,
            "waiting": len(since),
            "longest_wait_seconds": max(0, self._now_ms - min(since)) // 1000 if since else 0,
            "over_target": sum(self._now_ms - each > target_ms for each in since),
            "called": self._at_counters[service.id, State.CALLED],
            "serving": self._at_counters[service.id, State.SERVING],
            "open_counters": sum(map(self._queues.is_open, self._hall.counters_for[service.id])),
            "served": self._served.get(service.id, 0),
            "forecast": self._forecast(service.id, len(since), override),
            "override": self._override(override),
        }

    def _override(self, override: Override | None) -> View | None:
        view = override_view(self._hall, override)
        if override is None or view is None:
            return None
        return {**view, "by": override.by, "whole_agency": override.kind == AGENCY}

    def _forecast(self, service: str, waiting: int, override: Override | None) -> View | None:
        """When the last who waits now may be called, at the latest; None where nobody waits or nothing can be said."""
        estimated = self._queues.estimate(service, waiting - 1) if waiting else None
        if estimated is None:
            return None
        last_ms = self._now_ms + estimated["high_minutes"] * MINUTE_MS
        closes_ms = closes_at(self._hall, service, self._now_ms, override, always_open=self._always_open)
        return {
            "last_at": iso(self._hall, last_ms),
            "closes_at": iso(self._hall, closes_ms),
            "before_closing": None if closes_ms is None else last_ms <= closes_ms,
        }

    def _counter(self, counter: Counter) -> View:
        there = self._there.get(counter.id)
        return {
            **counter_view(self._hall, counter, self._queues.counters.get(counter.id)),
            "current": self._current(there) if there else None,
            "waiting": sum(map(self._queues.waiting, counter.services)),
        }

    def _current(self, ticket: Ticket) -> View:
        service = self._hall.services.get(ticket.service)
        return {
            "id": ticket.id,
            "number": ticket.number,
            "service": ticket.service,
            "state": ticket.state.value,
            "seconds": max(0, self._now_ms - ticket.since_ms) // 1000,
            "target_seconds": service.target_service_minutes * 60 if service else None,
        }

    def _devices(self) -> View:
        hall = self._hall
        return {
            "printers": printers_view(self._reader, hall),
            "kiosks": [self._device("kiosk", kiosk.id, text(kiosk.name)) for kiosk in hall.kiosks],
            "boards": [self._device("display", board.id, text(board.name)) for board in hall.displays],
            "counters": [
                self._device("counter", counter.id, {"id": counter.label, "en": counter.label})
                for counter in hall.counters
            ],
        }

    def _device(self, screen: str, id: str, name: dict[str, str]) -> View:
        """`since` is when it came or was seen last; None where it was never seen since the server's start."""
        seen = self._presence.of(screen, id)
        since_ms = None if seen is None else self._wall_ms - int(seen.for_seconds * 1000)
        return {"id": id, "name": name, "connected": bool(seen and seen.connected), "since": iso(self._hall, since_ms)}


def alert_view(hall: Hall, alert: Alert) -> View:
    """An alert, and who has seen it."""
    return {
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "facts": json.loads(alert.facts),
        "raised_at": iso(hall, alert.raised_ms),
        "cleared_at": iso(hall, alert.cleared_ms),
        "acknowledged_at": iso(hall, alert.acknowledged_ms),
        "acknowledged_by": alert.acknowledged_by,
    }


def messages_view(reader: Reader, hall: Hall, now_ms: int) -> list[View]:
    """Today's messages, newest first, each with the counters that have read it and those that have not."""
    found = reader.messages_on(hall.day(now_ms), MESSAGES_SHOWN)
    return [sent_view(hall, message, reader.receipts(message.id)) for message in found]


def sent_view(hall: Hall, message: Message, receipts: Iterable[Receipt]) -> View:
    """A message as who sent it sees it."""
    return {
        **message_view(hall, message),
        "to_all": bool(message.to_all),
        "counters": [
            {**(counter_label(hall, each.counter) or {}), "read_at": iso(hall, each.read_ms), "reader": each.reader}
            for each in sorted(receipts, key=_in_order(hall))
        ],
    }


def _in_order(hall: Hall) -> Callable[[Receipt], int]:
    order = {counter.id: index for index, counter in enumerate(hall.counters)}
    return lambda receipt: order.get(receipt.counter, len(order))


def queue_view(reader: Reader, hall: Hall, service: Service, now_ms: int) -> View:
    """Who waits for a service, in the order of their places: the first hundred."""
    tickets = reader.queue([service.id], QUEUE_SHOWN)
    queues = Queues(reader, hall, now_ms)
    return {
        "service": service.id,
        "waiting": reader.waiting_count(service.id),
        "tickets": [
            {**ticket_view(hall, ticket, now_ms), "ahead": ahead, "estimate": queues.estimate(service.id, ahead)}
            for ahead, ticket in enumerate(tickets)
        ],
    }
