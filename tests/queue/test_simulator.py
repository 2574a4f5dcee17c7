"""Whether the simulated hall is right: the real queue beside simpy's own queues, beside theory, beside the bench's.

For the same drawn visitors, plain first come, first served must give each of them the very wait that simpy's `Resource`
gives, and priority without limits that of its `PriorityResource`; those two, over long runs, what Erlang (1917) and
Cobham (1954) calculated. So a fault would have to be made three times, in three ways.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from math import factorial, sqrt
from random import Random
from statistics import fmean, stdev
from typing import Any

import pytest
import simpy

from bench import errands
from tests.queue.drawn_day import MISSED_MS, Visitor, day_document, document, visitors
from tests.queue.hall_day import live

COUNTERS, SERVES_MS, BUSY = 3, 20_000, 0.7
"""One agency's day with random gaps and random service times (M/M/c), for theory to be held against."""
NO_LIMITS = {"priority_in_a_row": 100, "max_wait_minutes": 0}

Waits = dict[tuple[int, str], int]
Run = Callable[[list[Visitor]], Waits]


def by_simpy(people: list[Visitor], counters: int, *, told_priority: bool) -> Waits:
    """Each visitor's wait where each agency is a resource of simpy's: nothing of ours decides who is next."""
    time = simpy.Environment()
    kind = simpy.PriorityResource if told_priority else simpy.Resource
    desks: dict[str, Any] = {agency: kind(time, counters) for agency in {agency_of(one) for one in people}}
    waits: Waits = {}

    def visit(visitor: Visitor) -> Generator[simpy.Event, Any, None]:
        yield time.timeout(visitor.at_ms)
        first = {"priority": int(visitor.priority is None)} if told_priority else {}
        with desks[agency_of(visitor)].request(**first) as turn:
            yield turn
            waits[visitor.number, visitor.services[0]] = int(time.now) - visitor.at_ms
            yield time.timeout(visitor.walks_ms + visitor.serves_ms[0] if visitor.comes else MISSED_MS)

    for visitor in people:
        time.process(visit(visitor))
    time.run()
    return waits


def agency_of(visitor: Visitor) -> str:
    return visitor.services[0].split("-")[1]


def random_gaps(seed: int, how_many: int, priority: float = 0.0) -> list[Visitor]:
    """Visitors of one agency of `COUNTERS` counters who keep them `BUSY`; gaps and service times are exponential."""
    dice = Random(seed)
    people, at = [], 0.0
    for number in range(how_many):
        at += dice.expovariate(BUSY * COUNTERS / SERVES_MS)
        kind = "elderly" if dice.random() < priority else None
        people.append(Visitor(number, round(at), ("s-0-0",), kind, (round(dice.expovariate(1 / SERVES_MS)),), 0))
    return people


@pytest.mark.parametrize("seed", [1, 2])
def test_a_full_day_first_come_first_served_is_to_the_millisecond_what_simpys_own_queues_give(seed: int) -> None:
    """Twenty counters, walks and missed visitors included; no help and no second errands, which a resource has not."""
    people = visitors(seed, 1600, errands=1)
    seen = live(day_document({}, helps=False), people, told_priority=False)
    assert seen.waits_ms == by_simpy(people, 2, told_priority=False)
    assert max(seen.waits_ms.values()) > 10 * 60_000, "nobody waited: nothing was compared"


@pytest.mark.parametrize("seed", [1, 2])
def test_priority_without_limits_is_to_the_millisecond_what_simpys_priority_queues_give(seed: int) -> None:
    people = visitors(seed, 1600, errands=1)
    seen = live(day_document(NO_LIMITS, helps=False), people)
    assert "turn" not in seen.rules, "the limit of a hundred in a row was reached"
    assert seen.waits_ms == by_simpy(people, 2, told_priority=True)
    assert seen.waits_ms != by_simpy(people, 2, told_priority=False)


