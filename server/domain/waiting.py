"""From spans and paces to durations: percentiles, and what a visitor may expect to wait."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PACE_MEMORY = 20
"""How many served tickets back the pace of a service looks, roughly."""
PACE_ENOUGH = 3
"""Served tickets of today before an estimate is given at all."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one visitor of a service takes at a counter today: mean seconds, and of how many."""

    mean_seconds: float
    samples: int

    def with_sample(self, seconds: float) -> Pace:
        """The pace after one more served ticket: a running mean that forgets slowly."""
        samples = self.samples + 1
        weight = 1 / min(samples, PACE_MEMORY)
        return Pace(self.mean_seconds + (seconds - self.mean_seconds) * weight, samples)

    def without_sample(self, seconds: float) -> Pace:
        """The pace as though a sample had not been: exact while it still remembers all of them."""
        if self.samples <= 1:
            return Pace(0.0, 0)
        weight = 1 / min(self.samples, PACE_MEMORY)
        return Pace(max(0.0, (self.mean_seconds - seconds * weight) / (1 - weight)), self.samples - 1)


def estimate(ahead: int, counters: int, pace: Pace | None) -> dict[str, int] | None:
    """How long a visitor with `ahead` before them may wait, `{low_minutes, high_minutes}`.

    None when nothing honest can be said: no counter is open, or too few were served today.
    The band is a third either way; from ten minutes on it is given in steps of five.
    """
    if counters < 1 or pace is None or pace.samples < PACE_ENOUGH:
        return None
    minutes = ahead * pace.mean_seconds / counters / 60
    return {"low_minutes": _rounded(minutes * 2 / 3, math.floor), "high_minutes": _rounded(minutes * 4 / 3, math.ceil)}


def _rounded(minutes: float, whole: Callable[[float], int]) -> int:
    return whole(minutes) if minutes < 10 else 5 * whole(minutes / 5)


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of values in ascending order: the smallest with `share` at or below it."""
    if not ordered:
        return None
    return ordered[max(1, math.ceil(share * len(ordered))) - 1]
