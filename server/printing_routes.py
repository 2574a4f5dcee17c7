"""What print workers and agents ask: jobs to print, and where to report what became of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from server.api import Api, Refused, reading
from server.auth import may
from server.commands import printing
from server.domain.actors import Actor
from server.domain.errors import Forbidden
from server.domain.hall import Hall
from server.store import PrintJob, Tx
from server.views import iso

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
LONGEST_WAIT_S = 25
LOOK_AGAIN_S = 1.0
"""A job that waits for its retry becomes due without anything happening: look at least this often."""


@dataclass(frozen=True, slots=True)
class ClaimBody:
    """Which printers the worker prints for, and how long to wait for a job."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    printers: tuple[str, ...]
    wait_s: float = 0


@dataclass(frozen=True, slots=True)
class ReportBody:
    """What became of a job: `failed` means that nothing left for the printer."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    state: Literal["sent", "failed", "unknown"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StatusBody:
    """What a worker found out about a printer."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    state: Literal["ready", "offline", "error"]
    reason: str | None = None


def register(api: Api) -> None:
    """/print-jobs/claim, /print-jobs/<id>/report, /printers/<id>/status."""
    house = api.house

    @api.post("/print-jobs/claim", ClaimBody, "print")
    def claim(actor: Actor, body: ClaimBody) -> dict[str, Any]:
        """The next job of each of some printers, for this worker alone; waits for one if asked to."""
        if not 0 <= body.wait_s <= LONGEST_WAIT_S:
            raise Refused(422, "invalid", f"wait_s is from 0 to {LONGEST_WAIT_S}", [("wait_s", "out of range")])
        hall = reading(house, lambda reader, hall, now_ms: hall)
        for index, printer in enumerate(body.printers):
            if printer not in hall.printer:
                path = f"printers[{index}]"
                raise Refused(422, "unknown_printer", f'no printer has the id "{printer}"', [(path, "unknown")])
            if not may(actor, "print", printer):
                raise Refused(403, "forbidden", f'"{printer}" is not your printer')
        deadline = time.monotonic() + body.wait_s
        while True:
            jobs = _claim_due(actor, body.printers)
            left_s = deadline - time.monotonic()
            if jobs or left_s <= 0:
                return {"jobs": [_job_view(hall, job) for job in jobs]}
            house.printing.wait(min(left_s, LOOK_AGAIN_S))
            house.printing.clear()

    def _claim_due(actor: Actor, printers: tuple[str, ...]) -> list[PrintJob]:
        with house.store.read() as reader:
            if not reader.claimable(printers, house.store.now_ms()):
                return []
        return house.store.write(lambda tx: printing.claim(tx, house.policy, actor, printers))

    @api.command("/print-jobs/<int:job>/report", ReportBody, "print")
    def report(tx: Tx, hall: Hall, actor: Actor, body: ReportBody, job: int) -> dict[str, Any]:
        """What became of a claimed job."""
        found = tx.print_job(job)
        if found is not None and not may(actor, "print", found.printer):
            raise Forbidden("forbidden", f'"{found.printer}" is not your printer')
        done = printing.report(tx, house.policy, actor, job, body.state, body.reason)
        return {"print_job": {"id": done.id, "state": done.state}}

    @api.command("/printers/<printer>/status", StatusBody, "print", own="printer")
    def status(tx: Tx, hall: Hall, actor: Actor, body: StatusBody, printer: str) -> dict[str, Any]:
        """What a worker found out about a printer."""
        row = printing.set_printer_state(tx, hall, actor, printer, body.state, body.reason)
        return {"printer": {"id": row.id, "state": row.state, "since": iso(hall, row.since_ms)}}


def _job_view(hall: Hall, job: PrintJob) -> dict[str, Any]:
    return {
        "id": job.id,
        "printer": job.printer,
        "copy": bool(job.copy),
        "attempt": job.attempts,
        "created_at": iso(hall, job.created_ms),
        "expires_at": iso(hall, job.expires_ms),
        "lease_until": iso(hall, job.lease_ms),
        "slip": json.loads(job.slip),
    }
