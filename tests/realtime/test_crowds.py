"""Long rounds: hundreds of screens through a restart, thousands of phones at the door."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.domain.waiting import percentile
from tests.harness import ROOT, Client, RunningHall, wait_until
from tests.realtime.busy_hall import busy_hall

pytestmark = pytest.mark.soak
SCREENS = 500
PHONES = 5_000


class Crowd:
    """A crowd in a process of its own, and the figures that it told last."""

    def __init__(self, kind: str, hall: RunningHall, secret: str, count: int, seconds: float) -> None:
        self.figures: dict[str, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.realtime.crowd", kind, hall.url, secret, str(count), str(seconds)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.figures = json.loads(line)

    def count(self, name: str) -> int:
        """How many, as told last."""
        return self.figures.get(name, 0)

    def end(self) -> None:
        """Send it home."""
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def crowd(kind: str, hall: RunningHall, secret: str, count: int, seconds: float) -> Iterator[Crowd]:
    found = Crowd(kind, hall, secret, count, seconds)
    try:
        yield found
    finally:
        found.end()


def test_a_restart_with_five_hundred_screens(tmp_path: Path) -> None:
    hall = busy_hall(tmp_path)
    try:
        with crowd("SCREENS", hall, hall.token("display", "board-a"), SCREENS, 110) as screens:
            wait_until(lambda: screens.count("connected") == SCREENS, 60, "all screens to be there")
            began = time.monotonic()
            assert hall.stop() == 0
            gone_s = time.monotonic() - began
            wait_until(lambda: screens.count("connected") == 0, 5, "all screens to be cut")
            hall.start()
            ready_s = time.monotonic() - began
            wait_until(lambda: screens.count("connected") == SCREENS, 30, "all screens to be back")
            back_s = time.monotonic() - began
            print(f"gone after {gone_s:.1f} s, ready after {ready_s:.1f} s, all back after {back_s:.1f} s")
            print(f"screens: {screens.figures}")
            assert screens.count("goodbyes") >= SCREENS, "each was told to come back"
            assert gone_s < 5 and back_s < 10
    finally:
        hall.stop()


def presses(hall: RunningHall, desk: Client, seconds: float) -> list[float]:
    """An officer's presses for some seconds: how long each took, in ascending order."""
    taken, until, chance = [], time.monotonic() + seconds, random.Random(1)
    while time.monotonic() < until:
        for verb in ("call-next", "requeue"):
            began = time.monotonic()
            desk.do(f"/counters/1/{verb}", {})
            taken.append(time.monotonic() - began)
            threading.Event().wait(chance.uniform(0.005, 0.03))  # an officer does not press in lockstep with anything
    return sorted(taken)


def test_five_thousand_phones_do_not_keep_an_officer_waiting(tmp_path: Path) -> None:
    # The limits on the public as they are by default.
    hall = busy_hall(tmp_path, ANTREAN_LIMITS_PUBLIC_REQUESTS_PER_SECOND="200")
    try:
        kiosk, desk = hall.client("kiosk", "kiosk-1"), hall.client("counter", "1")
        desk.do("/counters/1/open")
        code = [kiosk.do("/tickets", {"services": ["one"]})["visit"]["code"] for _ in range(20)][-1]
        quiet = presses(hall, desk, 8)
        with crowd("PHONES", hall, code, PHONES, 45) as phones:
            wait_until(
                lambda: phones.count("200") + phones.count("503") > PHONES // 2, 30, "the phones to be at the door"
            )
            crowded = presses(hall, desk, 15)
            figures = phones.figures
        p99 = {name: percentile(taken, 0.99) or 0.0 for name, taken in (("quiet", quiet), ("crowded", crowded))}
        p50 = {name: percentile(taken, 0.5) or 0.0 for name, taken in (("quiet", quiet), ("crowded", crowded))}
        for name in p99:
            print(f"{name}: p50 {p50[name] * 1000:.1f} ms, p99 {p99[name] * 1000:.1f} ms")
        print(f"phones: {figures}")
        assert figures.get("200", 0) > 0 and figures.get("503", 0) > 0, "some got in, the others were told to come back"
        assert p99["crowded"] < 10 * p99["quiet"] + 0.1
    finally:
        hall.stop()
