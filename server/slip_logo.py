"""The hall's logo, from the picture that `[slip] logo` names to greys of the size in which slips carry it."""

from __future__ import annotations

import binascii
import io
import warnings
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:  # Pillow and resvg are slow to import, and most halls' commands need neither
    from PIL.Image import Image

WIDEST_DOTS = 512
DOTS_A_MM = 8
LARGEST_FILE = 4 << 20
LARGEST_PICTURE = 25_000_000
"""Pixels."""

_FINER = 2
"""An SVG is drawn so many times larger, for its white margins are cut off before it is fitted."""
_LIGHTEST_INK = 250
_FAINTEST = 200
"""Greys. A logo in which nothing is darker would hardly show on thermal paper."""


class UnusableLogo(ValueError):
    """The picture cannot be printed as a logo; says why, in words for the person who chose it."""


def rasterise(path: Path, height_mm: int) -> bytes:
    """The picture as a PNG of greys without its margins, at most 512 dots wide and `height_mm` high (8 dots a mm).

    PNG, JPEG or SVG; what is transparent becomes white. Pixels are never enlarged. Raises UnusableLogo.
    """
    box = (WIDEST_DOTS, height_mm * DOTS_A_MM)
    grey = _fitted(_read(_content(path), box), box)
    if not any(grey.histogram()[: _FAINTEST + 1]):
        raise UnusableLogo("would print as empty paper: nothing in it is dark")
    png = io.BytesIO()
    grey.save(png, "PNG", optimize=True)
    return png.getvalue()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnusableLogo(f"cannot be read: {error.strerror} ({path})") from None
    if len(content) > LARGEST_FILE:
        raise UnusableLogo(f"is too large a file: {LARGEST_FILE >> 20} MiB at most")
    return content


def _read(content: bytes, box: tuple[int, int]) -> Image:
    """The picture in whatever colours it has."""
    from PIL import Image, ImageOps

    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return Image.open(io.BytesIO(_drawn(content, box)))
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        small = picture.width * picture.height <= LARGEST_PICTURE
        if small:
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        small = False
    except (OSError, ValueError, SyntaxError):
        raise UnusableLogo("is not a PNG, JPEG or SVG picture that can be read") from None
    if not small:
        raise UnusableLogo(f"is too large a picture: {LARGEST_PICTURE // 1_000_000} million pixels at most")
    return ImageOps.exif_transpose(picture)


def _fitted(picture: Image, box: tuple[int, int]) -> Image:
    """Greys on white, cut to what is not white, no larger than the box."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    coloured = picture.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    grey = paper.convert("L")
    inked = grey.point(lambda value: 255 if value < _LIGHTEST_INK else 0).getbbox()
    grey = grey.crop(inked) if inked else grey
    grey.thumbnail(box, Image.Resampling.LANCZOS)
    return grey


def _drawn(content: bytes, box: tuple[int, int]) -> bytes:
    """An SVG drawn into a box, as PNG. Raises UnusableLogo, also where it asks for another file."""
    from resvg_py import svg_to_bytes

    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnusableLogo(f"is not an SVG picture that can be read: {error}") from None
    for element in root.iter():
        _check_reference(element)
    # What was checked is drawn, not the file itself: no second reading of it could find something else.
    checked = ElementTree.tostring(root, encoding="unicode")
    try:
        drawn: bytes = svg_to_bytes(svg_string=checked, width=box[0] * _FINER, height=box[1] * _FINER, dpi=96)
    except (ValueError, RuntimeError) as error:
        raise UnusableLogo(f"is not an SVG picture that can be drawn: {error}") from None
    return drawn


def _check_reference(element: Any) -> None:
    """An SVG's pictures are inside it: the renderer would read any file of this machine that one names."""
    if str(element.tag).rpartition("}")[2] not in ("image", "feImage"):
        return
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] != "href" or value.strip().startswith("#"):
            continue
        kind, _, data = value.strip().partition(",")
        try:
            b64decode("".join(data.split()), validate=True)
        except binascii.Error:
            data = ""
        if kind not in ("data:image/png;base64", "data:image/jpeg;base64") or not data:
            raise UnusableLogo(f'asks for another file ("{value[:60]}"); put that picture into the SVG')
