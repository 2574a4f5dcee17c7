"""What people see of printers: visitors at the kiosk, officers in their status line, supervisors on the admin page.

No printer is there: a program tells the server how they are, as a print worker would.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import address
from tests.browser.mal import PASSWORD, Desk, Mal, document
from tests.browser.screens import DESK, LIVE, PHONE, UPRIGHT, WIDE, Screens
from tests.browser.test_every_page import audit
from tests.browser.test_kiosk import CUT_TEXT, LEAVES_CARD, LEAVES_SCREEN, at, take
from tests.harness import Client

PAGE_SIZE = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
FIRST, SECOND = "printer-1", "printer-2"
SPOKEN_EVERY_S = 4.0
KIOSK, SUPERVISOR = "kiosk-1", "pengawas-printer"


class Printers:
    """The hall's two printers as their worker tells of them; a worker that says nothing for long is taken for dead."""

    def __init__(self, hall: Mal) -> None:
        self._worker = hall.client("printer")
        self._url, self._token = hall.url, hall.token("printer")
        self._told: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def are(self, first: str, second: str = "ready") -> None:
        """How they are from now on. The first cannot print for certain once it has said so twice."""
        with self._lock:
            for printer, state in ((SECOND, second), (FIRST, first), (FIRST, first)):
                self._tell(self._worker, printer, state)

    def end(self, state: str, **more: bool) -> None:
        """The first printer takes its next slip, and this is what became of it."""
        (job,) = self._worker.do("/print-jobs/claim", {"printers": [FIRST]})["jobs"]
        self._worker.do(f"/print-jobs/{job['id']}/report", {"state": state, "reason": "the line broke", **more})

    def _tell(self, worker: Client, printer: str, state: str) -> None:
        self._told[printer] = state
        reason = None if state == "ready" else f"it says {state}"
        worker.do(f"/printers/{printer}/status", {"state": state, "reason": reason})

    def _go_on(self) -> None:
        worker = Client(self._url, self._token)
        while not self._stop.wait(SPOKEN_EVERY_S):
            with self._lock:
                for printer, state in self._told.items():
                    self._tell(worker, printer, state)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mal]:
    """The shipped hall without a print worker; the second printer stands in for the first."""
    whole = document()
    whole["printers"][0]["fallback"] = SECOND
    running = Mal(tmp_path_factory.mktemp("printers"), whole)
    running.start()
    running.local().do("/users", {"name": SUPERVISOR, "role": "supervisor", "password": PASSWORD})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def worker(hall: Mal) -> Iterator[Printers]:
    telling = Printers(hall)
    yield telling
    telling.close()


@pytest.fixture
def printers(worker: Printers) -> Printers:
    """The printers, both of them ready."""
    worker.are("ready")
    return worker


@pytest.fixture
def seen(browser: Browser, hall: Mal) -> Iterator[Screens]:
    opened = Screens(browser, hall)
    yield opened
    opened.close()


def admin_page(seen: Screens, size: tuple[int, int] = DESK) -> Page:
    """The printers' page, where the supervisor has logged in by hand."""
    page = seen.open("/admin/printers", size)
    page.fill("#login-username", SUPERVISOR)
    page.fill("#login-password", PASSWORD)
    page.click(".login-enter")
    page.wait_for_selector(LIVE, state="attached")
    return page


def state_of(page: Page, printer: str = FIRST) -> str:
    return f".printer[data-printer={printer}] .state"


# --- visitors ---


def test_the_kiosk_says_calmly_that_no_slip_comes_out_and_falls_silent_when_it_does(
    seen: Screens, printers: Printers
) -> None:
    kiosk = seen.kiosk(KIOSK)
    line = kiosk.locator("#kiosk > .offline")
    expect(line).to_be_hidden()
    for state in ("paper_out", "cover_open", "offline", "error"):
        printers.are(state, "offline")
        expect(line).to_contain_text("Karcis sedang tidak bisa dicetak.")
        expect(line).to_contain_text("Nomor Anda tampil di layar; foto atau pindai kode QR.")
        expect(line).to_have_class("offline calm")
        printers.are("paper_low", "offline")  # which is nothing to a visitor
        expect(line).to_be_hidden()


