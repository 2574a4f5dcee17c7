"""Which screens are connected, and since when each is not: the heartbeat of boards, kiosks and counters.

Of this process alone: what was before the start is not known, and told so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a screen is there now, and for how many seconds it has been there or away."""

    connected: bool
    for_seconds: float


class Presence:
    """By room (`kiosk:kiosk-1`): how many screens are there, and when that last began or ended.

    On a steady clock: who sets the machine's clock makes no screen look lost.
    """

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._size: dict[str, int] = {}
        self._since_s: dict[str, float] = {}

    def come(self, room: str) -> None:
        """One more screen in a room."""
        self._size[room] = self._size.get(room, 0) + 1
        if self._size[room] == 1:
            self._since_s[room] = self._steady_s()

    def leave(self, room: str) -> None:
        """One screen less."""
        self._size[room] = max(0, self._size.get(room, 0) - 1)
        if self._size[room] == 0:
            self._since_s[room] = self._steady_s()

    def of(self, room: str) -> Seen | None:
        """How a room's screen is; None where none has come since the start."""
        since_s = self._since_s.get(room)
        return None if since_s is None else Seen(self._size[room] > 0, self._steady_s() - since_s)
