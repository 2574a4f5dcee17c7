"""The house's rules once more, written from DESIGN.md's text and not from the code under test."""

from __future__ import annotations

from typing import Any

IN_QUEUE = {"waiting", "called", "serving", "held"}
AT_COUNTER = {"called", "serving"}

# "waiting -> called -> serving -> finished. called -> waiting (requeue, transfer), no_show. serving -> held, no_show,
# waiting (transfer). held -> called, serving, no_show. no_show -> waiting (restored). waiting, called, held ->
# cancelled. Undo: finished and no_show go back to where they came from, and, by decision 010, serving to waiting where
# it began with the call. Closing the day: waiting, called, held -> expired; serving -> finished.
# Nothing else." And by decision 011 waiting -> waiting, elsewhere (a supervisor moves).
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("waiting", "called"): {"call_next", "call"},
    ("held", "called"): {"call"},
    ("called", "serving"): {"start"},
    ("serving", "finished"): {"finish", "close_day"},
    ("called", "waiting"): {"requeue", "transfer"},
    ("serving", "waiting"): {"transfer", "undo"},
    ("serving", "held"): {"hold"},
    ("held", "serving"): {"resume"},
    ("held", "no_show"): {"give_up"},
    ("called", "no_show"): {"no_show"},
    ("serving", "no_show"): {"no_show"},
    ("no_show", "waiting"): {"restore"},
    ("waiting", "waiting"): {"move"},
    ("waiting", "cancelled"): {"cancel"},
    ("called", "cancelled"): {"cancel"},
    ("held", "cancelled"): {"cancel"},
    ("waiting", "expired"): {"close_day"},
    ("called", "expired"): {"close_day"},
    ("held", "expired"): {"close_day"},
    ("finished", "serving"): {"undo"},
    ("no_show", "called"): {"undo"},
    ("no_show", "serving"): {"undo"},
}

OUTCOME = {"finished": "served", "no_show": "no_show", "cancelled": "cancelled", "expired": "expired"}


def led_to(verb: str, state: str) -> str | None:
    """The state to which a verb leads from a state; None where the design knows no such way."""
    return next((to for (before, to), verbs in ALLOWED.items() if before == state and verb in verbs), None)


def expected_numbers(issued: list[int], first: int, last: int | None, in_use: set[int], missed: set[int]) -> int | None:
    """The ordinal after those issued today: no gaps until the range wraps, then the next that nobody in the queue has.

    Rather not one of a visitor who was missed today and may be brought back; None where all are in use.
    """
    if not issued:
        return first
    if last is None:
        return issued[-1] + 1
    span = last - first + 1
    if len(issued) < span and issued[-1] < last:
        return issued[-1] + 1
    following = [first + (issued[-1] - first + step) % span for step in range(1, span + 1)]
    for taken in (in_use | missed, in_use):
        for ordinal in following:
            if ordinal not in taken:
                return ordinal
    return None


def outcome(ticket: dict[str, Any]) -> str:
    """The one outcome of a ticket, or `open`."""
    if ticket["closed_by_day"] and ticket["state"] == "finished":
        return "closed_by_day"
    return OUTCOME.get(ticket["state"], "open")
