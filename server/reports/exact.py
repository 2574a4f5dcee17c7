"""The groups of single days put together from each single duration: every figure is exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from server.domain.figures import COUNTED, METRICS
from server.reports.columns import Ints
from server.reports.gathering import Gathered, add_results
from server.reports.rows import SHARES, Figures, Stat


class Exact:
    """Figures by label, as server.reports.merging.Merged has them from rollups."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._days: list[tuple[Ints, Gathered]] = []

    def add(self, found: Gathered, labels: Sequence[str | None], by_hour: bool = False) -> None:
        """Take in what each place has, under its label; a place without one is left out. `by_hour` makes `mon-08`."""
        numbers = []
        for place, hour in zip(found.place.tolist(), found.hour.tolist(), strict=True):
            label = labels[place]
            if label is not None and by_hour:
                label = f"{label}-{hour:02d}".removeprefix("-")
            numbers.append(-1 if label is None else self._index.setdefault(label, len(self._index)))
        self._days.append((np.array(numbers, np.int64), found))

    def groups(self) -> Iterator[tuple[str, Figures]]:
        """Every group."""
        counts = np.zeros((len(self._index), len(COUNTED)), np.int64)
        longest_queue = np.zeros(len(self._index), np.int64)
        for number, found in self._days:
            own = number >= 0
            np.add.at(counts, number[own], found.counts[own])
            np.maximum.at(longest_queue, number[own], found.longest_queue[own])
        results, stats = self._results(), self._stats()
        for label, at in self._index.items():
            yield label, Figures(counts[at].tolist(), stats[at], int(longest_queue[at]), results[at])

    def shorter(self, metric: int, limits_ms: Sequence[int]) -> list[int]:
        """How many durations of all groups together are shorter than each limit."""
        slot, lasted_ms = self._durations()
        ordered = np.sort(lasted_ms[slot % len(METRICS) == metric])
        return [int(place) for place in np.searchsorted(ordered, limits_ms)]

    def _durations(self) -> tuple[Ints, Ints]:
        """All single durations: `group * len(METRICS) + metric`, and how long."""
        slots, lasted = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, found in self._days:
            metric, whose, lasted_ms = found.durations
            own = number[whose] >= 0
            slots.append((number[whose] * len(METRICS) + metric)[own])
            lasted.append(lasted_ms[own])
        return np.concatenate(slots), np.concatenate(lasted)

    def _stats(self) -> list[list[Stat]]:
        slot, lasted_ms = self._durations()
        size = len(self._index) * len(METRICS)
        number, sum_ms = np.bincount(slot, minlength=size), np.zeros(size, np.int64)
        np.add.at(sum_ms, slot, lasted_ms)
        ordered = np.append(lasted_ms[np.lexsort((lasted_ms, slot))], 0)
        first, has = np.cumsum(number) - number, number > 0
        ranks = [np.maximum(1, np.ceil(share * number)).astype(np.int64) for share in SHARES]
        found = [np.where(has, ordered[np.where(has, first + rank - 1, -1)], 0) for rank in (number, *ranks)]
        stats = list(map(Stat._make, zip(*(column.tolist() for column in (number, sum_ms, *found)), strict=True)))
        return [stats[start : start + len(METRICS)] for start in range(0, size, len(METRICS))]

    def _results(self) -> list[dict[str, int]]:
        results: list[dict[str, int]] = [{} for _ in self._index]
        for number, found in self._days:
            for group, told in found.results.items():
                if number[group] >= 0:
                    add_results(results[number[group]], told)
        return results
