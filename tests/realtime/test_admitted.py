"""Who is logged out, or let in as somebody else, hears nothing more; everybody else goes on hearing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import socketio

from server.admitted import Admitted
from server.auth import Keys, identify
from server.commands.access import SESSION_MS, start_session
from server.store import User
from server.troubles import Troubles
from tests.harness import Client, RunningHall, wait_until
from tests.queue.house import QueueHall
from tests.realtime.conftest import Connect
from tests.realtime.screens import Screen
from tests.realtime.test_events import call_one

PASSWORD = "sandi-pengawas"


def login(hall: RunningHall, name: str, role: str = "supervisor") -> Client:
    """Somebody who is logged in; who exists already has this password again."""
    hall.local().post("/users", {"name": name, "role": role, "password": PASSWORD})
    answer = Client(hall.url).post("/session", {"name": name, "password": PASSWORD})
    assert answer.status == 200, answer.body
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    return Client(hall.url, headers={"Cookie": cookie, "X-CSRF-Token": answer.json["csrf"]})


def secret(client: Client) -> str:
    return client._headers["Cookie"].partition("=")[2]


def is_cut(screen: Screen) -> bool:
    return not screen.client.connected


def test_logging_out_cuts_the_screens_of_that_login_and_no_others(live_hall: RunningHall, listen: Connect) -> None:
    leaving, staying = login(live_hall, "Yanti"), login(live_hall, "Yanti")
    gone = [listen(live_hall, "supervisor", "", token=secret(leaving)) for _ in range(2)]
    others = [
        listen(live_hall, "supervisor", "", token=secret(staying)), listen(live_hall, "supervisor", ""),
        listen(live_hall, "display", "board-a"),
    ]  # fmt: skip
    leaving.do("/session/end")
    wait_until(lambda: all(map(is_cut, gone)), what="cut")
    ticket = call_one(live_hall)
    for screen in others:
        assert screen.wait_for("ticket.called").data["ticket"]["id"] == ticket["id"]
    assert not any("ticket.called" in screen.names() for screen in gone)
    with pytest.raises(socketio.exceptions.ConnectionError):
        listen(live_hall, "supervisor", "", token=secret(leaving))


def test_a_revoked_tokens_screen_is_cut_and_comes_back_no_more(live_hall: RunningHall, listen: Connect) -> None:
    admin = live_hall.client("admin")
    token = admin.do("/tokens", {"role": "kiosk", "name": "Tablet hilang", "subject": "kiosk-1"})["token"]
    lost, other = listen(live_hall, "kiosk", "kiosk-1", token=token), listen(live_hall, "kiosk", "kiosk-1")
    (found,) = [each for each in admin.get("/tokens")["tokens"] if each["name"] == "Tablet hilang"]
    admin.do("/tokens/revoke", {"id": found["id"]})
    wait_until(lambda: is_cut(lost), what="cut")
    assert not is_cut(other)
    with pytest.raises(socketio.exceptions.ConnectionError):
        listen(live_hall, "kiosk", "kiosk-1", token=token)


def test_another_role_cuts_what_the_old_one_heard(live_hall: RunningHall, listen: Connect) -> None:
    client = login(live_hall, "Agus")
    screen = listen(live_hall, "supervisor", "", token=secret(client))
    live_hall.local().do("/users", {"name": "Agus", "role": "officer", "password": PASSWORD, "replace": True})
    wait_until(lambda: is_cut(screen), what="cut")


def test_a_login_of_somebody_else_cuts_nobody(live_hall: RunningHall, listen: Connect) -> None:
    screen = listen(live_hall, "supervisor", "", token=secret(login(live_hall, "Dewi")))
    login(live_hall, "Bayu").do("/session/end")
    ticket = call_one(live_hall)
    assert screen.wait_for("ticket.called").data["ticket"]["id"] == ticket["id"]


class House:
    """What is asked of a house to know who may hear."""

    def __init__(self, queue: QueueHall) -> None:
        self.store, self.threads, self.keys = queue.store, self, Keys("key", "local", "worker")
        self.troubles = Troubles()

    def signal(self) -> None:
        return None

    def spawn(self, run: Any, *args: Any) -> None:
        run(*args)

    def sleep(self, seconds: float) -> None:
        """Nobody else runs here."""


@pytest.mark.parametrize("count", [2, 45])
def test_a_session_that_is_over_by_the_clock_is_cut(tmp_path: Path, count: int) -> None:
    with QueueHall(tmp_path) as queue:
        cut: list[str] = []
        house = House(queue)
        admitted = Admitted(house, cut.append)  # type: ignore[arg-type]
        user = queue.write(lambda tx: tx.add_user("Yanti", "supervisor", "x"))
        assert isinstance(user, User)
        session = queue.write(lambda tx: start_session(tx, user))
        caller, local = (identify(queue.store, house.keys, each) for each in (session, "local"))
        for number in range(count):
            admitted.come(f"screen {number}", caller)
        admitted.come("command line", local)
        queue.clock.pass_by(SESSION_MS / 1000 - 1)
        admitted.look()
        assert cut == []
        admitted.leave("screen 0")
        queue.clock.pass_by(1)
        admitted.look()
        assert cut == [f"screen {number}" for number in range(1, count)]
