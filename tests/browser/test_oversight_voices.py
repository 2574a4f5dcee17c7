"""The supervisor's page and what the hall says aloud; and a counter's work profile, switched from the side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import SOUND_BLOCKED, launch
from tests.browser.conftest import NewDesk
from tests.browser.mal import PASSWORD, Desk, Mal
from tests.browser.screens import DESK, Screens
from tests.browser.test_every_page import audit
from tests.browser.test_supervisor import SUPERVISOR, TABLET, overview, photo
from tests.browser.test_switching import ruled, tool
from tests.harness import wait_until


@pytest.fixture(scope="module")
def mal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The shipped hall, its counters with profiles; it is always quiet in zone c."""
    found = ruled()
    next(zone for zone in found["zones"] if zone["id"] == "c")["voice"] = {"quiet_hours": ["00:00-24:00"]}
    hall = Mal(tmp_path_factory.mktemp("voices"), found)
    hall.start()
    hall.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    yield hall
    hall.stop()


def test_a_board_whose_sound_is_blocked_says_so_here_too(
    playwright: Playwright, screens: Screens, mal: Mal
) -> None:
    page = overview(screens)
    voice = page.locator("[data-voice=b]")
    expect(voice.locator("h3")).to_have_text("Zona B")
    expect(voice.locator(".voice-speaker")).to_have_text("Tidak terdengar: tidak ada papan yang bisa berbunyi.")
    expect(voice.locator("[data-board=board-b]")).to_contain_text("halaman papan tidak terbuka")
    blocked = launch(playwright, SOUND_BLOCKED)
    there = Screens(blocked, mal)
    board = there.board("board-b")
    expect(board.locator("[data-notice=sound]")).to_contain_text("Suara diblokir peramban")
    expect(voice.locator("[data-board=board-b]")).to_contain_text("suara diblokir peramban")
    expect(voice.locator(".voice-speaker.bad")).to_be_visible()
    top = page.locator(".alert[data-silent=board-b]")
    expect(top).to_have_text("Papan Zona B: suara diblokir peramban, sentuh layarnya")
    audit(page)
    photo(page, "voice-blocked")
    board.mouse.click(500, 500)
    expect(voice.locator(".voice-speaker")).to_have_text("Dibunyikan oleh Papan Zona B.")
    expect(voice.locator("[data-board=board-b]")).to_contain_text("suara menyala")
    expect(top).to_have_count(0)
    there.close()
    blocked.close()
    expect(voice.locator("[data-board=board-b]")).to_contain_text("halaman papan tidak terbuka")


def test_a_test_of_the_sound_is_heard_there_and_counted_here(screens: Screens, mal: Mal) -> None:
    page = overview(screens)
    board = screens.speaking_board("board-a", "a")
    voice = page.locator("[data-voice=a]")
    expect(voice.locator(".voice-speaker")).to_have_text("Dibunyikan oleh Papan Zona A.")
    before = mal.voice("a")["today"]["played"]
    voice.get_by_role("button").click()
    expect(page.locator(".sheet > .line")).to_have_text("Zona A: uji suara dikirim. Dengarkan di sana.")
    expect(board.locator("[data-notice=test]")).to_contain_text("Ini uji suara.")
    expect(voice.locator(".voice-figures")).to_contain_text(f"0 menunggu dibunyikan · hari ini {before + 1} dibunyikan")
    voice.scroll_into_view_if_needed()
    photo(page, "voices")


def test_calls_in_quiet_hours_are_counted_with_their_reason(
    screens: Screens, mal: Mal, new_desk: NewDesk
) -> None:
    page = overview(screens)
    voice = page.locator("[data-voice=c]")
    expect(voice.locator(".voice-speaker")).to_contain_text("Jam tenang: panggilan hanya tampil.")
    desk = new_desk("c")
    desk.queue(1)
    desk.do("open")
    desk.do("call-next")
    wait_until(lambda: mal.voice("c")["today"]["reasons"].get("quiet"), what="the call is shown only")
    expect(voice.locator(".voice-figures")).to_contain_text("1 di jam tenang")


@pytest.mark.parametrize("size", [DESK, TABLET], ids=str)
def test_a_profile_is_switched_from_the_side_and_told_at_the_terminal(
    screens: Screens, desk: Desk, size: tuple[int, int]
) -> None:
    desk.do("open")
    terminal, page = screens.counter(desk.officer), overview(screens, size)
    expect(tool(terminal, "P")).to_contain_text("Biasa")
    page.click(f"[data-counter='{desk.id}']")
    choices = page.locator("#drawer .profiles button")
    expect(choices).to_have_count(3)
    expect(choices.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(choices.nth(0)).to_contain_text("Biasa")
    choices.nth(1).click()
    expect(page.locator("#drawer .line")).to_have_text(f"Loket {desk.id}: sekarang profil Satu layanan.")
    expect(choices.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(tool(terminal, "P")).to_contain_text("Satu layanan")
    assert desk.snapshot()["counter"]["profile"] == "first"
    audit(page)
    photo(page, f"drawer-profile-{size[0]}")
    choices.nth(0).click()
    expect(tool(terminal, "P")).to_contain_text("Biasa")
    assert desk.snapshot()["counter"]["profile"] is None


def test_the_boards_page_and_this_one_lead_to_each_other(screens: Screens) -> None:
    page = overview(screens)
    page.click(".panel >> text=Teks & darurat")
    expect(page.locator("h1")).to_have_text("Papan")
    page.click(".nav >> text=Pengawasan")
    expect(page.locator(".nav-link[aria-current]")).to_have_text("Pengawasan")
    page.wait_for_selector(".voice")


def test_a_message_and_a_profile_have_room_at_the_terminal(screens: Screens, desk: Desk, mal: Mal) -> None:
    (number, *_) = desk.queue(3)
    desk.do("open")
    mal.client("supervisor").do(f"/counters/{desk.id}/profile", {"profile": "order", "expect": None})
    mal.client("supervisor").do("/messages", {"text": "Rapat pukul 15.00. " * 10, "counters": [desk.id]})
    terminal = screens.counter(desk.officer)
    expect(terminal.locator(".memo")).to_contain_text("Rapat pukul 15.00")
    expect(tool(terminal, "P")).to_contain_text("Berurutan")
    desk.do("call-next")
    expect(terminal.locator("[data-state=called] .current-number")).to_have_text(number)
    audit(terminal)
    photo(terminal, "strip-profile")
    high, wide = terminal.evaluate("[document.scrollingElement.scrollHeight, document.scrollingElement.scrollWidth]")
    assert (high, wide) <= (DESK[1], DESK[0]), "the officer's work is in sight as a whole"
