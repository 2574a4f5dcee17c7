"""Live events: what each kind of screen hears, in which order, and what it does not."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
import socketio

from tests.harness import RunningHall, wait_until
from tests.realtime.busy_hall import bustle
from tests.realtime.conftest import Connect
from tests.realtime.screens import Message, Screen

EVERY_EVENT = {"epoch", "seq", "prev", "at"}


def call_one(hall: RunningHall, service: str = "one", counter: str = "1") -> dict[str, Any]:
    """A visitor comes and is called; the ticket."""
    hall.client("kiosk", "kiosk-1").do("/tickets", {"services": [service]})
    desk = hall.client("counter", counter)
    desk.do(f"/counters/{counter}/open")
    ticket: dict[str, Any] = desk.do(f"/counters/{counter}/call-next", {"expect": None})["ticket"]
    return ticket


def without_gaps(messages: list[Message], first_seq: int) -> None:
    """Each message names the one before it, and they come in the order of `seq`."""
    told = [message for message in messages if message.name not in ("hello", "server.restarting")]
    last = first_seq
    for message in told:
        assert message.data["prev"] <= last, "a message was lost"
        if message.name != "sync":
            assert message.data["seq"] > last
            last = message.data["seq"]
    events = [message for message in told if message.name != "sync"]
    for one, following in pairwise(events):
        assert following.data["prev"] == one.data["seq"]


@pytest.mark.parametrize(
    ("screen", "id"), [("display", "board-a"), ("counter", "1"), ("kiosk", "kiosk-1"), ("survey", "1"),
                       ("supervisor", "")]
)
def test_hello_comes_first(screen: str, id: str, live_hall: RunningHall, listen: Connect) -> None:
    shown = listen(live_hall, screen, id)
    first = shown.heard[0]
    assert first.name == "hello" and set(first.data) >= {"version", "epoch", "seq", "now"}
    hall = live_hall.client("admin").get("/hall")
    assert (first.data["epoch"], first.data["seq"]) == (hall["epoch"], hall["seq"])


def test_a_board_hears_a_call_and_all_that_comes_of_it(live_hall: RunningHall, listen: Connect) -> None:
    board = listen(live_hall, "display", "board-a")
    ticket = call_one(live_hall)
    desk = live_hall.client("counter", "1")
    for verb in ("recall", "start", "finish", "undo", "no-show"):
        desk.do(f"/counters/1/{verb}")
    desk.do("/counters/1/restore", {"ticket": ticket["id"]})
    desk.do("/counters/1/call", {"ticket": ticket["id"]})
    desk.do("/counters/1/requeue")
    desk.do(f"/tickets/{ticket['id']}/cancel")
    board.wait_for("ticket.cancelled")
    mine = [m for m in board.events() if m.data.get("ticket", {}).get("id") == ticket["id"]]
    assert [message.name for message in mine] == [
        "ticket.issued", "ticket.called", "ticket.recalled", "ticket.started", "ticket.finished", "ticket.reopened",
        "ticket.no_show", "ticket.restored", "ticket.called", "ticket.requeued", "ticket.cancelled",
    ]  # fmt: skip
    for message in mine:
        assert set(message.data) >= EVERY_EVENT | {"ticket", "queue"}
        assert message.data["at"].endswith("+07:00")
    called = mine[1].data
    assert called["counter"] == {"id": "1", "label": "1"}
    assert (called["ticket"]["number"], called["ticket"]["state"]) == (ticket["number"], "called")
    assert called["reason"]["rule"] == "arrival"
    assert mine[2].data["ticket"]["recalls"] == 1
    assert [message.data["queue"]["waiting"] for message in mine[:2]] == [1, 0]


def test_who_is_set_aside_or_passed_on_leaves_the_board(live_hall: RunningHall, listen: Connect) -> None:
    here, there = listen(live_hall, "display", "board-a"), listen(live_hall, "display", "board-b")
    kiosk, staff = listen(live_hall, "kiosk", "kiosk-5"), listen(live_hall, "counter", "7")
    ticket = call_one(live_hall, "one", "1")
    desk = live_hall.client("counter", "1")
    desk.do("/counters/1/start")
    desk.do("/counters/1/hold", {"note": "rahasia"})
    assert here.wait_for("ticket.held").data["ticket"]["state"] == "held"
    desk.do("/counters/1/resume", {"ticket": ticket["id"]})
    desk.do("/counters/1/transfer", {"service": "three", "note": "rahasia"})
    for screen in (here, there, kiosk, staff):
        moved = screen.wait_for("ticket.transferred").data
        assert (moved["ticket"]["id"], moved["ticket"]["state"]) == (ticket["id"], "waiting")
        assert (moved["from"]["service"], moved["to"]["service"]) == ("one", "three")
        assert (moved["queue"]["service"], moved["queue"]["waiting"]) == ("three", 1)
        assert "rahasia" not in json.dumps(moved)
        assert ("outcome" in moved["ticket"]) == (screen is staff), "what came of it is nothing for public screens"


def test_a_board_hears_only_its_own_zones(live_hall: RunningHall, listen: Connect) -> None:
    board_a, board_b = listen(live_hall, "display", "board-a"), listen(live_hall, "display", "board-b")
    here, there = call_one(live_hall, "one", "1"), call_one(live_hall, "three", "7")
    board_a.wait_for("ticket.called"), board_b.wait_for("ticket.called")
    live_hall.client("counter", "1").do("/counters/1/recall")
    board_a.wait_for("ticket.recalled")
    assert {m.data["ticket"]["id"] for m in board_a.events() if "ticket" in m.data} == {here["id"]}
    assert {m.data["ticket"]["id"] for m in board_b.events() if "ticket" in m.data} == {there["id"]}


def test_a_counter_hears_its_queue_and_not_the_others(live_hall: RunningHall, listen: Connect) -> None:
    mine, other = listen(live_hall, "counter", "2"), listen(live_hall, "counter", "8")
    ticket = call_one(live_hall, "one", "1")
    heard = mine.wait_for("ticket.called")
    assert heard.data["ticket"]["id"] == ticket["id"]
    call_one(live_hall, "three", "7")
    other.wait_for("ticket.called")
    assert {m.data["ticket"]["service"] for m in other.events() if "ticket" in m.data} == {"three"}
    assert {m.data["ticket"]["service"] for m in mine.events() if "ticket" in m.data} == {"one"}


def test_a_kiosk_hears_how_many_wait(live_hall: RunningHall, listen: Connect) -> None:
    kiosk = listen(live_hall, "kiosk", "kiosk-5")
    for _ in range(3):
        live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["two"]})
    heard = [kiosk.wait_for("ticket.issued", count=n).data["queue"] for n in (1, 2, 3)]
    assert [(queue["service"], queue["agency"], queue["waiting"]) for queue in heard] == [
        ("two", "x", n) for n in (1, 2, 3)
    ]


def test_a_kiosk_and_a_board_hear_that_a_counter_opens_but_not_who_sits_there(
    live_hall: RunningHall, listen: Connect
) -> None:
    public = [listen(live_hall, "kiosk", "kiosk-5"), listen(live_hall, "display", "board-a")]
    staff = [listen(live_hall, "counter", "3"), listen(live_hall, "supervisor", "")]
    officer = live_hall.officer("wati")
    officer.do("/counters/3/open")
    officer.do("/counters/3/pause", {"reason": "ke dokter"})
    for screen in public:
        opened = screen.wait_for("counter.changed")
        assert opened.data["counter"] == {"id": "3", "label": "3", "state": "open"}
        assert {queue["service"] for queue in opened.data["queues"]} == {"one", "two"}
        paused = screen.wait_for("counter.changed", count=2)
        assert "wati" not in json.dumps(opened.data) and "dokter" not in json.dumps(paused.data)
    for screen in staff:
        assert screen.wait_for("counter.changed").data["counter"]["officer"] == {"name": "wati"}
        assert screen.wait_for("counter.changed", count=2).data["counter"]["pause_reason"] == "ke dokter"


def test_staff_and_kiosks_hear_of_printers(live_hall: RunningHall, listen: Connect) -> None:
    screens = [
        listen(live_hall, "kiosk", "kiosk-5"),
        listen(live_hall, "counter", "3"),
        listen(live_hall, "supervisor", ""),
    ]
    worker = live_hall.client("printer", "printer-1")
    for state in ("offline", "ready"):
        worker.do("/printers/printer-1/status", {"state": state})
    for screen in screens:
        printer = screen.wait_for("printer.changed").data["printer"]
        assert set(printer) >= {"id", "state", "since", "jobs_waiting"} and printer["id"] == "printer-1"


def test_a_new_catalogue_is_told_to_every_screen(live_hall: RunningHall, listen: Connect) -> None:
    kinds = [("kiosk", "kiosk-5"), ("display", "board-b"), ("counter", "3"), ("supervisor", "")]
    screens = [listen(live_hall, screen, id) for screen, id in kinds]
    admin = live_hall.client("admin")
    document = admin.get("/catalogue")
    document["hall"]["footer"] = {"id": "Terima kasih", "en": f"Thank you {len(document['hall'])}"}
    assert admin.do("/catalogue", document) == {"changed": True}
    for screen in screens:
        screen.wait_for("hall.changed")


def test_no_message_has_a_code(live_hall: RunningHall, listen: Connect) -> None:
    screens = [listen(live_hall, screen, id) for screen, id in
               (("display", "board-a"), ("counter", "1"), ("kiosk", "kiosk-1"), ("supervisor", ""))]  # fmt: skip
    issued = live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    phone = listen(live_hall, "visit", issued["visit"]["code"])
    live_hall.client("counter", "1").do("/counters/1/open")
    live_hall.client("counter", "1").do("/counters/1/call-next")
    for screen in (*screens, phone):
        screen.wait_for("ticket.called")
        assert issued["visit"]["code"] not in json.dumps([message.data for message in screen.heard])


def test_no_stream_has_a_gap_under_load(live_hall: RunningHall, listen: Connect) -> None:
    kinds = [("display", "board-a"), ("display", "board-b"), ("counter", "1"), ("counter", "7"), ("kiosk", "kiosk-8"),
             ("supervisor", "")]  # fmt: skip
    screens = [listen(live_hall, screen, id) for screen, id in kinds]
    bustle(live_hall, kiosks=("kiosk-1", "kiosk-2", "kiosk-3"), counters=("1", "2", "7"), rounds=12)
    live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one", "three"]})
    head = live_hall.client("admin").get("/hall")["seq"]
    for screen in screens:
        wait_until(lambda s=screen: s.events() and s.events()[-1].data["seq"] >= head - 1)
        without_gaps(screen.heard, screen.heard[0].data["seq"])
    supervisor = [message.data["seq"] for message in screens[-1].events()]
    assert len(supervisor) > 60 and len(supervisor) == len(set(supervisor))


def refusal(hall: RunningHall, screen: str, id: str, **auth: Any) -> Any:
    wish = Screen(hall, screen, id, auth)
    with pytest.raises(socketio.exceptions.ConnectionError):
        wish.open()
    assert wish.heard == []
    [reason] = wish.refusals
    return reason["message"] if isinstance(reason, dict) else reason


def test_who_may_not_listen_is_told_why(live_hall: RunningHall) -> None:
    hall = live_hall
    display, kiosk = hall.token("display", "board-a"), hall.token("kiosk", "kiosk-1")
    counter, supervisor, printer = (
        hall.token("counter", "1"),
        hall.token("supervisor"),
        hall.token("printer", "printer-1"),
    )
    assert refusal(hall, "display", "board-a") == "unauthorized"
    assert refusal(hall, "display", "board-a", token="wrong") == "unauthorized"
    assert refusal(hall, "display", "board-a", token="\ud800") == "unauthorized", "half a letter is no error of ours"
    assert refusal(hall, "display", "board-b", token=display) == "forbidden"
    assert refusal(hall, "display", "board-a", token=kiosk) == "forbidden"
    assert refusal(hall, "kiosk", "kiosk-2", token=kiosk) == "forbidden"
    assert refusal(hall, "counter", "2", token=counter) == "forbidden"
    survey = hall.token("survey", "1")
    assert refusal(hall, "survey", "2", token=survey) == "forbidden"
    assert refusal(hall, "counter", "1", token=survey) == "forbidden"
    assert refusal(hall, "survey", "1", token=kiosk) == "forbidden"
    assert refusal(hall, "survey", "nowhere", token=supervisor) == "unknown_screen"
    assert refusal(hall, "supervisor", "", token=counter) == "forbidden"
    assert refusal(hall, "supervisor", "", token=printer) == "forbidden"
    assert refusal(hall, "display", "nowhere", token=supervisor) == "unknown_screen"
    assert refusal(hall, "toaster", "1", token=supervisor) == "unknown_screen"
    assert refusal(hall, "", "", token=supervisor) == "unknown_screen"
    assert refusal(hall, "visit", "A" * 16) == "unauthorized"
    assert refusal(hall, "visit", "") == "unauthorized"


@pytest.mark.parametrize("auth", [None, [], "x", 5, {"screen": 5, "id": []}, {"screen": "display", "token": {"a": 1}}])
def test_nonsense_for_a_wish_is_refused(auth: Any, live_hall: RunningHall) -> None:
    client, reasons = socketio.Client(reconnection=False), list[Any]()
    client.on("connect_error", reasons.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(live_hall.url, transports=["websocket"], auth=auth, wait_timeout=10)
    assert reasons[0]["message"] in ("unknown_screen", "unauthorized")


def test_a_login_session_opens_the_officers_own_counter_and_no_other(live_hall: RunningHall, listen: Connect) -> None:
    officer = live_hall.officer("lina")
    officer.do("/counters/5/open")
    cookie = {"Cookie": officer._headers["Cookie"]}
    client = socketio.Client(reconnection=False)
    heard: list[str] = []
    client.on("*", lambda name, data=None: heard.append(name))
    client.connect(
        live_hall.url, headers=cookie, transports=["websocket"], auth={"screen": "counter", "id": "5"}, wait_timeout=10
    )
    wait_until(lambda: heard == ["hello"])
    client.disconnect()
    other, reasons = socketio.Client(reconnection=False), list[Any]()
    other.on("connect_error", reasons.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        other.connect(live_hall.url, headers=cookie, transports=["websocket"], auth={"screen": "counter", "id": "6"})
    assert reasons[0]["message"] == "forbidden"


def test_long_polling_is_not_offered(live_hall: RunningHall) -> None:
    answer = live_hall.client(None).request("GET", "/socket.io/?EIO=4&transport=polling")
    assert answer.status == 400


def test_sync_comes_within_ten_seconds_and_says_up_to_where_one_should_have_heard(
    live_hall: RunningHall, listen: Connect
) -> None:
    board, quiet = listen(live_hall, "display", "board-a"), listen(live_hall, "display", "board-b")
    call_one(live_hall)
    last = board.wait_for("ticket.called").data["seq"]
    for screen in (board, quiet):
        sync = screen.wait_for("sync")
        assert sync.at_s - screen.heard[0].at_s <= 11
        assert set(sync.data) >= {"epoch", "seq", "prev"} and "ticket" not in sync.data
        assert sync.data["seq"] >= last
        assert sync.data["prev"] == (screen.events()[-1].data["seq"] if screen.events() else sync.data["prev"])
        without_gaps(screen.heard, screen.heard[0].data["seq"])
