"""What the kiosk says when a service gives no number: why, when it opens again, and what to know before taking one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from printers.virtual import VirtualPrinter
from tests.browser.mal import Mal, document, free_port, on_network
from tests.browser.screens import LIVE, UPRIGHT, WIDE, Screens
from tests.browser.test_kiosk import CUT_TEXT, LEAVES_SCREEN, at, through

CLOSED, AGENCY, SERVICE, OTHER = "samsat", "disdukcapil", "kia", "ikd"

HIDDEN_REASONS = """() => [...document.querySelectorAll(".agency:disabled")].filter((card) => {
  const [name, figures] = [".name", ".figures"].map((each) => card.querySelector(each));
  const under = figures.getBoundingClientRect().top < name.getBoundingClientRect().bottom - 1;
  return under || figures.scrollHeight > figures.clientHeight + 1;
}).map((card) => card.textContent)"""
"""Closed cards whose reason lies under their name, or is cut."""


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, paper: VirtualPrinter) -> Iterator[Mal]:
    """The shipped hall on a day on which one agency is closed and a service has two numbers."""
    found = document(on_network(paper.port), on_network(free_port()))
    today = datetime.now(ZoneInfo(found["hall"]["timezone"])).date()
    reason = {"id": "Cuti bersama Hari Raya Idul Fitri 1448 H", "en": "Joint leave for Eid al-Fitr 1448 Hijri"}
    found["calendar"] = {
        "days": [
            {"date": (today + timedelta(days=ahead)).isoformat(), "reason": reason, "agencies": [CLOSED]}
            for ahead in (0, 1)
        ]
    }
    for agency in found["agencies"]:
        for service in agency["services"]:
            if service["id"] == SERVICE:
                service["quota"] = 2
    hall = Mal(tmp_path_factory.mktemp("limited"), found)
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture
def screens(browser: Browser, limited: Mal) -> Iterator[Screens]:
    """Screens of that hall."""
    opened = Screens(browser, limited)
    yield opened
    opened.close()


def in_order(kiosk: Page) -> None:
    assert kiosk.evaluate(LEAVES_SCREEN) == []
    assert kiosk.evaluate(CUT_TEXT) == []


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
def test_a_closed_day_is_told_with_its_reason_and_the_next_opening(screens: Screens, size: tuple[int, int]) -> None:
    kiosk = screens.kiosk(size=size)
    card = kiosk.locator(f"[data-agency={CLOSED}]")
    expect(card).to_be_disabled()
    expect(card.locator(".waiting")).to_contain_text("Cuti bersama Hari Raya Idul Fitri 1448 H. Buka ")
    expect(card.locator(".waiting")).to_contain_text("pukul 00.00")
    in_order(kiosk)
    assert kiosk.evaluate(HIDDEN_REASONS) == []
    kiosk.tap(".language")
    expect(card.locator(".waiting")).to_contain_text("Joint leave for Eid al-Fitr 1448 Hijri. Opens on ")
    in_order(kiosk)
    assert kiosk.evaluate(HIDDEN_REASONS) == []


def test_the_last_number_closes_a_service_on_every_kiosk_and_a_cancelled_one_opens_it(
    screens: Screens, limited: Mal
) -> None:
    kiosk = screens.kiosk()
    kiosk.tap(f"[data-agency={AGENCY}]")
    row = kiosk.locator(f"[data-service={SERVICE}]")
    expect(row).to_be_enabled()
    first, second = limited.ticket(SERVICE), limited.ticket(SERVICE)
    expect(row).to_be_disabled()
    expect(row.locator(".waiting")).to_have_text("Nomor untuk hari ini sudah habis. Buka besok pukul 00.00")
    expect(kiosk.locator(f"[data-service={OTHER}]")).to_be_enabled()
    kiosk.tap(".language")
    expect(row.locator(".waiting")).to_have_text("No numbers are left for today. Opens tomorrow at 00.00")
    in_order(kiosk)
    for ticket in (first, second):
        limited.client().do(f"/tickets/{ticket['id']}/cancel")
    expect(row).to_be_enabled()


def test_a_number_that_was_taken_meanwhile_is_refused_with_the_reason(screens: Screens, limited: Mal) -> None:
    taken = [limited.ticket(SERVICE) for _ in range(2)]
    kiosk = screens.kiosk()

    def as_before(route: Route) -> None:
        snapshot = through(route, limited)
        for service in services(snapshot):
            service.update(open=True, closed_reason=None)
        route.fulfill(json=snapshot)

    screens.forgive("409")
    kiosk.route("**/api/v1/hall", as_before)
    kiosk.reload()
    kiosk.wait_for_selector(LIVE, state="attached")
    kiosk.tap(f"[data-agency={AGENCY}]")
    kiosk.tap(f"[data-service={SERVICE}]")
    at(kiosk, "failed")
    expect(kiosk.locator(".why")).to_have_text("Nomor untuk hari ini sudah habis. Buka besok pukul 00.00")
    expect(kiosk.locator(".message")).to_contain_text("Silakan pilih layanan lain")
    assert kiosk.locator(".again").count() == 0
    for ticket in taken:
        limited.client().do(f"/tickets/{ticket['id']}/cancel")


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
def test_a_visitor_reads_before_taking_the_number_that_it_may_be_too_late(
    screens: Screens, limited: Mal, size: tuple[int, int]
) -> None:
    words = {"id": "Antrean panjang. Anda mungkin tidak terlayani sebelum tutup pukul 15.00.",
             "en": "Long queue. You may not be served before closing at 15.00."}  # fmt: skip

    def late(route: Route) -> None:
        snapshot = through(route, limited)
        for service in services(snapshot):
            service["warning"] = {"code": "last_ticket", "text": words} if service["id"] == SERVICE else None
        route.fulfill(json=snapshot)

    kiosk = screens.kiosk(size=size)
    kiosk.route("**/api/v1/hall", late)
    kiosk.reload()
    kiosk.wait_for_selector(LIVE, state="attached")
    kiosk.tap(f"[data-agency={AGENCY}]")
    row = kiosk.locator(f"[data-service={SERVICE}]")
    expect(row.locator(".caution")).to_have_text(words["id"])
    expect(kiosk.locator(f"[data-service={OTHER}] .caution")).to_be_hidden()
    expect(row).to_be_enabled()
    in_order(kiosk)
    kiosk.tap(".language")
    expect(row.locator(".caution")).to_have_text(words["en"])


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
def test_the_warning_stands_beside_the_number_that_was_taken(
    screens: Screens, limited: Mal, size: tuple[int, int]
) -> None:
    words = {"id": "Antrean panjang. Anda mungkin tidak terlayani sebelum tutup pukul 15.00.",
             "en": "Long queue. You may not be served before closing at 15.00."}  # fmt: skip
    taken: list[int] = []

    def late(route: Route) -> None:
        issued = limited.client("kiosk", "kiosk-1").do("/tickets", route.request.post_data_json)
        taken.extend(ticket["id"] for ticket in issued["tickets"])
        warning = {"code": "last_ticket", "text": words, "service": SERVICE}
        route.fulfill(status=201, json={**issued, "warning": warning})

    kiosk = screens.kiosk(size=size)
    kiosk.route("**/api/v1/tickets", late)
    kiosk.tap(f"[data-agency={AGENCY}]")
    kiosk.tap(f"[data-service={SERVICE}]")
    expect(kiosk.locator(".ticket .next .caution")).to_have_text(words["id"])
    expect(kiosk.locator(".ticket .number").first).to_be_visible()
    in_order(kiosk)
    for ticket in taken:
        limited.client().do(f"/tickets/{ticket}/cancel")


def services(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    return [service for agency in snapshot["agencies"] for service in agency["services"]]