def test_the_kiosk_says_at_which_printer_slips_come_out(seen: Screens, printers: Printers) -> None:
    kiosk = seen.kiosk(KIOSK)
    printers.are("paper_out")
    expect(kiosk.locator("#kiosk > .offline")).to_have_text("Karcis dicetak di Printer kiosk 2.")
    take(kiosk)
    expect(kiosk.locator(".slip")).to_have_text("Karcis dicetak di Printer kiosk 2. Ambil di sana.")
    printers.are("paper_out", "error")
    expect(kiosk.locator(".slip")).to_have_text("Karcis tidak bisa dicetak. Foto nomor ini, atau pindai kodenya.")


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_paper_that_runs_out_while_the_number_is_shown_makes_room_for_the_code(
    seen: Screens, printers: Printers, size: tuple[int, int]
) -> None:
    kiosk = seen.kiosk(KIOSK, size=size)
    take(kiosk)
    slip, code = kiosk.locator(".slip"), kiosk.locator(".scan img")
    expect(slip).to_have_text("Ambil karcis Anda di bawah layar")
    narrow = code.bounding_box()
    printers.are("paper_out", "offline")
    expect(slip).to_have_text("Karcis tidak bisa dicetak. Foto nomor ini, atau pindai kodenya.")
    large = code.bounding_box()
    assert narrow and large and large["width"] > 1.2 * narrow["width"]
    left_s = int("".join(filter(str.isdigit, kiosk.inner_text(".done"))))
    assert left_s > 20, "time to take out a telephone"
    for wrong in (LEAVES_SCREEN, LEAVES_CARD, CUT_TEXT):
        assert kiosk.evaluate(wrong) == []
    printers.are("ready", "offline")
    expect(slip).to_have_text("Ambil karcis Anda di bawah layar")
    expect(kiosk.locator(".ticket .offline")).to_be_hidden()
    kiosk.tap(".done")
    at(kiosk, "start")


# --- officers ---


def test_the_status_line_tells_troubled_printers_in_words(seen: Screens, printers: Printers, hall: Mal) -> None:
    desk = Desk(hall, "7", "petugas-printer")
    desk.do("open")
    page = seen.counter(desk.officer)
    line = page.locator(".status-printers")
    expect(line).to_have_text("2 printer siap")
    printers.are("paper_low")
    expect(line).to_have_text("Printer kiosk 1: kertas hampir habis")
    expect(page.locator(".status-printers .trouble")).to_be_empty()
    printers.are("paper_out", "offline")
    before = next(each["jobs_waiting"] for each in hall.client().get("/printers")["printers"] if each["id"] == FIRST)
    for _ in range(3 - before):
        hall.visit("ktp")
    told = next(each for each in hall.client().get("/printers")["printers"] if each["id"] == FIRST)
    since = told["since"][11:16].replace(":", ".")
    trouble = page.locator(".status-printers .trouble")
    expect(trouble).to_contain_text(f"Printer kiosk 1: kertas habis sejak {since}, 3 karcis menunggu")
    expect(trouble).to_contain_text("Printer kiosk 2: tidak terhubung sejak")
    assert page.evaluate(PAGE_SIZE) == list(DESK)
    assert trouble.evaluate("(each) => each.scrollWidth <= each.clientWidth"), "not cut off"
    expect(page.locator(".status")).to_be_in_viewport(ratio=1)
    printers.are("cover_open", "ready")
    expect(trouble).to_contain_text("Printer kiosk 1: penutup terbuka sejak")
    expect(trouble).to_contain_text("karcis keluar di Printer kiosk 2")
    desk.clear()


# --- supervisors and technicians ---


def test_the_admin_page_tells_each_state_and_what_to_do_as_it_happens(seen: Screens, printers: Printers) -> None:
    page = admin_page(seen)
    expect(page.locator(".summary")).to_have_text("Semua printer siap.")
    for state, words, advice in (
        ("paper_low", "Kertas hampir habis", "Siapkan gulungan"),
        ("paper_out", "Kertas habis", "Isi kertas, tutup penutupnya. Karcis akan lanjut sendiri."),
        ("cover_open", "Penutup terbuka", "Tutup penutup"),
        ("offline", "Tidak terhubung", "Periksa daya dan kabel"),
        ("error", "Bermasalah", "keluarkan kertas yang tersangkut"),
    ):
        printers.are(state)
        expect(page.locator(state_of(page))).to_have_text(words)
        expect(page.locator(f".printer[data-printer={FIRST}] .next")).to_contain_text(advice)
    broken, helping = (page.locator(f".printer[data-printer={id}]") for id in (FIRST, SECOND))
    expect(broken).to_contain_text("Kiosk 1 · Pintu utama")
    expect(broken.locator(".facts")).to_contain_text("it says error")
    expect(broken.locator(".facts")).to_contain_text("Printer kiosk 2, sedang menggantikan")
    expect(helping.locator(".facts")).to_contain_text("Printer kiosk 1")
    expect(page.locator(".summary")).to_have_text("1 dari 2 printer tidak bisa mencetak.")
    audit(page)
    printers.are("ready")
    expect(page.locator(state_of(page))).to_have_text("Siap")
    page.click(".language")
    expect(page.locator(state_of(page))).to_have_text("Ready")


