"""The event log's chain: every row's hash covers the row before it, so that no row can be changed unseen.

The chain covers the SHA-256 of the payload rather than the payload, so that personal data can be
erased from old rows without breaking it. What is left of a payload is told by a later event, with a digest; so
is every month that was archived to a file, from whose last row the rows in the database go on.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from server.domain.events import CLOCK_ACCEPTED, WORDS_ERASED
from server.domain.retention import ERASED_BY

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the log: where the next one is linked."""

    seq: int
    at_ms: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not hold, and why."""

    seq: int
    why: str


class Row(NamedTuple):
    """A row of the log; `payload` is JSON text, empty where all of it was erased."""

    seq: int
    at_ms: int
    kind: str
    actor: str
    payload: str
    payload_hash: bytes
    chain: bytes


ROW = ", ".join(Row._fields)
START = Head(0, 0, GENESIS)


def link(before: bytes, seq: int, at_ms: int, kind: str, actor: str, payload_hash: bytes) -> bytes:
    """The chain value of a row: SHA-256 over the value before it and the row's own fields."""
    row = f"{seq}\n{at_ms}\n{kind}\n{actor}\n".encode()
    return hashlib.sha256(before + row + payload_hash).digest()


def hash_payload(payload: str) -> bytes:
    """SHA-256 of a payload's JSON text."""
    return hashlib.sha256(payload.encode()).digest()


def read_head(connection: sqlite3.Connection) -> Head:
    """The newest row of the log, or the head of an empty one."""
    row = connection.execute("SELECT seq, at_ms, chain FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return START if row is None else Head(*row)


class ErasedDigest:
    """What is left of the payloads whose words one event tells to have been erased, as one hash."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._hash = hashlib.sha256()

    def add(self, seq: int, payload: str) -> None:
        """The next of them, in the order of the log."""
        self._hash.update(f"{seq}\n".encode() + hash_payload(payload))

    def told(self) -> dict[str, Any]:
        """What the event tells of them: the first one's number, and the hash."""
        return {"first": self.first, "digest": self._hash.hexdigest()}


@dataclass(slots=True)
class Walk:
    """Goes along the log row by row, from its beginning or from the last row of an archive."""

    head: Head = START
    erased: int = 0
    """How many payloads have been met whose words, or all of it, were erased."""
    _from: int = field(init=False)
    _untold: dict[int, ErasedDigest] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._from = self.head.seq

    def step(self, row: Row) -> Break | None:
        """The next row: what is wrong with it, or None."""
        if row.seq != self.head.seq + 1:
            return Break(self.head.seq + 1, "missing")
        if not self._payload_holds(row):
            return Break(row.seq, "its payload was changed")
        if link(self.head.chain, row.seq, row.at_ms, row.kind, row.actor, row.payload_hash) != row.chain:
            return Break(row.seq, "it does not follow from the row before it")
        if row.at_ms < self.head.at_ms and row.kind != CLOCK_ACCEPTED:
            return Break(row.seq, "its time is before that of the row before it")
        self.head = Head(row.seq, row.at_ms, row.chain)
        return self._settle(row) if row.kind == WORDS_ERASED else None

    def _payload_holds(self, row: Row) -> bool:
        if not row.payload:
            self.erased += 1
            return True
        if hash_payload(row.payload) == row.payload_hash:
            return True
        by = _facts(row).get(ERASED_BY)
        if not isinstance(by, int) or by <= row.seq:
            return False
        self.erased += 1
        self._untold.setdefault(by, ErasedDigest(row.seq)).add(row.seq, row.payload)
        return True

    def _settle(self, row: Row) -> Break | None:
        """An event tells what was erased. It is held against that, unless the walk began amid what it tells of."""
        facts = _facts(row)
        first, found = facts.get("first", 0), self._untold.pop(row.seq, None)
        if first <= self._from or (found is not None and found.told().items() <= facts.items()):
            return None
        return Break(first, f"what is left of its payload is not what {row.seq} tells")

    def end(self) -> Break | None:
        """After the last row: words that no event tells to have been erased."""
        firsts = [digest.first for digest in self._untold.values()]
        return Break(min(firsts), "its payload was changed") if firsts else None


def _facts(row: Row) -> dict[str, Any]:
    try:
        found = json.loads(row.payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def archived_head(connection: sqlite3.Connection) -> Head:
    """The last row that was archived: where the rows in the database go on. `START` where none was."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'archives'").fetchone() is None:
        return START  # a copy of before there were archives
    row = connection.execute("SELECT last_seq, at_ms, chain FROM archives ORDER BY last_seq DESC LIMIT 1").fetchone()
    return START if row is None else Head(*row)


def verify(
    connection: sqlite3.Connection,
    progress: Callable[[int], None] = lambda seq: None,
    *,
    walk: Walk | None = None,
    archived: Callable[[Walk], Break | None] = lambda walk: None,
) -> Break | None:
    """Walk the log that a database holds; the first row that does not hold, or None.

    `archived` is asked first, with a `walk` that begins with the first row ever, to walk what is in archives; without
    a walk of one's own they are left aside. A payload that was erased is accepted; one that was changed is not. The
    walk sees one moment, so that a hall may go on meanwhile. `connection` must have no transaction open.
    """
    connection.execute("BEGIN")
    try:
        walk = walk or Walk(archived_head(connection))
        return archived(walk) or _walk(connection, walk, progress)
    finally:
        connection.execute("COMMIT")


def _walk(connection: sqlite3.Connection, walk: Walk, progress: Callable[[int], None]) -> Break | None:
    # Rows that were archived a moment ago may not be gone yet.
    rows = connection.execute(
        f"SELECT {ROW} FROM events WHERE seq > ? ORDER BY seq", (archived_head(connection).seq,)
    )
    return (
        follow(walk, (Row(*row) for row in rows), progress) or _end(connection, walk.head.seq) or walk.end()
    )


def follow(walk: Walk, rows: Iterable[Row], progress: Callable[[int], None]) -> Break | None:
    """Walk along some rows; the first that does not hold, or None."""
    for row in rows:
        broken = walk.step(row)
        if broken is not None:
            return broken
        if row.seq % 1000 == 0:
            progress(row.seq)
    progress(walk.head.seq)
    return None


def _end(connection: sqlite3.Connection, last_seq: int) -> Break | None:
    """Rows cut off or put on at the end leave the chain whole; the note of the newest row gives them away."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'head'").fetchone()
    noted = "0" if row is None else row[0]
    if noted == str(last_seq):
        return None
    if noted.isdecimal() and int(noted) > last_seq:
        return Break(last_seq + 1, "missing at the end")
    if noted.isdecimal() and int(noted) > 0:
        return Break(int(noted) + 1, "the server did not write it")
    return Break(last_seq, "the note of the newest row was changed")
