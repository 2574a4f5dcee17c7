"""The lengths of all queues, what they mean for a visitor, and whether a number can be had."""

from __future__ import annotations

from typing import Any

from server.domain.hall import Agency, Counter, Hall
from server.domain.overrides import Overrides
from server.domain.waiting import Pace, estimate
from server.opening_hours import Offer, next_change, offer
from server.store import CounterRow, Reader


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
        return offered_view(self.offer(service))


def offered_view(found: Offer) -> dict[str, Any]:
    """Whether a service gives numbers, as kiosks show it."""
    return {"open": found.closed is None, "closed_reason": found.closed, "warning": found.warning}
