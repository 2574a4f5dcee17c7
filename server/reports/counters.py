"""How counters were used: open, paused, with a visitor; by counter, officer, agency or time of the day and year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from server.domain.hall import WEEKDAYS, Hall
from server.domain.rollups import month_of
from server.reports.day import counters_of
from server.reports.hours_of_use import used_by_hour
from server.store import CounterDay, Reader

COUNTER_GROUPINGS = ("counter", "officer", "agency", "hour", "day", "weekday", "month", "hall")
COUNTER_COLUMNS = (
    "key", "open_seconds", "paused_seconds", "called_seconds", "serving_seconds", "served", "utilisation",
)  # fmt: skip


def counters_report(
    reader: Reader, hall: Hall, first_day: str, last_day: str, by: str, now_ms: int
) -> list[dict[str, Any]]:
    """The rows over business days, both included; `utilisation` is the time serving over the time open, pauses apart.

    A counter is of the agency of its first service in the catalogue in force, "" where it is not in it any more.
    """
    sums: dict[str, list[int]] = {}
    for key, own in _used(reader, hall, first_day, last_day, by, now_ms):
        total = sums.setdefault(key, [0] * 5)
        for place, value in enumerate(own):
            total[place] += value
    known: dict[str, Iterable[str]] = {"counter": hall.counter, "agency": hall.agency, "weekday": WEEKDAYS}
    order = {key: place for place, key in enumerate(known.get(by, ()))}
    return [_row(key, sums[key]) for key in sorted(sums, key=lambda key: (order.get(key, len(order)), key))]


def _used(
    reader: Reader, hall: Hall, first_day: str, last_day: str, by: str, now_ms: int
) -> Iterator[tuple[str, Sequence[int]]]:
    if by == "hour":
        for day in reader.days_with_tickets(first_day, last_day):
            yield from used_by_hour(reader, hall, day, now_ms).items()
    else:
        for own in _days(reader, hall, first_day, last_day, now_ms):
            yield _label(hall, own, by), own[3:]


def _days(reader: Reader, hall: Hall, first_day: str, last_day: str, now_ms: int) -> Iterator[CounterDay]:
    rolled = reader.rolled(first_day, last_day)
    days = reader.days_with_tickets(first_day, last_day)
    yield from reader.counter_days([day for day in days if day in rolled])
    for day in days:
        if day not in rolled:
            yield from counters_of(reader, hall, day, now_ms)


def _label(hall: Hall, row: CounterDay, by: str) -> str:
    if by == "agency":
        counter = hall.catalogue.counter.get(row.counter)
        agency = hall.agency_of.get(counter.services[0]) if counter and counter.services else None
        return agency.id if agency else ""
    if by == "weekday":
        return WEEKDAYS[date.fromisoformat(row.day).weekday()]
    return {
        "counter": row.counter, "officer": row.officer, "day": row.day, "month": month_of(row.day), "hall": "hall",
    }[by]  # fmt: skip


def _row(key: str, sums: list[int]) -> dict[str, Any]:
    open_ms, paused_ms, called_ms, serving_ms, served = sums
    return {
        "key": key,
        "open_seconds": round(open_ms / 1000, 1),
        "paused_seconds": round(paused_ms / 1000, 1),
        "called_seconds": round(called_ms / 1000, 1),
        "serving_seconds": round(serving_ms / 1000, 1),
        "served": served,
        "utilisation": round(serving_ms / open_ms, 4) if open_ms else None,
    }
