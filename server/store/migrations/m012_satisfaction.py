"""Version 12: what visitors thought of the service, once for each served ticket.

The figures stand by themselves in `surveys`. What a visitor told of themselves and what they wrote are in tables of
their own, so that they can be erased while the figures stay. Officers stand in none of them.
"""

from __future__ import annotations

from sqlite_utils import Database

_ELEMENTS = ", ".join(f"u{n} INTEGER CHECK (u{n} BETWEEN 1 AND 4)" for n in range(1, 10))

SCHEMA = f"""
CREATE TABLE surveys (
  ticket INTEGER PRIMARY KEY REFERENCES tickets(id),
  at_ms INTEGER NOT NULL,
  day TEXT NOT NULL,
  agency TEXT NOT NULL,
  service TEXT NOT NULL,
  counter TEXT,
  source TEXT NOT NULL CHECK (source IN ('slip','tablet')),
  {_ELEMENTS}
) STRICT;
CREATE INDEX survey_day ON surveys(day, ticket);

CREATE TABLE survey_respondents (
  ticket INTEGER PRIMARY KEY REFERENCES surveys(ticket),
  age TEXT, sex TEXT, education TEXT, job TEXT
) STRICT;

CREATE TABLE survey_comments (
  ticket INTEGER PRIMARY KEY REFERENCES surveys(ticket),
  at_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new','shown','hidden')),
  moderator TEXT,
  moderated_ms INTEGER
) STRICT;
CREATE INDEX survey_comment_age ON survey_comments(at_ms);

-- How many were served in a period, without reading the tickets themselves.
CREATE INDEX ticket_served_day ON tickets(day, agency, service) WHERE state = 'finished' AND closed_by_day = 0;
"""


def apply(db: Database) -> None:
    """Make the tables of answers, respondents and comments."""
    db.executescript(SCHEMA)
