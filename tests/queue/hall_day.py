"""A whole day of a hall, with the real commands on a real store, in simulated time: 10 agencies, 20 counters.

The same seed gives the same visitors (when they come, for what, how long they take, who has priority) whatever the
rules, so that waits under two ways of choosing can be laid side by side. `python -m tests.queue.hall_day` prints them.
"""

from __future__ import annotations

import heapq
import random
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import fmean
from typing import Any

from server.commands import issuing, serving
from server.commands.desk import UNSAID
from server.commands.issuing import Wish
from server.domain.actors import Actor
from server.domain.tickets import Ticket
from server.domain.waiting import percentile
from server.store.changes import Changes
from tests.queue.house import IN_MEMORY, KIOSK, QueueHall, name

AGENCIES, COUNTERS_EACH = 10, 2
OPEN_S = 7 * 3600
CLASSES = ("elderly", "disability", "pregnant")
MINUTE_MS = 60_000


def day_document(**rules: int) -> dict[str, Any]:
    """Ten agencies of two services and two counters each; one counter of each helps the agency beside it."""
    agencies = range(AGENCIES)
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jakarta"},
        "zones": [{"id": "z", "name": name("Zona")}],
        "agencies": [
            {"id": f"a-{n}", "name": name(f"Instansi {n}"), "zone": "z", "services": [
                {"id": f"s-{n}-{m}", "prefix": f"{'ABCDEFGHIJ'[n]}{m}", "name": name("Layanan")} for m in range(2)
            ]}
            for n in agencies
        ],
        "counters": [
            {"id": f"c-{n}-{m}", "label": f"{n}{m}", "zone": "z", "services": [f"s-{n}-0", f"s-{n}-1"],
             **({"helps": [{"service": f"s-{(n + 1) % AGENCIES}-0", "after_minutes": 40}]} if m else {})}
            for n in agencies for m in range(COUNTERS_EACH)
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "z"}],
        "rules": rules,
    }  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """Who comes, seconds after opening; how long each errand takes, the way to a counter, and whether they come."""

    at_s: float
    services: tuple[str, ...]
    priority: str | None
    serves_s: tuple[float, ...]
    walks_s: float
    comes: bool


def visitors(seed: int, how_many: int) -> list[Visitor]:
    """A day's visitors, most of them in the morning; one in six with priority, one in seven with two errands."""
    dice = random.Random(seed)
    found = []
    for _ in range(how_many):
        peak = dice.choice((5400, 9000, 18000))
        at_s = min(max(dice.gauss(peak, 3600), 0), OPEN_S)
        agencies = dice.sample(range(AGENCIES), 2 if dice.random() < 1 / 7 else 1)
        found.append(Visitor(
            at_s=at_s,
            services=tuple(f"s-{agency}-{dice.randrange(2)}" for agency in agencies),
            priority=dice.choice(CLASSES) if dice.random() < 1 / 6 else None,
            serves_s=tuple(min(dice.lognormvariate(4.9, 0.6), 1800) for _ in agencies),
            walks_s=dice.uniform(10, 60),
            comes=dice.random() > 0.03,
        ))  # fmt: skip
    return sorted(found, key=lambda visitor: visitor.at_s)


@dataclass
class Waiting:
    """A waiting ticket as an onlooker knows it."""

    ticket: Ticket
    visitor: Visitor
    priority: bool
    serves_s: float


@dataclass
class Seen:
    """What an onlooker wrote down: waits by class (None: without), reasons, and what the rules do not allow."""

    waits_s: dict[str | None, list[float]] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    overtaken: list[str] = field(default_factory=list)
    longest_row: int = 0
    left: int = 0


