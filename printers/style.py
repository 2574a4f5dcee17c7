"""The look of a hall's slips, as its server tells it: which parts stand on them, how large, and the logo.

The usual layout is that of `[slip]` in config.toml when nothing is said there; docs/slip.md shows it.
"""

from __future__ import annotations

import binascii
import io
import struct
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Literal, get_args, get_type_hints

from PIL import Image

from server.config import Slip, SlipPart

Size = Literal["small", "normal", "tall", "large", "largest"]
Align = Literal["left", "center"]

_BLACK, _WHITE = 72, 235
"""Greys that are black or white on paper: heat spreads, and a printed dot is larger than its pixel."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of a part is printed."""

    size: Size = "normal"
    bold: bool = False
    reverse: bool = False
    align: Align = "center"


USUAL = {
    "copy": Look("large", bold=True, reverse=True), "hall": Look(bold=True), "number": Look("largest", bold=True),
    "service": Look("large", bold=True), "ahead": Look("tall"), "estimate": Look("tall"),
    "zone": Look("tall", bold=True), "counters": Look("tall", bold=True),
}
"""The look of the parts that are more than plain text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a slip: its name, its look, and the words of a part "text" by language."""

    name: str
    look: Look = field(default_factory=Look)
    text: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """The layout: `head` and `foot` once a slip, `ticket` for each of its tickets; the logo as PNG, if there is one."""

    head: tuple[Part, ...]
    ticket: tuple[Part, ...]
    foot: tuple[Part, ...]
    logo: bytes | None = None
    version: str = "default"

    @classmethod
    def default(cls) -> Style:
        """The usual layout, without a logo."""
        usual = Slip()
        head, ticket, foot = ([_plain(part) for part in parts] for parts in (usual.head, usual.ticket, usual.foot))
        return cls(_known(head), _known(ticket), _known(foot))

    @classmethod
    def from_json(cls, data: object) -> Style:
        """The style that `GET /slip-style` answers with.

        Parts that only a newer server knows are left out. A copy is marked and a ticket has its number even where the
        layout has no place for them. Raises ValueError where the data is no style.
        """
        match data:
            case {
                "version": str(version), "logo": str() | None as logo,
                "layout": {"head": list(head), "ticket": list(ticket), "foot": list(foot)},
            }:
                return cls(_known(head), _known(ticket), _known(foot), None if logo is None else _png(logo), version)
        raise ValueError("the server's slip style has another shape than it must have")

    def __post_init__(self) -> None:
        if not any(part.name == "copy" for part in (*self.head, *self.ticket, *self.foot)):
            object.__setattr__(self, "head", (*_known([{"part": "copy"}, {"part": "gap"}]), *self.head))
        if not any(part.name == "number" for part in self.ticket):
            object.__setattr__(self, "ticket", (*_known([{"part": "number"}]), *self.ticket))


def _plain(part: SlipPart) -> dict[str, Any]:
    return {key.name: getattr(part, key.name) for key in fields(part) if getattr(part, key.name) is not None}


_NAMES = frozenset(get_args(get_type_hints(SlipPart)["part"]))


def _known(parts: list[Any]) -> tuple[Part, ...]:
    """The parts of a list that this program knows. Raises ValueError."""
    if not all(isinstance(part, dict) and isinstance(part.get("part"), str) for part in parts):
        raise ValueError("a part of the server's slip style has no name")
    return tuple(_part(part) for part in parts if part["part"] in _NAMES)


def _part(plain: Mapping[str, Any]) -> Part:
    usual = USUAL.get(plain["part"], Look())
    given = {key.name: plain.get(key.name) for key in fields(Look)}
    look = {key: getattr(usual, key) if value is None else value for key, value in given.items()}
    text = plain.get("text")
    words = text if isinstance(text, dict) else {}
    sound = (
        look["size"] in get_args(Size) and look["align"] in get_args(Align)
        and isinstance(look["bold"], bool) and isinstance(look["reverse"], bool)
        and all(isinstance(word, str) for word in words.values()) and (plain["part"] != "text" or words)
    )
    if not sound:
        raise ValueError(f'the part "{plain["part"]}" of the server\'s slip style is not as it must be')
    return Part(plain["part"], Look(**look), words or None)


def _png(base64: str) -> bytes:
    """The logo's PNG. Raises ValueError."""
    try:
        png = b64decode(base64, validate=True)
        _greys(png)
    except (binascii.Error, OSError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise ValueError(f"the server's logo is no picture: {error}") from None
    return png


def _greys(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        if picture.width > 4096 or picture.height > 4096:
            raise ValueError("the server's logo is far too large")
        return picture.convert("L")


@lru_cache(maxsize=8)  # one logo, and the paper of a few printers
def dithered(png: bytes, dots: int) -> Image.Image:
    """A logo in black and white (Floyd and Steinberg's way of spreading greys), at most `dots` wide.

    What is nearly black or nearly white becomes so, or it would be speckled.
    """
    grey = _greys(png).point(lambda value: (value - _BLACK) * 255 / (_WHITE - _BLACK))
    grey.thumbnail((dots, grey.height), Image.Resampling.LANCZOS)
    padded = Image.new("L", ((grey.width + 7) // 8 * 8, grey.height), 255)
    padded.paste(grey, ((padded.width - grey.width) // 2, 0))
    return padded.convert("1", dither=Image.Dither.FLOYDSTEINBERG)
