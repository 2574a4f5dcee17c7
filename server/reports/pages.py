"""What a supervisor reads: `/reports/` and the tickets behind its figures, `/reports/tickets`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from server.api import reading
from server.domain.hall import Hall
from server.house import House
from server.pages import blueprint, render_staff
from server.views import text

TEXTS = ("reports.", "login.", "figures.", "page.", "slip.month_")


def pages(house: House) -> Blueprint:
    """`/reports/` and `/reports/tickets`: one page, whose script shows what the address asks for."""
    room = blueprint("reports", __name__)

    @room.get("/reports/")
    @room.get("/reports/tickets")
    def reports() -> str:
        hall, now_ms = reading(house, lambda reader, hall, now_ms: (hall, now_ms))
        page = {**_catalogue(hall), "now_ms": now_ms}
        return render_staff(house, "reports.html", "Laporan", hall, page, TEXTS)

    return room


def _catalogue(hall: Hall) -> dict[str, Any]:
    """What figures are about, by the names that people know."""
    return {
        "agencies": [
            {
                "id": agency.id,
                "name": text(agency.short_name or agency.name),
                "services": [
                    {
                        "id": service.id,
                        "name": text(service.name),
                        "outcomes": {outcome.id: text(outcome.name) for outcome in service.outcomes},
                    }
                    for service in agency.services
                ],
            }
            for agency in hall.agencies
        ],
        "counters": [
            {"id": counter.id, "label": counter.label, "services": list(counter.services)}
            for counter in hall.counters
        ],
    }  # fmt: skip
