"""The store on SQLite: one writer, a small pool of reading connections, versioned schema."""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlite_utils import Database

from server.clock import Clock
from server.domain.errors import DomainError
from server.store import Archive, archive
from server.store.changes import Changes
from server.store.migrations import KNOWN, migrations
from server.store.records import Records
from server.store.threads import NativeThreads, Threads
from server.store.writer import Writer, describe_jump

T = TypeVar("T")
DATABASE = "antrean.db"
BUSY_TIMEOUT_S = 10.0


class SchemaTooNew(Exception):
    """The database was made by a newer program."""


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection as the house uses it: explicit transactions, WAL, every commit synced to disk.

    A new database is nobody else's to read, and so are the `-wal` and `-shm` that take after it.
    """
    address = f"file:{quote(path.resolve().as_posix())}{'?mode=ro' if readonly else ''}"
    if not readonly and not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S, cached_statements=256
    )
    connection.execute("PRAGMA foreign_keys = ON")
    if readonly:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # The pages that every ticket touches stay at hand; 2 MB, SQLite's own choice, is a morning's worth.
        connection.execute("PRAGMA cache_size = -8000")
        # A savepoint keeps the pages that it may have to put back: in memory, not in a file made for each commit.
        connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def settle(path: Path) -> None:
    """Fold the `-wal` into a database that nobody has open, so that one file holds all of it. Raises sqlite3.Error."""
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # closing it then takes the -wal away


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Bring the schema up to this program's version; the names of what was applied.

    Raises SchemaTooNew when the database has a version that this program does not know.
    """
    database = Database(connection)
    unknown = [done.name for done in migrations.applied(database) if done.name not in KNOWN]
    if unknown:
        raise SchemaTooNew(f"the database was made by a newer antrean (it has {', '.join(unknown)})")
    pending = [migration.name for migration in migrations.pending(database)]
    if pending:
        migrations.apply(database)
    if connection.execute("SELECT 1 FROM meta WHERE key = 'epoch'").fetchone() is None:
        connection.execute("INSERT INTO meta VALUES ('epoch', ?)", (new_epoch(),))
    return pending


def new_epoch() -> str:
    """A name for one life of a database; a restored one gets another, so that screens start over."""
    return secrets.token_hex(8)


class ReadOnlyStore:
    """A database for one who only reads, in a process of its own. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._records = Records(connect(path, readonly=True))

    @contextmanager
    def read(self) -> Iterator[Records]:
        """One consistent view."""
        self._records.connection.execute("BEGIN")
        try:
            yield self._records
        finally:
            self._records.connection.execute("COMMIT")

    def close(self) -> None:
        """Let the database go."""
        self._records.connection.close()


class SqliteStore:
    """The hall's state in one SQLite file; see the Store protocol for the words."""

    def __init__(
        self,
        path: Path,
        *,
        threads: Threads | None = None,
        clock: Clock | None = None,
        log: Callable[[int, str], None] | None = None,
    ) -> None:
        """Open or make the database and start its writer. Raises SchemaTooNew, sqlite3.Error."""
        self.path = path
        self.threads = threads or NativeThreads()
        self.clock = clock or Clock()
        self._listeners: list[Callable[[], None]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path)
        os.chmod(path, 0o600)
        migrate(connection)
        self._idle: list[Records] = []
        self._writer = Writer(connection, self.threads, self.clock, self._tell, log or _log)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the callers' side after every commit that added to the log or changed who is let in."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    @contextmanager
    def read(self) -> Iterator[Records]:
        with self.glance() as records:
            records.connection.execute("BEGIN")
            try:
                yield records
            finally:
                records.connection.execute("COMMIT")

    @contextmanager
    def glance(self) -> Iterator[Records]:
        try:
            records = self._idle.pop()
        except IndexError:
            records = Records(connect(self.path, readonly=True))
        try:
            yield records
        finally:
            self._idle.append(records)

    def write(self, command: Callable[[Changes], T]) -> T:
        result: T = self._writer.submit(command)
        return result

    def read_archive(self, month: str) -> Archive:
        path = archive.path_of(self.path.parent / archive.FOLDER, month)
        try:
            return archive.read(path)
        except archive.BadArchive as error:
            raise DomainError("bad_archive", f"{path.name}: {error}", field="month") from None

    def newest(self) -> int:
        return self._writer.newest()

    def access_version(self) -> int:
        return self._writer.access_version

    def now_ms(self) -> int:
        return max(self.clock.now_ms(), self._writer.last_event_ms())

    def wall_ms(self) -> int:
        return self.clock.now_ms()

    def steady_ms(self) -> int:
        return self.clock.steady_ms()

    def accept_clock(self, actor: str) -> None:
        self._writer.accept_clock(actor)

    def clock_jump(self) -> str | None:
        jump_ms = self._writer.jump_ms()
        return None if jump_ms is None else describe_jump(jump_ms)


def _log(level: int, text: str) -> None:
    # Straight to stderr: a log handler's lock shared between greenlets and the writer's native
    # thread has been seen to freeze both. Where the log is on the disk that is full, the hall goes on without it.
    with suppress(OSError):
        os.write(2, f"antrean.store {logging.getLevelName(level)}: {text}\n".encode())
