"""Layouts of boards: those that every hall has, and what a hall's own must hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.layouts import BUILT_IN, PARTS, Arrangement, faults
from server.hall_file import hall_document, parse_hall
from server.shape import ConfigProblems
from tests.small_hall import Document, name, set_at, small

SIDES = ("landscape", "portrait")


def with_own() -> Document:
    """The small hall with a layout of its own, and a board of it."""
    document = small()
    side = {"rows": ["top top", "hero media", "rows media", "text text"], "heights": [0, 5, 6, 0], "widths": [3, 2]}
    document["layouts"] = [{"id": "own", "name": name("Sendiri"), "landscape": side, "portrait": dict(side)}]
    document["displays"][0]["layout"] = "own"
    return document


def wrong(document: Document) -> list[tuple[str, str]]:
    with pytest.raises(ConfigProblems) as found:
        parse_hall(document)
    return found.value.problems


@pytest.mark.parametrize("layout", BUILT_IN, ids=lambda layout: layout.id)
@pytest.mark.parametrize("side", SIDES)
def test_nothing_is_wrong_with_the_layouts_of_every_hall(layout: Any, side: str) -> None:
    arrangement: Arrangement = getattr(layout, side)
    assert list(faults(list(arrangement.rows), list(arrangement.heights), list(arrangement.widths))) == []
    assert "top" in arrangement.parts() and "text" in arrangement.parts(), "the clock, and what is said to everybody"


def test_a_halls_own_layout_goes_the_whole_way() -> None:
    hall = parse_hall(with_own())
    assert parse_hall(hall_document(hall)) == hall
    assert hall.layout["own"].landscape.parts() == {"top", "hero", "media", "rows", "text"}
    assert set(hall.layout) == {"calls", "media", "agency", "counter", "own"}


@pytest.mark.parametrize(
    ("place", "value", "path", "message"),
    [
        ("layouts[0].id", "calls", "layouts[0].id", "is the id of a layout that every hall has"),
        ("layouts[0].landscape.rows", [], "layouts[0].landscape.rows", "at least one line"),
        ("layouts[0].landscape.rows", ["top top", "hero media", "rows media", "."], "layouts[0].landscape.rows[3]",
         "must name 2 parts"),
        ("layouts[0].landscape.rows", ["top top", "hero media", "media rows", "text text"],
         "layouts[0].landscape.rows[1]", '"media" must fill one rectangle'),
        ("layouts[0].portrait.rows", ["top top", "hero clock", "rows clock", "text text"],
         "layouts[0].portrait.rows[1]", 'there is no part "clock"'),
        ("layouts[0].portrait.rows", ["top top", "calls media", "rows media", "text text"],
         "layouts[0].portrait.rows[1]", '"calls" holds the parts'),
        ("layouts[0].landscape.rows", ["top top", "plate plate", "rows media", "text text"],
         "layouts[0].landscape.rows", 'needs about = "counter"'),
        ("layouts[0].landscape.heights", [0, 5, 6], "layouts[0].landscape.heights", "must be 4 shares"),
        ("layouts[0].landscape.heights", [0, 0, 0, 0], "layouts[0].landscape.heights", "not all 0"),
        ("layouts[0].landscape.heights", [0, 5, -6, 0], "layouts[0].landscape.heights", "0 to 1000"),
        ("layouts[0].landscape.widths", [3], "layouts[0].landscape.widths", "must be 2 shares"),
        ("layouts[0].landscape.widths", [3, 0], "layouts[0].landscape.widths", "1 to 1000"),
        ("layouts[0].landscape.widths", ["3", 1], "layouts[0].landscape.widths[0]", "must be a whole number"),
        ("layouts[0].about", "nobody", "layouts[0].about", "must be"),
        ("layouts[0].name.id", "", "layouts[0].name.id", "must not be empty"),
        ("displays[0].layout", "none", "displays[0].layout", 'there is no layout "none"; there are calls, media'),
        ("displays[0].layout", "agency", "displays[0].agency", "is about one agency"),
        ("displays[0].layout", "counter", "displays[0].counter", "is about one counter"),
        ("layouts[0].about", "counter", "displays[0].counter", "is about one counter"),
        ("displays[0].agency", "nobody", "displays[0].agency", 'no agency has the id "nobody"'),
        ("displays[0].counter", "77", "displays[0].counter", 'no counter has the id "77"'),
        ("displays[0].text", "gigantic", "displays[0].text", "must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_by_its_path(place: str, value: object, path: str, message: str) -> None:
    found = wrong(set_at(with_own(), place, value))
    assert any(at == path and message in said for at, said in found), found


LINES = st.lists(st.lists(st.sampled_from([*PARTS, "."]), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=5)


@given(LINES)
def test_what_is_let_through_is_a_grid_that_a_browser_can_draw(rows: list[str]) -> None:
    columns = len(rows[0].split())
    if list(faults(rows, [1] * len(rows), [1] * columns)):
        return
    cells = [row.split() for row in rows]
    for part in Arrangement(tuple(rows), (), ()).parts():
        places = [(y, x) for y, line in enumerate(cells) for x, cell in enumerate(line) if cell == part]
        (top, left), (bottom, right) = min(places), max(places)
        assert len(places) == (bottom - top + 1) * (right - left + 1), part
