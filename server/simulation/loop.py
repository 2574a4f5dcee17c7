"""The loop that everybody in the simulated hall lives on: whoever is due next has a turn."""

from __future__ import annotations

import heapq
import itertools
import secrets
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """Let so many seconds of the hall's time pass; the speed divides them."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Let so many real seconds pass, whatever the speed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Request:
    """A call of the API, `path` below /api/v1; `key` makes its repeats count once."""

    method: str
    path: str
    token: str
    body: dict[str, Any] | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's answer: status and JSON."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The stable code of a refusal."""
        return str(self.body.get("code", ""))


class NotNow(Exception):
    """The server is away or busy: the same request is to be sent again in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s:.1f} s")
        self.wait_s = wait_s


Step = Wait | Pause | Request
Play = Generator[Step, Any, T]
"""What somebody does: yields steps, is sent the reply of each Request, returns a T."""


def ask(request: Request) -> Play[Reply]:
    """Send a request; its reply."""
    reply: Reply = yield request
    return reply


class Clock(Protocol):
    """Where the loop's time comes from."""

    def now_s(self) -> float:
        """Seconds since some moment."""

    def sleep_until(self, at_s: float) -> None:
        """Return at that moment, or at once when it is past."""


class RealClock:
    """The machine's own time, which never jumps."""

    def now_s(self) -> float:
        """Seconds since the machine started, or so."""
        return time.monotonic()

    def sleep_until(self, at_s: float) -> None:
        """Return at that moment, or at once when it is past."""
        time.sleep(max(0.0, at_s - self.now_s()))


class Loop:
    """Gives everybody their turns, in the order in which they are due."""

    def __init__(self, clock: Clock, answer: Callable[[Request], Reply], speed: float = 1.0) -> None:
        self._clock = clock
        self._answer = answer
        self._due: list[tuple[float, int, Play[None], Request | None]] = []
        self._order = itertools.count()
        self._began_s = clock.now_s()
        self.speed = speed

    def now_s(self) -> float:
        """Real seconds since the loop was made."""
        return self._clock.now_s() - self._began_s

    def hall_s(self) -> float:
        """Seconds of the hall's time since the loop was made."""
        return self.now_s() * self.speed

    def start(self, play: Play[None]) -> None:
        """Let somebody begin now."""
        self._push(0.0, play, None)

    def run(self, for_s: float | None = None) -> None:
        """Go on until nobody is left, or for so many real seconds."""
        until_s = None if for_s is None else self._clock.now_s() + for_s
        while self._due and (until_s is None or self._due[0][0] <= until_s):
            at_s, _, play, request = heapq.heappop(self._due)
            self._clock.sleep_until(at_s)
            self._turn(play, request)
        if until_s is not None:
            self._clock.sleep_until(until_s)

    def _turn(self, play: Play[None], request: Request | None) -> None:
        reply = None
        if request is not None:
            try:
                reply = self._answer(request)
            except NotNow as later:
                self._push(later.wait_s, play, request)
                return
        try:
            step = play.send(reply)
        except StopIteration:
            return
        match step:
            case Wait(seconds):
                self._push(seconds / self.speed, play, None)
            case Pause(seconds):
                self._push(seconds, play, None)
            case Request():
                self._push(0.0, play, step)

    def _push(self, in_s: float, play: Play[None], request: Request | None) -> None:
        heapq.heappush(self._due, (self._clock.now_s() + in_s, next(self._order), play, request))
