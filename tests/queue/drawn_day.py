"""What is drawn for a day: a hall of ten agencies with twenty counters, and everybody who comes to it.

The same seed gives the same visitors (when they come, for what, how long they take, who has priority) whatever the
rules, so that waits under two ways of choosing can be laid side by side. Times are whole milliseconds, as the store's
are: two simulations of one day can be compared to the millisecond.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.queue.house import name

AGENCIES, COUNTERS_EACH = 10, 2
OPEN_S = 7 * 3600
CLASSES = ("elderly", "disability", "pregnant")
HELP_AFTER_MINUTES = 40


@dataclass(frozen=True)
class Visitor:
    """Who comes, milliseconds after opening; how long each errand takes, the way to a counter, and whether they come.

    Who does not come keeps the counter that called for a minute (`MISSED_MS`).
    """

    number: int
    at_ms: int
    services: tuple[str, ...]
    priority: str | None
    serves_ms: tuple[int, ...]
    walks_ms: int
    comes: bool = True


MISSED_MS = 60_000


def day_document(rules: Mapping[str, int], *, helps: bool = True) -> dict[str, Any]:
    """Ten agencies of two services and two counters each; one counter of each helps the agency beside it."""
    services = [f"s-{agency}-{service}" for agency in range(AGENCIES) for service in range(2)]
    help_ = {
        f"c-{agency}-1": [{"service": f"s-{(agency + 1) % AGENCIES}-0", "after_minutes": HELP_AFTER_MINUTES}]
        for agency in range(AGENCIES)
    }
    return document(services, [COUNTERS_EACH] * AGENCIES, rules, help_ if helps else {})


def document(
    services: list[str], counters: list[int], rules: Mapping[str, int], helps: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A hall of so many counters at each agency; a service `s-<agency>-<number>` is served by all of its agency's."""
    agencies = range(len(counters))
    own = {agency: [service for service in services if service.startswith(f"s-{agency}-")] for agency in agencies}
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jakarta"},
        "zones": [{"id": "z", "name": name("Zona")}],
        "agencies": [
            {"id": f"a-{agency}", "name": name(f"Instansi {agency}"), "zone": "z", "services": [
                {"id": service, "prefix": "ABCDEFGHIJ"[agency] + service[-1], "name": name("Layanan")}
                for service in own[agency]
            ]}
            for agency in agencies
        ],
        "counters": [
            {"id": f"c-{agency}-{place}", "label": f"{agency}{place}", "zone": "z", "services": own[agency],
             "helps": (helps or {}).get(f"c-{agency}-{place}", [])}
            for agency, how_many in enumerate(counters) for place in range(how_many)
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "z"}],
        "rules": dict(rules),
    }  # fmt: skip


def visitors(seed: int, how_many: int, errands: int = 2) -> list[Visitor]:
    """A day's visitors, most of them in the morning; one in six with priority, one in seven with `errands` errands."""
    dice = random.Random(seed)
    drawn: list[tuple[int, dict[str, Any]]] = []
    for _ in range(how_many):
        peak = dice.choice((5400, 9000, 18000))
        at_s = min(max(dice.gauss(peak, 3600), 0), OPEN_S)
        agencies = dice.sample(range(AGENCIES), errands if dice.random() < 1 / 7 else 1)
        drawn.append((milliseconds(at_s), {
            "services": tuple(f"s-{agency}-{dice.randrange(2)}" for agency in agencies),
            "priority": dice.choice(CLASSES) if dice.random() < 1 / 6 else None,
            "serves_ms": tuple(milliseconds(min(dice.lognormvariate(4.9, 0.6), 1800)) for _ in agencies),
            "walks_ms": milliseconds(dice.uniform(10, 60)),
            "comes": dice.random() > 0.03,
        }))  # fmt: skip
    drawn.sort(key=lambda visitor: visitor[0])
    return [Visitor(number, at_ms, **rest) for number, (at_ms, rest) in enumerate(drawn)]


def milliseconds(seconds: float) -> int:
    """Whole milliseconds."""
    return round(seconds * 1000)
