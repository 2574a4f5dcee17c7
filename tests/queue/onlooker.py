"""Somebody who stands in the hall all day, knows the rules' words and writes down who waited and what was not right.

Each call is held against the oracle of the rules (selection_oracle) and, without it, against what is promised: nobody
who has waited the longest wait is overtaken, so many with priority in a row at most, a visitor at one counter at a
time, places kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.domain.hall import Hall
from server.domain.tickets import Ticket
from tests.queue.drawn_day import Visitor
from tests.queue.selection_oracle import MINUTE_MS, Waiter, Ways, candidates, next_one, row_after

MAX_WAIT_MINUTES = 60
"""A day whose rules would let visitors wait for longer is held against this bound."""


@dataclass
class Seen:
    """What the onlooker wrote down: waits, reasons, when each visitor was done, and what the rules do not allow."""

    waits_ms: dict[tuple[int, str], int] = field(default_factory=dict)
    """From arrival to the first call, by the visitor's number and the service."""
    classes: dict[int, str | None] = field(default_factory=dict)
    done_ms: dict[int, int] = field(default_factory=dict)
    """Milliseconds after opening at which a visitor left the last counter."""
    rules: dict[str, int] = field(default_factory=dict)
    overtaken: list[str] = field(default_factory=list)
    not_as_told: list[str] = field(default_factory=list)
    two_places: list[str] = field(default_factory=list)
    places_lost: list[str] = field(default_factory=list)
    longest_row: int = 0
    left: int = 0

    @property
    def wrong(self) -> list[str]:
        """Everything that the rules do not allow."""
        return [*self.not_as_told, *self.overtaken, *self.two_places, *self.places_lost]

    def waits_s(self, *kinds: str | None) -> list[float]:
        """Waits of the visitors of these classes (None: without priority), shortest first."""
        return sorted(wait / 1000 for (who, _), wait in self.waits_ms.items() if self.classes[who] in kinds)


@dataclass(frozen=True)
class Standing:
    """A waiting ticket as an onlooker knows it: `place_ms` is what it was when it was given."""

    id: int
    visit: int
    service: str
    place_ms: int
    priority: bool
    visitor: Visitor

    @property
    def serves_ms(self) -> int:
        return self.visitor.serves_ms[self.visitor.services.index(self.service)]


class Onlooker:
    """Sees everybody come, be called and leave. Times are the store's, in milliseconds."""

    def __init__(self, hall: Hall, opened_ms: int) -> None:
        self._hall, self._opened_ms = hall, opened_ms
        self._waiting: dict[int, Standing] = {}
        self._at_counter: dict[str, Standing] = {}
        self._busy: set[int] = set()
        self._freed_ms: dict[int, int] = {}
        self._rows: dict[str, int] = {}
        self._oracles_rows: dict[str, int] = {}
        self.seen = Seen()

    def comes(self, visitor: Visitor, tickets: list[Ticket]) -> None:
        """A visitor has been given tickets."""
        self.seen.classes[visitor.number] = visitor.priority
        for one in tickets:
            self._waiting[one.id] = Standing(
                one.id, one.visit, one.service, one.issued_ms, one.priority is not None, visitor
            )

    def anybody_for(self, counter: str) -> bool:
        """Whether the officer sees anybody on the screen who could be for this counter, helped services included."""
        services = self._hall.counter[counter].callable_services
        return any(one.service in services for one in self._waiting.values())

    def called(self, counter: str, ticket: Ticket, rule: str, now_ms: int) -> Standing:
        """Hold a call against the words of the rules, and write it down."""
        one = self._waiting[ticket.id]
        if one.visit in self._busy:
            self.seen.two_places.append(f"{ticket.number} while its visitor was at another counter")
        if ticket.place_ms != one.place_ms:
            self.seen.places_lost.append(f"{ticket.number}: {one.place_ms} became {ticket.place_ms}")
        self._ask_the_oracle(counter, one, rule, now_ms)
        self._judge(counter, one, rule, now_ms)
        self._at_counter[counter] = self._waiting.pop(one.id)
        self._busy.add(one.visit)
        self.seen.rules[rule] = self.seen.rules.get(rule, 0) + 1
        self.seen.waits_ms[one.visitor.number, one.service] = now_ms - one.place_ms
        return one

    def left(self, counter: str, now_ms: int) -> None:
        """Whoever was at the counter has left it."""
        gone = self._at_counter.pop(counter)
        self._busy.discard(gone.visit)
        self._freed_ms[gone.visit] = now_ms
        self.seen.done_ms[gone.visitor.number] = now_ms - self._opened_ms

    def closes(self) -> Seen:
        """The hall is empty, or should be."""
        self.seen.left = len(self._waiting) + len(self._at_counter)
        return self.seen

    def _ask_the_oracle(self, counter: str, one: Standing, rule: str, now_ms: int) -> None:
        ways, row = self._ways(counter), self._oracles_rows.get(counter, 0)
        everybody = self._waiters(counter)
        told = next_one(everybody, ways, row, now_ms, now_ms)
        if told != (one.id, rule):
            self.seen.not_as_told.append(f"{one.id} by {rule}, but the rules' words say {told}")
        others = candidates(everybody, ways, row, now_ms, now_ms)
        self._oracles_rows[counter] = row_after(self._waiter(one), others, ways, row)

    def _ways(self, counter: str) -> Ways:
        desk, rules = self._hall.counter[counter], self._hall.rules
        helps = tuple((help_.service, help_.after_minutes) for help_ in desk.helps)
        return Ways(desk.services, helps, rules.priority_in_a_row, rules.max_wait_minutes, rules.walk_seconds)

    def _waiters(self, counter: str) -> list[Waiter]:
        services = self._hall.counter[counter].callable_services
        return [self._waiter(one) for one in self._waiting.values() if one.service in services]

    def _waiter(self, one: Standing) -> Waiter:
        freed_ms = self._freed_ms.get(one.visit)
        return Waiter(one.id, one.service, one.place_ms, one.priority, one.visit in self._busy, freed_ms)

    def _judge(self, counter: str, one: Standing, rule: str, now_ms: int) -> None:
        """The two promises, without the oracle: nobody overtaken who waited too long, so many in a row at most."""
        standing = [other for other in self._waiting.values() if self._stands_there(other, counter, now_ms)]
        longest_ms = min(self._hall.rules.max_wait_minutes or MAX_WAIT_MINUTES, MAX_WAIT_MINUTES) * MINUTE_MS
        for other in standing:
            before = (other.place_ms, other.id) < (one.place_ms, one.id)
            if before and now_ms - other.place_ms >= longest_ms:
                self.seen.overtaken.append(f"{one.id} ({rule}) before {other.id}")
        if rule == "help":
            return
        if not one.priority:
            self._rows[counter] = 0
        elif any(not other.priority for other in standing):
            self._rows[counter] = self._rows.get(counter, 0) + 1
            if rule == "priority":
                self.seen.longest_row = max(self.seen.longest_row, self._rows[counter])

    def _stands_there(self, one: Standing, counter: str, now_ms: int) -> bool:
        """Whether somebody who waits for this counter's own services is neither at another counter nor on the way."""
        if one.service not in self._hall.counter[counter].services or one.visit in self._busy:
            return False
        freed_ms = self._freed_ms.get(one.visit)
        return freed_ms is None or now_ms - freed_ms >= self._hall.rules.walk_seconds * 1000
