"""Halls for benchmarks: one with as many counters and boards as a large building has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.harness import RunningHall, write_config


def large(counters: int, boards: int, services: int = 30) -> dict[str, Any]:
    """A hall in three zones; service n is served by every counter whose number leaves n over by `services`."""
    services = min(services, counters)

    def name(text: str) -> dict[str, str]:
        return {"id": text, "en": text}

    zones = ["a", "b", "c"]
    return {
        "hall": {"name": "MPP Bench", "timezone": "Asia/Jakarta"},
        "zones": [{"id": zone, "name": name(f"Zona {zone}")} for zone in zones],
        "agencies": [
            {
                "id": f"agency-{n}",
                "name": name(f"Instansi {n}"),
                "zone": zones[n % 3],
                "services": [
                    {"id": f"s-{n}", "prefix": f"{chr(65 + n // 26)}{chr(65 + n % 26)}", "name": name(f"L {n}")}
                ],
            }
            for n in range(services)
        ],
        "counters": [
            {"id": str(n + 1), "label": str(n + 1), "zone": zones[n % 3], "services": [f"s-{n % services}"]}
            for n in range(counters)
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "a"}],
        "displays": [{"id": f"board-{n}", "name": name(f"Papan {n}"), "zones": zones} for n in range(boards)],
    }


def start(folder: Path, document: dict[str, Any]) -> RunningHall:
    """A running hall without rate limits."""
    folder.mkdir(parents=True, exist_ok=True)
    environ = {"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0"}
    return RunningHall(folder, write_config(folder / "config.toml", document), environ=environ).start()
