"""The officer's terminal where the rules move under it: profiles, no-show by time, calls taken back; and by touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import address
from tests.browser.mal import Desk, Mal, document
from tests.browser.screens import DESK, Screens, press_until
from tests.browser.test_counter import called, idle, line, press, seated, serving

WAIT_S = 8


def ruled(**rules: Any) -> dict[str, Any]:
    """The hall of the browser tests by these rules; each counter can do its first service alone, or all in order."""
    found = document({"driver": "virtual"}, {"driver": "virtual"})
    for counter in found["counters"]:
        counter["profiles"] = [
            {"id": "first", "name": {"id": "Satu layanan", "en": "One service"}, "services": counter["services"][:1]},
            {"id": "order", "name": {"id": "Berurutan", "en": "In order"}, "services": counter["services"][::-1],
             "in_order": True},
        ]  # fmt: skip
    found["rules"] = rules
    return found


@pytest.fixture(scope="module")
def mal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    hall = Mal(tmp_path_factory.mktemp("switching"), ruled(no_show_after_seconds=WAIT_S))
    hall.start()
    yield hall
    hall.stop()


@contextmanager
def another_hall(browser: Browser, folder: Path, **rules: Any) -> Iterator[tuple[Screens, Desk]]:
    """A hall by other rules, and a desk in it."""
    hall = Mal(folder, ruled(**rules))
    hall.start()
    screens = Screens(browser, hall)
    try:
        yield screens, Desk(hall, "19", "petugas-19")
    finally:
        screens.close()
        hall.stop()


def tool(page: Page, letter: str) -> Locator:
    return page.locator(f".bar-tools [aria-keyshortcuts={letter}]")


# Profiles


def test_a_profile_is_switched_by_two_keys_and_told_in_words(screens: Screens, desk: Desk) -> None:
    page, (number, *_) = seated(screens, desk, 1)
    expect(tool(page, "P")).to_contain_text("Biasa")
    press(page, "Space", called(page, number))
    press_until(page, "p", "#profile-title")
    expect(page.locator("dialog[open] .choice")).to_have_count(3)
    expect(page.locator("dialog[open] .choice").first).to_contain_text("sekarang")
    page.keyboard.press("2")
    expect(line(page)).to_contain_text("Profil Satu layanan: loket ini sekarang melayani")
    expect(tool(page, "P")).to_contain_text("Satu layanan")
    expect(called(page, number)).to_be_visible()
    assert desk.snapshot()["counter"]["profile"] == "first" and desk.current == number
    page.reload()
    expect(tool(page, "P")).to_contain_text("Satu layanan")
    press_until(page, "p", "#profile-title")
    page.keyboard.press("1")
    expect(tool(page, "P")).to_contain_text("Biasa")


def test_a_supervisors_switch_is_seen_at_the_open_terminal(screens: Screens, desk: Desk) -> None:
    page, _ = seated(screens, desk)
    chief = desk.hall.client("supervisor")
    chief.do(f"/counters/{desk.id}/profile", {"profile": "order", "expect": None})
    expect(line(page)).to_contain_text("Profil loket ini diganti ke Berurutan")
    expect(tool(page, "P")).to_contain_text("Berurutan")
    chief.do(f"/counters/{desk.id}/profile", {"profile": None, "expect": None})
    expect(line(page)).to_contain_text("Profil loket ini diganti ke Biasa")


# Who does not come


def test_not_present_needs_the_time_that_the_hall_asks_for_and_says_how_much_is_left(
    screens: Screens, desk: Desk
) -> None:
    page, (number, *_) = seated(screens, desk, 1)
    press(page, "Space", called(page, number))
    page.keyboard.press("t")
    expect(line(page)).to_contain_text("detik lagi sebelum mencatat")
    assert desk.current == number
    expect(page.locator("[aria-keyshortcuts=T] .action-left")).to_have_text("", timeout=(WAIT_S + 5) * 1000)
    press(page, "t", idle(page))


def test_the_house_gives_up_who_does_not_come_and_the_officer_can_take_it_back(
    browser: Browser, tmp_path: Path
) -> None:
    rules = {"no_show_after_seconds": 6, "no_show_automatic": True}
    with another_hall(browser, tmp_path, **rules) as (screens, desk):
        page, (number, *_) = seated(screens, desk, 1)
        press(page, "Space", called(page, number))
        expect(page.locator(".timer-note")).to_contain_text("otomatis tidak hadir dalam")
        expect(line(page)).to_contain_text(f"{number} dicatat tidak hadir otomatis", timeout=20_000)
        press(page, "z", called(page, number))
        press(page, "m", serving(page, number))


def test_a_call_by_mistake_is_taken_back_where_serving_begins_with_it(browser: Browser, tmp_path: Path) -> None:
    with another_hall(browser, tmp_path, auto_start=True, one_button=True) as (screens, desk):
        page, (first, second) = seated(screens, desk, 2)
        press(page, "Space", serving(page, first))
        press(page, "Space", serving(page, second))
        expect(page.locator(".action.undo")).to_contain_text("Urungkan panggilan")
        press(page, "z", idle(page))
        expect(line(page)).to_contain_text(f"Panggilan diurungkan. {second} menunggu lagi di tempat semula.")
        expect(page.locator("#panel-waiting .row-number")).to_have_text(second)
        press(page, "z", serving(page, first))


# Why somebody is next


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ({"rule": "max_wait", "max_wait_minutes": 60}, "sudah menunggu lebih dari 60 menit"),
        ({"rule": "help", "service": ""}, "bantu {service}: antreannya sudah lama"),
        ({"rule": "order", "service": ""}, "urutan layanan: {service} dulu"),
    ],
    ids=["max_wait", "help", "order"],
)
def test_the_reason_is_told_in_words(screens: Screens, desk: Desk, reason: dict[str, Any], words: str) -> None:
    """The server's reasons are tested by its rules; none of them can be had here without waiting for minutes."""
    page, _ = seated(screens, desk, 1)
    service = desk.snapshot()["services"][desk.service]["name"]["id"]
    given = {key: desk.service if key == "service" else value for key, value in reason.items()}

    def otherwise(route: Route) -> None:
        snapshot = desk.snapshot()
        snapshot["next"]["reason"] = {**given, "waited_seconds": 0}
        route.fulfill(json=snapshot)

    page.route(f"**/api/v1/counters/{desk.id}", otherwise)
    page.reload()
    expect(page.locator(".big-text")).to_contain_text(words.format(service=service))


