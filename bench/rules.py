"""What the queue's rules cost: `call_next` with all of them on, with 20 and with 2,000 waiting, on the bare store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.halls import large
from server.catalogue import Catalogues
from server.commands import issuing, serving
from server.commands.catalogue import apply
from server.commands.desk import UNSAID
from server.commands.issuing import Wish
from server.domain.actors import SYSTEM, Actor
from server.domain.hall import Hall
from server.domain.waiting import percentile
from server.hall_file import parse_hall
from server.policy import Policy
from server.store.changes import Changes
from server.store.offline import write_offline

SHORT, LONG = 20, 2_000
MINUTE_MS = 60_000
KIOSK = Actor("token:kiosk-1", "kiosk", "kiosk-1", "kiosk-1")
OFFICER = Actor("token:1", "counter", "1", "1")
SITUATIONS = {"order": 0, "arrival": 0, "priority": 0, "turn": 2, "max_wait": 0, "help": 0}
"""The rules that are measured, each with how many visitors with priority the counter has called in a row."""


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Median milliseconds of `call_next` by the rule that decides, and the ratio of long to short."""
    times: dict[tuple[str, int], list[float]] = {}
    for size in (SHORT, LONG):
        _measure_one(folder / f"rules-{size}.db", size, rounds, times)
    found: dict[str, Any] = {}
    for rule in SITUATIONS:
        short, long = (1000 * (percentile(sorted(times[rule, size]), 0.5) or 0) for size in (SHORT, LONG))
        found[rule] = {"ms_with_20": round(short, 3), "ms_with_2000": round(long, 3), "ratio": round(long / short, 2)}
    return found


def _hall() -> Hall:
    document = large(20, 1, services=20)
    document["counters"][0]["services"] = ["s-0", "s-1", "s-2"]
    document["counters"][0]["helps"] = [{"service": f"s-{n}", "after_minutes": 20} for n in (3, 4)]
    order = {"services": ["s-2", "s-1", "s-0"], "in_order": True}
    document["counters"][0]["profiles"] = [{"id": "order", "name": {"id": "Berurutan", "en": "In order"}, **order}]
    return parse_hall(document)


def _measure_one(path: Path, size: int, rounds: int, times: dict[tuple[str, int], list[float]]) -> None:
    hall, catalogues = _hall(), Catalogues()

    def run(tx: Changes) -> None:
        apply(tx, hall, SYSTEM)
        serving.open_counter(tx, hall, OFFICER, "1", take_over=False, expect=UNSAID)
        came_ms = tx.now_ms
        for n in range(size):
            # A third with priority, a quarter with a second errand; all of them in the queues of counter 1.
            services = (f"s-{n % 3}", f"s-{3 + n % 2}") if n % 4 == 0 else (f"s-{n % 3}",)
            issuing.issue(tx, hall, Policy(always_open=True), KIOSK, Wish(services, "elderly" if n % 3 == 1 else None))
        for rule, row in SITUATIONS.items():
            with _taken_back(tx, "situation"):
                tx.now_ms = tx.wall_ms = came_ms + {"max_wait": 90, "help": 30}.get(rule, 1) * MINUTE_MS
                profile = "order" if rule == "order" else None
                tx.set_counter("1", priority_run=row, run_day=hall.day(tx.now_ms), profile=profile)
                if rule == "arrival":
                    tx.connection.execute(
                        "DELETE FROM spans WHERE ticket IN (SELECT id FROM tickets WHERE priority > '')"
                    )
                    tx.connection.execute("DELETE FROM tickets WHERE priority IS NOT NULL")
                for _ in range(rounds):
                    with _taken_back(tx, "one_call"):
                        began = time.perf_counter()
                        called = serving.call_next(tx, catalogues.hall(tx), OFFICER, "1", expect=UNSAID)
                        times.setdefault((rule, size), []).append(time.perf_counter() - began)
                    assert called.reason["rule"] == rule, called.reason

    write_offline(path, run)


@contextmanager
def _taken_back(tx: Changes, name: str) -> Iterator[None]:
    """What is done in here never was."""
    tx.connection.execute(f"SAVEPOINT {name}")
    head = tx.newest
    yield
    tx.connection.execute(f"ROLLBACK TO {name}")
    tx.connection.execute(f"RELEASE {name}")
    tx.newest = head
