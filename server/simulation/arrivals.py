"""When visitors come: a Poisson stream whose rate follows the hall's day, with its peak in the morning."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from random import Random

# Share of the opening hours that has passed, and how busy it is then: a crowd at the start, the peak of the middle of
# the morning, quiet at noon, a second and lower rise, hardly anybody at the end.
_POINTS = (
    (0.0, 1.1), (0.08, 1.3), (0.2, 1.6), (0.35, 1.25), (0.5, 0.9), (0.6, 0.8), (0.75, 1.1), (0.9, 0.9), (1.0, 0.6),
)  # fmt: skip
_AREA = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(_POINTS))
BUSIEST = max(level for _, level in _POINTS) / _AREA
DOOR_SECONDS = 900
"""Who would have come in this time stands at the door when the hall opens."""
MOST_AT_DOOR = 40


def busyness(share: float) -> float:
    """How busy a moment of the day is, as a multiple of the day's mean; `share` of the opening hours has passed."""
    at = min(bisect_right(_POINTS, share, key=lambda point: point[0]), len(_POINTS) - 1)
    (left, low), (right, high) = _POINTS[at - 1], _POINTS[at]
    return (low + (high - low) * (share - left) / (right - left)) / _AREA


def until_next(rng: Random, hall_s: float, visitors_per_hour: float, day_seconds: float) -> float:
    """Seconds of the hall's time from `hall_s` to the next visitor; after one day the next begins at once.

    A Poisson process of varying rate, by thinning (Lewis and Shedler, 1979).
    """
    most_per_s = visitors_per_hour / 3600 * BUSIEST
    at_s = hall_s
    while True:
        at_s += rng.expovariate(most_per_s)
        if rng.random() * BUSIEST < busyness(at_s % day_seconds / day_seconds):
            return at_s - hall_s


def at_the_door(visitors_per_hour: float) -> int:
    """How many stand at the door when the hall opens."""
    return min(MOST_AT_DOOR, round(visitors_per_hour * DOOR_SECONDS / 3600))
