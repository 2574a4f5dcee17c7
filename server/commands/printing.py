"""Print jobs: queued with the ticket, claimed by one worker, reported, retried, expired; printers' stand-ins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from server.domain import events
from server.domain.actors import SYSTEM, Actor
from server.domain.errors import DomainError, NotFound
from server.domain.hall import Hall, Text
from server.domain.tickets import State, Ticket
from server.policy import Policy
from server.queue_length import ahead_and_estimate
from server.store import PrinterRow, PrintJob, Tx
from server.views import agency_name, iso, service_name, text, zone_of

RETRY_MS = (1_000, 2_000, 4_000, 8_000, 15_000)
UNKNOWN_PRINTER = "unknown"
_TEST = Text("Karcis percobaan", "Test slip")
CANCELLED = "cancelled"
"""Why a slip was taken back that nobody needs any more."""
PRINTS = ("ready", "paper_low")
"""The states in which a printer takes a slip."""


def queue_slips(
    tx: Tx, hall: Hall, policy: Policy, visit: int, tickets: Sequence[Ticket], printer: str, *, code: str, copy: bool
) -> list[PrintJob]:
    """Put a visit's slip, or one for each ticket, into the queue of a printer or of its stand-in.

    All that is to be on it is as of now; tickets that are printed together are in the order given.
    """
    row = tx.printers().get(printer)
    if row is not None and row.stand_in in hall.printer:
        printer = row.stand_in or printer
    slips = [[ticket] for ticket in tickets] if policy.one_per_ticket else [tickets]
    jobs = []
    for together in slips:
        slip = {
            **_heading(hall, together[0].language, together[0].issued_ms),
            "copy": copy,
            "url": policy.visit_url(code),
            "tickets": [_slip_ticket(tx, hall, ticket) for ticket in together],
        }
        jobs.append(tx.add_print_job(visit, printer, json.dumps(slip), tx.wall_ms + policy.slip_expires_ms, copy))
    if row is not None and printer == row.id and row.state not in PRINTS:  # staff see how many wait
        _record(tx, SYSTEM, row)
    return jobs


def queue_test(tx: Tx, hall: Hall, policy: Policy, printer: str) -> PrintJob:
    """Put a test slip into a printer's own queue, whoever stands in for it. Raises NotFound."""
    if printer not in hall.printer:
        raise NotFound("not_found", f'no printer has the id "{printer}"')
    slip = json.dumps(trial_slip(hall, hall.printer[printer].name, tx.now_ms, None))
    return tx.add_print_job(None, printer, slip, tx.wall_ms + policy.slip_expires_ms, False)


def trial_slip(hall: Hall, about: Text, at_ms: int, url: str | None) -> dict[str, Any]:
    """A test slip as print workers take it; `about` says which printer is tried."""
    ticket: dict[str, Any] = {
        "number": "TES",
        "agency_name": text(about),
        "service_name": text(_TEST),
        "zone_name": text(Text("", "")),
        "counters": [],
        "documents": None,
        "ahead": None,
        "estimate": None,
        "party_size": 1,
        "priority": None,
    }
    return {**_heading(hall, "id", at_ms), "copy": False, "url": url, "tickets": [ticket]}


def _heading(hall: Hall, language: str, issued_ms: int) -> dict[str, Any]:
    footer = text(hall.footer) if hall.footer else None
    return {
        "hall": {"name": hall.name, "timezone": hall.timezone, "footer": footer},
        "language": language,
        "issued_at": iso(hall, issued_ms),
    }


def _slip_ticket(tx: Tx, hall: Hall, ticket: Ticket) -> dict[str, Any]:
    waiting = ticket.state is State.WAITING
    ahead, estimate = ahead_and_estimate(tx, hall, ticket, tx.now_ms) if waiting else (None, None)
    service = hall.services.get(ticket.service)
    return {
        "number": ticket.number,
        "service_name": service_name(hall, ticket.service),
        "agency_name": agency_name(hall, ticket.agency),
        "zone_name": text(zone_of(hall, ticket).name),
        "counters": [counter.label for counter in hall.counters_for.get(ticket.service, ())],
        "documents": text(service.documents) if service and service.documents else None,
        "ahead": ahead,
        "estimate": estimate,
        "party_size": ticket.party_size,
        "priority": ticket.priority,
    }


