"""A visit's code is for its visitor: nobody else hears it, whatever they ask."""

from __future__ import annotations

import json

import pytest

from tests.api.wide_hall import empty, rows
from tests.harness import RunningHall


@pytest.fixture
def code(wide_hall: RunningHall) -> str:
    """The code of a visit that has been through everything."""
    empty(wide_hall)
    issued = wide_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one", "three"]})
    desk = wide_hall.client("counter", "4")
    desk.do("/counters/4/open")
    ticket = issued["tickets"][0]["id"]
    desk.do("/counters/4/call", {"ticket": ticket, "expect": None})
    desk.do("/counters/4/no-show", {"expect": ticket})
    wide_hall.client("admin").do(f"/tickets/{ticket}/reprint")
    return str(issued["visit"]["code"])


def test_no_answer_tells_it(wide_hall: RunningHall, code: str) -> None:
    admin = wide_hall.client("admin")
    day = admin.get("/events?limit=1")["events"][0]["at"][:10]
    asked = [
        "/hall", "/displays/board-a", "/displays/board-b", *(f"/counters/{n}" for n in range(1, 9)), "/printers",
        "/session", "/catalogue", "/openapi.json", f"/reports/waiting?from={day}&to={day}", f"/visits/{code}",
    ]  # fmt: skip
    for path in asked:
        assert code not in json.dumps(admin.get(path)), path
    after = 0
    while (page := admin.get(f"/events?after={after}&limit=1000"))["events"]:
        assert code not in json.dumps(page)
        after = page["next"]
    assert code.encode() not in admin.request("GET", "/metrics").body


def test_it_stands_in_no_event_and_in_no_ticket(wide_hall: RunningHall, code: str) -> None:
    for table in ("events", "tickets", "spans", "counters"):
        assert code not in repr(rows(wide_hall, f"SELECT * FROM {table}")), table
    assert code in repr(rows(wide_hall, "SELECT * FROM visits")), "this looks for the right thing"


def test_the_log_of_the_server_does_not_tell_it_either(wide_hall: RunningHall, code: str) -> None:
    wide_hall.client(None).get(f"/visits/{code}")
    assert code not in wide_hall.log()


def test_a_visitor_sees_their_own_tickets_and_nothing_else(wide_hall: RunningHall, code: str) -> None:
    seen = wide_hall.client(None).get(f"/visits/{code}")
    assert set(seen) == {"seq", "epoch", "hall", "visit", "tickets"}
    assert {ticket["visit"] for ticket in seen["tickets"]} == {seen["visit"]["id"]}
    assert sorted(ticket["service"] for ticket in seen["tickets"]) == ["one", "three"]


def test_a_code_that_is_almost_right_opens_nothing(wide_hall: RunningHall, code: str) -> None:
    nobody = wide_hall.client(None)
    for wrong in (code.lower(), code[:-1], code + "A", code[:-1] + ("A" if code[-1] != "A" else "B"), "%25"):
        assert nobody.request("GET", f"/api/v1/visits/{wrong}").status == 404
