"""The hall that the browser tests run: the shipped one, open at any hour, with one agency shut and printers of ours."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server.config import shipped
from server.domain.hall import WEEKDAYS
from tests.browser import HOST
from tests.harness import Client, RunningHall, write_config

PASSWORD = "sandi-petugas"
SHUT = "taspen"
"""The agency that does not open today."""


class Mal(RunningHall):
    """The shipped hall as it runs, its QR codes pointing to the name under which Chromium knows it."""

    def __init__(self, folder: Path, document: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> None:
        port = free_port()
        given = {
            "ANTREAN_HALL_ALWAYS_OPEN": "false",
            "ANTREAN_SERVER_PUBLIC_URL": f"http://{HOST}:{port}",
            "ANTREAN_LIMITS_LOGINS_PER_MINUTE": "0",  # all of a test run log in from one address
            **(environ or {}),
        }
        super().__init__(folder, write_config(folder / "config.toml", document), environ=given, port=port)

    def ticket(self, service: str, **more: Any) -> dict[str, Any]:
        """A ticket without paper, taken at a desk."""
        issued = self.client().do("/tickets", {"services": [service], **more})
        return dict(issued["tickets"][0])

    def visit(self, *services: str) -> dict[str, Any]:
        """A visit whose tickets were taken at the first kiosk."""
        return dict(self.client("kiosk", "kiosk-1").do("/tickets", {"services": list(services)}))

    def login(self, officer: str) -> str:
        """The session cookie `name=value` of an officer who has just logged in, and is made if need be."""
        self.local().post("/users", {"name": officer, "role": "officer", "password": PASSWORD})
        answer = Client(self.url).post("/session", {"name": officer, "password": PASSWORD})
        assert answer.status == 200, answer.body
        return answer.headers["Set-Cookie"].split(";")[0]

    def head(self) -> int:
        """The sequence number of the newest event."""
        return int(self.client().get("/hall")["seq"])

    def events(self, after: int, kind: str) -> list[dict[str, Any]]:
        """The events of a kind since a sequence number, oldest first; there must be fewer than 1000 of all kinds."""
        log = self.client("supervisor").get(f"/events?after={after}&limit=1000")["events"]
        assert len(log) < 1000
        return [event for event in log if event["kind"] == kind]

    def voice(self, id: str) -> dict[str, Any]:
        """A voice of the hall as those who supervise see it."""
        return next(dict(each) for each in self.client("supervisor").get("/voice")["voices"] if each["id"] == id)

    def printer_state(self, printer: str) -> str:
        """What is known of a printer: ready, offline, ..."""
        printers = self.client().get("/printers")["printers"]
        return str(next(each["state"] for each in printers if each["id"] == printer))


class Desk:
    """A counter and its officer, worked by a program: for what happens behind the page that is looked at."""

    def __init__(self, hall: Mal, counter: str, officer: str) -> None:
        self.hall, self.id, self.officer = hall, counter, officer
        catalogue = hall.client().get("/hall")["counters"]
        self.services: list[str] = next(each["services"] for each in catalogue if each["id"] == counter)
        self.client: Client = hall.officer(officer, PASSWORD)

    @property
    def service(self) -> str:
        """The first service of this counter."""
        return self.services[0]

    def snapshot(self) -> dict[str, Any]:
        """The counter as an admin sees it."""
        return dict(self.hall.client().get(f"/counters/{self.id}"))

    @property
    def current(self) -> str | None:
        """The number that is at this counter."""
        ticket = self.snapshot()["current"]
        return ticket["number"] if ticket else None

    def do(self, verb: str, **more: Any) -> dict[str, Any]:
        """A command of this officer's, in full knowledge of what is current."""
        current = self.snapshot()["current"]
        expect = current["id"] if current else None
        return dict(self.client.do(f"/counters/{self.id}/{verb}", {"expect": expect, **more}))

    def queue(self, count: int) -> list[str]:
        """So many visitors take a number for this counter's first service; their numbers."""
        return [self.hall.ticket(self.service)["number"] for _ in range(count)]

    def clear(self) -> None:
        """Nobody at this counter, nobody waiting for it or set aside, and no officer."""
        admin = self.hall.client()
        snapshot = self.snapshot()
        for ticket in [snapshot["current"], *snapshot["waiting"], *snapshot["held"]]:
            if ticket and ticket["state"] == "serving":
                admin.do(f"/counters/{self.id}/finish", {"expect": ticket["id"]})
            elif ticket:
                admin.do(f"/tickets/{ticket['id']}/cancel")
        if snapshot["counter"]["state"] != "closed":
            admin.do(f"/counters/{self.id}/close", {"expect": None})


def document(*printers: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped hall with these printers, open at every hour but for one agency that opens the day after tomorrow.

    No printer stands in for another. Calls are spoken fast and in one language: tests wait for them.
    """
    found = tomllib.loads(shipped().read_text(encoding="utf-8"))
    found["voice"] |= {"languages": ["id"], "speed_wpm": 400, "chime": "none"}
    zone = far_from_midnight()
    found["hall"] |= {"timezone": zone.key, "hours": {day: ["00:00-23:59"] for day in WEEKDAYS}}
    opens = datetime.now(zone) + timedelta(days=2)
    found.pop("calendar", None)  # or the tests would fail on holidays
    for agency in found["agencies"]:
        agency.pop("hours", None)
        if agency["id"] == SHUT:
            agency["hours"] = {WEEKDAYS[opens.weekday()]: ["08:00-15:00"]}
    for printer in found["printers"]:
        printer.pop("fallback", None)
    found["printer"] = [{"id": f"printer-{n}", **each} for n, each in enumerate(printers, 1)]
    return found


def on_network(port: int) -> dict[str, Any]:
    """How a printer of this machine is reached."""
    return {"driver": "network", "host": "127.0.0.1", "port": port}


def far_from_midnight() -> ZoneInfo:
    """A zone of Indonesia in which no day ends while the tests run."""
    jakarta = ZoneInfo("Asia/Jakarta")
    return ZoneInfo("Asia/Jayapura") if datetime.now(jakarta).hour in (22, 23, 0) else jakarta


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return int(reserved.getsockname()[1])
