"""Fills a hall's database with years of tickets, as its kiosks and officers would have left them.

Visitors queue at the counters of their agency and are served one after the other, so that waits come about as in a
real hall; some are passed on to another service, some do not come, some give up. One event a ticket, its chain whole.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np

from server.domain.hall import Hall
from server.store.chain import hash_payload, link, read_head
from server.store.records import TICKET_COLUMNS
from server.store.sqlite import connect

COUNTERS_EACH = 3
OPEN_MS, CLOSE_MS = 8 * 3_600_000, 15 * 3_600_000
ROWS = ("visits (id, code, issued_ms)", f"tickets ({', '.join(TICKET_COLUMNS)})",
        "spans (ticket, state, service, agency, counter, officer, start_ms, end_ms)",
        "events (seq, at_ms, kind, actor, payload, payload_hash, chain)",
        "openings (counter, state, officer, start_ms, end_ms)")  # fmt: skip


def document(agencies: int, services: int) -> dict[str, Any]:
    """A hall of so many agencies, services and three counters an agency, always in one zone."""

    def name(text: str) -> dict[str, str]:
        return {"id": text, "en": text}

    each = services // agencies
    return {
        "hall": {"name": "MPP Lima Tahun", "timezone": "Asia/Jakarta"},
        "zones": [{"id": "a", "name": name("Zona A")}],
        "agencies": [
            {"id": f"a-{n}", "name": name(f"Instansi {n}"), "zone": "a", "services": [
                {"id": f"s-{n}-{m}", "prefix": f"{chr(65 + n % 26)}{chr(65 + n // 26)}{m % 10}",
                 "name": name(f"Layanan {n}-{m}")} for m in range(each)
            ]}
            for n in range(agencies)
        ],
        "counters": [
            {"id": f"c-{n}-{m}", "label": f"{n * COUNTERS_EACH + m + 1}", "zone": "a",
             "services": [f"s-{n}-{k}" for k in range(each)]}
            for n in range(agencies) for m in range(COUNTERS_EACH)
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "a"}],
    }  # fmt: skip


def weekdays_until(last: date, count: int) -> list[date]:
    """The last so many days from Monday to Friday; `last` is among them whatever it is."""
    found, day = [last], last - timedelta(days=1)
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def fill_years(database: Path, hall: Hall, tickets: int, days: list[date]) -> None:
    """Add so many tickets, as many on each day, to a database that has this hall and its schema but no tickets."""
    with closing(connect(database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        with _without_indexes(connection):
            filling = _Filling(connection, hall)
            with click.progressbar(length=tickets, label=f"generating {tickets:,} tickets", file=sys.stderr) as bar:
                done = 0
                for n, day in enumerate(days, 1):
                    today = tickets * n // len(days) - done
                    filling.day(day, today)
                    done += today
                    bar.update(today)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Indexes and triggers are put back at the end: made at once they take a tenth of the time."""
    kept = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger') "
        "AND tbl_name IN ('tickets', 'spans', 'visits', 'events', 'openings')"
    ).fetchall()
    for kind, name, _ in kept:
        connection.execute(f"DROP {kind} {name}")
    yield
    with click.progressbar(kept, label="indexes", file=sys.stderr) as bar:
        for _, _, sql in bar:
            connection.execute(sql)


@dataclass(slots=True)
class _Desk:
    counter: str
    officer: str
    free_ms: int