@pytest.mark.parametrize("seed", [1, 2])
def test_visits_of_several_errands_take_as_long_as_on_the_bench(seed: int) -> None:
    """`make bench` measures the orders of errands in a small model; the real queue ends each visit at the same moment.

    Without the way between two counters: an officer calls somebody who walks rather than idle, the model waits.
    """
    drawn = errands.draw(seed)
    whole = replace(drawn, people=tuple(in_milliseconds(person) for person in drawn.people))
    seen = live(document([f"s-{n}-0" for n in range(errands.SERVICES)], list(drawn.counters), {"walk_seconds": 0}), [
        Visitor(number, int(person.at), tuple(f"s-{service}-0" for service, _ in person.errands), None,
                tuple(int(takes) for _, takes in person.errands), 0)
        for number, person in enumerate(whole.people)
    ])  # fmt: skip
    several = [(number, person) for number, person in enumerate(whole.people) if len(person.errands) > 1]
    assert len(several) == errands.VISITS_A_DAY
    totals = [seen.done_ms[number] - person.at for number, person in several]
    assert totals == errands.live(whole, "as_called", walk=0.0)
    assert totals != errands.live(whole, "menu", walk=0.0)
    assert seen.two_places == seen.places_lost == []


def in_milliseconds(person: errands.Person) -> errands.Person:
    whole = tuple((service, float(round(seconds * 1000))) for service, seconds in person.errands)
    return errands.Person(float(round(person.at * 1000)), whole)


# Theory


def erlang_c() -> float:
    """The chance that a visitor has to wait at all (Erlang C)."""
    load = BUSY * COUNTERS
    all_busy = load**COUNTERS / factorial(COUNTERS) / (1 - BUSY)
    return all_busy / (sum(load**k / factorial(k) for k in range(COUNTERS)) + all_busy)


def mean_wait_ms(priority: float = 0.0) -> tuple[float, float]:
    """Mean waits of those with and without priority: Cobham, "Priority assignment in waiting line problems" (1954)."""
    begins_ms = erlang_c() * SERVES_MS / COUNTERS
    with_ms = begins_ms / (1 - BUSY * priority)
    return with_ms, with_ms / (1 - BUSY)


def simpys(people: list[Visitor]) -> Waits:
    return by_simpy(people, COUNTERS, told_priority=True)


def the_halls(people: list[Visitor]) -> Waits:
    return live(document(["s-0-0"], [COUNTERS], NO_LIMITS), people).waits_ms


def mean_waits(run: Run, how_many: int, priority: float) -> dict[bool, list[float]]:
    """Twenty days' mean waits with and without priority. The first visitors, who find an empty hall, do not count."""
    means: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(20):
        people = random_gaps(seed, how_many, priority)
        waits = run(people)
        for first, found in means.items():
            mine = [one for one in people[how_many // 10 :] if (one.priority is not None) is first]
            if mine:
                found.append(fmean(waits[one.number, "s-0-0"] for one in mine))
    return means


def assert_theory_agrees(means: list[float], expected: float, within: float) -> None:
    """The interval that holds the true mean in 99 of 100 cases (Student, 19 degrees of freedom) holds theory's.

    It must be narrow enough to mean something: at most `within` of the mean to either side.
    """
    assert len(means) == 20
    half = 2.861 * stdev(means) / sqrt(20)
    assert half < within * expected, "too few visitors for an answer"
    assert abs(fmean(means) - expected) < half


def test_first_come_first_served_over_long_runs_waits_as_erlang_says() -> None:
    assert erlang_c() == pytest.approx(0.4923, abs=1e-4), "three counters, each busy 70 % of the time"
    means = mean_waits(simpys, 5000, 0.0)
    assert_theory_agrees(means[False], mean_wait_ms()[1], within=0.12)


@pytest.mark.soak
def test_priority_over_long_runs_waits_as_cobham_says() -> None:
    means = mean_waits(simpys, 5000, 0.25)
    with_ms, without_ms = mean_wait_ms(0.25)
    assert_theory_agrees(means[True], with_ms, within=0.08)
    assert_theory_agrees(means[False], without_ms, within=0.12)


def test_the_real_queue_under_random_gaps_is_simpys() -> None:
    """So what theory says of simpy's queues it says of ours."""
    people = random_gaps(1, 1500, 0.25)
    assert the_halls(people) == simpys(people)


@pytest.mark.soak
@pytest.mark.parametrize("priority", [0.0, 0.25])
def test_the_real_queue_over_long_runs_waits_as_theory_says(priority: float) -> None:
    means = mean_waits(the_halls, 4000, priority)
    with_ms, without_ms = mean_wait_ms(priority)
    assert_theory_agrees(means[False], without_ms, within=0.18)
    if priority:
        assert_theory_agrees(means[True], with_ms, within=0.08)
