"""What python-escpos' profile of a printer says, made fit for slips: columns, dots, code pages, abilities.

Only this module reads python-escpos' capability data.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from escpos import capabilities
from escpos.codepages import CodePages
from escpos.magicencode import Encoder

if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    # python-escpos makes a new temporary folder for its cache at every import and never removes it.
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)

TEXT_PAGES = ("CP437", "CP850", "CP858", "CP852", "CP1252")
"""The code pages that slips use as text. Cheap printers claim many more than they have, and right-to-left ones are
printed unshaped and backwards, so that everything outside these is drawn instead: always right, on any printer."""

NOMINAL_COLUMNS = {80: 48, 58: 32}
NOMINAL_DOTS = {80: 576, 58: 384}
_DOTS_A_COLUMN, _DOTS_A_SMALL_COLUMN = 12, 9
_IMAGE_WAYS = ("bitImageRaster", "graphics", "bitImageColumn")


@dataclass(frozen=True)
class Abilities:
    """A printer with its paper: what a slip may use. `dots` is the width that can be printed.

    `small_columns` is 0 where there is no font B. `letters` are all that the text pages carry.
    """

    columns: int
    small_columns: int
    dots: int
    letters: frozenset[str]
    text_pages: dict[str, int]
    image_way: str
    native_qr: bool
    smooths: bool
    profile: Any


def names() -> list[str]:
    """Every profile that python-escpos knows, for checking a configuration."""
    return sorted(capabilities.CAPABILITIES["profiles"])


@lru_cache(maxsize=32)
def abilities(profile: str, width_mm: int) -> Abilities:
    """What a printer of this profile can do on paper `width_mm` wide (80 or 58). Raises ValueError."""
    if width_mm not in NOMINAL_COLUMNS:
        raise ValueError(f"paper is 80 or 58 mm wide, not {width_mm}")
    data = _data(profile)
    columns = _columns(data, width_mm)
    dots = _dots(data, width_mm, columns)
    features = data["features"]
    slots = {name: int(slot) for slot, name in sorted(data["codePages"].items(), key=lambda page: int(page[0]))}
    pages = {name: slots[name] for name in TEXT_PAGES if name in slots} or {"CP437": 0}
    return Abilities(
        columns=columns,
        small_columns=min(data["fonts"]["1"]["columns"], dots // _DOTS_A_SMALL_COLUMN) if "1" in data["fonts"] else 0,
        dots=dots,
        letters=frozenset(map(chr, range(128))).union(*map(Encoder._get_codepage_char_list, pages)),
        text_pages=pages,
        image_way=next((way for way in _IMAGE_WAYS if features.get(way)), "bitImageColumn"),
        native_qr=bool(features.get("qrCode")),
        # GS b is Epson's; another maker's printer could take its "b" for a letter to print.
        smooths=data["vendor"] == "Epson" or profile == "default",
        profile=_fitted(data, columns, dots),
    )


@lru_cache(maxsize=32)
def code_pages(profile: str) -> dict[int, str]:
    """The upper 128 characters of each code page by its slot (`ESC t n`), where they are known. Raises ValueError."""
    pages = {}
    for slot, name in _data(profile)["codePages"].items():
        encoding = CodePages.get_encoding(name)
        if "data" in encoding or "python_encode" in encoding:
            pages[int(slot)] = "".join(Encoder._get_codepage_char_list(name))
    return pages


def _data(profile: str) -> dict[str, Any]:
    try:
        data: dict[str, Any] = capabilities.CAPABILITIES["profiles"][profile]
    except KeyError:
        raise ValueError(f'python-escpos has no printer profile "{profile}"') from None
    return data


def _columns(data: dict[str, Any], width_mm: int) -> int:
    """Characters of font A on a line. Some profiles have slips of the pen here: only what can be is believed."""
    columns = data["fonts"].get("0", {}).get("columns", 0)
    nominal = NOMINAL_COLUMNS[width_mm]
    return min(columns, nominal) if 24 <= columns <= 64 else nominal


def _dots(data: dict[str, Any], width_mm: int, columns: int) -> int:
    """The printable width in whole bytes of dots; where the profile does not know it, what its columns take."""
    width = data["media"]["width"].get("pixels")
    if not isinstance(width, int) or width < 24 * _DOTS_A_COLUMN:
        width = columns * _DOTS_A_COLUMN
    return int(min(width, NOMINAL_DOTS[width_mm])) // 8 * 8


def _fitted(data: dict[str, Any], columns: int, dots: int) -> Any:
    """The profile with its paper's real width: python-escpos prints a complaint to stdout where that is unknown."""
    profile = capabilities.Profile(columns=columns, features=data["features"])
    media = {**data["media"], "width": {**data["media"]["width"], "pixels": dots}}
    profile.profile_data = {**data, "media": media}
    return profile
