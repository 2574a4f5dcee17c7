"""Every layout of a board, wide and upright, on the usual screens: everything in its place, nothing cut off or on top
of something else, whatever the names and however many agencies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.board_hall import LAYOUTS, begin_work, board_document, picture
from tests.browser.mal import Mal
from tests.browser.screens import DESK, UPRIGHT, WIDE, Screens

OUTPUT = Path(__file__).resolve().parent.parent / "output/boards"
SIZES = {"1920x1080": WIDE, "1080x1920": UPRIGHT, "1366x768": DESK}
PARTS = {
    "calls": {"top", "calls", "hero", "rows", "queues", "text"},
    "media": {"top", "calls", "hero", "rows", "media", "text"},
    "agency": {"top", "calls", "hero", "rows", "queues", "text"},
    "counter": {"top", "plate", "text"},
    "own": {"top", "calls", "hero", "rows", "queues", "media", "text"},
}
SMALLEST_UNITS = 32
"""Of 1080 on the short side: as small as a text may be that is read from a few metres."""

# Parts that lie on each other, leave the screen, or hide words that they do not shorten by design.
LOOK = """() => {
  const wrong = [];
  const box = (each) => each.getBoundingClientRect();
  const seen = (each) => each.getClientRects().length > 0;
  const parts = [...document.querySelectorAll("#board [data-part]")].filter(seen);
  const related = (a, b) => a.contains(b) || b.contains(a);
  for (const each of parts) {
    const a = box(each);
    const inside = a.left > -1 && a.top > -1 && a.right < innerWidth + 1 && a.bottom < innerHeight + 1;
    if (!inside) wrong.push(`${each.dataset.part} leaves the screen`);
    for (const other of parts.filter((part) => !related(each, part))) {
      const b = box(other);
      const [wide, high] = [Math.min(a.right, b.right) - Math.max(a.left, b.left),
                            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
      if (wide > 1 && high > 1) wrong.push(`${each.dataset.part} lies on ${other.dataset.part}`);
    }
  }
  for (const number of [...document.querySelectorAll("#board .number")].filter(seen)) {
    const holder = number.closest("li, .panel, .plate > div");
    const [a, b] = [box(number), box(holder)];
    if (a.left < b.left - 1 || a.right > b.right + 1) wrong.push(`${number.textContent} leaves its place`);
  }
  const { scrollWidth, scrollHeight } = document.documentElement;
  if (scrollWidth > innerWidth || scrollHeight > innerHeight) wrong.push("the page scrolls");
  return wrong;
}"""
SMALLEST = """() => {
  const says = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const told = [...document.querySelectorAll("#board *")].filter((each) => each.getClientRects().length && says(each));
  return Math.min(...told.map((each) => parseFloat(getComputedStyle(each).fontSize)));
}"""


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The hall of all layouts, at work, with pictures to show and something to say."""
    hall = Mal(tmp_path_factory.mktemp("boards"), board_document())
    picture(hall.data / "media" / "1 poster.png", "#7a3b69", "Pelayanan tanpa biaya")
    hall.start()
    try:
        begin_work(hall)
        words = {"id": "Siapkan KTP asli sebelum dipanggil.", "en": "Have your ID card ready."}
        hall.client().do("/board-messages", {"text": words})
        yield hall
    finally:
        hall.stop()


@pytest.fixture
def screens(browser: Browser, working: Mal) -> Iterator[Screens]:
    """Screens of that hall."""
    opened = Screens(browser, working)
    yield opened
    opened.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to see it."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready.then(() => undefined)")
    Image.open(io.BytesIO(page.screenshot(animations="disabled"))).save(OUTPUT / f"{name}.png")


def settled(board: Page) -> None:
    """All that the board has to show is there."""
    expect(board.locator("#running")).to_be_visible()
    if board.locator("#media:not([data-absent])").count():
        expect(board.locator("#media img")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", [pytest.param("usual", marks=pytest.mark.soak), "crowded"])
def test_every_layout_has_its_parts_in_their_places(screens: Screens, kind: str, layout: str, size: str) -> None:
    board = screens.board(f"{kind}-{layout}", SIZES[size])
    settled(board)
    keep(board, f"{kind}-{layout}-{size}")
    shown = board.evaluate(
        "[...document.querySelectorAll('#board [data-part]:not([data-absent])')].map((each) => each.dataset.part)"
    )
    assert set(shown) == PARTS[layout]
    assert board.evaluate(LOOK) == []
    assert board.evaluate(SMALLEST) >= SMALLEST_UNITS * min(SIZES[size]) / 1080


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("text", [pytest.param("large", marks=pytest.mark.soak), "huge"])
def test_larger_text_for_a_longer_distance_still_fits(screens: Screens, text: str, layout: str, size: str) -> None:
    board = screens.board(f"{text}-{layout}", SIZES[size])
    settled(board)
    keep(board, f"{text}-{layout}-{size}")
    assert board.evaluate(LOOK) == []
    scale = {"large": 1.25, "huge": 1.5}[text]
    assert board.evaluate(SMALLEST) >= SMALLEST_UNITS * scale * min(SIZES[size]) / 1080


def test_a_board_of_one_agency_tells_the_services_of_its_calls(screens: Screens, working: Mal) -> None:
    snapshot = working.client().get("/displays/usual-agency")
    names = {service["id"]: service["name"]["id"] for service in snapshot["services"]}
    board = screens.board("usual-agency")
    for call in snapshot["calls"]:
        shown = board.locator(f"[data-ticket='{call['ticket']}'] .whose")
        expect(shown).to_have_text(names[call["service"]])
    assert snapshot["calls"]


def test_a_plate_follows_its_counter(screens: Screens, working: Mal) -> None:
    """The last of this hall's tests: it closes the counter."""
    plate = screens.board("usual-counter").locator("#plate")
    desk = working.client("counter", "1")
    ticket = desk.get("/counters/1")["current"]
    expect(plate).to_have_attribute("data-mode", "called")
    expect(plate.locator(".plate-number")).to_have_text(ticket["number"])
    for verb, current, mode, words in (
        ("start", ticket["id"], "serving", "Sedang dilayani"), ("finish", ticket["id"], "open", "Loket buka"),
        ("pause", None, "paused", "Istirahat sebentar"), ("close", None, "closed", "Loket tutup"),
    ):  # fmt: skip
        desk.do(f"/counters/1/{verb}", {"expect": current})
        expect(plate).to_have_attribute("data-mode", mode)
        expect(plate).to_contain_text(words)
    expect(plate.locator(".plate-label .number")).to_have_text("1")
    expect(plate).to_contain_text("Kependudukan")
