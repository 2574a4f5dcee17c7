"""The figures of one day from its tickets, of one month from its days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from server.domain.figures import CUTS, Groups, HourOf, Life, Target, ended_by_day, gather
from server.domain.hall import Hall
from server.domain.rollups import Rollup, roll_up
from server.store import CounterDay, Opening, Reader

HOUR_MS = 3_600_000


def bounds_ms(hall: Hall, day: str) -> tuple[int, int]:
    """When a day begins and ends on the hall's clocks, the end excluded."""
    first = date.fromisoformat(day)
    start, end = (datetime.combine(first + timedelta(days=n), time(), hall.zone_info) for n in (0, 1))
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000)


def tallies(
    reader: Reader, hall: Hall, day: str, cuts: Iterable[str], agency: str | None = None, service: str | None = None
) -> dict[str, Groups]:
    """What the tickets of a day say, for each way to divide the hall; of one agency or service where that is named."""
    return _gather(reader, hall, day, cuts, reader.lives(day, agency, service))


def _gather(reader: Reader, hall: Hall, day: str, cuts: Iterable[str], lives: list[Life]) -> dict[str, Groups]:
    start_ms, end_ms = bounds_ms(hall, day)
    return gather(lives, cuts, _target(reader, end_ms), _hour_of(hall, start_ms, end_ms))


def _hour_of(hall: Hall, start_ms: int, end_ms: int) -> HourOf:
    plain = end_ms - start_ms == 24 * HOUR_MS  # the clocks are not set on this day

    def hour_of(at_ms: int) -> int:
        if plain and start_ms <= at_ms < end_ms:
            return (at_ms - start_ms) // HOUR_MS
        return hall.local(at_ms).hour

    return hour_of


def _target(reader: Reader, until_ms: int) -> Target:
    """The targets as they were: a target that is changed today does not change what was promised last year."""
    history = reader.targets(until_ms)
    since = [at_ms for at_ms, _ in history]
    if since != sorted(since):  # a clock was set back: each catalogue counts from when the next one did at the latest
        for n in range(len(since) - 2, -1, -1):
            since[n] = min(since[n], since[n + 1])

    def target(service: str, at_ms: int) -> int | None:
        known = max(0, bisect_right(since, at_ms) - 1)
        return history[known][1].get(service) if history else None

    return target


def roll_up_day(reader: Reader, hall: Hall, day: str) -> tuple[list[Rollup], list[CounterDay]]:
    """Everything that is kept of a day."""
    lives = reader.lives(day)
    return roll_up(day, _gather(reader, hall, day, CUTS, lives)), counters_of(reader, hall, day, lives)


def counters_of(
    reader: Reader, hall: Hall, day: str, lives: list[Life], now_ms: int | None = None
) -> list[CounterDay]:
    """What counters and officers did on a day, by counter and officer; of a day that goes on, until `now_ms`."""
    start_ms, end_ms = bounds_ms(hall, day)
    end_ms = end_ms if now_ms is None else max(start_ms, min(end_ms, now_ms))
    found: dict[tuple[str, str], list[int]] = {}
    for opening in reader.openings(start_ms, end_ms):
        own = found.setdefault((opening.counter, opening.officer), [0] * 5)
        own[opening.state == "paused"] += _within(opening, start_ms, end_ms)
    for life in lives:
        for span in life.spans[:-1] if ended_by_day(life) else life.spans:
            if span.counter is not None and span.end_ms is not None and span.state in ("called", "serving"):
                own = found.setdefault((span.counter, span.officer or ""), [0] * 5)
                own[2 + (span.state == "serving")] += span.end_ms - span.start_ms
        if life.state == "finished" and not life.closed_by_day and life.counter is not None:
            found.setdefault((life.counter, life.officer or ""), [0] * 5)[4] += 1
    return [CounterDay(day, *place, *found[place]) for place in sorted(found)]


def _within(opening: Opening, start_ms: int, end_ms: int) -> int:
    """How much of an opening falls into a stretch of time; one that lasts still has lasted to its end."""
    until_ms = end_ms if opening.end_ms is None else min(opening.end_ms, end_ms)
    return max(0, until_ms - max(opening.start_ms, start_ms))
