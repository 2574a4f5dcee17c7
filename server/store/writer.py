"""The one writer: takes all that is waiting into one durable commit.

Each command runs in a savepoint of its own, so one that fails takes nothing else with it, and
its caller is answered only after the commit that holds its work. Commands are short and run where
their callers are; what waits for the disk, the commit, runs in a native thread while the callers'
side goes on reading requests (docs/decisions/008). A connection of its own, which only this task
touches, keeps a switch between tasks from ever falling into somebody else's transaction.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from server.clock import Clock, ClockGuard
from server.domain.errors import DomainError
from server.domain.events import CLOCK_ACCEPTED
from server.store import Unavailable
from server.store.chain import Head, read_head
from server.store.changes import Changes
from server.store.threads import Threads, Waiter

MAX_BATCH = 64
PATIENCE_MS = 10_000
Command = Callable[[Changes], Any]


class Writer:
    """Runs commands one after the other on its own connection, many to a commit.

    `committed` is called on the callers' side after each commit that added to the log or changed who is let in.
    `log` must not share locks with greenlets (it is called from the native thread), and not raise.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        threads: Threads,
        clock: Clock,
        committed: Callable[[], None],
        log: Callable[[int, str], None],
    ) -> None:
        self._connection = connection
        self._threads = threads
        self._clock = clock
        self._committed = committed
        self._log = log
        self._queue = threads.queue()
        self._head = read_head(connection)
        self.access_version = 0
        self._access_changed = False
        self._catalogue: int | None = None
        self._guard = ClockGuard(clock, self._head.at_ms)
        connection.execute("PRAGMA busy_timeout = 0")  # on the callers' side nothing waits; see _begin
        threads.spawn(self._run_forever)

    def submit(self, command: Command) -> Any:
        """Run `command` in the next commit; its result once that is on disk, or what it raised."""
        waiter = self._threads.waiter()
        self._queue.put((command, waiter))
        return waiter.wait()

    def jump_ms(self) -> int | None:
        """How far the clock has jumped, while that waits for an admin's word."""
        return self._guard.jump_ms()

    def newest(self) -> int:
        """The sequence number of the newest event that is on disk."""
        return self._head.seq

    def last_event_ms(self) -> int:
        """The time of the newest event: no screen shows an earlier one."""
        return self._head.at_ms

    def accept_clock(self, actor: str) -> None:
        """Take the clock as it stands; `at` may decrease at this one event."""

        def accept(tx: Changes) -> None:
            record_acceptance(tx, self._clock, actor)

        accept.despite_jump = True  # type: ignore[attr-defined]
        self.submit(accept)
        self._guard.accept()  # only now that the word is on disk

    def _run_forever(self) -> None:
        while True:
            batch = [self._queue.get()]
            self._threads.sleep(0)  # one turn of the hub: requests that are already here share one commit
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            before = self._head.seq, self.access_version
            for waiter, value, error in self._run_batch(batch):
                waiter.deliver(value, error)
            if (self._head.seq, self.access_version) != before:
                self._committed()

    def _run_batch(self, batch: list[tuple[Command, Waiter]]) -> list[tuple[Waiter, Any, BaseException | None]]:
        outcomes: list[tuple[Waiter, Any, BaseException | None]] = []
        try:
            self._begin()
            # Read each time: after a lost commit, or behind a dying server's last one, what is remembered is wrong.
            found = head = read_head(self._connection)
            for command, waiter in batch:
                value, error, head = self._run_one(command, head)
                outcomes.append((waiter, value, error))
            if head.seq != found.seq:
                self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (str(head.seq),))
            self._threads.native(self._commit)
            self._head = head
            if self._access_changed:  # before anybody hears of it: a token that was revoked is not known any more
                self.access_version += 1
                self._access_changed = False
            return outcomes
        except BaseException as error:
            # The transaction is gone or must go (full disk, unreadable file): nobody's work was kept.
            failure = self._give_up(error)
            return [(waiter, None, failure) for _, waiter in batch]

    def _begin(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the upper bits tell kinds of being busy apart
                raise
            self._threads.native(self._begin_patiently)

    def _begin_patiently(self) -> None:
        """Another program has the database's write lock: wait for it in the native thread."""
        self._connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        finally:
            self._connection.execute("PRAGMA busy_timeout = 0")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _run_one(self, command: Command, head: Head) -> tuple[Any, BaseException | None, Head]:
        try:
            now_ms = self._time_after(head, command)
            tx = Changes(self._connection, head, now_ms, self._catalogue, self._clock.now_ms(), self._clock.steady_ms())
        except DomainError as error:
            return None, error, head
        self._connection.execute("SAVEPOINT command")
        try:
            value = command(tx)
        except BaseException as error:
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO command")
            self._connection.execute("RELEASE command")
            if isinstance(error, sqlite3.Error):
                self._log(logging.ERROR, f"a command failed and was taken back: {error!r}")
            return None, _translated(error), head
        self._connection.execute("RELEASE command")
        self._access_changed |= tx.changed_access
        self._catalogue = tx.known_catalogue
        return value, None, tx.newest

    def _time_after(self, head: Head, command: Command) -> int:
        jump_ms = self._guard.jump_ms()
        if jump_ms is not None and not getattr(command, "despite_jump", False):
            raise Unavailable("clock_jumped", describe_jump(jump_ms))
        return max(self._clock.now_ms(), head.at_ms)

    def _give_up(self, error: BaseException) -> BaseException:
        self._catalogue = None  # what this batch knew of it may never have been
        self._log(logging.ERROR, f"a commit failed and was taken back whole: {error!r}")
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as second:
            self._log(logging.ERROR, f"it could not be rolled back either: {second!r}")
        return _translated(error)


def record_acceptance(tx: Changes, clock: Clock, actor: str) -> None:
    """Log an admin's word that the clock is right; `at` may decrease at this one event."""
    last_event_ms = tx.newest.at_ms
    tx.now_ms = clock.now_ms()
    tx.record(CLOCK_ACCEPTED, actor, {"last_event_ms": last_event_ms})


def describe_jump(jump_ms: int) -> str:
    """Words for a jump of the clock, in days, and what to do."""
    days, way = abs(jump_ms) / 86_400_000, "ahead" if jump_ms > 0 else "back"
    return f"the machine's clock went {way} by {days:.1f} days; set it right, or an admin runs: antrean clock accept"


def _translated(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:  # the latter: damaged
        full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        code = "storage_full" if full else "storage_failed"
        return Unavailable(code, f"the server could not save this ({error}); nothing was changed")
    return error
