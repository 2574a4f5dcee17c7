"""Every question that a report answers, by name: what the reckoner's process and the command line both ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from server.domain.hall import Hall
from server.domain.rollups import Rollup, month_of
from server.reports.counters import COUNTER_COLUMNS, counters_report
from server.reports.day import roll_up_day
from server.reports.distribution import distribution
from server.reports.merging import roll_up_month
from server.reports.outcomes import OUTCOME_COLUMNS, outcomes_report
from server.reports.rows import to_csv
from server.reports.satisfaction import Scope, satisfaction_report
from server.reports.satisfaction_form import to_csv as form_csv
from server.reports.satisfaction_form import to_xlsx as form_xlsx
from server.reports.tickets import TICKET_COLUMNS, Sought, tickets
from server.reports.waiting import Question, compared, report
from server.reports.workbook import waiting_workbook, workbook
from server.store import CounterDay, Reader

MOST_TICKETS = 100_000
"""How many tickets a file holds at most: a spreadsheet takes a million lines, a person none."""
AT_ONCE = 1_000


def waiting(
    reader: Reader, hall: Hall, question: Question, compare: bool = False, format: str = "json", bom: bool = False
) -> Any:
    """The rows of the waiting report, or a file of them."""
    rows = (compared if compare else report)(reader, hall, question)
    if format == "csv":
        return to_csv(rows, bom=bom).encode()
    return waiting_workbook(hall, question, rows) if format == "xlsx" else rows


def counters(
    reader: Reader, hall: Hall, first: str, last: str, by: str, now_ms: int, format: str = "json", bom: bool = False
) -> Any:
    """The rows of the report on counters, or a file of them."""
    return _file(hall, counters_report(reader, hall, first, last, by, now_ms), COUNTER_COLUMNS, "Loket", format, bom)


def outcomes(reader: Reader, hall: Hall, question: Question, format: str = "json", bom: bool = False) -> Any:
    """The rows of the report on outcomes, or a file of them."""
    return _file(hall, outcomes_report(reader, hall, question), OUTCOME_COLUMNS, "Hasil layanan", format, bom)


def _file(
    hall: Hall, rows: list[dict[str, Any]], columns: Sequence[str], title: str, format: str, bom: bool
) -> Any:
    if format == "csv":
        return to_csv(rows, columns, bom=bom).encode()
    return workbook(hall, {title: (columns, rows)}) if format == "xlsx" else rows


def list_tickets(
    reader: Reader, hall: Hall, sought: Sought, after: tuple[str, int] | None = None, limit: int = AT_ONCE,
    format: str = "json", bom: bool = False,
) -> Any:  # fmt: skip
    """A page of tickets and where the next begins; a file has all of them, 100,000 at most."""
    if format == "json":
        rows, following = tickets(reader, hall, sought, after, limit)
        return {"tickets": rows, "next": following and f"{following[0]}:{following[1]}"}
    found, _ = tickets(reader, hall, sought, None, MOST_TICKETS)
    return _file(hall, found, TICKET_COLUMNS, "Tiket", format, bom)


def satisfaction(
    reader: Reader, hall: Hall, scope: Scope, by: str, weight: str, format: str = "json", bom: bool = False
) -> Any:
    """The satisfaction report, or a file of the ministry's form of it."""
    found = satisfaction_report(reader, hall, scope, by, weight)
    if format == "csv":
        return form_csv(reader, scope, found, bom=bom).encode()
    return form_xlsx(reader, hall, scope, found) if format == "xlsx" else found


def monthly(reader: Reader, hall: Hall, month: str, today: str, now_ms: int) -> bytes:
    """The monthly report as PDF. What draws it is large, and loaded by the process that is asked for it alone."""
    from server.reports.monthly import monthly_pdf

    return monthly_pdf(reader, hall, month, today, now_ms)


def monthly_files(reader: Reader, hall: Hall, month: str, today: str, now_ms: int) -> dict[str, bytes]:
    """What is put into the folder of monthly reports, by the files' names."""
    from server.reports.monthly import month_bounds

    question = Question(*month_bounds(month), "agency")
    return {
        f"antrean-{month}.pdf": monthly(reader, hall, month, today, now_ms),
        f"antrean-{month}.xlsx": waiting_workbook(hall, question, report(reader, hall, question)),
    }


def roll_up(reader: Reader, hall: Hall, period: str) -> tuple[list[Rollup], list[CounterDay]] | None:
    """What is to be kept of a day or a month; None of a month whose days are not all rolled up."""
    if period != month_of(period):
        return roll_up_day(reader, hall, period)
    days = _days_of(reader, period)
    if not reader.rolled(period, f"{period}-99") >= set(days):
        return None
    return roll_up_month(reader, period, days), []


def not_rolled_up(reader: Reader, hall: Hall, today: str) -> list[str]:
    """The days before today that are to be rolled up, and months that are over: days first."""
    rolled = reader.rolled("", today)
    days = [day for day in reader.days_with_tickets("", today) if day < today]
    months = sorted({month_of(day) for day in days if month_of(day) < month_of(today)})
    return [period for period in (*days, *months) if period not in rolled]


def _days_of(reader: Reader, month: str) -> list[str]:
    return reader.days_with_tickets(f"{month}-01", f"{month}-31")


ANSWERS: dict[str, Callable[..., Any]] = {
    "waiting": waiting,
    "counters": counters,
    "outcomes": outcomes,
    "distribution": distribution,
    "tickets": list_tickets,
    "satisfaction": satisfaction,
    "monthly": monthly,
    "monthly_files": monthly_files,
    "roll_up": roll_up,
    "not_rolled_up": not_rolled_up,
}
