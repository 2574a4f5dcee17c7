"""The satisfaction report: by hand, against brute force, and as the files that an office hands in."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.commands import surveys
from server.commands.surveys import Told, moderate
from server.domain.actors import VISITOR
from server.domain.satisfaction import ELEMENTS, SurveyRules
from server.domain.tickets import Ticket
from server.reports.satisfaction import Scope, satisfaction_report
from server.reports.satisfaction_form import to_csv, to_xlsx
from tests.queue.house import CHIEF, SITI, QueueHall

DAY = "2026-03-02"
TODAY = Scope(DAY, DAY)
COUNTER_OF = {"akta": "1", "ktp": "1", "sim": "3", "pajak": "3"}
AGENCY_OF = {"akta": "capil", "ktp": "capil", "sim": "polres", "pajak": "polres"}
sheets = st.tuples(*[st.none() | st.integers(1, 4)] * 9).filter(any)


def serve(queue: QueueHall, service: str) -> Ticket:
    counter = COUNTER_OF[service]
    queue.open(counter, SITI)
    queue.issue(service)
    return queue.serve(counter, SITI)


def answer(queue: QueueHall, ticket: Ticket, answers: Any, comment: str | None = None, **respondent: str) -> None:
    told = Told.read(dict(zip(ELEMENTS, answers, strict=True)), comment, respondent)
    code = queue.read(lambda reader, _, __: reader.visit_code(ticket.visit))
    queue.write(lambda tx: surveys.answer_by_code(tx, queue.hall, SurveyRules(), VISITOR, code, ticket.id, told))


def report(queue: QueueHall, by: str = "agency", scope: Scope = TODAY, weight: str = "exact") -> dict[str, Any]:
    return queue.read(lambda reader, hall, now_ms: satisfaction_report(reader, hall, scope, by, weight))


def test_nobody_was_served_and_nobody_asked(queue: QueueHall) -> None:
    found = report(queue)
    assert found["rows"] == []
    assert (found["total"]["index"], found["total"]["class"], found["total"]["lowest"]) == (None, None, [])
    assert found["total"]["sample"] == {"population": 0, "needed": 0, "reached": False}


def test_one_answer_of_two_served(queue: QueueHall) -> None:
    answer(queue, serve(queue, "akta"), (4, 4, 3, 4, 4, 4, 4, 4, 4), age="60_over")
    serve(queue, "ktp")
    total = report(queue)["total"]
    assert (total["respondents"], total["index"], total["class"], total["lowest"]) == (1, 97.22, "A", ["u3"])
    assert total["sample"] == {"population": 2, "needed": 2, "reached": False}
    assert total["elements"][2] == {"id": "u3", "answers": 1, "sum": 3, "nrr": 3.0, "weighted": 0.333}


def test_the_rounded_weight_is_told_and_lowers_the_index(queue: QueueHall) -> None:
    answer(queue, serve(queue, "akta"), (4,) * 9)
    assert report(queue)["total"]["index"] == 100.0
    rounded = report(queue, weight="0.11")
    assert (rounded["weight"], rounded["total"]["index"]) == ("0.11", 99.0)


def test_rows_stand_in_the_order_of_the_catalogue_and_only_what_is_asked_for(queue: QueueHall) -> None:
    for service in ("pajak", "ktp", "akta"):
        answer(queue, serve(queue, service), (3,) * 9)
    assert [row["key"] for row in report(queue)["rows"]] == ["capil", "polres"]
    assert [row["key"] for row in report(queue, "service")["rows"]] == ["akta", "ktp", "pajak"]
    assert [row["key"] for row in report(queue, "all")["rows"]] == ["all"]
    narrowed = report(queue, "service", Scope(DAY, DAY, agency="capil"))
    assert [row["key"] for row in narrowed["rows"]] == ["akta", "ktp"] and narrowed["total"]["respondents"] == 2
    assert report(queue, "service", Scope(DAY, DAY, service="ktp"))["total"]["respondents"] == 1


def test_an_answer_belongs_to_the_day_of_its_ticket(queue: QueueHall) -> None:
    ticket = serve(queue, "akta")
    queue.clock.pass_by(30 * 3600)
    answer(queue, ticket, (2,) * 9)
    assert report(queue)["total"]["respondents"] == 1
    assert report(queue, scope=Scope("2026-03-03", "2026-03-04"))["total"]["respondents"] == 0


def test_who_answered_is_counted_and_who_said_nothing_too(queue: QueueHall) -> None:
    for respondent in ({"age": "60_over", "sex": "male"}, {"age": "60_over", "job": "tni"}, {}):
        answer(queue, serve(queue, "akta"), (3,) * 9, **respondent)
    found = report(queue)["respondents"]
    assert found["age"]["60_over"] == 2 and found["age"]["unsaid"] == 1
    assert found["sex"] == {"male": 1, "female": 0, "unsaid": 2}
    assert found["job"]["tni"] == 1 and found["education"]["unsaid"] == 3


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(("akta", "ktp", "pajak")), st.none() | sheets), max_size=8))
def test_the_report_is_what_counting_by_hand_gives(tmp_path: Path, visits: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder, QueueHall(Path(folder)) as queue:
        for service, answers in visits:
            ticket = serve(queue, service)
            if answers is not None:
                answer(queue, ticket, answers)
        found = {row["key"]: row for row in report(queue, "service")["rows"]}
    assert Counter(service for service, _ in visits) == {
        key: row["sample"]["population"] for key, row in found.items()
    }
    for service, row in found.items():
        given_here = [answers for key, answers in visits if key == service and answers is not None]
        assert row["respondents"] == len(given_here)
        columns = [[sheet[n] for sheet in given_here if sheet[n] is not None] for n in range(9)]
        assert [(each["sum"], each["answers"]) for each in row["elements"]] == [(sum(c), len(c)) for c in columns]
        if all(columns):
            exact = sum((Fraction(sum(column), len(column)) for column in columns), Fraction()) / 9 * 25
            assert abs(Fraction(str(row["index"])) - exact) <= Fraction(1, 200)
        else:
            assert row["index"] is None


# The files


@pytest.fixture
def answered(queue: QueueHall) -> QueueHall:
    """Three respondents; of their comments one is shown, one hidden, one new, and one tries to be a formula."""
    comments = ("=1+1", "jangan tampilkan", "belum diperiksa")
    for n, comment in enumerate(comments):
        ticket = serve(queue, "akta")
        answer(queue, ticket, (4, 3, 2, 4, 3, 2, 4, 3, None) if n == 0 else (3,) * 9, comment, sex="female")
        if n < 2:
            state = "shown" if n == 0 else "hidden"
            queue.write(lambda tx, id=ticket.id, state=state: moderate(tx, CHIEF, id, state))  # type: ignore[misc]
    return queue


def test_the_form_has_a_row_for_each_respondent_and_the_sums_below(answered: QueueHall) -> None:
    text = answered.read(lambda reader, hall, now_ms: to_csv(reader, TODAY, report(answered)))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["NO. RES", *(f"U{n}" for n in range(1, 10))]
    assert rows[1] == ["1", "4", "3", "2", "4", "3", "2", "4", "3", ""]
    assert rows[2] == ["2", *["3"] * 9]
    assert rows[4] == ["JUMLAH NILAI PER UNSUR", "10", "9", "8", "10", "9", "8", "10", "9", "6"]
    assert rows[5] == ["JUMLAH JAWABAN TERISI", *["3"] * 8, "2"]
    assert rows[6][:4] == ["NRR PER UNSUR", "3.333", "3.0", "2.667"]
    assert rows[7][0] == "NRR TERTIMBANG PER UNSUR (x 1/9)" and rows[7][1] == "0.37"
    assert rows[8:] == [["IKM UNIT PELAYANAN", "75.93"], ["MUTU PELAYANAN", "C (Kurang baik)"]]


def test_the_workbook_is_read_by_another_program(answered: QueueHall) -> None:
    made = answered.read(lambda reader, hall, now_ms: to_xlsx(reader, hall, TODAY, report(answered)))
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Ringkasan", "Per responden", "Responden", "Unsur", "Komentar"]
    summary = list(book["Ringkasan"].values)
    assert summary[1][:4] == ("Dukcapil", 3, 75.93, "C") and summary[-1][0] == "MPP"
    form = list(book["Per responden"].values)
    assert form[1][:10] == (1, 4, 3, 2, 4, 3, 2, 4, 3, None)
    assert form[-2][:2] == ("IKM UNIT PELAYANAN", 75.93)
    assert ("Jenis kelamin", "Perempuan", 3) in list(book["Responden"].values)
    assert all(book[name].freeze_panes == "A2" for name in book.sheetnames)
    assert book["Komentar"]["D2"].data_type == "s", "what a visitor wrote is never a formula"


def test_nothing_that_is_published_names_a_counter_a_ticket_or_a_comment_that_is_not_shown(
    answered: QueueHall,
) -> None:
    made = answered.read(lambda reader, hall, now_ms: to_xlsx(reader, hall, TODAY, report(answered)))
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.values for cell in row]
    comments = [row[3] for row in list(book["Komentar"].values)[1:]]
    assert comments == ["=1+1"]
    for hidden in ("jangan tampilkan", "belum diperiksa", "Siti", "A-001"):
        assert not any(hidden in str(cell) for cell in cells)
