"""What is said to everybody: running text, the emergency message, media; and screens that become boards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import address
from tests.browser.board_hall import ARABIC, board_document, picture, video
from tests.browser.mal import PASSWORD, Mal
from tests.browser.screens import DESK, LIVE, PHONE, UPRIGHT, WIDE, Screens
from tests.browser.test_board_layouts import OUTPUT, keep
from tests.browser.test_every_page import audit
from tests.harness import wait_until

SHORT = {"id": "Siapkan KTP asli.", "en": "Have your ID card ready."}
LONG = {"id": "Pelayanan hari Jumat berhenti pukul 11.30 dan mulai lagi pukul 13.00. " * 6, "en": "Friday break. " * 9}
EVACUATE = {
    "id": "Harap tenang. Keluar lewat pintu timur, ikuti petugas.",
    "en": "Please stay calm. Leave by the east door and follow the staff.",
}
MOVED = "() => new DOMMatrix(getComputedStyle(document.querySelector('#running .belt')).transform).m41"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The hall of all layouts, with three pictures, one of them broken, and a film."""
    running = Mal(tmp_path_factory.mktemp("said"), board_document(), {
        "ANTREAN_LIMITS_ENROLMENTS_PER_MINUTE": "0", "ANTREAN_BOARDS_PICTURE_SECONDS": "2",
    })  # fmt: skip
    media = running.data / "media"
    picture(media / "1 لوحة.png", "#7a3b69", "satu")
    (media / "2 rusak.jpg").write_bytes(b"this is no picture")
    picture(media / "3 tiga & empat?.webp", "#2c5f2d", "tiga")
    video(media / "4 film.webm")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def screens(browser: Browser, hall: Mal) -> Iterator[Screens]:
    """Screens of that hall; nothing is said on its boards when they open."""
    for message in hall.client().get("/board-messages")["messages"]:
        hall.client().do(f"/board-messages/{message['id']}/delete")
    opened = Screens(browser, hall)
    yield opened
    opened.close()
    hall.client().do("/emergency/clear")


def say(hall: Mal, text: dict[str, str], **more: Any) -> int:
    words = {language: wording.strip() for language, wording in text.items()}
    return int(hall.client().do("/board-messages", {"text": words, **more})["message"]["id"])


def admin_page(screens: Screens, hall: Mal, size: tuple[int, int] = DESK) -> Page:
    hall.local().post("/users", {"name": "admin-papan", "role": "admin", "password": PASSWORD})
    page = screens.open("/admin/boards", size)
    page.fill("#login-username", "admin-papan")
    page.fill("#login-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".boards:not(.waiting)")
    return page


# Running text


def test_a_short_message_stands_still_and_a_long_one_moves(screens: Screens, hall: Mal) -> None:
    board = screens.board("usual-calls")
    running = board.locator("#running")
    expect(running).to_be_hidden()
    id = say(hall, SHORT)
    expect(running).to_have_attribute("data-motion", "still")
    expect(running).to_contain_text("Siapkan KTP asli.")
    assert board.evaluate(MOVED) == 0
    hall.client().do(f"/board-messages/{id}", {"text": {key: words.strip() for key, words in LONG.items()}})
    expect(running).to_have_attribute("data-motion", "moving")
    expect(board.locator("#running .loop")).to_have_count(2)
    before = board.evaluate(MOVED)
    wait_until(lambda: board.evaluate(MOVED) < before - 20, what="the text to move")
    high = board.evaluate("document.getElementById('stage').getBoundingClientRect().height")
    say(hall, SHORT)
    expect(running).to_contain_text("Siapkan KTP asli.")
    assert board.evaluate("document.getElementById('stage').getBoundingClientRect().height") == high, "nothing jumps"
    hall.client().do(f"/board-messages/{id}", {"paused": True})
    expect(running).to_have_attribute("data-motion", "still")


def test_who_asks_for_less_motion_reads_page_by_page(screens: Screens, hall: Mal) -> None:
    say(hall, LONG)
    board = screens.board("usual-calls", reduced_motion="reduce", clock=True)
    running = board.locator("#running")
    expect(running).to_have_attribute("data-motion", "pages")
    words = LONG["id"].split()
    pages = []
    for _ in range(20):
        pages.append(running.inner_text())
        assert board.evaluate("() => document.querySelector('#running .belt').scrollWidth <= innerWidth")
        board.clock.run_for(9_000)
        if running.locator(".second").count():
            break
    assert " ".join(pages).split() == words, "every word, once, in order"


def test_messages_of_all_lengths_and_scripts_leave_the_board_in_order(screens: Screens, hall: Mal) -> None:
    for words in ({"id": ARABIC, "en": "Arabic"}, {"id": "x" * 500, "en": "y" * 500}, LONG, SHORT):
        say(hall, words)
    for size in (WIDE, UPRIGHT):
        board = screens.board("usual-counter", size)
        expect(board.locator("#running")).to_have_attribute("data-motion", "moving")
        assert board.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        audit(board)


# The emergency


@pytest.mark.parametrize("size", [WIDE, UPRIGHT, DESK])
def test_the_emergency_covers_every_board_and_goes_away(screens: Screens, hall: Mal, size: tuple[int, int]) -> None:
    board = screens.board("usual-media", size)
    over = board.locator("#emergency")
    expect(over).to_be_hidden()
    hall.client().do("/emergency", {"text": EVACUATE})
    expect(over).to_contain_text(EVACUATE["id"])
    expect(over).to_contain_text(EVACUATE["en"])
    assert over.bounding_box() == {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    keep(board, f"emergency-{size[0]}x{size[1]}")
    audit(board)
    board.reload()
    expect(over).to_contain_text(EVACUATE["id"])
    hall.client().do("/emergency/clear")
    expect(over).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, UPRIGHT])
