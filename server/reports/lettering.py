"""The fonts of printed reports: the machine's own where it has good ones, and always one that came with the program."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

FAMILY = "report"
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
UPRIGHT = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf")
BOLD = {
    "NotoSans-Regular.ttf": "NotoSans-Bold.ttf", "DejaVuSans.ttf": "DejaVuSans-Bold.ttf",
    "LiberationSans-Regular.ttf": "LiberationSans-Bold.ttf",
}  # fmt: skip
OTHERS = (
    "DejaVuSans.ttf", "NotoNaskhArabic-Regular.ttf", "NotoSansArabic-Regular.ttf", "NotoSansJavanese-Regular.ttf",
    "NotoSansBalinese-Regular.ttf", "NotoSansSundanese-Regular.ttf", "NotoSansDevanagari-Regular.ttf",
    "NotoSansTamil-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansCJK-Regular.ttc",
)
"""For letters that the first font does not have."""


def use_fonts(page: FPDF) -> None:
    """Give a document its fonts; letters that no font has are drawn as the empty box of the first."""
    found = machine_fonts()
    with as_file(files("barcode") / "fonts" / "DejaVuSansMono.ttf") as bundled:
        upright = next((found[name] for name in UPRIGHT if name in found), bundled)
        page.add_font(FAMILY, "", upright)
        page.add_font(FAMILY, "B", found.get(BOLD.get(upright.name, ""), upright))
        page.add_font("bundled", "", bundled)
    others = ["bundled"]
    for name in OTHERS:
        if name in found and found[name] != upright:
            page.add_font(name, "", found[name])
            others.append(name)
    page.set_fallback_fonts(others, exact_match=False)


def join_letters(page: FPDF, texts: Iterable[str]) -> None:
    """Let letters join and run from right to left where one of the texts needs that; it makes a report slower."""
    needed = any(
        unicodedata.bidirectional(letter) in ("R", "AL") or unicodedata.category(letter) in ("Mn", "Mc")
        for text in texts for letter in text
    )  # fmt: skip
    if needed and find_spec("uharfbuzz") is not None:
        page.set_text_shaping(True)


@cache
def machine_fonts() -> dict[str, Path]:
    """The font files of this machine by their names, of those that reports use."""
    wanted = {*UPRIGHT, *BOLD.values(), *OTHERS}
    paths = (path for folder in FOLDERS for path in sorted(Path(folder).expanduser().rglob("*")))
    return {path.name: path for path in paths if path.name in wanted}
