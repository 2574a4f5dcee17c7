"""Reading the tables: the Reader of the Store protocol over one SQLite connection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any

from server.domain.events import Event
from server.domain.numbering import Position
from server.domain.tickets import State, Ticket
from server.domain.waiting import Pace
from server.store import (
    Catalogue,
    CounterRow,
    Device,
    Note,
    PrinterRow,
    PrintJob,
    ServedToday,
    Span,
    Token,
    User,
    placeholders,
)
from server.store.announcements import AnnouncementRecords
from server.store.boards import BoardRecords
from server.store.figures import FigureRecords
from server.store.oversight import OversightRecords
from server.store.retention import RetentionRecords
from server.store.surveys import SurveyRecords

TICKET_COLUMNS = Ticket._fields
_STATE_AT = TICKET_COLUMNS.index("state")
_STATES = {state.value: state for state in State}
_TICKET = "SELECT " + ", ".join(f"t.{name}" for name in TICKET_COLUMNS) + " FROM tickets t "
_BUSY = "EXISTS (SELECT 1 FROM tickets b WHERE b.visit = t.visit AND b.state IN ('called','serving'))"
WANTED_MS = 60 * 60 * 1000
"""So long a ticket that was sent to a certain counter waits for that one: it may have been left without closing."""
_NOT_ANOTHERS = (
    "(t.wanted_counter IS NULL OR t.wanted_counter = ? OR t.since_ms <= ? OR NOT EXISTS "
    "(SELECT 1 FROM counters w WHERE w.id = t.wanted_counter AND w.state <> 'closed'))"
)
_QUEUE_OF = {
    None: "ticket_queue WHERE 1",
    True: "ticket_priority WHERE t.priority IS NOT NULL",
    False: "ticket_queue WHERE t.priority IS NULL",
}
_WALKING = "EXISTS (SELECT 1 FROM visits v WHERE v.id = t.visit AND v.freed_ms > ? AND v.freed_ms <= ?)"
_COUNTER = "SELECT " + ", ".join(field.name for field in fields(CounterRow)) + " FROM counters "
_JOB = "SELECT " + ", ".join(field.name for field in fields(PrintJob)) + " FROM print_jobs "
FUTURE_MS = 60_000
"""A print job that was made so much later than now is of before the clock was set back."""
_SPAN = ", ".join(f"s.{field.name}" for field in fields(Span))


def ticket_of(row: Sequence[Any]) -> Ticket:
    """A Ticket from a row in the order of TICKET_COLUMNS."""
    values = list(row)
    values[_STATE_AT] = _STATES[values[_STATE_AT]]
    return Ticket._make(values)


class Records(
    OversightRecords, AnnouncementRecords, BoardRecords, SurveyRecords, RetentionRecords, FigureRecords
):
    """Everything that screens and commands ask of the tables; see the Reader protocol for the words."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        # One cursor for all: every answer is read to its end before the next question.
        self._run = connection.cursor().execute

    def _tickets(self, where: str, *values: Any) -> list[Ticket]:
        return [ticket_of(row) for row in self._run(_TICKET + where, values)]

    def _ticket(self, where: str, *values: Any) -> Ticket | None:
        row = self._run(_TICKET + where, values).fetchone()
        return None if row is None else ticket_of(row)

    def _value(self, sql: str, *values: Any) -> Any:
        row = self._run(sql, values).fetchone()
        return None if row is None else row[0]

    def head(self) -> int:
        return self._value("SELECT max(seq) FROM events") or 0

    def meta(self, key: str) -> str | None:
        value: str | None = self._value("SELECT value FROM meta WHERE key = ?", key)
        return value

    def catalogue(self) -> Catalogue | None:
        row = self._run("SELECT version, document, source_hash FROM catalogue ORDER BY version DESC LIMIT 1").fetchone()
        return None if row is None else Catalogue(*row)

    def catalogue_version(self) -> int:
        return self._value("SELECT max(version) FROM catalogue") or 0

    def ticket(self, id: int) -> Ticket | None:
        return self._ticket("WHERE t.id = ?", id)

    def ticket_at(self, counter: str) -> Ticket | None:
        return self._ticket("WHERE t.counter = ? AND t.state IN ('called','serving')", counter)

    def visit_id(self, code: str) -> int | None:
        value: int | None = self._value("SELECT id FROM visits WHERE code = ?", code)
        return value

    def visit_code(self, visit: int) -> str:
        return str(self._value("SELECT code FROM visits WHERE id = ?", visit))

    def tickets_of_visit(self, visit: int) -> list[Ticket]:
        return self._tickets("WHERE t.visit = ? ORDER BY t.id", visit)

    def busy_ticket_of_visit(self, visit: int) -> Ticket | None:
        return self._ticket("WHERE t.visit = ? AND t.state IN ('called','serving')", visit)

    def queue_head(
        self, service: str, counter: str, *, priority: bool | None, day: str, wall_ms: int, walk_ms: int
    ) -> Ticket | None:
        # The few with priority have an index of their own; one without is found past them in the index of all.
        return self._ticket(
            f"INDEXED BY {_QUEUE_OF[priority]} AND t.service = ? AND t.state = 'waiting' AND t.day >= ? "
            f"AND {_NOT_ANOTHERS} AND NOT {_BUSY} AND NOT {_WALKING} ORDER BY t.place_ms, t.id LIMIT 1",
            service,
            day,
            counter,
            wall_ms - WANTED_MS,
            wall_ms - walk_ms,
            wall_ms,
        )

    def queue(self, services: Sequence[str], limit: int) -> list[Ticket]:
        # One index range a service, each cut off: a queue of 2,000 costs no more than one of 20.
        found: list[Ticket] = []
        for service in services:
            found += self._tickets(
                "WHERE t.service = ? AND t.state = 'waiting' ORDER BY t.place_ms, t.id LIMIT ?", service, limit
            )
        found.sort(key=lambda ticket: (ticket.place_ms, ticket.id))
        return found[:limit]

    def waiting_numbered(self, services: Sequence[str], ordinal: int) -> list[Ticket]:
        found: list[Ticket] = []
        for service in services:
            found += self._tickets(
                "WHERE t.service = ? AND t.state = 'waiting' AND t.ordinal = ? ORDER BY t.place_ms, t.id",
                service,
                ordinal,
            )
        return found

    def waiting_count(self, service: str) -> int:
        return int(self._value("SELECT waiting FROM queue_lengths WHERE service = ?", service) or 0)

    def waiting_counts(self) -> dict[str, int]:
        return dict(self._run("SELECT service, waiting FROM queue_lengths WHERE waiting > 0").fetchall())

    def ahead(self, ticket: Ticket) -> int:
        # Counted from the end, where new tickets stand: theirs is read at once, however many wait.
        row = self._run(
            "SELECT waiting, (SELECT count(*) FROM tickets WHERE service = ? AND state = 'waiting' "
            "AND (place_ms, id) >= (?, ?)) FROM queue_lengths WHERE service = ?",
            (ticket.service, ticket.place_ms, ticket.id, ticket.service),
        ).fetchone()
        return 0 if row is None else int(row[0] - row[1])

    def missed(self, services: Sequence[str], day: str, counter: str | None = None) -> list[Ticket]:
        return self._tickets(
            f"WHERE t.day = ? AND (t.service IN ({placeholders(services)}) OR t.counter = ?) AND t.state = 'no_show' "
            "ORDER BY t.no_show_ms DESC LIMIT 50",
            day,
            *services,
            counter,
        )

    def missed_ordinals(self, sequence: str, day: str) -> frozenset[int]:
        rows = self._run(
            "SELECT ordinal FROM tickets WHERE day = ? AND state = 'no_show' AND +sequence = ?", (day, sequence)
        )
        return frozenset(ordinal for (ordinal,) in rows)

    def wanted(self, counter: str) -> list[Ticket]:
        return self._tickets("WHERE t.wanted_counter = ? AND t.state = 'waiting'", counter)

    def notes(self, ticket: int) -> list[Note]:
        rows = self._run("SELECT at_ms, author, text FROM notes WHERE ticket = ? ORDER BY id", (ticket,))
        return [Note(*row) for row in rows]

    def held(self, services: Sequence[str], counter: str | None = None) -> list[Ticket]:
        return self._tickets(
            f"INDEXED BY ticket_held WHERE (t.service IN ({placeholders(services)}) OR t.counter = ?) "
            "AND t.state = 'held' ORDER BY t.since_ms",
            *services,
            counter,
        )

    def active_before(self, day: str) -> list[Ticket]:
        # Named, because SQLite would rather walk all tickets that ever were in the order of their ids.
        found = [
            *self._tickets("INDEXED BY ticket_queue WHERE t.day < ? AND t.state = 'waiting'", day),
            *self._tickets("INDEXED BY ticket_at_counter WHERE t.day < ? AND t.state IN ('called','serving')", day),
            *self._tickets("INDEXED BY ticket_held WHERE t.day < ? AND t.state = 'held'", day),
        ]
        return sorted(found, key=lambda ticket: ticket.id)

    def number_in_use(self, day: str, sequence: str, ordinal: int) -> bool:
        rounds = self._value("SELECT max(round) FROM tickets WHERE day = ? AND sequence = ?", day, sequence)
        return rounds is not None and bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM tickets t WHERE t.day = ? AND t.sequence = ? "
                f"AND t.round IN ({placeholders(range(rounds))}) AND t.ordinal = ? "
                "AND t.state IN ('waiting','called','serving','held'))",
                day,
                sequence,
                *range(1, rounds + 1),
                ordinal,
            )
        )

    def position(self, sequence: str, day: str) -> Position | None:
        values = (sequence, day)
        row = self._run("SELECT day, round, ordinal FROM sequences WHERE id = ? AND day = ?", values).fetchone()
        if row is None:  # another day, which may have been before: an admin may accept a clock that was set back
            row = self._run(
                "SELECT day, round, ordinal FROM tickets WHERE sequence = ? AND day = ? "
                "ORDER BY round DESC, ordinal DESC LIMIT 1",
                values,
            ).fetchone()
        return None if row is None else Position(*row)

    def sequences_of_prefixes(self, day: str) -> dict[str, frozenset[str]]:
        rows = self._run(
            "SELECT DISTINCT substr(number, 1, instr(number, '-') - 1), sequence FROM tickets WHERE day = ?", (day,)
        )
        found: dict[str, frozenset[str]] = {}
        for prefix, sequence in rows:
            found[prefix] = found.get(prefix, frozenset()) | {sequence}
        return found

    def given_on(self, day: str) -> dict[str, int]:
        return dict(self._run("SELECT service, given FROM given_numbers WHERE day = ?", (day,)).fetchall())

    def given(self, service: str, day: str) -> int:
        return int(self._value("SELECT given FROM given_numbers WHERE day = ? AND service = ?", day, service) or 0)

    def counter(self, id: str) -> CounterRow | None:
        row = self._run(_COUNTER + "WHERE id = ?", (id,)).fetchone()
        return None if row is None else CounterRow(*row)

    def counters(self) -> dict[str, CounterRow]:
        return {row[0]: CounterRow(*row) for row in self._run(_COUNTER)}

    def profiles(self) -> dict[str, str]:
        return dict(self._run("SELECT id, profile FROM counters WHERE profile IS NOT NULL").fetchall())

    def counter_of(self, actor: str) -> CounterRow | None:
        row = self._run(_COUNTER + "WHERE actor = ?", (actor,)).fetchone()
        return None if row is None else CounterRow(*row)

    def current_calls(self) -> list[Ticket]:
        return self._tickets("WHERE t.state IN ('called','serving') ORDER BY t.called_ms DESC, t.id DESC")

    def recent_calls(self, day: str, counters: Sequence[str], agencies: Sequence[str], limit: int) -> list[Ticket]:
        return self._tickets(
            f"WHERE t.day = ? AND t.called_ms IS NOT NULL "
            f"AND (t.counter IN ({placeholders(counters)}) OR t.agency IN ({placeholders(agencies)})) "
            "ORDER BY t.called_ms DESC, t.id DESC LIMIT ?",
            day,
            *counters,
            *agencies,
            limit,
        )

    def pace(self, service: str, day: str) -> Pace | None:
        row = self._run(
            "SELECT mean_seconds, samples FROM paces WHERE service = ? AND day = ?", (service, day)
        ).fetchone()
        return None if row is None else Pace(*row)

    def paces(self, day: str) -> dict[str, Pace]:
        rows = self._run("SELECT service, mean_seconds, samples FROM paces WHERE day = ?", (day,))
        return {service: Pace(mean_seconds, samples) for service, mean_seconds, samples in rows}

    def served_on(self, counter: str, day: str) -> ServedToday:
        count, mean, longest = self._run(
            "SELECT count(*), avg(served_here_ms), max(waited_ms) FROM tickets "
            "WHERE counter = ? AND day = ? AND state = 'finished'",
            (counter, day),
        ).fetchone()
        return ServedToday(count, None if mean is None else round(mean / 1000), None if not count else longest // 1000)

    def given_for(self, ticket: int) -> str:
        return str(self._value("SELECT service FROM spans WHERE ticket = ? ORDER BY id LIMIT 1", ticket))

    def spans(self, first_day: str, last_day: str) -> Iterator[tuple[Ticket, list[Span]]]:
        columns = ", ".join(f"t.{name}" for name in TICKET_COLUMNS)
        rows = self.connection.execute(
            f"SELECT {columns}, {_SPAN} FROM tickets t JOIN spans s ON s.ticket = t.id "
            "WHERE t.day BETWEEN ? AND ? ORDER BY t.id, s.id",
            (first_day, last_day),
        )
        width = len(TICKET_COLUMNS)
        for _, group in groupby(rows, key=lambda row: row[0]):
            together = list(group)
            yield ticket_of(together[0][:width]), [Span(*row[width:]) for row in together]

    def events(self, after: int, limit: int) -> list[Event]:
        rows = self._run(
            "SELECT seq, at_ms, kind, actor, payload FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return [
            Event(seq, at_ms, kind, actor, json.loads(payload or "{}")) for seq, at_ms, kind, actor, payload in rows
        ]

    def print_job(self, id: int) -> PrintJob | None:
        row = self._run(_JOB + "WHERE id = ?", (id,)).fetchone()
        return None if row is None else PrintJob(*row)

    def last_job_of_visit(self, visit: int) -> PrintJob | None:
        row = self._run(_JOB + "WHERE visit = ? ORDER BY id DESC LIMIT 1", (visit,)).fetchone()
        return None if row is None else PrintJob(*row)

    def claimable(self, printers: Sequence[str], holder: str, wall_ms: int) -> list[PrintJob]:
        found = []
        for printer in printers:
            # The oldest open job of a printer, so that order is kept even while it is being retried.
            row = self._run(
                _JOB + "WHERE printer = ? AND state IN ('queued','sending') ORDER BY id LIMIT 1", (printer,)
            ).fetchone()
            if row is not None:
                job = PrintJob(*row)
                due = job.state == "queued" and job.not_before_ms <= wall_ms < job.expires_ms
                # A holder without a session cannot be told from another with the same token.
                if due or (job.state == "sending" and job.holder == holder and "/" in holder):
                    found.append(job)
        return found

    def copy_of_job(self, id: int) -> PrintJob | None:
        row = self._run(_JOB + "WHERE copy_of = ? ORDER BY id DESC LIMIT 1", (id,)).fetchone()
        return None if row is None else PrintJob(*row)

    def recent_jobs(self, states: Sequence[str], limit: int) -> list[PrintJob]:
        rows = self._run(
            _JOB + "WHERE id > (SELECT max(id) FROM print_jobs) - 5000 "
            f"AND +state IN ({placeholders(states)}) ORDER BY id DESC LIMIT ?",
            (*states, limit),
        )
        return [PrintJob(*row) for row in rows]

    def overdue_jobs(self, wall_ms: int) -> list[PrintJob]:
        future_ms = wall_ms + FUTURE_MS
        rows = self._run(
            _JOB + "INDEXED BY print_job_open WHERE state IN ('queued','sending') "
            "AND ((state = 'sending' AND (lease_ms <= ? OR lease_ms > ?)) "
            "OR (state = 'queued' AND (expires_ms <= ? OR created_ms > ?))) ORDER BY id",
            (wall_ms, future_ms, wall_ms, future_ms),
        )
        return [PrintJob(*row) for row in rows]

    def queued_jobs_of_visit(self, visit: int) -> list[PrintJob]:
        return [PrintJob(*row) for row in self._run(_JOB + "WHERE visit = ? AND state = 'queued'", (visit,))]

    def jobs_waiting(self) -> dict[str, int]:
        return dict(
            self._run(
                "SELECT printer, count(*) FROM print_jobs WHERE state IN ('queued','sending') GROUP BY printer"
            ).fetchall()
        )

    def printers(self) -> dict[str, PrinterRow]:
        rows = self._run("SELECT id, state, reason, since_ms, failures, stand_in FROM printers")
        return {row[0]: PrinterRow(*row) for row in rows}

    def user(self, name: str) -> User | None:
        row = self._run("SELECT id, name, role, password_hash FROM users WHERE name = ?", (name,)).fetchone()
        return None if row is None else User(*row)

    def users(self) -> list[User]:
        return [User(*row) for row in self._run("SELECT id, name, role, password_hash FROM users ORDER BY name")]

    def devices(self) -> list[Device]:
        rows = self._run(
            "SELECT hash, role, name, subject, created_ms FROM tokens WHERE kind = 'device' ORDER BY created_ms, hash"
        )
        return [Device(*row) for row in rows]

    def token(self, hash: bytes) -> Token | None:
        row = self._run(
            'SELECT kind, role, name, subject, "user", expires_ms FROM tokens WHERE hash = ?', (hash,)
        ).fetchone()
        return None if row is None else Token(*row)

    def answered(self, actor: str, route: str, key: str) -> tuple[bytes, int, str] | None:
        row: tuple[bytes, int, str] | None = self._run(
            "SELECT request_hash, status, body FROM idempotency WHERE actor = ? AND route = ? AND key = ?",
            (actor, route, key),
        ).fetchone()
        return row

    def last_finished(self, counter: str, day: str) -> Ticket | None:
        return self._ticket(
            "INDEXED BY ticket_served WHERE t.counter = ? AND t.day = ? AND t.state = 'finished' "
            "AND t.closed_by_day = 0 ORDER BY t.finished_ms DESC, t.id DESC LIMIT 1",
            counter,
            day,
        )
