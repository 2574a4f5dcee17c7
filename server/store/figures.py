"""Figures in the tables: what they are made from, the rollups of days and months, and when counters were open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from server.domain.figures import BETWEEN, CUTS, LIFE_KIND, PLACE, STRETCH_KIND, Lives, Stretch
from server.domain.rollups import Rollup, month_of, parts_of
from server.store import CounterDay, Opening, TicketFilter, TicketRow, placeholders

_TICKET_ROW = (
    "SELECT t.id, t.number, t.day, t.agency, t.service, t.counter, t.officer, t.state, t.closed_by_day, t.party_size, "
    "t.priority, t.source, t.issued_ms, t.since_ms, t.outcome FROM tickets t "
)
DAY_MS = 86_400_000
_DESK = ("counter", "officer")


def _lives(desks: bool) -> tuple[str, str]:
    """The questions for tickets and for their spans."""

    def kind(table: str, words: Sequence[str]) -> str:
        asked = [f"{table}.{word}" for word in words if desks or word not in _DESK]
        maybe = [f"ifnull({word}, '')" if word[2:] in (*_DESK, "outcome") else word for word in asked]
        return f" || '{BETWEEN}' || ".join(maybe)

    # In the order of the index, which is that of the spans: sorting them again would take as long as reading.
    return (
        f"SELECT t.id, {kind('t', LIFE_KIND)}, t.party_size, t.issued_ms, t.since_ms FROM tickets t WHERE t.day = ? ",
        f"SELECT s.ticket, {kind('s', STRETCH_KIND)}, s.start_ms, s.end_ms "
        "FROM tickets t CROSS JOIN spans s ON s.ticket = t.id WHERE t.day = ? ",
    )


_LIVES = {desks: _lives(desks) for desks in (True, False)}


class FigureRecords:
    """What reports ask of the tables; see the Reader protocol for the words."""

    connection: sqlite3.Connection
    _run: Callable[..., sqlite3.Cursor]

    def lives(self, day: str, agency: str | None = None, service: str | None = None, desks: bool = True) -> Lives:
        where, values = "", [day]
        for name, value in (("agency", agency), ("service", service)):
            if value is not None:
                where += f"AND EXISTS (SELECT 1 FROM spans e WHERE e.ticket = t.id AND e.{name} = ?) "
                values.append(value)
        return Lives(*(self.connection.execute(sql + where, values).fetchall() for sql in _LIVES[desks]))

    def days_with_tickets(self, first_day: str, last_day: str) -> list[str]:
        # From one day to the next along the index: as many steps as days, however many tickets each has.
        rows = self._run(
            "WITH RECURSIVE days(day) AS (SELECT (SELECT min(day) FROM tickets WHERE day BETWEEN ? AND ?) "
            "UNION ALL SELECT (SELECT min(day) FROM tickets WHERE day > days.day AND day <= ?) "
            "FROM days WHERE days.day IS NOT NULL) SELECT day FROM days WHERE day IS NOT NULL",
            (first_day, last_day, last_day),
        )
        return [day for (day,) in rows]

    def rolled(self, first: str, last: str) -> set[str]:
        rows = self._run("SELECT period FROM rolled WHERE done AND period BETWEEN ? AND ?", (first, last))
        return {period for (period,) in rows}

    def figures(
        self, cut: str, periods: Sequence[str], agency: str | None = None, service: str | None = None
    ) -> list[Rollup]:
        where = "".join(f" AND {name} = ?" for name, value in (("agency", agency), ("service", service)) if value)
        given = [value for value in (agency, service) if value]
        found: list[Rollup] = []
        for start in range(0, len(periods), 500):
            some = periods[start : start + 500]
            rows = self.connection.execute(
                "SELECT period, agency, service, counter, officer, facts, samples, results FROM figures "
                f"WHERE cut = ? AND period IN ({placeholders(some)}){where} "
                "ORDER BY period, agency, service, counter, officer",
                (cut, *some, *given),
            )
            found += [Rollup(cut, period, (a, s, c, o), *rest) for period, a, s, c, o, *rest in rows]
        return found

    def targets(self, until_ms: int) -> list[tuple[int, dict[str, int]]]:
        rows = self._run("SELECT at_ms, document FROM catalogue WHERE at_ms <= ? ORDER BY version", (until_ms,))
        found = [(at_ms, _targets(document)) for at_ms, document in rows]
        if not found:  # tickets of before the catalogue that is known
            rows = self._run("SELECT at_ms, document FROM catalogue ORDER BY version LIMIT 1")
            found = [(at_ms, _targets(document)) for at_ms, document in rows]
        return found

    def openings(self, start_ms: int, end_ms: int) -> list[Opening]:
        columns = "counter, state, officer, start_ms, end_ms FROM openings"
        rows = self._run(
            f"SELECT {columns} WHERE start_ms >= ? AND start_ms < ? UNION ALL SELECT * FROM (SELECT {columns} "
            "INDEXED BY opening_long WHERE (end_ms IS NULL OR end_ms - start_ms > 86400000) AND start_ms < ?) "
            "WHERE end_ms IS NULL OR end_ms > ? ORDER BY counter, start_ms",
            (start_ms - DAY_MS, end_ms, start_ms - DAY_MS, start_ms),
        )
        found = [Opening(*row) for row in rows]
        return [opening for opening in found if opening.end_ms is None or opening.end_ms > start_ms]

    def counter_days(self, days: Sequence[str]) -> Iterator[CounterDay]:
        for start in range(0, len(days), 500):
            some = days[start : start + 500]
            rows = self.connection.execute(
                "SELECT day, counter, officer, open_ms, paused_ms, called_ms, serving_ms, served FROM counter_days "
                f"WHERE day IN ({placeholders(some)}) ORDER BY day, counter, officer",
                some,
            )
            yield from (CounterDay(*row) for row in rows)

    def tickets_of_day(self, day: str, which: TicketFilter, after: int, limit: int) -> list[TicketRow]:
        where, values = "WHERE t.day = ? AND t.id > ?", list[Any]([day, after])
        if which.states:
            where += f" AND t.state IN ({placeholders(which.states)})"
            values += which.states
        if which.closed_by_day is not None:
            where += " AND t.closed_by_day = ?"
            values.append(int(which.closed_by_day))
        places = {name: getattr(which, name) for name in PLACE if getattr(which, name) is not None}
        if places and which.at_the_end:
            where += "".join(f" AND t.{name} = ?" for name in places)
        elif places:  # one span that was all of it: of this service at this counter, not of each at some time
            asked = " AND ".join(f"e.{name} = ?" for name in places)
            where += f" AND EXISTS (SELECT 1 FROM spans e WHERE e.ticket = t.id AND {asked})"
        values += places.values()
        if which.result is not None:
            where += " AND t.outcome = ?"
            values.append(which.result)
        if which.from_ms is not None:
            where += " AND t.issued_ms >= ? AND t.issued_ms < ?"
            values += [which.from_ms, which.until_ms]
        rows = self.connection.execute(f"{_TICKET_ROW}{where} ORDER BY t.id LIMIT ?", (*values, limit))
        return [self._with_spans(row) for row in rows.fetchall()]

    def _with_spans(self, row: Sequence[Any]) -> TicketRow:
        spans = self._run(
            "SELECT state, agency, service, counter, officer, start_ms, end_ms FROM spans WHERE ticket = ? ORDER BY id",
            (row[0],),
        )
        return TicketRow._make((*row, tuple(map(Stretch._make, spans))))


class FigureChanges:
    """Writing rollups and openings; see the Tx protocol for the words."""

    now_ms: int
    _run: Callable[..., sqlite3.Cursor]

    def begin_rollup(self, period: str) -> None:
        self._run("INSERT INTO rolled VALUES (?, 0) ON CONFLICT (period) DO UPDATE SET done = 0", (period,))

    def clear_rollup(self, period: str) -> None:
        for part in parts_of(period):
            for cut in CUTS:
                self._run("DELETE FROM figures WHERE cut = ? AND period = ?", (cut, part))
        self._run("DELETE FROM counter_days WHERE day = ?", (period,))

    def add_rollups(self, rollups: Sequence[Rollup]) -> None:
        for rollup in rollups:
            values = (rollup.cut, rollup.period, *rollup.place, rollup.facts, rollup.samples, rollup.results)
            self._run("INSERT OR REPLACE INTO figures VALUES (?,?,?,?,?,?,?,?,?)", values)

    def add_counter_days(self, rows: Sequence[CounterDay]) -> None:
        for row in rows:
            self._run("INSERT OR REPLACE INTO counter_days VALUES (?,?,?,?,?,?,?,?)", row)

    def end_rollup(self, period: str) -> bool:
        done: bool = self._run("UPDATE rolled SET done = 1 WHERE period = ?", (period,)).rowcount > 0
        if done and period != month_of(period):  # what the month was made from is another now
            self._run("DELETE FROM rolled WHERE period = ?", (month_of(period),))
        return done

    def forget_rollups(self) -> None:
        self._run("DELETE FROM rolled")

    def note_opening(self, counter: str, state: str, officer: str | None) -> None:
        self._run(
            "UPDATE openings SET end_ms = max(start_ms, ?) WHERE counter = ? AND end_ms IS NULL", (self.now_ms, counter)
        )
        if state != "closed":
            self._run(
                "INSERT INTO openings (counter, state, officer, start_ms) VALUES (?,?,?,?)",
                (counter, state, officer or "", self.now_ms),
            )


@lru_cache(16)  # the same catalogue for every question
def _targets(document: str) -> dict[str, int]:
    """The target of each service's first wait, in milliseconds."""
    return {
        service["id"]: int(service.get("target_wait_minutes", 30)) * 60_000
        for agency in json.loads(document).get("agencies", [])
        for service in agency.get("services", [])
    }
