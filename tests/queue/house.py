"""A hall's queue without a server: the real commands on a real store, a clock that the test sets."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from server.clock import Clock
from server.commands import catalogue, day, direct, issuing, profiles, serving, setting_aside, transferring
from server.commands.desk import UNSAID, Expect
from server.commands.direct import Came
from server.commands.issuing import Issued, Wish
from server.commands.transferring import Onward
from server.domain.actors import SYSTEM, Actor
from server.domain.hall import Hall
from server.domain.tickets import Ticket
from server.hall_file import parse_hall
from server.policy import Policy
from server.store import Reader
from server.store.changes import Changes
from server.store.sqlite import DATABASE, SqliteStore
from server.store.threads import NativeThreads

T = TypeVar("T")
Document = dict[str, Any]

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Thousands of commits: where there is a file system in memory, their syncs need not wait for a disk."""

KIOSK = Actor("token:kiosk-1", "kiosk", "kiosk 1", "kiosk-1")
KIOSK_2 = Actor("token:kiosk-2", "kiosk", "kiosk 2", "kiosk-2")
SITI = Actor("user:1", "officer", "Siti")
BUDI = Actor("user:2", "officer", "Budi")
CHIEF = Actor("user:9", "supervisor", "Pengawas")


def name(text: str) -> Document:
    return {"id": text, "en": f"{text} (en)"}


def hall_document(**changes: Any) -> Document:
    """Two agencies in two zones: `akta` and `ktp` share a sequence, `sim` is numbered 1 to 3, `pajak` without end.

    Counter 1 serves akta and ktp, 2 akta and sim, 3 sim and pajak: each shares a queue with its neighbour.
    """
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jayapura", **changes.pop("hall", {})},
        "zones": [{"id": "a", "name": name("Zona A")}, {"id": "b", "name": name("Zona B")}],
        "agencies": [
            {"id": "capil", "name": name("Dukcapil"), "zone": "a", "services": [
                {"id": "akta", "prefix": "A", "name": name("Akta"), "sequence": "capil"},
                {"id": "ktp", "prefix": "A", "name": name("KTP"), "sequence": "capil"},
            ]},
            {"id": "polres", "name": name("Polres"), "zone": "b", "services": [
                {"id": "sim", "prefix": "B", "name": name("SIM"), "numbers": {"first": 1, "last": 3}},
                {"id": "pajak", "prefix": "C", "name": name("Pajak")},
            ]},
        ],
        "counters": [
            {"id": "1", "label": "1", "zone": "a", "services": ["akta", "ktp"]},
            {"id": "2", "label": "2", "zone": "a", "services": ["akta", "sim"]},
            {"id": "3", "label": "3", "zone": "b", "services": ["sim", "pajak"]},
        ],
        "kiosks": [
            {"id": "kiosk-1", "name": name("Kiosk 1"), "zone": "a"},
            {"id": "kiosk-2", "name": name("Kiosk 2"), "zone": "b"},
        ],
        "displays": [
            {"id": "board-a", "name": name("Papan A"), "zones": ["a"]},
            {"id": "board-b", "name": name("Papan B"), "zones": ["b"]},
        ],
        "printers": [{"id": "printer-1", "name": name("Printer"), "kiosks": ["kiosk-1"]}],
        **changes,
    }  # fmt: skip


class FakeClock(Clock):
    """A clock that stands still until the test moves it."""

    def __init__(self, start: datetime) -> None:
        self._wall_ms = int(start.timestamp() * 1000)
        self._steady_ms = 5_000_000

    def now_ms(self) -> int:
        return self._wall_ms

    def steady_ms(self) -> int:
        return self._steady_ms

    def pass_by(self, seconds: float) -> None:
        """Time passes."""
        self._wall_ms += round(seconds * 1000)
        self._steady_ms += round(seconds * 1000)

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the clock, ahead or (negative) back."""
        self._wall_ms += round(seconds * 1000)


class _Stopped(BaseException):
    """Ends a test's writer."""


