"""The satisfaction report as the ministry's form: a row for each respondent, a column for each element.

The annex of Permenpan RB 14/2017 ("Pengolahan data survei kepuasan masyarakat per responden dan per unsur pelayanan")
is what offices hand in, in Indonesian. It is for everybody to read: no ticket, no counter, no officer stands in it,
and of the comments only those that a supervisor has shown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from server import texts
from server.domain.hall import Hall
from server.domain.satisfaction import ELEMENTS
from server.reports.satisfaction import Scope
from server.store import Reader

Cell = str | int | float | None
MOST_COMMENTS = 10_000
NEWEST = 2**53
CLASS_WORDS = {"A": "A (Sangat baik)", "B": "B (Baik)", "C": "C (Kurang baik)", "D": "D (Tidak baik)"}


def head() -> list[Cell]:
    """The heading of the form's columns."""
    return ["NO. RES", *(name.upper() for name in ELEMENTS)]


def respondents(reader: Reader, scope: Scope) -> Iterator[list[Cell]]:
    """The rows of the respondents, numbered from 1 in the order of their tickets; empty where nothing was answered."""
    number = 0
    for survey in reader.surveys(scope.first_day, scope.last_day):
        if scope.holds(survey.agency, survey.service):
            number += 1
            yield [number, *survey.answers]


def foot(report: dict[str, Any]) -> list[list[Cell]]:
    """The rows below: sums, filled-in answers, means, weighed means, index and class of the whole scope."""
    total = report["total"]
    elements = total["elements"]
    weight = "1/9" if report["weight"] == "exact" else "0,11"
    return [
        ["JUMLAH NILAI PER UNSUR", *(each["sum"] for each in elements)],
        ["JUMLAH JAWABAN TERISI", *(each["answers"] for each in elements)],
        ["NRR PER UNSUR", *(each["nrr"] for each in elements)],
        [f"NRR TERTIMBANG PER UNSUR (x {weight})", *(each["weighted"] for each in elements)],
        ["IKM UNIT PELAYANAN", total["index"]],
        ["MUTU PELAYANAN", CLASS_WORDS.get(total["class"] or "")],
    ]


def to_csv(reader: Reader, scope: Scope, report: dict[str, Any], *, bom: bool = False) -> str:
    """The form as CSV. `bom` is for programs that guess encodings."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head())
    writer.writerows(respondents(reader, scope))
    writer.writerows(foot(report))
    return ("\ufeff" if bom else "") + out.getvalue()


def to_xlsx(reader: Reader, hall: Hall, scope: Scope, report: dict[str, Any]) -> bytes:
    """The form as a workbook: summary, form, respondents and the comments that are shown, a sheet each."""
    out = io.BytesIO()
    # What visitors wrote is text and stays text: never a formula, never a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        styles = _Styles(book)
        _write(book.add_worksheet("Ringkasan"), styles, _summary(hall, report), widths=(44, 12))
        _write(book.add_worksheet("Per responden"), styles, _form(reader, scope, report), widths=(36, 8))
        _write(book.add_worksheet("Responden"), styles, _characteristics(report), widths=(24, 24, 12))
        _write(book.add_worksheet("Unsur"), styles, _names(), widths=(8, 44))
        _write(book.add_worksheet("Komentar"), styles, _comments(reader, hall, scope), widths=(14, 30, 36, 90))
    return out.getvalue()


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})


def _write(sheet: Worksheet, styles: _Styles, rows: Iterator[list[Cell]], widths: Sequence[int]) -> None:
    """Rows onto a sheet, the first frozen as its heading; the last width is for all further columns."""
    for place, width in enumerate(widths):
        sheet.set_column(place, place if place < len(widths) - 1 else 40, width)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, place, cell, styles.wrap if at else styles.head)
            elif cell is not None:
                sheet.write_number(at, place, cell)


def _summary(hall: Hall, report: dict[str, Any]) -> Iterator[list[Cell]]:
    yield ["Unit pelayanan", "Responden", "IKM", "Mutu", *head()[1:], "Populasi", "Sampel minimal", "Tercapai"]
    for row in report["rows"]:
        yield _summary_row(name_of(hall, row["key"], report["by"]), row)
    yield _summary_row(hall.name, report["total"])


def _summary_row(name: str, figures: dict[str, Any]) -> list[Cell]:
    sample = figures["sample"]
    return [
        name,
        figures["respondents"],
        figures["index"],
        figures["class"],
        *(each["nrr"] for each in figures["elements"]),
        sample["population"],
        sample["needed"],
        "ya" if sample["reached"] else "belum",
    ]


def name_of(hall: Hall, key: str, by: str) -> str:
    """What an agency or service is called; its id where the catalogue no longer has it, the hall for all."""
    if by == "all":
        return hall.name
    known = (hall.agency if by == "agency" else hall.services).get(key)
    return known.name.id if known else key


def _form(reader: Reader, scope: Scope, report: dict[str, Any]) -> Iterator[list[Cell]]:
    yield head()
    yield from respondents(reader, scope)
    yield from foot(report)


def _characteristics(report: dict[str, Any]) -> Iterator[list[Cell]]:
    words = texts.load("id")
    yield ["Karakteristik", "Pilihan", "Jumlah"]
    for name, counts in report["respondents"].items():
        for choice, count in counts.items():
            told = "survey.unsaid" if choice == "unsaid" else f"survey.{name}_{choice}"
            yield [words[f"survey.{name}"], words[told], count]


def _names() -> Iterator[list[Cell]]:
    words = texts.load("id")
    yield ["Unsur", "Uraian"]
    for name in ELEMENTS:
        yield [name.upper(), words[f"survey.{name}_name"]]


def _comments(reader: Reader, hall: Hall, scope: Scope) -> Iterator[list[Cell]]:
    yield ["Tanggal", "Instansi", "Layanan", "Komentar"]
    for comment in reader.comments(
        scope.first_day, scope.last_day, ("shown",), scope.agency, scope.service, before=NEWEST, limit=MOST_COMMENTS
    ):
        agency, service = name_of(hall, comment.agency, "agency"), name_of(hall, comment.service, "service")
        yield [comment.day, agency, service, comment.text]
