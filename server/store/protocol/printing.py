"""Slips on their way to printers, and what is known of the printers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A slip on its way to a printer; `slip` is what to print, as JSON text. A test slip is of no visit."""

    id: int
    visit: int | None
    printer: str
    state: str
    copy: int
    copy_of: int | None
    attempts: int
    reason: str | None
    slip: str
    created_ms: int
    expires_ms: int
    not_before_ms: int
    lease_ms: int | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """The last known state of a printer.

    `failures` is how often in a row it could not begin a slip, `stand_in` the printer that prints for it now.
    """

    id: str
    state: str
    reason: str | None
    since_ms: int
    failures: int
    stand_in: str | None


class PrintingReader(Protocol):
    """What may be asked of print jobs and printers."""

    def print_job(self, id: int) -> PrintJob | None:
        """One print job."""

    def last_job_of_visit(self, visit: int) -> PrintJob | None:
        """The newest print job of a visit."""

    def claimable(self, printers: Sequence[str], holder: str, wall_ms: int) -> list[PrintJob]:
        """For each printer its oldest open job, if it is due, or if this holder has it already."""

    def copy_of_job(self, id: int) -> PrintJob | None:
        """The newest copy that was queued by itself for a job whose end is unknown."""

    def recent_jobs(self, states: Sequence[str], limit: int) -> list[PrintJob]:
        """The newest jobs in some states, newest first; none beyond the newest 5,000 jobs."""

    def overdue_jobs(self, wall_ms: int) -> list[PrintJob]:
        """Jobs whose lease ran out in mid-send, queued ones that are too old, and those of before a clock set back."""

    def queued_jobs_of_visit(self, visit: int) -> list[PrintJob]:
        """A visit's slips that have not begun to be printed."""

    def jobs_waiting(self) -> dict[str, int]:
        """How many jobs each printer has before it."""

    def printers(self) -> dict[str, PrinterRow]:
        """The last known state of every printer that ever reported."""


class PrintingTx(Protocol):
    """How print jobs and printers change."""

    def add_print_job(
        self, visit: int | None, printer: str, slip: str, expires_ms: int, copy: bool, copy_of: int | None = None
    ) -> PrintJob:
        """A new job, queued."""

    def set_print_job(self, id: int, **values: Any) -> PrintJob:
        """Change a job."""

    def move_queued_jobs(self, printer: str, to: str) -> None:
        """Give another printer what waits for this one; test slips stay."""

    def set_printer(self, row: PrinterRow) -> None:
        """Note what is known of a printer."""

    def forget_print_jobs(self, before_ms: int, limit: int) -> int:
        """Drop ended print jobs from before a time, of the oldest `limit` jobs; how many."""
