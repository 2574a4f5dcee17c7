"""What must hold between the parts of a slip's layout, and of its logo, beyond the shape of `[slip]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from server.document_rows import rows
from server.shape import Problem

LISTS = ("head", "ticket", "foot")
OF_A_TICKET = (
    "heading", "number", "agency", "service", "ahead", "estimate", "zone", "counters", "documents", "party",
)
_WITHOUT_LETTERS = {"logo": ("align",), "qr": ("align",), "rule": (), "gap": ()}
"""Parts that are no text, and what can be said of their look."""
LONGEST_TEXT = 200


def slip_problems(document: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Everything that is wrong with the layout and the logo; the logo's path counts from `folder`."""
    slip = document.get("slip")
    if not isinstance(slip, Mapping):
        return []
    return [*_layout_problems(slip), *_logo_problems(slip, folder)]


def _layout_problems(slip: Mapping[str, Any]) -> Iterator[Problem]:
    for name in LISTS:
        for at, row in rows(slip, name, "slip."):
            yield from _part_problems(at, row, name)
    if isinstance(slip.get("ticket"), list) and "number" not in [row.get("part") for _, row in rows(slip, "ticket")]:
        yield "slip.ticket", 'must have the part "number"'


def _part_problems(at: str, row: Mapping[str, Any], where: str) -> Iterator[Problem]:
    part = row.get("part")
    if part in OF_A_TICKET and where != "ticket":
        yield f"{at}.part", f'"{part}" is told of each ticket: it belongs to [[slip.ticket]]'
    if part == "text":
        yield from _wording_problems(f"{at}.text", row.get("text"))
    elif "text" in row:
        yield f"{at}.text", 'only the part "text" has a text of its own'
    if part in _WITHOUT_LETTERS:
        for key in ("size", "bold", "reverse", "align"):
            if key in row and key not in _WITHOUT_LETTERS[part]:
                yield f"{at}.{key}", f'does not go with the part "{part}"'


def _wording_problems(at: str, text: object) -> Iterator[Problem]:
    if text is None:
        yield at, "is missing"
    elif isinstance(text, Mapping):
        for language in ("id", "en"):
            words = text.get(language)
            if isinstance(words, str) and not words.strip():
                yield f"{at}.{language}", "must not be empty"
            elif isinstance(words, str) and len(words) > LONGEST_TEXT:
                yield f"{at}.{language}", f"must be at most {LONGEST_TEXT} characters long"


def _logo_problems(slip: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    logo, height_mm = slip.get("logo"), slip.get("logo_height_mm", 20)
    if not isinstance(logo, str) or not logo or type(height_mm) is not int or not 5 <= height_mm <= 30:
        return
    from server.slip_logo import UnusableLogo, rasterise  # only halls with a logo read pictures

    try:
        rasterise(folder / logo, height_mm)
    except UnusableLogo as error:
        yield "slip.logo", str(error)
