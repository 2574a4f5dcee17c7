"""Who hears what a visitor answered: supervisors, the tablet of the counter, the visitor's own phone; nobody else."""

from __future__ import annotations

from tests.harness import RunningHall
from tests.realtime.conftest import Connect
from tests.realtime.screens import Screen

LOW = {f"u{n}": 4 for n in range(1, 9)} | {"u9": 1}


def serve(hall: RunningHall) -> tuple[str, int]:
    """Somebody is served at counter 1; the visit's code and the ticket."""
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    desk = hall.client("counter", "1")
    desk.do("/counters/1/open")
    for verb in ("call-next", "start", "finish"):
        desk.do(f"/counters/1/{verb}")
    return issued["visit"]["code"], issued["tickets"][0]["id"]


def surveys_heard(screen: Screen) -> list[str]:
    return [name for name in screen.names() if name.startswith("survey.")]


def test_a_tablet_hears_of_its_own_counter_whom_to_ask_and_no_more(live_hall: RunningHall, listen: Connect) -> None:
    tablet, elsewhere = listen(live_hall, "survey", "1"), listen(live_hall, "survey", "2")
    code, ticket = serve(live_hall)
    live_hall.client("counter", "1").do("/counters/1/undo")
    live_hall.client("counter", "1").do("/counters/1/finish")
    live_hall.client(None).do(f"/visits/{code}/survey", {"ticket": ticket, "answers": LOW})
    last = tablet.wait_for("survey.answered")
    assert [message.name for message in tablet.events()] == [
        "ticket.finished", "ticket.reopened", "ticket.finished", "survey.answered",
    ]  # fmt: skip
    assert "survey" not in last.data, "what was answered is not for a screen that everybody sees"
    assert "outcome" not in tablet.events()[0].data["ticket"]
    assert elsewhere.events() == []


def test_supervisors_hear_what_was_answered_and_when_it_is_low(live_hall: RunningHall, listen: Connect) -> None:
    overseer = live_hall.client("supervisor")
    for alert in overseer.get("/supervisor")["alerts"]:  # a service has one at a time, until somebody has seen it
        overseer.do(f"/alerts/{alert['id']}/acknowledge")
    chief, desk = listen(live_hall, "supervisor", ""), listen(live_hall, "counter", "1")
    board = listen(live_hall, "display", "board-a")
    code, ticket = serve(live_hall)
    body = {"ticket": ticket, "answers": LOW, "comment": "rahasia", "respondent": {"job": "tni"}}
    live_hall.client(None).do(f"/visits/{code}/survey", body)
    heard = chief.wait_for("survey.answered", lambda data: data["survey"]["ticket"] == ticket)
    assert heard.data["survey"]["answers"] == LOW and heard.data["survey"]["has_comment"] is True
    low = chief.wait_for("alert.raised", lambda data: data["alert"]["kind"] == "low_score")
    for told in (heard, low):
        assert "rahasia" not in str(told.data) and "tni" not in str(told.data)
    live_hall.client("counter", "1").do("/counters/1/pause")
    for screen in (desk, board):
        screen.wait_for("counter.changed", lambda data: data["counter"]["state"] == "paused")
        assert surveys_heard(screen) == []


def test_the_visitors_phone_learns_that_the_tablet_was_answered(live_hall: RunningHall, listen: Connect) -> None:
    code, ticket = serve(live_hall)
    phone = listen(live_hall, "visit", code)
    live_hall.client("survey", "1").do("/counters/1/survey", {"ticket": ticket, "answers": LOW})
    told = phone.wait_for("visit.changed", lambda data: data["tickets"][0]["survey"] == "answered")
    assert surveys_heard(phone) == [] and "answers" not in str(told.data)

