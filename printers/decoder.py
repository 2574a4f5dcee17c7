"""ESC/POS as a printer reads it: bytes in, ink on a canvas, answers back, a slip at every cut.

After Epson's ESC/POS command reference, as far as python-escpos and slips go. A command that asks for more bytes than
have come waits for them. What is unknown is skipped with its parameters where their number is known, else by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PIL import Image

from printers.canvas import CUTTER_DOTS, LINE_SPACING, Canvas, Cell
from printers.ink import EC_LEVELS, QrCode, rows_of_bits

LARGEST_COMMAND = 8 << 20
"""Bytes. A length above this is noise: no picture for a slip is as large."""

_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
_PARAMETERS: dict[tuple[int, str], int] = {
    (_ESC, "="): 1, (_ESC, "%"): 1, (_ESC, "?"): 1, (_ESC, "A"): 1, (_ESC, "B"): 2, (_ESC, "R"): 1, (_ESC, "T"): 1,
    (_ESC, "U"): 1, (_ESC, "V"): 1, (_ESC, "W"): 8, (_ESC, "Y"): 1, (_ESC, "c"): 2, (_ESC, "p"): 3, (_ESC, "r"): 1,
    (_ESC, "u"): 1, (_ESC, "+"): 1,
    (_FS, "!"): 1, (_FS, "-"): 1, (_FS, "C"): 1, (_FS, "S"): 2, (_FS, "W"): 1, (_FS, "p"): 2,
    (_GS, "$"): 2, (_GS, "/"): 1, (_GS, "E"): 1, (_GS, "H"): 1, (_GS, "P"): 2, (_GS, "T"): 1, (_GS, "\\"): 2,
    (_GS, "^"): 3, (_GS, "c"): 0, (_GS, "f"): 1, (_GS, "h"): 1, (_GS, "w"): 1, (_GS, "x"): 1, (_GS, "z"): 2,
    (_GS, "|"): 1, (_GS, ":"): 0,
}
"""Commands that leave no ink on a slip, and how many bytes they bring along."""


class _Incomplete(Exception):
    """The command's end has not come yet."""


