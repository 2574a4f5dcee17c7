"""A simulated officer: opens a counter, calls, waits for the visitor, serves; steps back when a person takes over."""

from __future__ import annotations

import logging
from random import Random
from typing import Any

from server.simulation import draws
from server.simulation.floor import Floor
from server.simulation.loop import Loop, Pause, Play, Request, Wait, ask

log = logging.getLogger("antrean.simulation")

SIT_DOWN_S = 3.0
"""Real seconds in which all have sat down, one after the other."""
GLANCE_S = 0.3
"""An officer acts on what was seen at most so long ago: a person who has just taken over is noticed in time."""
LEAVE_ALONE_S = 20.0
REFUSED_S = 60.0
"""Real seconds to step back when somebody else has the counter, and when the server refuses for good."""
IDLE_SECONDS, SHORTEST_IDLE_S, LONGEST_IDLE_S = 5.0, 0.1, 1.0
BREATH_SECONDS = (6.0, 24.0)
RECALL_SECONDS = 50.0
"""Without the visitor, an officer calls again after this."""
PAUSE_SECONDS = (180.0, 600.0)
COMES_BACK_SECONDS = (90.0, 400.0)
OPINION_SECONDS = (20.0, 120.0)
LINE_TOO_LONG_TO_PAUSE = 5


class Astray(Exception):
    """The counter is not as the officer thought; to be looked at again in `rest_s` real seconds."""

    def __init__(self, rest_s: float) -> None:
        super().__init__(f"look again in {rest_s} s")
        self.rest_s = rest_s


