"""Which waiting ticket a counter calls next, and the reason for the choice.

The store finds who stands first in each queue (of those who could come); the choice between them is made here, by
the rules that docs/queue-rules.md tells: who has waited too long, then help for another service, then the order of the
counter's services where it counts, then priority, but so many in a row at most, then the order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.hall import Rules
from server.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """A ticket and why it is next; `reason` is recorded in the event and shown to the officer.

    `run` is how many visitors with priority the counter has then called in a row while others waited; None leaves it.
    """

    ticket: Ticket
    reason: dict[str, str | int]
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """Who stands first for a counter: with priority, without, and in the queues that it helps by now, longest first.

    `foremost` is the two who stand first for the first of its services that anybody waits for, where order counts.
    """

    priority: Ticket | None
    regular: Ticket | None
    helped: tuple[Ticket, ...] = ()
    foremost: tuple[Ticket | None, Ticket | None] | None = None


def first(tickets: Iterable[Ticket | None]) -> Ticket | None:
    """The one with the earliest place, None when there is none. Ties go to the older ticket."""
    there = (ticket for ticket in tickets if ticket is not None)
    return min(there, key=lambda ticket: (ticket.place_ms, ticket.id), default=None)


def has_waited(ticket: Ticket, minutes: int, now_ms: int) -> bool:
    """Whether so many minutes have passed since the time of its place: its arrival, until it is put back."""
    return now_ms - ticket.place_ms >= minutes * 60_000


def choose(heads: Heads, rules: Rules, run: int, now_ms: int) -> Choice | None:
    """The next of those who stand first, or None when nobody does.

    `run` is how many with priority the counter has called in a row while others waited.
    """
    own = first((heads.priority, heads.regular))
    if own is not None and rules.max_wait_minutes and has_waited(own, rules.max_wait_minutes, now_ms):
        return _choice(own, "max_wait", now_ms, run_after(own, heads, run), max_wait_minutes=rules.max_wait_minutes)
    if heads.helped:
        return _choice(heads.helped[0], "help", now_ms, None, service=heads.helped[0].service)
    if heads.foremost is not None:
        foremost = _whose_turn(*heads.foremost, rules, run)
        if foremost is not None and foremost != _whose_turn(heads.priority, heads.regular, rules, run):
            ordered = run_after(foremost, heads, run)
            return _choice(foremost, "order", now_ms, ordered, service=foremost.service)
    return _by_turn(heads, rules, run, now_ms)


def _whose_turn(priority: Ticket | None, regular: Ticket | None, rules: Rules, run: int) -> Ticket | None:
    """Of the first with and the first without priority: the one with, unless it is the other's turn."""
    if priority is None or regular is None:
        return priority or regular
    return priority if run < rules.priority_in_a_row else regular


def _by_turn(heads: Heads, rules: Rules, run: int, now_ms: int) -> Choice | None:
    ticket = _whose_turn(heads.priority, heads.regular, rules, run)
    if ticket is None:
        return None
    after = run_after(ticket, heads, run)
    if heads.priority is None or heads.regular is None:
        return _choice(ticket, "arrival" if ticket.priority is None else "priority", now_ms, after)
    if ticket is heads.priority:
        return _choice(ticket, "priority", now_ms, after, in_a_row=after, at_most=rules.priority_in_a_row)
    return _choice(ticket, "turn", now_ms, after, after=run)


def run_after(ticket: Ticket, heads: Heads, run: int) -> int:
    """How many with priority a counter has called in a row while others waited, once it calls this one of its own."""
    if ticket.priority is None:
        return 0
    return run if heads.regular is None else run + 1


def _choice(ticket: Ticket, rule: str, now_ms: int, run: int | None, **facts: str | int) -> Choice:
    reason: dict[str, str | int] = {"rule": rule, "waited_seconds": ticket.wait_seconds(now_ms), **facts}
    if rule in ("priority", "order") and ticket.priority is not None:
        reason["class"] = ticket.priority
    return Choice(ticket, reason, run)
