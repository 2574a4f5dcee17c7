"""The supervisor's page in a real browser: it sees at once, commands, moves, closes, tells; and survives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import address
from tests.browser.conftest import NewDesk
from tests.browser.mal import PASSWORD, Desk, Mal, document
from tests.browser.screens import CUT_OFF, DESK, LIVE, Screens
from tests.browser.test_every_page import audit
from tests.harness import ROOT

SUPERVISOR = "pengawas-aula"
TABLET = (1024, 768)
LONG_NAME = "قاعة " * 35
PICTURES = ROOT / "tests/output/oversight"
AWAY_MS = 20_000


@pytest.fixture(scope="module")
def mal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The shipped hall without a print worker: what is told of a printer stays so for a while."""
    hall = Mal(tmp_path_factory.mktemp("oversight"), document())
    hall.start()
    hall.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    yield hall
    hall.stop()


def overview(screens: Screens, size: tuple[int, int] = DESK, **more: bool) -> Page:
    """The page after logging in by hand."""
    page = screens.open("/supervisor/", size, **more)
    page.fill("#login-username", SUPERVISOR)
    page.fill("#login-password", PASSWORD)
    page.click(".login-enter")
    page.wait_for_selector(LIVE, state="attached")
    page.wait_for_selector(".agency")
    return page


def agency_of(hall: Mal, service: str) -> str:
    agencies = hall.client().get("/hall")["agencies"]
    return str(next(each["id"] for each in agencies if any(one["id"] == service for one in each["services"])))


def opened(page: Page, hall: Mal, service: str) -> str:
    """Opens the agency of a service; the selector of the service's row."""
    agency = f"[data-agency={agency_of(hall, service)}]"
    page.click(f"{agency} .agency-row")
    row = f"{agency} [data-service={service}]"
    page.wait_for_selector(row)
    return row