class Officer:
    """Who works at one counter."""

    def __init__(self, loop: Loop, floor: Floor, rng: Random, counter: str, token: str, name: str) -> None:
        self._loop, self._floor, self._rng = loop, floor, rng
        self._counter, self._token, self.name = counter, token, name
        self._services = floor.counters[counter].desk.services
        self._opinions = Random(counter)  # of their own, so that the hall is the same with and without them
        self._current: dict[str, Any] | None = None
        self._missed: list[tuple[float, dict[str, Any]]] = []

    def work(self) -> Play[None]:
        """A working life."""
        yield Pause(self._rng.uniform(0, SIT_DOWN_S))
        while True:
            try:
                yield from self._sit_down()
                while True:
                    if self._current is None:
                        yield from self._call()
                    yield from self._attend()
                    yield from self._between()
            except Astray as astray:
                yield Pause(astray.rest_s)

    def _sit_down(self) -> Play[None]:
        """See how the counter stands, and open it unless somebody else is there."""
        seen = yield from ask(Request("GET", f"/counters/{self._counter}", self._token))
        if seen.status != 200:
            raise self._refused("look", seen.body)
        counter, self._current = seen.body["counter"], seen.body["current"]
        if counter["state"] != "closed" and (counter["officer"] or {}).get("name") != self.name:
            raise Astray(LEAVE_ALONE_S)
        if counter["state"] != "open":
            reply = yield from ask(self._command("open"))
            if reply.status == 409:
                raise Astray(LEAVE_ALONE_S)
            if reply.status != 200:
                raise self._refused("open", reply.body)
        self._floor.taken(self._counter, self.name)

    def _command(self, verb: str, **more: Any) -> Request:
        expect = self._current["id"] if self._current else None
        return Request("POST", f"/counters/{self._counter}/{verb}", self._token, {"expect": expect, **more})

    def _do(self, verb: str, **more: Any) -> Play[dict[str, Any]]:
        """Give a command while the counter is ours; its answer. Raises Astray.

        A counter's token may command the counter whoever sits there (a keypad would), so we look before we press.
        """
        yield from self._floor.glance(GLANCE_S)
        if not self._floor.belongs_to(self._counter, self.name):
            raise Astray(LEAVE_ALONE_S)
        reply = yield from ask(self._command(verb, **more))
        if reply.status == 409:  # somebody else was quicker: look how it stands
            log.info("counter %s, %s: %s", self._counter, verb, reply.code)
            raise Astray(LONGEST_IDLE_S)
        if reply.status != 200:
            raise self._refused(verb, reply.body)
        return reply.body

    def _refused(self, verb: str, body: dict[str, Any]) -> Astray:
        log.warning("counter %s, %s: %s", self._counter, verb, body)
        return Astray(REFUSED_S)

    def _call(self) -> Play[None]:
        """Call the next visitor, as soon as there is one."""
        while self._current is None:
            yield from self._restore()
            if self._floor.waiting(self._services):
                ticket = (yield from self._do("call-next"))["ticket"]
                if ticket is not None:
                    self._floor.called(ticket)
                    self._current = ticket
                    return
            yield Pause(min(LONGEST_IDLE_S, max(SHORTEST_IDLE_S, IDLE_SECONDS / self._loop.speed)))

    def _attend(self) -> Play[None]:
        """See to the visitor who is called, or being served already."""
        ticket = self._current
        assert ticket is not None
        if ticket["state"] == "called":
            if not self._floor.comes(ticket["id"]):
                yield from self._miss(ticket)
                return
            walk_seconds = draws.walk_seconds(self._rng)
            if walk_seconds > RECALL_SECONDS:
                yield Wait(RECALL_SECONDS)
                yield from self._do("recall")
                walk_seconds -= RECALL_SECONDS
            yield Wait(walk_seconds)
            yield from self._do("start")
        usual_seconds = self._floor.target_minutes[ticket["service"]] * 60 * self._floor.pace
        yield Wait(draws.service_seconds(self._rng, usual_seconds))
        yield from self._do("finish")
        self._loop.start(self._tell_opinion(ticket["id"]))
        self._current = None

    def _tell_opinion(self, ticket: int) -> Play[None]:
        """Some of those who were served say on their phones what they thought of it, a little later."""
        code, rng = self._floor.codes.pop(ticket, None), self._opinions
        if code is None or rng.random() >= draws.OPINION_SHARE:
            return
        yield Wait(rng.uniform(*OPINION_SECONDS))
        reply = yield from ask(
            Request("POST", f"/visits/{code}/survey", self._token, {"ticket": ticket, **draws.opinion(rng)})
        )
        if reply.status != 201:
            log.info("no opinion: %s", reply.body)

    def _miss(self, ticket: dict[str, Any]) -> Play[None]:
        """Nobody comes: call again once or twice, then let the ticket go."""
        for _ in range(self._rng.choice((1, 2))):
            yield Wait(RECALL_SECONDS)
            yield from self._do("recall")
        yield Wait(RECALL_SECONDS)
        yield from self._do("no-show")
        self._current = None
        if self._rng.random() < draws.COMES_BACK_SHARE:
            self._missed.append((self._loop.hall_s() + self._rng.uniform(*COMES_BACK_SECONDS), ticket))

    def _restore(self) -> Play[None]:
        """Take back those who were missed and stand at the counter now."""
        here = [ticket for at_s, ticket in self._missed if at_s <= self._loop.hall_s()]
        self._missed = [entry for entry in self._missed if entry[1] not in here]
        for ticket in here:
            restored = (yield from self._do("restore", ticket=ticket["id"]))["ticket"]
            self._floor.came_back(restored)

    def _between(self) -> Play[None]:
        """A breath, and at times a pause, but not with a long line."""
        yield Wait(self._rng.uniform(*BREATH_SECONDS))
        line = self._floor.waiting(self._services)
        if line <= LINE_TOO_LONG_TO_PAUSE and self._rng.random() < draws.PAUSE_SHARE:
            yield from self._do("pause", reason=self._rng.choice(draws.PAUSE_REASONS))
            yield Wait(self._rng.uniform(*PAUSE_SECONDS))
            raise Astray(0)  # sits down again, if nobody else has meanwhile
