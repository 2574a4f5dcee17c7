"""Nobody waits for ever: whole days of 2,000 visitors at 20 counters, and an onlooker who knows the rules' words."""

from __future__ import annotations

import functools
from statistics import fmean

import pytest

from tests.queue.drawn_day import CLASSES
from tests.queue.hall_day import day
from tests.queue.onlooker import Seen

SEEDS = (4, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (5, 6)))


@functools.cache
def a_day(seed: int, *, told_priority: bool = True, **rules: int) -> Seen:
    return day(seed, told_priority=told_priority, **rules)


def hold_to_the_rules(seen: Seen) -> None:
    assert seen.not_as_told == [], "a call that the rules' words do not give"
    assert seen.overtaken == [], "who had waited too long was passed over for one who came later"
    assert seen.two_places == [], "a visitor was called to two counters"
    assert seen.places_lost == [], "a visitor with several errands lost a place"
    assert seen.left == 0, "somebody was never called"


@pytest.mark.parametrize("seed", SEEDS)
def test_through_a_full_day_nobody_waits_too_long_because_of_others_priority(seed: int) -> None:
    seen = a_day(seed)
    hold_to_the_rules(seen)
    assert seen.longest_row == 2, "as many with priority in a row as may be, and no more"
    assert {"arrival", "priority", "turn", "max_wait", "help"} <= seen.rules.keys(), "a rule was not tried"


@pytest.mark.parametrize("seed", SEEDS)
def test_priority_is_worth_something_and_costs_the_others_little(seed: int) -> None:
    ruled, plain = a_day(seed), a_day(seed, told_priority=False)
    hold_to_the_rules(plain)
    assert ruled.waits_ms.keys() == plain.waits_ms.keys() and ruled.classes == plain.classes, "not the same visitors"
    assert plain.rules.keys() <= {"arrival", "help", "max_wait"}, "first come, first served it was not"
    for kind in CLASSES:
        assert fmean(ruled.waits_s(kind)) < 0.5 * fmean(plain.waits_s(kind))
    assert fmean(ruled.waits_s(None)) < 1.3 * fmean(plain.waits_s(None))
    assert ruled.waits_s(None, *CLASSES)[-1] < plain.waits_s(None, *CLASSES)[-1] + 20 * 60


def test_the_onlooker_sees_where_the_longest_wait_is_not_kept() -> None:
    """Without the two rules regular visitors are overtaken, and the onlooker says so: its silence means something."""
    endless = a_day(4, priority_in_a_row=100, max_wait_minutes=24 * 60)
    assert endless.overtaken and endless.longest_row > 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(7, 27))
@pytest.mark.parametrize(("in_a_row", "max_wait_minutes"), [(1, 45), (2, 60), (3, 30)])
def test_through_many_days_nobody_waits_too_long(seed: int, in_a_row: int, max_wait_minutes: int) -> None:
    seen = day(seed, priority_in_a_row=in_a_row, max_wait_minutes=max_wait_minutes)
    hold_to_the_rules(seen)
    assert seen.longest_row <= in_a_row
