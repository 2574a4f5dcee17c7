"""Reports as XLSX: typed cells, a frozen header, a sheet for each table, charts beside them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from server.domain.hall import Hall
from server.reports.names import name_of
from server.reports.rows import COLUMNS, flat
from server.reports.waiting import Question
from server.texts import load

Table = tuple[Sequence[str], list[dict[str, Any]]]
"""The columns of a table and its rows."""
SHARES = ("within_target", "abandonment", "utilisation", "share")
CHARTED = ("agency", "service", "counter", "officer", "hour", "day", "weekday", "month")
MOST_IN_A_CHART = 60


class _Book:
    """A workbook in memory; texts are never taken for formulas or links."""

    def __init__(self, hall: Hall) -> None:
        self._out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
        self.book = xlsxwriter.Workbook(self._out, options)
        self.book.set_properties({"title": hall.name, "author": "Antrean", "created": datetime(2000, 1, 1)})  # noqa: DTZ001
        self._head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._share = self.book.add_format({"num_format": "0.0%"})
        self._seconds = self.book.add_format({"num_format": "#,##0.0"})

    def sheet(self, title: str, columns: Sequence[str], rows: list[dict[str, Any]]) -> Worksheet:
        """A sheet with one table, its header frozen and filtered."""
        sheet = self.book.add_worksheet(title)
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, self._head)
            width = max([len(name), *(len(str(row.get(name, "") or "")) for row in rows[:200])])
            sheet.set_column(column, column, min(width + 2, 40))
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(columns):
                self._write(sheet, line, column, name, row.get(name))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        return sheet

    def _write(self, sheet: Worksheet, line: int, column: int, name: str, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            moment, format = self._moment(name, value)
            if moment is None:
                sheet.write_string(line, column, value)
            else:
                sheet.write_datetime(line, column, moment, format)
        else:
            sheet.write_number(line, column, value, self._number_format(name, value))

    def _moment(self, name: str, value: str) -> tuple[date | datetime | None, Format | None]:
        """A column of days or times as such; the hall's own clock, for a cell knows no zones."""
        try:
            if name == "day" or (name == "key" and len(value) == 10):
                return date.fromisoformat(value), self._day
            if name.endswith("_at"):
                return datetime.fromisoformat(value), self._time
        except ValueError:
            return None, None  # an id that has as many letters as a day
        return None, None

    def _number_format(self, name: str, value: float) -> Format | None:
        if name in SHARES:
            return self._share
        return self._seconds if isinstance(value, float) else None

    def finish(self) -> bytes:
        """The file."""
        self.book.close()
        return self._out.getvalue()


def workbook(hall: Hall, tables: Mapping[str, Table]) -> bytes:
    """A file with a sheet for each table, by the sheets' titles."""
    book = _Book(hall)
    for title, (columns, rows) in tables.items():
        book.sheet(title, columns, rows)
    return book.finish()


def waiting_workbook(hall: Hall, question: Question, rows: list[dict[str, Any]]) -> bytes:
    """The waiting report: its table, that of the time before where it was compared, outcomes, and charts."""
    book, t = _Book(hall), load("id")
    named = [{**flat(row), "name": name_of(hall, question.by, row["key"])} for row in rows]
    columns = (*COLUMNS, "name")
    sheet = book.sheet(t["figures.waiting"], columns, named)
    if question.by in CHARTED and rows:
        _charts(book, sheet, columns, min(len(rows), MOST_IN_A_CHART), t)
    if any("previous" in row for row in rows):
        earlier = [flat(row["previous"]) for row in rows if row["previous"]]
        book.sheet(t["figures.before"], COLUMNS, earlier)
    told = [
        {"key": row["key"], "outcome": outcome, "count": count}
        for row in rows for outcome, count in row["results"].items()
    ]  # fmt: skip
    if told:
        book.sheet(t["figures.outcomes"], ("key", "outcome", "count"), told)
    _about(book, hall, question, t)
    return book.finish()


def _charts(book: _Book, sheet: Worksheet, columns: Sequence[str], lines: int, t: Mapping[str, str]) -> None:
    page = book.book.add_worksheet(t["figures.charts"])
    title = sheet.get_name()
    for place, (kind, options, names, heading) in enumerate((
        ("column", {}, ("wait_median", "wait_p90"), t["figures.chart_wait"]),
        ("column", {"subtype": "stacked"}, ("served", "no_show", "cancelled", "expired"), t["figures.chart_tickets"]),
    )):  # fmt: skip
        chart = book.book.add_chart({"type": kind, **options})
        for name in names:
            column = columns.index(name)
            chart.add_series({
                "name": [title, 0, column],
                "categories": [title, 1, columns.index("name"), lines, columns.index("name")],
                "values": [title, 1, column, lines, column],
            })  # fmt: skip
        chart.set_title({"name": heading})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 400})
        page.insert_chart(1 + 22 * place, 0, chart)


def _about(book: _Book, hall: Hall, question: Question, t: Mapping[str, str]) -> None:
    facts = [
        (t["figures.hall"], hall.name), (t["figures.first_day"], question.first),
        (t["figures.last_day"], question.last), (t["figures.grouped_by"], question.by),
        (t["figures.of_agency"], question.agency or t["figures.all"]),
        (t["figures.of_service"], question.service or t["figures.all"]), (t["figures.zone"], hall.timezone),
        (t["figures.units"], t["figures.units_text"]),
    ]  # fmt: skip
    book.sheet(t["figures.about"], ("", " "), [{"": name, " ": value} for name, value in facts])
