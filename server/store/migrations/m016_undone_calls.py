"""Version 16: a call that is taken back gives back the row of visitors with priority that it counted in."""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = "ALTER TABLE counters ADD COLUMN undo_run INTEGER;"


def apply(db: Database) -> None:
    """Remember with a call how many visitors with priority had been called in a row before it."""
    db.executescript(SCHEMA)
