"""The most who waited at the same moment, for each queue and hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from server.reports.columns import WAITING, Flags, Ints, Spans

HOURS = 24


@dataclass(frozen=True, slots=True)
class Clock:
    """The hours of a day on the hall's clocks: that of each moment, and which of the 24 there are on this day."""

    hours_of: Callable[[Ints], Ints]
    exist: Flags


def longest_queues(spans: Spans, key: Ints, clock: Clock) -> tuple[Ints, Ints]:
    """The longest queue of each key and hour that had one: `key * HOURS + hour`, and how many waited.

    Who comes as another leaves met them. A queue that ends with the day is of its last hour, not of the next day's
    first.
    """
    key, at_ms, left = _moments(spans, key)
    count = np.cumsum(1 - 2 * left)
    first = np.diff(key, prepend=-1) != 0
    count -= (count - 1)[first][np.cumsum(first) - 1]  # each queue begins with one who comes
    hour = key * HOURS + clock.hours_of(at_ms - left)
    hour = np.maximum.accumulate(hour)  # a clock that is set back does not lead into an hour before
    found = np.zeros((int(key[-1]) + 1) * HOURS if len(key) else 0, np.int64)
    np.maximum.at(found, hour, count)
    _carry(found, hour[:-1], np.where(first[1:], 0, hour[1:] - hour[:-1]), count[:-1])
    found *= np.resize(clock.exist, len(found))
    slots = np.flatnonzero(found)
    return slots, found[slots]


def _moments(spans: Spans, key: Ints) -> tuple[Ints, Ints, Ints]:
    """When somebody came (0) or left (1), queue by queue and in order: the keys, the moments, which of both."""
    waits = spans.state == WAITING
    leaves = waits & spans.ended
    keys = np.concatenate([key[waits], key[leaves]])
    at_ms = np.concatenate([spans.start_ms[waits], (spans.start_ms + spans.lasted_ms)[leaves]])
    left = np.repeat((0, 1), (np.count_nonzero(waits), np.count_nonzero(leaves)))
    order = np.lexsort((left, at_ms, keys))
    return keys[order], at_ms[order], left[order]


def _carry(found: Ints, hour: Ints, hours_until_next: Ints, count: Ints) -> None:
    """Who waits since an hour before has waited in all between."""
    for passed in range(1, int(hours_until_next.max(initial=0)) + 1):
        waits = hours_until_next >= passed
        np.maximum.at(found, hour[waits] + passed, count[waits])
