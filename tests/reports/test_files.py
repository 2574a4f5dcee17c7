"""CSV, XLSX and PDF, read by programs that know nothing of us."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from openpyxl import load_workbook
from pypdf import PdfReader

from server.commands import catalogue
from server.domain.actors import SYSTEM
from server.hall_file import parse_hall
from server.reports.answers import list_tickets, waiting
from server.reports.lettering import join_letters
from server.reports.monthly import month_bounds, monthly_pdf
from server.reports.rows import COLUMNS, to_csv
from server.reports.tickets import TICKET_COLUMNS, Sought
from server.reports.waiting import Question
from tests.queue.house import SITI, QueueHall, hall_document, name

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


@pytest.fixture
def busy(queue: QueueHall) -> QueueHall:
    """Two days, with an outcome, a name that looks like a formula, and one of 200 Arabic letters."""
    document = hall_document()
    document["agencies"][0]["services"][0]["outcomes"] = [{"id": "selesai", "name": name("Selesai")}]
    document["agencies"][0]["name"] = name("=HYPERLINK(1)")
    document["agencies"][1]["name"] = {"id": "\u0645\u0631\u0643\u0632" * 50, "en": "Centre"}
    queue.hall = parse_hall(document)
    queue.write(lambda tx: catalogue.apply(tx, queue.hall, SYSTEM))
    queue.open("1", SITI)
    for wait_s in (60, 120, 600):
        queue.ticket("akta", "pajak")
        queue.clock.pass_by(wait_s)
        queue.serve("1", SITI, walk_s=10, service_s=90)
    queue.clock.pass_by(24 * 3600)
    queue.ticket("ktp")
    return queue


def asked(queue: QueueHall, by: str = "agency", **more: Any) -> Any:
    question = Question(MONDAY, TUESDAY, by)
    return queue.read(lambda reader, hall, now_ms: waiting(reader, hall, question, **more))


def test_csv_has_the_rows_of_json_in_the_columns_promised(busy: QueueHall) -> None:
    rows, text = asked(busy), asked(busy, format="csv").decode()
    read = list(csv.DictReader(io.StringIO(text)))
    assert tuple(read[0]) == COLUMNS and text.count("\r\n") == len(rows) + 1
    for row, line in zip(rows, read, strict=True):
        assert line["key"] == row["key"] and int(line["issued"]) == row["issued"]
        assert line["wait_p95"] == ("" if row["wait"]["p95"] is None else str(row["wait"]["p95"]))
        assert line["hold_mean"] == "", "what does not exist is empty, not 0"


def test_csv_begins_with_the_mark_only_where_it_is_asked_for(busy: QueueHall) -> None:
    assert asked(busy, format="csv", bom=True)[:3] == b"\xef\xbb\xbf"
    assert asked(busy, format="csv")[:3] == b"key"


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\t=1"):
        assert to_csv([{"key": text}], ("key",)).splitlines()[1].strip('"') == f"'{text}"


def test_tickets_as_csv_have_times_with_their_offset(busy: QueueHall) -> None:
    sought = Sought(MONDAY, TUESDAY)
    data = busy.read(lambda reader, hall, now_ms: list_tickets(reader, hall, sought, format="csv"))
    lines = list(csv.DictReader(io.StringIO(data.decode())))
    assert tuple(lines[0]) == TICKET_COLUMNS and len(lines) == 7
    assert lines[0]["issued_at"] == "2026-03-02T08:00:00+09:00"
    assert datetime.fromisoformat(lines[0]["ended_at"]).utcoffset() is not None


def test_a_workbook_has_typed_cells_a_frozen_header_and_charts(busy: QueueHall) -> None:
    rows, book = asked(busy), load_workbook(io.BytesIO(asked(busy, format="xlsx", compare=True)))
    assert {"Waktu tunggu", "Periode sebelumnya", "Grafik", "Keterangan"} == set(book.sheetnames)
    sheet = book["Waktu tunggu"]
    head = [cell.value for cell in sheet[1]]
    assert tuple(head[:-1]) == COLUMNS and sheet.freeze_panes == "B2"
    first = dict(zip(head, (cell.value for cell in sheet[2]), strict=True))
    assert (first["key"], first["issued"]) == (rows[0]["key"], rows[0]["issued"])
    assert first["wait_mean"] == rows[0]["wait"]["mean"] and isinstance(first["within_target"], int | float)
    share = sheet.cell(2, head.index("within_target") + 1)
    assert share.number_format == "0.0%" and share.data_type == "n"
    named = sheet.cell(2, len(head))
    assert (named.value, named.data_type) == ("=HYPERLINK(1)", "s"), "a name is never a formula"
    assert len(book["Grafik"]._charts) == 2


def test_days_in_a_workbook_are_days(busy: QueueHall) -> None:
    sheet = load_workbook(io.BytesIO(asked(busy, "day", format="xlsx")))["Waktu tunggu"]
    assert [sheet.cell(line, 1).value for line in (2, 3)] == [datetime(2026, 3, 2), datetime(2026, 3, 3)]  # noqa: DTZ001


def pdf(queue: QueueHall, month: str, today: str = "2026-04-01") -> bytes:
    return queue.read(lambda reader, hall, now_ms: monthly_pdf(reader, hall, month, today, now_ms))


def test_the_monthly_report_says_what_the_month_was(busy: QueueHall, tmp_path: Path) -> None:
    data = pdf(busy, "2026-03")
    read = PdfReader(io.BytesIO(data))
    text = "\n".join(page.extract_text() for page in read.pages)
    for words in ("Laporan bulanan antrean", "Maret 2026", "Nomor antrean", "Akta", "Menurut instansi"):
        assert words in text, words
    assert read.metadata is not None and read.metadata.title == "Laporan bulanan antrean Maret 2026"
    if shutil.which("pdftotext"):
        (tmp_path / "m.pdf").write_bytes(data)
        said = subprocess.run(["pdftotext", tmp_path / "m.pdf", "-"], capture_output=True, check=True).stdout.decode()
        assert "Laporan bulanan antrean" in said and "=HYPERLINK(1)" in said


@pytest.mark.skipif(find_spec("uharfbuzz") is None, reason="uharfbuzz joins the letters")
def test_letters_are_joined_only_where_a_name_needs_it() -> None:
    for text, joined in (("MPP Kota Pariaman", False), ("\u0645\u0631\u0643\u0632", True)):
        page = FPDF()
        join_letters(page, (text,))
        assert (page.text_shaping is not None) is joined


def test_the_same_month_makes_the_same_report(busy: QueueHall) -> None:
    assert pdf(busy, "2026-03") == pdf(busy, "2026-03")


def test_a_month_without_a_ticket_says_so(busy: QueueHall) -> None:
    text = PdfReader(io.BytesIO(pdf(busy, "2020-02"))).pages[0].extract_text()
    assert "Tidak ada nomor antrean pada bulan ini." in text and "Februari 2020" in text


def test_months_end_when_they_do() -> None:
    assert month_bounds("2028-02") == ("2028-02-01", "2028-02-29")
    assert month_bounds("2026-12") == ("2026-12-01", "2026-12-31")
