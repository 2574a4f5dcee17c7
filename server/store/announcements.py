"""Announcements in the tables: what Records and Changes ask and change; see the Store protocol for the words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from server.domain.announcements import Announcement
from server.store import placeholders

_COLUMNS = tuple(field.name for field in fields(Announcement))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM announcements "
_INSERT = f"INSERT INTO announcements ({', '.join(_COLUMNS[1:])}) VALUES ({placeholders(_COLUMNS[1:])})"
_NEW: dict[str, Any] = {
    **dict.fromkeys(("ticket", "called_ms", "reason", "speaker", "started_ms", "ended_ms")),
    "recalls": 0, "state": "queued", "times": 0,
}  # fmt: skip
_OPEN = "INDEXED BY announcement_open WHERE voice = ? AND state IN ('queued','playing') "


class AnnouncementRecords:
    """Reading them."""

    connection: sqlite3.Connection
    _run: Callable[..., sqlite3.Cursor]

    def _announcements(self, where: str, values: Sequence[Any]) -> list[Announcement]:
        return [Announcement(*row) for row in self._run(_SELECT + where, values)]

    def announcement(self, id: int) -> Announcement | None:
        return next(iter(self._announcements("WHERE id = ?", (id,))), None)

    def open_announcements(self, voice: str, limit: int) -> list[Announcement]:
        return self._announcements(_OPEN + "ORDER BY id LIMIT ?", (voice, limit))

    def queued_announcement(self, ticket: int, voice: str) -> Announcement | None:
        where = "WHERE ticket = ? AND state = 'queued' AND +voice = ? ORDER BY id LIMIT 1"
        return next(iter(self._announcements(where, (ticket, voice))), None)

    def withdrawn_announcement(self, day: str, voice: str, ticket: int) -> Announcement | None:
        where = "WHERE day = ? AND voice = ? AND state = 'lapsed' AND reason = 'withdrawn' AND +ticket = ? "
        return next(iter(self._announcements(where + "ORDER BY id DESC LIMIT 1", (day, voice, ticket))), None)

    def announcements_on(self, day: str) -> list[tuple[str, str, str | None, int]]:
        rows = self._run(
            "SELECT voice, state, reason, count(*) FROM announcements WHERE day = ? GROUP BY voice, state, reason",
            (day,),
        )
        return [(voice, state, reason, count) for voice, state, reason, count in rows]

    def speaker(self, voice: str) -> str | None:
        row = self._run("SELECT page FROM speakers WHERE voice = ?", (voice,)).fetchone()
        return None if row is None else str(row[0])

    def speakers(self) -> dict[str, str]:
        return dict(self._run("SELECT voice, page FROM speakers").fetchall())


class AnnouncementChanges(AnnouncementRecords):
    """Changing them."""

    wall_ms: int

    def add_announcement(self, **values: Any) -> Announcement:
        row = {**_NEW, "asked_ms": self.wall_ms, **values}
        id = self._run(_INSERT, [row[name] for name in _COLUMNS[1:]]).lastrowid
        assert id is not None, "SQLite gives every inserted row an id"
        return Announcement(id=id, **row)

    def set_announcement(self, id: int, **values: Any) -> Announcement:
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._run(f"UPDATE announcements SET {assignments} WHERE id = ?", (*values.values(), id))
        found = self.announcement(id)
        assert found is not None, "only announcements that were just read are changed"
        return found

    def withdraw_announcements(self, ticket: int) -> None:
        self._run(
            "UPDATE announcements SET state = 'lapsed', reason = 'withdrawn', ended_ms = ? "
            "WHERE ticket = ? AND state = 'queued'",
            (self.wall_ms, ticket),
        )

    def set_speaker(self, voice: str, page: str | None) -> None:
        if page is None:
            self._run("DELETE FROM speakers WHERE voice = ?", (voice,))
        else:
            self._run(
                "INSERT INTO speakers VALUES (?,?) ON CONFLICT (voice) DO UPDATE SET page = excluded.page",
                (voice, page),
            )

    def forget_announcements(self, before_ms: int, limit: int) -> int:
        return self.connection.execute(
            "DELETE FROM announcements WHERE asked_ms < ? AND id IN (SELECT id FROM announcements ORDER BY id LIMIT ?)",
            (before_ms, limit),
        ).rowcount
