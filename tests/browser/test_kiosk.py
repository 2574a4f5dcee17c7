"""The kiosk in a real browser: touches, hasty fingers, lost answers, closed services, a printer that is dead."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from printers.virtual import VirtualPrinter
from tests.browser.mal import SHUT, Desk, Mal
from tests.browser.screens import CUT_OFF, LIVE, UPRIGHT, WIDE, Screens
from tests.harness import wait_until

# An agency with one service is two touches away, all others three; these are used here alone.
AGENCY, SERVICE, OTHER = "disdukcapil", "kia", "ikd"
LEAVES_SCREEN = """() => [...document.querySelectorAll("#kiosk, #kiosk *")].filter((each) => {
  const box = each.getBoundingClientRect();
  const seen = box.width > 0 && box.height > 0 && !each.closest(".port, .visually-hidden, svg");
  return seen && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
}).map((each) => `${each.tagName} ${each.className}`)"""
PAGE_SIZE = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
LEAVES_CARD = """() => [...document.querySelectorAll(".card *")].filter((each) => {
  const [box, card] = [each, each.closest(".card")].map((node) => node.getBoundingClientRect());
  const across = box.left < card.left - 1 || box.right > card.right + 1;
  return across || box.top < card.top - 1 || box.bottom > card.bottom + 1;
}).map((each) => `${each.tagName} ${each.className}`)"""
CUT_TEXT = """() => [...document.querySelectorAll("#kiosk :is(h1, p, dd, dt, button, .name)")].filter((each) => {
  const hides = getComputedStyle(each).overflowX !== "visible" && !each.matches(".visually-hidden");
  return hides && each.scrollWidth > each.clientWidth + 1;
}).map((each) => `${each.tagName} ${each.className}: ${each.textContent}`)"""


def at(page: Page, view: str) -> None:
    page.wait_for_selector(f"#kiosk[data-view={view}]:not([data-settling])")


def take(kiosk: Page, service: str = SERVICE, agency: str = AGENCY) -> str:
    """Touch through to a number."""
    kiosk.tap(f"[data-agency={agency}]")
    kiosk.tap(f"[data-service={service}]")
    at(kiosk, "ticket")
    return kiosk.inner_text(".ticket .number")


def through(route: Route, hall: Mal) -> Any:
    """Let a request reach the server, under its address of this machine; the answer's JSON."""
    path = route.request.url.partition("/api/")[2]
    return route.fetch(url=f"{hall.url}/api/{path}").json()


def issued(hall: Mal, after: int) -> list[str]:
    """The numbers issued since."""
    return [event["ticket"]["number"] for event in hall.events(after, "ticket.issued")]


