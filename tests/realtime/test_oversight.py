"""What supervisors and officers hear of one another: messages, alerts, overridden hours; nobody else hears it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import RunningHall, wait_until
from tests.realtime.conftest import Connect
from tests.realtime.test_events import call_one, without_gaps


@pytest.fixture
def printer(live_hall: RunningHall) -> Iterator[Any]:
    """Tells how printer-1 is; ready at first, without an alert that an earlier test left, and in the end."""
    worker = live_hall.client("printer", "printer-1")

    def tell(state: str) -> None:
        worker.do("/printers/printer-1/status", {"state": state})

    tell("ready")
    wait_until(lambda: standing(live_hall) == [], what="what was wrong with it before is over")
    yield tell
    tell("ready")


def standing(hall: RunningHall) -> list[dict[str, Any]]:
    alerts: list[dict[str, Any]] = hall.client("supervisor").get("/supervisor")["alerts"]
    return [alert for alert in alerts if alert["subject"] == "printer-1"]


def test_a_message_reaches_the_counters_that_it_is_for_and_supervisors(live_hall: RunningHall, listen: Connect) -> None:
    first, second, other = (listen(live_hall, "counter", id) for id in ("1", "2", "8"))
    chief, kiosk = listen(live_hall, "supervisor", ""), listen(live_hall, "kiosk", "kiosk-5")
    board = listen(live_hall, "display", "board-a")
    desk = live_hall.client("counter", "1")
    desk.do("/counters/1/open")
    words = "Mohon arahkan lansia ke loket 2"
    body = {"text": words, "counters": ["1", "2"], "urgent": True}
    sent = live_hall.client("supervisor").do("/messages", body)["message"]
    for screen in (first, second, chief):
        heard = screen.wait_for("message.sent").data
        assert heard["message"] == {"id": sent["id"], "urgent": True} and heard["counters"] == ["1", "2"]
        assert words not in json.dumps(heard)
    shown = desk.get("/counters/1")["messages"]
    assert [(each["text"], each["author"], each["urgent"]) for each in shown] == [(words, "supervisor", True)]
    answers = [desk.do("/counters/1/acknowledge", {"message": sent["id"]}, key="one press") for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["message"]["counters"][0]["reader"] == "counter 1"
    for screen in (first, chief):
        screen.wait_for("message.acknowledged")
    assert desk.get("/counters/1")["messages"] == []
    call_one(live_hall, "one", "1")
    for screen in (kiosk, board, second):
        screen.wait_for("ticket.called")
    live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["three"]})
    other.wait_for("ticket.issued")
    assert "message.acknowledged" not in second.names()
    for screen in (other, kiosk, board):
        assert not [name for name in screen.names() if name.startswith("message.")]
    for screen in (first, second, chief, other):
        without_gaps(screen.heard, screen.heard[0].data["seq"])
    by_counter = {each["id"]: each["reader"] for each in _messages(live_hall)[0]["counters"]}
    assert by_counter == {"1": "counter 1", "2": None}


def _messages(hall: RunningHall) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hall.client("supervisor").get("/supervisor")["messages"]
    return found


def test_an_alert_is_raised_by_itself_acknowledged_and_cleared(
    live_hall: RunningHall, listen: Connect, printer: Any
) -> None:
    chief, desk = listen(live_hall, "supervisor", ""), listen(live_hall, "counter", "1")
    printer("paper_out")
    raised = chief.wait_for("alert.raised").data["alert"]
    assert (raised["kind"], raised["subject"], raised["facts"]["state"]) == ("printer_out", "printer-1", "paper_out")
    (alert,) = standing(live_hall)
    live_hall.client("supervisor").do(f"/alerts/{alert['id']}/acknowledge")
    chief.wait_for("alert.acknowledged")
    assert standing(live_hall)[0]["acknowledged_by"] == "supervisor"
    printer("ready")
    chief.wait_for("alert.cleared")
    assert standing(live_hall) == []
    call_one(live_hall)
    desk.wait_for("ticket.called")
    assert not [name for name in desk.names() if name.startswith("alert.")]
    without_gaps(chief.heard, chief.heard[0].data["seq"])


def test_every_screen_hears_that_a_service_was_closed_and_not_by_whom(live_hall: RunningHall, listen: Connect) -> None:
    screens = [listen(live_hall, screen, id) for screen, id in (
        ("kiosk", "kiosk-5"), ("display", "board-b"), ("counter", "8"), ("supervisor", ""),
    )]  # fmt: skip
    chief = live_hall.client("supervisor")
    try:
        chief.do("/services/one/hours", {"override": "closed", "reason": "Rapat"})
        for screen in screens:
            told = screen.wait_for("service.changed").data
            assert (told["services"], told["agency"], told["override"]["state"]) == (["one"], "x", "closed")
            assert "supervisor" not in json.dumps(told)
        refused = live_hall.client("kiosk", "kiosk-1").post("/tickets", {"services": ["one"]})
        assert (refused.status, refused.json["code"]) == (409, "closed")
        assert refused.json["reason"]["text"]["id"].startswith("Rapat.")
    finally:
        chief.do("/services/one/hours", {"override": None})
    screens[0].wait_for("service.changed", lambda data: data["override"] is None)
    live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})


def test_who_is_moved_is_told_on_both_sides(live_hall: RunningHall, listen: Connect) -> None:
    here, there = listen(live_hall, "counter", "1"), listen(live_hall, "counter", "7")
    issued = live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    phone = listen(live_hall, "visit", issued["visit"]["code"])
    (ticket,) = issued["tickets"]
    body = {"service": "three", "note": "rahasia"}
    moved = live_hall.client("supervisor").do(f"/tickets/{ticket['id']}/move", body)["ticket"]
    assert (moved["number"], moved["service"], moved["agency"]) == (ticket["number"], "three", "y")
    for screen in (here, there):
        told = screen.wait_for("ticket.transferred").data
        assert (told["reason"], told["from"]["service"], told["to"]["service"]) == ({"rule": "moved"}, "one", "three")
        assert "rahasia" not in json.dumps(told)
    told = phone.wait_for("ticket.transferred").data
    assert told["ticket"]["service"] == "three"
    again = live_hall.client("supervisor").post(f"/tickets/{ticket['id']}/move", {"service": "three"})
    assert (again.status, again.json["code"]) == (409, "same_place")


def test_a_heartbeat_is_told_of_each_screen(live_hall: RunningHall, listen: Connect) -> None:
    chief = live_hall.client("supervisor")

    def board() -> dict[str, Any]:
        boards = chief.get("/supervisor")["devices"]["boards"]
        found: dict[str, Any] = next(each for each in boards if each["id"] == "board-b")
        return found

    screen = listen(live_hall, "display", "board-b")
    came = board()
    assert came["connected"] and came["since"]
    screen.close()
    wait_until(lambda: not board()["connected"], what="the board is missed")
    assert board()["since"] >= came["since"]


def test_who_is_called_at_that_moment_is_not_moved(live_hall: RunningHall) -> None:
    ticket = live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["tickets"][0]
    chief, desk = live_hall.client("supervisor"), live_hall.client("counter", "1")
    desk.do("/counters/1/open")
    desk.do("/counters/1/call", {"ticket": ticket["id"]})
    late = chief.post(f"/tickets/{ticket['id']}/move", {"service": "three"})
    assert (late.status, late.json["code"], late.json["state"]) == (409, "not_allowed", "called")
