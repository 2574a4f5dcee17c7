"""What print workers and agents ask: jobs to print, and where to report what became of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from flask import request
from pydantic import Field

from server.api import Api, Refused, reading
from server.auth import may
from server.commands import printing
from server.domain.actors import Actor
from server.domain.errors import Forbidden
from server.domain.hall import Hall
from server.store import PrintJob, Reader, Tx
from server.views import iso

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
LONGEST_WAIT_S = 25
LOOK_AGAIN_S = 1.0
"""A job that waits for its retry becomes due without anything happening: look at least this often."""
STATES = ("queued", "sending", "sent", "printed", "failed", "expired", "unknown")
TROUBLED = ("failed", "expired", "unknown")
"""Jobs that ended without anybody knowing that the visitor got the slip."""
MOST_JOBS = 200


Reason = Annotated[str | None, Field(max_length=300)]


@dataclass(frozen=True, slots=True)
class ClaimBody:
    """Which printers the worker prints for, and how long to wait for a job.

    A worker that names its `session`, one for each time it was started, and holds one job a printer at a time, is given
    a job again whose claim's answer it never heard.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    printers: tuple[str, ...]
    wait_s: float = 0
    session: Annotated[str, Field(max_length=64, pattern="^[0-9a-zA-Z-]*$")] = ""


@dataclass(frozen=True, slots=True)
class ReportBody:
    """What became of a job; `failed` means that nothing left for the printer, and without `retry` that nothing can."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    state: Literal["sending", "printed", "sent", "failed", "unknown"]
    reason: Reason = None
    retry: bool = True


@dataclass(frozen=True, slots=True)
class StatusBody:
    """What a worker found out about a printer."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    state: Literal["ready", "paper_low", "paper_out", "cover_open", "offline", "error"]
    reason: Reason = None


def register(api: Api) -> None:
    """/print-jobs, /print-jobs/claim, /print-jobs/<id>/report, /printers/<id>/status and /test, /slip-style."""
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
        house.heard_of_printers(body.printers)
        deadline, holder = time.monotonic() + body.wait_s, printing.holder_of(actor, body.session)
        newest = house.newest_claim(holder, body.printers)
        while True:
            # After a restart the worker's new life asks, and nobody hears what is said to the old one any more.
            jobs = _claim_due(holder, body.printers) if newest() else []
            left_s = deadline - time.monotonic()
            if jobs or left_s <= 0 or not newest():
                style = house.slip_style["version"]
                return {"jobs": [_job_view(hall, job) for job in jobs], "style": style}
            house.printing.wait(min(left_s, LOOK_AGAIN_S))
            house.printing.clear()

    def _claim_due(holder: str, printers: tuple[str, ...]) -> list[PrintJob]:
        with house.store.read() as reader:
            if not reader.claimable(printers, holder, house.store.wall_ms()):
                return []
        return house.store.write(lambda tx: printing.claim(tx, house.policy, holder, printers))

    @api.get("/print-jobs", "printers.jobs", asks=("state", "limit"))
    def jobs(actor: Actor) -> dict[str, Any]:
        """The newest print jobs in some states (`state`, separated by commas), newest first."""
        states = request.args.get("state", ",".join(TROUBLED)).split(",")
        if unknown := [state for state in states if state not in STATES]:
            raise Refused(422, "invalid", f'no print job is "{unknown[0]}"', [("state", "unknown")])
        limit = request.args.get("limit", "50")
        if not limit.isdecimal() or not 1 <= int(limit) <= MOST_JOBS:
            raise Refused(422, "invalid", f"limit is 1 to {MOST_JOBS}", [("limit", "out of range")])
        return reading(house, lambda reader, hall, now_ms: {
            "jobs": [_recent_view(reader, hall, job) for job in reader.recent_jobs(states, int(limit))
                     # A copy that was taken back, or grew old: what it is a copy of tells the whole story. And who
                     # prints a test slip stands beside it.
                     if not (job.copy_of is not None and job.state == "expired") and job.visit is not None
                     and job.reason != printing.CANCELLED]
        })  # fmt: skip

    @api.get("/slip-style", "slip.style")
    def style(actor: Actor) -> dict[str, Any]:
        """How slips look in this hall: the layout, and the logo as a PNG in base64."""
        return house.slip_style

    @api.command("/print-jobs/<int:job>/report", ReportBody, "print")
    def report(tx: Tx, hall: Hall, actor: Actor, body: ReportBody, job: int) -> dict[str, Any]:
        """What became of a claimed job."""
        found = tx.print_job(job)
        if found is not None and not may(actor, "print", found.printer):
            raise Forbidden("forbidden", f'"{found.printer}" is not your printer')
        if found is not None:
            house.heard_of_printers([found.printer])
        done = printing.report(tx, hall, house.policy, actor, job, body.state, body.reason, retry=body.retry)
        return {"print_job": {"id": done.id, "state": done.state}}

    @api.command("/printers/<printer>/test", None, "printer.test", status=201)
    def test(tx: Tx, hall: Hall, actor: Actor, body: None, printer: str) -> dict[str, Any]:
        """Print a test slip."""
        job = printing.queue_test(tx, hall, house.policy, printer)
        return {"print_job": {"id": job.id, "state": job.state}}

    @api.command("/printers/<printer>/status", StatusBody, "print", own="printer")
    def status(tx: Tx, hall: Hall, actor: Actor, body: StatusBody, printer: str) -> dict[str, Any]:
        """What a worker found out about a printer."""
        house.heard_of_printers([printer])
        row = printing.set_printer_state(tx, hall, house.policy, actor, printer, body.state, body.reason)
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


def _recent_view(reader: Reader, hall: Hall, job: PrintJob) -> dict[str, Any]:
    numbers = _numbers(job)
    assert job.visit is not None, "test slips are not listed"
    tickets = [ticket for ticket in reader.tickets_of_visit(job.visit) if ticket.number in numbers]
    newest = reader.last_job_of_visit(job.visit)
    later = newest if newest and newest.id != job.id and numbers & _numbers(newest) else None
    return {
        "id": job.id,
        "printer": job.printer,
        "state": job.state,
        "reason": job.reason,
        "copy": bool(job.copy),
        "attempts": job.attempts,
        "created_at": iso(hall, job.created_ms),
        "expires_at": iso(hall, job.expires_ms),
        "tickets": [{"id": ticket.id, "number": ticket.number, "state": ticket.state.value} for ticket in tickets],
        # What was printed again since: who looks at the list need not do it once more.
        "later": {"id": later.id, "state": later.state} if later else None,
    }


def _numbers(job: PrintJob) -> set[str]:
    return {ticket["number"] for ticket in json.loads(job.slip)["tickets"]}
