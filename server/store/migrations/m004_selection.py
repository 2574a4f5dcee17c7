"""Version 4: who is next, with priority: heads of both kinds, how many in a row, and who has just left a counter."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE INDEX ticket_priority ON tickets(service, place_ms, id) WHERE state = 'waiting' AND priority IS NOT NULL;
CREATE INDEX ticket_regular ON tickets(service, place_ms, id) WHERE state = 'waiting' AND priority IS NULL;
ALTER TABLE visits ADD COLUMN freed_ms INTEGER;
ALTER TABLE counters ADD COLUMN priority_run INTEGER NOT NULL DEFAULT 0;
"""


def apply(db: Database) -> None:
    """Add what the choice of the next visitor looks at."""
    db.executescript(SCHEMA)
