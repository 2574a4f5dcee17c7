"""A server that is stopped and started again under open pages: each says so, and each is right again by itself."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser import address
from tests.browser.mal import Desk, Mal, document
from tests.browser.screens import CUT_OFF, LIVE, Screens
from tests.harness import wait_until

AWAY_MS, BACK_MS = 20_000, 20_000


def test_every_page_survives_a_restart_and_shows_the_call_it_was_away_for(browser: Browser, tmp_path: Path) -> None:
    shape = document({"driver": "virtual"}, {"driver": "virtual"})
    shape["voice"]["lapse_seconds"] = 600  # two restarts on a busy machine: the call must not have grown too old
    hall = Mal(tmp_path, shape)
    hall.start()
    screens = Screens(browser, hall)
    screens.forgive(CUT_OFF)
    try:
        _stop_and_start(screens, hall)
    finally:
        hall.stop()
    screens.close()


def _stop_and_start(screens: Screens, hall: Mal) -> None:
    desk = Desk(hall, "19", "petugas-19")
    visit = hall.visit(desk.service)
    number = visit["tickets"][0]["number"]
    desk.do("open")
    kiosk, board = screens.kiosk(), screens.board("board-c")
    phone = screens.phone(visit["url"].removeprefix(address(hall.url)[:-1]))
    terminal = screens.counter(desk.officer)
    terminal.wait_for_selector(".big[data-kind=call]")
    kiosk.tap("[data-agency=pdam]")
    waiting = kiosk.locator(f"[data-service={desk.service}] .waiting")
    expect(waiting).to_have_text("1 menunggu")

    hall.stop()
    expect(kiosk.locator(".offline")).to_contain_text("Belum terhubung", timeout=AWAY_MS)
    expect(board.locator("[data-notice=line]")).to_contain_text("Sambungan terputus sejak", timeout=AWAY_MS)
    expect(terminal.locator(".work-main .line")).to_contain_text("Belum terhubung", timeout=AWAY_MS)
    expect(phone.locator(".offline")).to_contain_text("Belum terhubung", timeout=AWAY_MS)

    # At another address, where no page finds it, the visitor is called.
    port, hall.port = hall.port, 0
    hall.start()
    desk = Desk(hall, desk.id, desk.officer)
    desk.do("call-next")
    hall.stop()
    for page in (kiosk, board, phone, terminal):
        assert page.locator(LIVE).count() == 0

    hall.port = port
    hall.start()
    for page in (kiosk, board, phone, terminal):
        page.wait_for_selector(LIVE, state="attached", timeout=BACK_MS)
    expect(board.locator("#hero .which .number")).to_have_text(number)
    spoken = wait_until(lambda: board.evaluate("chimes"), 60, what="spoken")
    assert [each["number"] for each in spoken] == [number]
    expect(board.locator("[data-notice=line]")).to_have_count(0)
    expect(terminal.locator("[data-state=called] .current-number")).to_have_text(number)
    expect(terminal.locator(".work-main .line")).to_have_text("")
    expect(waiting).to_have_text("0 menunggu")
    expect(kiosk.locator(".offline")).to_be_hidden()
    expect(phone.locator("body")).to_have_attribute("data-kind", "called")
    expect(phone.locator(".offline")).to_be_hidden()
