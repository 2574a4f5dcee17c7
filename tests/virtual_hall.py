"""The real commands on a real database, without a server and on a clock that jumps ahead: a day in some seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from server.api import problem_of
from server.cli.demo_folder import day_seconds
from server.commands import catalogue, issuing, serving, surveys
from server.domain.actors import SYSTEM, VISITOR, Actor
from server.domain.errors import DomainError
from server.domain.hall import Hall
from server.domain.satisfaction import SurveyRules
from server.policy import Policy
from server.queries.counter import counter_snapshot
from server.queries.hall import hall_snapshot
from server.queries.pieces import counter_view, full_ticket
from server.simulation.cast import Cast
from server.simulation.demand import Desk, free_counters
from server.simulation.loop import Reply, Request
from server.store.chain import read_head
from server.store.changes import Changes
from server.store.sqlite import connect, migrate

POLICY = Policy(always_open=True)
ON_CURRENT = {
    "recall": serving.recall, "start": serving.start, "finish": serving.finish, "no-show": serving.no_show,
}  # fmt: skip


@dataclass
class VirtualClock:
    """Time that passes when somebody sleeps, and not otherwise."""

    at_s: float = 0.0

    def now_s(self) -> float:
        return self.at_s

    def sleep_until(self, at_s: float) -> None:
        self.at_s = max(self.at_s, at_s)


@dataclass
class VirtualHall:
    """A hall that answers the simulation's requests; it opens at eight in the morning of the hall's zone, on `day`."""

    folder: Path
    hall: Hall
    day: date = date(2026, 3, 2)
    clock: VirtualClock = field(default_factory=VirtualClock)
    refused: list[tuple[str, str]] = field(default_factory=list)
    _answers: dict[str, Reply] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.connection: sqlite3.Connection = connect(self.folder / "antrean.db")
        self.connection.execute("PRAGMA synchronous = OFF")  # nothing here outlives the test
        migrate(self.connection)
        self._began_ms = int(datetime.combine(self.day, time(8), self.hall.zone_info).timestamp() * 1000)
        self.write(lambda tx: catalogue.apply(tx, self.hall, SYSTEM))
        self.cast = Cast(
            {id: f"kiosk/{id}" for id in self.hall.kiosk},
            {id: f"counter/{id}" for id in self.hall.counter},
            {id: f"officer {id}" for id in self.hall.counter},
            frozenset(free_counters([Desk(c.id, c.zone, c.services) for c in self.hall.counters])),
            day_seconds(self.hall.hours),
        )

    def now_ms(self) -> int:
        """The hall's clock."""
        return self._began_ms + int(self.clock.at_s * 1000)

    def answer(self, request: Request) -> Reply:
        """What the server would answer to a request of the simulation; a repeated key gets the first answer again."""
        if request.key not in self._answers:
            self._answers[request.key] = self._first_answer(request)
        return self._answers[request.key]

    def _first_answer(self, request: Request) -> Reply:
        role, _, subject = request.token.partition("/")
        name = self.cast.officers[subject] if role == "counter" else request.token
        actor = Actor(f"token:{request.token}", role, name, subject)
        path = request.path.strip("/").split("/")
        try:
            if request.method == "GET":
                return Reply(200, self._read(path, actor))
            status, body = self.write(lambda tx: self._command(tx, path, actor, dict(request.body or {})))
        except DomainError as error:
            self.refused.append((request.path, error.code))
            return Reply(error.status, problem_of(error))
        return Reply(status, body)

    def _read(self, path: list[str], actor: Actor) -> dict[str, Any]:
        reader = self.reader()
        if path == ["hall"]:
            return hall_snapshot(reader, self.hall, POLICY, actor, self.now_ms())
        return counter_snapshot(reader, self.hall, self.hall.counter[path[1]], self.now_ms())

    def reader(self) -> Changes:
        """The tables as they are now."""
        return Changes(self.connection, read_head(self.connection), self.now_ms())

    def write(self, command: Callable[[Changes], Any]) -> Any:
        """Run a command in a transaction of its own."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            tx = self.reader()
            done = command(tx)
            tx.set_meta("head", str(tx.newest.seq))
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return done

    def _command(self, tx: Changes, path: list[str], actor: Actor, body: dict[str, Any]) -> tuple[int, Any]:
        hall = self.hall

        def view(ticket: Any) -> Any:
            return full_ticket(tx, hall, ticket, tx.now_ms) if ticket else None

        match path:
            case ["tickets"]:
                wish = issuing.Wish(**{**body, "services": tuple(body["services"])})
                issued = issuing.issue(tx, hall, POLICY, actor, wish)
                visit = {"id": issued.visit, "code": issued.code}
                return 201, {"visit": visit, "tickets": [view(ticket) for ticket in issued.tickets]}
            case ["visits", code, "survey"]:
                told = surveys.Told.read(body["answers"], body.get("comment"), None)
                surveys.answer_by_code(tx, hall, SurveyRules(), VISITOR, code, body["ticket"], told)
                return 201, {}
            case ["tickets", ticket, "cancel"]:
                return 200, {"ticket": view(issuing.cancel(tx, hall, actor, int(ticket)))}
            case ["counters", counter, "open"]:
                row = serving.open_counter(tx, hall, actor, counter, take_over=False, **body)
                return 200, {"counter": counter_view(hall, hall.counter[counter], row)}
            case ["counters", counter, "pause"]:
                row = serving.pause_counter(tx, hall, actor, counter, **body)
                return 200, {"counter": counter_view(hall, hall.counter[counter], row)}
            case ["counters", counter, "call-next"]:
                called = serving.call_next(tx, hall, actor, counter, **body)
                return 200, {"ticket": view(called.ticket), "reason": called.reason}
            case ["counters", counter, "restore"]:
                ticket_id = body.pop("ticket")
                return 200, {"ticket": view(serving.restore(tx, hall, actor, counter, ticket_id, **body))}
            case ["counters", counter, verb]:
                return 200, {"ticket": view(ON_CURRENT[verb](tx, hall, actor, counter, **body))}
        raise AssertionError(f"the simulation asks for {path}")