def test_at_most_three_touches_give_a_number(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    number = take(kiosk)
    assert kiosk.evaluate("touches") <= 3
    assert issued(mal, before) == [number]
    kiosk.tap(".done")
    at(kiosk, "start")


def test_hasty_fingers_get_one_ticket_and_keep_it(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    kiosk.tap(f"[data-agency={AGENCY}]")
    row = kiosk.locator(f"[data-service={SERVICE}]")
    row.tap(trial=True)
    box = row.bounding_box()
    assert box is not None
    for _ in range(4):
        kiosk.touchscreen.tap(box["x"] + 100, box["y"] + 40)
    at(kiosk, "ticket")  # no touch of those four has pressed a button of this page
    assert issued(mal, before) == [kiosk.inner_text(".ticket .number")]


def test_a_lost_answer_gives_the_same_ticket_again(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(through(route, mal)["tickets"][0]["number"])  # the server has issued it
        return route.abort()

    screens.forgive(CUT_OFF)
    kiosk.route("**/api/v1/tickets", lose_the_first)
    assert [take(kiosk)] == lost == issued(mal, before)


def test_trying_again_after_a_failure_is_still_the_same_wish(screens: Screens, mal: Mal) -> None:
    before, keys = mal.head(), set()
    kiosk = screens.kiosk(clock=True)

    def issue_and_lose(route: Route) -> None:
        keys.add(route.request.headers["idempotency-key"])
        through(route, mal)
        route.abort()

    screens.forgive(CUT_OFF)
    kiosk.route("**/api/v1/tickets", issue_and_lose)
    kiosk.tap(f"[data-agency={AGENCY}]")
    kiosk.tap(f"[data-service={SERVICE}]")
    while not kiosk.locator("#kiosk[data-view=failed]").count():
        kiosk.clock.run_for(500)  # the pauses between its attempts
    kiosk.unroute("**/api/v1/tickets")
    kiosk.tap(".again")
    at(kiosk, "ticket")
    assert len(keys) == 1
    assert issued(mal, before) == [kiosk.inner_text(".ticket .number")]


def test_a_closed_agency_says_when_it_opens_and_cannot_be_touched(screens: Screens) -> None:
    kiosk = screens.kiosk()
    card = kiosk.locator(f"[data-agency={SHUT}]")
    expect(card).to_be_disabled()
    expect(card.locator(".waiting")).to_contain_text("pukul 08.00")
    kiosk.tap(".language")
    expect(card.locator(".waiting")).to_contain_text("Opens")


def test_a_service_that_closed_meanwhile_says_why(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()

    def still_open(route: Route) -> None:
        snapshot = through(route, mal)
        for agency in snapshot["agencies"]:
            for each in [agency, *agency["services"]]:
                each.update(open=True, closed_reason=None)
        route.fulfill(json=snapshot)

    screens.forgive("409")
    kiosk.route("**/api/v1/hall", still_open)
    kiosk.reload()
    kiosk.wait_for_selector(LIVE, state="attached")
    kiosk.tap(f"[data-agency={SHUT}]")
    kiosk.tap("[data-service=otentikasi]")
    at(kiosk, "failed")
    expect(kiosk.locator(".why")).to_contain_text("pukul 08.00")
    assert kiosk.locator(".again").count() == 0
    kiosk.tap(".to-start")
    at(kiosk, "start")
    assert issued(mal, before) == []


def test_english_lasts_for_one_visitor(screens: Screens) -> None:
    kiosk = screens.kiosk()
    kiosk.tap(".language")
    expect(kiosk.locator("h1")).to_have_text("What would you like to do today?")
    expect(kiosk.locator("html")).to_have_attribute("lang", "en")
    take(kiosk)
    expect(kiosk.locator(".ticket h1")).to_have_text("Child's identity card (KIA)")
    kiosk.tap(".done")
    expect(kiosk.locator("h1")).to_have_text("Mau mengurus apa hari ini?")
    expect(kiosk.locator("html")).to_have_attribute("lang", "id")


def test_it_returns_to_the_start_by_itself(screens: Screens, mal: Mal) -> None:
    kiosk = screens.kiosk(clock=True)
    kiosk.tap(".language")
    take(kiosk)
    kiosk.clock.run_for(8_000)
    at(kiosk, "ticket")
    kiosk.touchscreen.tap(540, 100)  # still reading
    kiosk.clock.run_for(8_000)
    at(kiosk, "ticket")
    kiosk.clock.run_for(5_000)
    at(kiosk, "start")
    expect(kiosk.locator("h1")).to_have_text("Mau mengurus apa hari ini?")
    for way in (f"[data-agency={AGENCY}]", ".finder"):
        kiosk.tap(way)
        kiosk.wait_for_selector("#kiosk:not([data-view=start])")
        kiosk.clock.run_for(31_000)
        at(kiosk, "start")


def test_a_service_is_found_by_typing_on_the_screen(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    kiosk.tap(".finder")
    for letter in "KTPXX":
        kiosk.tap(f".key:text-is('{letter}')")
    expect(kiosk.locator(".word")).to_contain_text("Tidak ada layanan yang cocok")
    for _ in "XX":
        kiosk.tap(".key[aria-label=Hapus]")
    kiosk.tap(".key.space")
    for letter in "DIGITAL":
        kiosk.tap(f".key:text-is('{letter}')")
    assert kiosk.input_value(".words-typed") == "ktp digital"
    first = kiosk.locator(".found .service").first
    expect(first).to_have_attribute("data-service", OTHER)
    first.tap()
    at(kiosk, "ticket")
    assert issued(mal, before) == [kiosk.inner_text(".ticket .number")]


def test_cancelling_takes_the_ticket_out_of_the_queue(screens: Screens, mal: Mal) -> None:
    before = mal.head()
    kiosk = screens.kiosk()
    number = take(kiosk)
    kiosk.tap(".cancel")
    at(kiosk, "cancelled")
    expect(kiosk.locator(".say")).to_contain_text(number)
    assert [event["ticket"]["number"] for event in mal.events(before, "ticket.cancelled")] == [number]


def test_queues_grow_and_shrink_before_the_visitors_eyes(screens: Screens, mal: Mal, desk: Desk) -> None:
    kiosk = screens.kiosk()
    agencies = mal.client().get("/hall")["agencies"]
    agency = next(a["id"] for a in agencies if any(s["id"] == desk.service for s in a["services"]))
    kiosk.tap(f"[data-agency={agency}]")
    waiting = kiosk.locator(f"[data-service={desk.service}] .waiting")
    expect(waiting).to_have_text("0 menunggu")
    desk.queue(2)
    expect(waiting).to_have_text("2 menunggu")
    desk.do("open")
    desk.do("call-next")
    expect(waiting).to_have_text("1 menunggu")


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_everything_is_in_view_in_both_languages(screens: Screens, mal: Mal, size: tuple[int, int]) -> None:
    kiosk = screens.kiosk(size=size)

    def next_at_once(route: Route) -> None:
        """The longest facts that a ticket can have."""
        answer = through(route, mal)
        answer["tickets"][0].update(ahead=0, estimate={"low_minutes": 0, "high_minutes": 1})
        route.fulfill(status=201, json=answer)

    kiosk.route("**/api/v1/tickets", next_at_once)

    def look(view: str) -> None:
        at(kiosk, view)
        assert kiosk.evaluate(LEAVES_SCREEN) == []
        assert kiosk.evaluate(LEAVES_CARD) == []
        assert kiosk.evaluate(CUT_TEXT) == []
        assert kiosk.evaluate(PAGE_SIZE) == list(size)

    expect(kiosk.locator(".agency")).to_have_count(15)
    for _ in ("id", "en"):
        look("start")
        kiosk.tap(".finder")
        look("search")
        kiosk.tap(".back")
        kiosk.tap(f"[data-agency={AGENCY}]")
        look("services")
        expect(kiosk.locator(".service")).to_have_count(8)
        kiosk.tap(f"[data-service={SERVICE}]")
        look("ticket")
        expect(kiosk.locator(".facts > div")).to_have_count(3)
        kiosk.tap(".done")
        at(kiosk, "start")
        kiosk.tap(".language")


def test_a_dead_printer_is_told_calmly_beside_the_number(screens: Screens, mal: Mal, paper: VirtualPrinter) -> None:
    wait_until(lambda: mal.printer_state("printer-2") == "offline", what="the dead printer to be found dead")
    before, slips = mal.head(), len(paper.slips)
    kiosk = screens.kiosk("kiosk-2")
    expect(kiosk.locator(".offline")).to_contain_text("Karcis sedang tidak bisa dicetak")
    number = take(kiosk)
    expect(kiosk.locator(".slip")).to_contain_text("Foto nomor ini")
    expect(kiosk.locator(".scan img")).to_be_visible()
    assert issued(mal, before) == [number]
    assert len(paper.slips) == slips  # nor does it come out somewhere else, as if nothing was wrong


def test_a_kiosk_that_is_not_enrolled_says_so(screens: Screens) -> None:
    screens.forgive("401")
    kiosk = screens.open("/kiosk/kiosk-1", UPRIGHT)
    kiosk.wait_for_selector("main.refused")
