"""Version 5: what an officer tells of a visitor: the outcome, where to go next, how long on hold, notes."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
ALTER TABLE tickets ADD COLUMN outcome TEXT;
ALTER TABLE tickets ADD COLUMN documents TEXT;
ALTER TABLE tickets ADD COLUMN wanted_counter TEXT;
ALTER TABLE tickets ADD COLUMN return_service TEXT;
ALTER TABLE tickets ADD COLUMN return_counter TEXT;
ALTER TABLE tickets ADD COLUMN held_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ticket_wanted ON tickets(wanted_counter) WHERE state = 'waiting' AND wanted_counter IS NOT NULL;

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES tickets(id),
  at_ms INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX note_ticket ON notes(ticket, id);
"""


def apply(db: Database) -> None:
    """Widen the tickets, and make room for notes."""
    db.executescript(SCHEMA)
