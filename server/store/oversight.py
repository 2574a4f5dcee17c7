"""The supervisor's tables: overridden hours, messages and who has read them, alerts; see Reader and Tx."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from server.domain.hall import Text
from server.domain.overrides import Override
from server.store import Alert, Message, Receipt
from server.store.retention import overwriting

_MESSAGE = "SELECT " + ", ".join(f"m.{field.name}" for field in fields(Message)) + " FROM messages m "
_ALERT = "SELECT " + ", ".join(field.name for field in fields(Alert)) + " FROM alerts "
_OVERRIDE = 'SELECT kind, id, state, reason_id, reason_en, day, since_ms, until_ms, "by" FROM overrides'


class OversightRecords:
    """What is asked of these tables, over one SQLite connection."""

    connection: sqlite3.Connection
    _run: Callable[..., sqlite3.Cursor]

    def overrides(self) -> list[Override]:
        return [_override(*row) for row in self._run(_OVERRIDE)]

    def waiting_since(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for service, since_ms in self._run(
            "SELECT service, since_ms - waited_ms FROM tickets INDEXED BY ticket_queue WHERE state = 'waiting'"
        ):
            found.setdefault(service, []).append(since_ms)
        return found

    def oldest_waiting(self) -> dict[str, int]:
        rows = self._run(
            "SELECT service, min(since_ms - waited_ms) FROM tickets INDEXED BY ticket_queue "
            "WHERE state = 'waiting' GROUP BY service"
        )
        return dict(rows.fetchall())

    def finished_on(self, day: str) -> dict[str, int]:
        sql = "SELECT service, count(*) FROM tickets WHERE day = ? AND state = 'finished' GROUP BY service"
        return dict(self._run(sql, (day,)).fetchall())

    def messages_on(self, day: str, limit: int) -> list[Message]:
        rows = self._run(_MESSAGE + "WHERE m.day = ? ORDER BY m.id DESC LIMIT ?", (day, limit))
        return [Message(*row) for row in rows]

    def message(self, id: int) -> Message | None:
        row = self._run(_MESSAGE + "WHERE m.id = ?", (id,)).fetchone()
        return None if row is None else Message(*row)

    def receipts(self, message: int) -> list[Receipt]:
        rows = self._run("SELECT message, counter, read_ms, reader FROM receipts WHERE message = ?", (message,))
        return [Receipt(*row) for row in rows]

    def unread_at(self, counter: str, day: str) -> list[Message]:
        rows = self._run(
            f"{_MESSAGE} JOIN receipts r INDEXED BY receipt_unread ON r.message = m.id "
            "WHERE r.counter = ? AND r.read_ms IS NULL AND m.day = ? ORDER BY m.urgent DESC, m.id",
            (counter, day),
        )
        return [Message(*row) for row in rows]

    def alerts(self) -> list[Alert]:
        rows = self._run(_ALERT + "INDEXED BY alert_standing WHERE cleared_ms IS NULL ORDER BY id DESC")
        return [Alert(*row) for row in rows]

    def alert(self, id: int) -> Alert | None:
        row = self._run(_ALERT + "WHERE id = ?", (id,)).fetchone()
        return None if row is None else Alert(*row)


class OversightChanges(OversightRecords):
    """What changes them; `now_ms` is the command's time."""

    now_ms: int
    _inserted: Callable[[str, Any], int]

    def set_override(self, override: Override) -> None:
        reason = override.reason
        self._run(
            "INSERT OR REPLACE INTO overrides VALUES (?,?,?,?,?,?,?,?,?)",
            (
                override.kind,
                override.id,
                override.state,
                reason and reason.id,
                reason and reason.en,
                override.day,
                override.since_ms,
                override.until_ms,
                override.by,
            ),
        )

    def remove_override(self, kind: str, id: str) -> None:
        self._run("DELETE FROM overrides WHERE kind = ? AND id = ?", (kind, id))

    def add_message(self, day: str, author: str, text: str, counters: Sequence[str], **told: int) -> Message:
        values = (day, self.now_ms, author, text, told["urgent"], told["to_all"])
        sql = "INSERT INTO messages (day, at_ms, author, text, urgent, to_all) VALUES (?,?,?,?,?,?)"
        id = self._inserted(sql, values)
        for counter in counters:
            self._run("INSERT INTO receipts (message, counter) VALUES (?,?)", (id, counter))
        return Message(id, *values)

    def mark_read(self, message: int, counter: str, reader: str) -> None:
        self._run(
            "UPDATE receipts SET read_ms = ?, reader = ? WHERE message = ? AND counter = ?",
            (self.now_ms, reader, message, counter),
        )

    def add_alert(self, kind: str, subject: str, facts: str) -> Alert:
        values = (kind, subject, facts, self.now_ms)
        id = self._inserted("INSERT INTO alerts (kind, subject, facts, raised_ms) VALUES (?,?,?,?)", values)
        return Alert(id, *values, None, None, None)

    def set_alert(self, id: int, **values: Any) -> Alert:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._run(f"UPDATE alerts SET {assignments} WHERE id = ?", (*values.values(), id))
        alert = self.alert(id)
        assert alert is not None, "only alerts that were just read are changed"
        return alert

    def forget_oversight(self, before_ms: int, limit: int) -> int:
        old, oldest = "at_ms < ? AND id IN (SELECT id FROM messages ORDER BY id LIMIT ?)", (before_ms, limit)
        with overwriting(self.connection):
            self._run(f"DELETE FROM receipts WHERE message IN (SELECT id FROM messages WHERE {old})", oldest)
            messages: int = self.connection.execute(f"DELETE FROM messages WHERE {old}", oldest).rowcount
            alerts: int = self.connection.execute(
                "DELETE FROM alerts WHERE cleared_ms < ? AND id IN (SELECT id FROM alerts ORDER BY id LIMIT ?)",
                oldest,
            ).rowcount
            return messages + alerts


def _override(
    kind: str, id: str, state: str, reason_id: str | None, reason_en: str | None, day: str, *rest: Any
) -> Override:
    reason = None if reason_id is None else Text(reason_id, reason_en or reason_id)
    return Override(kind, id, state, reason, day, *rest)
