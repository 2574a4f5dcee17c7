"""What a printer makes of bytes, without a printer: the same decoding and drawing as the virtual printer's."""

from __future__ import annotations

from typing import Literal

from PIL import Image

from printers.decoder import Decoder
from printers.profiles import NOMINAL_DOTS, code_pages

TEAR_DOTS = 40
"""How far apart several slips are shown."""

_TORN_OFF = b"\n" * 4 + b"\x1dV\x01"
"""A person tears the paper off where no cutter did."""


def picture(data: bytes, width_mm: Literal[80, 58], profile: str) -> tuple[str, Image.Image]:
    """Text and picture (greys, 8 dots a mm) of all slips that these bytes print, one below the other.

    Raises ValueError where they print nothing, or there is no such profile.
    """
    slips = read(data, width_mm, profile)
    if not slips:
        raise ValueError("nothing was printed")
    height = sum(drawn.height for _, drawn in slips) + TEAR_DOTS * (len(slips) - 1)
    whole = Image.new("L", (slips[0][1].width, height), 160)
    top = 0
    for _, drawn in slips:
        whole.paste(drawn, (0, top))
        top += drawn.height + TEAR_DOTS
    return "\n".join(text for text, _ in slips), whole


def read(data: bytes, width_mm: Literal[80, 58] = 80, profile: str = "default") -> list[tuple[str, Image.Image]]:
    """Text and picture of each slip that falls, the last one torn off where it was not cut. Raises ValueError."""
    fallen: list[tuple[str, Image.Image]] = []
    decoder = Decoder(
        NOMINAL_DOTS[width_mm], code_pages(profile), lambda answer: None,
        lambda text, drawn, _data: fallen.append((text, drawn)),
    )
    decoder.feed(data)
    decoder.feed(_TORN_OFF)
    return fallen
