"""The whole day under each async mode; a socket hears the call; phones are capped and staff still get in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import socketio

from tests.harness import Client, RunningHall, wait_until
from tests.realtime.busy_hall import bustle, busy_hall
from tests.realtime.conftest import Connect
from tests.realtime.screens import Screen, connect


@pytest.mark.parametrize("mode", ["gevent", "eventlet", "threading"])
def test_a_day_of_the_hall(mode: str, tmp_path: Path, listen: Connect) -> None:
    hall = busy_hall(tmp_path, ANTREAN_SERVER_ASYNC_MODE=mode, ANTREAN_LIMITS_PUBLIC_SOCKETS="2")
    try:
        board = listen(hall, "display", "board-a")
        officer, ticket = _morning(hall)
        called = board.wait_for("ticket.called")
        assert (called.data["ticket"]["id"], called.data["counter"]["label"]) == (ticket, "1")
        officer.do("/counters/1/start", {"expect": ticket})
        officer.do("/counters/1/finish", {"expect": ticket})
        bustle(hall, kiosks=("kiosk-1", "kiosk-2"), counters=("2", "7"), rounds=4)
        phones = _phones_are_capped(hall, listen)
        if mode != "threading":  # on werkzeug's server the client takes seconds to hang up
            phones[0].close()
            wait_until(lambda: _gets_in(hall, phones[0].id), what="the place of a phone that has gone")
        day = hall.client("admin").get("/events?limit=1")["events"][0]["at"][:10]
        [row] = [
            r for r in hall.client("supervisor").get(f"/reports/waiting?from={day}&to={day}")["rows"] if r["key"] == "x"
        ]
        assert row["served"] >= 1 and row["wait"]["mean"] is not None
        began = time.monotonic()
        assert hall.stop() == 0
        assert time.monotonic() - began < 4, "it did not end by itself"
        board.wait_for("server.restarting")
        assert hall.antrean("verify").returncode == 0
    finally:
        if hall.process is not None and hall.process.poll() is None:
            hall.kill()


def _morning(hall: RunningHall) -> tuple[Client, int]:
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]}, key="press")
    again = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]}, key="press")
    assert issued == again and issued["tickets"][0]["number"] == "A-001"
    officer = hall.officer("siti")
    officer.do("/counters/1/open", {"expect": None})
    return officer, officer.do("/counters/1/call-next", {"expect": None})["ticket"]["id"]


def _phones_are_capped(hall: RunningHall, listen: Connect) -> list[Screen]:
    """Two phones get in, the third is told why not; a board does not come second to phones."""
    codes = [hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["visit"]["code"] for _ in range(2)]
    phones = [listen(hall, "visit", codes[0]), listen(hall, "visit", codes[0])]
    third = Screen(hall, "visit", codes[1])
    with pytest.raises(socketio.exceptions.ConnectionError):
        third.open()
    assert third.refusals == [{"message": "full"}]
    listen(hall, "display", "board-b")
    return phones


def _gets_in(hall: RunningHall, code: str) -> bool:
    try:
        connect(hall, "visit", code).close()
    except socketio.exceptions.ConnectionError:
        return False
    return True
