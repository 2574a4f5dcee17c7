"""The paper of the virtual printer: dots of ink at 203 to the inch, cut as a real one cuts.

Letters are drawn from DejaVu Sans Mono, whose 20-pixel size fills font A's cell of 12 by 24 dots to the dot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from printers.fonts import bundled

WHITE, BLACK = 255, 0
LINE_SPACING = 30
CUTTER_DOTS = 96
"""How far the knife is above the print head: what was printed last is cut off only after it was fed this far."""

_CELLS = {0: (12, 24, 20), 1: (9, 17, 15)}
"""Width, height and font size of fonts A and B."""


@dataclass(frozen=True)
class Style:
    """How the next letters are printed."""

    width: int = 1
    height: int = 1
    font: int = 0
    bold: bool = False
    reverse: bool = False
    underline: int = 0
    smooth: bool = False


@dataclass(frozen=True)
class Cell:
    """One piece of a line: its ink, the dots from its beginning to the next piece's, the text that it stands for.

    Emphasised letters reach a little into the next cell, so that ink may be wider than `advance`.
    """

    ink: Image.Image
    advance: int
    text: str


class Canvas:
    """Paper with `width` printable dots, between the last cut and the print head.

    `pull` is called with the rows that are needed before anything is printed on them. Where it raises, nothing is.
    """

    def __init__(self, width: int, pull: Callable[[int], None] = lambda dots: None) -> None:
        self.width = width
        self._pull = pull
        self.style = Style()
        self._strips: list[tuple[int, Image.Image]] = []
        self._texts: list[tuple[int, str]] = []
        self._y = CUTTER_DOTS
        self.reset()

    def reset(self) -> None:
        """What ESC @ does: the line being gathered is dropped, everything set is as at power-on; the paper stays."""
        self.style = Style()
        self.align = 0
        self.spacing = LINE_SPACING
        self.letter_space = 0
        self.upside_down = False
        self.left_margin = 0
        self.area: int | None = None
        self._line: list[Cell] = []

    @property
    def area_width(self) -> int:
        """The dots from the left margin to where lines end."""
        right = self.left_margin + (self.area or self.width)
        return max(_CELLS[0][0], min(self.width, right) - self.left_margin)

    def put(self, letter: str) -> None:
        """Add a letter to the line; a full line is printed first."""
        style = self.style
        advance = (_CELLS[style.font][0] + self.letter_space) * style.width
        self.put_cell(Cell(_glyph(letter, style), advance, letter))

    def put_cell(self, cell: Cell) -> None:
        """Add a piece to the line; a full line is printed first."""
        if self._line and self._line_width() + cell.advance > self.area_width:
            self.line_feed()
        self._line.append(cell)

    def tab(self) -> None:
        """On to the next of the tab stops, which stand every eight letters of font A."""
        stop = 8 * _CELLS[0][0]
        self.advance_to((self._line_width() // stop + 1) * stop)

    def advance_to(self, x: int) -> None:
        """Leave the line empty up to `x` dots from its beginning."""
        gap = min(x, self.area_width) - self._line_width()
        if gap > 0:
            self._line.append(Cell(Image.new("L", (1, 1), WHITE), gap, " "))

    def line_feed(self) -> None:
        """Print the line and feed by one line: by the line spacing, or by the height of what stands in it."""
        dots = max(self.spacing, self._line_height())
        self._pull(dots)
        if not self._line:
            self._texts.append((self._y, ""))
        self._print_line()
        self._y += dots

    def feed(self, dots: int) -> None:
        """Print the line if there is one, and feed the paper by `dots` (backwards if negative)."""
        if dots > 0:
            self._pull(dots)
        self._print_line()
        self._y = max(0, self._y + dots)

    def picture(self, ink: Image.Image, text: str) -> None:
        """Print a picture by itself, aligned as set."""
        if self._line:
            self.line_feed()
        self._pull(ink.height)
        self._stamp(ink)
        self._texts.append((self._y, text))
        self._y += ink.height

    def cut(self) -> tuple[str, Image.Image] | None:
        """Cut at the knife: the text and the picture of what fell, or None where nothing had been printed on it."""
        self._print_line()
        knife = self._y - CUTTER_DOTS
        lines = [text for at, text in self._texts if at < knife]
        fallen = Image.new("L", (self.width, max(1, knife)), WHITE)
        for top, ink in self._strips:
            fallen.paste(ImageChops.darker(fallen.crop((0, top, self.width, top + ink.height)), ink), (0, top))
        inked = any(top < knife for top, _ in self._strips)
        self._texts = [(at - knife, text) for at, text in self._texts if at >= knife]
        self._strips = [(top - knife, ink) for top, ink in self._strips if top + ink.height > knife]
        self._y -= knife
        return ("\n".join(lines).strip("\n") + "\n", fallen) if inked else None

    def _line_width(self) -> int:
        return sum(cell.advance for cell in self._line)

    def _line_height(self) -> int:
        return max((cell.ink.height for cell in self._line), default=0)

    def _print_line(self) -> None:
        """Put the gathered line on the paper, if there is one."""
        line, wide, high = self._line, self._line_width(), self._line_height()
        self._line = []
        if not line:
            return
        ink = Image.new("L", (wide, high), WHITE)
        left = 0
        for cell in line:
            box = (left, high - cell.ink.height, left + cell.ink.width, high)
            ink.paste(ImageChops.darker(ink.crop(box), cell.ink), box)
            left += cell.advance
        self._stamp(ink.rotate(180) if self.upside_down else ink)
        self._texts.append((self._y, "".join(cell.text for cell in line).rstrip()))

    def _stamp(self, ink: Image.Image) -> None:
        """Lay ink on the paper at the print head; what would stand beside the paper is lost."""
        free = self.area_width - ink.width
        left = self.left_margin + max(0, (0, free // 2, free)[self.align])
        strip = Image.new("L", (self.width, ink.height), WHITE)
        strip.paste(ink.convert("L"), (left, 0))
        self._strips.append((self._y, strip))


@lru_cache(maxsize=2048)
def _glyph(letter: str, style: Style) -> Image.Image:
    """A letter's ink. Without smoothing the printer enlarges dots to squares."""
    wide, high, pixels = _CELLS[style.font]
    finer = max(style.width, style.height) if style.smooth else 1
    enlarged = style.width * style.height > 1 and not style.smooth
    ink = _drawn(letter, wide * finer, high * finer, pixels * finer, finer if style.bold else 0)
    if enlarged:  # a dot is black or it is not, which shows when dots become squares
        ink = ink.point(lambda grey: WHITE if grey > 127 else BLACK)
    way = Image.Resampling.LANCZOS if style.smooth else Image.Resampling.NEAREST
    ink = ink.resize((ink.width * style.width // finer, high * style.height), way)
    if style.underline:
        ink.paste(BLACK, (0, ink.height - style.underline, wide * style.width, ink.height))
    return ImageChops.invert(ink.crop((0, 0, wide * style.width, ink.height))) if style.reverse else ink


def _drawn(letter: str, wide: int, high: int, pixels: int, emphasis: int) -> Image.Image:
    """A letter in a cell of `wide` by `high` dots; emphasised by printing it again up to `emphasis` dots further."""
    font = bundled().sized(pixels)
    ink = Image.new("L", (wide + emphasis, high), WHITE)
    pen = ImageDraw.Draw(ink)
    for shift in range(emphasis + 1):
        pen.text((shift, font.getmetrics()[0]), letter, BLACK, font, anchor="ls")
    return ink
