"""Which screens are connected, and since when each is not: the heartbeat of boards, kiosks and counters.

Of this process alone: what was before the start is not known, and told so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """How many screens show a room now, and for how many seconds any has been there, or none."""

    screens: int
    for_seconds: float

    @property
    def connected(self) -> bool:
        """Whether any is there."""
        return self.screens > 0


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

    def of(self, screen: str, id: str) -> Seen | None:
        """How the screens of a kind and an id are; None where none has come since the start."""
        room = f"{screen}:{id}"
        since_s = self._since_s.get(room)
        return None if since_s is None else Seen(self._size[room], self._steady_s() - since_s)
