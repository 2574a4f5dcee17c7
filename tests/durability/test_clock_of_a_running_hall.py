"""The clock of a machine on which a hall runs jumps: what its staff, its monitoring and its admin see."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.durability.clocked import OFF_FILE
from tests.durability.folders import roomy
from tests.harness import Client, RunningHall, wait_until, write_config

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class ClockedHall(RunningHall):
    """A hall on a machine whose clock the test sets."""

    program = (sys.executable, "-m", "tests.durability.clocked")

    def set_clock(self, off_ms: int) -> None:
        new = Path(self.environ[OFF_FILE] + ".new")
        new.write_text(str(off_ms))
        new.rename(self.environ[OFF_FILE])


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ClockedHall]:
    running = ClockedHall(
        tmp_path, write_config(tmp_path / "config.toml", roomy()), environ={OFF_FILE: str(tmp_path / "off")}
    )
    running.set_clock(0)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.kill()


def readiness(hall: RunningHall) -> tuple[int, Any]:
    answer = Client(hall.url).request("GET", "/readyz")
    return answer.status, answer.json.get("code")


def test_a_jump_stops_the_hall_until_the_clock_comes_back_or_an_admin_accepts_it(hall: ClockedHall) -> None:
    kiosk, officer = hall.client("kiosk", "kiosk-1"), hall.client("counter", "1")
    officer.do("/counters/1/open")

    def issue() -> dict[str, Any]:
        ticket: dict[str, Any] = kiosk.do("/tickets", {"services": ["one"]})["tickets"][0]
        return ticket

    def refused() -> None:
        answer = kiosk.post("/tickets", {"services": ["one"]})
        assert (answer.status, answer.json["code"]) == (503, "clock_jumped")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert readiness(hall) == (503, "clock_jumped")

    first = issue()
    assert readiness(hall) == (200, None)

    hall.set_clock(-HOUR_MS)  # an hour back: nothing stops, nothing runs backwards
    assert issue()["issued_at"] >= first["issued_at"]
    called = officer.do("/counters/1/call-next", {"expect": None})["ticket"]
    assert called["wait_seconds"] >= 0

    hall.set_clock(2 * DAY_MS)  # and two days ahead
    refused()
    assert hall.client(None).get("/hall")["agencies"], "screens go on showing the last state"
    hall.set_clock(0)  # it comes back by itself
    assert readiness(hall) == (200, None)
    assert issue()["number"] == "A-003"

    hall.set_clock(-3 * DAY_MS)
    refused()
    accepted = hall.antrean("clock", "accept")
    assert accepted.returncode == 0, accepted.stderr
    assert readiness(hall) == (200, None)
    assert issue()["number"] == "A-001", "of three days ago"
    served = officer.do("/counters/1/start", {"expect": called["id"]})["ticket"]
    assert served["wait_seconds"] >= 0

    hall.set_clock(0)
    refused()
    assert hall.antrean("clock", "accept").returncode == 0
    assert issue()["number"] == "A-004", "today's numbers are on slips already"
    again = hall.antrean("clock", "accept")
    assert (again.returncode, "has not jumped" in again.stderr) == (1, True)
    assert hall.antrean("verify").returncode == 0


def test_a_start_after_a_dead_battery_waits_and_the_time_service_puts_it_right(hall: ClockedHall) -> None:
    number = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["tickets"][0]["number"]
    assert number == "A-001"
    assert hall.stop() == 0
    hall.set_clock(-9000 * DAY_MS)
    hall.start(ready=False)
    wait_until(lambda: answers(hall) == (503, "clock_jumped"), what="a hall that waits")
    hall.set_clock(3 * DAY_MS)  # it was off from Friday to Monday
    assert readiness(hall) == (200, None)
    ticket = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["tickets"][0]
    assert ticket["number"] == "A-001", "of Monday"
    assert hall.antrean("verify").returncode == 0


def answers(hall: RunningHall) -> Any:
    """What it says of its readiness, None while it does not answer yet."""
    try:
        return readiness(hall)
    except OSError:
        return None
