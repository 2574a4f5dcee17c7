"""ESC/POS as a printer carries it out: bytes in, ink on a canvas, answers back, a slip at every cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PIL import Image

from printers.canvas import CUTTER_DOTS, LINE_SPACING, Canvas, Cell
from printers.commands import Command, CommandReader
from printers.faults import Health
from printers.ink import EC_LEVELS, QrCode, rows_of_bits


class Decoder:
    """Reads what is sent to a printer and prints it.

    `pages` are the upper 128 characters of each code page by slot; `answer` takes what the printer sends back;
    `on_slip(text, picture, data)` is called at every cut that lets something printed fall. `health` is what the answers
    tell, all well where none is given; `pull` is called with so many rows before something is printed on them, and may
    wait for paper, or raise: then nothing was printed.
    """

    def __init__(
        self, width: int, pages: Mapping[int, str], answer: Callable[[bytes], None],
        on_slip: Callable[[str, Image.Image, bytes], None], *, health: Health | None = None,
        pull: Callable[[int], None] = lambda dots: None,
    ) -> None:
        self._canvas = Canvas(width, pull)
        self._pages = pages
        self._answer = answer
        self._on_slip = on_slip
        self._health = health or Health()
        self._commands = CommandReader()
        self._since_cut = bytearray()
        self.reset()

    def feed(self, data: bytes) -> None:
        """Take bytes as they come, in pieces of any size."""
        for command in self._commands.feed(data):
            self.run(command)

    def hang_up(self) -> None:
        """The connection is gone: half a command is forgotten, what was printed stays on the paper."""
        self._commands.forget()

    def reset(self) -> None:
        """Everything set is as at power-on; the paper stays as it is."""
        self._canvas.reset()
        self._page = self._pages.get(0, "")
        self._stored: Image.Image | None = None
        self._code = QrCode()

    def run(self, command: Command) -> None:
        """Carry out one command."""
        self._cut = False
        match command.name.partition(" ")[0]:
            case "text":
                self._text(command.data)
            case "LF":
                self._canvas.line_feed()
            case "HT":
                self._canvas.tab()
            case "ESC":
                self._escape(command.name[4:], command.parameters)
            case "GS":
                self._group(command.name[3:], command.parameters)
            case "DLE" if command.name == "DLE EOT":
                self._answer(self._health.real_time(command.parameters[0]))
        if not command.asks:
            self._since_cut += command.data
        if self._cut:
            self._let_fall()

    def _let_fall(self) -> None:
        data = bytes(self._since_cut)
        fallen = self._canvas.cut()
        if fallen is not None:
            self._since_cut.clear()
            self._on_slip(*fallen, data)

    def _text(self, letters: bytes) -> None:
        page = self._page or "\ufffd" * 128
        for letter in letters:
            self._canvas.put(page[letter - 0x80] if letter >= 0x80 else chr(letter))

    def _escape(self, name: str, given: bytes) -> None:
        canvas, first = self._canvas, given[0] if given else 0
        match name:
            case "@":
                self.reset()
            case "!":
                canvas.style = replace(
                    canvas.style, font=first & 1, bold=bool(first & 8), height=2 if first & 16 else 1,
                    width=2 if first & 32 else 1, underline=1 if first & 128 else 0,
                )
            case "-":
                canvas.style = replace(canvas.style, underline=first % 48 % 3)
            case "E" | "G":
                canvas.style = replace(canvas.style, bold=bool(first & 1))
            case "M":
                canvas.style = replace(canvas.style, font=min(1, first % 48))
            case "a":
                canvas.align = first % 48 % 3
            case "t":
                self._page = self._pages.get(first, "")
            case "{":
                canvas.upside_down = bool(first & 1)
            case " ":
                canvas.letter_space = first
            case "2":
                canvas.spacing = LINE_SPACING
            case "3":
                canvas.spacing = first
            case "J":
                canvas.feed(first)
            case "K":
                canvas.feed(-first)
            case "d":
                canvas.feed(first * canvas.spacing)
            case "e":
                canvas.feed(-first * canvas.spacing)
            case "$":
                canvas.advance_to(_word(given))
            case "*":
                self._column_picture(given)
            case "i" | "m":
                self._cut = True

    def _group(self, name: str, given: bytes) -> None:
        canvas, first = self._canvas, given[0] if given else 0
        match name:
            case "!":
                canvas.style = replace(canvas.style, width=(first >> 4 & 7) + 1, height=(first & 7) + 1)
            case "B":
                canvas.style = replace(canvas.style, reverse=bool(first & 1))
            case "b":
                canvas.style = replace(canvas.style, smooth=bool(first & 1))
            case "L":
                canvas.left_margin = min(_word(given), canvas.width)
            case "W":
                canvas.area = _word(given)
            case "V":
                if first in (65, 66):
                    canvas.feed(given[1] + CUTTER_DOTS)
                self._cut = first in (0, 1, 48, 49, 65, 66)
            case "v":
                self._raster_picture(given)
            case "(":
                self._function(chr(first), given[3:])
            case "8":
                self._function(chr(first), given[5:])
            case "k":
                self._bar_code(given)
            case "a":
                if first:
                    self._answer(self._health.automatic())
            case "r":
                self._answer(self._health.in_turn(first))
            case "I":
                self._answer(b"\x02" if first < 65 else b"_Antrean\x00")

    def _raster_picture(self, given: bytes) -> None:
        """GS v 0: a picture in rows of whole bytes, printed at once."""
        if given[0] != 48:
            return
        mode, columns, rows = given[1], _word(given, 2), _word(given, 4)
        ink = rows_of_bits(given[6:], columns * 8, rows)
        if ink is not None:
            ink = ink.resize((ink.width * (2 if mode & 1 else 1), ink.height * (2 if mode & 2 else 1)))
            self._canvas.picture(ink, f"[picture {ink.width}x{ink.height}]")

    def _column_picture(self, given: bytes) -> None:
        """ESC *: a band of columns, 8 or 24 dots high, that stands in the line as letters do."""
        mode, columns = given[0], _word(given, 1)
        # A column is stored from the top down: read as rows, the band lies on its side.
        ink = rows_of_bits(given[3:], 24 if mode & 32 else 8, columns)
        if ink is None:
            return
        upright = ink.transpose(Image.Transpose.TRANSPOSE)
        size = (columns * (1 if mode & 1 else 2), 24)
        self._canvas.put_cell(Cell(upright.resize(size), size[0], f"[picture {size[0]}x{size[1]}]"))

    def _function(self, name: str, data: bytes) -> None:
        """GS ( and GS 8: functions that tell their length."""
        if name == "L" and len(data) >= 2:
            self._graphics(data[1], data[2:])
        elif name == "k" and len(data) >= 2 and data[0] == 49:
            self._two_d_code(data[1], data[2:])

    def _graphics(self, function: int, data: bytes) -> None:
        if function in (112, 64) and len(data) >= 8:
            wide, high = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
            ink = rows_of_bits(data[8:], wide, high)
            if ink is not None:
                self._stored = ink.resize((wide * max(1, data[1]), high * max(1, data[2])))
        elif function in (2, 50) and self._stored is not None:
            self._canvas.picture(self._stored, f"[picture {self._stored.width}x{self._stored.height}]")
            self._stored = None

    def _two_d_code(self, function: int, data: bytes) -> None:
        """QR codes: module size, error correction, the content kept, then printed."""
        code = self._code
        if function == 67 and data and 1 <= data[0] <= 16:
            code.size = data[0]
        elif function == 69 and data and data[0] in EC_LEVELS:
            code.level = data[0]
        elif function == 80:
            code.content = data[1:]
        elif function == 81:
            ink = code.drawn()
            if ink is not None:
                self._canvas.picture(ink, f"[QR {code.content.decode('utf-8', 'replace')}]")

    def _bar_code(self, given: bytes) -> None:
        """GS k: slips have none; a technician who sends one sees where it would stand."""
        content = given[2:] if given[0] >= 65 else given[1:].rstrip(b"\0")
        text = f"[bar code {content.decode('ascii', 'replace')}]"
        self._canvas.picture(Image.new("L", (min(self._canvas.width, 11 * len(content) + 35), 80), 0), text)


def _word(given: bytes, at: int = 0) -> int:
    return int.from_bytes(given[at : at + 2], "little")
