"""Which font on this machine has the letters of a text.

The machine's own fonts are looked for in the usual folders (fc-list may be missing); DejaVu Sans Mono comes with
python-barcode, which python-escpos needs, so that Latin, Greek, Cyrillic and Arabic can be drawn everywhere.
"""

from __future__ import annotations

import logging
import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import ImageFont

from printers.wrapping import JOINERS

log = logging.getLogger(__name__)

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts",
)
PREFERRED = (
    "NotoSans-Regular", "DejaVuSans", "NotoNaskhArabic-Regular", "NotoSansArabic-Regular", "NotoSansCJK-Regular",
    "NotoSansDevanagari-Regular", "NotoSansThai-Regular", "NotoSansTamil-Regular", "NotoSansSymbols2-Regular",
)
_NOT_FOR_READING = ("lastresort", "adobeblank")
_SECOND_CHOICE = ("bold", "italic", "oblique", "thin", "light", "black", "serif")
_ENDINGS = (".ttf", ".otf", ".ttc")


@dataclass(frozen=True)
class Face:
    """A font file and the stretches of Unicode that it has glyphs for."""

    path: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def has(self, letter: str) -> bool:
        """Whether there is a glyph for this character."""
        at = bisect_right(self.starts, ord(letter)) - 1
        return at >= 0 and ord(letter) <= self.ends[at]

    def sized(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The font at a size of `pixels` per em."""
        return _sized(self.path, pixels)


def face_for(text: str) -> Face | None:
    """The first font that has every letter of the text, or None."""
    return _face_for(frozenset(needs_glyph(text)))


def needs_glyph(text: str) -> set[str]:
    """The characters of a text that must have a glyph: all but spaces, joiners and variation selectors."""
    return {letter for letter in text if letter not in JOINERS and letter != " " and not "\ufe00" <= letter <= "\ufe0f"}


@lru_cache(maxsize=1)
def bundled() -> Face:
    """DejaVu Sans Mono, the font that is always there."""
    with as_file(files("barcode") / "fonts" / "DejaVuSansMono.ttf") as path:
        face = _face(path)
    if face is None:
        raise FileNotFoundError("python-barcode came without its font DejaVuSansMono.ttf")
    return face


@lru_cache(maxsize=4096)
def _face_for(letters: frozenset[str]) -> Face | None:
    for group in (favourites, faces):  # reading all fonts of a machine can take seconds: only when it must be
        for face in group():
            if all(face.has(letter) for letter in letters):
                return face
    return None


@lru_cache(maxsize=1)
def favourites() -> tuple[Face, ...]:
    """The preferred fonts that this machine has, and the one that is always there."""
    paths = sorted((path for path in _paths() if path.stem in PREFERRED), key=lambda path: PREFERRED.index(path.stem))
    return (*filter(None, map(_face, paths)), bundled())


@lru_cache(maxsize=1)
def faces() -> tuple[Face, ...]:
    """Every usable font of this machine, the preferred ones first, then upright before slanted or bold."""
    others = [path for path in _paths() if path.stem not in PREFERRED]
    others.sort(key=lambda path: any(word in path.stem.lower() for word in _SECOND_CHOICE))
    return (*favourites(), *filter(None, map(_face, others)))


def _paths() -> list[Path]:
    found = (path for folder in FOLDERS for path in sorted(Path(folder).expanduser().rglob("*")))
    return [path for path in found
            if path.suffix.lower() in _ENDINGS and not any(word in path.stem.lower() for word in _NOT_FOR_READING)]


@lru_cache(maxsize=64)
def _sized(path: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, pixels)


def _face(path: Path) -> Face | None:
    """The face of a font file, None where it cannot be used."""
    try:
        letters = _letters(path)
        ImageFont.truetype(str(path), 20)
    except (OSError, struct.error, ValueError, IndexError) as error:
        log.debug("font %s left out: %s", path, error)
        return None
    starts: list[int] = []
    ends: list[int] = []
    for code in sorted(letters):
        if ends and code == ends[-1] + 1:
            ends[-1] = code
        else:
            starts.append(code)
            ends.append(code)
    return Face(str(path), tuple(starts), tuple(ends)) if starts else None


def _letters(path: Path) -> set[int]:
    """The code points of a font's `cmap` table (OpenType specification, cmap formats 4 and 12). Raises ValueError."""
    with path.open("rb") as file:
        head = file.read(12)
        start = 0
        if head[:4] == b"ttcf":
            start = struct.unpack(">I", file.read(4))[0]
            file.seek(start)
            head = file.read(12)
        tables = {}
        for _ in range(struct.unpack(">H", head[4:6])[0]):
            tag, _sum, offset, length = struct.unpack(">4sIII", file.read(16))
            tables[tag] = (offset, length)
        if b"cmap" not in tables or not tables.keys() & {b"glyf", b"CFF ", b"CFF2"}:
            raise ValueError("no outlines, or no character map")
        file.seek(tables[b"cmap"][0])
        cmap = file.read(tables[b"cmap"][1])
    letters: set[int] = set()
    for at in range(struct.unpack(">H", cmap[2:4])[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * at)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            form = struct.unpack_from(">H", cmap, offset)[0]
            if form == 12:
                letters |= _format_12(cmap, offset)
            elif form == 4:
                letters |= _format_4(cmap, offset)
    return letters


def _format_12(cmap: bytes, offset: int) -> set[int]:
    letters: set[int] = set()
    for group in range(struct.unpack_from(">I", cmap, offset + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", cmap, offset + 16 + 12 * group)
        letters.update(range(first + (glyph == 0), min(last, 0x10FFFF) + 1))
    return letters


def _format_4(cmap: bytes, offset: int) -> set[int]:
    segments = struct.unpack_from(">H", cmap, offset + 6)[0] // 2
    # Four lists of one length; two bytes of padding stand after the first.
    at_lists = (offset + 14 + 2 * segments * part + (2 if part else 0) for part in range(4))
    ends, starts, deltas, ranges = (struct.unpack_from(f">{segments}H", cmap, at) for at in at_lists)
    at_ranges = offset + 16 + 6 * segments
    letters: set[int] = set()
    for index in range(segments):
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = code
            if ranges[index]:
                place = at_ranges + 2 * index + ranges[index] + 2 * (code - starts[index])
                glyph = struct.unpack_from(">H", cmap, place)[0] if place + 2 <= len(cmap) else 0
                if not glyph:
                    continue
            if (glyph + deltas[index]) & 0xFFFF:
                letters.add(code)
    return letters
