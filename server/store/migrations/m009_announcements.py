"""Version 9: the announcer's queue, and which board's page speaks for each voice.

`called_ms` and `recalls` say which call of a ticket is spoken. The speakers are kept so that a server that comes back
knows who was in mid-sentence.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE announcements (
  id INTEGER PRIMARY KEY AUTOINCREMENT, voice TEXT NOT NULL, day TEXT NOT NULL, ticket INTEGER, number TEXT NOT NULL,
  counter TEXT NOT NULL, agency TEXT NOT NULL, service TEXT NOT NULL, called_ms INTEGER, recalls INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','playing','played','lapsed')), reason TEXT, asked_ms INTEGER NOT NULL,
  speaker TEXT, started_ms INTEGER, ended_ms INTEGER, times INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX announcement_open ON announcements (voice, id) WHERE state IN ('queued','playing');
CREATE INDEX announcement_of_ticket ON announcements (ticket) WHERE state = 'queued';
CREATE INDEX announcement_day ON announcements (day, voice, state, reason);
CREATE TABLE speakers (voice TEXT PRIMARY KEY, page TEXT NOT NULL) WITHOUT ROWID, STRICT;
"""


def apply(db: Database) -> None:
    """Make both tables."""
    db.executescript(SCHEMA)
