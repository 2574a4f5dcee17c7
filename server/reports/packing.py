"""Figures of groups packed into rollups; server.domain.rollups says how."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.domain.figures import METRICS, Place
from server.domain.histogram import BUCKETS, EDGES
from server.domain.rollups import FACTS, HOURLESS, HOURS_OF, LONGEST_QUEUE, MAXIMA, MOST_IN_A_WORD, SUMS, Rollup
from server.reports.columns import Ints
from server.reports.gathering import Gathered, add_results

Words = npt.NDArray[np.uint64]


class Groups(NamedTuple):
    """Groups in the order of rollups and hours: of which rollup, of which hour, the facts, the outcomes told.

    `buckets` are those that hold any durations, ascending: `(group * len(METRICS) + metric) * BUCKETS + bucket`;
    `counts` tells how many each holds.
    """

    rollup: Ints
    hour: Ints
    facts: Ints
    buckets: Ints
    counts: Ints
    results: Mapping[int, dict[str, int]]


def roll_up(day: str, cut: str, found: Gathered) -> list[Rollup]:
    """What was gathered of a day, in the order of the places."""
    places = [(day, place) for place in found.places]
    if cut in HOURS_OF:
        return pack(cut, places, _groups(found, np.arange(len(found.place)), found.place, found.hour))
    each = np.arange(len(places))
    return pack(cut, places, _groups(found, found.place, each, np.full(len(places), HOURLESS)))


def _groups(found: Gathered, group: Ints, rollup: Ints, hour: Ints) -> Groups:
    """What was gathered, each put to a group of these rollups and hours."""
    metric, whose, lasted_ms = found.durations._replace(whose=group[found.durations.whose])
    facts = np.zeros((len(rollup), FACTS), np.int64)
    np.add.at(facts[:, :SUMS], group, found.counts)
    np.add.at(facts, (whose, SUMS + metric), lasted_ms)
    np.maximum.at(facts, (whose, MAXIMA + metric), lasted_ms)
    np.maximum.at(facts[:, LONGEST_QUEUE], group, found.longest_queue)
    bucket = np.searchsorted(EDGES, lasted_ms, side="right") - 1
    buckets, counts = np.unique((whose * len(METRICS) + metric) * BUCKETS + bucket, return_counts=True)
    results: dict[int, dict[str, int]] = {}
    for of, told in found.results.items():
        add_results(results.setdefault(int(group[of]), {}), told)
    return Groups(rollup, hour, facts, buckets, counts, results)


def pack(cut: str, whose: Sequence[tuple[str, Place]], groups: Groups) -> list[Rollup]:
    """The rollups of groups, with the period and place of each."""
    group, fact = np.nonzero(groups.facts)
    facts = _word(groups.hour[group], 59) | _word(fact, 54) | _word(groups.facts[group, fact], 0)
    some = _split(groups.rollup[group], facts.astype("<u8"), len(whose))
    group, words = _samples(groups)
    more = _split(groups.rollup[group], words.astype("<u4"), len(whose))
    results = _results(groups, len(whose))
    packed = zip(whose, some, more, results, strict=True)
    return [Rollup(cut, *own, some_facts, samples, told) for own, some_facts, samples, told in packed]


def _word(values: Ints, shift: int) -> Words:
    """Values at their place in a word of 64 bits."""
    return values.astype(np.uint64) << np.uint64(shift)


def _samples(groups: Groups) -> tuple[Ints, Words]:
    """The words of all buckets, and of which group each is; a bucket that holds too many has several."""
    full, rest = np.divmod(groups.counts, MOST_IN_A_WORD)
    number = full + (rest > 0)
    count = np.full(int(number.sum()), MOST_IN_A_WORD)
    count[(np.cumsum(number) - number)[rest > 0]] = rest[rest > 0]
    slot, bucket = np.divmod(np.repeat(groups.buckets, number), BUCKETS)
    group, metric = np.divmod(slot, len(METRICS))
    return group, _word(groups.hour[group], 27) | _word(metric, 24) | _word(bucket, 14) | _word(count, 0)


def _split(rollup: Ints, words: npt.NDArray[np.unsignedinteger], rollups: int) -> Iterator[bytes]:
    """The bytes of each rollup's words, which stand in the order of the rollups."""
    data, width = words.tobytes(), words.itemsize
    ends = np.searchsorted(rollup, np.arange(-1, rollups), side="right") * width
    return (data[start:end] for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))


def _results(groups: Groups, rollups: int) -> Iterator[str]:
    found: dict[int, dict[str, dict[str, int]]] = {}
    for group in sorted(groups.results):
        for result, count in groups.results[group].items():
            own = found.setdefault(int(groups.rollup[group]), {})
            own.setdefault(result, {})[str(groups.hour[group])] = count
    texts = {at: json.dumps(own, sort_keys=True, ensure_ascii=False) for at, own in found.items()}
    return (texts.get(at, "") for at in range(rollups))
