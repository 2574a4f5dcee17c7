"""Screens as programs: one that listens, and one that follows the contract's repair rules."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import socketio

from tests.harness import Client, RunningHall, wait_until

AT_COUNTER = ("called", "serving")


@dataclass(frozen=True)
class Message:
    """What a screen was sent, and when it came (seconds of a steady clock)."""

    name: str
    data: dict[str, Any]
    at_s: float


@dataclass
class Screen:
    """A connection that remembers all it hears; `heard` may be read at any time.

    One that `comes_back` connects again by itself whenever it is cut, until it is closed.
    """

    hall: RunningHall
    screen: str
    id: str
    auth: dict[str, Any] = field(default_factory=dict)
    comes_back: bool = False
    heard: list[Message] = field(default_factory=list)
    refusals: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._closed = threading.Event()
        self._coming_back: threading.Thread | None = None

    def _connect(self) -> None:
        # A client for each connection: socketio's own way back gives up when the server says goodbye.
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", self._hear)
        self.client.on("connect_error", self.refusals.append)
        self.client.on("disconnect", self._cut)
        auth = {"screen": self.screen, "id": self.id, **self.auth}
        self.client.connect(self.hall.url, transports=["websocket"], auth=auth, wait_timeout=10)

    def _cut(self, reason: Any = None) -> None:
        if self.comes_back and not self._closed.is_set():
            self._coming_back = threading.Thread(target=self._come_back)
            self._coming_back.start()

    def _come_back(self) -> None:
        while not self._closed.wait(0.1):
            try:
                return self._connect()
            except socketio.exceptions.ConnectionError:
                continue  # not there yet

    def _hear(self, name: str, data: Any = None) -> None:
        self.heard.append(Message(name, data, time.monotonic()))
        self.take(name, data)

    def take(self, name: str, data: Any) -> None:
        """What the screen does with a message."""

    def open(self) -> Screen:
        """Connect; returns when the server has said hello."""
        self._connect()
        self.wait_for("hello")
        return self

    def close(self) -> None:
        """Hang up."""
        self._closed.set()
        if self._coming_back is not None:
            self._coming_back.join(10)
        self.client.disconnect()

    def wait_for(self, name: str, so: Callable[[dict[str, Any]], bool] = lambda data: True, count: int = 1) -> Message:
        """The message of a name for which `so(data)` holds; the `count`th of them."""

        def found() -> Message | None:
            fitting = [message for message in list(self.heard) if message.name == name and so(message.data)]
            return fitting[count - 1] if len(fitting) >= count else None

        message: Message = wait_until(found, what=f"{self.screen} {self.id}: {name}, heard {self.names()}")
        return message

    def names(self) -> list[str]:
        """What it has heard, by name."""
        return [message.name for message in list(self.heard)]

    def events(self) -> list[Message]:
        """All it has heard but hello, sync and goodbye."""
        return [m for m in list(self.heard) if m.name not in ("hello", "sync", "server.restarting")]


def connect(hall: RunningHall, screen: str, id: str, *, token: str | None = None, **more: Any) -> Screen:
    """A listening screen with the token of its own device, a supervisor's for a supervisor; phones need none."""
    roles = {"display": "display", "kiosk": "kiosk", "counter": "counter", "survey": "survey",
             "supervisor": "supervisor"}
    if token is None and screen in roles:
        token = hall.token(roles[screen], None if screen == "supervisor" else id)
    return Screen(hall, screen, id, {} if token is None else {"token": token}, **more).open()


