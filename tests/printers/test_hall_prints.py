"""A hall that prints: bursts, printers that stand in, slips that grow old, agents that die; all over real sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from printers.virtual import VirtualPrinter
from tests.harness import ROOT, RunningHall, wait_until, write_config
from tests.printers.faulty_hall import printed
from tests.small_hall import small

ONE, TWO = "printer-1", "printer-2"


@contextmanager
def hall_of(
    folder: Path, *printers: VirtualPrinter, agent: bool = False, expire_seconds: int = 60
) -> Iterator[RunningHall]:
    """A hall with a kiosk for each printer; each printer's fallback is the next one. `agent`: nobody prints yet."""
    names = [f"printer-{n}" for n in range(1, len(printers) + 1)]
    fallbacks = [*names[1:], names[0]] if len(names) > 1 else [""]
    title = {"id": "Satu", "en": "One"}
    document = small()
    document["kiosks"] = [{"id": f"kiosk-{n}", "name": title, "zone": "a"} for n in range(1, len(printers) + 1)]
    document["printers"] = [
        {"id": name, "name": title, "kiosks": [f"kiosk-{n}"], "fallback": fallback}
        for n, (name, fallback) in enumerate(zip(names, fallbacks, strict=True), 1)
    ]
    document["printing"] = {"expire_seconds": expire_seconds}
    connections = [
        {"id": name, "driver": "network", "host": "127.0.0.1", "port": printer.port, "status": "required"}
        for name, printer in zip(names, printers, strict=True)
    ]
    if not agent:
        document["printer"] = connections
    write_config(folder / "agent.toml", {"printer": connections})
    running = RunningHall(
        folder, write_config(folder / "config.toml", document), environ={"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0"}
    ).start()
    try:
        if not agent:
            wait_until(lambda: set(states(running).values()) == {"ready"}, what="printers ready")
        yield running
    finally:
        running.stop()


def states(hall: RunningHall) -> dict[str, str]:
    return {each["id"]: each["state"] for each in hall.client().get("/printers")["printers"]}


def issue(hall: RunningHall, kiosk: str = "kiosk-1") -> str:
    number: str = hall.client("kiosk", kiosk).do("/tickets", {"services": ["one"]})["tickets"][0]["number"]
    return number


def jobs(hall: RunningHall, *wanted: str) -> list[dict[str, Any]]:
    answer = hall.client().get(f"/print-jobs?state={','.join(wanted)}&limit=200")
    return list(reversed(answer["jobs"]))


@pytest.fixture
def two() -> Iterator[tuple[VirtualPrinter, VirtualPrinter]]:
    with ExitStack() as stack:
        yield stack.enter_context(VirtualPrinter()), stack.enter_context(VirtualPrinter())


def test_a_burst_of_200_on_two_printers_is_printed_once_each_and_in_order(
    tmp_path: Path, two: tuple[VirtualPrinter, VirtualPrinter]
) -> None:
    with hall_of(tmp_path, *two) as hall:
        issued: dict[int, list[str]] = {1: [], 2: []}

        def visitors(kiosk: int) -> None:
            for _ in range(100):
                issued[kiosk].append(issue(hall, f"kiosk-{kiosk}"))

        with ThreadPoolExecutor(2) as kiosks:
            list(kiosks.map(visitors, issued))
        for kiosk, printer in enumerate(two, 1):
            slips = [printed(slip) for slip in printer.wait_for_slips(100, 60)]
            assert slips == [(number, False) for number in issued[kiosk]]
        wait_until(lambda: len(jobs(hall, "printed")) == 200, what="all confirmed")
        assert not jobs(hall, "queued", "sending", "sent", "failed", "expired", "unknown")


def test_the_next_printer_prints_for_one_that_cannot_until_it_can_again(
    tmp_path: Path, two: tuple[VirtualPrinter, VirtualPrinter]
) -> None:
    with hall_of(tmp_path, *two) as hall:
        two[0].slow(300)
        first = issue(hall)
        two[0].wait_for(lambda it: it.processed > 100, 10)
        two[0].paper_out()  # in mid-slip: this one stays, those that come do not
        wait_until(lambda: states(hall)[ONE] == "paper_out")
        second = issue(hall)
        assert printed(two[1].wait_for_slips(1, 15)[0]) == (second, False)
        third = issue(hall)
        assert printed(two[1].wait_for_slips(2, 10)[1]) == (third, False)
        assert not two[0].slips
        two[0].repair()
        wait_until(lambda: states(hall)[ONE] == "ready")
        fourth = issue(hall)
        assert [printed(slip) for slip in two[0].wait_for_slips(2, 10)] == [(first, False), (fourth, False)]


def test_after_paper_is_put_in_only_fresh_slips_come_out(tmp_path: Path) -> None:
    with VirtualPrinter() as printer, hall_of(tmp_path, printer, expire_seconds=4) as hall:
        printer.paper_out()
        wait_until(lambda: states(hall)[ONE] == "paper_out")
        stale = [issue(hall) for _ in range(3)]
        wait_until(lambda: len(jobs(hall, "expired")) == 3, what="too old")
        printer.repair()
        wait_until(lambda: states(hall)[ONE] == "ready")
        fresh = issue(hall)
        assert [printed(slip) for slip in printer.wait_for_slips(1, 10)] == [(fresh, False)]
        assert [job["tickets"][0]["number"] for job in jobs(hall, "expired")] == stale


def test_a_print_agent_outlives_the_server_and_one_that_is_killed_in_mid_slip_prints_nothing_twice(
    tmp_path: Path,
) -> None:
    with VirtualPrinter() as printer, hall_of(tmp_path, printer, agent=True) as hall:
        token = hall.token("printer", ONE)
        agents: list[subprocess.Popen[bytes]] = []

        def start() -> None:
            with (tmp_path / "agent.log").open("ab") as log:
                agents.append(subprocess.Popen(
                    [sys.executable, "-m", "server", "print-agent", "--server", hall.url, "--config",
                     str(tmp_path / "agent.toml")],
                    cwd=ROOT, env={**os.environ, "ANTREAN_TOKEN": token}, stdout=log, stderr=log,
                ))  # fmt: skip

        start()
        try:
            first = issue(hall)
            assert [printed(slip) for slip in printer.wait_for_slips(1, 20)] == [(first, False)]
            hall.kill()
            hall.start()
            second = issue(hall)
            assert printed(printer.wait_for_slips(2, 20)[1]) == (second, False)
            printer.slow(200)
            third = issue(hall)
            began = printer.processed
            printer.wait_for(lambda it: it.processed > began + 60, 10)
            agents[0].send_signal(signal.SIGKILL)
            agents[0].wait(10)
            printer.repair()  # what has reached the printer is printed by it
            wait_until(lambda: len(jobs(hall, "unknown")) == 1, 30, "nobody says what became of the slip")
            wait_until(lambda: states(hall)[ONE] == "offline", 30, "the agent is missed")
            start()
            wait_until(lambda: not jobs(hall, "queued", "sending"), 30)
            fallen = Counter(printed(slip) for slip in printer.slips)
            assert fallen[third, False] <= 1 and fallen[third, True] == 1
            assert fallen[first, False] == fallen[second, False] == 1 and sum(fallen.values()) <= 4
        finally:
            for agent in agents:
                agent.terminate()
            assert agents[-1].wait(20) == 0