def test_visitors_whom_the_counter_helps_stand_apart(screens: Screens, desk: Desk) -> None:
    page, (own, far) = seated(screens, desk, 2)

    def otherwise(route: Route) -> None:
        snapshot = desk.snapshot()
        snapshot["helped"] = [snapshot["waiting"].pop()]
        snapshot["waiting_count"] -= 1
        route.fulfill(json=snapshot)

    page.route(f"**/api/v1/counters/{desk.id}", otherwise)
    page.reload()
    expect(page.locator(".queue-helped")).to_have_text("Bantuan untuk layanan lain")
    expect(page.locator("#panel-waiting section .row-number")).to_have_text(far)
    expect(page.locator("#panel-waiting > .rows .row-number")).to_have_text(own)
    expect(page.locator(".tab-count").first).to_have_text("1")


# At the desk


def test_a_priority_chosen_at_the_desk_is_the_tickets(screens: Screens, desk: Desk) -> None:
    page, _ = seated(screens, desk)
    press_until(page, "n", "dialog.desk[open]")
    service = desk.snapshot()["services"][desk.service]["name"]["id"]
    page.keyboard.type(service)
    page.keyboard.press("Enter")
    page.select_option("#desk-priority", "disability")
    page.click("dialog.desk .stepper-step:last-child")
    page.click("dialog.desk button[type=submit]")
    number = page.locator(".desk-number").inner_text()
    page.keyboard.press("Enter")
    row = page.locator("#panel-waiting .row", has_text=number)
    expect(row).to_contain_text("Penyandang disabilitas · 2 orang")
    press(page, "Space", called(page, number))
    expect(page.locator(".badge")).to_have_text(["Penyandang disabilitas", "2 orang"])


def test_who_has_no_ticket_is_served_as_many_as_they_are_and_with_their_priority(screens: Screens, desk: Desk) -> None:
    page, _ = seated(screens, desk)
    press_until(page, "l", "#direct-title")
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("-")
    expect(page.locator("dialog[open] .stepper-count")).to_have_text("2")
    page.select_option("#direct-priority", "elderly")
    page.keyboard.press("1")
    expect(page.locator("[data-state=serving] .current-facts")).to_contain_text("Tanpa karcis")
    expect(page.locator(".badge")).to_have_text(["Lansia", "2 orang"])
    current = desk.snapshot()["current"]
    assert (current["party_size"], current["priority"], current["source"]) == (2, "elderly", "direct")


# By touch alone


def test_the_main_verbs_by_touch_alone(screens: Screens, desk: Desk) -> None:
    first, second = desk.queue(2)
    context = screens.context(DESK, has_touch=True)
    name, _, value = desk.hall.login(desk.officer).partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address(desk.hall.url)}])
    page = context.new_page()
    page.goto(address(desk.hall.url, "/counter/"))
    page.tap(f".choose-card:has(.choose-label:text-is('Loket {desk.id}'))")
    page.wait_for_selector(".big[data-kind=call]")
    tap(page, ".big", called(page, first))
    page.tap("[aria-keyshortcuts=U]")
    expect(page.locator(".timer-note")).to_have_text("panggilan ke-2")
    tap(page, ".big", serving(page, first))
    page.tap("[aria-keyshortcuts=D]")
    page.tap("dialog[open] button[type=submit]")
    expect(idle(page)).to_be_visible()
    tap(page, ".big", called(page, second))
    tap(page, "[aria-keyshortcuts=K]", idle(page))
    page.tap("#tab-held")
    tap(page, f"[aria-label='Lanjutkan {first}']", serving(page, first))
    tap(page, "[aria-keyshortcuts=S]", idle(page))
    tap(page, "[aria-keyshortcuts=Z]", serving(page, first))
    tap(page, "[aria-keyshortcuts=S]", idle(page))
    page.tap("[aria-keyshortcuts=P]")
    page.tap("dialog[open] .choice:nth-child(2)")
    expect(tool(page, "P")).to_contain_text("Satu layanan")
    page.tap("[aria-keyshortcuts=I]")
    page.tap("dialog[open] .choice:nth-child(2)")
    expect(idle(page)).to_have_text("Loket sedang istirahat: Makan")
    small = page.eval_on_selector_all(
        ".work button:not([hidden])",
        "(all) => all.filter((b) => b.offsetParent && Math.min(b.offsetHeight, b.offsetWidth) < 44)"
        ".map((b) => b.textContent)",
    )
    assert small == []


def tap(page: Page, where: str, seen: Locator) -> None:
    """Tap until `seen` is: like `press`, a tap right after the screen has changed is not taken."""
    for _ in range(5):
        page.tap(where)
        try:
            expect(seen).to_be_visible(timeout=2_000)
            return
        except AssertionError:
            continue
    raise AssertionError(f"{where} was tapped five times, and {seen} is not there")
