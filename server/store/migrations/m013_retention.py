"""Version 13: which months of the event log were archived; the rows of a file are gone from `events` once it is noted.

`previous` is the chain value before the file's first row, `chain` and `at_ms` are of its last.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE archives (
  month TEXT PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
  previous BLOB NOT NULL,
  chain BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX archive_last ON archives(last_seq);
"""


def apply(db: Database) -> None:
    """Make room for the notes of archives."""
    db.executescript(SCHEMA)
