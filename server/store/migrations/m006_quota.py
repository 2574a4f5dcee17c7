"""Version 6: how many numbers were given for each service and day, kept by the database itself.

A number counts for the service it was given for, wherever its visitor is passed on to; one that is cancelled does not
count any more. Eight days are kept, more than a clock that was set back ever needs.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE given_numbers (
  day TEXT NOT NULL, service TEXT NOT NULL, given INTEGER NOT NULL CHECK (given >= 0), PRIMARY KEY (day, service)
) WITHOUT ROWID, STRICT;
INSERT INTO given_numbers SELECT day, service, count(*) FROM tickets
  WHERE state <> 'cancelled' AND day >= (SELECT date(max(day), '-7 days') FROM tickets) GROUP BY day, service;

CREATE TRIGGER number_given AFTER INSERT ON tickets
BEGIN
  INSERT INTO given_numbers VALUES (new.day, new.service, 1) ON CONFLICT (day, service) DO UPDATE SET given = given + 1;
  DELETE FROM given_numbers WHERE day < date(new.day, '-7 days');
END;
CREATE TRIGGER number_given_back AFTER UPDATE OF state ON tickets
WHEN new.state = 'cancelled' AND old.state <> 'cancelled'
BEGIN
  UPDATE given_numbers SET given = given - 1 WHERE day = new.day AND given > 0
    AND service = (SELECT service FROM spans WHERE ticket = new.id ORDER BY id LIMIT 1);
END;
"""


def apply(db: Database) -> None:
    """Count the numbers given, and keep counting."""
    db.executescript(SCHEMA)
