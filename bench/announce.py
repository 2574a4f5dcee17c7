"""From an officer's press to the sound, in real Chromium, while the zone is silent: every call new, none rendered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from bench.halls import large, start
from server.domain.waiting import percentile
from tests.browser import SOUND_ALLOWED, address, launch
from tests.browser.hearing import CAPTURE
from tests.harness import RunningHall, wait_until

# The page's clock when the newest sound began, in milliseconds since 1970.
BEGAN = """count => sounded.length > count ? sounded[count].begins_ms + Date.now() - performance.now() : null"""
DONE = "count => said.length === count"


def measure(folder: Path, calls: int) -> dict[str, Any]:
    """Milliseconds from sending the press to the first sample of its announcement; the target is a p95 under 500."""
    from playwright.sync_api import sync_playwright

    document = large(4, 1)
    document["voice"] = {"speed_wpm": 400, "chime": "none", "languages": ["id"]}
    hall = start(folder / "announce", document)
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright, SOUND_ALLOWED)
            context = browser.new_context()
            context.add_init_script(CAPTURE)
            page = context.new_page()
            page.goto(address(hall.url, f"/enrol?token={hall.token('display', 'board-0')}"))
            wait_until(lambda: _speaks(hall), what="the board speaks")
            times = sorted(_one_call(hall, page, n) for n in range(calls))
            browser.close()
    finally:
        hall.stop()
    return {
        "calls": calls,
        "p50_ms": round(percentile(times, 0.5) or 0, 1),
        "p95_ms": round(percentile(times, 0.95) or 0, 1),
        "max_ms": round(times[-1], 1),
    }


def _speaks(hall: RunningHall) -> bool:
    return any(voice["speaker"] for voice in hall.client("supervisor").get("/voice")["voices"])


def _one_call(hall: RunningHall, page: Any, n: int) -> float:
    """Call a visitor to counter 1, wait until all is said and still; how long it took to sound."""
    counter = hall.client("counter", "1")
    if n == 0:
        counter.do("/counters/1/open")
    else:
        for verb in ("start", "finish"):
            counter.do(f"/counters/1/{verb}")
    hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["s-0"]})
    pressed_ms = time.time() * 1000
    counter.do("/counters/1/call-next")
    began_ms = wait_until(lambda: page.evaluate(BEGAN, n), what="sound")
    wait_until(lambda: page.evaluate(DONE, n + 1), what="said")
    return float(began_ms) - pressed_ms
