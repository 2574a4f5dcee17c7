"""Changing the tables: the Tx of the Store protocol, one for each command inside the writer's commit."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from typing import Any

from server.domain.numbering import Position
from server.domain.tickets import IN_QUEUE, State, Ticket
from server.domain.waiting import Pace
from server.store import CounterRow, PrinterRow, PrintJob, Token, User, placeholders
from server.store.announcements import AnnouncementChanges
from server.store.boards import BoardChanges
from server.store.chain import Head, hash_payload, link
from server.store.figures import FigureChanges
from server.store.oversight import OversightChanges
from server.store.records import TICKET_COLUMNS, Records
from server.store.retention import RetentionChanges, overwriting
from server.store.surveys import SurveyChanges
from server.wire import encode

_TOLD = TICKET_COLUMNS[1 : TICKET_COLUMNS.index("officer") + 1]
"""What a new ticket may differ in; the columns after these begin as the table has it, and as _BLANK."""
_INSERT_TICKET = f"INSERT INTO tickets ({', '.join(_TOLD)}) VALUES ({placeholders(_TOLD)})"
_INSERT_SPAN = "INSERT INTO spans (ticket, state, service, agency, counter, officer, start_ms) VALUES (?,?,?,?,?,?,?)"
_COUNTER_COLUMNS = tuple(field.name for field in fields(CounterRow))
_SET_COUNTER = (
    f"INSERT INTO counters ({', '.join(_COUNTER_COLUMNS)}) VALUES ({placeholders(_COUNTER_COLUMNS)}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COUNTER_COLUMNS[1:])}"
)

_NUMBERS_FROM_ZERO = ("recalls", "calls", "waited_ms", "served_ms", "closed_by_day", "held_ms", "served_here_ms")
_BLANK = Ticket._make(0 if name in _NUMBERS_FROM_ZERO else None for name in TICKET_COLUMNS)


class Changes(
    OversightChanges, AnnouncementChanges, BoardChanges, SurveyChanges, RetentionChanges, FigureChanges, Records
):
    """One command's changes; see the Tx protocol for the words.

    `head` is the newest row of the log as this command leaves it. The writer gives it to the
    next command only if this one stays.
    """

    def __init__(
        self, connection: sqlite3.Connection, head: Head, now_ms: int, known_catalogue: int | None = None,
        wall_ms: int | None = None, steady_ms: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(connection)
        self.now_ms = now_ms
        self.wall_ms = now_ms if wall_ms is None else wall_ms
        self.steady_ms = steady_ms
        self.newest = head
        self.changed_access = False
        self.known_catalogue = known_catalogue
        self._first = head

    def catalogue_version(self) -> int:
        if self.known_catalogue is None:
            self.known_catalogue = super().catalogue_version()
        return self.known_catalogue

    def undo_all(self) -> None:
        self._run("ROLLBACK TO command")
        self.newest = self._first
        self.known_catalogue = None

    def record(self, kind: str, actor: str, payload: dict[str, Any]) -> int:
        text = encode(payload)
        payload_hash = hash_payload(text)
        seq = self.newest.seq + 1
        chain = link(self.newest.chain, seq, self.now_ms, kind, actor, payload_hash)
        self._run(
            "INSERT INTO events (seq, at_ms, kind, actor, payload, payload_hash, chain) VALUES (?,?,?,?,?,?,?)",
            (seq, self.now_ms, kind, actor, text, payload_hash, chain),
        )
        self.newest = Head(seq, self.now_ms, chain)
        return seq

    def set_meta(self, key: str, value: str) -> None:
        self._run("INSERT INTO meta VALUES (?,?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))

    def set_catalogue(self, document: str, source_hash: str) -> None:
        self.known_catalogue = None
        self._run(
            "INSERT INTO catalogue (at_ms, document, source_hash) VALUES (?,?,?)", (self.now_ms, document, source_hash)
        )

    def set_position(self, sequence: str, position: Position) -> None:
        self._run(
            "INSERT INTO sequences VALUES (?,?,?,?) ON CONFLICT (id) DO UPDATE "
            "SET day = excluded.day, round = excluded.round, ordinal = excluded.ordinal",
            (sequence, position.day, position.round, position.ordinal),
        )

    def add_visit(self, code: str) -> int:
        return self._inserted("INSERT INTO visits (code, issued_ms) VALUES (?,?)", (code, self.now_ms))

    def note_freed(self, visit: int) -> None:
        self._run("UPDATE visits SET freed_ms = ? WHERE id = ?", (self.wall_ms, visit))

    def _inserted(self, sql: str, values: Any) -> int:
        id = self._run(sql, values).lastrowid
        assert id is not None, "SQLite gives every inserted row an id"
        return id

    def add_ticket(self, **values: Any) -> Ticket:
        now_ms = self.now_ms
        new = _BLANK._replace(issued_ms=now_ms, place_ms=now_ms, since_ms=now_ms, **values)
        told = len(_TOLD) + 1
        assert new[told:] == _BLANK[told:], "what is not inserted would be lost"
        ticket = new._replace(id=self._inserted(_INSERT_TICKET, new[1:told]))
        self._open_span(ticket)
        return ticket

    def _open_span(self, ticket: Ticket) -> None:
        self._run(
            _INSERT_SPAN,
            (ticket.id, ticket.state, ticket.service, ticket.agency, ticket.counter, ticket.officer, ticket.since_ms),
        )

    def move(self, ticket: Ticket, state: str, *, at_ms: int | None = None, **values: Any) -> Ticket:
        # Not before it began: an admin may have accepted a clock that was set back.
        to, at = State(state), max(ticket.since_ms, self.now_ms if at_ms is None else at_ms)
        lasted = at - ticket.since_ms
        self._run("UPDATE spans SET end_ms = ? WHERE ticket = ? AND end_ms IS NULL", (at, ticket.id))
        if ticket.state is State.NO_SHOW:  # being missed is a span only for one who came back
            self._run(
                "INSERT INTO spans (ticket, state, service, agency, start_ms, end_ms) VALUES (?,?,?,?,?,?)",
                (ticket.id, ticket.state, ticket.service, ticket.agency, ticket.since_ms, at),
            )
        served = lasted if ticket.state is State.SERVING else 0
        elsewhere = values.get("counter", ticket.counter) != ticket.counter
        moved = self.change(
            ticket,
            state=to,
            since_ms=at,
            came_from=ticket.state.value,
            waited_ms=ticket.waited_ms + (lasted if ticket.state is State.WAITING else 0),
            served_ms=ticket.served_ms + served,
            served_here_ms=0 if elsewhere else ticket.served_here_ms + served,
            **values,
        )
        if to in IN_QUEUE:
            self._open_span(moved)
        return moved

    def change(self, ticket: Ticket, **values: Any) -> Ticket:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._run(f"UPDATE tickets SET {assignments} WHERE id = ?", (*values.values(), ticket.id))
        return ticket._replace(**values)

    def reopen(self, ticket: Ticket, state: str, **values: Any) -> Ticket:
        span, start_ms, end_ms = self._run(
            "SELECT id, start_ms, end_ms FROM spans WHERE ticket = ? ORDER BY id DESC LIMIT 1", (ticket.id,)
        ).fetchone()
        self._run("UPDATE spans SET end_ms = NULL WHERE id = ?", (span,))
        if state == State.SERVING:
            values["served_ms"] = ticket.served_ms - (end_ms - start_ms)
            values["served_here_ms"] = ticket.served_here_ms - (end_ms - start_ms)
        elif state == State.WAITING:
            values["waited_ms"] = ticket.waited_ms - (end_ms - start_ms)
        return self.change(ticket, state=State(state), since_ms=start_ms, came_from=None, **values)

    def never_called(self, ticket: Ticket, **values: Any) -> Ticket:
        self._run(
            "DELETE FROM spans WHERE ticket = ? AND id > "
            "(SELECT max(id) FROM spans WHERE ticket = ? AND state = 'waiting')",
            (ticket.id, ticket.id),
        )
        return self.reopen(ticket, State.WAITING, **values)

    def add_note(self, ticket: int, author: str, text: str) -> None:
        values = (ticket, self.now_ms, author, text)
        self._run("INSERT INTO notes (ticket, at_ms, author, text) VALUES (?,?,?,?)", values)

    def set_counter(self, id: str, **values: Any) -> CounterRow:
        before = self.counter(id) or CounterRow(id, "closed", None, None, self.now_ms, None, None, None, None)
        after = replace(before, **values)
        self._run(_SET_COUNTER, [getattr(after, name) for name in _COUNTER_COLUMNS])
        if (before.state, before.officer) != (after.state, after.officer):
            self.note_opening(id, after.state, after.officer)
        return after

    def set_pace(self, service: str, day: str, pace: Pace) -> None:
        self._run(
            "INSERT INTO paces VALUES (?,?,?,?) ON CONFLICT (service) DO UPDATE "
            "SET day = excluded.day, mean_seconds = excluded.mean_seconds, samples = excluded.samples",
            (service, day, pace.mean_seconds, pace.samples),
        )

    def add_print_job(
        self, visit: int | None, printer: str, slip: str, expires_ms: int, copy: bool, copy_of: int | None = None
    ) -> PrintJob:
        now_ms = self.wall_ms
        id = self._inserted(
            "INSERT INTO print_jobs (visit, printer, state, copy, copy_of, slip, created_ms, expires_ms, not_before_ms)"
            " VALUES (?,?,'queued',?,?,?,?,?,?)",
            (visit, printer, int(copy), copy_of, slip, now_ms, expires_ms, now_ms),
        )
        return PrintJob(
            id, visit, printer, "queued", int(copy), copy_of, 0, None, slip, now_ms, expires_ms, now_ms, None, None
        )

    def set_print_job(self, id: int, **values: Any) -> PrintJob:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._run(f"UPDATE print_jobs SET {assignments} WHERE id = ?", (*values.values(), id))
        job = self.print_job(id)
        assert job is not None, "only jobs that were just read are changed"
        return job

    def move_queued_jobs(self, printer: str, to: str) -> None:
        self._run(
            "UPDATE print_jobs SET printer = ?, not_before_ms = ? "
            # Said twice, so that the index of open jobs is used and not the whole table read.
            "WHERE printer = ? AND state IN ('queued','sending') AND state = 'queued' AND visit IS NOT NULL",
            (to, self.wall_ms, printer),
        )

    def set_printer(self, row: PrinterRow) -> None:
        self._run(
            "INSERT INTO printers (id, state, reason, since_ms, failures, stand_in) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, "
            "since_ms = excluded.since_ms, failures = excluded.failures, stand_in = excluded.stand_in",
            (row.id, row.state, row.reason, row.since_ms, row.failures, row.stand_in),
        )

    def add_user(self, name: str, role: str, password_hash: str) -> User:
        id = self._inserted(
            "INSERT INTO users (name, role, password_hash, created_ms) VALUES (?,?,?,?)",
            (name, role, password_hash, self.now_ms),
        )
        return User(id, name, role, password_hash)

    def set_password(self, name: str, role: str, password_hash: str) -> User:
        self.changed_access = True
        self._run("UPDATE users SET role = ?, password_hash = ? WHERE name = ?", (role, password_hash, name))
        user = self.user(name)
        assert user is not None, "only users that were just read are changed"
        self._run("DELETE FROM tokens WHERE \"user\" = ? AND kind = 'session'", (user.id,))
        return user

    def add_token(self, hash: bytes, token: Token) -> None:
        self.changed_access = True
        self._run(
            'INSERT INTO tokens (hash, kind, role, name, subject, "user", created_ms, expires_ms) '
            "VALUES (?,?,?,?,?,?,?,?)",
            (hash, token.kind, token.role, token.name, token.subject, token.user, self.now_ms, token.expires_ms),
        )

    def remove_token(self, hash: bytes) -> None:
        self.changed_access = True
        self._run("DELETE FROM tokens WHERE hash = ?", (hash,))

    def remember_answer(self, actor: str, route: str, key: str, request_hash: bytes, status: int, body: str) -> None:
        self._run(
            "INSERT INTO idempotency VALUES (NULL,?,?,?,?,?,?,?)",
            (actor, route, key, request_hash, status, body, self.now_ms),
        )

    def forget_answers(self, before_ms: int, limit: int) -> int:
        with overwriting(self.connection):
            self._run("DELETE FROM tokens WHERE expires_ms < ?", (self.now_ms,))
            return self.connection.execute(
                "DELETE FROM idempotency WHERE at_ms < ? AND id IN (SELECT id FROM idempotency ORDER BY id LIMIT ?)",
                (before_ms, limit),
            ).rowcount

    def forget_print_jobs(self, before_ms: int, limit: int) -> int:
        with overwriting(self.connection):
            return self.connection.execute(
                "DELETE FROM print_jobs WHERE created_ms < ? AND state NOT IN ('queued','sending') "
                "AND id IN (SELECT id FROM print_jobs ORDER BY id LIMIT ?)",
                (before_ms, limit),
            ).rowcount
