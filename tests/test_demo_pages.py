"""The index of all pages, and the demo's paper: what is there in a demo, and what must not be in a real hall."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.house import DEMO_FILE
from tests.browser import address, chromium
from tests.harness import RunningHall

SECRET = "a-token-that-is-the-simulations-own"
DEMO = {
    "links": {"kiosk/kiosk-1": "/enrol?token=kiosk", "display/board": "/enrol?token=board"},
    "logins": [{"name": "petugas-01", "password": "antrean-demo", "role": "officer"}],
    "tokens": {"counter/1": SECRET},
    "paper": True,
}


@pytest.fixture
def demo(shared_hall: RunningHall) -> Iterator[RunningHall]:
    """The hall, for one test a demo with 25 slips on the virtual printer's paper."""
    marker, folder = shared_hall.data / DEMO_FILE, shared_hall.data / "paper" / "printer-1"
    marker.write_text(json.dumps(DEMO))
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 26):
        fall(folder, number)
    yield shared_hall
    marker.unlink()
    for path in folder.iterdir():
        path.unlink()


def fall(folder: Path, number: int) -> None:
    """One more slip, with its neighbours that are no pictures."""
    (folder / f"{number:04d}.txt").write_text("slip")
    unfinished = folder / f".{number:04d}.part"
    Image.new("L", (576, 300), 255).save(unfinished, "PNG")
    os.utime(unfinished, (1_800_000_000 + number, 1_800_000_000 + number))
    unfinished.replace(folder / f"{number:04d}.png")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    page.close()
    assert mistakes == []


def test_a_real_hall_has_no_paper_on_the_screen(shared_hall: RunningHall) -> None:
    client = shared_hall.client("admin")
    for path in ("/paper", "/paper.json", "/paper/printer-1/0001.png"):
        assert client.request("GET", path).status == 404


def test_a_real_halls_index_links_every_page_and_gives_nothing_away(page: Page, shared_hall: RunningHall) -> None:
    page.goto(address(shared_hall.url))
    links = [link.get_attribute("href") for link in page.locator("a").all()]
    assert links == [
        "/kiosk/kiosk-1", "/display/board", "/counter/", "/supervisor/", "/reports/", "/reports/satisfaction",
        "/admin/boards", "/admin/printers", "/api/v1/openapi.json",
    ]  # fmt: skip
    assert shared_hall.client(None).request("GET", "/api/v1/openapi.json").status == 200
    assert page.locator(".demo, .logins").count() == 0


def test_a_demos_index_opens_ready_to_use(page: Page, demo: RunningHall) -> None:
    page.goto(address(demo.url))
    links = [link.get_attribute("href") for link in page.locator("a").all()]
    assert {"/paper", *DEMO["links"].values()} <= set(links)  # type: ignore[attr-defined]
    expect(page.locator(".logins")).to_contain_text("antrean-demo")
    assert SECRET not in page.content()
    page.click(".speak")
    expect(page.locator(".logins")).to_contain_text("Ready-made logins")


def test_the_paper_lists_the_newest_slips_first(demo: RunningHall) -> None:
    (printer,) = json.loads(demo.client(None).request("GET", "/paper.json").body)["printers"]
    assert [slip["name"] for slip in printer["slips"]] == [f"{n:04d}" for n in range(25, 5, -1)]
    newest = printer["slips"][0]
    assert newest["at"] == "2027-01-15T15:00:25.000+07:00"
    assert demo.client(None).request("GET", newest["url"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "/paper/printer-1/..%2f..%2f..%2fdemo.json", "/paper/printer-1/..%2f..%2fdemo.png",
        "/paper/..%2fpaper/0001.png", "/paper/%2e%2e/0001.png", "/paper/printer-2/0001.png",
        "/paper/printer-1/0001.txt", "/paper/printer-1/0099.png", "/paper/printer-1/.0001.png",
        "/paper/printer-1/%D9%A1.png", "/paper/printer-1/.png",
    ],
)  # fmt: skip
def test_nothing_but_slips_leaves_the_paper_folder(path: str, demo: RunningHall) -> None:
    assert demo.client(None).request("GET", path).status == 404


def test_a_new_slip_comes_out_on_top_of_the_open_page(page: Page, demo: RunningHall) -> None:
    page.goto(address(demo.url, "/paper"))
    slips = page.locator("[data-printer=printer-1] li")
    expect(slips).to_have_count(20)
    fall(demo.data / "paper" / "printer-1", 26)
    expect(slips.first).to_contain_text("0026")
    expect(slips).to_have_count(20)


def test_an_address_that_leads_nowhere_says_so_in_both_languages(page: Page, shared_hall: RunningHall) -> None:
    answer = page.goto(address(shared_hall.url, "/nowhere"))
    assert answer is not None
    assert answer.status == 404
    assert page.inner_text("h1") == "Halaman ini tidak ada"
    assert page.inner_text("h2") == "This page does not exist"
    page.click("a.home")
    expect(page.locator("h1")).to_have_text("MPP")
