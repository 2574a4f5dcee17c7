"""The hall as everybody in it can see: who waits, which counters are open and whose they are."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from server.simulation import draws
from server.simulation.demand import Desk, handling_seconds
from server.simulation.loop import Loop, Play, Request, ask

log = logging.getLogger("antrean.simulation")

LONGEST_LINE = 40
"""Nobody takes a ticket behind a longer line."""
LONGEST_UNATTENDED_LINE = 6
"""Nor behind this one where no counter serves."""


@dataclass(slots=True)
class Seen:
    """A counter as seen: its state and its officer's name."""

    desk: Desk
    state: str
    officer: str | None


class Floor:
    """The hall at the last glance, kept up by what the simulation itself did since.

    `pace` is the share of its target time that a service usually takes; `codes` are those on the slips of the
    simulation's visitors, by ticket.
    """

    def __init__(self, loop: Loop, token: str, rng: Random) -> None:
        self._loop = loop
        self._token = token
        self._rng = rng
        self._seen_at_s = float("-inf")
        self._told = False
        self._waiting: dict[str, int] = {}
        self._returned: set[int] = set()
        self.queued: set[int] = set()
        self.codes: dict[int, str] = {}
        self.target_minutes: dict[str, int] = {}
        self.open_services: set[str] = set()
        self.counters: dict[str, Seen] = {}
        self.kiosks: list[str] = []
        self.priorities: list[str] = []
        self.pace = 0.5

    def glance(self, age_s: float = 0.0) -> Play[None]:
        """Look again, unless the last glance is at most `age_s` real seconds old."""
        if self._loop.now_s() - self._seen_at_s <= age_s:
            return
        reply = yield from ask(Request("GET", "/hall", self._token))
        if reply.status == 200:
            self.read(reply.body)
            self._seen_at_s = self._loop.now_s()
        elif not self._told:
            self._told = True
            log.warning("the server shows the hall no more (%s %s)", reply.status, reply.code)

    def read(self, snapshot: dict[str, Any]) -> None:
        """Take in what GET /hall told."""
        services = [service for agency in snapshot["agencies"] for service in agency["services"]]
        self._waiting = {service["id"]: service["waiting"] for service in services}
        self.target_minutes = {service["id"]: service["target_service_minutes"] for service in services}
        self.open_services = {service["id"] for service in services if service["open"]}
        self.priorities = [priority["id"] for priority in snapshot["priorities"]]
        self.kiosks = [kiosk["id"] for kiosk in snapshot["kiosks"]]
        self.counters = {
            counter["id"]: Seen(
                Desk(counter["id"], counter["zone"], tuple(counter["services"])),
                counter["state"],
                (counter.get("officer") or {}).get("name"),
            )
            for counter in snapshot["counters"]
        }

    def belongs_to(self, counter: str, officer: str) -> bool:
        """Whether a counter is open and this officer's."""
        seen = self.counters.get(counter)
        return seen is not None and seen.state == "open" and seen.officer == officer

    def taken(self, counter: str, officer: str) -> None:
        """An officer has just opened a counter."""
        seen = self.counters.get(counter)
        if seen is not None:
            seen.state, seen.officer = "open", officer

    def waiting(self, services: Iterable[str]) -> int:
        """How many wait for these services."""
        return sum(self._waiting.get(service, 0) for service in services)

    def issued(self, ticket: dict[str, Any]) -> None:
        """A ticket of the simulation's has joined its queue."""
        self.queued.add(ticket["id"])
        self._waiting[ticket["service"]] = self._waiting.get(ticket["service"], 0) + 1

    def called(self, ticket: dict[str, Any]) -> None:
        """A ticket has left its queue."""
        self.queued.discard(ticket["id"])
        self._waiting[ticket["service"]] = max(0, self._waiting.get(ticket["service"], 0) - 1)

    def comes(self, ticket: int) -> bool:
        """Whether the visitor who is called now will come; one who came back does."""
        if ticket in self._returned:
            self._returned.discard(ticket)
            return True
        return self._rng.random() >= draws.NO_SHOW_SHARE

    def came_back(self, ticket: dict[str, Any]) -> None:
        """A missed visitor is back in the queue, and will come when called again."""
        self._returned.add(ticket["id"])
        self.issued(ticket)

    def would_queue(self, service: str, patience_seconds: float) -> bool:
        """Whether a visitor who sees this service's queue takes a ticket."""
        desks = self._serving(service)
        if not desks:
            return self._waiting.get(service, 0) < LONGEST_UNATTENDED_LINE
        line = min(self._line(desk) for desk in desks)
        return line <= LONGEST_LINE and line * self._seconds_each(service) <= patience_seconds

    def _line(self, desk: Desk) -> float:
        """How many wait for a counter, those whom others can call too counted in part."""
        return sum(self._waiting.get(service, 0) / len(self._serving(service)) for service in desk.services)

    def _serving(self, service: str) -> list[Desk]:
        seen = self.counters.values()
        return [counter.desk for counter in seen if service in counter.desk.services and counter.state != "closed"]

    def _seconds_each(self, service: str) -> float:
        return handling_seconds(self.target_minutes[service], self.pace)
