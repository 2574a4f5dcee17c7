"""Reports over years while tickets are being issued: how long each takes, and whether the kiosks feel it.

Tickets are issued in turns: alone; while somebody looks at a report every second, at those of the five years by agency
and by hour and weekday and at today's; beside all reports one after the other without a pause; and beside a process
that only computes, with the reports' priority and nothing of the hall: what any work costs the kiosks on this machine.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.halls import start
from bench.load import Connection, request_bytes
from bench.years import document, fill_years, weekdays_until
from server.cli.reporting import rebuild_here
from server.domain.waiting import percentile
from server.hall_file import parse_hall
from server.reckoner import NICE
from tests.harness import Client, RunningHall

TICKETS_PER_S = 20
ROUNDS = 5
TURNS = 4
LOOKED_AT = ("years_by_agency_s", "years_by_hour_weekday_s", "today_by_agency_s")


@dataclass(frozen=True)
class Size:
    """How large the hall is, and how long tickets are issued in each turn."""

    tickets: int
    days: int
    agencies: int
    services: int
    seconds: float


FULL = Size(6_500_000, 1304, 50, 500, 30)
QUICK = Size(40_000, 60, 10, 50, 4)


def measure(folder: Path, size: Size) -> dict[str, Any]:
    """Seconds of reports (the median of five) and of all rollups; of issuing alone, beside reports and beside work."""
    home = folder / "reports"
    shape = document(size.agencies, size.services)
    hall = start(home, shape)
    found: dict[str, Any] = {"tickets": size.tickets, "days": size.days}
    days = weekdays_until(datetime.now(ZoneInfo("Asia/Jakarta")).date(), size.days)
    try:
        if not _filled(hall, days):
            hall.stop()
            database = hall.data / "antrean.db"
            began = time.perf_counter()
            fill_years(database, parse_hall(shape), size.tickets, days)
            found["generated_s"] = round(time.perf_counter() - began, 1)
            began = time.perf_counter()
            rebuild_here(database)
            found["rolled_up_s"] = round(time.perf_counter() - began, 1)
            hall.start()
        found |= _measure(hall, days, size)
    finally:
        hall.stop()
    return found


def _filled(hall: RunningHall, days: list[date]) -> bool:
    """Whether this hall was filled by a round before."""
    admin = hall.client("admin")
    return bool(admin.get(f"/reports/tickets?from={days[0]}&to={days[0]}&limit=1")["tickets"])


def _measure(hall: RunningHall, days: list[date], size: Size) -> dict[str, Any]:
    admin, first, last = hall.client("supervisor"), days[0], days[-1]
    years = f"from={first}&to={last}"
    asked = {
        "years_by_agency_s": f"/reports/waiting?{years}&by=agency",
        "years_by_hour_weekday_s": f"/reports/waiting?{years}&by=hour_weekday",
        "years_by_service_s": f"/reports/waiting?{years}&by=service",
        "years_by_month_s": f"/reports/waiting?{years}&by=month",
        "today_by_agency_s": f"/reports/waiting?from={last}&to={last}&by=agency",
        "today_by_hour_s": f"/reports/waiting?from={last}&to={last}&by=hour",
    }
    quiet = {name: _seconds(lambda path=path: admin.get(path)) for name, path in asked.items()}  # type: ignore[misc]
    looked_at = {name: asked[name] for name in LOOKED_AT}
    issued: dict[str, list[float]] = {"alone": [], "a_report_a_second": [], "reports_without_a_pause": [], "work": []}
    busy: dict[str, list[float]] = {name: [] for name in asked}
    around: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "alone": nullcontext,
        "a_report_a_second": partial(_asking, hall, looked_at, 1.0, busy),
        "reports_without_a_pause": partial(_asking, hall, asked, 0.0, busy),
        "work": _computing,
    }
    for turn in range(TURNS):  # in turns, so that a noisy moment does not fall on one side only
        for beside, times in issued.items():
            with around[beside]():
                times += _issue(hall, size.seconds, f"{beside}-{turn}")
    p99_alone = _quantile(issued["alone"], 0.99)
    return {
        "quiet": {name: round(value, 3) for name, value in quiet.items()},
        "while_issuing": {name: round(_quantile(times, 0.5), 3) for name, times in busy.items()},
        "issued": {beside: _told(times) for beside, times in issued.items()},
        "p99_ratio": {beside: round(_quantile(times, 0.99) / p99_alone, 2) for beside, times in issued.items()},
    }


def _told(seconds: list[float]) -> dict[str, float]:
    return {f"p{share * 100:g}_ms": round(1000 * _quantile(seconds, share), 2) for share in (0.5, 0.9, 0.99)}


def _quantile(values: list[float], share: float) -> float:
    return percentile(sorted(values), share) or 0.0


def _seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return _quantile(times, 0.5)


@contextmanager
def _computing() -> Iterator[None]:
    """A process that only computes, and stands back as the reckoning process does."""

    def compute() -> None:
        _stand_back()
        while True:
            sum(range(100_000))

    process = multiprocessing.get_context("fork").Process(target=compute)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _stand_back() -> None:
    os.nice(NICE)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


@contextmanager
def _asking(
    hall: RunningHall, asked: dict[str, str], every_s: float, found: dict[str, list[float]]
) -> Iterator[None]:
    """Asks for one report after the other, at most one in `every_s`; adds their seconds to `found`."""
    context = multiprocessing.get_context("fork")
    stop, (receiver, sender), token = context.Event(), context.Pipe(duplex=False), hall.token("supervisor")

    def ask() -> None:
        _stand_back()  # it stands for a machine of its own, which takes no processor from the hall
        own, times = Client(hall.url, token), [(name, path, list[float]()) for name, path in asked.items()]
        for _, path, seconds in itertools.cycle(times):
            seconds.append(_seconds(lambda path=path: own.request("GET", f"/api/v1{path}"), 1))  # type: ignore[misc]
            if stop.wait(max(0.0, every_s - seconds[-1])):
                break
        sender.send({name: seconds for name, _, seconds in times})

    process = context.Process(target=ask)
    process.start()
    try:
        yield
    finally:
        stop.set()
        for name, seconds in receiver.recv().items():
            found[name] += seconds
        process.join()


def _issue(hall: RunningHall, seconds: float, name: str) -> list[float]:
    """Seconds of tickets issued at 20 a second, each at its own moment whatever the one before took.

    One that had to wait for the one before counts from the moment that it was due; that this program itself was woken
    late is not the hall's time.
    """
    token, connection = hall.token("kiosk", "kiosk-1"), Connection(hall.url)
    times, began = [], time.perf_counter()
    answered = began
    for n in range(int(seconds * TICKETS_PER_S)):
        due = began + n / TICKETS_PER_S
        time.sleep(max(0.0, due - time.perf_counter()))
        request = request_bytes(hall.url, "POST", "/api/v1/tickets", b'{"services":["s-1-1"]}', token, f"{name}-{n}")
        sent = due if answered > due else time.perf_counter()
        status, body = connection.send(request)
        if status != 201:
            print(body, file=sys.stderr)
        answered = time.perf_counter()
        times.append(answered - sent)
    return times
