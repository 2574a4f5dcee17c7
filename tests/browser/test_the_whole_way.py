"""One visitor's whole way, seen on every screen: touch, number, slip, phone, call, board, served.

In the whole Chromium that halls run, where the other browser tests are content with one that has no windows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from printers.virtual import VirtualPrinter
from tests.browser import SOUND_ALLOWED, address, launch
from tests.browser.mal import PASSWORD, Desk, Mal
from tests.browser.screens import DESK, Screens, tidy


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = launch(playwright, SOUND_ALLOWED, whole=True)
    yield running
    running.close()


def scanned(picture: Image.Image) -> str:
    """What a phone's camera reads in a picture; "" for no QR code."""
    large = picture.convert("L").resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)
    found, *_ = cv2.QRCodeDetector().detectAndDecode(np.asarray(large))
    return str(found)


def shot(page: Page, selector: str) -> Image.Image:
    """A part of the screen as it is seen."""
    return Image.open(io.BytesIO(page.locator(selector).screenshot()))


def test_a_visitors_whole_way_through_the_hall(screens: Screens, mal: Mal, desk: Desk, paper: VirtualPrinter) -> None:
    service = desk.service
    agency = next(a for a in mal.client().get("/hall")["agencies"] if any(s["id"] == service for s in a["services"]))
    before = len(paper.slips)
    board = screens.speaking_board("board-hall", "a")
    kiosk = screens.kiosk()

    # A number, on screen and on paper.
    kiosk.tap(f"[data-agency={agency['id']}]")
    queue = kiosk.locator(f"[data-service={service}] .waiting")
    expect(queue).to_have_text("0 menunggu")
    kiosk.tap(f"[data-service={service}]")
    kiosk.wait_for_selector("#kiosk[data-view=ticket]")
    number = kiosk.inner_text(".ticket .number")
    slip = paper.wait_for_slips(before + 1, 20)[-1]
    assert number in slip.text.splitlines()
    visit = scanned(shot(kiosk, ".scan img"))
    assert visit.startswith(address(mal.url, "/t/"))
    assert scanned(slip.picture) == visit
    kiosk.tap(".done")
    kiosk.tap(f"[data-agency={agency['id']}]")
    expect(queue).to_have_text("1 menunggu")

    # The phone that scanned the code.
    phone = screens.phone(visit.removeprefix(address(mal.url)[:-1]))
    assert phone.inner_text("main .number") == number
    expect(phone.locator("body")).to_have_attribute("data-kind", "waiting")

    # The officer logs in, chooses the counter and calls.
    terminal = screens.open("/counter/", DESK)
    terminal.fill("#login-username", desk.officer)
    terminal.fill("#login-password", PASSWORD)
    terminal.click(".login-enter")
    terminal.click(f".choose-card:has(.choose-label:text-is('Loket {desk.id}'))")
    terminal.wait_for_selector(".big[data-kind=call]")
    expect(terminal.locator(".big-title")).to_have_text("Panggil berikutnya")
    terminal.keyboard.press("Space")
    expect(terminal.locator(".current-number")).to_have_text(number)

    # Everybody sees and hears it.
    expect(board.locator("#hero .panel[data-fresh] .which .number")).to_have_text(number)
    expect(board.locator("#hero .where .number")).to_have_text(desk.id)
    rung = board.evaluate("chimes")
    assert [(each["number"], each["audible"]) for each in rung] == [(number, True)]
    large = board.locator("#hero .which .number").bounding_box()
    assert large is not None and large["height"] > 200
    expect(queue).to_have_text("0 menunggu")
    expect(phone.locator("body")).to_have_attribute("data-kind", "called")
    assert tidy(phone.inner_text("h1")) == f"Silakan ke Loket {desk.id}"

    # Served.
    terminal.keyboard.press("m")
    expect(terminal.locator(".timer-label")).to_have_text("Melayani")
    expect(phone.locator("body")).to_have_attribute("data-kind", "serving")
    terminal.keyboard.press("s")
    expect(terminal.locator(".idle-title")).to_have_text("Belum ada yang menunggu")
    expect(phone.locator("body")).to_have_attribute("data-kind", "finished")
    assert board.evaluate("chimes.length") == 1
    expect(board.locator(f"#rows li:has-text('{number}'), #hero:has-text('{number}')").first).to_be_visible()
