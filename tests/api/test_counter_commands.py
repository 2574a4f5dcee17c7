"""An officer's day over HTTP, and what a press on an old view comes to."""

from __future__ import annotations

import pytest

from tests.api.wide_hall import empty
from tests.harness import Client, RunningHall

TICKET = {
    "id", "number", "state", "service", "agency", "priority", "party_size", "source", "visit", "issued_at", "called_at",
    "started_at", "finished_at", "counter", "ahead", "estimate", "wait_seconds", "service_seconds",
}  # fmt: skip


@pytest.fixture
def desk(wide_hall: RunningHall) -> Client:
    """Counter 8, open and free, with nobody waiting for it."""
    empty(wide_hall)
    desk = wide_hall.client("counter", "8")
    desk.do("/counters/8/open")
    return desk


def issue(hall: RunningHall) -> int:
    return int(hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["three"]})["tickets"][0]["id"])


def test_from_call_to_finish(wide_hall: RunningHall, desk: Client) -> None:
    ticket, other = issue(wide_hall), issue(wide_hall)
    seen = desk.get("/counters/8")
    assert (seen["current"], [t["id"] for t in seen["waiting"]], seen["held"]) == (None, [ticket, other], [])
    assert [t["ahead"] for t in seen["waiting"]] == [0, 1]
    assert seen["next"]["ticket"]["id"] == ticket

    called = desk.do("/counters/8/call-next", {"expect": None})
    assert set(called["ticket"]) >= TICKET and called["reason"]["rule"] == "arrival"
    assert desk.do("/counters/8/recall", {"expect": ticket})["ticket"]["recalls"] == 1
    started = desk.do("/counters/8/start", {"expect": ticket})["ticket"]
    assert started["state"] == "serving" and started["started_at"] >= started["called_at"] >= started["issued_at"]
    finished = desk.do("/counters/8/finish", {"expect": ticket})["ticket"]
    assert finished["state"] == "finished" and finished["finished_at"]

    undo = desk.get("/counters/8")["undo"]
    assert (undo["ticket"]["id"], undo["verb"]) == (ticket, "finish") and undo["until"] > finished["finished_at"]
    assert desk.do("/counters/8/undo", {"expect": None})["ticket"]["state"] == "serving"
    assert desk.do("/counters/8/no-show", {"expect": ticket})["ticket"]["no_show_at"]
    assert ticket in [t["id"] for t in desk.get("/counters/8")["missed"]]
    assert desk.do("/counters/8/restore", {"ticket": ticket, "expect": None})["ticket"]["state"] == "waiting"
    assert desk.do("/counters/8/call", {"ticket": other, "expect": None})["reason"]["rule"] == "chosen"
    assert desk.do("/counters/8/requeue", {"expect": other})["ticket"]["state"] == "waiting"
    assert [t["id"] for t in desk.get("/counters/8")["waiting"]] == [ticket, other]


def test_nobody_waits(desk: Client) -> None:
    assert desk.do("/counters/8/call-next", {"expect": None}) == {"ticket": None, "reason": {"rule": "empty"}}


def test_a_press_on_an_old_view_is_stale_whatever_is_pressed(wide_hall: RunningHall, desk: Client) -> None:
    ticket = issue(wide_hall)
    desk.do("/counters/8/call-next", {"expect": None})
    before = wide_hall.client("admin").get("/events?limit=1000")["next"]
    for expect in (None, ticket + 1):
        for verb in ("call-next", "recall", "start", "finish", "no-show", "requeue", "undo", "pause", "close", "open"):
            answer = desk.post(f"/counters/8/{verb}", {"expect": expect})
            assert (answer.status, answer.json["code"], answer.json["current"]) == (409, "stale", ticket), verb
        for verb in ("call", "restore"):
            answer = desk.post(f"/counters/8/{verb}", {"ticket": ticket, "expect": expect})
            assert (answer.status, answer.json["code"]) == (409, "stale"), verb
    assert wide_hall.client("admin").get("/events?limit=1000")["next"] == before


def test_who_does_not_say_what_they_see_is_not_asked(wide_hall: RunningHall, desk: Client) -> None:
    issue(wide_hall)
    assert desk.do("/counters/8/call-next", {})["ticket"]["state"] == "called"
    assert desk.post("/counters/8/call-next", {}).json["code"] == "busy"


@pytest.mark.parametrize(
    ("verb", "code"),
    [("recall", "nobody_here"), ("start", "nobody_here"), ("finish", "nobody_here"), ("no-show", "nobody_here"),
     ("requeue", "nobody_here"), ("undo", "nothing_to_undo")],
)  # fmt: skip
def test_with_nobody_at_the_counter(verb: str, code: str, desk: Client) -> None:
    answer = desk.post(f"/counters/8/{verb}", {"expect": None})
    assert (answer.status, answer.json["code"]) == (409, code)


def test_opening_pausing_and_closing_again_gives_the_same_answer(desk: Client) -> None:
    for verb in ("open", "pause", "open", "close", "close"):
        first, again = desk.do(f"/counters/8/{verb}"), desk.do(f"/counters/8/{verb}")
        assert first == again
    assert desk.get("/counters/8")["counter"]["state"] == "closed"


def test_the_log_is_read_in_pieces(wide_hall: RunningHall) -> None:
    admin = wide_hall.client("admin")
    issue(wide_hall)
    seen: list[int] = []
    after = 0
    while True:
        page = admin.get(f"/events?after={after}&limit=7")
        if not page["events"]:
            assert page["next"] == after
            break
        seen += [event["seq"] for event in page["events"]]
        after = page["next"]
    assert seen == list(range(1, len(seen) + 1))
    assert {"seq", "at", "kind", "actor"} <= set(admin.get("/events?limit=1")["events"][0])


def test_times_are_the_halls_own_with_their_offset(wide_hall: RunningHall) -> None:
    ticket = wide_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["three"]})["tickets"][0]
    assert ticket["issued_at"].endswith("+07:00")
