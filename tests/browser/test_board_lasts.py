"""A board runs for weeks: hours of calls, messages and pictures leave nothing behind in its memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.board_hall import board_document, picture, video
from tests.browser.mal import Mal
from tests.browser.screens import Screens
from tests.harness import Client

GROWTH_MB = 5.0
WARM_UP_ROUNDS = 60
MINUTE_MS = 60_000
COUNTERS = ("1", "2", "3", "4")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The hall of all layouts with pictures and a film."""
    running = Mal(tmp_path_factory.mktemp("lasts"), board_document())
    for n in range(3):
        picture(running.data / "media" / f"{n}.png", "#7a3b69", f"{n}", (640, 360))
    video(running.data / "media" / "film.webm", 1.0)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def screens(browser: Browser, hall: Mal) -> Iterator[Screens]:
    """Screens of that hall."""
    opened = Screens(browser, hall)
    yield opened
    opened.close()


@dataclass
class Life:
    """A board whose clock runs at sixty times, and the counters that call on it."""

    board: Page
    memory: CDPSession
    desks: list[tuple[str, Client, str]]
    hall: Mal

    def minute(self, n: int) -> None:
        """A minute of a busy hall: two visitors called, one called again, now and then another message."""
        for step in range(2):
            counter, desk, service = self.desks[(2 * n + step) % len(self.desks)]
            self.hall.ticket(service)
            current = desk.get(f"/counters/{counter}")["current"]
            if current:
                desk.do(f"/counters/{counter}/start", {"expect": current["id"]})
                desk.do(f"/counters/{counter}/finish", {"expect": current["id"]})
            called = desk.do(f"/counters/{counter}/call-next", {"expect": None})["ticket"]
            expect(self.board.locator(f"#hero:has-text('{called['number']}'), #rows li:has-text('{called['number']}')")
                   .first).to_be_attached()  # fmt: skip
            if n % 3 == 0:
                desk.do(f"/counters/{counter}/recall", {"expect": called["id"]})
        if n % 10 == 0:
            words = {"id": f"Pesan {n} " * (1 + n % 40), "en": f"Message {n}"}
            self.hall.client().do("/board-messages/1", {"text": words})
        self.board.clock.run_for(MINUTE_MS)

    def heap_mb(self) -> float:
        """What the page holds once all that it let go is swept."""
        for _ in range(3):
            self.memory.send("HeapProfiler.collectGarbage")
        return float(self.memory.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def nodes(self) -> int:
        """The elements of the page."""
        return int(self.board.evaluate("document.querySelectorAll('*').length"))


@pytest.fixture
def life(screens: Screens, hall: Mal) -> Life:
    """A board of all parts that has been on for an hour."""
    if not hall.client().get("/board-messages")["messages"]:
        hall.client().do("/board-messages", {"text": {"id": "Halo", "en": "Hello"}})
    services = {each["id"]: each["services"][0] for each in hall.client().get("/hall")["counters"]}
    desks = [(id, hall.client("counter", id), services[id]) for id in COUNTERS]
    for id, desk, _ in desks:
        desk.do(f"/counters/{id}/open", {"expect": None} if desk.get(f"/counters/{id}")["current"] is None else {})
    board = screens.board("usual-own", clock=True)
    expect(board.locator("#media img, #media video").first).to_be_attached()
    found = Life(board, board.context.new_cdp_session(board), desks, hall)
    found.memory.send("HeapProfiler.enable")
    return found


def live(life: Life, warm_up: int, minutes: int) -> None:
    """So many minutes; the heap and the elements at the end are those after the warming up, or nearly."""
    for n in range(warm_up):
        life.minute(n)
    before_mb, before_nodes = life.heap_mb(), life.nodes()
    for n in range(warm_up, warm_up + minutes):
        life.minute(n)
    after_mb, after_nodes = life.heap_mb(), life.nodes()
    print(f"{minutes} minutes: {before_mb:.2f} -> {after_mb:.2f} MB, {before_nodes} -> {after_nodes} elements")
    assert after_mb - before_mb < GROWTH_MB, f"{before_mb:.1f} MB became {after_mb:.1f} MB"
    assert after_nodes < before_nodes + 60, f"{before_nodes} elements became {after_nodes}"


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_eight_hours_of_calls_leave_nothing_behind(life: Life) -> None:
    live(life, WARM_UP_ROUNDS, 8 * 60)
