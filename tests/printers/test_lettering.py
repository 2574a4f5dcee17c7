"""Lines drawn as pictures, and the fonts that they are drawn with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from printers import fonts
from printers.fonts import bundled, face_for, faces
from printers.lettering import draw_lines, drawable
from printers.wrapping import clean, wrap

NOTHING = "\U0010fffe"


@pytest.mark.parametrize("letter", "Aéß€ŐΩЖعא漢ไ😀ᮞꦗ\ue000")
def test_a_font_has_what_it_draws_differently_from_nothing(letter: str) -> None:
    for face in faces():
        font = face.sized(40)
        drawn, nothing = font.getmask(letter), font.getmask(NOTHING)
        assert face.has(letter) == ((drawn.size, bytes(drawn)) != (nothing.size, bytes(nothing))), face.path


def test_the_font_that_is_always_there_has_latin_greek_cyrillic_and_arabic() -> None:
    assert all(bundled().has(letter) for letter in "AzéŐΩЖعلي─½")
    assert not bundled().has("漢")


def test_without_fonts_of_the_machine_arabic_is_still_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    caches = (fonts.faces, fonts.favourites, fonts._face_for)
    monkeypatch.setattr(fonts, "FOLDERS", ())
    for cached in caches:
        cached.cache_clear()
    try:
        assert faces() == (bundled(),)
        assert face_for("مديرية") == bundled()
    finally:
        for cached in caches:
            cached.cache_clear()


def test_a_font_that_is_not_one_is_left_out(tmp_path: Path) -> None:
    for name, content in (("a.ttf", b""), ("b.ttf", b"\x00\x01\x00\x00\x00\x09"), ("c.otf", b"ttcf" + b"\xff" * 64)):
        path = tmp_path / name
        path.write_bytes(content)
        assert fonts._face(path) is None


def ink(picture: Image.Image) -> int:
    return int((~np.asarray(picture)).sum())


def test_lines_are_as_wide_as_asked_at_most_and_nothing_is_lost() -> None:
    text = "Ярослав Мудрый " * 8
    (whole,) = draw_lines(text.strip(), 10_000, 1, bold=False)
    lines = draw_lines(text.strip(), 384, 1, bold=False)
    assert len(lines) > 2 and max(line.width for line in lines) <= 384
    assert sum(map(ink, lines)) == pytest.approx(ink(whole), rel=0.05)


def test_a_word_longer_than_the_line_is_broken_but_not_between_a_letter_and_its_mark() -> None:
    lines = draw_lines("Ж\u0301" * 100, 300, 1, bold=False)
    assert len(lines) > 2 and max(line.width for line in lines) <= 300


def test_larger_and_bolder_takes_more_ink() -> None:
    plain, bold, large = (
        draw_lines("Привет", 576, scale, bold=bold)[0] for scale, bold in ((1, False), (1, True), (2, False))
    )
    assert ink(plain) < ink(bold) < ink(large)
    assert plain.height == 30 and large.height == 60


def test_joined_letters_are_not_drawn_one_by_one() -> None:
    (joined,) = draw_lines("سلام", 576, 2, bold=False)
    apart = sum(ink(draw_lines(letter, 576, 2, bold=False)[0]) for letter in "سلام")
    assert ink(joined) < apart * 0.95


def test_scripts_without_one_common_font_share_a_line() -> None:
    mixed = "عربي \ue000 Ж"
    assert not drawable(mixed)
    (line,) = draw_lines(mixed, 576, 1, bold=False)
    reached = ink(line)
    assert reached > ink(draw_lines("عربي", 576, 1, bold=False)[0]) + ink(draw_lines("Ж", 576, 1, bold=False)[0])


def test_right_to_left_text_with_an_unknown_letter_begins_at_the_right() -> None:
    (line,) = draw_lines("عربيعربي \ue000", 576, 1, bold=False)
    (box,) = draw_lines("\ue000", 576, 1, bold=False)
    # The box, last in reading order, stands at the left edge.
    left = np.asarray(line.crop((0, 0, box.width, line.height)))
    assert (~left).any(axis=1).sum() == (~np.asarray(box)).any(axis=1).sum()


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("a\x00b\tc\r\nd", "a b c d"), ("  x \u00a0 y  ", "x y"), ("soft\u00adhyphen", "softhyphen"),
        ("\ud800", "\ufffd"), ("e\u0301", "é"), ("\u202eabc\u202c\ufeff", "abc"), ("", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_is_cleaned_before_it_is_printed(raw: str, plain: str) -> None:
    assert clean(raw) == plain


def test_lines_are_of_about_one_length() -> None:
    text = "Pindai untuk melihat antrean dari telepon Anda."
    assert wrap(text, 44) == ["Pindai untuk melihat", "antrean dari telepon Anda."]
    assert wrap("", 10) == []
    assert wrap("perpanjangan STNK-nya", 13) == ["perpanjangan", "STNK-nya"]
