"""Answering over HTTP: once for each ticket whoever presses at once, the tablet told live, exports, moderation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_races import Press, at_once
from tests.api.wide_hall import empty, rows
from tests.harness import Answer, Client, RunningHall

NINE = {f"u{n}": 4 for n in range(1, 10)}


@pytest.fixture(autouse=True)
def nobody_is_here(wide_hall: RunningHall) -> None:
    empty(wide_hall)
    wide_hall.client("counter", "1").do("/counters/1/open")


def served(hall: RunningHall) -> tuple[str, dict[str, Any]]:
    """A visit's code and its ticket, which counter 1 has just served."""
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    desk = hall.client("counter", "1")
    for verb in ("call-next", "start", "finish"):
        desk.do(f"/counters/1/{verb}")
    return issued["visit"]["code"], issued["tickets"][0]


def answering(client: Client, path: str, body: dict[str, Any]) -> Press:
    return lambda: client.post(path, body)


def test_of_two_devices_that_answer_at_once_one_wins_and_the_other_is_told(wide_hall: RunningHall) -> None:
    phone, tablet = wide_hall.client(None), wide_hall.client("survey", "1")
    for _ in range(12):
        code, ticket = served(wide_hall)
        body = {"ticket": ticket["id"], "answers": NINE}
        answers: list[Answer] = at_once(
            answering(phone, f"/visits/{code}/survey", body),
            answering(tablet, "/counters/1/survey", {**body, "answers": {**NINE, "u1": 1}}),
        )
        assert sorted(answer.status for answer in answers) == [201, 409]
        lost = next(answer for answer in answers if answer.status == 409)
        assert lost.json["code"] == "already_answered"
        [(source, u1)] = rows(wide_hall, "SELECT source, u1 FROM surveys WHERE ticket = ?", ticket["id"])
        won_by_tablet = answers[1].status == 201
        assert (source, u1) == (("tablet", 1) if won_by_tablet else ("slip", 4))


def test_an_answer_that_got_lost_is_given_again_under_its_key(wide_hall: RunningHall) -> None:
    code, ticket = served(wide_hall)
    phone, body = wide_hall.client(None), {"ticket": ticket["id"], "answers": NINE, "comment": "baik"}
    first = phone.post(f"/visits/{code}/survey", body, key="phone")
    again = phone.post(f"/visits/{code}/survey", body, key="phone")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    other = phone.post(f"/visits/{code}/survey", body, key="another press")
    assert (other.status, other.json["code"]) == (409, "already_answered")
    kept = rows(wide_hall, "SELECT body FROM idempotency WHERE key = 'phone'")
    assert "baik" not in str(kept), "what was written is kept in one place"


def test_a_visitors_phone_needs_nothing_but_the_code_whoever_is_logged_in_there(wide_hall: RunningHall) -> None:
    code, ticket = served(wide_hall)
    officer = wide_hall.officer("dewi")
    without_csrf = Client(wide_hall.url, headers={"Cookie": officer._headers["Cookie"]})
    assert without_csrf.post(f"/visits/{code}/survey", {"ticket": ticket["id"], "answers": NINE}).status == 201
    [event] = [each for each in events(wide_hall, "survey.answered") if each["survey"]["ticket"] == ticket["id"]]
    assert event["actor"] == "visitor", "not the officer whose cookie the browser had"


def events(hall: RunningHall, kind: str) -> list[dict[str, Any]]:
    after = hall.client().get("/hall")["seq"] - 100
    return [each for each in hall.client().get(f"/events?after={max(0, after)}&limit=200")["events"]
            if each["kind"] == kind]  # fmt: skip


def test_a_visit_is_told_what_can_be_answered(wide_hall: RunningHall) -> None:
    code, ticket = served(wide_hall)
    nobody = wide_hall.client(None)
    asked = nobody.get(f"/visits/{code}/survey")
    assert [(each["id"], each["survey"]) for each in asked["tickets"]] == [(ticket["id"], "open")]
    assert asked["tickets"][0]["service_name"] == {"id": "One", "en": "One (en)"}
    nobody.do(f"/visits/{code}/survey", {"ticket": ticket["id"], "answers": NINE})
    assert nobody.get(f"/visits/{code}/survey")["tickets"][0]["survey"] == "answered"
    assert nobody.get(f"/visits/{code}")["tickets"][0]["survey"] == "answered"


