"""The machine's clock, and noticing when it jumps.

A jump is told from time that simply passed by a second clock that nobody sets (CLOCK_BOOTTIME,
which also counts while the machine sleeps).
"""

from __future__ import annotations

import time

DAY_MS = 24 * 3600 * 1000
IDLE_MS = 31 * DAY_MS
"""At start, the log may be this much older than the clock before the clock is doubted."""


class Clock:
    """Milliseconds since 1970, and milliseconds of a clock that only ever runs forward."""

    def now_ms(self) -> int:
        """The wall clock, UTC."""
        return time.time_ns() // 1_000_000

    def steady_ms(self) -> int:
        """A clock that nobody sets."""
        return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class ClockGuard:
    """Says whether the wall clock can be believed: it must not jump by more than a day.

    A clock that comes back by itself (time service) is believed again; otherwise an admin's
    word is needed, because numbers restart by the date and `at` never decreases. `jump_ms` may
    be asked from any thread.
    """

    def __init__(self, clock: Clock, last_event_ms: int) -> None:
        self._clock = clock
        if last_event_ms:
            # Nobody knows how long the server was off: until the clock was right once, it may be ahead by a month.
            self._expected = (last_event_ms - clock.steady_ms(), IDLE_MS)
        else:
            self._expected = (self._offset_ms(), DAY_MS)
        self.jump_ms()

    def _offset_ms(self) -> int:
        return self._clock.now_ms() - self._clock.steady_ms()

    def jump_ms(self) -> int | None:
        """How far the wall clock is from where it should be, if more than a day; else None."""
        offset_ms, (expected_ms, ahead_ms) = self._offset_ms(), self._expected
        moved_ms = offset_ms - expected_ms
        if not -DAY_MS <= moved_ms <= ahead_ms:
            return moved_ms
        self._expected = (offset_ms, DAY_MS)
        return None

    def accept(self) -> None:
        """From now on the wall clock is right as it stands."""
        self._expected = (self._offset_ms(), DAY_MS)
