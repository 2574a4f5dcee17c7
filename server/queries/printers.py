"""The hall's printers, as staff and kiosks see them."""

from __future__ import annotations

from typing import Any

from server.domain.hall import Hall, Printer
from server.store import PrinterRow, Reader
from server.views import iso, text


def printers_view(reader: Reader, hall: Hall, *, staff: bool = True) -> list[dict[str, Any]]:
    """Every printer of the hall, its last known state and the jobs before it; the reason for staff only.

    `standing_in` says that its slips come out at its `fallback` now.
    """
    rows, jobs = reader.printers(), reader.jobs_waiting()
    return [_printer(hall, printer, rows.get(printer.id), jobs.get(printer.id, 0), staff) for printer in hall.printers]


def _printer(hall: Hall, printer: Printer, row: PrinterRow | None, jobs: int, staff: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": printer.id,
        "name": text(printer.name),
        "kiosks": list(printer.kiosks),
        "fallback": printer.fallback or None,
        "standing_in": bool(row and row.stand_in),
        "state": row.state if row else "unknown",
        "since": iso(hall, row.since_ms) if row else None,
        "jobs_waiting": jobs,
    }
    if staff:
        view["reason"] = row.reason if row else None
    return view
