"""Slips as the server sends them, and paper as the virtual printer reads it."""

from __future__ import annotations

from typing import Any, Literal

from PIL import Image

from printers.decoder import Decoder
from printers.profiles import NOMINAL_DOTS, code_pages
from printers.slip import lay_out

Width = Literal[80, 58]
URL = "http://antrean.test:8080/t/ABCDEFGHIJKLMNOP"


def ticket(**changes: Any) -> dict[str, Any]:
    return {
        "number": "A-012",
        "service_name": {"id": "KTP elektronik: rekam dan cetak", "en": "Electronic ID card: record and print"},
        "agency_name": {"id": "Kependudukan (Disdukcapil)", "en": "Civil Registry (Disdukcapil)"},
        "zone_name": {"id": "Zona A", "en": "Zone A"},
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


def read(data: bytes, width_mm: Width = 80, profile: str = "default") -> list[tuple[str, Image.Image]]:
    """What falls out of a printer that is sent `data`: text and picture of each slip."""
    fallen: list[tuple[str, Image.Image]] = []
    decoder = Decoder(
        NOMINAL_DOTS[width_mm], code_pages(profile), lambda answer: None,
        lambda text, picture, _data: fallen.append((text, picture)),
    )
    decoder.feed(data)
    return fallen


def printed(content: dict[str, Any], width_mm: Width = 80, profile: str = "default") -> tuple[str, Image.Image]:
    """Text and picture of one slip, laid out, sent to a printer and read there."""
    (paper,) = read(lay_out(content, width_mm=width_mm, profile=profile), width_mm, profile)
    return paper
