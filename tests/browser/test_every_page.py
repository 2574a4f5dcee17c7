"""Every page, for everybody: named, labelled, legible, large enough to be hit; and it asks nobody but its own server.

The other half of this is in every browser test: `Screens` fails one whose pages said an error in the console, broke the
content security policy, or asked another host.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.mal import Desk, Mal
from tests.browser.screens import DESK, LIVE, PHONE, Screens, press_until

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
KIOSK_PX, OTHER_PX = 64, 44


def audit(page: Page, target_px: int = OTHER_PX) -> None:
    wrong = page.evaluate(AUDIT, target_px)
    assert not wrong, "\n".join(wrong)


def test_a_page_that_misbehaves_is_noticed(browser: Browser, mal: Mal) -> None:
    screens = Screens(browser, mal)
    page = screens.open("/counter/", DESK)
    page.evaluate("""() => {
      document.body.setAttribute("style", "color: red");
      setTimeout(() => { throw new Error("a mistake"); });
    }""")
    page.wait_for_selector("#login-username")
    page.goto(mal.url)  # the same server under another name
    for told in ("Content Security Policy", "a mistake", f"asked another host: {mal.url}"):
        assert any(told in mistake for mistake in screens.mistakes), told
    with pytest.raises(AssertionError):
        screens.close()


def test_the_kiosk(screens: Screens) -> None:
    kiosk = screens.kiosk()
    kiosk.wait_for_selector("[data-view=start]:not([data-settling])")
    audit(kiosk, KIOSK_PX)
    for touched, view in (
        (".finder", "search"), (".back", "start"), ("[data-agency=disdukcapil]", "services"),
        ("[data-service=ikd]", "ticket"), (".cancel", "cancelled"),
    ):  # fmt: skip
        kiosk.tap(touched)
        kiosk.wait_for_selector(f"[data-view={view}]:not([data-settling])")
        audit(kiosk, KIOSK_PX)


def test_the_counter(screens: Screens, desk: Desk) -> None:
    audit(screens.open("/counter/", DESK))
    page = screens.counter(desk.officer)
    page.wait_for_selector(".choose-card")
    audit(page)
    first, *_ = desk.queue(3)
    desk.do("open")
    page.reload()
    page.wait_for_selector(".big[data-kind=call]")
    audit(page)
    press_until(page, "Space", f".current-number:text-is('{first}')")
    audit(page)
    press_until(page, "?", "dialog.help[open]")
    audit(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    press_until(page, "n", "dialog.desk[open]")
    audit(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    press_until(page, "m", "[data-state=serving]")
    audit(page)
    for key, asked in (("d", "hold"), ("a", "transfer")):
        press_until(page, key, f"dialog.{asked}[open]")
        audit(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    desk.do("hold")
    page.wait_for_selector("[data-state=open]")
    for key, asked in (("i", "pause"), ("l", "direct")):
        press_until(page, key, f"dialog[open] #{asked}-title")
        audit(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    press_until(page, "g", "#panel-held .row-button")
    audit(page)


def test_the_reports_before_anybody_has_logged_in(screens: Screens) -> None:
    page = screens.open("/reports/", DESK)
    page.wait_for_selector("#login-username")
    audit(page)


def test_the_board(screens: Screens, desk: Desk) -> None:
    board = screens.board("board-hall")
    desk.queue(2)
    desk.do("open")
    desk.do("call-next")
    board.wait_for_selector("#hero .panel.current")
    audit(board)


def test_the_phone(screens: Screens, mal: Mal, desk: Desk) -> None:
    visit = mal.visit(desk.service)
    phone = screens.phone(f"/t/{visit['visit']['code']}")
    phone.wait_for_selector("body[data-kind=waiting]")
    audit(phone)
    desk.do("open")
    desk.do("call-next")
    phone.wait_for_selector("body[data-kind=called]")
    audit(phone)


@pytest.mark.parametrize("path", ["/", "/t/AAAAAAAAAAAAAAAA", "/nowhere", "/kiosk/nowhere"])
def test_pages_without_a_hall_behind_them(screens: Screens, path: str) -> None:
    screens.forgive("404")
    page = screens.open(path, PHONE, has_touch=True, is_mobile=True)
    page.wait_for_selector("main h1, main h2")
    assert page.locator(LIVE).count() == 0
    audit(page)
