"""The figures of one day from its tickets, of one month from its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from server.domain.figures import CUTS, DIVIDED
from server.domain.hall import Hall
from server.domain.rollups import Rollup
from server.reports.columns import Columns, Ints, columns_of
from server.reports.gathering import Gathered, Target, at_counters, gather
from server.reports.packing import roll_up
from server.reports.queues import HOURS, Clock
from server.store import CounterDay, Opening, Reader

HOUR_MS = 3_600_000
MOST_DAYS_READ = 92
"""Over how many days a report is read from tickets and spans where no rollup can answer it."""


def bounds_ms(hall: Hall, day: str) -> tuple[int, int]:
    """When a day begins and ends on the hall's clocks, the end excluded."""
    first = date.fromisoformat(day)
    start, end = (datetime.combine(first + timedelta(days=n), time(), hall.zone_info) for n in (0, 1))
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000)


def gathered(
    reader: Reader, hall: Hall, day: str, cut: str, agency: str | None = None, service: str | None = None
) -> Gathered:
    """What the tickets of a day say, for a way to divide the hall; of one agency or service where that is named."""
    desks = not {"counter", "officer"}.isdisjoint(DIVIDED[cut])
    columns = columns_of(reader.lives(day, agency, service, desks=desks))
    start_ms, end_ms = bounds_ms(hall, day)
    return gather(columns, cut, _target(reader, end_ms), _clock(hall, start_ms, end_ms))


def _clock(hall: Hall, start_ms: int, end_ms: int) -> Clock:
    def hours_of(at_ms: Ints) -> Ints:
        hours = (at_ms - start_ms) // HOUR_MS
        # The clocks are set on a day that has not 24 hours.
        others = (at_ms < start_ms) | (at_ms >= end_ms) | (end_ms - start_ms != HOURS * HOUR_MS)
        hours[others] = [hall.local(at).hour for at in at_ms[others].tolist()]
        return hours

    exist = np.zeros(HOURS, np.bool_)
    exist[hours_of(np.arange(start_ms, end_ms, HOUR_MS // 4))] = True
    return Clock(hours_of, exist)


def _target(reader: Reader, until_ms: int) -> Target:
    """The targets as they were: a target that is changed today does not change what was promised last year."""
    history = reader.targets(until_ms)
    since = [at_ms for at_ms, _ in history]
    for n in range(len(since) - 2, -1, -1):  # a clock was set back: each counts from when the next did at the latest
        since[n] = min(since[n], since[n + 1])

    def target(names: Sequence[str], service: Ints, at_ms: Ints) -> Ints:
        found = np.full(len(service), -1)
        known = np.maximum(0, np.searchsorted(np.array(since, np.int64), at_ms, side="right") - 1)
        for version in np.unique(known).tolist() if history else ():
            targets = np.array([history[version][1].get(name, -1) for name in names], np.int64)
            found[known == version] = targets[service[known == version]]
        return found

    return target


def roll_up_day(reader: Reader, hall: Hall, day: str) -> tuple[list[Rollup], list[CounterDay]]:
    """Everything that is kept of a day."""
    columns, (start_ms, end_ms) = columns_of(reader.lives(day)), bounds_ms(hall, day)
    target, clock = _target(reader, end_ms), _clock(hall, start_ms, end_ms)
    rollups = [one for cut in sorted(CUTS) for one in roll_up(day, cut, gather(columns, cut, target, clock))]
    return rollups, _counters_of(reader, hall, day, columns)


def counters_of(reader: Reader, hall: Hall, day: str, now_ms: int) -> list[CounterDay]:
    """What counters and officers did on a day, by counter and officer; of a day that goes on, until `now_ms`."""
    return _counters_of(reader, hall, day, columns_of(reader.lives(day)), now_ms)


def _counters_of(
    reader: Reader, hall: Hall, day: str, columns: Columns, now_ms: int | None = None
) -> list[CounterDay]:
    start_ms, end_ms = bounds_ms(hall, day)
    end_ms = end_ms if now_ms is None else max(start_ms, min(end_ms, now_ms))
    found: dict[tuple[str, str], list[int]] = {}
    for opening in reader.openings(start_ms, end_ms):
        own = found.setdefault((opening.counter, opening.officer), [0] * 5)
        own[opening.state == "paused"] += _within(opening, start_ms, end_ms)
    for place, sums in at_counters(columns).items():
        found.setdefault(place, [0] * 5)[2:] = sums
    return [CounterDay(day, *place, *found[place]) for place in sorted(found)]


def _within(opening: Opening, start_ms: int, end_ms: int) -> int:
    """How much of an opening falls into a stretch of time; one that lasts still has lasted to its end."""
    until_ms = end_ms if opening.end_ms is None else min(opening.end_ms, end_ms)
    return max(0, until_ms - max(opening.start_ms, start_ms))
