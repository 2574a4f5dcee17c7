"""Rate limits: so many a second or a minute for each caller, 0 = off."""

from __future__ import annotations

import time

FORGET_AT = 10_000


class Limiter:
    """Token buckets by key; each holds as much as comes in its period, so short bursts pass."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, what: str, who: str, allowed: float, period_s: float) -> float:
        """Take one; 0 when it is let through, else the seconds until one would be."""
        if allowed <= 0:
            return 0.0
        now = time.monotonic()
        level, at = self._buckets.get((what, who), (allowed, now))
        level = min(allowed, level + (now - at) * allowed / period_s)
        if len(self._buckets) > FORGET_AT:
            self._buckets.clear()
        if level < 1:
            self._buckets[what, who] = (level, now)
            return (1 - level) * period_s / allowed
        self._buckets[what, who] = (level - 1, now)
        return 0.0
