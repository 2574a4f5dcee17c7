"""Visitors say what they thought of the service, on their phone, at the counter, at a kiosk; supervisors read it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import HOST, address
from tests.browser.conftest import NewDesk
from tests.browser.mal import PASSWORD, Desk, Mal
from tests.browser.screens import DESK, LIVE, UPRIGHT, Screens
from tests.browser.test_every_page import KIOSK_PX, audit
from tests.harness import wait_until

TABLET = (1280, 800)


def serve(mal: Mal, desk: Desk) -> dict[str, Any]:
    """A visit whose ticket has just been served at a desk."""
    visit = mal.visit(desk.service)
    for verb in ("call-next", "start", "finish"):
        desk.do(verb)
    return visit


def at(page: Page, phase: str) -> None:
    """The page has come to a phase, and presses count."""
    page.wait_for_selector(f"main[data-phase={phase}]:not([data-settling])")


def answer_all(page: Page, value: int) -> None:
    """The same answer to all nine questions."""
    for n in range(1, 10):
        at(page, "asking")
        expect(page.locator(".step")).to_contain_text(f" {n} ")
        page.tap(f"[data-value='{value}']")
    at(page, "more")


def survey_of(mal: Mal, visit: dict[str, Any]) -> str:
    """Where the survey of a visit's first ticket stands."""
    return str(mal.client(None).get(f"/visits/{visit['visit']['code']}/survey")["tickets"][0]["survey"])


@pytest.fixture
def tablet(screens: Screens, desk: Desk, mal: Mal) -> Page:
    """The tablet at an open counter, at rest."""
    desk.do("open")
    page = screens.open(f"/enrol?token={mal.token('survey', desk.id)}", TABLET, has_touch=True)
    page.wait_for_selector(LIVE, state="attached")
    at(page, "rest")
    return page


def test_a_phone_answers_after_serving_ended(screens: Screens, mal: Mal, desk: Desk) -> None:
    desk.do("open")
    visit = mal.visit(desk.service)
    phone = screens.phone(f"/t/{visit['visit']['code']}")
    for verb in ("call-next", "start", "finish"):
        expect(phone.locator(".rate")).to_have_count(0)
        desk.do(verb)
    phone.tap(".rate")
    at(phone, "intro")
    audit(phone)
    assert visit["tickets"][0]["number"] in phone.inner_text("main")
    phone.tap(".begin")
    at(phone, "asking")
    audit(phone)
    answer_all(phone, 3)
    phone.fill("#comment", "Petugasnya ramah.")
    phone.select_option("#about-age", "60_over")
    audit(phone)
    phone.tap(".send")
    at(phone, "done")
    audit(phone)
    phone.tap("a.button")
    expect(phone.locator(".rated")).to_have_text("Terima kasih atas penilaian Anda.")
    assert survey_of(mal, visit) == "answered"


def test_one_can_go_back_change_an_answer_leave_one_out_and_use_the_keyboard(
    screens: Screens, mal: Mal, desk: Desk
) -> None:
    desk.do("open")
    visit = serve(mal, desk)
    page = screens.open(f"/t/{visit['visit']['code']}/survey", DESK)
    at(page, "intro")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for n in range(1, 10):
        at(page, "asking")
        expect(page.locator(".step")).to_have_text(f"Pertanyaan {n} dari 9")
        page.keyboard.press("2")
        if n == 1:
            at(page, "asking")
            page.keyboard.press("ArrowLeft")
            at(page, "asking")
            expect(page.locator("[data-value='2']")).to_have_attribute("aria-pressed", "true")
            page.click(".skip")
    at(page, "more")
    page.click(".back")
    at(page, "asking")
    page.keyboard.press("4")
    at(page, "more")
    with page.expect_request("**/survey") as sent:
        page.click(".send")
    body: Any = sent.value.post_data_json
    answers = body["answers"]
    assert (answers["u1"], answers["u2"], answers["u9"]) == (None, 2, 4)
    at(page, "done")


def test_who_leaves_everything_out_is_asked_for_one_answer(screens: Screens, mal: Mal, desk: Desk) -> None:
    desk.do("open")
    visit = serve(mal, desk)
    page = screens.open(f"/t/{visit['visit']['code']}/survey", DESK)
    at(page, "intro")
    page.click(".begin")
    for n in range(1, 10):
        at(page, "asking")
        expect(page.locator(".step")).to_have_text(f"Pertanyaan {n} dari 9")
        page.click(".skip")
    at(page, "more")
    page.click(".send")
    at(page, "asking")
    expect(page.locator(".problem")).to_have_text("Jawablah paling sedikit satu pertanyaan.")
    assert survey_of(mal, visit) == "open"


