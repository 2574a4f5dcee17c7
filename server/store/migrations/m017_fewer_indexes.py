"""Version 17: two indexes less are written with every ticket.

A new ticket is in three now: its number's, its visit's, and the queue's, which also knows the day and the priority and
so serves those without priority too. Who is held has an index of their own; the others that are active are found by the
indexes of those who wait and of those at a counter.
"""

from __future__ import annotations

from sqlite_utils import Database

SCHEMA = """
DROP INDEX ticket_active;
DROP INDEX ticket_regular;
DROP INDEX ticket_queue;
CREATE INDEX ticket_queue ON tickets(service, place_ms, id, day, priority) WHERE state = 'waiting';
CREATE INDEX ticket_held ON tickets(service) WHERE state = 'held';
"""


def apply(db: Database) -> None:
    """Make the index of the queue wider, and take away those that it serves for."""
    db.executescript(SCHEMA)
