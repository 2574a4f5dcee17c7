"""Who is next, once more: written from the words of the rules and not from the code under test.

- "Priority visitors first (by place among themselves), but at most `priority_in_a_row` in a row at that counter while a
  regular visitor waits, then one regular; anybody who has waited `max_wait_minutes` is called before everybody else,
  longest first."
- "While one ticket of a visit is called or serving its others are passed over without losing their place; after that,
  for `walk_seconds`, too"; but "an officer must not idle while somebody stands there".
- "At a counter that goes by the order of its services only those of the first service for which anybody stands there
  are looked at by the rules of priority and arrival; the rule is order where somebody else would have been next."
- "A counter also calls for that service once its longest wait passes `after_minutes`, after its own queue's max_wait
  cases."

Slow and plain: it looks at everybody who waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Waiter:
    """A waiting ticket; `freed_ms` is when its visitor last left a counter, by the clock on the wall."""

    id: int
    service: str
    place_ms: int
    priority: bool
    at_a_counter: bool = False
    freed_ms: int | None = None
    sent_elsewhere: bool = False


@dataclass(frozen=True)
class Ways:
    """The rules and the counter as they stand."""

    services: tuple[str, ...]
    helps: tuple[tuple[str, int], ...] = ()
    in_a_row: int = 2
    max_wait_minutes: int = 60
    walk_seconds: int = 60
    in_order: bool = False


def next_one(waiters: Sequence[Waiter], ways: Ways, row: int, now_ms: int, wall_ms: int) -> tuple[int, str] | None:
    """The id of the next ticket and the name of the rule, None where nobody can be called."""
    return _by_rules(candidates(waiters, ways, row, now_ms, wall_ms), ways, row, now_ms)


def candidates(waiters: Sequence[Waiter], ways: Ways, row: int, now_ms: int, wall_ms: int) -> list[Waiter]:
    """Those of whom one is called next: those who walk are among them only where it would be nobody else."""
    stand = standing(waiters, ways, wall_ms)
    if _by_rules(stand, ways, row, now_ms) is not None:
        return stand
    return [waiter for waiter in waiters if not waiter.at_a_counter and not waiter.sent_elsewhere]


def standing(waiters: Sequence[Waiter], ways: Ways, wall_ms: int) -> list[Waiter]:
    """Those who could be called and are not on their way from another counter."""
    return [
        waiter
        for waiter in waiters
        if not waiter.at_a_counter
        and not waiter.sent_elsewhere
        and (waiter.freed_ms is None or not 0 <= wall_ms - waiter.freed_ms < ways.walk_seconds * 1000)
    ]


def _by_rules(waiters: list[Waiter], ways: Ways, row: int, now_ms: int) -> tuple[int, str] | None:
    in_order = sorted(waiters, key=lambda waiter: (waiter.place_ms, waiter.id))
    own = [waiter for waiter in in_order if waiter.service in ways.services]
    for waiter in own:
        if ways.max_wait_minutes > 0 and now_ms - waiter.place_ms >= ways.max_wait_minutes * MINUTE_MS:
            return waiter.id, "max_wait"
    for waiter in in_order:
        for service, minutes in ways.helps:
            if waiter.service == service and now_ms - waiter.place_ms >= minutes * MINUTE_MS:
                return waiter.id, "help"
    anyhow = _by_priority(own, ways, row)
    if not ways.in_order or anyhow is None:
        return anyhow
    foremost = next(service for service in ways.services if any(waiter.service == service for waiter in own))
    first = _by_priority([waiter for waiter in own if waiter.service == foremost], ways, row)
    assert first is not None
    return anyhow if first[0] == anyhow[0] else (first[0], "order")


def _by_priority(own: list[Waiter], ways: Ways, row: int) -> tuple[int, str] | None:
    regular = [waiter for waiter in own if not waiter.priority]
    for waiter in own:
        if waiter.priority and (row < ways.in_a_row or not regular):
            return waiter.id, "priority"
    if regular:
        return regular[0].id, "turn" if len(regular) < len(own) else "arrival"
    return None


def row_after(called: Waiter, others: Sequence[Waiter], ways: Ways, row: int) -> int:
    """How many with priority a counter has called in a row while a regular visitor waited, after this call.

    `others` are those who could have been called instead.
    """
    if called.service not in ways.services:
        return row
    if not called.priority:
        return 0
    return row + any(not waiter.priority and waiter.service in ways.services for waiter in others)
