"""Version 11: figures of whole days and months, rolled up, and when which counter was open or paused.

A period is `rolled` when its figures were made from all that is known of it; the database itself forgets that when a
ticket of one of its days changes. What a counter was is written down for the past from the event log.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

SCHEMA = """
CREATE TABLE rolled (period TEXT PRIMARY KEY, done INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE figures (
  cut TEXT NOT NULL,
  period TEXT NOT NULL,
  agency TEXT NOT NULL,
  service TEXT NOT NULL,
  counter TEXT NOT NULL,
  officer TEXT NOT NULL,
  facts BLOB NOT NULL,
  samples BLOB NOT NULL,
  results TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX figures_of ON figures(cut, period, agency, service, counter, officer);
CREATE TABLE counter_days (
  day TEXT NOT NULL,
  counter TEXT NOT NULL,
  officer TEXT NOT NULL,
  open_ms INTEGER NOT NULL,
  paused_ms INTEGER NOT NULL,
  called_ms INTEGER NOT NULL,
  serving_ms INTEGER NOT NULL,
  served INTEGER NOT NULL,
  PRIMARY KEY (day, counter, officer)
) WITHOUT ROWID, STRICT;

CREATE TABLE openings (
  id INTEGER PRIMARY KEY,
  counter TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open','paused')),
  officer TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER CHECK (end_ms >= start_ms)
) STRICT;
CREATE UNIQUE INDEX opening_now ON openings(counter) WHERE end_ms IS NULL;
CREATE INDEX opening_start ON openings(start_ms);
CREATE INDEX opening_long ON openings(start_ms) WHERE end_ms IS NULL OR end_ms - start_ms > 86400000;

CREATE TRIGGER figures_grow_old AFTER INSERT ON tickets
BEGIN
  DELETE FROM rolled WHERE period IN (new.day, substr(new.day, 1, 7));
END;
CREATE TRIGGER figures_change AFTER UPDATE OF state, agency, service, counter, officer, party_size, outcome ON tickets
BEGIN
  DELETE FROM rolled WHERE period IN (new.day, substr(new.day, 1, 7));
END;
"""


def apply(db: Database) -> None:
    """Make room for figures, and write down the counters' past."""
    db.executescript(SCHEMA)
    rows = db.execute("SELECT at_ms, payload FROM events WHERE kind = 'counter.changed' ORDER BY seq")
    for at_ms, payload in rows.fetchall():
        facts = json.loads(payload).get("counter") or {}
        if "id" not in facts:  # what it told was erased
            continue
        db.execute(
            "UPDATE openings SET end_ms = max(start_ms, ?) WHERE counter = ? AND end_ms IS NULL", (at_ms, facts["id"])
        )
        if facts["state"] in ("open", "paused"):
            officer = (facts.get("officer") or {}).get("name", "")
            db.execute(
                "INSERT INTO openings (counter, state, officer, start_ms) VALUES (?,?,?,?)",
                (facts["id"], facts["state"], officer, at_ms),
            )
