"""The visitor's page on the phone, in a real browser: where a number stands, and what it says when it is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import address, chromium
from tests.harness import RunningHall, write_config
from tests.small_hall import small

LIVE = "html[data-live=live]"
FEEL_VIBRATION = "window.felt = []; navigator.vibrate = (pattern) => window.felt.push(pattern) > 0;"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone in a visitor's hand, upright; it fails the test on any mistake of the page."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.add_init_script(FEEL_VIBRATION)
    page = context.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert mistakes == []


class Counter:
    """An open counter of a hall, worked by its token."""

    def __init__(self, hall: RunningHall, id: str) -> None:
        self._client, self._id = hall.client("counter", id), id
        self.current: int | None = None
        self.do("open")

    def do(self, verb: str) -> None:
        self._client.do(f"/counters/{self._id}/{verb}", {} if verb == "open" else {"expect": self.current})
        if verb in ("finish", "no-show"):
            self.current = None

    def call(self, visit: Any, nth: int = 0) -> None:
        ticket = visit["tickets"][nth]["id"]
        self._client.do(f"/counters/{self._id}/call", {"expect": self.current, "ticket": ticket})
        self.current = ticket

    def serve(self, visit: Any) -> None:
        self.call(visit)
        self.do("start")
        self.do("finish")


@contextmanager
def limited(folder: Path, setting: str) -> Iterator[RunningHall]:
    """A hall of its own in which a limit for phones is 1."""
    config = write_config(folder / "config.toml", small())
    hall = RunningHall(folder, config, environ={f"ANTREAN_LIMITS_{setting}": "1"})
    hall.start()
    try:
        yield hall
    finally:
        hall.stop()


def taken(hall: RunningHall, *services: str, **more: str) -> Any:
    """A visit, its tickets taken at the kiosk."""
    return hall.client("kiosk", "kiosk-1").do("/tickets", {"services": list(services), **more})


def opened(phone: Page, hall: RunningHall, visit: Any) -> None:
    phone.goto(address(hall.url, f"/t/{visit['visit']['code']}"))
    phone.wait_for_selector(LIVE, state="attached")


def shown(phone: Page, kind: str) -> None:
    phone.wait_for_selector(f"body[data-kind={kind}]")


def test_a_phone_follows_its_number_to_the_end_and_shows_nobody_elses(phone: Page, shared_hall: RunningHall) -> None:
    hall = shared_hall
    before, mine = taken(hall, "one"), taken(hall, "one")
    number, other = mine["tickets"][0]["number"], before["tickets"][0]["number"]
    counter = Counter(hall, "1")
    opened(phone, hall, mine)
    shown(phone, "waiting")
    assert phone.inner_text("main .number") == number
    expect(phone.locator("main")).to_contain_text("1 orang")
    counter.serve(before)
    expect(phone.locator("main")).to_contain_text("Anda berikutnya")
    assert phone.evaluate("felt.length") == 0
    counter.call(mine)
    shown(phone, "called")
    assert " ".join(phone.inner_text("h1").split()) == "Silakan ke Loket 1"
    assert phone.title() == f"Loket 1 · {number}"
    assert phone.evaluate("felt.length") == 1
    expect(phone.locator("#aloud")).to_have_text(f"{number}: Silakan ke Loket 1")
    assert other not in phone.content()
    counter.do("recall")
    expect(phone.locator("main")).to_contain_text("Panggilan ke-2")
    assert phone.evaluate("felt.length") == 2
    counter.do("start")
    shown(phone, "serving")
    counter.do("finish")
    shown(phone, "finished")
    expect(phone.locator("main")).to_contain_text("Terima kasih")


def test_of_several_numbers_the_one_that_matters_comes_first(phone: Page, shared_hall: RunningHall) -> None:
    hall = shared_hall
    visit = taken(hall, "two", "three")
    first, second = (ticket["number"] for ticket in visit["tickets"])
    opened(phone, hall, visit)
    shown(phone, "waiting")
    assert {phone.inner_text("main .number"), phone.inner_text(".other .number")} == {first, second}
    counter = Counter(hall, "2")
    counter.call(visit, 1)
    shown(phone, "called")
    assert phone.inner_text("main .paper .number") == second
    assert phone.inner_text(".other .number") == first
    counter.do("no-show")
    shown(phone, "waiting")
    assert phone.inner_text("main .number") == first
    expect(phone.locator(".other")).to_contain_text("Nomor Anda sudah dipanggil")


def test_the_page_speaks_the_slips_language_until_another_is_chosen(phone: Page, shared_hall: RunningHall) -> None:
    opened(phone, shared_hall, taken(shared_hall, "two", language="en"))
    expect(phone.locator("main")).to_contain_text("Your queue number")
    phone.tap(".speak")
    expect(phone.locator("main")).to_contain_text("Nomor antrean Anda")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Nomor antrean Anda")


def test_an_unknown_code_gets_calm_words(phone: Page, shared_hall: RunningHall) -> None:
    answer = phone.goto(address(shared_hall.url, "/t/ABCDEFGHIJKLMNOP"))
    assert answer is not None
    assert answer.status == 404
    expect(phone.locator("h1")).to_have_text("Halaman nomor ini tidak ditemukan")


def test_a_phone_that_is_cut_off_says_since_when_and_comes_back_by_itself(phone: Page, hall: RunningHall) -> None:
    visit = taken(hall, "three")
    opened(phone, hall, visit)
    hall.stop()
    expect(phone.locator(".offline")).to_contain_text("Keadaan terakhir pukul", timeout=20_000)
    assert phone.inner_text("main .number") == visit["tickets"][0]["number"]
    hall.start()
    phone.wait_for_selector(LIVE, state="attached", timeout=20_000)
    expect(phone.locator(".offline")).to_be_hidden()


def test_a_phone_for_which_there_is_no_place_asks_now_and_then(phone: Page, browser: Browser, tmp_path: Path) -> None:
    with limited(tmp_path, "PUBLIC_SOCKETS") as hall, browser.new_page() as earlier:
        opened(earlier, hall, taken(hall, "one"))
        mine = taken(hall, "one")
        phone.clock.install()
        phone.goto(address(hall.url, f"/t/{mine['visit']['code']}"))
        shown(phone, "waiting")
        expect(phone.locator("footer")).to_contain_text("Sedang ramai")
        assert phone.get_attribute("html", "data-live") == "busy"
        Counter(hall, "1").call(mine)
        phone.clock.run_for(30_000)  # the longest pause between two questions
        shown(phone, "called")


def test_a_phone_that_is_turned_away_is_told_so_in_words(tmp_path: Path) -> None:
    with limited(tmp_path, "PUBLIC_REQUESTS_PER_SECOND") as hall:
        client = hall.client(None)
        answers = [client.request("GET", "/t/ABCDEFGHIJKLMNOP") for _ in range(5)]
        away = next(answer for answer in answers if answer.status == 503)
        assert away.headers["Content-Type"].startswith("text/html")
        assert away.headers["Refresh"] == away.headers["Retry-After"]
        assert "Sedang ramai" in away.body.decode()
        asked = [client.request("GET", "/api/v1/visits/ABCDEFGHIJKLMNOP") for _ in range(5)]
        assert {answer.json["code"] for answer in asked if answer.status == 503} == {"busy"}
        assert client.request("GET", "/readyz").status == 200
