"""Slips whose every byte is kept: NAME.bin is what leaves for the printer, NAME.txt what a person reads on it.

`python -m tests.printers.golden` writes them anew after a change of the layout; read the differences before committing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.printers.slips import Width, slip, ticket

FOLDER = Path(__file__).parent

_PASSPORT = ticket(
    number="IMI-0105", ahead=0, estimate=None, party_size=3,
    service_name={"id": "Paspor baru", "en": "New passport"},
    agency_name={"id": "Kantor Imigrasi", "en": "Immigration Office"}, zone_name={"id": "Zona C", "en": "Zone C"},
)

SLIPS: dict[str, tuple[dict[str, Any], Width, str]] = {
    "80-indonesian": (slip(), 80, "TM-T20II"),
    "80-two-tickets": (slip(tickets=[ticket(), _PASSPORT]), 80, "default"),
    "80-english-copy-without-url": (slip(language="en", copy=True, url=None), 80, "TM-T88V"),
    "58-indonesian": (slip(), 58, "default"),
    "58-english-copy": (slip(language="en", copy=True, tickets=[_PASSPORT]), 58, "RP-F10-58mm"),
}
