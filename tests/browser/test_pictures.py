"""The pictures of README.md and docs/, taken from a hall in the middle of its morning.

They are in tests/output/pictures/ after every run, those of docs/boards.md after `make soak`. With ANTREAN_PICTURES=1
small copies go to docs/pictures/.
"""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from printers.virtual import VirtualPrinter
from server.config import load, shipped
from server.domain.hall import WEEKDAYS
from server.policy import Policy
from server.simulation.loop import Loop
from server.simulation.opening import open_the_hall
from tests.browser.mal import PASSWORD, Mal, on_network
from tests.browser.screens import DESK, PHONE, UPRIGHT, WIDE, Screens
from tests.virtual_hall import VirtualHall

ROOT = Path(__file__).resolve().parent.parent.parent
OUTPUT, DOCS = ROOT / "tests/output/pictures", ROOT / "docs/pictures"
OFFICER = "petugas-07"
VISITORS_PER_HOUR = 90
LONG_SIDE, HEAVIEST = 900, 120_000


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory, paper: VirtualPrinter) -> Iterator[Mal]:
    """The shipped hall after two or three hours of simulated visitors, in a zone where it is ten o'clock now."""
    folder = tmp_path_factory.mktemp("morning")
    hall = Mal(folder, _document(paper.port))
    hall.data.mkdir()
    poster(hall.data / "media" / "1.png", "Semua layanan tanpa biaya", "All services are free of charge")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.virtual_hall.POLICY", Policy())
        # Looking around each second of three hours would be most of the work, and shows nobody anything new.
        patched.setattr("server.simulation.opening.LOOK_AROUND_S", 30.0)
        _live_until_now(hall)
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture
def screens(browser: Browser, morning: Mal) -> Iterator[Screens]:
    """Screens of that hall."""
    opened = Screens(browser, morning)
    yield opened
    opened.close()


def _document(printer_port: int) -> dict[str, Any]:
    """The shipped hall, open today whatever day it is, but for one agency."""
    found = tomllib.loads(shipped().read_text(encoding="utf-8"))
    now = datetime.now(UTC)
    offset = (10 - now.hour + 11) % 24 - 11
    found["hall"]["timezone"] = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
    found["hall"]["hours"] = {day: ["08:00-15:30"] for day in WEEKDAYS}
    found.pop("calendar", None)
    other_day = WEEKDAYS[(now + timedelta(hours=offset, days=2)).weekday()]
    for agency in found["agencies"]:
        if agency.pop("hours", None) and agency["id"] == "kemenag":
            agency["hours"] = {other_day: ["08:00-15:00"]}
    name = {"id": "Papan", "en": "Board"}
    found["displays"] += [
        {"id": f"board-{layout}", "layout": layout, "name": name, "zones": ["a"], "agency": "disdukcapil",
         "counter": "2"}
        for layout in ("media", "agency", "counter")
    ]  # fmt: skip
    found["printer"] = [{"id": id, **on_network(printer_port)} for id in ("printer-1", "printer-2")]
    return found


def _live_until_now(hall: Mal) -> None:
    """Visitors and officers from eight o'clock on, by the real commands, on a clock that runs ahead."""
    settings = load(hall.config, {})
    here = datetime.now(settings.hall.zone_info)
    life = VirtualHall(hall.data, settings.hall, here.date())
    loop = Loop(life.clock, life.answer)
    loop.start(open_the_hall(loop, life.cast, VISITORS_PER_HOUR, Random(41)))
    loop.run((here - here.replace(hour=8, minute=0, second=0, microsecond=0)).total_seconds())
    life.connection.close()


def poster(path: Path, words: str, english: str) -> None:
    """A picture such as a hall shows beside its calls."""
    path.parent.mkdir()
    found = Image.new("RGB", (1600, 1000), "#0a5a66")
    pen = ImageDraw.Draw(found)
    pen.rectangle((0, 860, 1600, 1000), fill="#f5a800")
    pen.text((110, 350), words, fill="white", font_size=104)
    pen.text((110, 510), english, fill="#cfe0e3", font_size=72)
    found.save(path)