class Follower(Screen):
    """A screen that keeps itself right: it buffers, takes a snapshot, drops what that holds, and applies the rest.

    `loses(name, data)` says which messages never reach it. `state` is what it shows.
    """

    def __init__(self, hall: RunningHall, screen: str, id: str, snapshot: Callable[[], dict[str, Any]]) -> None:
        self.snapshot = snapshot
        self.loses: Callable[[str, Any], bool] = lambda name, data: False
        self.state: dict[str, Any] = {}
        self.repairs = 0
        self._seq, self._epoch = -1, ""
        self._lock = threading.Lock()
        token = {} if screen == "visit" else {"token": hall.token(screen, id)}
        super().__init__(hall, screen, id, token, comes_back=True)

    def take(self, name: str, data: Any) -> None:
        if name == "server.restarting" or (name != "hello" and self.loses(name, data)):
            return
        # One message after the other: while this one fetches, later ones wait here, which is the buffer.
        with self._lock:
            repaired = True
            if name == "hello" or data["epoch"] != self._epoch or data["prev"] > self._seq:
                repaired = self._repair()
            if not repaired or name in ("hello", "sync") or data["seq"] <= self._seq:
                return
            self._seq = data["seq"]
            self.apply(name, data)

    def _repair(self) -> bool:
        self.repairs += 1
        try:
            found = self.snapshot()
        except (OSError, http.client.HTTPException):
            self._epoch = ""  # the server is gone: whatever comes next asks again
            return False
        self._seq, self._epoch = found["seq"], found["epoch"]
        self.state = self.shown(found)
        return True

    def shown(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """What of a snapshot the screen shows."""
        raise NotImplementedError

    def apply(self, name: str, data: dict[str, Any]) -> None:
        """An event that the snapshot did not hold."""
        raise NotImplementedError

    def is_right(self) -> bool:
        """Whether it shows what it ought to."""
        return self.state == self.truth()

    def truth(self) -> dict[str, Any]:
        """What it ought to show."""
        return self.shown(self.snapshot())


def _queues(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [queue for queue in [data.get("queue"), *data.get("queues", [])] if queue is not None]


class BoardFollower(Follower):
    """A hall board: who is called where, and how many wait."""

    def __init__(self, hall: RunningHall, id: str) -> None:
        client = hall.client("display", id)
        super().__init__(hall, "display", id, lambda: client.get(f"/displays/{id}"))

    def shown(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        return {
            "calls": {
                c["ticket"]: (c["number"], c["counter"]["id"], c["state"], c["recalls"]) for c in snapshot["calls"]
            },
            "queues": {q["service"]: (q["waiting"], str(q["estimate"])) for q in snapshot["waiting"]},
        }

    def apply(self, name: str, data: dict[str, Any]) -> None:
        for queue in _queues(data):
            if queue["service"] in self.state["queues"]:
                self.state["queues"][queue["service"]] = (queue["waiting"], str(queue["estimate"]))
        ticket = data.get("ticket")
        if ticket is not None:
            self.state["calls"].pop(ticket["id"], None)
            if ticket["state"] in AT_COUNTER:
                call = (ticket["number"], ticket["counter"], ticket["state"], ticket["recalls"])
                self.state["calls"][ticket["id"]] = call


class KioskFollower(Follower):
    """A kiosk: how many wait for each service, and how long."""

    def __init__(self, hall: RunningHall, id: str) -> None:
        client = hall.client("kiosk", id)
        super().__init__(hall, "kiosk", id, lambda: client.get("/hall"))

    def shown(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        services = [service for agency in snapshot["agencies"] for service in agency["services"]]
        return {service["id"]: (service["waiting"], str(service["estimate"])) for service in services}

    def apply(self, name: str, data: dict[str, Any]) -> None:
        for queue in _queues(data):
            self.state[queue["service"]] = (queue["waiting"], str(queue["estimate"]))


class PhoneFollower(Follower):
    """A visitor's phone: their own tickets."""

    def __init__(self, hall: RunningHall, code: str) -> None:
        client = Client(hall.url)
        super().__init__(hall, "visit", code, lambda: client.get(f"/visits/{code}"))

    def shown(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        return {
            ticket["id"]: (ticket["state"], ticket["counter"], ticket["ahead"], str(ticket["estimate"]))
            for ticket in snapshot["tickets"]
        }

    def apply(self, name: str, data: dict[str, Any]) -> None:
        self.state = self.shown(data)
