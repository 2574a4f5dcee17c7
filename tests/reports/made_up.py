"""Tickets of past days written straight into a hall's tables, and the figures of them reckoned the slow way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from server.domain.hall import WEEKDAYS
from server.store.changes import Changes
from tests.queue.house import QueueHall

AGENCY = {"akta": "capil", "ktp": "capil", "sim": "polres", "pajak": "polres"}
TARGET_MS = 30 * 60_000
SERVICES = tuple(AGENCY)
COUNTERS = ("1", "2", "3")
OFFICERS = {"1": "Siti", "2": "Budi", "3": "Rini"}


@dataclass(frozen=True)
class Leg:
    """A stay at a service: milliseconds of waiting, walking, serving; a counter, or None where nobody called."""

    service: str
    wait_ms: int
    counter: str | None = None
    walk_ms: int = 0
    serve_ms: int = 0


@dataclass(frozen=True)
class Made:
    """A ticket: the day, the millisecond of the day in which it was issued, its legs and its end."""

    day: str
    at_ms: int
    legs: tuple[Leg, ...]
    outcome: str = "served"
    party_size: int = 1
    told: str | None = None
    spans: list[dict[str, Any]] = field(default_factory=list, compare=False)


def write(queue: QueueHall, tickets: Iterable[Made]) -> None:
    """The tickets as the commands would have left them."""
    zone = queue.hall.zone_info

    def put(tx: Changes) -> None:
        for number, made in enumerate(tickets, 1):
            midnight = datetime.combine(date.fromisoformat(made.day), time(), zone)
            _put(tx, number, made, int(midnight.timestamp() * 1000) + made.at_ms)

    queue.write(put)


def _put(tx: Changes, number: int, made: Made, issued_ms: int) -> None:
    at_ms, last = issued_ms, made.legs[-1]
    for leg in made.legs:
        for state, lasts_ms in (("waiting", leg.wait_ms), ("called", leg.walk_ms), ("serving", leg.serve_ms)):
            if state == "waiting" or leg.counter is not None:
                called = None if state == "waiting" else leg.counter
                made.spans.append({
                    "state": state, "service": leg.service, "agency": AGENCY[leg.service], "counter": called,
                    "officer": OFFICERS.get(called or ""), "start_ms": at_ms, "end_ms": at_ms + lasts_ms,
                })  # fmt: skip
                at_ms += lasts_ms
    state = {"served": "finished", "closed_by_day": "finished"}.get(made.outcome, made.outcome)
    visit = tx.add_visit(f"MADE{number:012d}")
    tx._run(
        "INSERT INTO tickets (visit, number, day, sequence, round, ordinal, service, agency, state, party_size, "
        "source, issued_by, language, issued_ms, place_ms, since_ms, counter, officer, closed_by_day, outcome) "
        "VALUES (?,?,?,'made',0,?,?,?,?,?,'kiosk','x','id',?,?,?,?,?,?,?)",
        (visit, f"A-{number}", made.day, number, last.service, AGENCY[last.service], state, made.party_size,
         issued_ms, issued_ms, at_ms, last.counter, OFFICERS.get(last.counter or ""),
         int(made.outcome == "closed_by_day"), made.told if made.outcome == "served" else None),
    )  # fmt: skip
    ticket = tx._value("SELECT max(id) FROM tickets")
    for span in made.spans:
        tx._run(
            "INSERT INTO spans (ticket, state, service, agency, counter, officer, start_ms, end_ms) "
            "VALUES (?,?,?,?,?,?,?,?)",
            (ticket, *span.values()),
        )


def keys(made: Made, by: str, span: dict[str, Any]) -> str:
    """The row that a ticket's span belongs to."""
    hour = f"{made.at_ms // 3_600_000:02d}"
    weekday = WEEKDAYS[date.fromisoformat(made.day).weekday()]
    if by in ("agency", "service"):
        return str(span[by])
    if by == "service_counter":
        return f"{span['service']} {_charged(made, span)}"
    return {
        "hour": hour, "day": made.day, "month": made.day[:7], "weekday": weekday, "hour_weekday": f"{weekday}-{hour}",
        "hall": "hall",
    }[by]  # fmt: skip


def _charged(made: Made, span: dict[str, Any]) -> str:
    """The counter whose time a span is: waiting is of the one that then called, "" where none did."""
    if span["state"] == "waiting":
        place = next(at for at, own in enumerate(made.spans) if own is span)
        span = made.spans[min(place + 1, len(made.spans) - 1)]
    return str(span["counter"] or "")


def brute_force(tickets: Iterable[Made], by: str) -> dict[str, dict[str, Any]]:
    """For each row: the outcomes, persons, transfers, who was called in time, and all durations of each metric."""
    rows: dict[str, dict[str, Any]] = defaultdict(lambda: {
        "outcomes": defaultdict(int), "persons": 0, "transferred": 0, "within": 0, "results": defaultdict(int),
        **{metric: [] for metric in ("first_wait", "wait", "walk", "service", "total")},
    })  # fmt: skip
    for made in tickets:
        end = rows[keys(made, by, made.spans[-1])]
        end["outcomes"][made.outcome] += 1
        if made.outcome == "served":
            end["persons"] += made.party_size
            end["total"].append(made.spans[-1]["end_ms"] - made.spans[0]["start_ms"])
            if made.told:
                end["results"][made.told] += 1
        calls = [span for span in made.spans if span["state"] == "called"]
        if calls:
            first = calls[0]["start_ms"] - made.spans[0]["start_ms"]
            rows[keys(made, by, calls[0])]["first_wait"].append(first)
            rows[keys(made, by, calls[0])]["within"] += first <= TARGET_MS
        for leg in made.legs[:-1]:
            sent = {"service": leg.service, "agency": AGENCY[leg.service], "state": "serving", "counter": leg.counter}
            rows[keys(made, by, sent)]["transferred"] += 1
        for state, metric in (("waiting", "wait"), ("called", "walk"), ("serving", "service")):
            sums: dict[str, int] = defaultdict(int)
            # What the end of the day cut off lasted for nobody knows how long.
            for span in made.spans[:-1] if made.outcome in ("expired", "closed_by_day") else made.spans:
                if span["state"] == state:
                    sums[keys(made, by, span)] += span["end_ms"] - span["start_ms"]
            for key, lasted_ms in sums.items():
                if (metric != "wait" or calls) and (metric != "service" or made.outcome == "served"):
                    rows[key][metric].append(lasted_ms)
    return rows


def nearest_rank(durations: list[int], share: float) -> float:
    """The percentile by its definition."""
    return sorted(durations)[max(1, math.ceil(share * len(durations))) - 1]