def claim(tx: Tx, policy: Policy, holder: str, printers: Sequence[str]) -> list[PrintJob]:
    """The next job of each of some printers, leased to this holder alone.

    A holder that asks for a printer whose job it has already never heard the answer: it gets that job again.
    """
    return [
        tx.set_print_job(
            job.id,
            state="sending",
            attempts=job.attempts + (job.state == "queued"),
            lease_ms=tx.wall_ms + policy.lease_ms,
            holder=holder,
        )
        for job in tx.claimable(list(dict.fromkeys(printers)), holder, tx.wall_ms)
    ]


def holder_of(actor: Actor, session: str) -> str:
    """Who has a claimed job: a worker's token and, where it says so, this life of the worker."""
    return f"{actor.id}/{session}" if session else actor.id


def report(
    tx: Tx, hall: Hall, policy: Policy, actor: Actor, job_id: int, state: str, reason: str | None, *, retry: bool = True
) -> PrintJob:
    """What became of a claimed job.

    `sending` (still at it: the lease is renewed); `printed` (the printer's answer proves it); `sent` (it cannot
    answer); `failed` (nothing left for the printer: tried again with growing pauses until it expires, unless `retry` is
    false); `unknown` (stopped in mid-send: sent once more by itself, marked as a copy). A worker that finds out late
    that a slip of unknown end did come out may say so. Raises NotFound, DomainError `lease_lost` when the job is not
    this worker's any more.
    """
    job = tx.print_job(job_id)
    if job is None:
        raise NotFound("not_found", f"there is no print job {job_id}")
    own = (job.holder or "").partition("/")[0] == actor.id
    if own and job.state == state != "sending":
        return job
    came_out = state in ("printed", "sent")
    if not own or not (job.state == "sending" or (job.state == "unknown" and came_out)):
        raise DomainError("lease_lost", "this job is not yours to report", state=job.state)
    if state == "sending":
        return tx.set_print_job(job.id, lease_ms=tx.wall_ms + policy.lease_ms)
    if state == "unknown":
        return _stopped_midway(tx, hall, job, reason)
    if came_out:
        if job.state == "unknown":
            _withdraw_copy(tx, job)
        _count_failure(tx, hall, policy, job.printer, failed=False)
        return tx.set_print_job(job.id, state=state, reason=None)
    if not retry:
        return tx.set_print_job(job.id, state="failed", reason=reason)
    retry_ms = tx.wall_ms + RETRY_MS[min(job.attempts, len(RETRY_MS)) - 1]
    if retry_ms >= job.expires_ms:
        back = tx.set_print_job(job.id, state="expired", reason=reason)
    else:
        back = tx.set_print_job(
            job.id, state="queued", reason=reason, not_before_ms=retry_ms, holder=None, lease_ms=None
        )
    _count_failure(tx, hall, policy, job.printer, failed=True)
    return back


def _stopped_midway(tx: Tx, hall: Hall, job: PrintJob, reason: str | None) -> PrintJob:
    stopped = tx.set_print_job(job.id, state="unknown", reason=reason)
    if not job.copy and tx.wall_ms < job.expires_ms:
        slip = json.dumps({**json.loads(job.slip), "copy": True})
        row = tx.printers().get(job.printer)
        printer = row.stand_in if row and row.stand_in in hall.printer else None
        tx.add_print_job(job.visit, printer or job.printer, slip, job.expires_ms, True, job.id)
    return stopped


def _withdraw_copy(tx: Tx, job: PrintJob) -> None:
    """The slip came out after all: the copy that was to take its place is not needed, if it still waits."""
    copy = tx.copy_of_job(job.id)
    if copy is not None and copy.state == "queued":
        tx.set_print_job(copy.id, state="expired", reason="the slip itself came out")


