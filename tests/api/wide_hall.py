"""A hall with room for races: its document, its settings, and what its tables hold."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import Any

from tests.harness import RunningHall
from tests.small_hall import Document, name

KIOSKS = tuple(f"kiosk-{n}" for n in range(1, 9))
COUNTERS = tuple(str(n) for n in range(1, 9))
QUIET = {
    "ANTREAN_LIMITS_LOGINS_PER_MINUTE": "0",
    "ANTREAN_LIMITS_TICKETS_PER_SECOND": "0",
    "ANTREAN_LIMITS_PUBLIC_REQUESTS_PER_SECOND": "0",
    "ANTREAN_LIMITS_ENROLMENTS_PER_MINUTE": "0",
    # No slip gets too old while a test looks whether anything has changed.
    "ANTREAN_PRINTING_EXPIRE_SECONDS": "86400",
    # No call lapses because nobody speaks it.
    "ANTREAN_VOICE_LAPSE_SECONDS": "86400",
}
"""Settings in which nothing is limited and nothing happens by itself."""


def wide() -> Document:
    """Zone a: agency x with `one` and `two`, served at counters 1 to 6. Zone b: agency y with `three`, at 7 and 8."""
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jakarta"},
        "zones": [{"id": "a", "name": name("Zona A")}, {"id": "b", "name": name("Zona B")}],
        "agencies": [
            {"id": "x", "name": name("X"), "zone": "a", "services": [
                {"id": "one", "prefix": "A", "name": name("One"), "sequence": "ones"},
                {"id": "two", "prefix": "A", "name": name("Two"), "sequence": "ones"},
            ]},
            {"id": "y", "name": name("Y"), "zone": "b", "services": [
                {"id": "three", "prefix": "B", "name": name("Three")},
            ]},
        ],
        "counters": [
            {"id": id, "label": id, "zone": "a" if int(id) < 7 else "b",
             "services": ["one", "two"] if int(id) < 7 else ["three"]}
            for id in COUNTERS
        ],
        "kiosks": [{"id": id, "name": name(id), "zone": "a"} for id in KIOSKS],
        "displays": [
            {"id": "board-a", "name": name("Board A"), "zones": ["a"]},
            {"id": "board-b", "name": name("Board B"), "zones": ["b"]},
        ],
        "printers": [
            {"id": "printer-1", "name": name("Printer 1"), "kiosks": ["kiosk-1"]},
            {"id": "printer-2", "name": name("Printer 2"), "kiosks": ["kiosk-2"]},
        ],
    }  # fmt: skip


def rows(hall: RunningHall, query: str, *values: Any) -> list[Any]:
    """Rows straight from the running hall's database."""
    path = (hall.data / "antrean.db").resolve().as_uri() + "?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as connection:
        return connection.execute(query, values).fetchall()


OTHERS_DO = {
    "events": "SELECT * FROM events WHERE actor <> 'system'",
    "meta": "SELECT * FROM meta WHERE key NOT IN ('asked_ready_ms', 'head')",
    "print_jobs": """SELECT id, visit, printer, slip, created_ms, expires_ms, attempts, holder, lease_ms,
                            CASE WHEN reason = 'the worker went silent' THEN 'sending' ELSE state END
                     FROM print_jobs WHERE copy_of IS NULL""",
    "printers": "SELECT id FROM printers",
    "alerts": "SELECT id, acknowledged_ms, acknowledged_by FROM alerts WHERE acknowledged_by IS NOT NULL",
}
"""Where the house itself writes at any moment (a printer falls silent, a slip's lease ends and its copy is due, a board
goes away, it is asked whether it is ready), all that anybody else does there: who changes a printer's state or sees an
alert is in the log of events."""


def fingerprint(hall: RunningHall) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash over all of them, but for what the house does by itself."""
    tables = [name for (name,) in rows(hall, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        content = rows(hall, OTHERS_DO.get(table, f'SELECT * FROM "{table}"'))
        found[table] = (len(content), hashlib.sha256(repr(content).encode()).hexdigest())
    return found


def empty(hall: RunningHall) -> None:
    """Sends everybody home and closes every counter."""
    admin = hall.client("admin")
    for ticket, counter in rows(hall, "SELECT id, counter FROM tickets WHERE state IN ('called', 'serving')"):
        admin.do(f"/counters/{counter}/no-show", {"expect": ticket})
    for (ticket,) in rows(hall, "SELECT id FROM tickets WHERE state = 'waiting'"):
        admin.do(f"/tickets/{ticket}/cancel")
    for (counter,) in rows(hall, "SELECT id FROM counters WHERE state <> 'closed'"):
        admin.do(f"/counters/{counter}/close")