def test_the_longest_emergency_still_fits(screens: Screens, hall: Mal, size: tuple[int, int]) -> None:
    long = {"id": (EVACUATE["id"] + " ") * 9, "en": (EVACUATE["en"] + " ") * 7}
    hall.client().do("/emergency", {"text": {language: words.strip() for language, words in long.items()}})
    board = screens.board("usual-calls", size)
    expect(board.locator("#emergency")).to_be_visible()
    over = "document.getElementById('emergency')"
    assert board.evaluate(f"() => {over}.scrollHeight <= {over}.clientHeight")
    keep(board, f"emergency-long-{size[0]}x{size[1]}")


def test_an_emergency_of_one_zone_leaves_the_others_alone(screens: Screens, hall: Mal) -> None:
    here, there = screens.board("crowded-calls"), screens.board("usual-calls")
    hall.client().do("/emergency", {"text": EVACUATE, "zones": ["z"]})
    expect(here.locator("#emergency")).to_be_visible()
    expect(there.locator("#emergency")).to_be_hidden()


def test_a_kiosk_shows_the_emergency_of_its_zone_too(screens: Screens, hall: Mal) -> None:
    here, there = screens.kiosk("kiosk-1"), screens.kiosk("kiosk-2")  # in zones a and c
    hall.client().do("/emergency", {"text": EVACUATE, "zones": ["a"]})
    expect(here.locator("#emergency")).to_contain_text(EVACUATE["id"])
    expect(there.locator("#emergency")).to_be_hidden()
    hall.client().do("/emergency/clear")
    expect(here.locator("#emergency")).to_be_hidden()


# Pictures and films


def test_media_go_round_and_a_broken_file_is_told_once_and_passed_over(screens: Screens) -> None:
    screens.forgive("2%20rusak")
    board = screens.board("usual-media")
    board.evaluate("""() => {
      window.shown = [];
      const note = () => {
        const last = [...document.querySelectorAll("#media img, #media video")].at(-1)?.src;
        if (last && shown.at(-1) !== last) shown.push(last);
      };
      new MutationObserver(note).observe(document.getElementById("media"), { childList: true });
      note();
    }""")
    notice = board.locator("[data-notice=media]")
    expect(notice).to_contain_text("2 rusak.jpg")
    staff = [{"name": "2 rusak.jpg", "boards": ["usual-media"]}]
    wait_until(lambda: screens.hall.client().get("/boards")["media"]["broken"] == staff, what="staff are told")

    def round_done() -> list[str]:
        names = [decoded(src) for src in board.evaluate("shown")]
        return names if names.count("1 لوحة.png") >= 2 and "4 film.webm" in names else []

    names = wait_until(round_done, 40, "a whole round")
    first = names.index("3 tiga & empat?.webp")
    assert names[first : first + 3] == ["3 tiga & empat?.webp", "4 film.webm", "1 لوحة.png"]
    assert "2 rusak.jpg" not in names
    assert board.locator("#media img, #media video").count() <= 2, "what was shown is gone"


def decoded(src: str) -> str:
    return unquote(src.rpartition("/")[2].partition("?")[0])


def test_a_film_is_silent_while_a_call_is_spoken(screens: Screens) -> None:
    screens.forgive("2%20rusak")
    board = screens.board("usual-media")
    wait_until(lambda: board.locator("#media video").count(), 40, "the film")
    muted = "() => document.querySelector('#media video')?.muted ?? null"
    speak = "on => document.dispatchEvent(new CustomEvent('antrean:speaking', { detail: { on } }))"
    before = board.evaluate(muted)
    board.evaluate(speak, True)
    during = board.evaluate(muted)
    board.evaluate(speak, False)
    assert (before, during, board.evaluate(muted)) == (False, True, False)


