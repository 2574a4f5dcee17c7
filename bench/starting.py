"""From start to ready with a large database, and the memory of all processes when idle."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench.generate import fill
from bench.halls import large, start
from tests.harness import RunningHall

SMALL = 1_000


def measure(folder: Path, tickets: int) -> dict[str, Any]:
    """Seconds from the command to the first /readyz, small and large; idle PSS in megabytes."""
    few, few_mb = _start_with(folder / "few", SMALL)
    many, many_mb = _start_with(folder / "many", tickets)
    return {
        "tickets": tickets,
        f"ready_s_with_{SMALL}": round(few, 2),
        "ready_s": round(many, 2),
        "idle_pss_mb": round(max(few_mb, many_mb), 1),
    }


def _start_with(folder: Path, tickets: int) -> tuple[float, float]:
    document = large(20, 4)
    # A printer, so that the print worker is among the processes.
    document["printers"] = [{"id": "p", "name": {"id": "P", "en": "P"}, "kiosks": ["kiosk-1"]}]
    document["printer"] = [{"id": "p", "driver": "virtual", "port": 0}]
    hall = start(folder, document)
    hall.stop()
    fill(hall.data / "antrean.db", tickets)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        hall.start()
        times.append(time.perf_counter() - began)
        if len(times) < 3:
            hall.stop()
    time.sleep(5)
    used = pss_mb(hall)
    hall.stop()
    return min(times), used


def pss_mb(hall: RunningHall) -> float:
    """Proportional memory of all processes of a hall together, in megabytes."""
    assert hall.process is not None
    total = 0
    for pid in _family(hall.process.pid):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]
