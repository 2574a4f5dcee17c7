"""The officer's whole day at the terminal, by keyboard alone: holding, passing on, outcomes, serving directly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewDesk
from tests.browser.mal import Desk, Mal, document
from tests.browser.screens import CUT_OFF, Screens
from tests.browser.test_counter import called, calls, idle, line, press, seated, serving

OUTCOMES = [
    {"id": "done", "name": {"id": "Sudah dilayani", "en": "Done"}},
    {"id": "papers", "name": {"id": "Berkas belum lengkap", "en": "Documents incomplete"}, "documents": True},
    {"id": "referred", "name": {"id": "Dirujuk", "en": "Referred"}},
]
WITH_OUTCOMES = "10"
"""The counter whose services ask what came of it; no other desk of these tests."""


def ruled(**rules: Any) -> dict[str, Any]:
    """The hall of the browser tests with these rules, and outcomes at one counter."""
    found = document({"driver": "virtual"}, {"driver": "virtual"})
    asked = next(each["services"] for each in found["counters"] if each["id"] == WITH_OUTCOMES)
    for agency in found["agencies"]:
        for service in agency["services"]:
            if service["id"] in asked:
                service |= {"outcomes": OUTCOMES, "documents": {"id": "KTP asli; KK", "en": "Identity card; KK"}}
    found["rules"] = rules
    return found


@pytest.fixture(scope="module")
def mal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """A hall whose officers must call twice before they may say "not present"."""
    hall = Mal(tmp_path_factory.mktemp("terminal"), ruled(no_show_after_recalls=1, hold_reminder_minutes=1))
    hall.start()
    yield hall
    hall.stop()


def serve(page: Page, number: str) -> None:
    """Call and start, by keyboard."""
    press(page, "Space", called(page, number))
    press(page, "m", serving(page, number))


def served_a_while(page: Page) -> None:
    """Nobody's visit is over within the second in which it began: a digit that soon is a slip."""
    expect(page.locator(".timer")).not_to_have_text("00:00")


