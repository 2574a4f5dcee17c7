"""The tables of the boards: messages of the running text, and screens that ask to become boards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from server.store import BoardMessage, Enrolment

_MESSAGE = "id, text_id, text_en, first_day, last_day, zones, boards, paused, position, author"
_ENROLMENT = "code, state, display, address, created_ms, expires_ms"


class BoardRecords:
    """What is asked of these tables; see the Reader protocol for the words."""

    _run: Callable[..., sqlite3.Cursor]

    def board_messages(self) -> list[BoardMessage]:
        return [_message(row) for row in self._run(f"SELECT {_MESSAGE} FROM board_messages ORDER BY position, id")]

    def board_message(self, id: int) -> BoardMessage | None:
        row = self._run(f"SELECT {_MESSAGE} FROM board_messages WHERE id = ?", (id,)).fetchone()
        return None if row is None else _message(row)

    def enrolment(self, code: str) -> Enrolment | None:
        return self._enrolment("code = ?", code)

    def enrolment_by_secret(self, secret_hash: bytes) -> Enrolment | None:
        return self._enrolment("secret_hash = ?", secret_hash)

    def enrolments(self) -> list[Enrolment]:
        return [Enrolment(*row) for row in self._run(f"SELECT {_ENROLMENT} FROM enrolments ORDER BY created_ms, code")]

    def _enrolment(self, where: str, value: Any) -> Enrolment | None:
        row = self._run(f"SELECT {_ENROLMENT} FROM enrolments WHERE {where}", (value,)).fetchone()
        return None if row is None else Enrolment(*row)


class BoardChanges(BoardRecords):
    """What commands change in them; see the Tx protocol for the words."""

    connection: sqlite3.Connection

    def add_board_message(self, **values: Any) -> int:
        kept = _columns(values)
        marks = ",".join("?" for _ in kept)
        done = self._run(f"INSERT INTO board_messages ({', '.join(kept)}) VALUES ({marks})", tuple(kept.values()))
        assert done.lastrowid is not None, "SQLite gives every inserted row an id"
        return done.lastrowid

    def set_board_message(self, id: int, **values: Any) -> None:
        kept = _columns(values)
        assignments = ", ".join(f"{name} = ?" for name in kept)
        self._run(f"UPDATE board_messages SET {assignments} WHERE id = ?", (*kept.values(), id))

    def remove_board_message(self, id: int) -> None:
        self._run("DELETE FROM board_messages WHERE id = ?", (id,))

    def add_enrolment(self, enrolment: Enrolment, secret_hash: bytes) -> None:
        self._run(
            "INSERT INTO enrolments (code, secret_hash, state, display, address, created_ms, expires_ms) "
            "VALUES (?,?,?,?,?,?,?)",
            (enrolment.code, secret_hash, enrolment.state, enrolment.display, enrolment.address,
             enrolment.created_ms, enrolment.expires_ms),
        )  # fmt: skip

    def set_enrolment(self, code: str, state: str, display: str | None) -> bytes:
        hash: bytes = self._run(
            "UPDATE enrolments SET state = ?, display = ? WHERE code = ? RETURNING secret_hash", (state, display, code)
        ).fetchall()[0][0]
        return hash

    def forget_enrolments(self, before_ms: int) -> None:
        self._run("DELETE FROM enrolments WHERE expires_ms <= ?", (before_ms,))


def _message(row: Any) -> BoardMessage:
    id, text_id, text_en, first_day, last_day, zones, boards, paused, position, author = row
    return BoardMessage(
        id, text_id, text_en, first_day, last_day, tuple(json.loads(zones)), tuple(json.loads(boards)), bool(paused),
        position, author,
    )  # fmt: skip


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Lists as JSON text, switches as numbers."""
    return {
        name: json.dumps(list(value)) if isinstance(value, tuple) else int(value) if isinstance(value, bool) else value
        for name, value in values.items()
    }
