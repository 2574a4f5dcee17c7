"""A hall of fifty agencies with long names: nothing lies on something else, and nothing leaves its box."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.mal import PASSWORD, Desk, Mal, document, free_port, on_network
from tests.browser.screens import LIVE, UPRIGHT, WIDE, Screens
from tests.browser.test_kiosk import LEAVES_SCREEN, at
from tests.browser.test_supervisor import SUPERVISOR, overview

AGENCIES, SERVICES = 50, 12
HALL = "Mal Pelayanan Publik Kabupaten Kepulauan Siau Tagulandang Biaro"
AGENCY = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kota"
SERVICE = "Perpanjangan izin usaha mikro, kecil dan menengah di kota"
LARGE, COUNTER = "large-0", "large-0"
TABLET_UPRIGHT = (820, 1180)

ON_EACH_OTHER = """([above, below]) => [...document.querySelectorAll(above)].filter((each) => {
  const next = (each.closest("li, section") ?? document).querySelector(below);
  return each.getBoundingClientRect().bottom > next.getBoundingClientRect().top + 1;
}).map((each) => each.textContent)"""
"""What reaches into the thing that stands below it in the same box."""
HALF_LINES = """(selector) => [...document.querySelectorAll(selector)].filter((each) => {
  const lines = each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight);
  return Math.abs(lines - Math.round(lines)) > 0.1;
}).map((each) => each.textContent)"""
"""Texts that end in the middle of a line."""

LINES_CUT = "(each) => (each.scrollHeight - each.clientHeight) / parseFloat(getComputedStyle(each).lineHeight)"
"""How many lines of a text are cut; letters may reach a little out of their line."""


def large() -> dict[str, Any]:
    """The shipped hall and as many more agencies as a hall has at most, one with the widest numbers there are."""
    found = document(on_network(free_port()), on_network(free_port()))
    found["hall"]["name"] = HALL
    for n in range(AGENCIES - len(found["agencies"])):
        services = [
            {"id": f"large-{n}-{k}", "prefix": "WWM" if n + k == 0 else f"{chr(81 + n % 10)}{n // 10}{chr(65 + k)}",
             "name": {"id": f"{SERVICE} {k}", "en": f"{SERVICE} {k}"}}
            for k in range(SERVICES)
        ]  # fmt: skip
        name = {"id": f"{AGENCY} {n}", "en": f"{AGENCY} {n}"}
        found["agencies"].append({"id": f"large-{n}", "name": name, "zone": "a", "services": services})
        found["counters"].append({"id": f"large-{n}", "label": str(100 + n), "zone": "a",
                                  "services": [each["id"] for each in services]})  # fmt: skip
    return found


@pytest.fixture(scope="module")
def mal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """That hall as it runs."""
    hall = Mal(tmp_path_factory.mktemp("large"), large())
    hall.start()
    hall.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    yield hall
    hall.stop()


@pytest.fixture
def busy(mal: Mal) -> Iterator[Desk]:
    """A counter of twelve services, for seven of which somebody waits."""
    desk = Desk(mal, COUNTER, "petugas-01")
    desk.do("open")
    for service in desk.services[:7]:
        mal.ticket(service)
    yield desk
    desk.clear()
    for ticket in desk.snapshot()["waiting"]:
        mal.client().do(f"/tickets/{ticket['id']}/cancel")


def turn_to(kiosk: Page, agency: str) -> None:
    """Turns the pages until an agency is there."""
    while not kiosk.locator(f"[data-agency={agency}]").count():
        kiosk.tap(".pager")


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_names_and_figures_of_all_agencies_stand_apart(screens: Screens, size: tuple[int, int]) -> None:
    kiosk = screens.kiosk(size=size)
    at(kiosk, "start")
    seen: set[str] = set()
    while True:
        shown = {str(each.get_attribute("data-agency")) for each in kiosk.locator(".agency").all()}
        if shown <= seen:
            break
        seen |= shown
        assert kiosk.evaluate(ON_EACH_OTHER, [".agency .name", ".figures"]) == []
        assert kiosk.evaluate(LEAVES_SCREEN) == []
        kiosk.tap(".pager")
    assert len(seen) == AGENCIES


def test_the_search_says_what_it_is_where_the_example_has_no_room(screens: Screens) -> None:
    finder = screens.kiosk(size=WIDE).locator(".finder")
    for words in ("Cari layanan", "Search"):
        expect(finder.locator("span:visible")).to_have_text(words)
        assert finder.locator("span:visible").evaluate("(each) => each.scrollWidth <= each.clientWidth")
        finder.page.tap(".language")


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_the_widest_number_stays_on_its_paper(screens: Screens, size: tuple[int, int]) -> None:
    kiosk = screens.kiosk(size=size)
    turn_to(kiosk, LARGE)
    kiosk.tap(f"[data-agency={LARGE}]")
    at(kiosk, "services")
    kiosk.tap(f"[data-service={LARGE}-0]")
    at(kiosk, "ticket")
    number = kiosk.locator(".paper .number").first
    assert str(number.text_content()).startswith("WWM-")
    assert number.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    assert kiosk.evaluate(LEAVES_SCREEN) == []


def test_the_counter_sums_up_many_queues(screens: Screens, busy: Desk) -> None:
    page = screens.counter(busy.officer)
    expect(page.locator(".idle-queues li")).to_have_count(6)
    expect(page.locator(".idle-queues li").last).to_have_text("dan 2 layanan lain")
    assert page.evaluate(ON_EACH_OTHER, [".idle-queues", ".today"]) == []


def test_the_choice_of_a_counter_shows_whole_lines(screens: Screens, mal: Mal) -> None:
    page = screens.counter("petugas-02")
    page.wait_for_selector(".choose-card")
    assert page.evaluate(HALF_LINES, ".choose-services") == []


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_a_board_says_where_it_is_in_full(screens: Screens, size: tuple[int, int]) -> None:
    place = screens.board("board-a", size).locator("#place")
    expect(place).to_have_text(f"{HALL} · Zona A")
    assert place.evaluate(LINES_CUT) < 0.5
    assert place.evaluate("(each) => each.scrollWidth <= each.clientWidth")


def test_on_an_upright_tablet_every_figure_says_what_it_is(screens: Screens, busy: Desk) -> None:
    page = overview(screens, TABLET_UPRIGHT)
    page.wait_for_selector(LIVE, state="attached")
    names = page.locator(f"[data-agency={LARGE}] > .agency-row .cell-name")
    expect(names).to_have_text(["Menunggu", "Tunggu terlama", "Loket buka", "Antrean selesai", "Dilayani hari ini"])
    boxes = [name.bounding_box() for name in names.all()]
    assert all(box and box["width"] > 20 and box["height"] > 10 for box in boxes)