def test_set_aside_with_a_note_reminded_of_and_resumed(screens: Screens, desk: Desk) -> None:
    page, (first, second) = seated(screens, desk, 2)
    serve(page, first)
    page.keyboard.press("d")
    expect(page.locator("#hold-note")).to_be_focused()
    page.keyboard.type("fotokopi KK")
    page.keyboard.press("Enter")
    expect(idle(page)).to_be_visible()
    expect(line(page)).to_contain_text(f"{first} ditunda.")
    serve(page, second)  # the counter is free for others meanwhile
    press(page, "s", idle(page))
    page.keyboard.press("g")
    row = page.locator("#panel-held .row")
    expect(row).to_contain_text("fotokopi KK")
    expect(row.locator(".row-wait")).to_have_text("baru")
    expect(page.locator(f"[aria-label='Lanjutkan {first}']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(serving(page, first)).to_be_visible()
    expect(page.locator(".note-text")).to_have_text("fotokopi KK")
    expect(page.locator(".note-by")).to_contain_text(desk.officer)


def test_a_held_visitor_who_stays_away_is_told_clearly_and_can_be_called_or_given_up(
    screens: Screens, desk: Desk
) -> None:
    held = []
    desk.queue(2)
    desk.do("open")
    for _ in range(2):
        held.append(desk.do("call-next")["ticket"]["number"])
        desk.do("start")
        desk.do("hold")
    page = screens.counter(desk.officer)
    page.wait_for_selector(".big[data-kind=empty]")
    expect(page.locator("#tab-held")).not_to_have_class(re.compile(r"\bdue\b"))
    # The page's clock is the server's: what it says is moved on by three minutes, the queue is left alone.
    page.route(f"**/api/v1/counters/{desk.id}", lambda route: route.fulfill(json=earlier(desk.snapshot())))
    page.reload()
    expect(page.locator("#tab-held")).to_have_class(re.compile(r"\bdue\b"))
    expect(line(page)).to_contain_text(f"{held[0]} ditunda 3 menit, dan 1 lagi")
    page.unroute(f"**/api/v1/counters/{desk.id}")
    page.keyboard.press("g")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[aria-label='{held[1]} tidak hadir']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(line(page)).to_have_text(f"{held[1]} dicatat tidak hadir.")
    page.locator(f"[aria-label='Panggil {held[0]}']").focus()
    page.keyboard.press("Enter")
    expect(called(page, held[0])).to_be_visible()


def earlier(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same snapshot with its visitors held since three minutes before."""
    for ticket in snapshot["held"]:
        hours, minutes = ticket["held_since"][11:13], int(ticket["held_since"][14:16]) - 3
        if minutes < 0:
            hours, minutes = f"{(int(hours) - 1) % 24:02d}", minutes + 60
        ticket["held_since"] = f"{ticket['held_since'][:11]}{hours}:{minutes:02d}{ticket['held_since'][16:]}"
    return snapshot


def test_passed_on_with_a_note_and_back_again(screens: Screens, new_desk: NewDesk) -> None:
    here, there = new_desk("bc"), new_desk("bc")
    page, (number,) = seated(screens, here, 1)
    serve(page, number)
    service = here.hall.client().get(f"/counters/{there.id}")["services"][there.service]["name"]["id"]
    page.keyboard.press("a")
    expect(page.locator("dialog[open] input[type=search]")).to_be_focused()
    page.keyboard.type(service)
    expect(page.locator("dialog[open] label.service").first).to_be_visible()  # the names have come
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # from any counter to the one that serves it
    expect(page.locator("#transfer-counter")).to_have_value(there.id)
    page.keyboard.press("Tab")
    page.keyboard.type("tolong cek NPWP")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(line(page)).to_contain_text(f"{number} dialihkan ke {service}.")
    there.do("open")
    page = screens.counter(there.officer)
    expect(page.locator("#panel-waiting .row-facts")).to_contain_text("untuk loket ini")
    serve(page, number)
    expect(page.locator(".note-text")).to_have_text("tolong cek NPWP")
    expect(page.locator(".current-facts")).to_contain_text(f"kembali ke Loket {here.id} sesudahnya")
    press(page, "s", idle(page))
    assert [each["number"] for each in here.snapshot()["waiting"]] == [number]


def test_a_transfer_that_the_server_refuses_is_told_where_it_was_asked(screens: Screens, new_desk: NewDesk) -> None:
    here, there = new_desk("bc"), new_desk("bc")
    page, (number,) = seated(screens, here, 1)
    serve(page, number)
    page.keyboard.press("a")
    page.keyboard.type(there.service)
    page.context.set_offline(True)
    screens.forgive(CUT_OFF)
    page.wait_for_selector("html:not([data-live=live])", state="attached")
    page.fill("dialog[open] input[type=search]", "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] .line")).to_contain_text("belum terkirim", timeout=2_000)
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.wait_for_selector("html[data-live=live]", state="attached")
    expect(serving(page, number)).to_be_visible()
    assert here.current == number


def test_one_key_finishes_with_an_outcome_and_names_the_missing_documents(screens: Screens, mal: Mal) -> None:
    desk = Desk(mal, WITH_OUTCOMES, "petugas-hasil")
    before = desk.hall.head()
    page, (first, second, third) = seated(screens, desk, 3)
    serve(page, first)
    expect(page.locator(".outcome .action-label")).to_have_text(["Sudah dilayani", "Berkas belum lengkap", "Dirujuk"])
    served_a_while(page)
    press(page, "1", idle(page))
    serve(page, second)
    served_a_while(page)
    press(page, "2", page.locator("dialog[open] .papers"))
    page.keyboard.press("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#papers-other")).to_be_focused()
    page.keyboard.type("surat pengantar")
    page.keyboard.press("Enter")
    expect(idle(page)).to_be_visible()
    serve(page, third)
    page.keyboard.press("s")  # asks for the outcome instead of leaving it open
    expect(page.locator(".outcome").first).to_be_focused()
    expect(line(page)).to_contain_text("tekan angka 1 sampai 3")
    assert desk.current == third
    served_a_while(page)
    press(page, "3", idle(page))
    finished = [event["ticket"] for event in desk.hall.events(before, "ticket.finished")]
    assert [(ticket["number"], ticket["outcome"], ticket["documents"]) for ticket in finished] == [
        (first, "done", []), (second, "papers", ["KK", "surat pengantar"]), (third, "referred", []),
    ]  # fmt: skip
    desk.clear()


def test_the_visits_other_errands_are_beside_the_visitor(screens: Screens, new_desk: NewDesk) -> None:
    here, there = new_desk("bc"), new_desk("bc")
    visit = here.hall.visit(here.service, there.service)
    mine, other = visit["tickets"]
    here.do("open")
    page = screens.counter(here.officer)
    page.wait_for_selector(".big[data-kind=call]")
    press(page, "Space", called(page, mine["number"]))
    expect(page.locator(".errand")).to_contain_text(other["number"])
    expect(page.locator(".errand")).to_contain_text("menunggu")


def test_why_somebody_is_next_is_told_in_words(screens: Screens, desk: Desk) -> None:
    page, (first,) = seated(screens, desk, 1)
    next_words = page.locator(".big-text")
    expect(next_words).to_have_text(f"{first} · menunggu kurang dari 1 menit · urutan datang")
    elderly = [desk.hall.ticket(desk.service, priority="elderly")["number"] for _ in range(3)]
    for number in elderly[:2]:
        expect(next_words).to_have_text(f"{number} · menunggu kurang dari 1 menit · prioritas: Lansia")
        press(page, "Space", called(page, number))
        expect(page.locator(".badge")).to_have_text("Lansia")
        press(page, "m", serving(page, number))
        press(page, "s", idle(page))
    expect(next_words).to_have_text(f"{first} · menunggu kurang dari 1 menit · giliran umum sesudah 2 prioritas")
    expect(page.locator("#panel-waiting .row", has_text=elderly[2])).to_contain_text("Lansia")


def test_not_present_needs_the_calls_that_the_hall_asks_for(screens: Screens, desk: Desk) -> None:
    page, (number,) = seated(screens, desk, 1)
    press(page, "Space", called(page, number))
    page.keyboard.press("t")
    expect(line(page)).to_contain_text(f"Panggil ulang {number} sekali lagi")
    assert desk.current == number
    page.keyboard.press("u")
    expect(page.locator(".timer-note")).to_have_text("panggilan ke-2")
    press(page, "t", idle(page))


def test_a_number_is_found_in_whichever_list_it_is(screens: Screens, desk: Desk) -> None:
    page, (first, second, third) = seated(screens, desk, 3)
    serve(page, first)
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(idle(page)).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type(first.replace("-", "").lower())
    expect(page.locator("#tab-held")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel-held .row-number")).to_have_text(first)
    page.keyboard.press("Control+a")
    page.keyboard.type(third.partition("-")[2].lstrip("0"))
    expect(page.locator("#panel-waiting .row-number")).to_have_text(third)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(called(page, third)).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    expect(page.locator("#panel-waiting .row-number")).to_have_text(second)


def test_a_number_far_behind_the_list_is_found_and_called(screens: Screens, desk: Desk) -> None:
    page, numbers = seated(screens, desk, 28)
    far = numbers[-1]
    expect(page.locator("#panel-waiting .row-number", has_text=far)).to_have_count(0)
    page.keyboard.press("c")
    page.keyboard.type(far)
    expect(page.locator("#panel-waiting .row-number")).to_have_text(far)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(called(page, far)).to_be_visible()
    for _ in range(2):  # the list that a desk is cleared by is as short as the officer's
        desk.clear()


def test_a_break_with_its_reason(screens: Screens, desk: Desk) -> None:
    page, _ = seated(screens, desk)
    page.keyboard.press("i")
    page.keyboard.press("1")
    expect(idle(page)).to_have_text("Loket sedang istirahat: Salat")
    assert desk.snapshot()["counter"]["pause_reason"] == "prayer"
    press(page, "Space", page.locator(".big[data-kind=empty]"))


def test_a_visitor_without_a_ticket_is_served_and_counted(screens: Screens, desk: Desk) -> None:
    before = desk.hall.head()
    page, _ = seated(screens, desk)
    page.keyboard.press("l")
    page.wait_for_selector("#direct-title")
    page.keyboard.press("1")
    expect(page.locator("[data-state=serving] .current-facts")).to_contain_text("Tanpa karcis")
    press(page, "s", idle(page))
    expect(page.locator(".today dd").first).to_have_text("1")
    assert [event["ticket"]["source"] for event in desk.hall.events(before, "ticket.issued")] == ["direct"]


def test_in_a_one_button_hall_the_space_bar_is_enough_and_a_hammered_one_counts_once(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hall = Mal(tmp_path_factory.mktemp("one-button"), ruled(one_button=True, auto_start=True))
    hall.start()
    screens = Screens(browser, hall)
    try:
        desk = Desk(hall, "19", "petugas-19")
        page, (first, second, third) = seated(screens, desk, 3)
        before = hall.head()
        press(page, "Space", serving(page, first))
        expect(page.locator(".big-text")).to_contain_text(f"{first} selesai · berikutnya {second}")
        page.wait_for_timeout(800)
        for _ in range(40):
            page.keyboard.press("Space")
        expect(serving(page, second)).to_be_visible()
        assert calls(desk, before) == [first, second]
        press(page, "Space", serving(page, third))
        expect(page.locator(".big-title")).to_have_text(f"Selesaikan {third}")
        press(page, "Space", idle(page))
        assert [event["ticket"]["number"] for event in hall.events(before, "ticket.finished")] == [first, second, third]
    finally:
        screens.close()
        hall.stop()
