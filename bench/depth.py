"""Whether a long queue costs more: `call-next` and the counter's snapshot with 20 and with 2,000 waiting."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from bench.halls import large, start
from bench.load import Connection, request_bytes
from server.domain.waiting import percentile
from tests.harness import RunningHall

SHORT, LONG = 20, 2_000
ROUNDS = 200


def measure(folder: Path) -> dict[str, Any]:
    """Median milliseconds of both, interleaved on two halls, and the ratio of long to short."""
    halls = {size: start(folder / f"depth-{size}", large(20, 4, services=20)) for size in (SHORT, LONG)}
    try:
        for size, hall in halls.items():
            kiosk = hall.client("kiosk", "kiosk-1")
            for _ in range(size):
                kiosk.do("/tickets", {"services": ["s-0"]})
            hall.client("counter", "1").do("/counters/1/open", {})
        times = _alternate(halls)
    finally:
        for hall in halls.values():
            hall.stop()
    found: dict[str, Any] = {}
    for what in ("call_next", "snapshot"):
        short, long = (1000 * (percentile(sorted(times[what, size]), 0.5) or 0) for size in (SHORT, LONG))
        found[what] = {"ms_with_20": round(short, 3), "ms_with_2000": round(long, 3), "ratio": round(long / short, 2)}
    return found


def _alternate(halls: dict[int, RunningHall]) -> dict[tuple[str, int], list[float]]:
    connections = {size: Connection(hall.url) for size, hall in halls.items()}
    times: dict[tuple[str, int], list[float]] = {}
    for n in range(ROUNDS):
        for size, hall in halls.items():
            token = hall.token("counter", "1")

            def timed(what: str, request: bytes, size: int = size) -> bytes:
                began = time.perf_counter()
                status, body = connections[size].send(request)
                times.setdefault((what, size), []).append(time.perf_counter() - began)
                assert status == 200, body
                return body

            timed("snapshot", request_bytes(hall.url, "GET", "/api/v1/counters/1", token=token))
            path = "/api/v1/counters/1"
            called = timed("call_next", request_bytes(hall.url, "POST", f"{path}/call-next", b"{}", token, f"n{n}"))
            ticket = json.loads(called)["ticket"]["id"]
            # Back to the end of the queue: its length stays what it was.
            connections[size].send(
                request_bytes(hall.url, "POST", f"{path}/requeue", b'{"expect":%d}' % ticket, token, f"r{n}")
            )
    return times
