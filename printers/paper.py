"""A strip of paper being written on through python-escpos: lines of text, rules, pictures, a QR code, the cut.

Everything goes to python-escpos' Dummy printer: the bytes of the whole slip are there before the first one leaves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import qrcode
from escpos.constants import ESC, FS, QR_ECLEVEL_M
from escpos.magicencode import Encoder
from escpos.printer import Dummy
from PIL.Image import Image
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage

from printers.lettering import draw_lines, drawable
from printers.profiles import abilities
from printers.style import Align, Look, Size, dithered
from printers.wrapping import clean, wrap

LARGEST = 8
"""How many times a printer widens and heightens its letters at most."""

_NO_KANJI = FS + b"."
_INTERNATIONAL_USA = ESC + b"R\x00"
_LARGEST_CODE_MODULE = 6
_SMALL_SCALE = 0.75
"""Font B's letters are 9 dots wide, font A's 12."""


@dataclass(frozen=True, slots=True)
class _Type:
    """A font and how many times its letters are widened and heightened, 1 to 8 each."""

    font: str = "a"
    width: int = 1
    height: int = 1

    @property
    def scale(self) -> float:
        """How large letters are that are drawn instead, against the printer's own of font A."""
        return math.sqrt(self.width * self.height) * (_SMALL_SCALE if self.font == "b" else 1)


_NORMAL, _TALL, _LARGE = _Type(), _Type(height=2), _Type(width=2, height=2)
_TYPES: dict[Size, tuple[_Type, ...]] = {
    "small": (_Type("b"),), "normal": (_NORMAL,), "tall": (_TALL,), "large": (_LARGE, _TALL),
}
"""The types of a size, the first in which a text takes two lines at most; else the last."""