# Screens that become boards


def test_a_television_becomes_a_board_by_itself(screens: Screens, hall: Mal) -> None:
    television = screens.open("/display/", WIDE)
    code = television.locator(".code")
    expect(code).to_have_text(re.compile("^[A-Z]{6}$"))
    keep(television, "enrolment")
    audit(television)
    page = admin_page(screens, hall)
    row = page.locator(".codes li", has_text=code.inner_text())
    expect(row).to_be_visible()
    audit(page)
    row.get_by_text("Terima").click()
    page.get_by_label("Nama", exact=True).fill("Papan pintu timur")
    page.get_by_label("Kode singkat papan").fill("pintu-timur")
    page.get_by_label("Zona A", exact=True).check()
    page.get_by_label("Jarak baca").select_option("large")
    audit(page)
    keep(page, "admin-accept")
    page.locator("dialog").get_by_text("Terima").click()
    television.wait_for_url("**/display/pintu-timur")
    television.wait_for_selector(LIVE, state="attached")
    expect(television.locator("#clock")).to_be_visible()
    assert television.evaluate("document.documentElement.dataset.text") == "large"
    expect(page.locator(".screens li", has_text="Papan pintu timur").locator(".lamp.good")).to_be_visible()
    television.goto(address(hall.url, "/display/"))  # switched off and on again
    television.wait_for_url("**/display/pintu-timur")


def test_a_browser_with_somebody_logged_in_shows_a_code_too(screens: Screens, hall: Mal) -> None:
    page = admin_page(screens, hall)
    page.goto(address(hall.url, "/display/"))
    expect(page.locator(".code")).to_have_text(re.compile("^[A-Z]{6}$"))


def test_a_refused_television_says_so(screens: Screens, hall: Mal) -> None:
    television = screens.open("/display/", UPRIGHT)
    code = television.locator(".code").inner_text()
    hall.client().do(f"/display-enrolments/{code}/refuse")
    expect(television.locator("#enrolment")).to_have_attribute("data-state", "refused")
    audit(television)


def test_the_code_outlives_a_restart_of_the_server(screens: Screens, hall: Mal) -> None:
    screens.forgive("ERR_CONNECTION|Failed to load resource")
    television = screens.open("/display/", WIDE)
    code = television.locator(".code").inner_text()
    hall.stop()
    expect(television.locator("#enrolment")).to_have_attribute("data-state", "lost")
    hall.start()
    expect(television.locator(".code")).to_have_text(code)
    hall.client().do(f"/display-enrolments/{code}/accept", {"display": "board-a"})
    television.wait_for_url("**/display/board-a")


# The page of those who say it


def test_a_supervisor_says_what_runs_and_shows_and_clears_the_emergency(screens: Screens, hall: Mal) -> None:
    screens.forgive("422.*api/v1/emergency")  # one without words is refused
    page = admin_page(screens, hall)
    board = screens.board("usual-calls")
    audit(page)
    page.get_by_text("Pesan baru").click()
    page.get_by_label("Bahasa Indonesia").fill("Musala di lantai dua.")
    page.get_by_text("Simpan").click()
    expect(board.locator("#running")).to_contain_text("Musala di lantai dua.")
    row = page.locator(".messages li")
    expect(row).to_contain_text("Tampil hari ini")
    row.get_by_text("Jeda").click()
    expect(board.locator("#running")).to_be_hidden()
    expect(row).to_contain_text("Dijeda")
    page.get_by_text("Tulis pesan darurat").click()
    page.get_by_text("Tampilkan sekarang di papan").click()
    expect(page.locator("dialog .wrong")).to_contain_text("text.id")
    page.get_by_label("Bahasa Indonesia").fill(EVACUATE["id"])
    page.get_by_text("Tampilkan sekarang di papan").click()
    expect(board.locator("#emergency")).to_contain_text(EVACUATE["id"])
    expect(page.locator(".emergency-card[data-shown]")).to_contain_text("admin-papan")
    audit(page)
    keep(page, "admin-boards")
    page.locator(".emergency-card").get_by_text("Hapus pesan darurat").click()
    page.locator("dialog .button.call").click()
    expect(board.locator("#emergency")).to_be_hidden()


def test_the_page_of_boards_fits_a_phone(screens: Screens, hall: Mal) -> None:
    page = admin_page(screens, hall, PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    audit(page)
    page.screenshot(path=OUTPUT / "admin-boards-phone.png", full_page=True)