class _StoppableThreads(NativeThreads):
    """Native threads whose writer can be ended, so that a test of many halls does not keep a thread of each."""

    def __init__(self) -> None:
        self.writer: threading.Thread | None = None
        self.jobs: Any = None

    def spawn(self, run: Callable[..., None], *args: Any) -> None:
        def until_stopped() -> None:
            try:
                run(*args)
            except _Stopped:
                return

        self.writer = threading.Thread(target=until_stopped, name="writer", daemon=True)
        self.writer.start()

    def queue(self) -> Any:
        self.jobs = _StoppableQueue(super().queue())
        return self.jobs

    def stop(self) -> None:
        assert self.writer is not None
        self.jobs.put(None)
        self.writer.join(10)
        assert not self.writer.is_alive()


class _StoppableQueue:
    """A queue in which None ends whoever gets it."""

    def __init__(self, queue: Any) -> None:
        self.put, self.empty, self._queue = queue.put, queue.empty, queue

    def get(self, timeout: float | None = None) -> Any:
        return self._given(self._queue.get(timeout=timeout))

    def get_nowait(self) -> Any:
        return self._given(self._queue.get_nowait())

    def _given(self, found: Any) -> Any:
        if found is None:
            raise _Stopped
        return found


class QueueHall:
    """The commands of one hall, as its server would run them. Close it, or use it as a context."""

    def __init__(
        self,
        folder: Path,
        document: Document | None = None,
        *,
        at: str = "2026-03-02T08:00:00",
        always_open: bool = True,
    ) -> None:
        self.hall: Hall = parse_hall(hall_document() if document is None else document)
        self.policy = Policy(always_open=always_open)
        self.clock = FakeClock(datetime.fromisoformat(at).replace(tzinfo=self.hall.zone_info))
        self.path = folder / DATABASE
        self._start()
        self.write(lambda tx: catalogue.apply(tx, self.hall, SYSTEM))

    def _start(self) -> None:
        self._threads = _StoppableThreads()
        self.store = SqliteStore(self.path, threads=self._threads, clock=self.clock)
        self.file = sqlite3.connect(self.path.resolve().as_uri() + "?mode=ro", uri=True)

    def close(self) -> None:
        """End the store's thread and close its connections."""
        self._threads.stop()
        self.file.close()
        for records in self.store._idle:
            records.connection.close()
        self.store._writer._connection.close()

    def restart(self) -> None:
        """Stop and start on the same folder."""
        self.close()
        self._start()
        self._look_at_profiles()

    def _look_at_profiles(self) -> None:
        self.hall = self.hall.working(self.read(lambda reader, hall, now_ms: reader.profiles()))

    def __enter__(self) -> QueueHall:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, command: Callable[[Changes], T]) -> T:
        return self.store.write(command)

    def read(self, query: Callable[[Reader, Hall, int], T]) -> T:
        """`query(reader, hall, now_ms)` on one consistent view."""
        with self.store.read() as reader:
            return query(reader, self.hall, self.store.now_ms())

    def sql(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows straight from the file, past the code under test."""
        found = self.file.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def issue(
        self,
        *services: str,
        by: Actor = KIOSK,
        priority: str | None = None,
        party_size: int = 1,
        language: str = "id",
    ) -> Issued:
        wish = Wish(services, priority, party_size, language)
        return self.write(lambda tx: issuing.issue(tx, self.hall, self.policy, by, wish))

    def ticket(self, *services: str, by: Actor = KIOSK) -> Ticket:
        """Issue, and give the first ticket."""
        return self.issue(*services, by=by).tickets[0]

    def now(self, ticket: Ticket) -> Ticket:
        """The ticket as it is now."""
        found = self.read(lambda reader, hall, now_ms: reader.ticket(ticket.id))
        assert found is not None
        return found

    def open(self, counter: str, by: Actor, *, take_over: bool = False, expect: Expect = UNSAID) -> None:
        self.write(lambda tx: serving.open_counter(tx, self.hall, by, counter, take_over=take_over, expect=expect))

    def switch(self, counter: str, by: Actor, profile: str | None, *, expect: Expect = UNSAID) -> None:
        """Work by another profile from now on."""
        self.write(lambda tx: profiles.switch_profile(tx, self.hall, by, counter, profile, expect=expect))
        self._look_at_profiles()

    def call_next(self, counter: str, by: Actor, *, expect: Expect = UNSAID) -> Ticket | None:
        return self.write(lambda tx: serving.call_next(tx, self.hall, by, counter, expect=expect))[0]

    def call(self, counter: str, ticket: Ticket, by: Actor, *, expect: Expect = UNSAID) -> Ticket:
        return self.write(lambda tx: serving.call(tx, self.hall, by, counter, ticket.id, expect=expect))[0]

    def restore(self, counter: str, ticket: Ticket, by: Actor) -> Ticket:
        return self.write(lambda tx: serving.restore(tx, self.hall, by, counter, ticket.id, expect=UNSAID))

    def cancel(self, ticket: Ticket, by: Actor) -> Ticket:
        return self.write(lambda tx: issuing.cancel(tx, self.hall, by, ticket.id))

    def press(self, verb: str, counter: str, by: Actor, *, expect: Expect = UNSAID) -> Ticket:
        """recall, start, finish, no_show, requeue or undo."""
        command: Callable[..., Ticket] = getattr(serving, verb)
        return self.write(lambda tx: command(tx, self.hall, by, counter, expect=expect))

    def hold(self, counter: str, by: Actor, note: str | None = None, *, expect: Expect = UNSAID) -> Ticket:
        return self.write(lambda tx: setting_aside.hold(tx, self.hall, by, counter, note=note, expect=expect))

    def resume(self, counter: str, ticket: Ticket, by: Actor, *, expect: Expect = UNSAID) -> Ticket:
        return self.write(lambda tx: setting_aside.resume(tx, self.hall, by, counter, ticket.id, expect=expect))

    def give_up(self, counter: str, ticket: Ticket, by: Actor, *, expect: Expect = UNSAID) -> Ticket:
        return self.write(lambda tx: setting_aside.give_up(tx, self.hall, by, counter, ticket.id, expect=expect))

    def transfer(
        self,
        counter: str,
        by: Actor,
        service: str,
        to: str | None = None,
        note: str | None = None,
        *,
        come_back: bool = False,
        expect: Expect = UNSAID,
    ) -> Ticket:
        onward = Onward(service, to, note, come_back)
        return self.write(lambda tx: transferring.transfer(tx, self.hall, by, counter, onward, expect=expect))

    def move(
        self, ticket: Ticket, service: str, to: str | None = None, note: str | None = None, *, by: Actor = CHIEF
    ) -> Ticket:
        return self.write(lambda tx: transferring.move(tx, self.hall, by, ticket.id, Onward(service, to, note)))

    def direct(
        self,
        counter: str,
        by: Actor,
        service: str | None = None,
        party_size: int = 1,
        priority: str | None = None,
        *,
        expect: Expect = UNSAID,
    ) -> Ticket:
        came = Came(service, party_size, priority)
        return self.write(lambda tx: direct.serve_direct(tx, self.hall, by, counter, came, expect=expect))

    def serve(self, counter: str, by: Actor, *, walk_s: float = 0, service_s: float = 0) -> Ticket:
        """Call the next visitor, start and finish."""
        called = self.call_next(counter, by)
        assert called is not None
        self.clock.pass_by(walk_s)
        self.press("start", counter, by)
        self.clock.pass_by(service_s)
        return self.press("finish", counter, by)

    def close_days(self) -> int:
        """Close the days that are over, as the chores do; how many tickets were ended."""
        total = 0
        while ended := self.write(lambda tx: day.close_day(tx, self.hall)):
            total += ended
        return total
