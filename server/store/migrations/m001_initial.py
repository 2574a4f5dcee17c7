"""Version 1: catalogue, tickets and their spans, counters, the event log, print jobs, access.

Times are milliseconds since 1970, UTC (`*_ms`). The unique partial indexes say the house's first
rules a second time: a number once, a ticket at one counter, a visitor called to one place.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

CREATE TABLE catalogue (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  document TEXT NOT NULL,
  source_hash TEXT NOT NULL
) STRICT;

CREATE TABLE sequences (
  id TEXT PRIMARY KEY, day TEXT NOT NULL, round INTEGER NOT NULL, ordinal INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE visits (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  issued_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tickets (
  id INTEGER PRIMARY KEY,
  visit INTEGER NOT NULL REFERENCES visits(id),
  number TEXT NOT NULL,
  day TEXT NOT NULL,
  sequence TEXT NOT NULL,
  round INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  service TEXT NOT NULL,
  agency TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('waiting','called','serving','held','finished','no_show','cancelled','expired')),
  priority TEXT,
  party_size INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('kiosk','desk','direct')),
  issued_by TEXT NOT NULL,
  language TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  place_ms INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  called_ms INTEGER,
  started_ms INTEGER,
  finished_ms INTEGER,
  no_show_ms INTEGER,
  counter TEXT,
  officer TEXT,
  recalls INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  waited_ms INTEGER NOT NULL DEFAULT 0,
  served_ms INTEGER NOT NULL DEFAULT 0,
  came_from TEXT,
  closed_by_day INTEGER NOT NULL DEFAULT 0,
  CHECK ((counter IS NOT NULL) = (state IN ('called','serving'))
         OR state IN ('held','finished','no_show','cancelled','expired')),
  UNIQUE (day, sequence, round, ordinal)
) STRICT;
CREATE UNIQUE INDEX ticket_at_counter ON tickets(counter) WHERE state IN ('called','serving');
CREATE UNIQUE INDEX visit_busy ON tickets(visit) WHERE state IN ('called','serving');
CREATE INDEX ticket_queue ON tickets(service, place_ms, id) WHERE state = 'waiting';
CREATE INDEX ticket_active ON tickets(day, sequence, ordinal)
  WHERE state IN ('waiting','called','serving','held');
CREATE INDEX ticket_missed ON tickets(day, service) WHERE state = 'no_show';
CREATE INDEX ticket_visit ON tickets(visit);
CREATE INDEX ticket_called ON tickets(day, called_ms) WHERE called_ms IS NOT NULL;
CREATE INDEX ticket_served ON tickets(counter, day, served_ms, waited_ms) WHERE state = 'finished';

CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL REFERENCES tickets(id),
  state TEXT NOT NULL,
  service TEXT NOT NULL,
  agency TEXT NOT NULL,
  counter TEXT,
  officer TEXT,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER CHECK (end_ms >= start_ms)
) STRICT;
CREATE INDEX span_ticket ON spans(ticket, id);
CREATE UNIQUE INDEX span_open ON spans(ticket) WHERE end_ms IS NULL;

CREATE TABLE counters (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('closed','open','paused')),
  actor TEXT,
  officer TEXT,
  since_ms INTEGER NOT NULL,
  pause_reason TEXT,
  undo_ticket INTEGER,
  undo_verb TEXT,
  undo_ms INTEGER
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX counter_actor ON counters(actor) WHERE actor IS NOT NULL;

CREATE TABLE paces (
  service TEXT PRIMARY KEY, day TEXT NOT NULL, mean_seconds REAL NOT NULL, samples INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  payload TEXT NOT NULL,
  payload_hash BLOB NOT NULL,
  chain BLOB NOT NULL
) STRICT;

-- In the order of arrival: new answers lie side by side on few pages, and the oldest come first.
CREATE TABLE idempotency (
  id INTEGER PRIMARY KEY,
  actor TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL,
  request_hash BLOB NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at_ms INTEGER NOT NULL,
  UNIQUE (actor, route, key)
) STRICT;

CREATE TABLE print_jobs (
  id INTEGER PRIMARY KEY,
  visit INTEGER NOT NULL REFERENCES visits(id),
  printer TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','sending','sent','failed','expired','unknown')),
  copy INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  slip TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  lease_ms INTEGER,
  holder TEXT
) STRICT;
CREATE INDEX print_job_open ON print_jobs(printer, id) WHERE state IN ('queued','sending');
CREATE INDEX print_job_visit ON print_jobs(visit);

CREATE TABLE printers (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, since_ms INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL CHECK (role IN ('officer','supervisor','admin')),
  password_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
  hash BLOB PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('session','device')),
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT,
  user INTEGER REFERENCES users(id),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER
) WITHOUT ROWID, STRICT;
"""

APPLICATION_ID = 0x616E7472  # "antr": tells our database from any other SQLite file.


def apply(db: Database) -> None:
    """Make the tables of version 1."""
    db.executescript(SCHEMA)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