class Paper:
    """Paper `width_mm` wide (80 or 58) in a printer of a python-escpos profile. Raises ValueError for others.

    Rules and gaps only stand between two things: at the top, at the foot and beside another of their kind they are
    left out, and so is a gap right above a rule.
    """

    def __init__(self, width_mm: int, profile: str) -> None:
        self._abilities = abilities(profile, width_mm)
        encoder = Encoder(self._abilities.text_pages)
        self._printer = Dummy(profile=self._abilities.profile, magic_encode_args={"encoder": encoder})
        self._set_style: dict[str, object] = {"font": "a"}
        self._begun = False
        self._between: list[str] = []
        self._printer.hw("INIT")
        # Many printers sold in Asia start with two-byte characters on, and one set to another country swaps # or \.
        self._printer._raw(_NO_KANJI + _INTERNATIONAL_USA)
        if self._abilities.smooths:
            self._printer.set(smooth=True)
        self._set(align="center")

    def carries(self, text: str) -> bool:
        """Whether the printer's code pages have every letter of the text."""
        return self._abilities.letters.issuperset(text)

    def choose(self, wordings: Mapping[str, str], language: str) -> str:
        """The wording to print of a name in several languages, "" where there is none.

        The visitor's own, unless a letter of it exists in no font of this machine; then another one that can be
        printed whole. The number stands above every name, so that a slip leads to the counter in any case.
        """
        own = clean(wordings.get(language) or "")
        others = [clean(text) for name, text in sorted(wordings.items()) if name != language and text]
        candidates = [text for text in (own, *others) if text]
        whole = (text for text in candidates if self.carries(text) or drawable(text))
        return next(whole, candidates[0] if candidates else "")

    def write(self, text: str, look: Look) -> None:
        """The text, wrapped at word borders; as a picture where the code pages lack a letter of it.

        A "large" text that would take more than two lines is only tall; the "largest" stands on one line, in letters
        as large as the paper allows.
        """
        text = clean(text)
        if not text:
            return
        if look.size == "largest":
            times = max(1, min(LARGEST, self._abilities.columns // len(text)))
            kind, lines = _Type(width=times, height=times), wrap(text, self._abilities.columns // times)
        else:
            kinds = [kind for kind in _TYPES[look.size] if len(wrap(text, self._measure(kind))) <= 2]
            kind = (kinds or _TYPES[look.size][-1:])[0]
            lines = wrap(text, self._measure(kind))
        self._print(text, lines, kind, look)

    def write_together(self, first: str, second: str, look: Look) -> None:
        """Two short texts on one line, with a comma, or on two where they do not fit."""
        both = f"{first}, {second}"
        fits = look.size == "largest" or len(both) <= self._measure(_TYPES[look.size][-1])
        for text in (both,) if fits else (first, second):
            self.write(text, look)

    def rule(self) -> None:
        """A line across the paper, if something stands above and below."""
        self._separate("rule")

    def gap(self) -> None:
        """An empty line, if something stands above and below."""
        self._separate("gap")

    def logo(self, png: bytes, align: Align) -> None:
        """A logo, in black and white and no wider than the paper."""
        self._begin()
        self._image(dithered(png, self._abilities.dots), align)

    def takes_code(self, content: str) -> bool:
        """Whether a QR code of this fits the paper in a size that can be read."""
        return self._module(content) >= 2

    def qr(self, content: str, align: Align) -> None:
        """A QR code, drawn by the printer itself where its profile says it can; nothing if it does not fit."""
        if not self.takes_code(content):
            return
        self._begin()
        if self._abilities.native_qr:
            self._set(align=align)
            self._printer.qr(content, ec=QR_ECLEVEL_M, size=self._module(content), native=True)
        else:
            code = _code(content)
            code.box_size = self._module(content)
            self._image(code.make_image(image_factory=PilImage).get_image(), align)

    def cut(self) -> bytes:
        """Feed the slip out and cut it, all but a corner where the printer can; the bytes of the whole slip."""
        self._printer.cut(mode="PART")
        output: bytes = self._printer.output
        return output

    def _module(self, content: str) -> int:
        """The dots of a module of a QR code, 0 for a content that no code takes."""
        count = _modules(content)
        return min(_LARGEST_CODE_MODULE, self._abilities.dots * 2 // 3 // count) if count else 0

    def _measure(self, kind: _Type) -> int:
        """The letters of a line of prose: a little less than the paper takes, for air at both edges."""
        small = kind.font == "b" and self._abilities.small_columns
        columns = small or self._abilities.columns
        return (columns - 2 * (columns // 24)) // kind.width

    def _separate(self, what: str) -> None:
        if what == "rule" and self._between[-1:] == ["gap"]:
            self._between.pop()
        if self._begun and self._between[-1:] != [what]:
            self._between.append(what)

    def _begin(self) -> None:
        """Something is about to be printed: what separates it from what is above comes first."""
        between, self._between = self._between, []
        self._begun = True
        for what in between:
            self._set(font="a", custom_size=(1, 1), bold=False, invert=False, align="center")
            if what == "rule":
                self._printer.textln(("─" if self.carries("─") else "-") * self._abilities.columns)
            else:
                self._printer.ln()

    def _print(self, text: str, lines: Sequence[str], kind: _Type, look: Look) -> None:
        """The lines as text; the whole text as pictures where the code pages lack a letter of it."""
        self._begin()
        if not self.carries(text):
            for picture in draw_lines(text, self._abilities.dots, kind.scale, bold=look.bold):
                self._image(picture, look.align)
            return
        font = kind.font if self._abilities.small_columns else "a"
        self._set(font=font, custom_size=(kind.width, kind.height), bold=look.bold, invert=look.reverse,
                  align=look.align)
        for line in lines:
            # White on black needs ink around the letters.
            roomy = (len(line) + 2) * kind.width <= self._abilities.columns
            self._printer.textln(f" {line} " if look.reverse and roomy else line)

    def _image(self, picture: Image, align: Align) -> None:
        self._set(align=align)
        self._printer.image(picture, impl=self._abilities.image_way)

    def _set(self, **style: object) -> None:
        """Send the commands of a style, only those that differ from what is set."""
        for name, value in style.items():
            if self._set_style.get(name) == value:
                continue
            self._set_style[name] = value
            if name == "custom_size":
                assert isinstance(value, tuple)
                self._printer.set(custom_size=True, width=value[0], height=value[1])
            else:
                self._printer.set(**{name: value})


def _code(content: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, box_size=1)
    code.add_data(content.encode("utf-8"))
    return code


@lru_cache(maxsize=64)
def _modules(content: str) -> int:
    """How many modules wide the QR code of a text is, 0 where it is too long or empty; without drawing it."""
    if not content:
        return 0
    try:
        return 17 + 4 * int(_code(content).best_fit())
    except (DataOverflowError, ValueError):
        return 0
