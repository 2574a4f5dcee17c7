"""Giving up, by the house itself, those who were called and did not come in the hall's time."""

from __future__ import annotations

from server.commands.announcing import unheard_tickets
from server.commands.desk import record
from server.domain import events
from server.domain.absence import is_absent
from server.domain.actors import SYSTEM
from server.domain.hall import Hall
from server.domain.tickets import Ticket, after
from server.store import Reader, Tx


def absent(reader: Reader, hall: Hall, steady_ms: int, since_ms: int) -> list[Ticket]:
    """Called visitors whose time is over, where the hall gives them up by itself; see `domain.absence.is_absent`.

    Not those who have not heard it yet: their call is still to be spoken, or being spoken.
    """
    if not hall.rules.no_show_automatic:
        return []
    over = [ticket for ticket in reader.current_calls() if is_absent(ticket, hall.rules, steady_ms, since_ms)]
    unheard = unheard_tickets(reader, hall) if over else frozenset()
    return [ticket for ticket in over if ticket.id not in unheard]


def give_up_absent(tx: Tx, hall: Hall, since_ms: int) -> list[Ticket]:
    """Note those visitors as not present; the officer can undo it as their own word. The missed tickets."""
    missed = []
    for ticket in absent(tx, hall, tx.steady_ms, since_ms):
        assert ticket.counter is not None, "a called ticket is at a counter"
        gone = tx.move(ticket, after("no_show", ticket.state), no_show_ms=tx.now_ms)
        tx.set_counter(ticket.counter, undo_ticket=gone.id, undo_verb="no_show", undo_ms=gone.since_ms)
        reason = {"rule": "no_show_after", "seconds": hall.rules.no_show_after_seconds}
        record(tx, hall, SYSTEM, events.TICKET_NO_SHOW, gone, ticket.counter, reason=reason)
        missed.append(gone)
    return missed