def lose_the_answer(route: Route) -> None:
    """The server gets the request, and the page never its answer."""
    route.fetch(url=route.request.url.replace(HOST, "127.0.0.1"))
    route.abort()


def test_answers_survive_a_cut_and_count_once(screens: Screens, mal: Mal, desk: Desk) -> None:
    screens.forgive("net::ERR_FAILED|Failed to load resource")
    desk.do("open")
    visit = serve(mal, desk)
    page = screens.open(f"/t/{visit['visit']['code']}/survey", DESK, has_touch=True)
    at(page, "intro")
    page.tap(".begin")
    answer_all(page, 4)
    page.fill("#comment", "Bagus")
    here = f"**/api/v1/visits/{visit['visit']['code']}/survey"
    # It arrives, and its answer is lost on the way back: twice, as deliver() tries once more by itself.
    page.route(here, lose_the_answer)
    page.tap(".send")
    expect(page.locator(".problem")).to_contain_text("sambungan terputus")
    assert page.input_value("#comment") == "Bagus"
    page.unroute(here)
    at(page, "more")
    page.tap(".send")
    at(page, "done")
    assert survey_of(mal, visit) == "answered"


def test_the_tablet_asks_whoever_was_just_served_and_rests_again(tablet: Page, mal: Mal, desk: Desk) -> None:
    audit(tablet, KIOSK_PX)
    visit = serve(mal, desk)
    at(tablet, "intro")
    assert visit["tickets"][0]["number"] in tablet.inner_text("main")
    audit(tablet, KIOSK_PX)
    tablet.tap(".begin")
    at(tablet, "asking")
    audit(tablet, KIOSK_PX)
    answer_all(tablet, 4)
    audit(tablet, KIOSK_PX)
    tablet.tap(".send")
    at(tablet, "done")
    assert survey_of(mal, visit) == "answered"
    at(tablet, "rest")  # by itself, after thanks
    second = serve(mal, desk)
    at(tablet, "intro")
    assert second["tickets"][0]["number"] in tablet.inner_text("main")


def test_the_tablet_leaves_in_peace_who_does_not_want_to(tablet: Page, mal: Mal, desk: Desk) -> None:
    serve(mal, desk)
    at(tablet, "intro")
    tablet.tap(".leave")
    at(tablet, "rest")
    tablet.reload()  # somebody starts it again: it may ask once more, for the rest of the minute
    tablet.wait_for_selector(LIVE, state="attached")


def test_the_tablet_takes_its_question_back_with_an_undo(tablet: Page, mal: Mal, desk: Desk) -> None:
    serve(mal, desk)
    at(tablet, "intro")
    desk.do("undo")
    at(tablet, "rest")
    desk.do("finish")
    at(tablet, "intro")


def test_a_visitor_in_the_middle_is_not_disturbed_by_the_next(tablet: Page, mal: Mal, desk: Desk) -> None:
    first = serve(mal, desk)
    at(tablet, "intro")
    tablet.tap(".begin")
    at(tablet, "asking")
    tablet.tap("[data-value='4']")
    at(tablet, "asking")
    serve(mal, desk)
    for n in range(2, 10):
        at(tablet, "asking")
        expect(tablet.locator(".step")).to_have_text(f"Pertanyaan {n} dari 9")
        tablet.tap("[data-value='4']")
    at(tablet, "more")
    tablet.tap(".send")
    at(tablet, "done")
    assert survey_of(mal, first) == "answered"


def test_who_walks_away_in_the_middle_leaves_the_tablet_to_the_next(screens: Screens, mal: Mal, desk: Desk) -> None:
    desk.do("open")
    token = mal.token("survey", desk.id)
    tablet = screens.open(f"/enrol?token={token}", TABLET, has_touch=True, clock=True)
    tablet.wait_for_selector(LIVE, state="attached")
    serve(mal, desk)
    tablet.wait_for_selector("main[data-phase=intro]")
    tablet.clock.run_for(1_000)
    tablet.tap(".begin")
    tablet.wait_for_selector("main[data-phase=asking]")

    def rests_after_a_minute() -> bool:  # which begins anew where the line was lost meanwhile
        tablet.clock.run_for(61_000)
        return tablet.locator("main[data-phase=rest]").count() == 1

    wait_until(rests_after_a_minute, 60.0, "the tablet rests")


