"""A group's figures of a day or a month in few bytes, the same bytes for the same figures on every machine.

`facts` are words of 64 bits: hour (5 bits), which fact (5), value (54). `samples` are words of 32 bits: hour (5), which
metric (3), bucket of server.domain.histogram (10), count (14; more than fits makes further words). Little-endian, in
ascending order, none for what is 0.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from server.domain.figures import COUNTED, METRICS, Groups, Place, Tally
from server.domain.hall import WEEKDAYS
from server.domain.histogram import bucket_of

HOURLESS: Final = 31
"""The hour of figures that are not told apart by hours."""
HOURS_OF: Final = ("hall", "agency", "service")
"""The cuts whose days are kept by hours."""
SUMS: Final = len(COUNTED)
MAXIMA: Final = SUMS + len(METRICS)
LONGEST_QUEUE: Final = MAXIMA + len(METRICS)
FACTS: Final = LONGEST_QUEUE + 1
"""How many facts there are: those COUNTED, a sum and a maximum of each metric in milliseconds, the longest queue."""
MOST_IN_A_WORD: Final = (1 << 14) - 1


@dataclass(frozen=True, slots=True)
class Rollup:
    """The figures of a group: whose they are, and what the module's docstring tells.

    `period` is a day, a month, or for the whole hall a month's weekdays, `2026-11 mon`. `results` is JSON: how often
    each outcome of a service was told, by hour; "" for none.
    """

    cut: str
    period: str
    place: Place
    facts: bytes
    samples: bytes
    results: str


def month_of(period: str) -> str:
    """The month of a day, `2026-11`; of a month itself."""
    return period[:7]


def parts_of(period: str) -> tuple[str, ...]:
    """The periods that figures of a day or a month are kept under."""
    if period != month_of(period):
        return (period,)
    return (period, *(f"{period} {weekday}" for weekday in WEEKDAYS))


def roll_up(day: str, groups: dict[str, Groups]) -> list[Rollup]:
    """The tallies of a day, packed, in the order of the cuts and places."""
    found = []
    for cut in sorted(groups):
        by_place: dict[Place, dict[int, Tally]] = {}
        for (place, hour), tally in groups[cut].items():
            kept = by_place.setdefault(place, {})
            if cut in HOURS_OF:
                kept[hour] = tally
            else:
                kept.setdefault(HOURLESS, Tally()).add(tally)
        found += [_pack(cut, day, place, by_place[place]) for place in sorted(by_place)]
    return found


def _pack(cut: str, day: str, place: Place, hours: dict[int, Tally]) -> Rollup:
    facts = [word for hour in sorted(hours) for word in _facts(hour, hours[hour])]
    samples = [word for hour in sorted(hours) for word in _samples(hour, hours[hour])]
    results: dict[str, dict[str, int]] = {}
    for hour in sorted(hours):
        for result, count in hours[hour].results.items():
            results.setdefault(result, {})[str(hour)] = count
    text = json.dumps(results, sort_keys=True, ensure_ascii=False) if results else ""
    return Rollup(cut, day, place, packed(facts, "Q"), packed(samples, "I"), text)


def packed(words: list[int], kind: str) -> bytes:
    """Words of 64 (`Q`) or 32 bits (`I`), little-endian."""
    return struct.pack(f"<{len(words)}{kind}", *words)


def _facts(hour: int, tally: Tally) -> Iterable[int]:
    values = [*tally.counts, *map(sum, tally.samples), *(max(own, default=0) for own in tally.samples)]
    return fact_words(hour, [*values, tally.longest_queue])


def fact_words(hour: int, values: Iterable[int]) -> list[int]:
    """The words of an hour's facts."""
    return [hour << 59 | fact << 54 | value for fact, value in enumerate(values) if value]


def _samples(hour: int, tally: Tally) -> Iterable[int]:
    for metric, durations in enumerate(tally.samples):
        if durations:
            for bucket, same in groupby(sorted(map(bucket_of, durations))):
                yield from sample_words(hour, metric, bucket, sum(1 for _ in same))


def sample_words(hour: int, metric: int, bucket: int, count: int) -> list[int]:
    """The words of so many durations in one bucket."""
    head = hour << 27 | metric << 24 | bucket << 14
    if count <= MOST_IN_A_WORD:
        return [head | count]
    full = count // MOST_IN_A_WORD
    rest = count - full * MOST_IN_A_WORD
    return ([head | rest] if rest else []) + [head | MOST_IN_A_WORD] * full