class _Reader:
    def __init__(self, data: bytearray) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self._data):
            raise _Incomplete
        self.at += count
        return bytes(self._data[self.at - count : self.at])

    def byte(self) -> int:
        return self.take(1)[0]

    def word(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def until_nul(self) -> bytes:
        end = self._data.find(0, self.at)
        if end < 0:
            if len(self._data) - self.at < 256:
                raise _Incomplete
            end = self.at
        found = bytes(self._data[self.at : end])
        self.at = end + 1
        return found


class Decoder:
    """Reads what is sent to a printer.

    `pages` are the upper 128 characters of each code page by slot; `answer` takes what the printer sends back;
    `on_slip(text, picture, data)` is called at every cut that lets something printed fall.
    """

    def __init__(
        self, width: int, pages: Mapping[int, str], answer: Callable[[bytes], None],
        on_slip: Callable[[str, Image.Image, bytes], None],
    ) -> None:
        self._canvas = Canvas(width)
        self._pages = pages
        self._answer = answer
        self._on_slip = on_slip
        self._pending = bytearray()
        self._since_cut = bytearray()
        self._reset()

    def feed(self, data: bytes) -> None:
        """Take bytes as they come, in pieces of any size."""
        self._pending += data
        while self._pending:
            reader = _Reader(self._pending)
            self._cut = False
            try:
                self._command(reader)
            except _Incomplete:
                return
            self._since_cut += self._pending[: reader.at]
            del self._pending[: reader.at]
            if self._cut:
                self._let_fall()

    def hang_up(self) -> None:
        """The connection is gone: half a command is forgotten, what was printed stays on the paper."""
        self._pending.clear()

    def _reset(self) -> None:
        self._canvas.reset()
        self._page = self._pages.get(0, "")
        self._stored: Image.Image | None = None
        self._code = QrCode()

    def _let_fall(self) -> None:
        data = bytes(self._since_cut)
        fallen = self._canvas.cut()
        if fallen is not None:
            self._since_cut.clear()
            self._on_slip(*fallen, data)

    def _command(self, reader: _Reader) -> None:
        first = reader.byte()
        if first in (_ESC, _FS, _GS):
            self._after_prefix(first, chr(reader.byte()), reader)
        elif first == _DLE:
            self._real_time(reader)
        elif first == 0x0A:
            self._canvas.line_feed()
        elif first == 0x09:
            self._canvas.tab()
        elif first >= 0x80:
            self._canvas.put((self._page or "\ufffd" * 128)[first - 0x80])
        elif 0x20 <= first < 0x7F:
            self._canvas.put(chr(first))

    def _after_prefix(self, prefix: int, name: str, reader: _Reader) -> None:
        handlers = {_ESC: self._escape, _GS: self._group}
        if (prefix, name) in _PARAMETERS:
            reader.take(_PARAMETERS[prefix, name])
        elif prefix in handlers:
            handlers[prefix](name, reader)

    def _real_time(self, reader: _Reader) -> None:
        """DLE EOT, ENQ, DC4: status asked for while printing. Everything is in order with this printer."""
        kind = reader.byte()
        if kind == 0x04:
            wanted = reader.byte()
            if wanted in (7, 8, 18):
                reader.byte()
            # Bits 1 and 4 are always set; in status 1, bit 2 is the drawer's pin.
            self._answer(b"\x16" if wanted == 1 else b"\x12")
        elif kind == 0x05:
            reader.byte()
        elif kind == 0x14:
            reader.take({1: 2, 2: 2, 8: 7}.get(reader.byte(), 0))

    def _escape(self, name: str, reader: _Reader) -> None:
        canvas = self._canvas
        match name:
            case "@":
                self._reset()
            case "!":
                mode = reader.byte()
                canvas.style = replace(
                    canvas.style, font=mode & 1, bold=bool(mode & 8), height=2 if mode & 16 else 1,
                    width=2 if mode & 32 else 1, underline=1 if mode & 128 else 0,
                )
            case "-":
                canvas.style = replace(canvas.style, underline=reader.byte() % 48 % 3)
            case "E" | "G":
                canvas.style = replace(canvas.style, bold=bool(reader.byte() & 1))
            case "M":
                canvas.style = replace(canvas.style, font=min(1, reader.byte() % 48))
            case "a":
                canvas.align = reader.byte() % 48 % 3
            case "t":
                self._page = self._pages.get(reader.byte(), "")
            case "{":
                canvas.upside_down = bool(reader.byte() & 1)
            case " ":
                canvas.letter_space = reader.byte()
            case "2":
                canvas.spacing = LINE_SPACING
            case "3":
                canvas.spacing = reader.byte()
            case "J":
                canvas.feed(reader.byte())
            case "K":
                canvas.feed(-reader.byte())
            case "d":
                canvas.feed(0)
                canvas.feed(reader.byte() * canvas.spacing)
            case "e":
                canvas.feed(-reader.byte() * canvas.spacing)
            case "$":
                canvas.advance_to(reader.word())
            case "\\":
                reader.word()
            case "D":
                reader.until_nul()
            case "*":
                self._column_picture(reader)
            case "i" | "m":
                self._cut = True

    def _group(self, name: str, reader: _Reader) -> None:
        canvas = self._canvas
        match name:
            case "!":
                size = reader.byte()
                canvas.style = replace(canvas.style, width=(size >> 4 & 7) + 1, height=(size & 7) + 1)
            case "B":
                canvas.style = replace(canvas.style, reverse=bool(reader.byte() & 1))
            case "b":
                canvas.style = replace(canvas.style, smooth=bool(reader.byte() & 1))
            case "L":
                canvas.left_margin = min(reader.word(), canvas.width)
            case "W":
                canvas.area = reader.word()
            case "V":
                self._knife(reader)
            case "v":
                self._raster_picture(reader)
            case "(":
                self._function(chr(reader.byte()), reader, reader.word())
            case "8":
                self._function(chr(reader.byte()), reader, int.from_bytes(reader.take(4), "little"))
            case "*":
                columns, rows = reader.byte(), reader.byte()
                reader.take(columns * rows * 8)
            case "k":
                self._bar_code(reader)
            case "a":
                if reader.byte():
                    self._answer(b"\x10\x00\x00\x00")
            case "r":
                reader.byte()
                self._answer(b"\x00")
            case "I":
                self._answer(b"\x02" if reader.byte() < 65 else b"_Antrean\x00")

    def _knife(self, reader: _Reader) -> None:
        mode = reader.byte()
        if mode in (65, 66):
            self._canvas.feed(reader.byte() + CUTTER_DOTS)
        self._cut = mode in (0, 1, 48, 49, 65, 66)

    def _raster_picture(self, reader: _Reader) -> None:
        """GS v 0: a picture in rows of whole bytes, printed at once."""
        if reader.byte() != 48:
            return
        mode, columns, rows = reader.byte(), reader.word(), reader.word()
        if columns * rows > LARGEST_COMMAND:
            return
        ink = rows_of_bits(reader.take(columns * rows), columns * 8, rows)
        if ink is not None:
            ink = ink.resize((ink.width * (2 if mode & 1 else 1), ink.height * (2 if mode & 2 else 1)))
            self._canvas.picture(ink, f"[picture {ink.width}x{ink.height}]")

    def _column_picture(self, reader: _Reader) -> None:
        """ESC *: a band of columns, 8 or 24 dots high, that stands in the line as letters do."""
        mode, columns = reader.byte(), reader.word()
        high = 24 if mode & 32 else 8
        data = reader.take(columns * high // 8)
        # A column is stored from the top down: read as rows, the band lies on its side.
        ink = rows_of_bits(data, high, columns)
        if ink is None:
            return
        upright = ink.transpose(Image.Transpose.TRANSPOSE)
        size = (columns * (1 if mode & 1 else 2), 24)
        self._canvas.put_cell(Cell(upright.resize(size), size[0], f"[picture {size[0]}x{size[1]}]"))

    def _function(self, name: str, reader: _Reader, length: int) -> None:
        """GS ( and GS 8: functions that tell their length, so that unknown ones are skipped whole."""
        if length > LARGEST_COMMAND:
            return
        data = reader.take(length)
        if name == "L" and length >= 2:
            self._graphics(data[1], data[2:])
        elif name == "k" and length >= 2 and data[0] == 49:
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

    def _bar_code(self, reader: _Reader) -> None:
        """GS k: slips have none; a technician who sends one sees where it would stand."""
        kind = reader.byte()
        content = reader.take(reader.byte()) if kind >= 65 else reader.until_nul()
        text = f"[bar code {content.decode('ascii', 'replace')}]"
        self._canvas.picture(Image.new("L", (min(self._canvas.width, 11 * len(content) + 35), 80), 0), text)
