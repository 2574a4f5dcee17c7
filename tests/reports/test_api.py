"""Reports over HTTP, on a hall that runs: every kind answers, files come as files, figures lead to their tickets."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.harness import Client, RunningHall


@pytest.fixture(scope="module")
def day(shared_hall: RunningHall) -> str:
    """Three visitors, of whom two were served; the day."""
    kiosk, counter = shared_hall.client("kiosk", "kiosk-1"), shared_hall.client("counter", "1")
    issued = [kiosk.do("/tickets", {"services": ["one"], "party_size": 2})["tickets"][0] for _ in range(3)]
    counter.do("/counters/1/open")
    for _ in range(2):
        for verb in ("call-next", "start", "finish"):
            counter.do(f"/counters/1/{verb}")
    found: str = issued[0]["issued_at"][:10]
    return found


@pytest.fixture(scope="module")
def chief(shared_hall: RunningHall) -> Client:
    return shared_hall.client("supervisor")


@pytest.mark.parametrize(("by", "key"), [
    ("agency", "x"), ("service", "one"), ("counter", "1"), ("hall", "hall"), ("hour", None), ("weekday", None),
    ("month", None), ("day", None), ("hour_weekday", None), ("officer", None),
])  # fmt: skip
def test_every_grouping_answers_with_the_same_sums(chief: Client, day: str, by: str, key: str | None) -> None:
    answer = chief.get(f"/reports/waiting?from={day}&to={day}&by={by}")
    assert (answer["from"], answer["to"], answer["by"]) == (day, day, by)
    assert sum(row["issued"] for row in answer["rows"]) == 3
    assert sum(row["persons_served"] for row in answer["rows"]) == 4
    assert key is None or key in [row["key"] for row in answer["rows"]]


def test_a_filter_leaves_the_others_out(chief: Client, day: str) -> None:
    where = f"/reports/waiting?from={day}&to={day}&by=hall"
    assert chief.get(f"{where}&agency=x&service=one")["rows"][0]["issued"] == 3
    assert chief.get(f"{where}&agency=y")["rows"] == chief.get(f"{where}&service=gone")["rows"] == []


@pytest.mark.parametrize(("by", "key"), [("counter", "1"), ("officer", None)])
def test_counters_and_officers_of_one_service_come_over_a_quarter_of_a_year(
    shared_hall: RunningHall, chief: Client, day: str, by: str, key: str | None
) -> None:
    first = date.fromisoformat(day) - timedelta(days=91)
    where = f"/reports/waiting?to={day}&by={by}&service=one"
    rows = chief.get(f"{where}&from={first}&compare=previous")["rows"]
    assert [sum(row[name] for row in rows) for name in ("issued", "served", "persons_served")] == [3, 2, 4]
    assert key is None or next(row for row in rows if row["key"] == key)["served"] == 2
    text = chief.request("GET", f"/api/v1{where}&from={first}&format=csv").body.decode()
    assert len(text.splitlines()) == len(rows) + 1
    said = shared_hall.antrean(
        "report", "waiting", "--from", str(first), "--to", day, "--by", by, "--service", "one", "--format", "json"
    )
    assert [row["issued"] for row in json.loads(said.stdout)["rows"]] == [row["issued"] for row in rows]
    refused = chief.request("GET", f"/api/v1{where}&from={first - timedelta(days=1)}")
    assert refused.status == 422
    assert refused.json["errors"] == [{
        "path": "to",
        "message": "reaches over more than 92 days, which counters and officers of one service cannot be told of",
    }]  # fmt: skip


def test_the_period_before_is_asked_for_by_compare(chief: Client, day: str) -> None:
    (row,) = chief.get(f"/reports/waiting?from={day}&to={day}&by=agency&compare=previous")["rows"]
    assert row["previous"] is None and row["issued"] == 3


def test_every_figure_leads_to_its_tickets(chief: Client, day: str) -> None:
    where = f"/reports/tickets?from={day}&to={day}&limit=2"
    page = chief.get(where)
    rest = chief.get(f"{where}&after={page['next']}")
    assert [len(page["tickets"]), len(rest["tickets"]), rest["next"]] == [2, 1, None]
    served = chief.get(f"{where}&outcome=served&counter=1")["tickets"]
    assert [ticket["outcome"] for ticket in served] == ["served", "served"]
    of_counter = chief.get(f"/reports/tickets?from={day}&to={day}&outcome=any&counter=1")["tickets"]
    assert of_counter == served, "the third has no counter at its end"
    assert len(chief.get(f"/reports/tickets?from={day}&to={day}&outcome=any")["tickets"]) == 3
    assert served[0]["issued_at"][:10] == day and served[0]["service_seconds"] is not None


def test_counters_outcomes_and_distributions_answer(chief: Client, day: str) -> None:
    days = f"from={day}&to={day}"
    (counter,) = chief.get(f"/reports/counters?{days}")["rows"]
    assert (counter["key"], counter["served"]) == ("1", 2) and counter["open_seconds"] > 0
    assert chief.get(f"/reports/outcomes?{days}")["rows"] == [
        {"service": "one", "outcome": "", "count": 2, "share": 1.0}
    ]  # fmt: skip
    spread = chief.get(f"/reports/distribution?{days}&metric=wait&step=10")
    assert sum(one["count"] for one in spread["bins"]) == spread["count"] == 2
    assert chief.get("/reports/state") == {"not_rolled_up": 0}


def test_the_use_of_counters_by_hour_reaches_over_a_quarter_of_a_year(chief: Client, day: str) -> None:
    first = date.fromisoformat(day) - timedelta(days=91)
    hours = chief.get(f"/reports/counters?from={first}&to={day}&by=hour")["rows"]
    assert sum(row["served"] for row in hours) == 2 and all(re.fullmatch("[012][0-9]", row["key"]) for row in hours)
    refused = chief.request("GET", f"/api/v1/reports/counters?from={first - timedelta(days=1)}&to={day}&by=hour")
    assert (refused.status, refused.json["errors"][0]["path"]) == (422, "to")


@pytest.mark.parametrize("what", ["waiting", "counters", "outcomes", "tickets"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_files_come_as_files(chief: Client, day: str, what: str, format: str) -> None:
    answer = chief.request("GET", f"/api/v1/reports/{what}?from={day}&to={day}&format={format}&bom=1")
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert f'-{day}.{format}"' in answer.headers["Content-Disposition"]
    if format == "csv":
        assert answer.body[:3] == b"\xef\xbb\xbf" and b"\r\n" in answer.body
    else:
        assert load_workbook(io.BytesIO(answer.body)).worksheets[0].max_row >= 2


def test_the_monthly_report_is_a_pdf(chief: Client, day: str) -> None:
    answer = chief.request("GET", f"/api/v1/reports/monthly?month={day[:7]}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(answer.body)).pages) >= 2


def test_many_ask_at_once_and_each_gets_the_own_answer(shared_hall: RunningHall, day: str) -> None:
    def ask(n: int) -> Any:
        by = ("agency", "service", "hour", "hall")[n % 4]
        return by, shared_hall.client("supervisor").get(f"/reports/waiting?from={day}&to={day}&by={by}")

    with ThreadPoolExecutor(8) as pool:
        for by, answer in pool.map(ask, range(24)):
            assert answer["by"] == by and sum(row["issued"] for row in answer["rows"]) == 3


def test_rebuilding_while_the_hall_runs_goes_through_its_server(shared_hall: RunningHall, day: str) -> None:
    assert shared_hall.client("admin").do("/reports/rebuild") == {"not_rolled_up": 0}
    done = shared_hall.antrean("report", "rebuild")
    assert done.returncode == 0, done.stderr
