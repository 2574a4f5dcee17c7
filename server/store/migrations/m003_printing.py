"""Version 3: slips that a printer has confirmed, copies that know their original, test slips, printers' failures."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
ALTER TABLE print_jobs RENAME TO print_jobs_before;
CREATE TABLE print_jobs (
  id INTEGER PRIMARY KEY,
  visit INTEGER REFERENCES visits(id),
  printer TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued','sending','sent','printed','failed','expired','unknown')),
  copy INTEGER NOT NULL DEFAULT 0,
  copy_of INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  slip TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  lease_ms INTEGER,
  holder TEXT
) STRICT;
INSERT INTO print_jobs SELECT id, visit, printer, state, copy, NULL, attempts, reason, slip, created_ms, expires_ms,
  not_before_ms, lease_ms, holder FROM print_jobs_before;
DROP TABLE print_jobs_before;
CREATE INDEX print_job_open ON print_jobs(printer, id) WHERE state IN ('queued','sending');
CREATE INDEX print_job_visit ON print_jobs(visit);
CREATE INDEX print_job_copy ON print_jobs(copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX print_job_troubled ON print_jobs(id) WHERE state IN ('failed','expired','unknown');

ALTER TABLE printers ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE printers ADD COLUMN stand_in TEXT;
"""


def apply(db: Database) -> None:
    """Rebuild the table of print jobs, for SQLite cannot change a check, and count printers' failures."""
    db.executescript(SCHEMA)