def test_a_second_try_is_refused_kindly(tablet: Page, screens: Screens, mal: Mal, desk: Desk) -> None:
    screens.forgive("409")
    visit = serve(mal, desk)
    at(tablet, "intro")
    tablet.tap(".begin")
    at(tablet, "asking")
    phone = screens.open(f"/t/{visit['visit']['code']}/survey", DESK, has_touch=True)
    at(phone, "intro")
    phone.tap(".begin")
    answer_all(phone, 4)
    phone.tap(".send")
    at(phone, "done")
    answer_all(tablet, 1)
    tablet.tap(".send")
    at(tablet, "message")
    expect(tablet.locator("h1")).to_have_text("Sudah dinilai")
    audit(tablet, KIOSK_PX)
    phone.reload()
    at(phone, "message")
    expect(phone.locator("h1")).to_have_text("Sudah dinilai")


def test_a_tablet_that_is_not_enrolled_says_so(screens: Screens, desk: Desk) -> None:
    screens.forgive("401")
    page = screens.open(f"/survey/counter/{desk.id}", TABLET)
    expect(page.locator(".offline")).to_have_text("Layar ini belum didaftarkan. Bukalah tautan pendaftarannya.")
    audit(page, KIOSK_PX)


def test_a_kiosk_reads_the_slips_code_and_lets_a_visitor_choose(
    screens: Screens, mal: Mal, new_desk: NewDesk
) -> None:
    screens.forgive("404")
    first, second = new_desk(), new_desk()
    visit = mal.visit(first.service, second.service)
    for desk in (first, second):
        desk.do("open")
        ticket = next(each for each in visit["tickets"] if each["service"] == desk.service)
        desk.do("call", ticket=ticket["id"])
        desk.do("start")
        desk.do("finish")
    kiosk = screens.open("/survey/kiosk/kiosk-1", UPRIGHT, has_touch=True)
    at(kiosk, "scan")
    audit(kiosk, KIOSK_PX)
    for wrong in ("bukan kode", "A" * 16):
        kiosk.keyboard.type(wrong)
        kiosk.keyboard.press("Enter")
        expect(kiosk.locator(".problem")).to_contain_text("Kode itu tidak dikenal")
        at(kiosk, "scan")
    kiosk.keyboard.type(address(mal.url, f"/t/{visit['visit']['code']}"))  # as a scanner does
    kiosk.keyboard.press("Enter")
    at(kiosk, "which")
    audit(kiosk, KIOSK_PX)
    kiosk.locator(".answer").nth(1).tap()
    at(kiosk, "intro")
    kiosk.tap(".begin")
    answer_all(kiosk, 3)
    kiosk.tap(".send")
    at(kiosk, "done")
    answered = mal.client(None).get(f"/visits/{visit['visit']['code']}/survey")["tickets"]
    assert [each["survey"] for each in answered] == ["open", "answered"]
    at(kiosk, "scan")


def test_a_visitor_reads_english(screens: Screens, mal: Mal, desk: Desk) -> None:
    desk.do("open")
    issued = mal.client("kiosk", "kiosk-1").do("/tickets", {"services": [desk.service], "language": "en"})
    for verb in ("call-next", "start", "finish"):
        desk.do(verb)
    page = screens.open(f"/t/{issued['visit']['code']}/survey", DESK)
    at(page, "intro")
    expect(page.locator("h1")).to_have_text("How was our service?")
    page.click(".speak")
    expect(page.locator("h1")).to_have_text("Bagaimana pelayanan kami?")


@pytest.mark.parametrize("code", ["AAAAAAAAAAAAAAAA", "x"])
def test_a_code_that_nobody_has(screens: Screens, code: str) -> None:
    screens.forgive("404")
    page = screens.open(f"/t/{code}/survey", DESK)
    at(page, "message")
    expect(page.locator("h1")).to_have_text("Kode tidak dikenal")


# The report


def supervisor(screens: Screens, mal: Mal) -> Page:
    mal.local().post("/users", {"name": "pengawas-skm", "role": "supervisor", "password": PASSWORD})
    page = screens.open("/reports/satisfaction", DESK)
    page.fill("#login-username", "pengawas-skm")
    page.fill("#login-password", PASSWORD)
    page.keyboard.press("Enter")
    return page


