"""An officer's day over HTTP, and what a press on an old view comes to."""

from __future__ import annotations

from urllib.parse import quote

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


def test_held_resumed_passed_on_and_given_up(wide_hall: RunningHall, desk: Client) -> None:
    ticket = issue(wide_hall)
    desk.do("/counters/8/call-next", {"expect": None})
    desk.do("/counters/8/start", {"expect": ticket})
    held = desk.do("/counters/8/hold", {"note": "tunggu KK", "expect": ticket})["ticket"]
    assert (held["state"], held["counter"], bool(held["held_at"])) == ("held", "8", True)
    seen = desk.get("/counters/8")
    assert seen["current"] is None and [t["id"] for t in seen["held"]] == [ticket]
    assert [note["text"] for note in seen["held"][0]["notes"]] == ["tunggu KK"] and not seen["held"][0]["overdue"]
    resumed = desk.do("/counters/8/resume", {"ticket": ticket, "expect": None})["ticket"]
    assert (resumed["state"], resumed["held_at"]) == ("serving", None)
    there = {"service": "one", "counter": "2", "return": True}
    moved = desk.do("/counters/8/transfer", {**there, "expect": ticket})["ticket"]
    where = ("state", "service", "wanted_counter", "return_to")
    assert [moved[key] for key in where] == ["waiting", "one", "2", "8"]
    other = wide_hall.client("counter", "2")
    other.do("/counters/2/open")
    other.do("/counters/2/call", {"ticket": ticket, "expect": None})
    other.do("/counters/2/start", {"expect": ticket})
    back = other.do("/counters/2/finish", {"expect": ticket})["ticket"]
    assert [back[key] for key in where] == ["waiting", "three", "8", None]
    desk.do("/counters/8/call", {"ticket": ticket, "expect": None})
    desk.do("/counters/8/start", {"expect": ticket})
    desk.do("/counters/8/hold", {"expect": ticket})
    assert desk.do("/counters/8/no-show", {"ticket": ticket, "expect": None})["ticket"]["state"] == "no_show"


def test_the_snapshot_says_what_the_halls_rules_ask_of_the_terminal(desk: Client) -> None:
    seen = desk.get("/counters/8")
    assert seen["rules"]["hold_reminder_minutes"] == 15 and seen["services"]["three"]["outcomes"] == []


def test_a_visitor_without_a_ticket(wide_hall: RunningHall, desk: Client) -> None:
    served = desk.do("/counters/8/direct", {"party_size": 4, "expect": None})["ticket"]
    assert set(served) >= TICKET
    facts = [served[key] for key in ("state", "source", "service", "party_size")]
    assert facts == ["serving", "direct", "three", 4]
    assert desk.get("/counters/8")["current"]["id"] == served["id"]
    assert desk.post("/counters/8/direct", {"expect": served["id"]}).json["code"] == "busy"


def test_nobody_waits(desk: Client) -> None:
    assert desk.do("/counters/8/call-next", {"expect": None}) == {"ticket": None, "reason": {"rule": "empty"}}


def test_a_press_on_an_old_view_is_stale_whatever_is_pressed(wide_hall: RunningHall, desk: Client) -> None:
    ticket = issue(wide_hall)
    desk.do("/counters/8/call-next", {"expect": None})
    before = wide_hall.client("admin").get("/events?limit=1000")["next"]
    for expect in (None, ticket + 1):
        for verb in ("call-next", "recall", "start", "finish", "no-show", "requeue", "undo", "pause", "close", "open",
                     "hold", "direct"):  # fmt: skip
            answer = desk.post(f"/counters/8/{verb}", {"expect": expect})
            assert (answer.status, answer.json["code"], answer.json["current"]) == (409, "stale", ticket), verb
        for verb in ("call", "restore", "resume", "no-show"):
            answer = desk.post(f"/counters/8/{verb}", {"ticket": ticket, "expect": expect})
            assert (answer.status, answer.json["code"]) == (409, "stale"), verb
        answer = desk.post("/counters/8/transfer", {"service": "one", "expect": expect})
        assert (answer.status, answer.json["code"]) == (409, "stale")
    assert wide_hall.client("admin").get("/events?limit=1000")["next"] == before


def test_who_does_not_say_what_they_see_is_not_asked(wide_hall: RunningHall, desk: Client) -> None:
    issue(wide_hall)
    assert desk.do("/counters/8/call-next", {})["ticket"]["state"] == "called"
    assert desk.post("/counters/8/call-next", {}).json["code"] == "busy"


@pytest.mark.parametrize(
    ("verb", "code"),
    [("recall", "nobody_here"), ("start", "nobody_here"), ("finish", "nobody_here"), ("no-show", "nobody_here"),
     ("requeue", "nobody_here"), ("undo", "nothing_to_undo"), ("hold", "nobody_here")],
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


def test_a_number_is_found_wherever_it_stands_in_the_queue(wide_hall: RunningHall, desk: Client) -> None:
    tickets = [issue(wide_hall) for _ in range(27)]
    seen = desk.get("/counters/8")
    assert tickets[-1] not in [t["id"] for t in seen["waiting"]] and "found" not in seen
    first = seen["waiting"][0]["number"]
    ordinal = int(first.partition("-")[2]) + 26
    found = desk.get(f"/counters/8?number={ordinal:03d}")["found"]
    assert [(t["id"], t["ahead"]) for t in found] == [(tickets[-1], 26)]
    assert desk.get(f"/counters/8?number={ordinal + 1}")["found"] == []
    for wrong in ("", "12a", "-1", "1234567", "٣"):
        answer = desk.request("GET", f"/api/v1/counters/8?number={quote(wrong)}")
        assert (answer.status, answer.json["errors"][0]["path"]) == (422, "number")