def sweep(tx: Tx, hall: Hall) -> list[PrintJob]:
    """Settle jobs whose worker went silent and those that are too old to be printed."""
    settled = []
    for job in tx.overdue_jobs(tx.wall_ms):
        if job.state == "sending":
            settled.append(_stopped_midway(tx, hall, job, "the worker went silent"))
        else:
            settled.append(tx.set_print_job(job.id, state="expired", reason=job.reason or "too old"))
    rows = tx.printers()
    for printer in {job.printer for job in settled}:
        _record(tx, SYSTEM, rows.get(printer) or _unheard(tx, printer))
    return settled


def set_printer_state(
    tx: Tx, hall: Hall, policy: Policy, actor: Actor, printer: str, state: str, reason: str | None
) -> PrinterRow:
    """Note what a worker found out about a printer; each time that it cannot print is one failure more.

    Raises NotFound.
    """
    if printer not in hall.printer:
        raise NotFound("not_found", f'no printer has the id "{printer}"')
    before = tx.printers().get(printer) or _unheard(tx, printer)
    since_ms = before.since_ms if before.state == state else tx.now_ms
    failures = 0 if state in PRINTS else before.failures + 1
    row = replace(before, state=state, reason=reason, since_ms=since_ms, failures=failures)
    if row != before:
        tx.set_printer(row)
    if row.state != before.state:  # other words for the same state are nobody's news
        _record(tx, actor, row)
    _settle_stand_ins(tx, hall, policy)
    return row


def known_as_silent(policy: Policy, row: PrinterRow) -> bool:
    """Whether the silence of a printer's worker has been noted: it is offline, and its stand-in asked."""
    return row.state == "offline" and row.failures >= policy.fallback_after


def note_silence(tx: Tx, hall: Hall, policy: Policy, printers: Iterable[str]) -> None:
    """No worker has asked for these printers' jobs for a while: nobody knows how they are, and nobody prints there."""
    rows = tx.printers()
    for printer in printers:
        if printer in hall.printer and printer in rows and not known_as_silent(policy, rows[printer]):
            tx.set_printer(replace(rows[printer], failures=max(rows[printer].failures, policy.fallback_after - 1)))
            set_printer_state(tx, hall, policy, SYSTEM, printer, "offline", "its print worker does not answer")


def withdraw(tx: Tx, visit: int) -> None:
    """Take back the slips of a visit that have not begun, where all their tickets are cancelled."""
    still = {ticket.number for ticket in tx.tickets_of_visit(visit) if ticket.state is not State.CANCELLED}
    for job in tx.queued_jobs_of_visit(visit):
        if still.isdisjoint(ticket["number"] for ticket in json.loads(job.slip)["tickets"]):
            tx.set_print_job(job.id, state="expired", reason=CANCELLED)


def _count_failure(tx: Tx, hall: Hall, policy: Policy, printer: str, *, failed: bool) -> None:
    row = tx.printers().get(printer) or _unheard(tx, printer)
    failures = row.failures + 1 if failed else 0
    if failures != row.failures:
        tx.set_printer(replace(row, failures=failures))
        _settle_stand_ins(tx, hall, policy)


def _settle_stand_ins(tx: Tx, hall: Hall, policy: Policy) -> None:
    """Who prints for whom, as the printers are now; what waits for one that cannot goes to its stand-in."""
    rows = tx.printers()

    def fails(row: PrinterRow) -> bool:
        return 0 < policy.fallback_after <= row.failures

    for printer in hall.printers:
        row, other = rows.get(printer.id), rows.get(printer.fallback)
        if row is None:
            continue
        helps = other is not None and other.state in PRINTS and not fails(other)
        stand_in = printer.fallback if fails(row) and helps else None
        if stand_in != row.stand_in:
            tx.set_printer(replace(row, stand_in=stand_in))
            _record(tx, SYSTEM, row)
        if stand_in is not None:
            tx.move_queued_jobs(printer.id, stand_in)


def _unheard(tx: Tx, printer: str) -> PrinterRow:
    return PrinterRow(printer, UNKNOWN_PRINTER, None, tx.now_ms, 0, None)


def _record(tx: Tx, actor: Actor, row: PrinterRow) -> None:
    tx.record(
        events.PRINTER_CHANGED,
        actor.id,
        {"printer": {"id": row.id, "state": row.state, "reason": row.reason, "since_ms": row.since_ms}},
    )
