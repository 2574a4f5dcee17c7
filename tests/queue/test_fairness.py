"""Nobody waits for ever: whole days of 2,000 visitors at 20 counters, and an onlooker who knows the rules' words."""

from __future__ import annotations

import functools
from statistics import fmean

import pytest

from tests.queue.hall_day import CLASSES, Seen, day

WITHOUT = (None,)


@functools.cache
def a_day(seed: int, *, told_priority: bool = True, **rules: int) -> Seen:
    return day(seed, told_priority=told_priority, **rules)


def mean_wait_s(seen: Seen, kinds: tuple[str | None, ...]) -> float:
    return fmean(wait for kind in kinds for wait in seen.waits_s.get(kind, []))


def hold_to_the_rules(seen: Seen, in_a_row: int) -> None:
    assert seen.overtaken == [], "who had waited too long was passed over for one who came later"
    assert seen.longest_row == in_a_row, "as many with priority in a row as may be, and no more"
    assert seen.left == 0, "somebody was never called"
    assert {"arrival", "priority", "turn", "max_wait", "help"} <= seen.rules.keys(), "a rule was not tried"


def test_through_a_full_day_nobody_waits_too_long_because_of_others_priority() -> None:
    hold_to_the_rules(a_day(4), 2)


def test_priority_is_worth_something_and_costs_the_others_little() -> None:
    ruled, plain = a_day(4), a_day(4, told_priority=False)
    assert {kind: len(waits) for kind, waits in ruled.waits_s.items()} == {
        kind: len(waits) for kind, waits in plain.waits_s.items()
    }, "not the same visitors"
    assert plain.rules.keys() <= {"arrival", "help", "max_wait"}, "first come, first served it was not"
    assert mean_wait_s(ruled, CLASSES) < 0.5 * mean_wait_s(plain, CLASSES)
    assert mean_wait_s(ruled, WITHOUT) < 1.3 * mean_wait_s(plain, WITHOUT)
    assert max(map(max, ruled.waits_s.values())) < max(map(max, plain.waits_s.values())) + 20 * 60


def test_the_onlooker_sees_where_the_longest_wait_is_not_kept() -> None:
    """Without the two rules regular visitors are overtaken, and the onlooker says so: its silence means something."""
    endless = a_day(4, priority_in_a_row=100, max_wait_minutes=24 * 60)
    assert endless.overtaken and endless.longest_row > 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5, 25))
@pytest.mark.parametrize(("in_a_row", "max_wait_minutes"), [(1, 45), (2, 60), (3, 30)])
def test_through_many_days_nobody_waits_too_long(seed: int, in_a_row: int, max_wait_minutes: int) -> None:
    seen = day(seed, priority_in_a_row=in_a_row, max_wait_minutes=max_wait_minutes)
    assert seen.overtaken == [] and seen.longest_row <= in_a_row and seen.left == 0
