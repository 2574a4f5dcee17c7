"""When a visitor who was called and does not come may be given up: after so many further calls, or so long after one.

The time is taken by a clock that nobody sets: one that is set back makes it neither shorter nor endless.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.hall import Rules
from server.domain.tickets import State, Ticket


@dataclass(frozen=True, slots=True)
class Missing:
    """What is to be done before: `recalls` more calls, or `seconds` more of waiting; None for a way there is not."""

    recalls: int | None
    seconds: int | None


def missing(ticket: Ticket, rules: Rules, steady_ms: int) -> Missing | None:
    """What an officer must do or wait for before "not present"; either suffices, and None is nothing.

    Who has begun to be served was there, and may have left at once; unless serving begins with the call.
    """
    if not (ticket.state is State.CALLED or rules.auto_start):
        return None
    recalls = max(0, rules.no_show_after_recalls - ticket.recalls) if rules.no_show_after_recalls else None
    seconds = None
    if rules.no_show_after_seconds:
        seconds = -(-max(0, rules.no_show_after_seconds * 1000 - called_for_ms(ticket, steady_ms)) // 1000)
    if recalls == 0 or seconds == 0 or (recalls is None and seconds is None):
        return None
    return Missing(recalls, seconds)


def called_for_ms(ticket: Ticket, steady_ms: int) -> int:
    """How long ago a ticket was last called; at least since the machine was started, where that was after the call."""
    called_ms = ticket.called_steady_ms
    return steady_ms if called_ms is None or called_ms > steady_ms else steady_ms - called_ms


def gives_up_in_seconds(ticket: Ticket, rules: Rules, steady_ms: int) -> int | None:
    """Seconds until the house itself gives a called visitor up, about; None where it does not."""
    if not rules.no_show_automatic or ticket.state is not State.CALLED:
        return None
    return -(-max(0, rules.no_show_after_seconds * 1000 - called_for_ms(ticket, steady_ms)) // 1000)


def is_absent(ticket: Ticket, rules: Rules, steady_ms: int, since_ms: int) -> bool:
    """Whether the house itself gives a called visitor up. `since_ms` is when it began to look, by the steady clock.

    While it was away nobody could say that the visitor had come: that time is not counted.
    """
    called_ms = ticket.called_steady_ms
    from_ms = since_ms if called_ms is None or called_ms > steady_ms else max(since_ms, called_ms)
    return ticket.state is State.CALLED and steady_ms - from_ms >= rules.no_show_after_seconds * 1000
