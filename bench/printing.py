"""What a printer that hangs costs a ticket: issuing at a kiosk whose printer hangs, beside one whose printer prints."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench.halls import large, start
from bench.load import Connection, request_bytes
from printers.virtual import VirtualPrinter
from server.domain.waiting import percentile
from tests.harness import RunningHall, wait_until

PACE_S = 0.05
"""Both kiosks in turns, so many seconds between two tickets: a hall at its busiest."""
WELL, HUNG = "kiosk-1", "kiosk-2"


def measure(folder: Path, tickets: int) -> dict[str, Any]:
    """Milliseconds to issue a ticket at each kiosk; `p99_ratio` is hung to well."""
    document = large(20, 1)
    title = {"id": "Kiosk", "en": "Kiosk"}
    document["kiosks"] = [{"id": kiosk, "name": title, "zone": "a"} for kiosk in (WELL, HUNG)]
    document["printers"] = [{"id": f"p-{kiosk}", "name": title, "kiosks": [kiosk]} for kiosk in (WELL, HUNG)]
    with VirtualPrinter() as well, VirtualPrinter() as hung:
        document["printer"] = [
            {"id": f"p-{kiosk}", "driver": "network", "host": "127.0.0.1", "port": printer.port, "status": "required"}
            for kiosk, printer in ((WELL, well), (HUNG, hung))
        ]
        hall = start(folder / "printing", document)
        try:
            _wait_for(hall, {"ready"})
            hung.hang()
            _wait_for(hall, {"ready", "offline"})
            taken: dict[str, list[float]] = {WELL: [], HUNG: []}
            connections = {kiosk: Connection(hall.url) for kiosk in taken}
            tokens = {kiosk: hall.token("kiosk", kiosk) for kiosk in taken}
            for n in range(tickets):
                for kiosk, times in taken.items():
                    times.append(_issue(hall.url, connections[kiosk], tokens[kiosk], f"{kiosk}-{n}"))
                    time.sleep(PACE_S)
            printed = len(well.wait_for_slips(min(tickets, 200), 60))
        finally:
            hung.repair()
            hall.stop()
    found: dict[str, Any] = {"tickets_each": tickets, "printed_beside": printed}
    for name, kiosk in (("well", WELL), ("hung", HUNG)):
        times = sorted(taken[kiosk])
        found[f"{name}_p50_ms"] = round(1000 * (percentile(times, 0.5) or 0), 2)
        found[f"{name}_p99_ms"] = round(1000 * (percentile(times, 0.99) or 0), 2)
    found["p99_ratio"] = round(found["hung_p99_ms"] / found["well_p99_ms"], 2)
    return found


def _wait_for(hall: RunningHall, states: set[str]) -> None:
    admin = hall.client()
    wait_until(lambda: {each["state"] for each in admin.get("/printers")["printers"]} == states, 30)


def _issue(url: str, connection: Connection, token: str, key: str) -> float:
    began = time.perf_counter()
    status, body = connection.send(
        request_bytes(url, "POST", "/api/v1/tickets", b'{"services":["s-0"]}', token, key)
    )
    assert status == 201, body
    return time.perf_counter() - began
