"""Days as reports see them: tickets, times in which counters were open, rolled up figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from server.domain.figures import Lives, Stretch
from server.domain.rollups import Rollup


class Opening(NamedTuple):
    """A time in which a counter was `open` or `paused`; `end_ms` None while it lasts, `officer` "" if unknown."""

    counter: str
    state: str
    officer: str
    start_ms: int
    end_ms: int | None


class CounterDay(NamedTuple):
    """What an officer did at a counter on a day: milliseconds open, paused, with somebody called, serving; visitors."""

    day: str
    counter: str
    officer: str
    open_ms: int
    paused_ms: int
    called_ms: int
    serving_ms: int
    served: int


class TicketFilter(NamedTuple):
    """Which tickets: None is any. With `at_the_end` a ticket is where its life ended, else wherever it ever was.

    `from_ms` and `until_ms` (excluded) are of the time of issue; `result` is an outcome of the service.
    """

    states: tuple[str, ...] = ()
    closed_by_day: bool | None = None
    agency: str | None = None
    service: str | None = None
    counter: str | None = None
    officer: str | None = None
    result: str | None = None
    at_the_end: bool = False
    from_ms: int | None = None
    until_ms: int | None = None


class TicketRow(NamedTuple):
    """A ticket in a list, with its spans in order."""

    id: int
    number: str
    day: str
    agency: str
    service: str
    counter: str | None
    officer: str | None
    state: str
    closed_by_day: int
    party_size: int
    priority: str | None
    source: str
    issued_ms: int
    since_ms: int
    outcome: str | None
    spans: tuple[Stretch, ...]


class FigureReader(Protocol):
    """What reports may ask."""

    def lives(self, day: str, agency: str | None = None, service: str | None = None, desks: bool = True) -> Lives:
        """The tickets issued on a day as figures see them; only those that were ever of an agency or a service.

        Without `desks` every counter and officer is None, and reading takes a quarter less time.
        """

    def days_with_tickets(self, first_day: str, last_day: str) -> list[str]:
        """The days, both ends included, on which tickets were issued."""

    def rolled(self, first: str, last: str) -> set[str]:
        """The days and months, both ends included as texts, whose figures are rolled up and still hold."""

    def figures(
        self, cut: str, periods: Sequence[str], agency: str | None = None, service: str | None = None
    ) -> list[Rollup]:
        """The rollups of some periods, of all or of one agency or service."""

    def targets(self, until_ms: int) -> list[tuple[int, dict[str, int]]]:
        """Every catalogue up to a time: since when, and each service's target of the first wait, in milliseconds."""

    def openings(self, start_ms: int, end_ms: int) -> list[Opening]:
        """Openings and pauses of counters that touch a stretch of time, by counter and start."""

    def counter_days(self, days: Sequence[str]) -> Iterator[CounterDay]:
        """What counters did on some days that are rolled up."""

    def tickets_of_day(self, day: str, which: TicketFilter, after: int, limit: int) -> list[TicketRow]:
        """A day's tickets with ids above `after`, by id."""


class FigureTx(Protocol):
    """How rolled up figures change."""

    def begin_rollup(self, period: str) -> None:
        """Note that a day or month is being rolled up: a change of its tickets from now on undoes the note."""

    def clear_rollup(self, period: str) -> None:
        """Drop the figures of a period."""

    def add_rollups(self, rollups: Sequence[Rollup]) -> None:
        """Keep figures of a period."""

    def add_counter_days(self, rows: Sequence[CounterDay]) -> None:
        """Keep what counters did."""

    def end_rollup(self, period: str) -> bool:
        """The figures of a period hold, unless one of its tickets has changed since it was begun; whether they do."""

    def forget_rollups(self) -> None:
        """No figures hold any more; they are made anew from tickets and spans."""
