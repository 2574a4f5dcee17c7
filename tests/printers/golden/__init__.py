"""Slips whose every byte is kept: NAME.bin leaves for the printer, NAME.txt and NAME.png are what a person sees on it.

`python -m tests.printers.golden` writes them anew after a change of the layout; look at the differences before
committing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from printers.style import Style
from tests.printers.slips import Width, logo, slip, style_of, ticket

FOLDER = Path(__file__).parent

_PASSPORT = ticket(
    number="IMI-0105", ahead=0, estimate=None, party_size=3, counters=["4", "5", "6", "9"], documents=None,
    service_name={"id": "Paspor baru", "en": "New passport"},
    agency_name={"id": "Kantor Imigrasi", "en": "Immigration Office"}, zone_name={"id": "Zona C", "en": "Zone C"},
)
_USUAL, _LOGO = Style.default(), style_of(logo=logo(200, 100))
_OTHER = style_of(
    head=[{"part": "hall", "size": "tall", "align": "left"}, {"part": "date", "size": "small", "align": "left"}],
    ticket=["rule", {"part": "service", "size": "normal"}, "number", "zone", "counters"],
    foot=[{"part": "text", "size": "small", "reverse": True, "text": {"id": "Dilarang merokok", "en": "No smoking"}},
          "rule", {"part": "qr", "align": "left"}],
)
"""A layout of a hall's own, with every size and both edges."""

SLIPS: dict[str, tuple[dict[str, Any], Width, str, Style]] = {
    "80-indonesian": (slip(), 80, "TM-T20II", _USUAL),
    "80-two-tickets": (slip(tickets=[ticket(), _PASSPORT]), 80, "default", _USUAL),
    "80-english-copy-without-url": (slip(language="en", copy=True, url=None), 80, "TM-T88V", _USUAL),
    "80-logo": (slip(), 80, "TM-T20II", _LOGO),
    "80-own-layout": (slip(copy=True), 80, "TM-T20II", _OTHER),
    "58-indonesian": (slip(), 58, "default", _USUAL),
    "58-english-copy": (slip(language="en", copy=True, tickets=[_PASSPORT]), 58, "RP-F10-58mm", _USUAL),
    "58-logo": (slip(copy=True), 58, "POS-5890", _LOGO),
    "58-own-layout": (slip(tickets=[ticket(), _PASSPORT]), 58, "NT-5890K", _OTHER),
}
