"""Version 7: a counter's active profile, the day of its row of priority, when a visitor was called by a steady clock.

`served_here_ms` is the serving at the present counter alone: after a transfer it begins anew.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
ALTER TABLE counters ADD COLUMN profile TEXT;
ALTER TABLE counters ADD COLUMN run_day TEXT;
ALTER TABLE counters ADD COLUMN undo_then INTEGER;
ALTER TABLE tickets ADD COLUMN called_steady_ms INTEGER;
ALTER TABLE tickets ADD COLUMN served_here_ms INTEGER NOT NULL DEFAULT 0;
UPDATE tickets SET served_here_ms = (
  SELECT coalesce(sum(s.end_ms - s.start_ms), 0) FROM spans s
  WHERE s.ticket = tickets.id AND s.state = 'serving' AND s.counter = tickets.counter
    AND s.id > coalesce(
      (SELECT max(o.id) FROM spans o WHERE o.ticket = tickets.id AND o.counter IS NOT tickets.counter), 0)
) WHERE served_ms > 0 AND counter IS NOT NULL;
DROP INDEX ticket_served;
CREATE INDEX ticket_served ON tickets(counter, day, served_here_ms, waited_ms) WHERE state = 'finished';
"""


def apply(db: Database) -> None:
    """Add what profiles, waiting for the called and the officer's own figures look at."""
    db.executescript(SCHEMA)
