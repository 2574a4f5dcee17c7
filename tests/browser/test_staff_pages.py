"""The bar that the pages of those who oversee the hall have in common: it leads from each of them to all the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.pages import STAFF_PAGES
from tests.browser import address
from tests.browser.mal import PASSWORD, Mal, document
from tests.browser.screens import CUT_OFF, DESK, PHONE, Screens
from tests.browser.test_every_page import audit
from tests.harness import ROOT

SUPERVISOR, OFFICER = "pengawas-aula", "petugas-aula"
LONG_NAME = "قاعة " * 35
TABLET = (1024, 768)
PAGES = tuple(STAFF_PAGES)
PICTURES = ROOT / "tests/output/staff"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """A hall whose name leaves the bar no room."""
    whole = document()
    whole["hall"]["name"] = LONG_NAME
    hall = Mal(tmp_path_factory.mktemp("staff"), whole)
    hall.start()
    for name, role in ((SUPERVISOR, "supervisor"), (OFFICER, "officer")):
        hall.local().do("/users", {"name": name, "role": role, "password": PASSWORD})
    yield hall
    hall.stop()


@pytest.fixture
def seen(browser: Browser, hall: Mal) -> Iterator[Screens]:
    opened = Screens(browser, hall)
    yield opened
    opened.close()


def logged_in(screens: Screens, size: tuple[int, int], name: str = SUPERVISOR) -> BrowserContext:
    context = screens.context(size, has_touch=size != DESK)
    key, _, value = screens.hall.login(name).partition("=")
    context.add_cookies([{"name": key, "value": value, "url": address(screens.hall.url)}])
    return context


def opened(context: BrowserContext, hall: Mal, path: str) -> Page:
    page = context.new_page()
    page.goto(address(hall.url, path))
    page.wait_for_selector(".bar")
    return page


def links(page: Page) -> list[str]:
    found: list[str] = page.locator(".nav-link").evaluate_all("(all) => all.map((link) => link.getAttribute('href'))")
    return found


@pytest.mark.parametrize("size", [DESK, pytest.param(TABLET, marks=pytest.mark.soak), PHONE], ids=str)
def test_every_page_leads_to_every_other_and_marks_itself(seen: Screens, hall: Mal, size: tuple[int, int]) -> None:
    context = logged_in(seen, size)
    for path in PAGES:
        page = opened(context, hall, path)
        expect(page.locator("main h1").first).to_be_attached()
        assert links(page) == list(PAGES)
        current = page.locator(".nav-link[aria-current=page]")
        assert current.get_attribute("href") == path
        expect(current).to_be_in_viewport(ratio=1)
        assert page.title().startswith(current.inner_text())
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0], f"{path}: nothing sticks out"
        audit(page)
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{path.strip('/').replace('/', '-')}-{size[0]}.png", animations="disabled")
        page.close()


def test_the_links_are_followed_all_the_way_round(seen: Screens, hall: Mal) -> None:
    page = opened(logged_in(seen, DESK), hall, PAGES[-1])
    for path in PAGES:
        page.click(f".nav-link[href='{path}']")
        expect(page.locator(".nav-link[aria-current=page]")).to_have_attribute("href", path)


def test_the_tickets_behind_a_figure_stand_under_the_reports(seen: Screens, hall: Mal) -> None:
    page = opened(logged_in(seen, DESK), hall, "/reports/tickets?from=2026-11-02&to=2026-11-08")
    expect(page.locator(".nav-link[aria-current=page]")).to_have_attribute("href", "/reports/")


def test_a_language_is_chosen_once_for_all_pages(seen: Screens, hall: Mal) -> None:
    context = logged_in(seen, DESK)
    page = opened(context, hall, "/supervisor/")
    expect(page.locator(".nav-link").first).to_have_text("Pengawasan")
    page.click(".language")
    for path in PAGES:
        expect(opened(context, hall, path).locator(".nav-link").first).to_have_text("Oversight")


@pytest.mark.parametrize("path", PAGES)
def test_an_officer_is_told_whose_page_it_is_and_sees_no_way_to_the_others(
    seen: Screens, hall: Mal, path: str
) -> None:
    page = opened(logged_in(seen, DESK, OFFICER), hall, path)
    expect(page.locator("h1")).to_have_text("Halaman untuk pengawas dan admin")
    assert links(page) == []
    audit(page)


@pytest.mark.parametrize("path", PAGES)
def test_who_could_not_be_logged_out_is_told_and_can_try_again(seen: Screens, hall: Mal, path: str) -> None:
    seen.forgive(CUT_OFF)
    seen.forgive("401")  # what the page was asking for just as it was logged out
    page = opened(logged_in(seen, DESK), hall, path)
    page.context.set_offline(True)
    page.get_by_role("button", name="Keluar").click()
    expect(page.locator(".bar-stays")).to_have_text("Anda belum keluar. Coba lagi sebentar lagi.")
    audit(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="Keluar").click()
    expect(page.locator("#login-username")).to_be_visible()
