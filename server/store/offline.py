"""Writing to a data folder in which no server runs: one command, one commit, no threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from server.clock import Clock
from server.store.chain import read_head
from server.store.changes import Changes
from server.store.sqlite import connect, migrate

T = TypeVar("T")


def write_offline(database: Path, command: Callable[[Changes], T]) -> T:
    """Run a command on a database whose folder's lock the caller holds; made if it is not there."""
    database.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(database)
    try:
        database.chmod(0o600)
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SAVEPOINT command")
        head = read_head(connection)
        tx = Changes(connection, head, max(Clock().now_ms(), head.at_ms))
        result = command(tx)
        if tx.newest.seq != head.seq:
            tx.set_meta("head", str(tx.newest.seq))
        connection.execute("RELEASE command")
        connection.execute("COMMIT")
        return result
    finally:
        connection.close()
