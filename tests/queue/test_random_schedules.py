"""Visits of several errands over random schedules: one counter at a time, places kept, each call as the words say.

Short days drawn by Hypothesis, with many moments that coincide (whole minutes), lived through by the simulated hall.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.domain.hall import Rules
from server.store.changes import Changes
from tests.queue.drawn_day import CLASSES, Visitor, document
from tests.queue.hall_day import Day
from tests.queue.house import IN_MEMORY, QueueHall
from tests.queue.onlooker import Seen
from tests.queue.selection_oracle import MINUTE_MS

SERVICES = ("s-0-0", "s-0-1", "s-1-0", "s-2-0")
minutes_ms = st.integers(0, 40).map(lambda minutes: minutes * MINUTE_MS)


@st.composite
def people(draw: st.DrawFn) -> list[Visitor]:
    comings = sorted(draw(st.lists(minutes_ms, min_size=1, max_size=14)))
    found = []
    for number, at_ms in enumerate(comings):
        services = draw(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=4, unique=True))
        found.append(Visitor(
            number, at_ms, tuple(services), draw(st.sampled_from((None, None, *CLASSES))),
            tuple(draw(minutes_ms) for _ in services), draw(st.sampled_from((0, 30_000, MINUTE_MS))),
            draw(st.sampled_from((True, True, True, False))),
        ))  # fmt: skip
    return found


rules = st.builds(
    Rules,
    priority_in_a_row=st.integers(1, 3),
    max_wait_minutes=st.sampled_from((20, 60)),
    walk_seconds=st.sampled_from((0, 60, 600)),
)


@pytest.fixture(scope="module")
def hall() -> Iterator[QueueHall]:
    """Three agencies, the first with two services at two counters, one of which helps the second agency."""
    helps = {"c-0-1": [{"service": "s-1-0", "after_minutes": 15}]}
    folder = tempfile.TemporaryDirectory(prefix="antrean-schedules-", dir=IN_MEMORY)
    with folder as path, QueueHall(Path(path), document(list(SERVICES), [2, 1, 1], {}, helps)) as queue:
        yield queue


def lived(queue: QueueHall, who: list[Visitor], ways: Rules) -> Seen:
    seen: list[Seen] = []

    def run(tx: Changes) -> None:
        seen.append(Day(queue, tx, who, told_priority=True).run())
        tx.undo_all()

    queue.hall = replace(queue.hall, rules=ways)
    queue.write(run)
    return seen[0]


TWO_AT_ONCE = [
    Visitor(0, 0, ("s-1-0", "s-2-0"), None, (20 * MINUTE_MS, 20 * MINUTE_MS), 0),
    Visitor(1, 0, ("s-2-0", "s-1-0"), "elderly", (20 * MINUTE_MS, 20 * MINUTE_MS), 0),
]
"""Two visitors whom two idle counters would both call, and who then wait for each other's counter."""


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=people(), ways=rules)
@example(TWO_AT_ONCE, Rules(priority_in_a_row=1, max_wait_minutes=20, walk_seconds=60))
def test_whatever_the_schedule_a_visitor_is_at_one_counter_at_a_time_and_keeps_every_place(
    hall: QueueHall, who: list[Visitor], ways: Rules
) -> None:
    seen = lived(hall, who, ways)
    assert seen.two_places == [] and seen.places_lost == []
    assert seen.not_as_told == [] and seen.overtaken == []
    assert seen.longest_row <= ways.priority_in_a_row
    assert seen.left == 0 and len(seen.waits_ms) == sum(len(one.services) for one in who), "an errand was not done"
