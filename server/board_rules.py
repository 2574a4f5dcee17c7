"""What the boards of a hall and their layouts must hold beyond their shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.document_rows import ids, rows, texts
from server.domain.layouts import BUILT_IN, Arrangement, faults
from server.shape import Problem

SIDES = ("landscape", "portrait")
_BUILT_IN = {layout.id: layout for layout in BUILT_IN}


def layout_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A hall's own layouts have ids of their own, and are grids of parts; a plate is of a counter."""
    for at, row in rows(document, "layouts"):
        if isinstance(row.get("id"), str) and row["id"] in _BUILT_IN:
            yield f"{at}.id", f'"{row["id"]}" is the id of a layout that every hall has'
        for side in SIDES:
            arrangement = row.get(side)
            if isinstance(arrangement, Mapping):
                yield from _arrangement_problems(f"{at}.{side}", arrangement, row.get("about", "zones"))


def _arrangement_problems(at: str, arrangement: Mapping[str, Any], about: object) -> Iterator[Problem]:
    lines = [text for _, text in texts(arrangement, "rows", at)]
    shares = {key: _numbers(arrangement.get(key)) for key in ("heights", "widths")}
    if lines != list(arrangement.get("rows", ())) or None in shares.values():
        return  # the shape's own problem
    for key, words in faults(lines, shares["heights"] or [], shares["widths"] or []):
        yield f"{at}.{key}", words
    if about != "counter" and "plate" in Arrangement(tuple(lines), (), ()).parts():
        yield f"{at}.rows", 'the part "plate" needs about = "counter"'


def _numbers(value: object) -> list[int] | None:
    """A list of whole numbers, None for anything else."""
    good = isinstance(value, (list, tuple)) and all(type(entry) is int for entry in value)
    return list(value) if good and isinstance(value, (list, tuple)) else None


def board_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A board has a layout that exists, and names the agency or the counter that its layout is about."""
    own = {row["id"]: row.get("about", "zones") for _, row in rows(document, "layouts") if type(row.get("id")) is str}
    about = {layout.id: layout.about for layout in BUILT_IN} | own
    existing = {"agency": ids(rows(document, "agencies")), "counter": ids(rows(document, "counters"))}
    for at, row in rows(document, "displays"):
        layout = row.get("layout", "calls")
        if isinstance(layout, str) and layout not in about:
            yield f"{at}.layout", f'there is no layout "{layout}"; there are {", ".join(about)}'
            continue
        for key, known in existing.items():
            name = row.get(key, "")
            if isinstance(name, str) and name and name not in known:
                yield f"{at}.{key}", f'no {key} has the id "{name}"'
            elif not name and isinstance(layout, str) and about[layout] == key:
                yield f"{at}.{key}", f'the layout "{layout}" is about one {key}: name it'
