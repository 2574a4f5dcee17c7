"""From the kiosk's press to paper, through a real server and its own print worker."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from printers.virtual import VirtualPrinter
from tests.harness import RunningHall, wait_until, write_config
from tests.small_hall import small

PRESS = {"services": ["one", "three"], "language": "en"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RunningHall]:
    """A small hall with a virtual printer, and a network printer that is switched off."""
    document = small()
    document["server"] = {"public_url": "http://antrean.test"}
    document["printers"].append({"id": "printer-2", "name": {"id": "Dua", "en": "Two"}, "kiosks": ["kiosk-2"]})
    document["kiosks"].append({"id": "kiosk-2", "name": {"id": "Dua", "en": "Two"}, "zone": "a"})
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    document["printer"] = [
        {"id": "printer-1", "driver": "virtual"},
        {"id": "printer-2", "driver": "network", "host": "127.0.0.1", "port": port, "width_mm": 58},
    ]
    running = RunningHall(tmp_path, write_config(tmp_path / "config.toml", document))
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


def test_a_press_at_the_kiosk_comes_out_of_the_printer(hall: RunningHall) -> None:
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", PRESS)
    slip = hall.data / "paper" / "printer-1" / "0001.png"
    wait_until(slip.exists, what="the slip's picture")
    lines = slip.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    for position, ticket in enumerate(issued["tickets"], 1):
        at = lines.index(f"Queue number {position} of 2")
        assert lines[at + 1] == ticket["number"]
    assert f"[QR http://antrean.test/t/{issued['visit']['code']}]" in lines
    assert {"MPP", "One (en)", "Three (en)", "Nobody is ahead of you"} <= set(lines)


def test_a_dead_printer_blocks_no_ticket_and_prints_when_it_is_back(hall: RunningHall) -> None:
    issued = hall.client("kiosk", "kiosk-2").do("/tickets", PRESS)
    assert issued["tickets"] and issued["print_job"]["state"] == "queued"

    def state() -> str:
        printers = hall.client().get("/printers")["printers"]
        return str(next(printer for printer in printers if printer["id"] == "printer-2")["state"])

    wait_until(lambda: state() == "offline")
    connection = next(p for p in hall.config.read_text().split("[[printer]]") if "network" in p)
    port = int(next(line for line in connection.splitlines() if line.startswith("port")).split("=")[1])
    with VirtualPrinter(port, width_mm=58) as back:
        (slip,) = back.wait_for_slips(1, 30)
        assert issued["tickets"][0]["number"] in slip.text.splitlines()
        wait_until(lambda: state() == "ready")
