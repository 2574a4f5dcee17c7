"""The smallest hall that has one of everything, as a document, for tests that break it in one place."""

from __future__ import annotations

import copy
import re
from typing import Any

Document = dict[str, Any]


def name(text: str) -> Document:
    return {"id": text, "en": f"{text} (en)"}


def small() -> Document:
    """A hall in which nothing is wrong: two agencies, three services, two counters, and one of everything else."""
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jakarta", "hours": {"mon": ["08:00-12:00", "13:00-15:00"]}},
        "zones": [{"id": "a", "name": name("Zona A")}],
        "agencies": [
            {"id": "x", "name": name("X"), "zone": "a", "services": [
                {"id": "one", "prefix": "A", "name": name("One"), "sequence": "ones"},
                {"id": "two", "prefix": "A", "name": name("Two"), "sequence": "ones"},
            ]},
            {"id": "y", "name": name("Y"), "zone": "a", "services": [
                {"id": "three", "prefix": "B", "name": name("Three"), "numbers": {"last": 99}},
            ]},
        ],
        "counters": [
            {"id": "1", "label": "1", "zone": "a", "services": ["one", "two"]},
            {"id": "2", "label": "2", "zone": "a", "services": ["three"]},
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "a"}],
        "displays": [{"id": "board", "name": name("Board"), "zones": ["a"]}],
        "printers": [{"id": "printer-1", "name": name("Printer"), "kiosks": ["kiosk-1"]}],
    }


def set_at(document: Document, path: str, value: object) -> Document:
    """A copy of the document with a value at a path such as `agencies[0].services[1].prefix`."""
    changed = copy.deepcopy(document)
    steps: list[str | int] = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    place: Any = changed
    for step in steps[:-1]:
        place = place.setdefault(step, {}) if isinstance(step, str) else place[step]
    place[steps[-1]] = value
    return changed
