"""Visitors' phones: their own tickets and nothing else, seldom, and never in the way of the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.harness import RunningHall
from tests.realtime.conftest import Connect


def test_a_phone_hears_of_its_own_tickets_only(live_hall: RunningHall, listen: Connect) -> None:
    kiosk, desk = live_hall.client("kiosk", "kiosk-1"), live_hall.client("counter", "1")
    before = kiosk.do("/tickets", {"services": ["one"]})
    mine = kiosk.do("/tickets", {"services": ["one", "three"]})
    phone = listen(live_hall, "visit", mine["visit"]["code"])
    desk.do("/counters/1/open")
    desk.do("/counters/1/call-next")

    moved_up = phone.wait_for("visit.changed", lambda data: data["tickets"][0]["ahead"] == 0)
    assert set(moved_up.data) >= {"epoch", "seq", "prev", "at", "tickets"}
    assert "ticket" not in moved_up.data and "counter" not in moved_up.data
    desk.do("/counters/1/no-show")
    desk.do("/counters/1/call-next")
    called = phone.wait_for("ticket.called")
    assert called.data["ticket"]["id"] == mine["tickets"][0]["id"]
    assert called.data["ticket"]["counter_label"] == "1"

    shown = live_hall.client(None).get(f"/visits/{mine['visit']['code']}")
    assert set(called.data["tickets"][0]) == set(shown["tickets"][0])
    everything = json.dumps([message.data for message in phone.heard])
    assert mine["visit"]["code"] not in everything and before["visit"]["code"] not in everything
    assert before["tickets"][0]["number"] not in everything
    for message in phone.events():
        assert {t["visit"] for t in message.data["tickets"]} == {mine["visit"]["id"]}


def at_most(ahead: int) -> Callable[[dict[str, Any]], bool]:
    return lambda data: bool(data["tickets"][0]["ahead"] <= ahead)


def test_a_phone_is_told_at_most_once_in_two_seconds(live_hall: RunningHall, listen: Connect) -> None:
    kiosk, desk = live_hall.client("kiosk", "kiosk-1"), live_hall.client("counter", "1")
    desk.do("/counters/1/open")
    for _ in range(60):
        kiosk.do("/tickets", {"services": ["one"]})
    last = kiosk.do("/tickets", {"services": ["one"]})
    phone = listen(live_hall, "visit", last["visit"]["code"])
    for n in range(60):
        desk.do("/counters/1/call-next")
        desk.do("/counters/1/no-show")
        if n in (20, 40):
            phone.wait_for("visit.changed", so=at_most(60 - n))
    phone.wait_for("visit.changed", so=at_most(0))
    # When the server sent them: on a busy machine one may come late, and the next one is not early for that.
    sent = [datetime.fromisoformat(message.data["at"]) for message in phone.events()]
    assert 3 <= len(sent) <= 10, "sixty changes are a handful of messages"
    assert min(following - one for one, following in pairwise(sent)) > timedelta(seconds=1.99)


def test_two_phones_of_one_visit_hear_the_same(live_hall: RunningHall, listen: Connect) -> None:
    mine = live_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    phones = [listen(live_hall, "visit", mine["visit"]["code"]) for _ in range(2)]
    phones[0].close()
    live_hall.client("admin").do(f"/tickets/{mine['tickets'][0]['id']}/cancel")
    assert phones[1].wait_for("ticket.cancelled").data["tickets"][0]["state"] == "cancelled"
