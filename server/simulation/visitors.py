"""Simulated visitors: they come, look at the queue, take a ticket at a kiosk, and some give up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from random import Random
from typing import Any

from server.simulation import draws
from server.simulation.arrivals import at_the_door, until_next
from server.simulation.cast import Cast
from server.simulation.draws import Wish
from server.simulation.floor import Floor
from server.simulation.loop import Loop, Pause, Play, Request, Wait, ask

log = logging.getLogger("antrean.simulation")

DOOR_GAP_S = (0.2, 0.8)
"""Real seconds from one to the next of those who stood at the door: a newcomer should not have to wait for life."""
SECOND_THOUGHTS_SECONDS = (20.0, 90.0)
KIOSK_CANCEL_S = 50.0
"""A kiosk cancels within 60 real seconds."""
LOST_PATIENCE = 1.5
"""Who has waited this many times as long as they were ready to, leaves."""


class Visitors:
    """All who come to the hall."""

    def __init__(
        self, loop: Loop, floor: Floor, cast: Cast, rng: Random, weights: Mapping[str, float], per_hour: float
    ) -> None:
        self._loop, self._floor, self._cast, self._rng = loop, floor, cast, rng
        self._weights, self._per_hour = weights, per_hour

    def come(self) -> Play[None]:
        """Those at the door first, unless the hall is full from before; then the day's stream, day after day."""
        for _ in range(at_the_door(self._per_hour) - self._floor.waiting(self._weights)):
            self._loop.start(self._visit())
            yield Pause(self._rng.uniform(*DOOR_GAP_S))
        while True:
            yield Wait(until_next(self._rng, self._loop.hall_s(), self._per_hour, self._cast.day_seconds))
            self._loop.start(self._visit())

    def _visit(self) -> Play[None]:
        floor, rng = self._floor, self._rng
        kiosks = [kiosk for kiosk in floor.kiosks if kiosk in self._cast.kiosks]
        offered = {service: weight for service, weight in self._weights.items() if service in floor.open_services}
        if not kiosks or not offered:
            return
        wish, patience_seconds = draws.wish(rng, offered, floor.priorities), draws.patience_seconds(rng)
        if not all(floor.would_queue(service, patience_seconds) for service in wish.services):
            return
        token = self._cast.kiosks[rng.choice(kiosks)]
        tickets = yield from self._take(wish, token)
        if rng.random() < draws.SECOND_THOUGHTS_SHARE:
            yield Pause(min(KIOSK_CANCEL_S, rng.uniform(*SECOND_THOUGHTS_SECONDS) / self._loop.speed))
            for ticket in tickets:
                yield from self._cancel(ticket, token)
        else:
            yield Wait(patience_seconds * LOST_PATIENCE)
            for ticket in tickets:
                yield from self._give_up(ticket)

    def _take(self, wish: Wish, token: str) -> Play[list[dict[str, Any]]]:
        reply = yield from ask(Request("POST", "/tickets", token, wish.body()))
        if reply.status != 201:  # closed meanwhile, or the catalogue has changed: the visitor goes home
            log.log(logging.INFO if reply.status == 409 else logging.WARNING, "no ticket: %s", reply.body)
            return []
        tickets: list[dict[str, Any]] = reply.body["tickets"]
        for ticket in tickets:
            self._floor.issued(ticket)
            self._floor.codes[ticket["id"]] = reply.body["visit"]["code"]
        return tickets

    def _cancel(self, ticket: dict[str, Any], token: str) -> Play[None]:
        """Cancel a ticket, unless one of our officers has called it."""
        if ticket["id"] in self._floor.queued:
            self._floor.called(ticket)
            self._floor.codes.pop(ticket["id"], None)
            yield from ask(Request("POST", f"/tickets/{ticket['id']}/cancel", token))

    def _give_up(self, ticket: dict[str, Any]) -> Play[None]:
        """Tell at a counter of the service that one does not wait any longer.

        The counter's list is looked at first: the newcomer may have called the ticket, and it should not vanish.
        """
        desk = next((
            seen.desk.id for seen in self._floor.counters.values()
            if ticket["service"] in seen.desk.services and seen.desk.id in self._cast.counters
        ), None)  # fmt: skip
        if desk is None or ticket["id"] not in self._floor.queued:
            return
        token = self._cast.counters[desk]
        reply = yield from ask(Request("GET", f"/counters/{desk}", token))
        if reply.status == 200 and any(waiting["id"] == ticket["id"] for waiting in reply.body["waiting"]):
            yield from self._cancel(ticket, token)
        self._floor.queued.discard(ticket["id"])
