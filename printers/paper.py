"""A strip of paper being written on through python-escpos: centred lines, a rule, a QR code, the cut.

Everything goes to python-escpos' Dummy printer: the bytes of the whole slip are there before the first one leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import qrcode
from escpos.constants import ESC, FS, QR_ECLEVEL_M
from escpos.magicencode import Encoder
from escpos.printer import Dummy
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage

from printers.lettering import draw_lines, drawable
from printers.profiles import abilities
from printers.wrapping import clean, wrap

Size = tuple[int, int]
"""How many times the printer's letters are widened and heightened, 1 to 8 each."""

LARGEST = 8
_NO_KANJI = FS + b"."
_INTERNATIONAL_USA = ESC + b"R\x00"
_LARGEST_CODE_MODULE = 6


class Paper:
    """Paper `width_mm` wide (80 or 58) in a printer of a python-escpos profile. Raises ValueError for others."""

    def __init__(self, width_mm: int, profile: str) -> None:
        self._abilities = abilities(profile, width_mm)
        self.columns = self._abilities.columns
        self._pages = Encoder(self._abilities.text_pages)
        self._printer = Dummy(profile=self._abilities.profile, magic_encode_args={"encoder": self._pages})
        self._style: dict[str, object] = {}
        self._printer.hw("INIT")
        # Many printers sold in Asia start with two-byte characters on, and one set to another country swaps # or \.
        self._printer._raw(_NO_KANJI + _INTERNATIONAL_USA)
        if self._abilities.smooths:
            self._printer.set(smooth=True)
        self._printer.set(align="center")

    def carries(self, text: str) -> bool:
        """Whether the printer's code pages have every letter of the text."""
        return all(any(self._pages.can_encode(page, letter) for page in self._abilities.text_pages) for letter in text)

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

    def write(self, text: str, size: Size = (1, 1), *, bold: bool = False, reverse: bool = False) -> None:
        """The text centred, wrapped at word borders; as a picture where the code pages lack a letter of it."""
        text = clean(text)
        self._print(text, self._wrapped(text, size[0]), size, bold, reverse)

    def write_fitting(self, text: str, sizes: Sequence[Size], lines: int, *, bold: bool = False) -> None:
        """The text in the first of the sizes in which it takes at most `lines` lines, else in the last one."""
        fitting = (size for size in sizes if len(self._wrapped(clean(text), size[0])) <= lines)
        self.write(text, next(fitting, sizes[-1]), bold=bold)

    def write_together(self, first: str, second: str) -> None:
        """Two short texts on one line, with a comma, or on two where they do not fit."""
        both = f"{first}, {second}"
        for text in (both,) if len(both) <= self._measure(1) else (first, second):
            self.write(text)

    def write_largest(self, text: str, *, bold: bool = False) -> None:
        """The text on one line in letters as large as the paper allows."""
        text = clean(text)
        times = max(1, min(LARGEST, self.columns // max(1, len(text))))
        self._print(text, wrap(text, self.columns // times), (times, times), bold, False)

    def rule(self) -> None:
        """A line across the paper."""
        line = ("─" if self.carries("─") else "-") * self.columns
        self._print(line, [line], (1, 1), False, False)

    def gap(self, lines: int = 1) -> None:
        """Empty lines."""
        self._set(custom_size=(1, 1), bold=False, invert=False)
        self._printer.ln(lines)

    def qr(self, content: str) -> bool:
        """A QR code, drawn by the printer itself where its profile says it can; False if it does not fit the paper."""
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, box_size=1)
        code.add_data(content.encode("utf-8"))
        try:
            code.make(fit=True)
        except (DataOverflowError, ValueError):
            return False
        module = min(_LARGEST_CODE_MODULE, self._abilities.dots * 2 // 3 // code.modules_count)
        if module < 2:
            return False
        if self._abilities.native_qr:
            self._printer.qr(content, ec=QR_ECLEVEL_M, size=module, native=True)
        else:
            code.box_size = module
            self._image(code.make_image(image_factory=PilImage).get_image())
        return True

    def cut(self) -> bytes:
        """Feed the slip out and cut it, all but a corner where the printer can; the bytes of the whole slip."""
        self._printer.cut(mode="PART")
        output: bytes = self._printer.output
        return output

    def _measure(self, width: int) -> int:
        """The letters of a line of prose: a little less than the paper takes, for air at both edges."""
        return (self.columns - 2 * (self.columns // 24)) // width

    def _wrapped(self, text: str, width: int) -> list[str]:
        return wrap(text, self._measure(width))

    def _print(self, text: str, lines: Sequence[str], size: Size, bold: bool, reverse: bool) -> None:
        """The lines as text; the whole text as pictures where the code pages lack a letter of it."""
        width, height = size
        if not self.carries(text):
            for picture in draw_lines(text, self._abilities.dots, (width * height) ** 0.5, bold=bold):
                self._image(picture)
            return
        self._set(custom_size=size, bold=bold, invert=reverse)
        for line in lines:
            # White on black needs ink around the letters.
            padded = f" {line} " if reverse and (len(line) + 2) * width <= self.columns else line
            self._printer.textln(padded)

    def _image(self, picture: object) -> None:
        self._printer.image(picture, impl=self._abilities.image_way)

    def _set(self, **style: object) -> None:
        """Send the commands of a style, only those that differ from what is set."""
        for name, value in style.items():
            if self._style.get(name) == value:
                continue
            self._style[name] = value
            if name == "custom_size":
                assert isinstance(value, tuple)
                self._printer.set(custom_size=True, width=value[0], height=value[1])
            else:
                self._printer.set(**{name: value})
