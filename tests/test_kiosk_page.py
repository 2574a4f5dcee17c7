"""The kiosk's page in a real browser, on a hall that runs: touches, lost answers, a server that goes and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import address, chromium
from tests.harness import RunningHall

LIVE = "html[data-live=live]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def kiosk(browser: Browser, shared_hall: RunningHall) -> Iterator[Page]:
    """An enrolled kiosk at its start page, upright, with touch."""
    with_touch = browser.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True)
    page = with_touch.new_page()
    page.goto(address(shared_hall.url, f"/enrol?token={shared_hall.token('kiosk', 'kiosk-1')}"))
    page.wait_for_selector(LIVE, state="attached")
    yield page
    with_touch.close()


def at(page: Page, view: str) -> None:
    page.wait_for_selector(f"#kiosk[data-view={view}]")


def issued(hall: RunningHall) -> list[Any]:
    """Every ticket issued so far, oldest first."""
    log = hall.client("supervisor").get("/events?after=0&limit=1000")["events"]
    return [event for event in log if event["kind"] == "ticket.issued"]


def through(route: Route, hall: RunningHall) -> Any:
    """Let a request reach the server, under its address of this machine; the answer's JSON."""
    return route.fetch(url=f"{hall.url.rstrip('/')}/api/v1/tickets").json()


def test_three_touches_give_a_number(kiosk: Page) -> None:
    kiosk.tap("[data-agency=x]")
    kiosk.tap("[data-service=one]")
    at(kiosk, "ticket")
    assert kiosk.inner_text(".ticket .number").startswith("A-")
    assert kiosk.inner_text(".slip")
    kiosk.tap(".done")
    at(kiosk, "start")


def test_an_agency_with_one_service_needs_two(kiosk: Page) -> None:
    kiosk.tap("[data-agency=y]")
    at(kiosk, "ticket")
    assert kiosk.inner_text(".ticket .number").startswith("B-")


def test_hasty_fingers_get_one_ticket_and_keep_it(kiosk: Page, shared_hall: RunningHall) -> None:
    before = len(issued(shared_hall))
    kiosk.tap("[data-agency=x]")
    row = kiosk.locator("[data-service=two]")
    row.tap(trial=True)
    box = row.bounding_box()
    assert box is not None
    for _ in range(4):
        kiosk.touchscreen.tap(box["x"] + 100, box["y"] + 40)
    at(kiosk, "ticket")
    assert len(issued(shared_hall)) == before + 1
    at(kiosk, "ticket")  # no touch of those four has pressed a button of this page


def test_a_lost_answer_gives_the_same_ticket_again(kiosk: Page, shared_hall: RunningHall) -> None:
    before = len(issued(shared_hall))
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(through(route, shared_hall)["tickets"][0]["number"])  # the server has issued it
        return route.abort()

    kiosk.route("**/api/v1/tickets", lose_the_first)
    kiosk.tap("[data-agency=y]")
    at(kiosk, "ticket")
    assert [kiosk.inner_text(".ticket .number")] == lost
    assert len(issued(shared_hall)) == before + 1


def test_trying_again_after_a_failure_is_still_the_same_wish(kiosk: Page, shared_hall: RunningHall) -> None:
    before, keys = len(issued(shared_hall)), set()

    def issue_and_lose(route: Route) -> None:
        keys.add(route.request.headers["idempotency-key"])
        through(route, shared_hall)
        route.abort()

    kiosk.route("**/api/v1/tickets", issue_and_lose)
    kiosk.tap("[data-agency=y]")
    at(kiosk, "failed")
    kiosk.unroute("**/api/v1/tickets")
    kiosk.tap(".again")
    at(kiosk, "ticket")
    assert (len(keys), len(issued(shared_hall))) == (1, before + 1)


def test_cancelling_takes_the_ticket_out_of_the_queue(kiosk: Page, shared_hall: RunningHall) -> None:
    kiosk.tap("[data-agency=y]")
    at(kiosk, "ticket")
    ticket = issued(shared_hall)[-1]["ticket"]["id"]
    kiosk.tap(".cancel")
    at(kiosk, "cancelled")
    log = shared_hall.client("supervisor").get("/events?after=0&limit=1000")["events"]
    assert [event["ticket"]["id"] for event in log if event["kind"] == "ticket.cancelled"] == [ticket]


def test_queues_grow_before_the_visitors_eyes(kiosk: Page, shared_hall: RunningHall) -> None:
    waiting = kiosk.locator("[data-agency=x] .waiting")
    before = int(waiting.inner_text().split()[0])
    shared_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]}, key="another visitor")
    expect(waiting).to_have_text(f"{before + 1} menunggu")


def test_a_service_is_found_by_typing_on_the_screen(kiosk: Page) -> None:
    kiosk.tap(".finder")
    for letter in "THRE":
        kiosk.tap(f'.key:text-is("{letter}")')
    expect(kiosk.locator(".found .service")).to_have_count(1)
    kiosk.tap(".found [data-service=three]")
    at(kiosk, "ticket")


def test_english_lasts_for_one_visitor(kiosk: Page) -> None:
    kiosk.tap(".language")
    expect(kiosk.locator("h1")).to_have_text("What would you like to do today?")
    kiosk.tap("[data-agency=y]")
    expect(kiosk.locator(".ticket h1")).to_have_text("Three (en)")
    kiosk.tap(".done")
    expect(kiosk.locator("h1")).to_have_text("Mau mengurus apa hari ini?")


def test_a_kiosk_that_is_not_enrolled_says_so(browser: Browser, shared_hall: RunningHall) -> None:
    page = browser.new_page()
    page.goto(address(shared_hall.url, "/kiosk/kiosk-1"))
    page.wait_for_selector("main.refused")
    page.close()


def test_a_server_that_goes_and_comes_back_is_noticed_and_forgiven(browser: Browser, hall: RunningHall) -> None:
    page = browser.new_page()
    page.goto(address(hall.url, f"/enrol?token={hall.token('kiosk', 'kiosk-1')}"))
    page.wait_for_selector(LIVE, state="attached")
    hall.kill()
    expect(page.locator(".offline")).to_be_visible()
    hall.start()
    page.wait_for_selector(LIVE, state="attached")
    expect(page.locator(".offline")).to_be_hidden()
    page.click("[data-agency=y]")
    at(page, "ticket")
    page.close()
