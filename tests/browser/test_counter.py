"""The officer's terminal in a real browser: logging in, the day's presses by keyboard, presses that must not count."""

from __future__ import annotations

import re
import time
from contextlib import suppress

from playwright.sync_api import Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as NotSeen

from tests.browser.mal import PASSWORD, Desk, Mal
from tests.browser.screens import CUT_OFF, DESK, Screens

# Both pages press the space bar at the same moment of the machine's clock.
PRESS_AT = """(at) => new Promise((done) => setTimeout(() => {
  document.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
  done();
}, at - Date.now()))"""
PAGE_SIZE = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"


def seated(screens: Screens, desk: Desk, waiting: int = 0) -> tuple[Page, list[str]]:
    """The terminal of the desk's officer at the open counter, and who waits for it."""
    numbers = desk.queue(waiting)
    desk.do("open")
    page = screens.counter(desk.officer)
    page.wait_for_selector(".big:not([data-kind=loading])")
    expect(page.locator(".tab-count").first).to_have_text(str(waiting))
    return page, numbers


def press(page: Page, key: str, seen: Locator) -> None:
    """Press a key until `seen` is: a press right after the screen has changed is not taken, so people press again."""
    for _ in range(5):
        page.keyboard.press(key)
        with suppress(NotSeen):
            return seen.wait_for(timeout=2_000)
    raise AssertionError(f"{key} was pressed five times, and {seen} is not there")


def called(page: Page, number: str) -> Locator:
    return page.locator(f"[data-state=called] .current-number:text-is('{number}')")


def serving(page: Page, number: str) -> Locator:
    return page.locator(f"[data-state=serving] .current-number:text-is('{number}')")


def idle(page: Page) -> Locator:
    return page.locator(".idle-title")


def line(page: Page) -> Locator:
    """The one line of words above the large button."""
    return page.locator(".work-main .line")


def calls(desk: Desk, after: int) -> list[str]:
    """The numbers called to this desk since."""
    told = desk.hall.events(after, "ticket.called")
    return [event["ticket"]["number"] for event in told if event["counter"]["id"] == desk.id]


def test_a_wrong_password_is_told_in_words_and_the_right_one_opens(screens: Screens, mal: Mal, desk: Desk) -> None:
    screens.forgive("401")
    page = screens.open("/counter/", DESK)
    expect(page.locator("#login-username")).to_be_focused()
    page.keyboard.type(desk.officer)
    page.keyboard.press("Tab")
    page.keyboard.type("salah")
    page.keyboard.press("Enter")
    expect(page.locator(".login-message")).to_have_text("Nama atau kata sandi belum cocok. Coba lagi.")
    expect(page.locator("#login-password")).to_be_focused()
    assert page.input_value("#login-password") == ""
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".choose-title")).to_be_focused()


