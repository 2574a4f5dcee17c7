"""Version 10: messages of the boards' running text, and screens that ask to become boards."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE board_messages (
  id INTEGER PRIMARY KEY,
  text_id TEXT NOT NULL,
  text_en TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  zones TEXT NOT NULL,
  boards TEXT NOT NULL,
  paused INTEGER NOT NULL,
  position INTEGER NOT NULL,
  author TEXT NOT NULL
) STRICT;

CREATE TABLE enrolments (
  code TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('waiting','accepted','refused')),
  display TEXT,
  address TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
"""


def apply(db: Database) -> None:
    """Make room for messages and enrolments."""
    db.executescript(SCHEMA)