class _Filling:
    """Writes day after day; the same hall and days give the same tickets."""

    def __init__(self, connection: sqlite3.Connection, hall: Hall) -> None:
        self._connection, self._hall = connection, hall
        self._dice = np.random.default_rng(2026)
        self._head = read_head(connection)
        self._seq, self._chain, self._id = self._head.seq, self._head.chain, 0
        self._services = [[service.id for service in agency.services] for agency in hall.agencies]
        self._prefix = {id: service.prefix for id, service in hall.services.items()}
        self._insert = [
            f"INSERT INTO {row} VALUES ({','.join('?' * (row.count(',') + 1))})" for row in ROWS
        ]  # fmt: skip

    def day(self, day: date, tickets: int) -> None:
        """One day's tickets, in one transaction."""
        midnight = datetime.combine(day, time(), self._hall.zone_info)
        start_ms = int(midnight.timestamp() * 1000)
        rows: list[list[tuple[Any, ...]]] = [[], [], [], [], []]
        whose = np.sort(self._dice.integers(0, len(self._services), tickets))
        for agency in range(len(self._services)):
            self._agency(rows, day.isoformat(), start_ms, agency, int((whose == agency).sum()))
        self._events(rows, start_ms)
        self._connection.execute("BEGIN")
        for sql, some in zip(self._insert, rows, strict=True):
            self._connection.executemany(sql, some)
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (str(self._seq),))
        self._connection.execute("COMMIT")

    def _agency(self, rows: list[list[tuple[Any, ...]]], day: str, start_ms: int, agency: int, count: int) -> None:
        dice, services, owner = self._dice, self._services[agency], f"a-{agency}"
        arrivals = np.sort(OPEN_MS + dice.beta(1.6, 2.2, count) * (CLOSE_MS - OPEN_MS)).astype(int).tolist()
        kinds = dice.integers(0, len(services), (count, 2)).tolist()
        lasting = np.clip(dice.lognormal(6.2, 0.6, (count, 2)) * 1000, 20_000, 3_600_000).astype(int).tolist()
        walks = dice.integers(5_000, 60_000, (count, 2)).tolist()
        fates = dice.random(count).tolist()
        desks = [(start_ms + OPEN_MS, n) for n in range(COUNTERS_EACH)]
        given = dict.fromkeys(services, 0)
        for n in range(count):
            service = services[kinds[n][0]]
            given[service] += 1
            self._ticket(rows, day, start_ms + arrivals[n], owner, [service, services[kinds[n][1]]], given[service],
                         desks, lasting[n], walks[n], fates[n])  # fmt: skip
        for n in range(COUNTERS_EACH):
            place = (f"c-{agency}-{n}", f"Petugas {agency}-{n}")
            noon = start_ms + 12 * 3_600_000
            for state, begin, end in (("open", start_ms + OPEN_MS, noon), ("paused", noon, noon + 1_800_000),
                                      ("open", noon + 1_800_000, start_ms + CLOSE_MS)):  # fmt: skip
                rows[4].append((place[0], state, place[1], begin, end))

    def _ticket(
        self, rows: list[list[tuple[Any, ...]]], day: str, issued_ms: int, agency: str, services: list[str],
        ordinal: int, desks: list[tuple[int, int]], lasting: list[int], walks: list[int], fate: float,
    ) -> None:  # fmt: skip
        self._id += 1
        id, at_ms, spans, service = self._id, issued_ms, rows[2], services[0]
        called: int | None = None
        started: int | None = None
        counter: str | None = None
        officer: str | None = None
        state, waited, served = "finished", 0, 0
        legs = 2 if fate < 0.03 and services[1] != services[0] else 1
        if fate > 0.95:  # gives up, or is left over
            state, counter = ("cancelled" if fate > 0.97 else "expired"), None
            at_ms = issued_ms + lasting[0]
            waited = lasting[0]
            spans.append((id, "waiting", service, agency, None, None, issued_ms, at_ms))
            legs = 0
        for leg in range(legs):
            service = services[leg]
            free_ms, desk = desks[0]
            call_ms = max(at_ms, free_ms)
            counter, officer = f"c-{agency[2:]}-{desk}", f"Petugas {agency[2:]}-{desk}"
            spans.append((id, "waiting", service, agency, None, None, at_ms, call_ms))
            waited += call_ms - at_ms
            called, at_ms = call_ms, call_ms + walks[leg]
            spans.append((id, "called", service, agency, counter, officer, call_ms, at_ms))
            if fate > 0.88:
                state = "no_show"
            else:
                started, at_ms = at_ms, at_ms + lasting[leg]
                served += lasting[leg]
                spans.append((id, "serving", service, agency, counter, officer, started, at_ms))
            heapq.heapreplace(desks, (at_ms, desk))
        ended = at_ms
        number = f"{self._prefix[services[0]]}-{ordinal:03d}"
        rows[0].append((id, f"GEN{id:013d}", issued_ms))
        rows[1].append(_ROW(
            id, number, day, services[0], ordinal, service, agency, state, issued_ms, ended, called, started,
            counter, officer, waited, served, 1 + id % 3,
        ))  # fmt: skip

    def _events(self, rows: list[list[tuple[Any, ...]]], at_ms: int) -> None:
        at_ms = max(at_ms, self._head.at_ms) if self._head.seq == 0 else self._head.at_ms
        for ticket in rows[1]:
            payload = json.dumps({"ticket": {"id": ticket[0], "number": ticket[2]}})
            self._seq, payload_hash = self._seq + 1, hash_payload(payload)
            self._chain = link(self._chain, self._seq, at_ms, "ticket.finished", "generator", payload_hash)
            rows[3].append((self._seq, at_ms, "ticket.finished", "generator", payload, payload_hash, self._chain))


def _row_maker() -> Any:
    """A function that makes a row of `tickets` in the order of its columns, whatever columns were added since."""
    usual: dict[str, Any] = dict.fromkeys(field for field in TICKET_COLUMNS)
    usual |= {"round": 1, "source": "kiosk", "issued_by": "generator", "language": "id", "recalls": 0, "calls": 1,
              "closed_by_day": 0, "held_ms": 0, "came_from": "serving"}  # fmt: skip
    given = ("id", "number", "day", "sequence", "ordinal", "service", "agency", "state", "issued_ms", "since_ms",
             "called_ms", "started_ms", "counter", "officer", "waited_ms", "served_ms", "party_size")  # fmt: skip
    copies = {"visit": "id", "place_ms": "issued_ms", "finished_ms": "since_ms", "served_here_ms": "served_ms"}
    sources = [copies.get(name, name) for name in TICKET_COLUMNS]
    order = [given.index(source) if source in given else None for source in sources]
    values = [usual[name] for name in TICKET_COLUMNS]
    plan = list(zip(order, values, strict=True))

    def make(*row: Any) -> tuple[Any, ...]:
        return tuple(value if at is None else row[at] for at, value in plan)

    return make


_ROW = _row_maker()
