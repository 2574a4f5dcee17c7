"""Past days of a hall, written straight into its database: visitors who queue at its counters, as in a usual month."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from server.domain.hall import Agency, Hall, Service
from server.store.sqlite import connect

OPEN_MS, CLOSE_MS = 8 * 3_600_000, int(15.5 * 3_600_000)
TICKET = (
    "INSERT INTO tickets (visit, number, day, sequence, round, ordinal, service, agency, state, party_size, source, "
    "issued_by, language, issued_ms, place_ms, since_ms, counter, officer, closed_by_day, outcome) "
    "VALUES (?,?,?,?,0,?,?,?,?,?,'kiosk','x','id',?,?,?,?,?,0,?)"
)
SPAN = "INSERT INTO spans (ticket, state, service, agency, counter, officer, start_ms, end_ms) VALUES (?,?,?,?,?,?,?,?)"
OPENING = "INSERT INTO openings (counter, state, officer, start_ms, end_ms) VALUES (?,?,?,?,?)"
OFFICERS = ("Siti Rahmah", "Budi Santoso", "Rini Wulandari", "Andi Saputra", "Dewi Lestari", "Yusuf Hidayat")


@dataclass
class PastDays:
    """Fills a database that has this hall; `load` is how busy counters are, 1 being all day long."""

    hall: Hall
    load: float = 0.8
    serve_minutes: float = 12.0
    dice: Random = field(default_factory=lambda: Random(2026))

    def write(self, database: Path, days: Iterable[date], until_ms: int) -> int:
        """The tickets of these days, of those only whose visitors had gone by `until_ms`; how many there are."""
        with closing(connect(database)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for day in days:
                midnight = datetime.combine(day, time(), self.hall.zone_info)
                for place, agency in enumerate(self.hall.agencies):
                    _Day(self, connection, day, int(midnight.timestamp() * 1000), until_ms).agency(agency, place)
            connection.execute("COMMIT")
            return int(connection.execute("SELECT count(*) FROM tickets").fetchone()[0])


@dataclass
class _Day:
    past: PastDays
    connection: sqlite3.Connection
    day: date
    midnight_ms: int
    until_ms: int

    def agency(self, agency: Agency, place: int) -> None:
        """All visitors of an agency, one after the other at whichever of its counters is free first."""
        dice, hall = self.past.dice, self.past.hall
        desks = [(OPEN_MS, each.id) for each in hall.counters if hall.agency_of[each.services[0]].id == agency.id]
        if not desks:
            return
        busy = self.past.load * (0.55 + 0.1 * (place * 7 % 6)) * (1.25 if self.day.weekday() == 0 else 1.0)
        busy *= 1 + 0.25 * ((self.day.toordinal() // 30) % 2)
        count = int(busy * len(desks) * (CLOSE_MS - OPEN_MS) / (self.past.serve_minutes * 60_000))
        arrivals = sorted(int(OPEN_MS + dice.betavariate(1.5, 2.4) * (CLOSE_MS - OPEN_MS)) for _ in range(count))
        for ordinal, at_ms in enumerate(arrivals, 1):
            self._visitor(agency, dice.choice(agency.services), ordinal, self.midnight_ms + at_ms, desks)
        for free_ms, desk in desks:
            self._opening(desk, max(CLOSE_MS, free_ms))

    def _opening(self, desk: str, closed_ms: int) -> None:
        noon = 12 * 3_600_000
        for state, start_ms, end_ms in (("open", OPEN_MS, noon), ("paused", noon, noon + 1_800_000),
                                        ("open", noon + 1_800_000, closed_ms)):  # fmt: skip
            if self.midnight_ms + end_ms < self.until_ms:
                self.connection.execute(
                    OPENING, (desk, state, _officer(desk), self.midnight_ms + start_ms, self.midnight_ms + end_ms)
                )

    def _visitor(
        self, agency: Agency, service: Service, ordinal: int, issued_ms: int, desks: list[tuple[int, str]]
    ) -> None:
        dice = self.past.dice
        fate, free_ms, counter = dice.random(), *desks[0]
        lasts_ms = int(min(max(dice.lognormvariate(0, 0.5) * self.past.serve_minutes, 1), 60) * 60_000)
        called_ms = max(issued_ms, self.midnight_ms + free_ms)
        state = "cancelled" if fate > 0.97 else "expired" if fate > 0.96 else "no_show" if fate > 0.9 else "finished"
        spans: list[tuple[str, str | None, int, int]] = [("waiting", None, issued_ms, called_ms)]
        if state in ("no_show", "finished"):
            spans.append(("called", counter, called_ms, called_ms + dice.randint(5_000, 60_000)))
        if state == "finished":
            spans.append(("serving", counter, spans[-1][3], spans[-1][3] + lasts_ms))
        ended_ms = spans[-1][3]
        if ended_ms >= self.until_ms:
            return
        if len(spans) > 1:
            heapq.heapreplace(desks, (ended_ms - self.midnight_ms, counter))
        self._put(agency, service, ordinal, state, spans)

    def _put(
        self, agency: Agency, service: Service, ordinal: int, state: str, spans: list[tuple[str, str | None, int, int]]
    ) -> None:
        dice, run = self.past.dice, self.connection.execute
        issued_ms, ended_ms, counter = spans[0][2], spans[-1][3], spans[-1][1]
        code = f"{dice.getrandbits(80):020x}"
        visit = run("INSERT INTO visits (code, issued_ms) VALUES (?,?)", (code, issued_ms)).lastrowid
        told = [outcome.id for outcome in service.outcomes]
        outcome = dice.choices(told, [8, *[1] * (len(told) - 1)])[0] if told and state == "finished" else None
        row: tuple[Any, ...] = (
            visit, f"{service.prefix}-{ordinal:03d}", self.day.isoformat(), agency.id, ordinal, service.id,
            agency.id, state, 1, issued_ms, issued_ms, ended_ms, counter, _officer(counter), outcome,
        )  # fmt: skip
        ticket = run(TICKET, row).lastrowid
        for name, at, start_ms, end_ms in spans:
            run(SPAN, (ticket, name, service.id, agency.id, at, _officer(at), start_ms, end_ms))


def working_days(last: date, count: int) -> list[date]:
    """So many days up to and with `last`, without Saturdays and Sundays."""
    found, day = list[date](), last
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def _officer(counter: str | None) -> str | None:
    return None if counter is None else OFFICERS[sum(map(ord, counter)) % len(OFFICERS)]
