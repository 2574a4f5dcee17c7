"""Print jobs: queued with the ticket, claimed by one worker, reported, retried, expired."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from server.domain import events
from server.domain.actors import SYSTEM, Actor
from server.domain.errors import DomainError, NotFound
from server.domain.hall import Hall, Text
from server.domain.tickets import State, Ticket
from server.policy import Policy
from server.queue_length import ahead_and_estimate
from server.store import PrinterRow, PrintJob, Tx
from server.views import iso, text, zone_of

RETRY_MS = (1_000, 2_000, 4_000, 8_000, 15_000)
UNKNOWN_PRINTER = "unknown"


def queue_slip(
    tx: Tx, hall: Hall, policy: Policy, visit: int, tickets: Sequence[Ticket], printer: str, *, code: str, copy: bool
) -> PrintJob:
    """Put a visit's slip into a printer's queue, with all that is to be on it as of now."""
    slip = {
        "hall": {"name": hall.name, "timezone": hall.timezone, "footer": text(hall.footer) if hall.footer else None},
        "language": tickets[0].language,
        "issued_at": iso(hall, tickets[0].issued_ms),
        "copy": copy,
        "url": policy.visit_url(code),
        "tickets": [_slip_ticket(tx, hall, ticket) for ticket in tickets],
    }
    job = tx.add_print_job(visit, printer, json.dumps(slip), tx.now_ms + policy.slip_expires_ms, copy)
    return job


def _slip_ticket(tx: Tx, hall: Hall, ticket: Ticket) -> dict[str, Any]:
    waiting = ticket.state is State.WAITING
    ahead, estimate = ahead_and_estimate(tx, hall, ticket, tx.now_ms) if waiting else (None, None)
    unnamed = Text(ticket.service, ticket.service)
    service, agency = hall.services.get(ticket.service), hall.agency.get(ticket.agency)
    return {
        "number": ticket.number,
        "service_name": text(service.name if service else unnamed),
        "agency_name": text(agency.name if agency else unnamed),
        "zone_name": text(zone_of(hall, ticket).name),
        "ahead": ahead,
        "estimate": estimate,
        "party_size": ticket.party_size,
        "priority": ticket.priority,
    }


def claim(tx: Tx, policy: Policy, actor: Actor, printers: Sequence[str]) -> list[PrintJob]:
    """The next job of each of some printers, leased to this worker alone."""
    return [
        tx.set_print_job(
            job.id,
            state="sending",
            attempts=job.attempts + 1,
            lease_ms=tx.now_ms + policy.lease_ms,
            holder=actor.id,
        )
        for job in tx.claimable(printers, tx.now_ms)
    ]


def report(tx: Tx, policy: Policy, actor: Actor, job_id: int, state: str, reason: str | None) -> PrintJob:
    """What became of a claimed job.

    `sent`; `failed` (nothing left for the printer: tried again with growing pauses until it
    expires); `unknown` (stopped in mid-send: sent once more by itself, marked as a copy). Raises
    NotFound, DomainError `lease_lost` when the job is not this worker's any more.
    """
    job = tx.print_job(job_id)
    if job is None:
        raise NotFound("not_found", f"there is no print job {job_id}")
    if job.state == state and job.holder == actor.id:
        return job
    if job.state != "sending" or job.holder != actor.id:
        raise DomainError("lease_lost", "this job is not yours to report", state=job.state)
    if state == "sent":
        return tx.set_print_job(job.id, state="sent", reason=None)
    if state == "unknown":
        return _stopped_midway(tx, policy, job, reason)
    retry_ms = tx.now_ms + RETRY_MS[min(job.attempts, len(RETRY_MS)) - 1]
    if retry_ms >= job.expires_ms:
        return tx.set_print_job(job.id, state="expired", reason=reason)
    return tx.set_print_job(job.id, state="queued", reason=reason, not_before_ms=retry_ms, holder=None, lease_ms=None)


def _stopped_midway(tx: Tx, policy: Policy, job: PrintJob, reason: str | None) -> PrintJob:
    stopped = tx.set_print_job(job.id, state="unknown", reason=reason)
    if not job.copy and tx.now_ms < job.expires_ms:
        slip = json.dumps({**json.loads(job.slip), "copy": True})
        tx.add_print_job(job.visit, job.printer, slip, job.expires_ms, True)
    return stopped


def sweep(tx: Tx, policy: Policy) -> list[PrintJob]:
    """Settle jobs whose worker went silent and those that are too old to be printed."""
    settled = []
    for job in tx.overdue_jobs(tx.now_ms):
        if job.state == "sending":
            settled.append(_stopped_midway(tx, policy, job, "the worker went silent"))
        else:
            settled.append(tx.set_print_job(job.id, state="expired", reason=job.reason or "too old"))
    for printer in {job.printer for job in settled}:
        row = tx.printers().get(printer)
        _record_printer(tx, SYSTEM, row or PrinterRow(printer, UNKNOWN_PRINTER, None, tx.now_ms))
    return settled


def set_printer_state(tx: Tx, hall: Hall, actor: Actor, printer: str, state: str, reason: str | None) -> PrinterRow:
    """Note what a worker found out about a printer. Raises NotFound."""
    if printer not in hall.printer:
        raise NotFound("not_found", f'no printer has the id "{printer}"')
    row = tx.printers().get(printer)
    if row is not None and (row.state, row.reason) == (state, reason):
        return row
    row = tx.set_printer(printer, state, reason)
    _record_printer(tx, actor, row)
    return row


def _record_printer(tx: Tx, actor: Actor, row: PrinterRow) -> None:
    tx.record(
        events.PRINTER_CHANGED,
        actor.id,
        {"printer": {"id": row.id, "state": row.state, "reason": row.reason, "since_ms": row.since_ms}},
    )
