"""The event log's chain: every row's hash covers the row before it, so that no row can be changed unseen.

The chain covers the SHA-256 of the payload rather than the payload, so that personal data can be
erased from old rows without breaking it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from server.domain.events import CLOCK_ACCEPTED

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
    return Head(0, 0, GENESIS) if row is None else Head(*row)


def verify(connection: sqlite3.Connection, progress: Callable[[int], None] = lambda seq: None) -> Break | None:
    """Walk the whole log from the first row; the first row that does not hold, or None.

    A payload that was erased (empty text) is accepted; one that was changed is not. The walk sees one
    moment, so that a hall may go on meanwhile. `connection` must have no transaction open.
    """
    connection.execute("BEGIN")
    try:
        return _walk(connection, progress)
    finally:
        connection.execute("COMMIT")


def _walk(connection: sqlite3.Connection, progress: Callable[[int], None]) -> Break | None:
    before, last_seq, last_at_ms = GENESIS, 0, 0
    rows = connection.execute("SELECT seq, at_ms, kind, actor, payload, payload_hash, chain FROM events ORDER BY seq")
    for seq, at_ms, kind, actor, payload, payload_hash, chain in rows:
        if seq != last_seq + 1:
            return Break(last_seq + 1, "missing")
        if payload and hash_payload(payload) != payload_hash:
            return Break(seq, "its payload was changed")
        if link(before, seq, at_ms, kind, actor, payload_hash) != chain:
            return Break(seq, "it does not follow from the row before it")
        if at_ms < last_at_ms and kind != CLOCK_ACCEPTED:
            return Break(seq, "its time is before that of the row before it")
        before, last_seq, last_at_ms = chain, seq, at_ms
        if seq % 1000 == 0:
            progress(seq)
    progress(last_seq)
    return _end(connection, last_seq)


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
