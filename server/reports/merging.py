"""Rollups of many days or months added up, group by group: counts, sums and maxima exactly, percentiles within 1 %."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from server.domain.figures import COUNTED, CUTS, METRICS
from server.domain.hall import WEEKDAYS
from server.domain.histogram import BUCKETS, EDGES, bucket_of, middle_ms
from server.domain.rollups import FACTS, HOURLESS, LONGEST_QUEUE, MAXIMA, SUMS, Rollup
from server.reports.columns import Ints
from server.reports.packing import Groups, pack
from server.reports.rows import SHARES, Figures, Stat
from server.store import Reader

AT_ONCE = 2_000
"""Rollups unpacked at once: what is unpacked takes many times the room."""
MIDDLES = np.array([middle_ms(bucket) for bucket in range(BUCKETS)])


class Merged:
    """Figures by label; `by_hour` adds the hour to each label, `mon-08`."""

    def __init__(self, by_hour: bool = False) -> None:
        self._hours = HOURLESS + 1 if by_hour else 1
        self._index: dict[str, int] = {}
        self._facts: Ints = np.zeros((0, FACTS), np.int64)
        self._counts: Ints = np.zeros((0, len(METRICS) * BUCKETS), np.int64)
        self._results: dict[int, dict[str, int]] = {}

    def add(self, rollups: Sequence[Rollup], label_of: Callable[[Rollup], str]) -> None:
        """Take in rollups, each under the label of its group."""
        rest = iter(rollups)
        while some := list(islice(rest, AT_ONCE)):
            self._add(some, [self._index.setdefault(label_of(rollup), len(self._index)) for rollup in some])

    def _add(self, rollups: Sequence[Rollup], labels: Sequence[int]) -> None:
        self._grow(len(self._index) * self._hours)
        rows = np.array(labels, np.int64) * self._hours
        words, whose = _unpacked([rollup.facts for rollup in rollups], rows, "<u8")
        values, fact = (words & np.uint64((1 << 54) - 1)).astype(np.int64), (words >> np.uint64(54)).astype(np.int64)
        place = (whose + (fact >> 5) * (self._hours > 1)) * FACTS + (fact & 31)
        largest = (fact & 31) >= MAXIMA
        np.add.at(self._facts.reshape(-1), place[~largest], values[~largest])
        np.maximum.at(self._facts.reshape(-1), place[largest], values[largest])
        words, whose = _unpacked([rollup.samples for rollup in rollups], rows, "<u4")
        sample = words.astype(np.int64)
        group = whose + (sample >> 27) * (self._hours > 1)
        place = (group * len(METRICS) + (sample >> 24 & 7)) * BUCKETS + (sample >> 14 & 1023)
        np.add.at(self._counts.reshape(-1), place, sample & 0x3FFF)
        self._add_results(rollups, labels)

    def _grow(self, groups: int) -> None:
        more = groups - len(self._facts)
        if more > 0:
            more = max(more, len(self._facts))  # doubled, so that growing stays cheap
            self._facts = np.concatenate([self._facts, np.zeros((more, FACTS), np.int64)])
            self._counts = np.concatenate([self._counts, np.zeros((more, self._counts.shape[1]), np.int64)])

    def _add_results(self, rollups: Sequence[Rollup], labels: Sequence[int]) -> None:
        for rollup, label in zip(rollups, labels, strict=True):
            if rollup.results:
                for result, by_hour in json.loads(rollup.results).items():
                    for hour, count in by_hour.items():
                        own = self._results.setdefault(label * self._hours + int(hour) * (self._hours > 1), {})
                        own[result] = own.get(result, 0) + count

    def groups(self) -> Iterator[tuple[str, Figures]]:
        """Every group that has any figures, in no certain order."""
        used = len(self._index) * self._hours
        counts = self._counts[:used].reshape(used, len(METRICS), BUCKETS)
        numbers, percentiles = counts.sum(axis=2), _percentiles(counts)
        labels = list(self._index)
        for group in range(used):
            label, hour = labels[group // self._hours], group % self._hours
            if self._hours > 1 and not self._facts[group].any():
                continue
            facts = [int(value) for value in self._facts[group]]
            stats = []
            for metric in range(len(METRICS)):
                longest = facts[MAXIMA + metric]
                shares = (_capped(percentiles[share][group, metric], longest) for share in SHARES)
                stats.append(Stat(int(numbers[group, metric]), facts[SUMS + metric], longest, *shares))
            whole = f"{label}-{hour:02d}".removeprefix("-") if self._hours > 1 else label
            results = self._results.get(group, {})
            yield whole, Figures(facts[: len(COUNTED)], stats, facts[LONGEST_QUEUE], results)

    def shorter(self, metric: int, limits_ms: Sequence[int]) -> list[int]:
        """How many durations of all groups together are shorter than each limit."""
        used = len(self._index) * self._hours
        histogram = self._counts[:used].reshape(used, len(METRICS), BUCKETS)[:, metric].sum(axis=0)
        return [_share_below(histogram, limit_ms) for limit_ms in limits_ms]

    def pack(self, cut: str, periods_and_places: dict[str, tuple[str, Any]]) -> list[Rollup]:
        """The groups as rollups again, in the order of their labels' periods and places."""
        used = len(self._index) * self._hours
        group = np.arange(used)
        hour = group % self._hours if self._hours > 1 else np.full(used, HOURLESS)
        counts = self._counts[:used].reshape(-1)
        buckets = np.flatnonzero(counts)
        groups = Groups(group // self._hours, hour, self._facts[:used], buckets, counts[buckets], self._results)
        rollups = pack(cut, [periods_and_places[label] for label in self._index], groups)
        return sorted(rollups, key=lambda rollup: (rollup.period, rollup.place))


def _unpacked(blobs: Sequence[bytes], rows: Ints, kind: str) -> tuple[npt.NDArray[Any], Ints]:
    """All words, and for each the row of the rollup that it is from."""
    width = np.dtype(kind).itemsize
    return np.frombuffer(b"".join(blobs), kind), np.repeat(rows, [len(blob) // width for blob in blobs])


def _percentiles(counts: Ints) -> dict[float, npt.NDArray[np.float64]]:
    """Nearest-rank percentiles of every histogram, by share; of an empty one anything."""
    passed = np.cumsum(counts, axis=2)
    numbers = passed[:, :, -1]
    found = {}
    for share in SHARES:
        rank = np.maximum(1, np.ceil(share * numbers))
        found[share] = MIDDLES[np.minimum((passed < rank[:, :, None]).sum(axis=2), BUCKETS - 1)]
    return found


def _capped(duration_ms: float, longest_ms: int) -> float:
    """No percentile is more than the longest, which is known exactly."""
    return min(float(duration_ms), float(longest_ms))


def _share_below(histogram: Ints, limit_ms: int) -> int:
    """How many durations of a histogram are shorter than a limit; those of its bucket count by where it cuts that."""
    bucket = bucket_of(limit_ms)
    below = int(histogram[:bucket].sum())
    if bucket >= BUCKETS - 1:
        return below
    low, high = EDGES[bucket], EDGES[bucket + 1]
    return below + round(int(histogram[bucket]) * (limit_ms - low) / (high - low))


def roll_up_month(reader: Reader, month: str, days: Sequence[str]) -> list[Rollup]:
    """What is kept of a month, from the rollups of its days; the whole hall by weekday and hour."""
    found: list[Rollup] = []
    for cut in sorted(CUTS):
        merged, whose = Merged(by_hour=cut == "hall"), dict[str, tuple[str, Any]]()

        def label_of(rollup: Rollup, cut: str = cut, whose: dict[str, tuple[str, Any]] = whose) -> str:
            period = f"{month} {weekday_of(rollup.period)}" if cut == "hall" else month
            label = "\x1f".join((period, *rollup.place))
            whose[label] = period, rollup.place
            return label

        for start in range(0, len(days), 4):
            merged.add(reader.figures(cut, days[start : start + 4]), label_of)
        found += merged.pack(cut, whose)
    return found


def weekday_of(period: str) -> str:
    """The weekday of a day, or of a month's part that is of one weekday: `mon`."""
    return period[-3:] if " " in period else WEEKDAYS[date.fromisoformat(period).weekday()]
