"""Which waiting ticket a counter calls next, and the reason for the choice.

First come, first served: of the heads of the counter's queues, the one with the earliest place.
The store finds each head (the earliest waiting ticket of one service whose visitor is not at
another counter); the choice between them is made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """A ticket and why it is next; `reason` is recorded in the event and shown to the officer."""

    ticket: Ticket
    reason: dict[str, str | int]


def choose(heads: Iterable[Ticket], now_ms: int) -> Choice | None:
    """The next of the queues' `heads`, or None when all are empty. Ties go to the older ticket."""
    first = min(heads, key=lambda ticket: (ticket.place_ms, ticket.id), default=None)
    if first is None:
        return None
    return Choice(first, {"rule": "arrival", "waited_seconds": first.wait_seconds(now_ms)})