def test_a_supervisor_reads_the_index_and_moderates_what_was_said(screens: Screens, mal: Mal, desk: Desk) -> None:
    desk.do("open")
    visit = serve(mal, desk)
    ticket = visit["tickets"][0]
    answers = {f"u{n}": 3 for n in range(1, 10)} | {"u3": 1}
    body = {"ticket": ticket["id"], "answers": answers, "comment": "<b>Terlalu lama</b>"}
    mal.client(None).do(f"/visits/{visit['visit']['code']}/survey", body)
    page = supervisor(screens, mal)
    page.wait_for_selector(".summary .number")
    audit(page)
    page.select_option("#choice-agency", ticket["agency"])
    page.wait_for_selector(f".comment[data-ticket='{ticket['id']}']")
    assert f"agency={ticket['agency']}" in page.url
    audit(page)
    day = ticket["issued_at"][:10]
    report = mal.client().get(
        f"/reports/satisfaction?from={day[:8]}01&to={day}&by=service&agency={ticket['agency']}"
    )
    expect(page.locator(".summary .number")).to_have_text(f"{report['total']['index']:.2f}".replace(".", ","))
    expect(page.locator(".summary .class strong")).to_have_text(report["total"]["class"])
    expect(page.locator(".bar-row")).to_have_count(9)
    said = page.locator(f".comment[data-ticket='{ticket['id']}']")
    expect(said.locator(".said-text")).to_have_text("<b>Terlalu lama</b>")  # as it was written, and no markup
    said.get_by_role("button", name="Tampilkan").click()
    expect(said).to_have_attribute("data-state", "shown")
    said.get_by_role("button", name="Hapus").click()
    said.get_by_role("button", name="Tidak jadi").click()
    said.get_by_role("button", name="Hapus").click()
    said.get_by_role("button", name="Ya, hapus").click()
    expect(said).to_have_count(0)


def test_the_report_is_saved_as_a_file_and_keeps_its_choice_in_the_address(screens: Screens, mal: Mal) -> None:
    page = supervisor(screens, mal)
    page.wait_for_selector(".summary")
    page.get_by_role("button", name="Tahun lalu").click()
    expect(page.locator(".summary .class")).to_contain_text("Belum ada jawaban")
    audit(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert saved.value.suggested_filename.startswith("antrean-skm-") and saved.value.suggested_filename.endswith(".csv")
    chosen = page.input_value("#choice-from")
    page.reload()
    page.wait_for_selector(".summary")
    assert page.input_value("#choice-from") == chosen
    page.get_by_role("link", name="Laporan").click()  # and back to the other reports
    page.wait_for_url("**/reports/")


def test_days_the_wrong_way_round_are_told(screens: Screens, mal: Mal) -> None:
    screens.forgive("422")
    page = supervisor(screens, mal)
    page.wait_for_selector(".summary")
    page.fill("#choice-from", "2030-01-01")
    expect(page.locator("main > .offline")).to_contain_text("Tanggalnya belum benar")


def test_a_report_stays_in_another_language_and_goes_with_whoever_asked_for_it(screens: Screens, mal: Mal) -> None:
    page = supervisor(screens, mal)
    page.wait_for_selector(".summary")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/reports/satisfaction?" in request.url else None)
    page.click(".language")
    expect(page.locator("h1")).to_have_text("Public satisfaction (SKM)")
    page.wait_for_selector(".summary")
    assert asked == []
    page.get_by_role("button", name="Log out").click()
    page.fill("#login-username", "pengawas-skm")
    page.fill("#login-password", PASSWORD)
    with page.expect_response("**/api/v1/reports/satisfaction?*"):
        page.click(".login-enter")
    page.wait_for_selector(".summary")


def test_an_officer_is_told_that_reports_are_not_theirs(screens: Screens, desk: Desk) -> None:
    context = screens.context(DESK)
    name, _, value = screens.hall.login(desk.officer).partition("=")
    context.add_cookies([{"name": name, "value": value, "url": address(screens.hall.url)}])
    page = context.new_page()
    page.goto(address(screens.hall.url, "/reports/satisfaction"))
    expect(page.locator("h1")).to_have_text("Halaman untuk pengawas dan admin")
    audit(page)
