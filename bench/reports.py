"""Reports over years while tickets are being issued: how long each takes, and whether the kiosks feel it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.halls import start
from bench.load import Connection, request_bytes
from bench.years import document, fill_years, weekdays_until
from server.cli.reporting import rebuild_here
from server.domain.waiting import percentile
from server.hall_file import parse_hall
from tests.harness import Client, RunningHall

TICKETS_PER_S = 20
ROUNDS = 5


@dataclass(frozen=True)
class Size:
    """How large the hall is, and how long tickets are issued alone and beside reports."""

    tickets: int
    days: int
    agencies: int
    services: int
    seconds: float


FULL = Size(6_500_000, 1304, 50, 500, 30)
QUICK = Size(40_000, 60, 10, 50, 4)


def measure(folder: Path, size: Size) -> dict[str, Any]:
    """Seconds of reports (the median of five), of a day's rollup, and p99 of issuing without and with reports."""
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
    alone = _issue(hall, size.seconds, "alone")
    with _asking(hall, asked) as beside:
        busy = _issue(hall, size.seconds, "beside")
    return {
        "quiet": {name: round(value, 3) for name, value in quiet.items()},
        "while_issuing": {name: round(percentile(sorted(times), 0.5) or 0.0, 3) for name, times in beside.items()},
        "issue_p99_ms_alone": round(alone, 2),
        "issue_p99_ms_beside_reports": round(busy, 2),
        "p99_ratio": round(busy / alone, 2),
    }


def _seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return percentile(sorted(times), 0.5) or 0.0


@contextmanager
def _asking(hall: RunningHall, asked: dict[str, str]) -> Iterator[dict[str, list[float]]]:
    """Asks for one report after the other, in a process of its own as a supervisor's browser is; their seconds."""
    context = multiprocessing.get_context("fork")
    stop, (receiver, sender), token = context.Event(), context.Pipe(duplex=False), hall.token("supervisor")

    def ask() -> None:
        os.nice(19)  # it stands for a machine of its own, which takes no processor from the hall
        own, times = Client(hall.url, token), {name: list[float]() for name in asked}
        while not stop.is_set():
            for name, path in asked.items():
                times[name].append(_seconds(lambda path=path: own.request("GET", f"/api/v1{path}"), 1))  # type: ignore[misc]
        sender.send(times)

    process, found = context.Process(target=ask), dict[str, list[float]]()
    process.start()
    try:
        yield found
    finally:
        stop.set()
        found |= receiver.recv()
        process.join()


def _issue(hall: RunningHall, seconds: float, name: str) -> float:
    """p99 in milliseconds of tickets issued at 20 a second, each at its own moment whatever the one before took."""
    token, connection = hall.token("kiosk", "kiosk-1"), Connection(hall.url)
    times, began = [], time.perf_counter()
    for n in range(int(seconds * TICKETS_PER_S)):
        due = began + n / TICKETS_PER_S
        time.sleep(max(0.0, due - time.perf_counter()))
        request = request_bytes(hall.url, "POST", "/api/v1/tickets", b'{"services":["s-1-1"]}', token, f"{name}-{n}")
        status, body = connection.send(request)
        if status != 201:
            print(body, file=sys.stderr)
        times.append(time.perf_counter() - due)
    return 1000 * (percentile(sorted(times), 0.99) or 0.0)
