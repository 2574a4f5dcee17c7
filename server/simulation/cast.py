"""What the demo's file tells the simulation: who may do what, and which counters are left to the newcomer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cast:
    """Tokens by kiosk and by counter, the officers' names by counter, the counters that stay free, the day's length."""

    kiosks: Mapping[str, str]
    counters: Mapping[str, str]
    officers: Mapping[str, str]
    free: frozenset[str]
    day_seconds: float

    @classmethod
    def read(cls, demo: Mapping[str, Any]) -> Cast:
        """The cast out of a demo's file."""

        def of(role: str) -> dict[str, str]:
            return {key.partition("/")[2]: token for key, token in demo["tokens"].items() if key.startswith(f"{role}/")}

        return cls(of("kiosk"), of("counter"), demo["officers"], frozenset(demo["free"]), float(demo["day_seconds"]))