def test_a_whole_service_without_a_mouse(screens: Screens, desk: Desk) -> None:
    first, second = desk.queue(2)
    before = desk.hall.head()
    page = screens.counter(desk.officer)
    card = page.locator(f".choose-card:has(.choose-label:text-is('Loket {desk.id}'))")
    expect(card).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if card.evaluate("(each) => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".big[data-kind=call]")
    press(page, "Space", called(page, first))
    page.keyboard.press("u")
    expect(page.locator(".timer-note")).to_have_text("panggilan ke-2")
    press(page, "m", serving(page, first))
    press(page, "s", idle(page))
    press(page, "Space", called(page, second))
    press(page, "Space", serving(page, second))
    press(page, "s", page.locator(".idle-title:text-is('Belum ada yang menunggu')"))
    expect(page.locator(".status-today")).to_contain_text("2 dilayani")
    assert calls(desk, before) == [first, second]
    assert len(desk.hall.events(before, "ticket.recalled")) == 1


def test_a_hammered_space_bar_calls_one_visitor(screens: Screens, desk: Desk) -> None:
    page, (first, *_) = seated(screens, desk, 3)
    before = desk.hall.head()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        page.keyboard.press("Space")
    expect(page.locator(".current-number")).to_have_text(first)
    assert desk.current == first
    assert calls(desk, before) == [first]


def test_two_pages_of_one_officer_pressing_at_once_call_one_visitor(screens: Screens, desk: Desk) -> None:
    one, (first, *_) = seated(screens, desk, 3)
    other = screens.counter(desk.officer)
    for page in (one, other):
        page.wait_for_selector(".big[data-kind=call]")
    before = desk.hall.head()
    screens.forgive("409")
    at_ms = time.time() * 1000 + 400
    for page in (one, other):  # both wait for the moment in their own process
        page.evaluate(f"(at) => void ({PRESS_AT})(at)", at_ms)
    for page in (one, other):
        expect(page.locator(".current-number")).to_have_text(first)
    assert calls(desk, before) == [first]


def test_a_press_on_a_page_that_knows_too_little_changes_nothing_and_says_so(screens: Screens, desk: Desk) -> None:
    page, (first, second) = seated(screens, desk, 2)
    page.wait_for_selector(".big[data-kind=call]")
    old = page.evaluate(f"() => fetch('/api/v1/counters/{desk.id}').then((answer) => answer.text())")
    asked: list[str] = []

    def withhold(route: Route) -> None:
        asked.append("again")
        route.fulfill(body=old, content_type="application/json")

    page.route(f"**/api/v1/counters/{desk.id}", withhold)
    with page.expect_response(f"**/api/v1/counters/{desk.id}"):
        desk.do("call-next")  # elsewhere, by the same officer
    page.unroute(f"**/api/v1/counters/{desk.id}")
    assert asked
    expect(page.locator(".big-text")).to_contain_text(first)  # it still believes that nobody was called
    before = desk.hall.head()
    screens.forgive("409")
    page.keyboard.press("Space")
    expect(line(page)).to_contain_text(f"Sekarang {first} sedang dipanggil.")
    expect(called(page, first)).to_be_visible()
    assert calls(desk, before) == []
    assert desk.current == first
    assert [each["number"] for each in desk.snapshot()["waiting"]] == [second]


def test_another_officers_counter_is_taken_over_only_on_purpose(screens: Screens, desk: Desk) -> None:
    screens.forgive("403")
    mine, _ = seated(screens, desk)
    other = f"{desk.officer}-lain"
    page = screens.counter(other)
    card = page.locator(f".choose-card:has(.choose-label:text-is('Loket {desk.id}'))")
    expect(card).to_contain_text(f"Dipakai {desk.officer}")
    card.click()
    page.click("dialog[open] >> text=Tidak jadi")
    assert desk.snapshot()["counter"]["officer"]["name"] == desk.officer
    card.click()
    page.click("dialog[open] >> text='Ambil alih'")
    page.wait_for_selector(".big[data-kind=empty]")
    expect(page.locator(".bar-title")).to_have_text(f"Loket {desk.id}")
    # A page that was just asking for its counter learns it from the answer, which does not say who.
    lost = re.compile(f"Loket {desk.id} (diambil alih oleh {other}|tidak lagi dibuka atas nama Anda)")
    expect(mine.locator(".choose-main .line")).to_contain_text(lost)
    assert desk.snapshot()["counter"]["officer"]["name"] == other


def test_a_press_without_a_connection_is_refused_at_once_and_not_kept(screens: Screens, desk: Desk) -> None:
    screens.forgive(CUT_OFF)
    page, (first, *_) = seated(screens, desk, 2)
    before = desk.hall.head()
    page.context.set_offline(True)
    page.wait_for_selector("html:not([data-live=live])", state="attached")
    page.keyboard.press("Space")
    expect(line(page)).to_contain_text("Belum terhubung, jadi belum terkirim.", timeout=2_000)
    page.context.set_offline(False)
    page.wait_for_selector("html[data-live=live]", state="attached")
    expect(page.locator(".status-line")).to_have_text("Terhubung")
    assert calls(desk, before) == []
    press(page, "Space", called(page, first))
    assert calls(desk, before) == [first]


def test_a_visitor_who_does_not_come_can_be_brought_back(screens: Screens, desk: Desk) -> None:
    page, (number,) = seated(screens, desk, 1)
    press(page, "Space", called(page, number))
    press(page, "t", idle(page))
    expect(page.locator(".idle-last")).to_have_text(f"{number} dicatat tidak hadir.")
    press(page, "z", called(page, number))
    press(page, "t", idle(page))
    page.click("#tab-missed")
    page.click(f"[aria-label='Kembalikan {number} ke antrean']")
    expect(line(page)).to_have_text(f"{number} kembali ke antrean, di tempatnya semula.")
    press(page, "Space", called(page, number))


def test_put_back_cancelled_undone(screens: Screens, desk: Desk) -> None:
    page, (first, second) = seated(screens, desk, 2)
    press(page, "Space", called(page, first))
    press(page, "k", idle(page))
    press(page, "Space", called(page, second))  # the first is behind those who waited
    page.keyboard.press("b")
    expect(page.locator(".armed")).to_have_text("Tekan lagi untuk membatalkanB")
    assert desk.current == second
    press(page, "b", idle(page))
    expect(line(page)).to_have_text(f"Karcis {second} dibatalkan.")
    press(page, "Space", called(page, first))
    press(page, "m", serving(page, first))
    press(page, "s", idle(page))
    press(page, "z", serving(page, first))


def test_a_pause_and_the_end_of_it(screens: Screens, desk: Desk) -> None:
    page, (number,) = seated(screens, desk, 1)
    press(page, "i", page.locator(".idle-title:text-is('Loket sedang istirahat')"))
    assert desk.snapshot()["counter"]["state"] == "paused"
    expect(page.locator(".big-title")).to_have_text("Buka kembali")
    press(page, "Space", page.locator(".big[data-kind=call]"))
    press(page, "Space", called(page, number))


def test_logging_out_closes_the_counter(screens: Screens, desk: Desk) -> None:
    page, _ = seated(screens, desk)
    page.click(".menu-opener")
    page.click(".menu-entry >> text=Keluar")
    expect(page.locator("#login-password")).to_be_visible()
    assert desk.snapshot()["counter"]["state"] == "closed"
    page.reload()
    expect(page.locator("#login-password")).to_be_visible()


def test_a_ticket_is_taken_at_the_desk_by_keyboard(screens: Screens, desk: Desk) -> None:
    before = desk.hall.head()
    page, _ = seated(screens, desk)
    page.keyboard.press("n")
    search = page.locator("dialog[open] input[type=search]")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    number = page.locator("dialog[open] .desk-number")
    expect(number).to_be_visible()
    issued = [event["ticket"] for event in desk.hall.events(before, "ticket.issued")]
    assert [(ticket["number"], ticket["source"]) for ticket in issued] == [(number.inner_text(), "desk")]
    page.keyboard.press("Escape")
    expect(page.locator("#panel-waiting .row-number")).to_have_text(issued[0]["number"])


def test_a_full_queue_fits_on_the_officers_screen(screens: Screens, desk: Desk) -> None:
    page, (first, *_) = seated(screens, desk, 30)
    assert page.evaluate(PAGE_SIZE) == list(DESK)
    expect(page.locator(".queue-more")).to_have_text("dan 5 lagi")
    press(page, "Space", called(page, first))
    press(page, "m", serving(page, first))
    assert page.evaluate(PAGE_SIZE) == list(DESK)
    for seen in (".big", ".actions", ".status", ".queue"):
        expect(page.locator(seen)).to_be_in_viewport(ratio=1)