def test_a_tablet_may_do_nothing_but_ask(wide_hall: RunningHall) -> None:
    """Visitors have it in their hands: whatever its token is taken for, the queue is not in danger."""
    tablet = wide_hall.client("survey", "1")
    for path, body in (("/tickets", {"services": ["one"]}), ("/counters/1/call-next", {}), ("/counters/1/close", {})):
        assert tablet.post(path, body).status == 403, path
    for path in ("/counters/1", "/events", "/printers"):
        assert tablet.request("GET", f"/api/v1{path}").status == 403, path


def test_comments_are_paged_filtered_and_moderated(wide_hall: RunningHall) -> None:
    texts = [f"komentar {n}" for n in range(3)]
    for text in texts:
        code, ticket = served(wide_hall)
        wide_hall.client(None).do(
            f"/visits/{code}/survey", {"ticket": ticket["id"], "answers": NINE, "comment": text}
        )
    chief, day = wide_hall.client("supervisor"), ticket["issued_at"][:10]
    asked = f"/surveys/comments?from={day}&to={day}"
    newest = chief.get(asked)["comments"][:3]
    assert [each["text"] for each in newest] == texts[::-1]
    assert newest[0]["answers"] == NINE and newest[0]["state"] == "new"
    shown = chief.do(f"/surveys/comments/{newest[0]['ticket']}", {"state": "shown"})
    assert (shown["comment"]["state"], shown["comment"]["moderator"]) == ("shown", "supervisor")
    assert chief.do(f"/surveys/comments/{newest[1]['ticket']}", {"state": "deleted"}) == {"comment": None}
    assert [each["text"] for each in chief.get(f"{asked}&state=shown")["comments"]] == [texts[2]]
    assert texts[1] not in str(chief.get(asked))
    before = chief.get(f"{asked}&before={newest[0]['ticket']}")["comments"]
    assert before[0]["text"] == texts[0]
    assert chief.get(f"{asked}&agency=y")["comments"] == chief.get(f"{asked}&service=two")["comments"] == []
    assert chief.get(f"{asked}&agency=x&service=one")["comments"][0]["ticket"] == newest[0]["ticket"]
    assert wide_hall.antrean("verify").returncode == 0


@pytest.mark.parametrize(("format", "begins"), [("csv", b"NO. RES,U1"), ("xlsx", b"PK\x03\x04")])
def test_the_form_is_a_file_to_save(format: str, begins: bytes, wide_hall: RunningHall) -> None:
    code, ticket = served(wide_hall)
    wide_hall.client(None).do(f"/visits/{code}/survey", {"ticket": ticket["id"], "answers": NINE})
    day = ticket["issued_at"][:10]
    path = f"/api/v1/reports/satisfaction?from={day}&to={day}&agency=x&format={format}"
    answer = wide_hall.client("supervisor").request("GET", path)
    assert answer.status == 200 and answer.body.startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="antrean-skm-{day}-{day}.{format}"'
    marked = wide_hall.client("supervisor").request("GET", f"{path}&bom=1")
    assert marked.body.startswith(b"\xef\xbb\xbf" + begins if format == "csv" else begins)


def test_the_report_says_how_it_was_weighed_and_the_command_line_says_the_same(wide_hall: RunningHall) -> None:
    code, ticket = served(wide_hall)
    wide_hall.client(None).do(f"/visits/{code}/survey", {"ticket": ticket["id"], "answers": NINE})
    day = ticket["issued_at"][:10]
    report = wide_hall.client("supervisor").get(f"/reports/satisfaction?from={day}&to={day}&by=service")
    assert report["weight"] == "exact" and [row["key"] for row in report["rows"]] == ["one"]
    table = wide_hall.antrean("report", "satisfaction", "--from", day, "--to", day, "--by", "service")
    assert table.returncode == 0, table.stderr
    line = next(line for line in table.stdout.splitlines() if line.startswith("One"))
    assert str(report["rows"][0]["respondents"]) in line.split()
    assert f"{report['rows'][0]['index']:.2f}" in line.split()


@pytest.mark.parametrize("call", ["/reports/satisfaction", "/surveys/comments"])
def test_a_report_of_more_than_ten_years_is_refused_by_name(wide_hall: RunningHall, call: str) -> None:
    supervisor = wide_hall.client("supervisor")
    assert supervisor.request("GET", f"/api/v1{call}?from=2016-11-23&to=2026-11-22").status == 200
    refused = supervisor.request("GET", f"/api/v1{call}?from=2016-11-01&to=2026-11-22")
    assert refused.status == 422 and refused.json["errors"][0]["path"] == "to"
