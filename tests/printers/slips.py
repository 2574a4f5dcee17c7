"""Slips as the server sends them, and paper as the virtual printer reads it."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any, Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from printers.preview import read
from printers.slip import lay_out as slip_bytes
from printers.style import Style
from server.config import Settings, parse_hall
from server.slip_style import slip_style
from tests.small_hall import small

__all__ = ["URL", "Width", "lay_out", "logo", "printed", "read", "scanned", "slip", "style_of", "ticket"]

Width = Literal[80, 58]
URL = "http://antrean.test:8080/t/ABCDEFGHIJKLMNOP"


def ticket(**changes: Any) -> dict[str, Any]:
    return {
        "number": "A-012",
        "service_name": {"id": "KTP elektronik: rekam dan cetak", "en": "Electronic ID card: record and print"},
        "agency_name": {"id": "Kependudukan (Disdukcapil)", "en": "Civil Registry (Disdukcapil)"},
        "zone_name": {"id": "Zona A", "en": "Zone A"},
        "counters": ["1", "2"],
        "documents": {"id": "KTP asli, fotokopi Kartu Keluarga", "en": "Your ID card, a copy of the family card"},
        "ahead": 11,
        "estimate": {"low_minutes": 21, "high_minutes": 36},
        "party_size": 1,
        "priority": None,
    } | changes


def slip(**changes: Any) -> dict[str, Any]:
    return {
        "hall": {
            "name": "MPP Kota Pariaman", "timezone": "Asia/Jakarta",
            "footer": {"id": "Simpan karcis ini sampai dilayani.", "en": "Keep this slip until you are served."},
        },
        "language": "id", "issued_at": "2026-11-22T02:41:10.250+00:00", "copy": False, "url": URL,
        "tickets": [ticket()],
    } | changes


def lay_out(content: dict[str, Any], *, width_mm: Width, profile: str, style: Style | None = None) -> bytes:
    """The slip's bytes, in the usual layout where no other is given."""
    return slip_bytes(content, width_mm=width_mm, profile=profile, style=style or Style.default())


def printed(
    content: dict[str, Any], width_mm: Width = 80, profile: str = "default", style: Style | None = None
) -> tuple[str, Image.Image]:
    """Text and picture of one slip, laid out, sent to a printer and read there."""
    (paper,) = read(lay_out(content, width_mm=width_mm, profile=profile, style=style), width_mm, profile)
    return paper


def style_of(**layout: Any) -> Style:
    """The style with these lists of parts, each a name or as the server tells it; the others are as usual."""
    usual = slip_style(Settings(parse_hall(small())))
    lists = {name: [{"part": part} if isinstance(part, str) else part for part in parts]
             for name, parts in layout.items() if name != "logo"}
    logo = b64encode(layout["logo"]).decode() if "logo" in layout else None
    return Style.from_json({**usual, "logo": logo, "layout": usual["layout"] | lists})


def logo(wide: int = 120, high: int = 60) -> bytes:
    """A logo of a frame, a disc and a shade of grey, as the server sends it."""
    picture = Image.new("L", (wide, high), 255)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, wide - 1, high - 1), outline=0, width=4)
    pen.ellipse((10, 10, high - 11, high - 11), fill=0)
    pen.rectangle((high, 12, wide - 12, high - 12), fill=150)
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


def scanned(picture: Image.Image) -> str:
    """The QR code on a slip that lies on a table, a little larger, as a phone's camera sees it; "" for none."""
    table = Image.new("L", (picture.width + 80, picture.height + 80), 200)
    table.paste(picture.convert("L"), (40, 40))
    seen = np.asarray(table.resize((table.width * 2, table.height * 2)))
    found, *_ = cv2.QRCodeDetectorAruco().detectAndDecode(seen)  # the plain detector misses one good code in fifty
    return str(found)
