"""The waiting report under /api/v1/reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request

from server.api import Api, Refused
from server.domain.actors import Actor
from server.reports.waiting import GROUPINGS, to_csv, waiting_report

FORMATS = ("json", "csv")


def register(api: Api) -> None:
    """/reports/waiting."""
    house = api.house

    @api.get("/reports/waiting", "report.read", asks=("from", "to", "by", "format"))
    def waiting(actor: Actor) -> Any:
        """Waiting times by agency or service over business days."""
        first, last = _day("from"), _day("to")
        by, format = _choice("by", GROUPINGS), _choice("format", FORMATS)
        if last < first:
            raise Refused(422, "invalid", "to is before from", [("to", "is before from")])

        def work() -> list[dict[str, Any]]:
            with house.store.read() as reader:
                hall = house.catalogues.hall(reader)
                return waiting_report(reader, hall, first.isoformat(), last.isoformat(), by)

        # A long read: in the thread pool, so that the hall goes on meanwhile.
        rows = house.threads.offload(work)
        if format == "csv":
            name = f"antrean-waiting-{by}-{first}-{last}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(to_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)
        return {"from": first.isoformat(), "to": last.isoformat(), "by": by, "rows": rows}


def _day(name: str) -> date:
    given = request.args.get(name, "")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refused(422, "invalid", f"{name} must be a day like 2026-11-21", [(name, "must be a day")]) from None


def _choice(name: str, choices: tuple[str, ...]) -> str:
    given = request.args.get(name, choices[0])
    if given not in choices:
        raise Refused(422, "invalid", f"{name} must be one of {', '.join(choices)}", [(name, "unknown")])
    return given
