"""Counters as they are now, and what was called and done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class CounterRow:
    """The live side of a counter: who sits there since when, and what could be undone.

    `priority_run` is how many visitors with priority it has called in a row while others waited, on `run_day`;
    `profile` the one that it works by, None for the usual one. Where what could be undone is a call, `undo_then` is the
    ticket that the same press finished: that could be undone after it; and `undo_run` the row of visitors with
    priority before it.
    """

    id: str
    state: str
    actor: str | None
    officer: str | None
    since_ms: int
    pause_reason: str | None
    undo_ticket: int | None
    undo_verb: str | None
    undo_ms: int | None
    priority_run: int = 0
    profile: str | None = None
    run_day: str | None = None
    undo_then: int | None = None
    undo_run: int | None = None

    def run_on(self, day: str) -> int:
        """The row of visitors with priority as it counts on a day: each day begins a new one."""
        return self.priority_run if self.run_day == day else 0


@dataclass(frozen=True, slots=True)
class ServedToday:
    """What a counter has done on one day."""

    served: int
    mean_service_seconds: int | None
    max_wait_seconds: int | None


class CounterReader(Protocol):
    """What may be asked of counters."""

    def counter(self, id: str) -> CounterRow | None:
        """The live side of a counter, None when nobody ever opened it."""

    def counters(self) -> dict[str, CounterRow]:
        """All counters ever opened, by id."""

    def profiles(self) -> dict[str, str]:
        """The profiles by which counters work that do not by their usual one, by the counters' ids."""

    def counter_of(self, actor: str) -> CounterRow | None:
        """The counter that an actor has open."""

    def current_calls(self) -> list[Ticket]:
        """Everything called or being served now, latest call first."""

    def recent_calls(self, day: str, counters: Sequence[str], agencies: Sequence[str], limit: int) -> list[Ticket]:
        """The day's latest calls at some counters or of some agencies, newest first."""

    def served_on(self, counter: str, day: str) -> ServedToday:
        """What a counter has done on a day."""

    def last_finished(self, counter: str, day: str) -> Ticket | None:
        """Who was served last at a counter on a day; not those whom the end of the day finished."""


class CounterTx(Protocol):
    """How counters change."""

    def set_counter(self, id: str, **values: Any) -> CounterRow:
        """Change the live side of a counter."""
