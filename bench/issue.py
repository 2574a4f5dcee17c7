"""Durable ticket issue over HTTP, beside a bare Flask endpoint and bare SQLite commits."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench.bare import bare_server, sqlite_commits
from bench.halls import large, start
from bench.load import Load, request_bytes, run

CLIENTS = (1, 8, 64)
SERVICES = 20
TURNS = 5


def measure(folder: Path, seconds: float) -> dict[str, Any]:
    """Rates and times for 1, 8 and 64 clients; `ratio` is to the bare endpoint with as many clients."""
    commits = sqlite_commits(folder, min(seconds, 2))
    hall = start(folder / "issue", large(SERVICES, 4))
    token = hall.token("kiosk", "kiosk-1")
    found: dict[str, Any] = {"bare_sqlite_commits_per_s": round(commits)}
    try:
        with bare_server() as bare:
            for clients in CLIENTS:
                ours, base = _pair(hall.url, bare, token, clients, seconds)
                found[f"{clients}_clients"] = {
                    "tickets_per_s": round(ours.rate),
                    "p50_ms": round(ours.p50_ms, 2),
                    "p99_ms": round(ours.p99_ms, 2),
                    "failures": ours.failures,
                    "bare_per_s": round(base.rate),
                    "bare_p99_ms": round(base.p99_ms, 2),
                    "ratio": round(ours.rate / base.rate, 3),
                }
    finally:
        hall.stop()
    return found


def _pair(url: str, bare: str, token: str, clients: int, seconds: float) -> tuple[Load, Load]:
    echo = request_bytes(bare, "POST", "/echo", b'{"services":["s-1"]}')
    bodies = [b'{"services":["s-%d"]}' % n for n in range(SERVICES)]
    ours, base = [], []
    for turn in range(TURNS):  # in turns, so that a noisy moment does not fall on one side only

        def make(client: int, n: int, turn: int = turn) -> bytes:
            key = f"{clients}-{turn}-{client}-{n}"
            return request_bytes(url, "POST", "/api/v1/tickets", bodies[(client + n) % SERVICES], token, key)

        base.append(run(bare, lambda client, n: echo, clients, seconds / TURNS))
        ours.append(run(url, make, clients, seconds / TURNS))
    return _together(ours), _together(base)


def _together(turns: list[Load]) -> Load:
    """Turns of the same length as one."""
    return Load(
        fmean(turn.rate for turn in turns),
        median(turn.p50_ms for turn in turns),
        max(turn.p99_ms for turn in turns),
        sum(turn.failures for turn in turns),
    )
