"""ESC/POS cut into commands: where each begins and ends, whatever pieces the bytes come in.

After Epson's ESC/POS command reference, as far as python-escpos and slips go. What is unknown is skipped with its
parameters where their number is known, else by itself. What a command does is not known here.
"""

from __future__ import annotations

from typing import NamedTuple

LARGEST_COMMAND = 8 << 20
"""Bytes. A length above this is noise: no picture for a slip is as large."""

_PREFIXES = {0x10: "DLE", 0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}
_SINGLE = {0x09: "HT", 0x0A: "LF"}
_REAL_TIME = {0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}
_LONGEST_LIST = 256
"""Bytes to wait for the NUL that ends a list; tab stops and bar codes are shorter."""

_PARAMETERS = {
    "ESC": {
        " ": 1, "!": 1, "$": 2, "%": 1, "+": 1, "-": 1, "3": 1, "=": 1, "?": 1, "A": 1, "B": 2, "E": 1, "G": 1, "J": 1,
        "K": 1, "M": 1, "R": 1, "T": 1, "U": 1, "V": 1, "W": 8, "Y": 1, "\\": 2, "a": 1, "c": 2, "d": 1, "e": 1, "p": 3,
        "r": 1, "t": 1, "u": 1, "{": 1,
    },
    "FS": {"!": 1, "-": 1, "C": 1, "S": 2, "W": 1, "p": 2},
    "GS": {
        "!": 1, "$": 2, "/": 1, "B": 1, "E": 1, "H": 1, "I": 1, "L": 2, "P": 2, "T": 1, "W": 2, "\\": 2, "^": 3, "a": 1,
        "b": 1, "f": 1, "h": 1, "r": 1, "w": 1, "x": 1, "z": 2, "|": 1,
    },
}
"""How many bytes a command brings along, where that is always the same; none where a command is not here at all."""


class Command(NamedTuple):
    """One command: `name` as Epson writes it ("ESC a", "GS v", "LF"; "text" for letters, "" for what means nothing)."""

    name: str
    parameters: bytes
    data: bytes
    """All of it, as it was sent."""

    @property
    def real_time(self) -> bool:
        """Carried out when it is received, before everything that waits."""
        return self.name.startswith("DLE ")

    @property
    def asks(self) -> bool:
        """It wants an answer and leaves nothing on paper."""
        return self.real_time or self.name in ("GS r", "GS a", "GS I")


class CommandReader:
    """Takes bytes in pieces of any size and gives the commands that are whole."""

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of a command whose end has not come yet."""
        return len(self._pending)

    def feed(self, data: bytes) -> list[Command]:
        """The commands that these bytes complete, letters that follow each other as one."""
        self._pending += data
        found, at = [], 0
        while at < len(self._pending):
            reader = _Reader(self._pending, at)
            try:
                name, parameters_at = _read(reader)
            except _Incomplete:
                break
            found.append(Command(name, bytes(self._pending[parameters_at : reader.at]),
                                 bytes(self._pending[at : reader.at])))  # fmt: skip
            at = reader.at
        del self._pending[:at]
        return found

    def forget(self) -> None:
        """Drop the beginning of a command whose end will not come."""
        self._pending.clear()


class _Incomplete(Exception):
    """The command's end has not come yet."""


class _Reader:
    def __init__(self, data: bytearray, at: int) -> None:
        self._data = data
        self.at = at

    def skip(self, count: int) -> None:
        if self.at + count > len(self._data):
            raise _Incomplete
        self.at += count

    def number(self, size: int) -> int:
        self.skip(size)
        return int.from_bytes(self._data[self.at - size : self.at], "little")

    def byte(self) -> int:
        return self.number(1)

    def skip_data(self, count: int) -> None:
        """Skip so many bytes, none where nobody would send as many."""
        if count <= LARGEST_COMMAND:
            self.skip(count)

    def skip_letters(self) -> None:
        while self.at < len(self._data) and _is_letter(self._data[self.at]):
            self.at += 1

    def skip_list(self) -> None:
        """Skip up to the NUL that ends a list, or nothing where none is near."""
        end = self._data.find(0, self.at)
        if end >= 0:
            self.at = end + 1
        elif len(self._data) - self.at < _LONGEST_LIST:
            raise _Incomplete


def _is_letter(byte: int) -> bool:
    return 0x20 <= byte < 0x7F or byte >= 0x80


def _read(reader: _Reader) -> tuple[str, int]:
    """Read one command: its name, and where its parameters begin. Raises _Incomplete."""
    begin, first = reader.at, reader.byte()
    if first not in _PREFIXES:
        if not _is_letter(first):
            return _SINGLE.get(first, ""), reader.at
        reader.skip_letters()
        return "text", begin
    prefix, second = _PREFIXES[first], reader.byte()
    begin = reader.at
    if prefix == "DLE":
        return _read_real_time(second, reader), begin
    letter = chr(second)
    reader.skip(_PARAMETERS[prefix].get(letter, 0))
    _skip_measured(f"{prefix} {letter}", reader)
    return f"{prefix} {letter}", begin


def _read_real_time(kind: int, reader: _Reader) -> str:
    if (kind == 0x04 and reader.byte() in (7, 8, 18)) or kind == 0x05:
        reader.byte()
    elif kind == 0x14:
        reader.skip({1: 2, 2: 2, 8: 7}.get(reader.byte(), 0))
    return f"DLE {_REAL_TIME[kind]}" if kind in _REAL_TIME else ""


def _skip_measured(name: str, reader: _Reader) -> None:
    """Skip the parameters of commands that tell their length themselves."""
    match name:
        case "ESC D":
            reader.skip_list()
        case "ESC *":
            deep, columns = reader.byte() & 32, reader.number(2)
            reader.skip(columns * (3 if deep else 1))
        case "GS V":
            if reader.byte() in (65, 66):
                reader.byte()
        case "GS v":
            if reader.byte() == 48:
                reader.byte()
                reader.skip_data(reader.number(2) * reader.number(2))
        case "GS (" | "GS 8":
            reader.byte()
            reader.skip_data(reader.number(2 if name == "GS (" else 4))
        case "GS *":
            reader.skip(reader.byte() * reader.byte() * 8)
        case "GS k":
            if reader.byte() >= 65:
                reader.skip(reader.byte())
            else:
                reader.skip_list()
