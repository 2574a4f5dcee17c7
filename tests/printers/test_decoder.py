"""The virtual printer reads ESC/POS as a printer does: what it draws is what would stand on paper."""

from __future__ import annotations

import random

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from escpos.printer import Dummy
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from printers.canvas import CUTTER_DOTS
from printers.decoder import Decoder
from printers.profiles import code_pages
from printers.style import Style
from tests.printers.slips import lay_out, read, slip

FEED, CUT = b"\x1bJ\xb4", b"\x1dV\x01"


def paper(data: bytes, profile: str = "default") -> tuple[str, npt.NDArray[np.bool_]]:
    """Lines, and where there is ink: rows of dots below what the knife leaves blank above."""
    ((text, picture),) = read(data + b"\n" + FEED + CUT, profile=profile)
    return text, (np.asarray(picture) < 128)[CUTTER_DOTS:]


def box(ink: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def width(ink: npt.NDArray[np.bool_]) -> int:
    left, _, right, _ = box(ink)
    return right - left


def height(ink: npt.NDArray[np.bool_]) -> int:
    _, top, _, bottom = box(ink)
    return bottom - top


@pytest.mark.parametrize("command", [b"\x1d!\x11", b"\x1b!\x30"])
def test_text_is_enlarged(command: bytes) -> None:
    _, normal = paper(b"HHH")
    _, large = paper(command + b"HHH")
    assert width(large) == pytest.approx(2 * width(normal), abs=2)
    assert height(large) == pytest.approx(2 * height(normal), abs=2)


@pytest.mark.parametrize(("smooth", "greys"), [(b"\x1db\x00", False), (b"\x1db\x01", True)])
def test_enlarged_dots_are_squares_unless_smoothed(smooth: bytes, greys: bool) -> None:
    ((_, picture),) = read(smooth + b"\x1d!\x77S\n" + FEED + CUT)
    ink = np.asarray(picture)[CUTTER_DOTS : CUTTER_DOTS + 192, :96]
    squares = ink.reshape(24, 8, 12, 8).swapaxes(1, 2).reshape(288, 64)
    assert bool((squares.min(axis=1) != squares.max(axis=1)).any()) is greys


def test_lines_are_aligned() -> None:
    lefts = [box(paper(b"\x1ba" + bytes([align]) + b"HH")[1])[0] for align in (0, 1, 2)]
    assert lefts[0] < 4 and abs(lefts[1] - 276) < 4 and abs(lefts[2] - 552) < 4


def test_bold_reverse_and_underline_show() -> None:
    plain = paper(b"HH")[1].sum()
    assert paper(b"\x1bE\x01HH")[1].sum() > plain * 1.2
    assert paper(b"\x1bE\x01\x1bE\x00HH")[1].sum() == plain
    assert paper(b"\x1dB\x01HH")[1].sum() == 2 * 12 * 24 - plain
    underlined = paper(b"\x1b-\x02HH")[1]
    assert underlined[22:24, :24].all() and not paper(b"HH")[1][22:24].any()


def test_init_takes_back_every_setting_and_drops_the_line() -> None:
    settings_made = b"\x1d!\x33\x1bE\x01\x1dB\x01\x1b-\x01\x1ba\x02\x1b3\x7f\x1b{\x01\x1bM\x01\x1dL\x20\x00\x1b \x05ab"
    text, ink = paper(settings_made + b"\x1b@HH\nHH")
    assert text == "HH\nHH\n"
    assert (ink == paper(b"HH\nHH")[1]).all()


def test_a_line_feeds_by_its_height_or_the_line_spacing() -> None:
    def top_of_second(before: bytes) -> int:
        second = paper(before + b"\n\x1d!\x00\x1ba\x02H")[1][:, 500:]
        return box(second)[1]

    base = top_of_second(b"H")
    assert top_of_second(b"\x1b3\x3cH") == base + 30
    assert top_of_second(b"\x1b3\x02H") == base - 6, "never less than the letters are high"
    assert top_of_second(b"\x1d!\x33H") == base + 96 - 30
    assert top_of_second(b"\x1b3\x3c\x1b2H") == base
    assert top_of_second(b"H\n\x1bJ\x07") == base + 37
    assert top_of_second(b"H\x1bd\x03") == base + 90


def test_a_full_line_goes_on_in_the_next() -> None:
    text, _ = paper(b"x" * 50)
    assert text.splitlines() == ["x" * 48, "xx"]
    text, _ = paper(b"\x1d!\x10" + b"x" * 25)
    assert text.splitlines() == ["x" * 24, "x"]


@pytest.mark.parametrize("profile", ["default", "TM-T88V", "TM-T20II", "NT-5890K", "CT-S651"])
def test_every_code_page_that_python_escpos_writes_is_read(profile: str) -> None:
    wanted = "Größe čšž Ελλάδα Привет ½ € └┐"
    printer = Dummy(profile=profile)
    carried = "".join(c for c in wanted if c == " " or printer.magic.encoder.find_suitable_encoding(c))
    printer.textln(carried)
    assert len(carried) > 25
    text, _ = paper(printer.output, profile)
    assert text.rstrip("\n") == carried


def test_a_code_page_that_the_printer_lacks_shows() -> None:
    assert paper(b"\x1bt\x63\xe9")[0] == "\ufffd\n"


def checkered(wide: int, high: int) -> Image.Image:
    dots = np.add.outer(np.arange(high) // 5, np.arange(wide) // 7) % 2
    dots[:, :4] = dots[:4] = 0
    return Image.fromarray((dots * 255).astype(np.uint8))


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_pictures_are_drawn_dot_by_dot(way: str) -> None:
    picture = checkered(131, 72)
    printer = Dummy()
    printer.image(picture, impl=way)
    text, ink = paper(printer.output.replace(b"\x1b3\x10", b"\x1b3\x18"))
    assert "[picture" in text
    assert (ink[:72, :131] == (np.asarray(picture) < 128)).all()
    assert not ink[:72, 132:].any() and not ink[72:].any()


@pytest.mark.parametrize(("mode", "wide", "high"), [(0, 16, 10), (1, 32, 10), (2, 16, 20), (3, 32, 20)])
def test_raster_pictures_are_stretched(mode: int, wide: int, high: int) -> None:
    _, ink = paper(b"\x1dv0" + bytes([mode]) + b"\x02\x00\x0a\x00" + b"\xff" * 20)
    assert ink[:high, :wide].all() and ink.sum() == wide * high


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("size", [2, 6])
def test_native_qr_codes_are_drawn(level: int, size: int) -> None:
    printer = Dummy()
    printer.qr("https://antrean.test/t/ÄÖ", ec=level, size=size, native=True)
    ((text, picture),) = read(b"\x1ba\x01" + printer.output + FEED + CUT)
    assert text == "[QR https://antrean.test/t/ÄÖ]\n"
    table = Image.new("L", (picture.width, picture.height + 200), 255)
    table.paste(picture)
    found, *_ = cv2.QRCodeDetector().detectAndDecode(np.asarray(table.resize((table.width * 3, table.height * 3), 0)))
    assert found == "https://antrean.test/t/ÄÖ"


def test_upside_down_lines_are_turned() -> None:
    ((_, upright),) = read(b"F7\n" + FEED + CUT)
    ((_, turned),) = read(b"\x1b{\x01F7\n" + FEED + CUT)
    area = (0, CUTTER_DOTS, 24, CUTTER_DOTS + 24)
    assert not ImageChops.difference(upright.crop(area).rotate(180), turned.crop(area)).getbbox()


def test_what_was_not_fed_beyond_the_knife_stays_on_the_paper() -> None:
    (first, _), (second, _) = read(b"one\n" + FEED + CUT + b"two\n" + CUT + FEED + CUT)
    assert first == "one\n" and second == "two\n", "a cut without feeding leaves the line for the next slip"


@pytest.mark.parametrize("cut", [b"\x1dV\x00", b"\x1dV\x01", b"\x1dV0", b"\x1dV1", b"\x1bi", b"\x1bm"])
def test_every_way_of_cutting_cuts(cut: bytes) -> None:
    assert [text for text, _ in read(b"x\n" + FEED + cut)] == ["x\n"]
    assert [text for text, _ in read(b"x\n\x1dVB\x00")] == ["x\n"], "which feeds to the knife by itself"


def test_cutting_blank_paper_makes_no_slip() -> None:
    assert read(CUT + FEED + CUT + b"\n\n\n\n\n" + CUT) == []


def answers(data: bytes) -> list[bytes]:
    given: list[bytes] = []
    decoder = Decoder(576, code_pages("default"), given.append, lambda *slip: None)
    decoder.feed(data)
    return given


def test_status_requests_are_answered_as_by_a_ready_printer() -> None:
    online, offline_cause, error_cause, roll = answers(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
    assert not online[0] & 0x08
    assert not offline_cause[0] & 0x64
    assert not error_cause[0] & 0x6C
    assert not roll[0] & 0x6C
    for answer in (online, offline_cause, error_cause, roll):
        assert answer[0] & 0x93 == 0x12, "the fixed bits"
    assert answers(b"\x1dr\x01") == [b"\x00"]
    assert answers(b"text\n\x1b@") == []


def test_pieces_of_any_size_make_the_same_slip() -> None:
    data = lay_out(slip(copy=True), width_mm=80, profile="TH230", style=Style.default())
    ((text, picture),) = read(data, profile="TH230")
    dice = random.Random(1)
    fallen: list[tuple[str, Image.Image, bytes]] = []
    decoder = Decoder(576, code_pages("TH230"), lambda answer: None, lambda *it: fallen.append(it))
    at = 0
    while at < len(data):
        step = dice.randint(1, 40)
        decoder.feed(data[at : at + step])
        at += step
    ((same_text, same_picture, kept),) = fallen
    assert same_text == text and "[picture" in text
    assert same_picture.tobytes() == picture.tobytes()
    assert kept == data


@pytest.mark.parametrize(
    "skipped",
    [
        b"\x1bp\x00\x32\x32", b"\x1b=\x01", b"\x1bD\x08\x10\x00", b"\x1dh\x50", b"\x1dw\x03", b"\x1dT\x01",
        b"\x1d(A\x02\x00\x00\x02", b"\x1d(k\x03\x00\x30\x41\x05", b"\x1c.", b"\x1bR\x00", b"\x1d|\x04",
        b"\x1bB\x02\x02", b"\x00\x07\x7f",
    ],
)
def test_commands_that_leave_no_ink_leave_none(skipped: bytes) -> None:
    text, ink = paper(skipped + b"HH")
    assert text == "HH\n"
    assert (ink == paper(b"HH")[1]).all()


@settings(max_examples=200, deadline=None)
@given(noise=st.lists(st.one_of(
    st.binary(max_size=40),
    st.tuples(st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d("]), st.binary(max_size=12)).map(b"".join),
), max_size=12))
def test_noise_does_not_break_the_printer(noise: list[bytes]) -> None:
    fallen: list[str] = []
    decoder = Decoder(576, code_pages("default"), lambda answer: None, lambda text, *rest: fallen.append(text))
    for piece in noise:
        decoder.feed(piece)
    decoder.hang_up()
    decoder.feed(b"\x1b@" + b"still here\n" + FEED + CUT)
    assert "still here" in fallen[-1]
