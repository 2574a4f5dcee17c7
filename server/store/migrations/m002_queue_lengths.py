"""Version 2: how many wait for each service, kept by the database itself.

A new visitor's place in the queue and every screen's numbers are then read at once, however many wait.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE queue_lengths (
  service TEXT PRIMARY KEY, waiting INTEGER NOT NULL CHECK (waiting >= 0)
) WITHOUT ROWID, STRICT;
INSERT INTO queue_lengths SELECT service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY service;

CREATE TRIGGER queue_joined AFTER INSERT ON tickets WHEN new.state = 'waiting'
BEGIN
  INSERT INTO queue_lengths VALUES (new.service, 1) ON CONFLICT (service) DO UPDATE SET waiting = waiting + 1;
END;
CREATE TRIGGER queue_left AFTER UPDATE OF state, service ON tickets WHEN old.state = 'waiting'
BEGIN
  UPDATE queue_lengths SET waiting = waiting - 1 WHERE service = old.service;
END;
CREATE TRIGGER queue_joined_again AFTER UPDATE OF state, service ON tickets WHEN new.state = 'waiting'
BEGIN
  INSERT INTO queue_lengths VALUES (new.service, 1) ON CONFLICT (service) DO UPDATE SET waiting = waiting + 1;
END;
"""


def apply(db: Database) -> None:
    """Count who waits, and keep counting."""
    db.executescript(SCHEMA)
