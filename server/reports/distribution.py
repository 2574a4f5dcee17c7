"""How one kind of duration is spread: how many lasted so long, in steps of so many minutes."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Any

from server.domain.figures import METRICS
from server.domain.hall import Hall
from server.reports.day import tallies
from server.reports.merging import share_below
from server.reports.rows import Stat, durations, stat_of
from server.reports.waiting import Question, merged
from server.store import Reader

MOST_BINS = 288


def distribution(reader: Reader, hall: Hall, question: Question, metric: str, step_minutes: int) -> dict[str, Any]:
    """The bins from 0 to the longest duration, the last of at most 288 without an end; exact for one day."""
    question, step_ms = replace(question, by="hall"), step_minutes * 60_000
    if question.first == question.last:
        samples = sorted(_of_one_day(reader, hall, question, metric))
        stat = stat_of(samples)
        below = [bisect_left(samples, n * step_ms) for n in range(_bins(stat, step_ms) + 1)]
    else:
        found = merged(reader, hall, question)
        stats = [figures.stats[METRICS.index(metric)] for _, figures in found.groups()]
        stat = stats[0] if stats else stat_of([])
        histogram = found.histogram(METRICS.index(metric))
        below = [share_below(histogram, n * step_ms) for n in range(_bins(stat, step_ms) + 1)]
    if below:
        below[-1] = stat.number
    return {"metric": metric, "step_seconds": step_ms // 1000, "count": stat.number, **durations(stat),
            "bins": _as_bins(below, step_ms, stat)}  # fmt: skip


def _of_one_day(reader: Reader, hall: Hall, question: Question, metric: str) -> list[int]:
    groups = tallies(reader, hall, question.first, (question.cut,), question.agency, question.service)[question.cut]
    own = [tally for (place, _), tally in groups.items() if question.asks_for(place)]
    return [duration for tally in own for duration in tally.samples[METRICS.index(metric)]]


def _bins(stat: Stat, step_ms: int) -> int:
    return min(stat.max_ms // step_ms + 1, MOST_BINS) if stat.number else 0


def _as_bins(below: list[int], step_ms: int, stat: Stat) -> list[dict[str, Any]]:
    ends = [n * step_ms // 1000 for n in range(1, len(below))]
    last_is_open = len(ends) == MOST_BINS and stat.max_ms >= MOST_BINS * step_ms
    return [
        {"from_seconds": end - step_ms // 1000, "to_seconds": None if last_is_open and n == MOST_BINS else end,
         "count": below[n] - below[n - 1]}
        for n, end in enumerate(ends, 1)
    ]  # fmt: skip
