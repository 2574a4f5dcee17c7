"""Layouts of a board as data: which parts stand in which areas of the screen, wide and upright.

A layout is drawn as a grid. `rows` are its lines from top to bottom, each naming a part for every column, as in
`["top top", "calls queues", "text text"]`; a part that is named in several places fills the rectangle of them, and `.`
leaves a place empty. `widths` and `heights` are shares of the screen; the height 0 is as high as what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from server.domain.wording import Text

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}

PARTS: Final = ("top", "calls", "hero", "rows", "queues", "media", "plate", "text")
"""The hall's name and clock; the large call with the others below it; each of the two alone; who waits; pictures and
videos; what is at one counter; the running text."""
EMPTY: Final = "."


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where the parts stand on a screen of one orientation."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    rows: tuple[str, ...]
    heights: tuple[int, ...]
    widths: tuple[int, ...]

    def cells(self) -> list[list[str]]:
        """The part of each place, line by line."""
        return [row.split() for row in self.rows]

    def parts(self) -> frozenset[str]:
        """The parts that stand somewhere."""
        return frozenset(part for line in self.cells() for part in line) - {EMPTY}


@dataclass(frozen=True, slots=True)
class Layout:
    """How boards look; `about` is whose calls they show: their zones', one agency's or one counter's."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    name: Text
    landscape: Arrangement
    portrait: Arrangement
    about: Literal["zones", "agency", "counter"] = "zones"


def faults(rows: list[str], heights: list[int], widths: list[int]) -> Iterator[tuple[str, str]]:
    """What is wrong with an arrangement, as (the key at fault, words)."""
    lines = [row.split() for row in rows]
    if not rows:
        yield "rows", "must name at least one line of parts"
        return
    if len(heights) != len(rows):
        yield "heights", f"must be {len(rows)} shares, one a line"
    if any(not 0 <= share <= 1000 for share in heights) or not any(heights):
        yield "heights", "must be shares from 0 to 1000, and not all 0"
    if len(widths) != len(lines[0]):
        yield "widths", f"must be {len(lines[0])} shares, one a column"
    if any(not 1 <= share <= 1000 for share in widths):
        yield "widths", "must be shares from 1 to 1000"
    for index, line in enumerate(lines):
        if len(line) != len(lines[0]) or not line:
            yield f"rows[{index}]", f"must name {len(lines[0])} parts, like the first line"
            return
    yield from _part_faults(lines)


def _part_faults(lines: list[list[str]]) -> Iterator[tuple[str, str]]:
    """Parts exist, each fills one rectangle, and none stands inside another as well as by itself."""
    places: dict[str, list[tuple[int, int]]] = {}
    for at, line in enumerate(lines):
        for column, part in enumerate(line):
            places.setdefault(part, []).append((at, column))
    places.pop(EMPTY, None)
    if not places:
        yield "rows", "must name at least one part"
    for part, found in places.items():
        first_line = found[0][0]
        if part not in PARTS:
            yield f"rows[{first_line}]", f'there is no part "{part}"; there are {", ".join(PARTS)}'
            continue
        tall = {at for at, _ in found}
        wide = {column for _, column in found}
        area = (max(tall) - min(tall) + 1) * (max(wide) - min(wide) + 1)
        if area != len(found):
            yield f"rows[{first_line}]", f'"{part}" must fill one rectangle'
    if "calls" in places and ({"hero", "rows"} & places.keys()):
        yield f"rows[{places['calls'][0][0]}]", '"calls" holds the parts "hero" and "rows" already'


BUILT_IN: Final = (
    Layout(
        "calls",
        Text("Panggilan dan antrean", "Calls and who waits"),
        landscape=Arrangement(("top top", "calls queues", "text text"), (0, 1, 0), (123, 69)),
        portrait=Arrangement(("top", "calls", "queues", "text"), (0, 99, 78, 0), (1,)),
    ),
    Layout(
        "media",
        Text("Panggilan dan tayangan", "Calls and media"),
        landscape=Arrangement(("top top", "calls media", "text text"), (0, 1, 0), (78, 114)),
        portrait=Arrangement(("top", "media", "calls", "text"), (0, 61, 114, 0), (1,)),
    ),
    Layout(
        "agency",
        Text("Satu instansi", "One agency"),
        landscape=Arrangement(("top top", "calls queues", "text text"), (0, 1, 0), (111, 81)),
        portrait=Arrangement(("top", "calls", "queues", "text"), (0, 99, 78, 0), (1,)),
        about="agency",
    ),
    Layout(
        "counter",
        Text("Di atas satu loket", "Over one counter"),
        landscape=Arrangement(("top", "plate", "text"), (0, 1, 0), (1,)),
        portrait=Arrangement(("top", "plate", "text"), (0, 1, 0), (1,)),
        about="counter",
    ),
)
"""The layouts that every hall has; a hall's own stand in its catalogue, with other ids."""
