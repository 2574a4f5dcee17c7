"""Closing the business day: nobody is left over in a queue that is gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from server.domain import events
from server.domain.actors import SYSTEM
from server.domain.hall import Hall
from server.domain.tickets import AT_COUNTER, State, Ticket, after
from server.store import Tx
from server.views import counter_label, ticket_view

AT_ONCE = 25
"""Tickets closed in one transaction, so that a full hall at midnight does not hold up its officers."""


def close_day(tx: Tx, hall: Hall) -> int:
    """End tickets of earlier business days, at most 25 of them; how many were ended.

    To be repeated until it answers 0. Their last span ends at the midnight that they missed, not
    when the server came to close them: a night or a week switched off is not waiting time.
    """
    left = tx.active_before(hall.day(tx.now_ms))[:AT_ONCE]
    for ticket in left:
        to = after("close_day", ticket.state)
        at_ms = max(ticket.since_ms, min(tx.now_ms, _midnight_after_ms(hall, ticket)))
        ended = tx.move(ticket, to, at_ms=at_ms, finished_ms=at_ms, closed_by_day=1)
        tx.withdraw_announcements(ticket.id)
        kind = events.TICKET_FINISHED if to is State.FINISHED else events.TICKET_EXPIRED
        payload = {"ticket": ticket_view(hall, ended, tx.now_ms), "closed_by_day": True}
        if ticket.state in AT_COUNTER:
            payload["counter"] = counter_label(hall, ticket.counter)
        tx.record(kind, SYSTEM.id, payload)
    if left:
        days = sorted({ticket.day for ticket in left})
        tx.record(events.DAY_CLOSED, SYSTEM.id, {"days": days, "tickets": len(left)})
    return len(left)


def _midnight_after_ms(hall: Hall, ticket: Ticket) -> int:
    following = date.fromisoformat(ticket.day) + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=hall.zone_info)
    return int(midnight.timestamp() * 1000)
