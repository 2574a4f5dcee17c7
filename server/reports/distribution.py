"""How one kind of duration is spread: how many lasted so long, in steps of so many minutes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.domain.figures import METRICS
from server.domain.hall import Hall
from server.reports.rows import NOTHING, Stat, durations
from server.reports.waiting import Question, figures_of
from server.store import Reader

MOST_BINS = 288


def distribution(reader: Reader, hall: Hall, question: Question, metric: str, step_minutes: int) -> dict[str, Any]:
    """The bins from 0 to the longest duration, the last of at most 288 without an end; exact for one day."""
    step_ms, found = step_minutes * 60_000, figures_of(reader, hall, replace(question, by="hall"))
    which = METRICS.index(metric)
    stat = next((figures.stats[which] for _, figures in found.groups()), NOTHING)
    below = found.shorter(which, [n * step_ms for n in range(_bins(stat, step_ms) + 1)])
    below[-1] = stat.number
    return {"metric": metric, "step_seconds": step_ms // 1000, "count": stat.number, **durations(stat),
            "bins": _as_bins(below, step_ms, stat)}  # fmt: skip


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