def test_a_test_slip_is_one_press_and_no_doubt_of_anybodys(seen: Screens, printers: Printers, hall: Mal) -> None:
    while hall.client().get("/printers")["printers"][0]["jobs_waiting"]:
        printers.end("printed")
    page = admin_page(seen)
    test = page.locator(f".printer[data-printer={FIRST}] .test")
    expect(test).to_have_text("Cetak percobaan")
    test.dblclick()
    expect(test).to_have_text("Karcis percobaan dikirim")
    assert hall.client().get("/printers")["printers"][0]["jobs_waiting"] == 1
    printers.end("failed", retry=False)
    expect(page.locator(".troubled .number:text-is('TES')")).to_have_count(0)


def test_a_slip_in_doubt_is_printed_again_once(seen: Screens, printers: Printers, hall: Mal) -> None:
    while hall.client().get("/printers")["printers"][0]["jobs_waiting"]:
        printers.end("printed")
    page = admin_page(seen)
    number = hall.visit("kia")["tickets"][0]["number"]
    printers.end("unknown")  # a copy follows by itself
    printers.end("failed", retry=False)
    row = page.locator(f".jobs li:has(.number:text-is('{number}'))")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Tidak tercetak")
    expect(row).to_contain_text("the line broke")
    before = hall.head()
    row.locator(".again").dblclick()
    expect(row.locator(".again")).to_have_text("SALINAN sedang dicetak")
    assert len(hall.events(before, "slip.reprinted")) == 1
    printers.end("printed")
    expect(row).to_have_count(0)
    expect(page.locator(".troubled .nothing")).to_have_text("Tidak ada karcis yang gagal dicetak.")


def test_the_admin_page_on_a_phone_with_the_slip_on_both_papers(seen: Screens, printers: Printers, hall: Mal) -> None:
    printers.are("paper_out", "offline")
    hall.visit("kia", "ikd")
    printers.are("ready", "offline")
    while hall.client().get("/printers")["printers"][0]["jobs_waiting"]:
        printers.end("failed", retry=False)
    printers.are("paper_out", "offline")
    page = admin_page(seen, PHONE)
    expect(page.locator(".jobs li").first).to_be_visible()
    expect(page.locator(".paper[data-state=there]")).to_have_count(2)
    wide, narrow = page.eval_on_selector_all(".paper img", "(all) => all.map((each) => each.naturalWidth)")
    assert wide > narrow > 300
    assert page.evaluate(PAGE_SIZE)[0] == PHONE[0], "nothing sticks out"
    audit(page)


def test_a_page_without_a_connection_says_so_and_keeps_what_it_knew(seen: Screens, printers: Printers) -> None:
    seen.forgive("net::ERR_|WebSocket connection to")
    printers.are("paper_out")
    page = admin_page(seen)
    page.context.set_offline(True)
    expect(page.locator(".sheet > .offline")).to_contain_text("Belum terhubung; kami sedang mencoba lagi.")
    expect(page.locator(state_of(page))).to_have_text("Kertas habis")
    page.context.set_offline(False)
    expect(page.locator(".connection")).to_have_text("Terhubung")
    expect(page.locator(".sheet > .offline")).to_be_hidden()


def test_an_officer_is_told_whose_page_it_is(seen: Screens, hall: Mal) -> None:
    page = seen.counter("petugas-lain")
    page.goto(address(hall.url, "/admin/printers"))
    expect(page.locator("h1")).to_have_text("Halaman untuk pengawas dan admin")
    assert page.locator(".printer").count() == 0
    audit(page)
    page.click(".bar .button:has-text('Keluar')")
    expect(page.locator("#login-username")).to_be_visible()
