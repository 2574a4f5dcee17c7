"""Visits of several errands over random days: how long they take in the menu's order, in the recommended one ...

A small simulation beside the real queue: each service has its counters and its queue by arrival; a visitor is at one
counter at a time, is passed over meanwhile without losing a place, and walks `WALK_S` between two errands. The days'
arrivals and service times are drawn once and then lived through under every rule, so that only the rule differs. That
the real queue does as this one does is shown in tests/queue/test_simulator.py.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count
from random import Random
from statistics import fmean
from typing import Any, Literal

from server.domain.errands import Errand, best_order
from server.domain.waiting import PACE_ENOUGH, Pace, percentile

Rule = Literal["anew", "menu", "recommended", "as_called"]
RULES: dict[Rule, str] = {
    "anew": "a new ticket after each errand",
    "menu": "menu order",
    "recommended": "recommended order",
    "as_called": "recommended, first called first",
}
SERVICES, DAY_S, WALK_S = 10, 6 * 3600, 60.0
VISITS_A_DAY, BUSY = 60, (0.6, 1.0)
"""Visits of 2 to 4 errands a day, and how much of their counters' time the other visitors ask for."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a drawn day: when they come, and for how many seconds of which services, in the menu's order."""

    at: float
    errands: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What is drawn: the counters of each service and everybody who comes."""

    counters: tuple[int, ...]
    people: tuple[Person, ...]


def draw(seed: int) -> Day:
    """A random day."""
    random = Random(seed)
    counters = tuple(random.choice((1, 1, 2, 3)) for _ in range(SERVICES))
    means = [random.uniform(180, 900) for _ in range(SERVICES)]

    def seconds(service: int) -> float:
        return random.lognormvariate(math.log(means[service]) - 0.125, 0.5)

    people = []
    for service in range(SERVICES):
        gap, at = means[service] / counters[service] / random.uniform(*BUSY), 0.0
        while (at := at + random.expovariate(1 / gap)) < DAY_S:
            people.append(Person(at, ((service, seconds(service)),)))
    for _ in range(VISITS_A_DAY):
        wanted = sorted(random.sample(range(SERVICES), random.choice((2, 2, 2, 3, 3, 4))))
        people.append(Person(random.uniform(0, DAY_S), tuple((service, seconds(service)) for service in wanted)))
    return Day(counters, tuple(sorted(people, key=lambda person: person.at)))


@dataclass(slots=True)
class _Visit:
    person: Person
    todo: list[tuple[int, float]]
    free: bool = True


class _Hall:
    """One day lived through under one rule."""

    def __init__(self, day: Day, rule: Rule, walk: float) -> None:
        self.rule, self.day, self.walk = rule, day, walk
        self.idle = list(day.counters)
        self.queues: list[list[_Visit]] = [[] for _ in range(SERVICES)]
        self.paces = [Pace(0.0, 0) for _ in range(SERVICES)]
        self.ends: dict[int, float] = {}
        self._order = count()
        self._coming: list[tuple[float, int, str, _Visit, int, float]] = []

    def live(self) -> list[float]:
        for person in self.day.people:
            self._at(person.at, "comes", _Visit(person, list(person.errands)))
        while self._coming:
            at, _, what, visit, service, seconds = heapq.heappop(self._coming)
            if what == "comes":
                self._comes(visit)
            elif what == "ends":
                self._ends(at, visit, service, seconds)
            else:
                visit.free = True
            for each in range(SERVICES):
                self._call(at, each)
        return [self.ends[id(person)] - person.at for person in self.day.people if len(person.errands) > 1]

    def _at(self, at: float, what: str, visit: _Visit, service: int = 0, seconds: float = 0.0) -> None:
        heapq.heappush(self._coming, (at, next(self._order), what, visit, service, seconds))

    def _comes(self, visit: _Visit) -> None:
        if self.rule in ("recommended", "as_called"):
            known = [self._errand(service) for service, _ in visit.todo]
            visit.todo = [visit.todo[position] for position in best_order(known, self.walk)]
        self._queue(visit, visit.todo[:1] if self.rule == "anew" else visit.todo)

    def _errand(self, service: int) -> Errand:
        pace, counters = self.paces[service], self.day.counters[service]
        if pace.samples < PACE_ENOUGH:
            return Errand(None)
        return Errand(len(self.queues[service]) * pace.mean_seconds / counters, pace.mean_seconds, counters)

    def _queue(self, visit: _Visit, errands: list[tuple[int, float]]) -> None:
        for service, _ in errands:
            self.queues[service].append(visit)

    def _ends(self, at: float, visit: _Visit, service: int, seconds: float) -> None:
        self.idle[service] += 1
        self.paces[service] = self.paces[service].with_sample(seconds)
        self.ends[id(visit.person)] = at
        if visit.todo:
            self._at(at + self.walk, "walked", visit)
            if self.rule == "anew":
                self._queue(visit, visit.todo[:1])

    def _call(self, at: float, service: int) -> None:
        while self.idle[service]:
            visit = next((each for each in self.queues[service] if self._callable(each, service)), None)
            if visit is None:
                return
            self.queues[service].remove(visit)
            errand = next(errand for errand in visit.todo if errand[0] == service)
            visit.todo.remove(errand)
            visit.free = False
            self.idle[service] -= 1
            self._at(at + errand[1], "ends", visit, *errand)

    def _callable(self, visit: _Visit, service: int) -> bool:
        return visit.free and (self.rule == "as_called" or visit.todo[0][0] == service)


def live(day: Day, rule: Rule, walk: float = WALK_S) -> list[float]:
    """Seconds from coming to the end of the last errand, of each visit of several errands, in the order of coming."""
    return _Hall(day, rule, walk).live()


def measure(days: int) -> dict[str, Any]:
    """Minutes that visits of 2 to 4 errands took, by rule, and how they compare with the menu's order."""
    taken: dict[Rule, list[float]] = {rule: [] for rule in RULES}
    longer_days = dict.fromkeys(RULES, 0)
    for seed in range(days):
        day = draw(seed)
        lived = {rule: live(day, rule) for rule in RULES}
        for rule, seconds in lived.items():
            taken[rule] += seconds
            longer_days[rule] += fmean(seconds) > fmean(lived["menu"])
    menu = fmean(taken["menu"])
    found: dict[str, Any] = {"days": days, "visits": len(taken["menu"])}
    for rule, words in RULES.items():
        seconds = sorted(taken[rule])
        found[words] = {
            "mean_minutes": round(fmean(seconds) / 60, 1),
            "p90_minutes": round((percentile(seconds, 0.9) or 0) / 60, 1),
            "to_menu_percent": round(100 * (fmean(seconds) / menu - 1), 1),
            "days_longer_than_menu": longer_days[rule],
        }
    return found
