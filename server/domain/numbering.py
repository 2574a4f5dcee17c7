"""Which number comes next in a sequence: daily restart, wrap, and how it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.domain.errors import DomainError
from server.domain.hall import Numbers


@dataclass(frozen=True, slots=True)
class Position:
    """How far a sequence has come: the business day, which time round its range, the last ordinal."""

    day: str
    round: int
    ordinal: int


def following(last: Position | None, day: str, numbers: Numbers, in_use: Callable[[int], bool]) -> Position:
    """The position after `last` on `day`.

    Numbers restart each business day, have no gaps until a range wraps, and wrapping skips
    those for which `in_use(ordinal)` says that a ticket of the day is still in the queue with it.
    A range that begins higher than what was given goes on at its beginning.

    Raises DomainError `numbers_used_up` when every number of the range is still in the queue.
    """
    if last is None or last.day != day:
        return Position(day, 1, numbers.first)
    round_, ordinal = last.round, max(last.ordinal, numbers.first - 1)
    if numbers.last is None:
        ordinal += 1
        while round_ > 1 and in_use(ordinal):  # the range had an end, and wrapped, before it had none
            ordinal += 1
        return Position(day, round_, ordinal)
    for _ in range(numbers.last - numbers.first + 1):
        ordinal += 1
        if ordinal > numbers.last:
            ordinal, round_ = numbers.first, round_ + 1
        if round_ == 1 or not in_use(ordinal):
            return Position(day, round_, ordinal)
    raise DomainError("numbers_used_up", "every number of this service is still in the queue")


def reading(prefix: str, ordinal: int, padding: int) -> str:
    """How a number reads, `A-001`."""
    return f"{prefix}-{ordinal:0{padding}d}"
