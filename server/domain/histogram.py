"""Durations in buckets at most 2 % wide: counts add up over any number of days, percentiles err by 1 % at most.

The buckets' edges are whole milliseconds, made by whole-number arithmetic: every machine puts a duration into the same
one. Below 100 ms each millisecond is a bucket of its own; the last bucket takes all from some months on.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

BUCKETS: Final = 1000


def _edges() -> tuple[int, ...]:
    edges = [0]
    while len(edges) < BUCKETS:
        low = edges[-1]
        edges.append(max(low + 1, low * 102 // 100))
    return tuple(edges)


EDGES: Final = _edges()
"""Where each bucket begins, in milliseconds; a bucket ends before the next begins."""


def bucket_of(duration_ms: int) -> int:
    """The bucket of a duration (not negative), 0 to BUCKETS - 1."""
    return bisect_right(EDGES, duration_ms) - 1


def middle_ms(bucket: int) -> float:
    """What a duration in a bucket is taken for: within 1 % of every duration that the bucket holds."""
    if bucket == BUCKETS - 1:
        return float(EDGES[bucket])
    return (EDGES[bucket] + EDGES[bucket + 1] - 1) / 2


def percentile_ms(counts: Sequence[int], share: float) -> float | None:
    """The nearest-rank percentile of a whole histogram (a count for each bucket), None of an empty one."""
    rank, passed = max(1, math.ceil(share * sum(counts))), 0
    for bucket, count in enumerate(counts):
        passed += count
        if count and passed >= rank:
            return middle_ms(bucket)
    return None
