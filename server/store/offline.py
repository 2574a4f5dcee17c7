"""Writing to a data folder in which no server runs: one command, one commit, no threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from server.clock import Clock, ClockGuard
from server.store import Unavailable
from server.store.chain import read_head
from server.store.changes import Changes
from server.store.sqlite import connect, migrate
from server.store.writer import describe_jump

T = TypeVar("T")


def write_offline(database: Path, command: Callable[[Changes], T], *, despite_jump: bool = False) -> T:
    """Run a command on a database whose folder's lock the caller holds; made if it is not there.

    Raises SchemaTooNew, sqlite3.Error, and Unavailable `clock_jumped` where the running server would, unless
    `despite_jump`: an event with a wrong time would make the right time look wrong.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(database)
    try:
        database.chmod(0o600)
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SAVEPOINT command")
        head = read_head(connection)
        clock = Clock()
        jump_ms = ClockGuard(clock, head.at_ms).jump_ms()
        if jump_ms is not None and not despite_jump:
            raise Unavailable("clock_jumped", describe_jump(jump_ms))
        tx = Changes(connection, head, max(clock.now_ms(), head.at_ms))
        result = command(tx)
        if tx.newest.seq != head.seq:
            tx.set_meta("head", str(tx.newest.seq))
        connection.execute("RELEASE command")
        connection.execute("COMMIT")
        return result
    finally:
        connection.close()