def photo(page: Page, name: str) -> None:
    """What the page looks like there, for people who look after a run."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def test_a_ticket_is_seen_at_once(screens: Screens, desk: Desk) -> None:
    page = overview(screens)
    row = opened(page, desk.hall, desk.service)
    waiting = page.locator(f"{row} [data-figure=waiting] .cell-value")
    expect(waiting).to_have_text("0")
    expect(page.locator(f"{row} [data-figure=forecast] .cell-value")).to_have_text("–")
    desk.queue(2)
    expect(waiting).to_have_text("2")
    expect(page.locator(f"{row} [data-figure=forecast] .cell-value")).to_have_text("tidak ada loket buka")
    desk.do("open")
    expect(page.locator(f"{row} [data-figure=open] .cell-value")).to_have_text("1 buka")
    desk.do("call-next")
    expect(page.locator(f"{row} [data-figure=open] .cell-note")).to_have_text("1 dipanggil")
    expect(page.locator(f"[data-counter='{desk.id}']")).to_have_attribute("data-state", "called")


def test_a_counter_is_commanded_while_its_officers_page_follows(screens: Screens, desk: Desk) -> None:
    (number,) = desk.queue(1)
    desk.do("open")
    terminal, page = screens.counter(desk.officer), overview(screens)
    terminal.wait_for_selector(".big[data-kind=call]")
    page.click(f"[data-counter='{desk.id}']")
    expect(page.locator("#drawer .ticket-number")).to_have_text(number)
    page.click("#drawer [data-verb=call-next]")
    expect(terminal.locator("[data-state=called] .current-number")).to_have_text(number)
    expect(page.locator("#drawer .drawer-number")).to_have_text(number)
    expect(page.locator("#drawer .line")).to_have_text(f"Loket {desk.id}: sudah dijalankan.")
    expect(page.locator("#drawer [data-verb=finish]")).to_have_attribute("aria-disabled", "true")
    photo(page, "drawer")
    page.click("#drawer [data-verb=start]")
    expect(terminal.locator("[data-state=serving] .current-number")).to_have_text(number)
    page.click("#drawer [data-verb=finish]")
    expect(terminal.locator(".idle-title")).to_be_visible()
    page.click("#drawer [data-verb=pause]")
    expect(terminal.locator(".big")).to_have_attribute("data-kind", "resume")
    page.click("#drawer [data-verb=take-over]")
    expect(page.locator("#drawer [data-verb=take-over]")).to_have_text("Tekan lagi: ambil alih")
    assert desk.snapshot()["counter"]["officer"]["name"] == desk.officer
    page.click("#drawer [data-verb=take-over]")
    expect(page.locator("#drawer .quiet").first).to_contain_text(SUPERVISOR)
    terminal.wait_for_selector(".choose")


def test_a_command_that_comes_too_late_is_told_in_words(screens: Screens, desk: Desk) -> None:
    screens.forgive("409")
    desk.queue(1)
    desk.do("open")
    page = overview(screens)
    page.click(f"[data-counter='{desk.id}']")
    page.wait_for_selector("#drawer .ticket")
    page.route("**/api/v1/supervisor", lambda route: route.abort())  # the page does not hear of what the officer does
    screens.forgive("ERR_FAILED")
    desk.do("call-next")
    page.click("#drawer [data-verb=call-next]")
    expect(page.locator("#drawer .line")).to_contain_text("Loket sudah berubah")
    page.unroute("**/api/v1/supervisor")


def test_a_waiting_visitor_is_moved(screens: Screens, new_desk: NewDesk) -> None:
    here, there = new_desk(), new_desk()
    (number,) = here.queue(1)
    page = overview(screens)
    row = opened(page, here.hall, here.service)
    page.click(f"{row} >> text=Lihat antrean")
    page.click(f"#queue .ticket:has(.number:text-is('{number}')) button")
    send = page.locator("#move .primary")
    expect(send).to_have_attribute("aria-disabled", "true")
    page.select_option("#move-service", there.service)
    page.select_option("#move-counter", there.id)
    page.fill("#move-note", "Salah ambil nomor")
    photo(page, "move")
    send.click()
    expect(page.locator("#move")).to_be_hidden()
    expect(page.locator("#queue .line")).to_contain_text(f"{number} dipindahkan ke")
    expect(page.locator("#queue .ticket")).to_have_count(0)
    there.do("open")
    called = there.do("call-next")["ticket"]
    assert (called["number"], called["service"]) == (number, there.service)
    assert there.snapshot()["current"]["notes"][0]["text"] == "Salah ambil nomor"


def test_a_closed_service_says_why_at_the_kiosk(screens: Screens, desk: Desk) -> None:
    agency = agency_of(desk.hall, desk.service)
    kiosk, page = screens.kiosk(), overview(screens)
    kiosk.tap(f"[data-agency={agency}]")
    tile = kiosk.locator(f"[data-service={desk.service}]")
    expect(tile).to_be_visible()
    row = opened(page, desk.hall, desk.service)
    page.click(f"{row} >> text=Tutup layanan")
    page.click("#hours >> text=Sistem sedang gangguan")
    photo(page, "hours")
    page.click("#hours .primary")
    expect(page.locator(".sheet > .line")).to_contain_text("ditutup")
    expect(page.locator(f"{row} .row-said")).to_contain_text("Ditutup untuk hari ini · Sistem sedang gangguan")
    expect(tile).to_contain_text("Sistem sedang gangguan.")
    refused = desk.client.post("/tickets", {"services": [desk.service]})
    assert (refused.status, refused.json["code"]) == (409, "closed")
    page.click(f"{row} >> text=Ubah buka atau tutup")
    page.click("#hours .primary")
    expect(page.locator(f"{row} .row-said")).to_have_text("")
    expect(tile).not_to_contain_text("Sistem sedang gangguan.")
    desk.queue(1)


def test_a_message_is_shown_until_it_is_read(screens: Screens, new_desk: NewDesk) -> None:
    desk, other = new_desk(), new_desk()
    desk.do("open")
    terminal, page = screens.counter(desk.officer), overview(screens)
    terminal.wait_for_selector(LIVE, state="attached")
    for words, urgent in (("Rapat pukul 15.00 di ruang depan", False), ("Kosongkan lantai dua " * 14, True)):
        page.click(".panel >> text=Kirim pesan")
        page.fill("#message-text", words)
        page.click("#message >> text=Pilih loket")
        for each in (desk, other):
            page.check(f"#to-{each.id}")
        if urgent:
            page.check("#message-urgent")
        photo(page, "message")
        page.click("#message .primary")
        expect(page.locator("#message")).to_be_hidden()
    shown = terminal.locator(".memo")
    expect(shown).to_contain_text("Kosongkan lantai dua")
    expect(terminal.locator(".told-from")).to_contain_text(f"Penting · dari {SUPERVISOR}")
    expect(terminal.locator(".told-from")).to_contain_text("1 pesan lagi")
    photo(terminal, "strip-urgent")
    audit(terminal)
    terminal.keyboard.press("o")
    expect(shown).to_contain_text("Rapat pukul 15.00")
    photo(terminal, "strip")
    terminal.reload()
    expect(shown).to_contain_text("Rapat pukul 15.00")
    terminal.wait_for_selector(LIVE, state="attached")
    terminal.keyboard.press("o")
    expect(shown).to_be_hidden()
    sent = page.locator(".sent", has_text="Rapat pukul 15.00")
    expect(sent).to_contain_text(f"Dibaca 1 dari 2 loket · belum: {other.id}")


def test_an_alert_is_seen_acknowledged_and_gone(screens: Screens, mal: Mal) -> None:
    worker = mal.client("printer")
    worker.do("/printers/printer-1/status", {"state": "ready"})
    page = overview(screens)
    expect(page.locator(".sound")).to_have_text("Suara mati")
    page.click(".sound")
    page.evaluate("""() => { window.tones = [];
      document.addEventListener("antrean:alert", (event) => tones.push(event.detail.sounded)); }""")
    worker.do("/printers/printer-1/status", {"state": "paper_out"})
    alert = page.locator(".alert[data-subject=printer-1]")
    expect(alert).to_contain_text("kertas habis")
    assert page.evaluate("tones") == [True]
    photo(page, "alert")
    audit(page)
    alert.get_by_role("button").click()
    expect(alert).to_contain_text(f"dilihat {SUPERVISOR}")
    expect(alert.get_by_role("button")).to_be_hidden()
    page.reload()
    expect(page.locator(".sound")).to_have_text("Suara hidup")
    expect(alert).to_contain_text(f"dilihat {SUPERVISOR}")
    worker.do("/printers/printer-1/status", {"state": "ready"})
    expect(alert).to_have_count(0)


def test_an_officer_is_sent_to_the_counter(screens: Screens, desk: Desk) -> None:
    page = screens.open("/supervisor/", DESK)
    page.fill("#login-username", desk.officer)
    page.fill("#login-password", PASSWORD)
    page.click(".login-enter")
    expect(page.locator("main h1")).to_have_text("Halaman untuk pengawas dan admin")
    audit(page)


@pytest.mark.parametrize("size", [DESK, TABLET, (1920, 1080)], ids=str)
def test_every_part_can_be_named_read_and_hit(screens: Screens, desk: Desk, size: tuple[int, int]) -> None:
    desk.queue(2)
    desk.do("open")
    page = overview(screens, size, has_touch=size == TABLET)
    audit(page)
    row = opened(page, desk.hall, desk.service)
    audit(page)
    photo(page, f"overview-{size[0]}")
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= size[0], "nothing sticks out"
    for press, dialog in (
        (f"{row} >> text=Lihat antrean", "queue"), (f"{row} >> text=Tutup layanan", "hours"),
        (f"[data-counter='{desk.id}']", "drawer"), (".panel >> text=Kirim pesan", "message"),
    ):  # fmt: skip
        page.click(press)
        page.wait_for_selector(f"#{dialog}[open]")
        if dialog in ("queue", "drawer"):
            page.wait_for_selector(f"#{dialog} .ticket")
        audit(page)
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{dialog}[open]", state="detached")
    page.click(".language")
    expect(page.locator(".nav-link[aria-current]")).to_have_text("Oversight")
    audit(page)


def test_logging_out_in_one_tab_shows_the_login_in_the_other(screens: Screens, desk: Desk) -> None:
    screens.forgive("401")
    page = overview(screens)
    tab = page.context.new_page()
    tab.goto(page.url)
    tab.wait_for_selector(LIVE, state="attached")
    page.click("text=Keluar")
    for each in (page, tab):
        expect(each.locator(".login-enter")).to_be_visible()


def test_an_officer_who_has_another_password_is_asked_to_log_in(screens: Screens, desk: Desk) -> None:
    screens.forgive("40[13]")
    desk.do("open")
    terminal = screens.counter(desk.officer)
    terminal.wait_for_selector(".work")
    terminal.wait_for_selector(LIVE, state="attached")
    person = {"name": desk.officer, "role": "officer", "password": PASSWORD, "replace": True}
    desk.hall.local().do("/users", person)
    expect(terminal.locator(".login-enter")).to_be_visible()


def test_the_page_survives_a_restart_and_says_how_old_it_is(browser: Browser, tmp_path: Path) -> None:
    whole = document()
    whole["hall"]["name"] = LONG_NAME
    hall = Mal(tmp_path, whole)
    hall.start()
    hall.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    screens = Screens(browser, hall)
    screens.forgive(CUT_OFF)
    try:
        desk = Desk(hall, "19", "petugas-19")
        page = overview(screens)
        row = opened(page, hall, desk.service)
        waiting = page.locator(f"{row} [data-figure=waiting] .cell-value")
        expect(waiting).to_have_text("0")
        hall.stop()
        expect(page.locator(".offline")).to_contain_text("perintah belum bisa dikirim", timeout=AWAY_MS)
        page.click("[data-counter='19']")
        page.click("#drawer [data-verb=open]")
        expect(page.locator("#drawer .line")).to_have_text("Belum terhubung: perintah tidak dikirim.")
        page.keyboard.press("Escape")
        photo(page, "offline")
        audit(page)
        hall.start()
        hall.ticket(desk.service)
        page.wait_for_selector(LIVE, state="attached", timeout=AWAY_MS)
        expect(waiting).to_have_text("1")
        expect(page.locator(".offline")).to_be_hidden()
        assert page.url == address(hall.url, "/supervisor/")
    finally:
        hall.stop()
    screens.close()
