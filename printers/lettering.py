"""Lines that the printer's code pages cannot carry, drawn as black and white pictures.

A character that no font of this machine has is drawn as a small box with its code point in hexadecimal, the way text
engines do: nothing is lost silently, and nothing turns into a question mark.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from PIL import Image, ImageDraw

from printers.fonts import Face, bundled, face_for, needs_glyph
from printers.wrapping import JOINERS

LINE = 30
"""Dots from one line of text to the next, as printers feed by default."""

_EM = 22
_MARGIN = 3
_BLACK, _WHITE = 0, 1


def drawable(text: str) -> bool:
    """Whether every letter has a glyph in some font of this machine."""
    return all(face_for(letter) is not None for letter in needs_glyph(text))


def draw_lines(text: str, width: int, scale: float, *, bold: bool) -> list[Image.Image]:
    """The text as pictures of one line each, at most `width` dots wide, letters `scale` times the printer's own."""
    style = _Style(round(_EM * scale), bold)
    return [_draw(line, style, width) for line in _wrapped(text, style, width - 2 * _MARGIN)]


@dataclass(frozen=True)
class _Style:
    pixels: int
    bold: bool

    @property
    def stroke(self) -> float:
        return self.pixels / 44 if self.bold else 0


@dataclass(frozen=True)
class _Run:
    """A stretch of a line in one font; without one, a single character to be shown by its code."""

    text: str
    face: Face | None

    def width(self, style: _Style) -> int:
        if self.face is None:
            return _box_size(self.text, style)[0] + 4
        return round(self.face.sized(style.pixels).getlength(self.text) + 2 * style.stroke)

    def height(self, style: _Style) -> int:
        if self.face is None:
            return _box_size(self.text, style)[1]
        return sum(self.face.sized(style.pixels).getmetrics())

    def draw(self, pen: ImageDraw.ImageDraw, left: int, baseline: int, style: _Style) -> None:
        if self.face is None:
            _draw_box(pen, self.text, left + 2, baseline, style)
        else:
            font = self.face.sized(style.pixels)
            pen.text((left + style.stroke, baseline), self.text, _BLACK, font, anchor="ls", stroke_width=style.stroke)


def _runs(line: str) -> list[_Run]:
    """The line in stretches of one font each, in the order in which they stand on paper."""
    whole = face_for(line)
    if whole is not None:
        return [_Run(line, whole)]
    runs: list[_Run] = []
    for cluster in _clusters(line):
        face = face_for(cluster)
        if face is None:
            runs += [_Run(letter, face_for(letter)) for letter in cluster]
        elif runs and runs[-1].face is not None and face_for(runs[-1].text + cluster) is not None:
            joined = runs[-1].text + cluster
            runs[-1] = _Run(joined, face_for(joined))
        else:
            runs.append(_Run(cluster, face))
    return runs[::-1] if _right_to_left(line) else runs


def _right_to_left(line: str) -> bool:
    """Whether the first letter with a direction runs to the left (Unicode Bidirectional Algorithm, rule P2)."""
    directions = (unicodedata.bidirectional(letter) for letter in line)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def _clusters(text: str) -> list[str]:
    """The text in pieces that must not be parted: a letter with its marks, letters with a joiner between."""
    clusters: list[str] = []
    for letter in text:
        mark = unicodedata.category(letter).startswith("M") or letter in JOINERS
        if clusters and (mark or clusters[-1][-1] in JOINERS):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _width(line: str, style: _Style) -> int:
    return sum(run.width(style) for run in _runs(line))


def _wrapped(text: str, style: _Style, width: int) -> list[str]:
    """Lines no wider than `width`: broken between words, and within a word only where it fills more than a line."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and _width(f"{lines[-1]} {word}", style) <= width:
            lines[-1] += f" {word}"
        elif _width(word, style) <= width:
            lines.append(word)
        else:
            lines += _broken(word, style, width)
    return lines


def _broken(word: str, style: _Style, width: int) -> list[str]:
    pieces = [""]
    for cluster in _clusters(word):
        if pieces[-1] and _width(pieces[-1] + cluster, style) > width:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _draw(line: str, style: _Style, width: int) -> Image.Image:
    runs = _runs(line)
    wide = min(width, sum(run.width(style) for run in runs) + 2 * _MARGIN)
    ascent, descent = bundled().sized(style.pixels).getmetrics()
    high = max(LINE * style.pixels // _EM, *(run.height(style) for run in runs))
    picture = Image.new("1", ((wide + 7) // 8 * 8, high), _WHITE)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    left, baseline = (picture.width - wide) // 2 + _MARGIN, (high + ascent - descent) // 2
    for run in runs:
        run.draw(pen, left, baseline, style)
        left += run.width(style)
    return picture


def _code_rows(letter: str) -> tuple[str, str]:
    code = f"{ord(letter):04X}" if ord(letter) < 0x10000 else f"{ord(letter):06X}"
    return code[: len(code) // 2], code[len(code) // 2 :]


def _box_size(letter: str, style: _Style) -> tuple[int, int]:
    digit = style.pixels * 3 // 5
    return len(_code_rows(letter)[0]) * digit * 3 // 5 + 8, 2 * digit + 2


def _draw_box(pen: ImageDraw.ImageDraw, letter: str, left: int, baseline: int, style: _Style) -> None:
    wide, high = _box_size(letter, style)
    top = baseline - high * 4 // 5
    pen.rectangle((left, top, left + wide - 1, top + high - 1), outline=_BLACK)
    font = bundled().sized(style.pixels * 3 // 5)
    for row, digits in enumerate(_code_rows(letter)):
        pen.text((left + wide / 2, top + high * (1 + 2 * row) / 4), digits, _BLACK, font, anchor="mm")
