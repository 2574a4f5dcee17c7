"""Version 8: the supervisor's part: hours overridden for a day, messages to counters, alerts, the day's served."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE overrides (
  kind TEXT NOT NULL CHECK (kind IN ('service','agency')),
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('closed','open')),
  reason_id TEXT,
  reason_en TEXT,
  day TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  "by" TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  to_all INTEGER NOT NULL
) STRICT;
CREATE INDEX message_day ON messages(day, id);
CREATE TABLE receipts (
  message INTEGER NOT NULL REFERENCES messages(id),
  counter TEXT NOT NULL,
  read_ms INTEGER,
  reader TEXT,
  PRIMARY KEY (message, counter)
) WITHOUT ROWID, STRICT;
CREATE INDEX receipt_unread ON receipts(counter, message) WHERE read_ms IS NULL;

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL,
  raised_ms INTEGER NOT NULL,
  cleared_ms INTEGER,
  acknowledged_ms INTEGER,
  acknowledged_by TEXT
) STRICT;
CREATE UNIQUE INDEX alert_standing ON alerts(kind, subject) WHERE cleared_ms IS NULL;

CREATE INDEX ticket_finished ON tickets(day, service) WHERE state = 'finished';
"""


def apply(db: Database) -> None:
    """Make the tables of the supervisor's part."""
    db.executescript(SCHEMA)
