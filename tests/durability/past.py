"""Data folders with a past: days of long ago on which visitors came and officers typed words about them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from server.commands import catalogue, day, issuing, serving, setting_aside
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.domain.outcomes import Told
from server.hall_file import parse_hall
from server.store.chain import read_head
from server.store.changes import Changes
from server.store.sqlite import DATABASE, connect, migrate
from tests.durability.folders import KIOSK, OPEN, Folder, roomy
from tests.harness import write_config
from tests.small_hall import Document, set_at

JAKARTA = ZoneInfo("Asia/Jakarta")
SITI = Actor("user:1", "officer", "siti")
NOTE, PAPER, PAUSE = "kaki Pak Darmawan sakit", "KK asli milik Sulastri", "mengantar Bu Hartini"
WORDS = (NOTE, PAPER, PAUSE)
"""What officers typed about people."""


def document() -> Document:
    """The roomy hall, with an outcome for which an officer names documents."""
    outcome = {"id": "kurang", "name": {"id": "Berkas kurang", "en": "Papers missing"}, "documents": True}
    return set_at(roomy(), "agencies[0].services[0].outcomes", [outcome])


def hall() -> Hall:
    return parse_hall(document())


def at(text: str) -> int:
    """A store time from a local one, `2026-01-31 10:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=JAKARTA).timestamp() * 1000)


def write_at(database: Path, at_ms: int, *commands: Callable[[Changes], object]) -> None:
    """Run commands a second apart from a time on, in one transaction; the event log need not like that time."""
    with closing(connect(database)) as connection:
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SAVEPOINT command")
        tx = Changes(connection, read_head(connection), at_ms)
        for command in commands:
            command(tx)
            tx.now_ms += 1000
            tx.wall_ms = tx.now_ms
        tx.set_meta("head", str(tx.newest.seq))
        connection.execute("RELEASE command")
        connection.execute("COMMIT")


def a_visit(tx: Changes) -> None:
    """A visitor takes a number, is called, set aside with a note, served, and sent home without a paper."""
    the_hall = hall()
    ticket = issuing.issue(tx, the_hall, OPEN, KIOSK, issuing.Wish(("one",))).tickets[0]
    tx.now_ms += 60_000
    serving.call_next(tx, the_hall, SITI, "1", expect=UNSAID)
    serving.start(tx, the_hall, SITI, "1", expect=UNSAID)
    tx.now_ms += 120_000
    setting_aside.hold(tx, the_hall, SITI, "1", note=NOTE, expect=UNSAID)
    tx.now_ms += 30_000
    setting_aside.resume(tx, the_hall, SITI, "1", ticket.id, expect=UNSAID)
    tx.now_ms += 90_000
    serving.finish(tx, the_hall, SITI, "1", expect=UNSAID, told=Told("kurang", (PAPER, "KTP")))


def a_day(database: Path, date: str, visitors: int = 2) -> None:
    """A day on which so many came, from ten o'clock on."""
    the_hall = hall()
    write_at(
        database,
        at(f"{date} 10:00"),
        lambda tx: catalogue.apply(tx, the_hall, KIOSK),
        lambda tx: serving.open_counter(tx, the_hall, SITI, "1", take_over=False, expect=UNSAID),
        *[a_visit] * visitors,
        lambda tx: serving.pause_counter(tx, the_hall, SITI, "1", reason=PAUSE, expect=UNSAID),
        lambda tx: serving.close_counter(tx, the_hall, SITI, "1", expect=UNSAID),
    )
    write_at(database, at(f"{date} 23:59"), lambda tx: day.close_day(tx, the_hall))


def a_moment_ago(database: Path) -> None:
    """An event of a moment ago: a server that starts now does not doubt the clock."""
    write_at(database, int(time.time() * 1000) - 60_000, lambda tx: tx.record("access.changed", "local", {"user": {}}))


def folder_with(root: Path, dates: list[str], visitors: int = 2) -> Folder:
    """A data folder with these days behind it, and an event of just now."""
    root.mkdir(parents=True, exist_ok=True)
    folder = Folder(root / "data", write_config(root / "config.toml", document()))
    folder.path.mkdir()
    for date in dates:
        a_day(folder.path / DATABASE, date, visitors)
    a_moment_ago(folder.path / DATABASE)
    return folder


def whole_log(database: Path) -> list[tuple[object, ...]]:
    """Every event that a database holds, as it is."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT * FROM events ORDER BY seq").fetchall()
