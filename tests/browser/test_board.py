"""The hall board in a real browser: every call seen and heard once and in order; a board without sound says so."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Playwright, expect

from tests.browser import SOUND_BLOCKED, launch
from tests.browser.mal import Desk, Mal
from tests.browser.screens import Screens
from tests.harness import wait_until

# What has stood in the large place, in its order; an announcement draws it anew.
WATCH_LARGE = """() => {
  window.large = [];
  new MutationObserver(() => {
    const panel = document.querySelector("#hero .panel.current[data-fresh]");
    const words = panel && [".which", ".where .number"].map((part) => panel.querySelector(part).textContent);
    if (words && large.at(-1)?.join() !== words.join()) large.push(words);
  }).observe(document.getElementById("hero"), { childList: true, subtree: true, attributes: true });
}"""
HOLD_MS = 4_000


def call(desk: Desk) -> str:
    """A visitor comes to an open counter and is called; the number."""
    (number,) = desk.queue(1)
    if desk.snapshot()["counter"]["state"] != "open":
        desk.do("open")
    desk.do("call-next")
    return number


def large(board: Page) -> str:
    return board.inner_text("#hero .which .number")


def rung(board: Page) -> list[str]:
    """The numbers that took the large place, in their order."""
    return [str(each["number"]) for each in board.evaluate("chimes")]


def test_calls_of_the_same_second_are_all_shown_and_spoken_in_order(
    screens: Screens, mal: Mal, new_desk: Callable[..., Desk]
) -> None:
    desks = [new_desk("b") for _ in range(4)]
    waiting = [desk.queue(1)[0] for desk in desks]
    for desk in desks:
        desk.do("open")
    board = screens.speaking_board("board-b", "b")
    board.evaluate(WATCH_LARGE)
    for desk in desks:
        desk.do("call-next")
    for number in waiting:
        expect(board.locator(f"#rows li:has-text('{number}'), #hero:has-text('{number}')")).to_be_visible()
    wait_until(lambda: rung(board) == waiting, what="all spoken")
    wait_until(lambda: mal.voice("b")["announcements"] == [], what="to the end")
    assert board.evaluate("large") == [[number, desk.id] for number, desk in zip(waiting, desks, strict=True)]
    assert all(each["audible"] for each in board.evaluate("chimes"))


def test_calls_that_nobody_can_speak_are_all_shown_in_order(
    playwright: Playwright, mal: Mal, new_desk: Callable[..., Desk]
) -> None:
    browser = launch(playwright, SOUND_BLOCKED)
    screens = Screens(browser, mal)
    desks = [new_desk("b") for _ in range(4)]
    waiting = [desk.queue(1)[0] for desk in desks]
    for desk in desks:
        desk.do("open")
    wait_until(lambda: mal.voice("b")["speaker"] is None, what="nobody speaks")
    board = screens.board("board-b", clock=True)
    board.evaluate(WATCH_LARGE)
    for desk in desks:
        desk.do("call-next")
    expect(board.locator("#hero .which .number")).to_have_text(waiting[0])
    for number in waiting[1:]:
        expect(board.locator(f"#rows li:has-text('{number}')")).to_be_visible()  # nobody has to wait to be seen
    for number in waiting[1:]:
        board.clock.run_for(HOLD_MS)
        expect(board.locator("#hero .which .number")).to_have_text(number)
    assert board.evaluate("large") == [[number, desk.id] for number, desk in zip(waiting, desks, strict=True)]
    assert rung(board) == waiting
    assert not any(each["audible"] for each in board.evaluate("chimes"))
    screens.close()
    browser.close()


def test_a_repeated_call_is_shown_and_spoken_again(screens: Screens, new_desk: Callable[..., Desk]) -> None:
    desk = new_desk("b")
    board = screens.speaking_board("board-b", "b")
    number = call(desk)
    expect(board.locator("#hero .panel[data-fresh] .which .number")).to_have_text(number)
    assert board.locator("#hero .again").count() == 0
    desk.do("recall")
    expect(board.locator("#hero .again")).to_contain_text("Panggilan ke-2")
    wait_until(lambda: len(board.evaluate("chimes")) == 2, what="spoken again")
    assert [(each["number"], each["recalls"]) for each in board.evaluate("chimes")] == [(number, 0), (number, 1)]


def test_a_call_that_is_taken_back_disappears_and_a_missed_one_is_told(screens: Screens, desk: Desk) -> None:
    board = screens.board("board-hall")
    number = call(desk)
    expect(board.locator("#hero .which .number")).to_have_text(number)
    desk.do("requeue")
    expect(board.locator(f"#hero:has-text('{number}'), #rows li:has-text('{number}')")).to_have_count(0)
    desk.do("call-next")
    expect(board.locator("#hero .which .number")).to_have_text(number)
    desk.do("no-show")
    missed = board.locator(f"#rows li[data-state=no_show]:has-text('{number}')")
    expect(missed).to_contain_text("Terlewat. Temui petugas.")


def test_a_board_shows_the_calls_of_its_own_zones(screens: Screens, new_desk: Callable[..., Desk]) -> None:
    board = screens.speaking_board("board-b", "b")
    call(new_desk("c"))
    number = call(new_desk("b"))
    expect(board.locator("#hero .panel[data-fresh] .which .number")).to_have_text(number)
    assert rung(board) == [number]


def test_the_waiting_are_counted_before_everybodys_eyes(screens: Screens, mal: Mal, desk: Desk) -> None:
    agencies = mal.client().get("/hall")["agencies"]
    agency = next(a["id"] for a in agencies if any(s["id"] == desk.service for s in a["services"]))
    board = screens.board("board-hall")
    count = board.locator(f"#queues [data-agency={agency}] .count")
    expect(count).to_have_text("0")
    desk.queue(3)
    expect(count).to_have_text("3")
    desk.do("open")
    desk.do("call-next")
    expect(count).to_have_text("2")


def test_a_browser_that_blocks_sound_says_so_until_it_is_touched(
    playwright: Playwright, mal: Mal, new_desk: Callable[..., Desk]
) -> None:
    desk = new_desk("b")
    browser = launch(playwright, SOUND_BLOCKED)
    screens = Screens(browser, mal)
    wait_until(lambda: mal.voice("b")["speaker"] is None, what="nobody speaks")
    board = screens.board("board-b")
    notice = board.locator("[data-notice=sound]")
    expect(notice).to_contain_text("Suara diblokir peramban. Sentuh layar sekali untuk menyalakan.")
    wait_until(lambda: mal.voice("b")["boards"][0]["sound"] == "blocked", what="the supervisor is told")
    number = call(desk)
    expect(board.locator("#hero .panel[data-fresh] .which .number")).to_have_text(number)
    assert [each["audible"] for each in board.evaluate("chimes")] == [False]
    board.mouse.click(600, 600)
    expect(notice).to_have_count(0)
    wait_until(lambda: mal.voice("b")["speaker"] == "board-b", what="the touched board speaks")
    wait_until(lambda: rung(board) == [number] * 2, what="what is not too old is spoken after all")
    desk.do("recall")
    wait_until(lambda: len(rung(board)) == 3, what="spoken again")
    assert [each["audible"] for each in board.evaluate("chimes")] == [False, True, True]
    screens.close()
    browser.close()
