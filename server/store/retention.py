"""What is erased of visitors, and which events were archived; see the Reader and Tx protocols for the words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from server.domain.actors import SYSTEM
from server.domain.events import WORDS_ERASED
from server.domain.retention import ERASED_BY
from server.store import Archive
from server.store.chain import GENESIS, ErasedDigest, Head, archived_head
from server.wire import encode

_VISITS, _EVENTS = "erased_visits", "erased_events"
"""How far words were erased, in `meta`."""
_ARCHIVE = "month, first_seq, last_seq, previous, chain, at_ms, sha256"


@contextmanager
def overwriting(connection: sqlite3.Connection) -> Iterator[None]:
    """What is erased meanwhile is gone from the file too, not only from the tables."""
    before = ("OFF", "ON", "FAST")[connection.execute("PRAGMA secure_delete").fetchone()[0]]
    connection.execute("PRAGMA secure_delete = ON").fetchone()
    try:
        yield
    finally:
        connection.execute(f"PRAGMA secure_delete = {before}").fetchone()


class RetentionRecords:
    """What is old, and what was archived."""

    connection: sqlite3.Connection
    _run: Callable[..., sqlite3.Cursor]
    meta: Callable[[str], str | None]

    def archived_through(self) -> int:
        return archived_head(self.connection).seq

    def archive(self, month: str) -> Archive | None:
        row = self._run(f"SELECT {_ARCHIVE} FROM archives WHERE month = ?", (month,)).fetchone()
        return None if row is None else Archive(*row)

    def chain_at(self, seq: int) -> bytes | None:
        floor = archived_head(self.connection)
        if seq == floor.seq:
            return floor.chain if seq else GENESIS
        row = self._run("SELECT chain FROM events WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else bytes(row[0])

    def log_to_trim(self) -> bool:
        through = self.archived_through()
        return through > 0 and self._run("SELECT min(seq) FROM events").fetchone()[0] <= through

    def visits_to_erase(self, before_ms: int, now_ms: int, limit: int) -> int | None:
        # A time after now was written before the clock was set back: those who came next tell how old it is.
        rows = self._run(
            "SELECT id, issued_ms FROM visits WHERE id > ? AND issued_ms <= ? ORDER BY id LIMIT ?",
            (self._done(_VISITS), now_ms, limit),
        )
        return _last_of_the_old(rows.fetchall(), before_ms)

    def payloads_to_erase(self, before_ms: int, now_ms: int, limit: int) -> list[tuple[int, str, dict[str, Any]]]:
        done = max(self._done(_EVENTS), self.archived_through())
        times = self._run(
            "SELECT seq, at_ms FROM events WHERE seq > ? AND at_ms <= ? ORDER BY seq LIMIT ?", (done, now_ms, limit)
        )
        through = _last_of_the_old(times.fetchall(), before_ms)
        if through is None:
            return []
        between = (done, through)
        rows = self._run("SELECT seq, kind, payload FROM events WHERE seq > ? AND seq <= ? ORDER BY seq", between)
        return [(seq, kind, json.loads(payload or "{}")) for seq, kind, payload in rows]

    def _done(self, what: str) -> int:
        return int(self.meta(what) or 0)


def _last_of_the_old(rows: Sequence[tuple[int, int]], before_ms: int) -> int | None:
    last = None
    for id, at_ms in rows:
        if at_ms >= before_ms:
            break
        last = id
    return last


class RetentionChanges(RetentionRecords):
    """Erasing, noting archives, deleting what they hold."""

    newest: Head
    record: Callable[[str, str, dict[str, Any]], int]
    set_meta: Callable[[str, str], None]

    def erase_visits(self, through: int) -> None:
        of_them = "visit > ? AND visit <= ?"
        between = (self._done(_VISITS), through)
        with overwriting(self.connection):
            # A code that nobody was ever given: the old one leads nowhere, and none can be guessed.
            self._run("UPDATE visits SET code = lower(hex(randomblob(16))) WHERE id > ? AND id <= ?", between)
            self._run(f"DELETE FROM notes WHERE ticket IN (SELECT id FROM tickets WHERE {of_them})", between)
            self._run(f"UPDATE tickets SET documents = NULL WHERE {of_them} AND documents IS NOT NULL", between)
        self.set_meta(_VISITS, str(through))

    def erase_payloads(self, through: int, left: Sequence[tuple[int, dict[str, Any]]]) -> None:
        if left:
            told, digest = self.newest.seq + 1, ErasedDigest(left[0][0])
            with overwriting(self.connection):
                for seq, payload in left:
                    text = encode({**payload, ERASED_BY: told})
                    digest.add(seq, text)
                    self._run("UPDATE events SET payload = ? WHERE seq = ?", (text, seq))
            self.record(WORDS_ERASED, SYSTEM.id, {"events": len(left), "through": through, **digest.told()})
        self.set_meta(_EVENTS, str(through))

    def add_archive(self, archive: Archive) -> None:
        self._run(f"INSERT INTO archives ({_ARCHIVE}) VALUES (?,?,?,?,?,?,?)", archive)

    def trim_log(self, limit: int) -> int:
        through = self.archived_through()
        if not through:
            return 0
        return self.connection.execute(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq <= ? ORDER BY seq LIMIT ?)",
            (through, limit),
        ).rowcount