def keep(name: str, picture: Image.Image) -> None:
    """Save a picture; a small copy of it, for the documents, is only made where that is wished."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    picture.save(OUTPUT / name)
    small = picture.convert("RGB")
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    copy = io.BytesIO()
    # The usual method takes the colours that fill most of a picture, and a red figure would come out black.
    quantised = small.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    quantised.save(copy, "PNG", optimize=True)
    assert len(copy.getvalue()) < HEAVIEST, f"{name} is {len(copy.getvalue())} bytes"
    if os.environ.get("ANTREAN_PICTURES") == "1":
        DOCS.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_bytes(copy.getvalue())


def take(page: Page, name: str, size: tuple[int, int]) -> None:
    """Photograph a page once nothing on it moves."""
    page.evaluate("document.fonts.ready.then(() => undefined)")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    assert picture.size == size
    keep(name, picture)


def test_kiosk_slip_and_phone(screens: Screens, paper: VirtualPrinter) -> None:
    before = len(paper.slips)
    kiosk = screens.kiosk()
    expect(kiosk.locator(".agency")).to_have_count(15)
    expect(kiosk.locator(".agency .wait:text('menit')").nth(2)).to_be_visible()
    take(kiosk, "kiosk.png", UPRIGHT)
    kiosk.tap("[data-agency=disdukcapil]")
    kiosk.tap("[data-service=ktp]")
    kiosk.wait_for_selector("[data-view=ticket]:not([data-settling])")
    kiosk.wait_for_function("() => document.querySelector('.scan img').complete")
    take(kiosk, "kiosk-ticket.png", UPRIGHT)
    slip = paper.wait_for_slips(before + 1, 20)[-1]
    keep("slip.png", slip.picture)
    address = next(text for text in slip.text.splitlines() if text.startswith("[QR "))
    phone = screens.phone("/t/" + address.rpartition("/")[2].rstrip("]"))
    assert phone.inner_text("main .number") in slip.text
    take(phone, "phone.png", PHONE)


def test_counter(screens: Screens, morning: Mal) -> None:
    page = screens.counter(OFFICER)
    admin = morning.client()
    counters = [admin.get(f"/counters/{counter['id']}") for counter in admin.get("/hall")["counters"]]
    served = [each for each in counters if each["current"] and each["current"]["state"] == "serving"]
    # A usual moment: somebody is being served, not for too long, and several wait for this and that.
    best = max(served, key=lambda each: (_within_target(each), sum(map(bool, each["waiting_by_service"].values())),
                                         each["waiting_count"]))  # fmt: skip
    page.click(f".choose-card:has(.choose-label:text-is('Loket {best['counter']['label']}'))")
    page.click("dialog[open] >> text='Ambil alih'")
    page.wait_for_selector("[data-state=serving]")
    expect(page.locator(".row")).not_to_have_count(0)
    page.mouse.move(0, 0)
    take(page, "counter.png", DESK)


def _within_target(counter: dict[str, Any]) -> bool:
    current = counter["current"]
    target_minutes: int = counter["services"][current["service"]]["target_service_minutes"]
    return bool(current["service_seconds"] < target_minutes * 60 - 30)


def test_supervisor(screens: Screens, morning: Mal) -> None:
    morning.local().do("/users", {"name": "pengawas", "role": "supervisor", "password": PASSWORD})
    page = screens.open("/supervisor/", DESK)
    page.fill("#login-username", "pengawas")
    page.fill("#login-password", PASSWORD)
    page.click(".login-enter")
    expect(page.locator(".agency")).to_have_count(15)
    page.evaluate("document.activeElement.blur()")
    take(page, "supervisor.png", DESK)


def test_board(screens: Screens, morning: Mal) -> None:
    board = screens.board("board-hall")
    admin = morning.client()
    free = (each for each in admin.get("/hall")["counters"] if each["state"] == "open")
    for counter in free:
        found = admin.get(f"/counters/{counter['id']}")
        if found["current"] is None and found["next"]:
            called = admin.do(f"/counters/{counter['id']}/call-next", {"expect": None})["ticket"]
            break
        if found["next"] and found["current"]["state"] == "serving" and counter["id"] not in ("1", "2"):
            admin.do(f"/counters/{counter['id']}/finish", {"expect": found["current"]["id"]})
            called = admin.do(f"/counters/{counter['id']}/call-next", {"expect": None})["ticket"]
            break
    # The voice comes to it in its turn: many were called in this busy morning. It stands in the rows at once.
    expect(board.locator(".number").get_by_text(called["number"], exact=True).first).to_be_visible()
    board.wait_for_selector("#hero .panel.current")
    assert board.locator("#rows li:not(.free)").count() >= 4
    take(board, "board.png", WIDE)


@pytest.mark.soak
@pytest.mark.parametrize(("suffix", "size"), [("", WIDE), ("-upright", UPRIGHT)])
def test_boards(screens: Screens, morning: Mal, suffix: str, size: tuple[int, int]) -> None:
    admin = morning.client()
    if not admin.get("/board-messages")["messages"]:
        admin.do("/board-messages", {"text": {"id": "Siapkan KTP asli.", "en": "Have your ID card ready."}})
    for layout in ("hall", "media", "agency", "counter"):
        board = screens.board(f"board-{layout}", size)
        expect(board.locator("#running")).to_be_visible()
        if layout == "media":
            expect(board.locator("#media img")).to_be_visible()
        if layout != "hall" or suffix:  # the wide one is the picture of README.md
            take(board, f"board{'' if layout == 'hall' else f'-{layout}'}{suffix}.png", size)


@pytest.mark.soak
def test_emergency(screens: Screens, morning: Mal) -> None:
    words = {"id": "Harap tenang. Keluar lewat pintu timur, ikuti petugas.",
             "en": "Please stay calm. Leave by the east door and follow the staff."}  # fmt: skip
    board = screens.board("board-hall")
    morning.client().do("/emergency", {"text": words})
    try:
        expect(board.locator("#emergency")).to_contain_text(words["id"])
        take(board, "board-emergency.png", WIDE)
    finally:
        morning.client().do("/emergency/clear")
