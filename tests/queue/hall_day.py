"""A whole day of a hall in simulated time: the real commands on a real store, driven by a simulation of simpy's.

Each officer is a process (calls the next visitor, waits for them to walk, serves, finishes) and so is the door by which
the visitors come. `python -m tests.queue.hall_day` lays days under the rules beside the same days first come, first
served. That the simulation itself is right is held against simpy's own queues and against theory in test_simulator.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import click
import simpy

from server.commands import issuing, serving
from server.commands.desk import UNSAID
from server.commands.issuing import Wish
from server.domain.actors import Actor
from server.store.changes import Changes
from tests.queue.drawn_day import MISSED_MS, Visitor, day_document, visitors
from tests.queue.house import IN_MEMORY, KIOSK, Document, QueueHall
from tests.queue.onlooker import Onlooker, Seen, Standing
from tests.queue.waits_table import table

Process = Generator[simpy.Event, Any, None]


class Day:
    """One day, from opening until nobody is left. `told_priority` False: nobody says that they have priority."""

    def __init__(self, queue: QueueHall, tx: Changes, people: Sequence[Visitor], told_priority: bool) -> None:
        self._queue, self._tx, self._people, self._told = queue, tx, people, told_priority
        self._began_ms = queue.clock.now_ms()
        self._time = simpy.Environment()
        self._idle: dict[str, simpy.Event] = {}
        self._onlooker = Onlooker(queue.hall, self._began_ms)

    def run(self) -> Seen:
        """Live through it."""
        for counter in self._queue.hall.counters:
            officer = Actor(f"token:{counter.id}", "counter", counter.label, counter.id)
            self._time.process(self._officer(officer, counter.id))
        self._time.process(self._door())
        self._time.run()
        return self._onlooker.closes()

    def _door(self) -> Process:
        for visitor in self._people:
            yield self._time.timeout(visitor.at_ms - self._time.now)
            wish = Wish(visitor.services, visitor.priority if self._told else None)
            issued = issuing.issue(self._at_now(), self._queue.hall, self._queue.policy, KIOSK, wish)
            self._onlooker.comes(visitor, issued.tickets)
            self._wake()

    def _officer(self, officer: Actor, counter: str) -> Process:
        tx, hall = self._at_now(), self._queue.hall
        serving.open_counter(tx, hall, officer, counter, take_over=False, expect=UNSAID)
        while True:
            if (one := self._call(officer, counter)) is None:
                yield self._somebody_waits(counter)
                continue
            if one.visitor.comes:
                yield self._time.timeout(one.visitor.walks_ms)
                serving.start(self._at_now(), hall, officer, counter, expect=UNSAID)
                yield self._time.timeout(one.serves_ms)
                serving.finish(self._at_now(), hall, officer, counter, expect=UNSAID)
            else:
                yield self._time.timeout(MISSED_MS)
                serving.no_show(self._at_now(), hall, officer, counter, expect=UNSAID)
            self._onlooker.left(counter, tx.now_ms)
            self._wake()

    def _call(self, officer: Actor, counter: str) -> Standing | None:
        if not self._onlooker.anybody_for(counter):
            return None
        tx = self._at_now()
        found = serving.call_next(tx, self._queue.hall, officer, counter, expect=UNSAID)
        if found.ticket is None:
            return None
        return self._onlooker.called(counter, found.ticket, str(found.reason["rule"]), tx.now_ms)

    def _somebody_waits(self, counter: str) -> simpy.Event:
        """What an idle officer waits for; whether the visitor may be called is seen by calling."""
        self._idle[counter] = self._time.event()
        return self._idle[counter]

    def _wake(self) -> None:
        """Of the idle officers, in the catalogue's order, those who see somebody for them."""
        for counter in self._queue.hall.counters:
            if counter.id in self._idle and self._onlooker.anybody_for(counter.id):
                self._idle.pop(counter.id).succeed()

    def _at_now(self) -> Changes:
        self._tx.now_ms = self._tx.wall_ms = self._began_ms + int(self._time.now)
        return self._tx


def live(document: Document, people: Sequence[Visitor], *, told_priority: bool = True) -> Seen:
    """What an onlooker saw of these visitors' day in this hall. All of it is one transaction, taken back at its end."""
    seen: list[Seen] = []
    folder = tempfile.TemporaryDirectory(prefix="antrean-day-", dir=IN_MEMORY)
    with folder as path, QueueHall(Path(path), document) as queue:

        def run(tx: Changes) -> None:
            seen.append(Day(queue, tx, people, told_priority).run())
            tx.undo_all()

        queue.write(run)
    return seen[0]


def day(seed: int, how_many: int = 2000, *, told_priority: bool = True, **rules: int) -> Seen:
    """A day of ten agencies, twenty counters and so many visitors, drawn by `seed`."""
    return live(day_document(rules), visitors(seed, how_many), told_priority=told_priority)


@click.command()
@click.option("--days", default=10, show_default=True, type=click.IntRange(1), help="How many random days.")
@click.option("--seed", default=1, show_default=True, help="The first day's; the others follow.")
@click.option("--visitors", "how_many", default=2000, show_default=True, type=click.IntRange(1), help="A day's.")
def main(days: int, seed: int, how_many: int) -> None:
    """Print waits by class over random days, under the rules and first come, first served."""
    plain, ruled = [], []
    with click.progressbar(range(seed, seed + days), label="days", file=sys.stderr) as seeds:
        for each in seeds:
            plain.append(day(each, how_many, told_priority=False))
            ruled.append(day(each, how_many))
    click.echo(table({"first come": plain, "by the rules": ruled}))


if __name__ == "__main__":
    main()
