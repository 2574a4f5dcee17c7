"""From an officer's press to the board, with 30 boards and 150 counters connected."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from bench.bare import bare_server
from bench.halls import large, start
from bench.load import Connection, request_bytes
from bench.screens import Screens
from server.domain.waiting import percentile

BOARDS, COUNTERS = 30, 150


def measure(folder: Path, presses: int) -> dict[str, Any]:
    """Milliseconds from sending the press to a board's having it; `p99_ratio` is to a bare emit to as many."""
    ours = _ours(folder / "press", presses)
    bare = _bare(presses)
    return {
        "boards": BOARDS,
        "counters": COUNTERS,
        "p50_ms": round(1000 * (percentile(ours, 0.5) or 0), 2),
        "p99_ms": round(1000 * (percentile(ours, 0.99) or 0), 2),
        "bare_p50_ms": round(1000 * (percentile(bare, 0.5) or 0), 2),
        "bare_p99_ms": round(1000 * (percentile(bare, 0.99) or 0), 2),
        "p99_ratio": round((percentile(ours, 0.99) or 0) / (percentile(bare, 0.99) or 1), 2),
    }


def _ours(folder: Path, presses: int) -> list[float]:
    hall = start(folder, large(COUNTERS, BOARDS))
    try:
        admin = hall.token("admin")
        auths = [{"screen": "display", "id": f"board-{n}", "token": admin} for n in range(BOARDS)]
        auths += [{"screen": "counter", "id": str(n + 1), "token": admin} for n in range(COUNTERS)]
        kiosk = hall.client("kiosk", "kiosk-1")
        counter = hall.client("counter", "1")
        counter.do("/counters/1/open", {})
        for _ in range(presses):
            kiosk.do("/tickets", {"services": ["s-0"]})
        screens = Screens(hall.url, auths, "ticket.called")
        connection, token = Connection(hall.url), hall.token("counter", "1")
        sent: dict[int, float] = {}
        for n in range(presses):
            time.sleep(0.02)  # an officer presses now and then, not in a burst
            at = time.time()
            status, body = connection.send(_post(hall.url, "call-next", token, f"c{n}"))
            assert status == 200, body
            sent[json.loads(body)["ticket"]["id"]] = at
            for verb in ("start", "finish"):
                connection.send(_post(hall.url, verb, token, f"{verb}{n}"))
        time.sleep(0.5)
        heard = screens.finish()[:BOARDS]
    finally:
        hall.stop()
    assert all(len(board) == presses for board in heard), "a board missed a call"
    return sorted(at - sent[ticket] for board in heard for ticket, at in board)


def _post(url: str, verb: str, token: str, key: str) -> bytes:
    return request_bytes(url, "POST", f"/api/v1/counters/1/{verb}", b"{}", token, key)


def _bare(presses: int) -> list[float]:
    with bare_server() as url:
        screens = Screens(url, [{} for _ in range(BOARDS + COUNTERS)], "ticket.called")
        connection = Connection(url)
        sent = {}
        for n in range(presses):
            time.sleep(0.02)
            sent[n] = time.time()
            connection.send(request_bytes(url, "POST", "/press", json.dumps({"n": n}).encode()))
        time.sleep(0.5)
        heard = screens.finish()[:BOARDS]
    assert all(len(board) == presses for board in heard), "a board missed a message"
    return sorted(at - sent[n] for board in heard for n, at in board)