class Day:
    """One day. `told_priority` False: the same visitors, and nobody says that they have priority."""

    def __init__(self, queue: QueueHall, tx: Changes, seed: int, how_many: int, told_priority: bool) -> None:
        self._queue, self._tx, self._told = queue, tx, told_priority
        self._began_ms = queue.clock.now_ms()
        self._order = count()
        self._agenda: list[tuple[float, int, str, Any]] = []
        self._people = visitors(seed, how_many)
        self.waiting: dict[int, Waiting] = {}
        self._at_counter: dict[str, Waiting] = {}
        self._freed_ms: dict[int, int] = {}
        self._row: dict[str, int] = {}
        self.seen = Seen()
        self._officer = {c.id: Actor(f"token:{c.id}", "counter", c.label, c.id) for c in queue.hall.counters}

    def run(self) -> Seen:
        """From opening until nobody is left."""
        self._at(0.0)
        for counter, officer in self._officer.items():
            serving.open_counter(self._tx, self._queue.hall, officer, counter, take_over=False, expect=UNSAID)
        for visitor in self._people:
            self._plan(visitor.at_s, "comes", visitor)
        while self._agenda:
            at_s, _, what, about = heapq.heappop(self._agenda)
            self._at(at_s)
            getattr(self, f"_{what}")(at_s, about)
        self.seen.left = len(self.waiting) + len(self._at_counter)
        return self.seen

    def _plan(self, at_s: float, what: str, about: Any) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._order), what, about))

    def _at(self, at_s: float) -> None:
        self._tx.now_ms = self._tx.wall_ms = self._began_ms + round(at_s * 1000)

    def _comes(self, at_s: float, visitor: Visitor) -> None:
        wish = Wish(visitor.services, visitor.priority if self._told else None)
        issued = issuing.issue(self._tx, self._queue.hall, self._queue.policy, KIOSK, wish)
        takes_s = dict(zip(visitor.services, visitor.serves_s, strict=True))
        for ticket in issued.tickets:
            self.waiting[ticket.id] = Waiting(ticket, visitor, ticket.priority is not None, takes_s[ticket.service])
        self._wake(at_s)

    def _wake(self, at_s: float) -> None:
        for counter in self._officer:
            if counter not in self._at_counter and self._has_work(counter):
                self._call(at_s, counter)

    def _has_work(self, counter: str) -> bool:
        services = self._queue.hall.counter[counter].callable_services
        return any(one.ticket.service in services for one in self.waiting.values())

    def _call(self, at_s: float, counter: str) -> None:
        found = serving.call_next(self._tx, self._queue.hall, self._officer[counter], counter, expect=UNSAID)
        if found.ticket is None:
            return
        rule = found.reason["rule"]
        one = self.waiting.pop(found.ticket.id)
        self._judge(counter, one, rule)
        self._at_counter[counter] = one
        kind = one.visitor.priority
        self.seen.rules[rule] = self.seen.rules.get(rule, 0) + 1
        self.seen.waits_s.setdefault(kind, []).append((self._tx.now_ms - one.ticket.issued_ms) / 1000)
        if one.visitor.comes:
            self._plan(at_s + one.visitor.walks_s, "starts", counter)
        else:
            self._plan(at_s + 60, "misses", counter)

    def _judge(self, counter: str, one: Waiting, rule: str) -> None:
        """Hold a call against the words of the rules."""
        rules, now_ms = self._queue.hall.rules, self._tx.now_ms
        services = self._queue.hall.counter[counter].services
        busy = {other.ticket.visit for other in self._at_counter.values()}
        callable_ = [
            other
            for other in self.waiting.values()
            if other.ticket.service in services
            and other.ticket.visit not in busy
            and not 0 <= now_ms - self._freed_ms.get(other.ticket.visit, -(10**15)) < rules.walk_seconds * 1000
        ]
        place = (one.ticket.place_ms, one.ticket.id)
        longest_ms = min(rules.max_wait_minutes, MAX_WAIT_MINUTES) * MINUTE_MS
        for other in callable_:
            before = (other.ticket.place_ms, other.ticket.id) < place
            if before and now_ms - other.ticket.place_ms >= longest_ms:
                self.seen.overtaken.append(f"{one.ticket.number} ({rule}) before {other.ticket.number}")
        if rule == "help":
            return
        if not one.priority:
            self._row[counter] = 0
        elif rule == "priority" and any(not other.priority for other in callable_):
            self._row[counter] = self._row.get(counter, 0) + 1
            self.seen.longest_row = max(self.seen.longest_row, self._row[counter])

    def _starts(self, at_s: float, counter: str) -> None:
        serving.start(self._tx, self._queue.hall, self._officer[counter], counter, expect=UNSAID)
        self._plan(at_s + self._at_counter[counter].serves_s, "ends", counter)

    def _ends(self, at_s: float, counter: str) -> None:
        serving.finish(self._tx, self._queue.hall, self._officer[counter], counter, expect=UNSAID)
        self._leaves(at_s, counter)

    def _misses(self, at_s: float, counter: str) -> None:
        serving.no_show(self._tx, self._queue.hall, self._officer[counter], counter, expect=UNSAID)
        self._leaves(at_s, counter)

    def _leaves(self, at_s: float, counter: str) -> None:
        gone = self._at_counter.pop(counter)
        self._freed_ms[gone.ticket.visit] = self._tx.now_ms
        self._wake(at_s)


MAX_WAIT_MINUTES = 60
"""A day whose rules would let visitors wait for longer is held against this bound."""


def day(seed: int, how_many: int = 2000, *, told_priority: bool = True, **rules: int) -> Seen:
    """A day's waits and what an onlooker found wrong. All of it is one transaction, taken back at its end."""
    seen: list[Seen] = []
    folder = tempfile.TemporaryDirectory(prefix="antrean-day-", dir=IN_MEMORY)
    with folder as path, QueueHall(Path(path), day_document(**rules)) as queue:

        def live(tx: Changes) -> None:
            seen.append(Day(queue, tx, seed, how_many, told_priority).run())
            tx.undo_all()

        queue.write(live)
    return seen[0]


def table(ways: dict[str, Seen]) -> str:
    """Waits by class under each way of choosing, minutes, as a table of Markdown."""
    lines = ["| who | calls |" + "".join(f" {way}: mean | p90 | longest |" for way in ways)]
    lines.append("|---|---|" + "---|---|---|" * len(ways))
    for who, kinds in {"no priority": (None,), **{kind: (kind,) for kind in CLASSES}, "all": (None, *CLASSES)}.items():
        cells, tickets = "", 0
        for seen in ways.values():
            waits = sorted(wait for kind in kinds for wait in seen.waits_s.get(kind, []))
            tickets = len(waits)
            figures = (fmean(waits), percentile(waits, 0.9) or 0.0, waits[-1])
            cells += "".join(f" {figure / 60:.1f} |" for figure in figures)
        lines.append(f"| {who} | {tickets} |{cells}")
    return "\n".join(lines)


def main() -> None:
    """Print one day under the rules beside the same day first come, first served, and how often each rule decided."""
    plain, ruled = day(4, told_priority=False), day(4)
    print(table({"first come": plain, "with priority": ruled}))
    print(f"decided by: {ruled.rules}; at most {ruled.longest_row} in a row; {len(ruled.overtaken)} overtaken too late")


if __name__ == "__main__":
    main()
