"""Every command in every order that Hypothesis thinks of, on a real store with a clock that jumps about.

After each step the tables are compared with what an independent reading of the design expects: a command is let
through exactly when the design says so, changes exactly what it should, and leaves everything whole.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from server.commands import absent, issuing, serving
from server.commands.desk import UNSAID, Expect
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.domain.hall import Rules
from server.domain.tickets import Ticket
from server.queries.board import display_snapshot
from server.queries.counter import counter_snapshot
from server.queries.hall import hall_snapshot
from server.queries.visit import visit_snapshot
from server.store.records import WANTED_MS
from tests.queue.house import BUDI, CHIEF, IN_MEMORY, KIOSK, KIOSK_2, SITI, QueueHall, hall_document, name
from tests.queue.invariants import Picture, Row, check, picture
from tests.queue.rules import AT_COUNTER, IN_QUEUE, expected_numbers, led_to
from tests.queue.selection_oracle import Waiter, Ways, candidates, next_one, row_after, standing

SERVICES = ("akta", "ktp", "sim", "pajak")
LIMITED, QUOTA = "ktp", 4
"""A service that gives only so many numbers a day."""
PEOPLE = {actor.id: actor for actor in (SITI, BUDI, CHIEF)}

COUNTERS = ("1", "2", "3")
counters = st.sampled_from(COUNTERS)
crew = st.sampled_from((None, None, None, None, SITI, BUDI, CHIEF))
"""None: whoever sits at the counter."""
NEXT = {
    "called": ("start", "start", "no_show", "requeue", "recall"),
    "serving": ("finish", "finish", "finish", "no_show", "recall"),
}
VERBS = ("recall", "start", "finish", "no_show", "requeue")
STRICT = Rules(no_show_after_recalls=1, no_show_after_seconds=45, restore_minutes=10, restore_behind=2)
AUTOMATIC = Rules(no_show_after_seconds=45, no_show_automatic=True)
ONE_BUTTON = Rules(one_button=True, auto_start=True, no_show_after_recalls=1)
FREEING = {"finish", "no_show", "hold", "give_up", "transfer"}
"""What ends a visitor's time at a counter."""
CALLING = {"call_next", "call", "recall"}
expects = st.sampled_from(("right", "right", "right", "right", "unsaid", "wrong"))
steps_s = st.sampled_from((0.0, 0.001, 0.4, 3.0, 30.0, 59.999, 60.0, 60.001, 600.0, 7200.0))
back_s = st.sampled_from((-0.5, -60.0, -7200.0, -20 * 3600.0))
FURTHEST_BACK_MS = 23 * 3600 * 1000
"""A clock a day behind the log waits for an admin's word, which is another test."""


PROFILES: dict[str, dict[str, Any]] = {
    "1": {"services": ["ktp", "pajak", "akta"], "in_order": True},
    "2": {"services": ["sim"]},
    "3": {"services": ["pajak", "sim"], "in_order": True},
}
"""The other profile of each counter."""


def _document() -> dict[str, Any]:
    document = hall_document()
    document["agencies"][0]["services"][1]["quota"] = QUOTA
    for counter in document["counters"]:
        counter["profiles"] = [{"id": "other", "name": name("Lain"), **PROFILES[counter["id"]]}]
    return document


USUAL = {counter["id"]: tuple(counter["services"]) for counter in hall_document()["counters"]}


class LifeOfTickets(RuleBasedStateMachine):
    """One hall; `seen` is what the tables held after the last command."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="antrean-life-", dir=IN_MEMORY)
        self.queue = QueueHall(Path(self._folder.name), _document(), at="2026-03-02T08:00:00")
        self.seen = picture(self.queue)
        self.numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.ends: dict[str, tuple[int, str, str, int]] = {}
        self.ends_then: dict[str, tuple[int, str, str, int]] = {}
        self.rows: dict[tuple[str, str], int] = defaultdict(int)
        self.rows_before: dict[str, int] = {}
        self.freed_ms: dict[int, int] = {}
        self.called_steady_ms: dict[int, int] = {}
        self.spans_before: dict[int, list[Row]] = {}

    def teardown(self) -> None:
        self._look_at_the_screens()
        self.queue.close()
        self._folder.cleanup()

    # What is tried, and what must come of it.

    def attempt(
        self, verb: str, may: bool, command: Callable[[], Any], changes: int | None = 1, ended: Row | None = None
    ) -> Any:
        """Run a command that must be let through exactly when `may`, and change `changes` tickets (None: any).

        `ended` is the ticket whose serving the command ends on its way, in a one-button hall.
        """
        before = self.seen
        try:
            value = command()
        except DomainError as refusal:
            after = picture(self.queue)
            assert after == before, f"{refusal.code} changed something"
            assert not may, f"{verb} was refused: {refusal}"
            return None
        after = self.seen = picture(self.queue)
        assert may, f"{verb} was let through"
        changed = [
            (before.tickets.get(id), ticket) for id, ticket in after.tickets.items() if ticket != before.tickets.get(id)
        ]
        assert changes is None or len(changed) == changes
        for old, new in changed:
            if old is not None and ended is not None and old["id"] == ended["id"]:
                assert new["state"] == "finished" or old["return_counter"] is not None
                self.freed_ms[new["visit"]] = self.queue.clock.now_ms()
            elif old is not None and old["state"] != new["state"]:
                to = led_to(verb, old["state"])
                assert to is not None, f"{verb}: {old['state']} to {new['state']}"
                if to == "called" and verb != "undo" and self.queue.hall.rules.auto_start:
                    to = "serving"
                if verb != "undo":
                    assert to == new["state"]
            if verb in ("call_next", "call") and old is not None:
                self.spans_before[new["id"]] = _spans(before, new["id"])
            if verb in CALLING or (verb == "undo" and old is not None and old["state"] == "no_show"):
                self.called_steady_ms[new["id"]] = self.queue.clock.steady_ms()
            if old is not None and verb in FREEING:
                self.freed_ms[new["visit"]] = self.queue.clock.now_ms()
        check(self.queue, after)
        return value

    def waiters(self, counter: str) -> dict[int, Waiter]:
        """Who waits, as a counter's choice sees them."""
        open_ = {row["id"] for row in self.seen.counters.values() if row["state"] != "closed"}
        return {
            ticket["id"]: Waiter(
                ticket["id"],
                ticket["service"],
                ticket["place_ms"],
                ticket["priority"] is not None,
                self.seen.busy(ticket["visit"]),
                self.freed_ms.get(ticket["visit"]),
                ticket["wanted_counter"] != counter
                and ticket["wanted_counter"] in open_
                and ticket["since_ms"] > self.queue.clock.now_ms() - WANTED_MS,
            )
            for ticket in self.seen.tickets.values()
            if ticket["state"] == "waiting" and not self.left_over(ticket)
        }

    def waiters_after(
        self, counter: str, present: Row, waiters: dict[int, Waiter], wall_ms: int
    ) -> dict[int, Waiter]:
        """Who waits once the present visitor is finished: they walk, and may be back in a queue."""
        same = {id for id in waiters if self.seen.tickets[id]["visit"] == present["visit"]}
        after = {
            id: replace(waiter, at_a_counter=False, freed_ms=wall_ms) if id in same else waiter
            for id, waiter in waiters.items()
        }
        if (to := present["return_counter"]) is not None and not self.left_over(present):
            row = self.seen.counters.get(to)
            serves = present["return_service"] in self.served(to)  # by its profile now, or anybody is given it
            elsewhere = serves and to != counter and row is not None and row["state"] != "closed"
            id, place_ms, priority = present["id"], present["place_ms"], present["priority"] is not None
            after[id] = Waiter(id, present["return_service"], place_ms, priority, False, wall_ms, elsewhere)
        return after

    def note_call(self, counter: str, called: Waiter, others: list[Waiter]) -> None:
        """A call counts in the counter's row of visitors with priority."""
        today = counter, self.today
        self.rows_before[counter] = self.rows[today]
        self.rows[today] = row_after(called, others, self.ways(counter), self.rows[today])
        self.look_at_the_row(counter)

    def look_at_the_row(self, counter: str) -> None:
        row = self.seen.counters[counter]
        counted = row["priority_run"] if row["run_day"] == self.today else 0
        assert counted == self.rows[counter, self.today], "visitors with priority are counted wrongly"

    def note_what_can_be_undone(self, counter: str, called: Ticket, before: Row, present: Row | None = None) -> None:
        """Where serving begins with the call, the call can be taken back, and then what the same press finished."""
        finished = self.ends.pop(counter, None)
        self.ends_then.pop(counter, None)
        if self.queue.hall.rules.auto_start and before["state"] == "waiting":
            self.ends[counter] = (called.id, "serving", "waiting", called.since_ms)
            if finished is not None and present is not None and finished[0] == present["id"]:
                self.ends_then[counter] = finished

    @property
    def now_ms(self) -> int:
        last_event_ms: int = self.seen.events[-1]["at_ms"]
        return max(self.queue.clock.now_ms(), last_event_ms)

    @property
    def somebody_is_at_a_counter(self) -> bool:
        return any(ticket["state"] in AT_COUNTER for ticket in self.seen.tickets.values())

    @property
    def somebody_is_on_hold(self) -> bool:
        return any(ticket["state"] == "held" for ticket in self.seen.tickets.values())

    @property
    def somebody_is_left_over(self) -> bool:
        return any(t["state"] in IN_QUEUE and t["day"] < self.today for t in self.seen.tickets.values())

    @property
    def free_counters(self) -> list[str]:
        rows = self.seen.counters
        return [id for id in COUNTERS if id in rows and rows[id]["state"] == "open" and not self.seen.at(id)]

    def fitting(self, counter: str, by: Actor | None, kind: str, fit: list[str]) -> str:
        """Mostly a counter where the press makes sense."""
        return fit[ord(counter) % len(fit)] if kind == "right" and by is None and fit else counter

    @property
    def open_counters(self) -> list[str]:
        rows = self.seen.counters
        return [id for id in COUNTERS if id in rows and rows[id]["state"] == "open"]

    @property
    def closed_counters(self) -> list[str]:
        rows = self.seen.counters
        return [id for id in COUNTERS if id not in rows or rows[id]["state"] == "closed"]

    @property
    def today(self) -> str:
        return self.queue.hall.day(self.now_ms)

    def expect(self, counter: str, kind: str) -> tuple[Expect, bool]:
        """What the officer says they see, and whether that is so."""
        current = self.seen.at(counter)
        id = current["id"] if current else None
        if kind == "unsaid":
            return UNSAID, True
        return (id, True) if kind == "right" else (987_654 if id is None else None, False)

    def sits(self, actor: Actor, counter: str, *, paused_too: bool = False) -> bool:
        """Whether an actor may command a counter as it stands."""
        row = self.seen.counters.get(counter)
        states = ("open", "paused") if paused_too else ("open",)
        return row is not None and row["state"] in states and (actor.role != "officer" or row["actor"] == actor.id)

    def who(self, by: Actor | None, counter: str) -> Actor:
        """The actor meant: None is whoever sits at the counter, the supervisor where nobody does."""
        row = self.seen.counters.get(counter)
        return by or PEOPLE.get((row["actor"] if row else None) or CHIEF.id, CHIEF)

    def served(self, counter: str) -> tuple[str, ...]:
        """The services of a counter by its profile now."""
        row = self.seen.counters.get(counter)
        return tuple(PROFILES[counter]["services"]) if row is not None and row["profile"] else USUAL[counter]

    def ways(self, counter: str) -> Ways:
        row = self.seen.counters.get(counter)
        in_order = row is not None and row["profile"] is not None and PROFILES[counter].get("in_order", False)
        return Ways(self.served(counter), in_order=in_order)

    def is_of(self, counter: str, ticket: Row) -> bool:
        """Whether a ticket is a counter's to take up: of its services now, or held or missed there."""
        return ticket["service"] in self.served(counter) or ticket["counter"] == counter

    def left_over(self, ticket: Row) -> bool:
        """Whether a ticket is of a day that is over: nobody calls or takes it up any more."""
        return bool(ticket["day"] < self.today)

    def number_is_anothers(self, ended: Row) -> bool:
        """Whether the range has wrapped and somebody in the queue has this ended ticket's number."""
        number = (ended["day"], ended["number"])
        return any(t["state"] in IN_QUEUE and (t["day"], t["number"]) == number for t in self.seen.tickets.values())

    def some_ticket(self, pick: int) -> Row:
        tickets = list(self.seen.tickets.values())
        return tickets[-1 - pick % min(len(tickets), 12)]

    # The commands.

    @initialize(rules=st.sampled_from((Rules(), STRICT, AUTOMATIC, ONE_BUTTON)))
    def somebody_is_there(self, rules: Rules) -> None:
        self.queue.hall = replace(self.queue.hall, rules=rules)
        self.queue.open("1", SITI)
        self.queue.open("2", BUDI)
        self.queue.issue("akta", "sim")
        self.seen = picture(self.queue)
        for ticket in self.seen.tickets.values():
            self.numbers[ticket["day"], ticket["sequence"]].append(ticket["ordinal"])

    @rule(
        services=st.lists(st.sampled_from(SERVICES), min_size=1, max_size=3, unique=True),
        by=st.sampled_from((KIOSK, KIOSK_2, SITI, CHIEF)),
        priority=st.sampled_from((None, None, "elderly", "pregnant")),
    )
    def issue(self, services: list[str], by: Actor, priority: str | None) -> None:
        used_up = LIMITED in services and len(self._given_of_limited(self.today)) >= QUOTA
        expected = None if used_up else self._expected_numbers(services)
        issued = self.attempt(
            "issue", expected is not None, lambda: self.queue.issue(*services, by=by, priority=priority), len(services)
        )
        if expected is None:
            return
        assert [ticket.number for ticket in issued.tickets] == expected
        assert [ticket.service for ticket in issued.tickets] == services
        assert {ticket.source for ticket in issued.tickets} == {"kiosk" if by.role == "kiosk" else "desk"}
        assert (issued.print_job is not None) == (by is KIOSK), "only kiosk 1 has a printer"
        for ticket in issued.tickets:
            self.numbers[ticket.day, ticket.sequence].append(ticket.ordinal)

    def _given_of_limited(self, day: str) -> list[int]:
        """The tickets that used a number of the limited service on a day, wherever they were passed on to since."""
        given_for: dict[int, str] = {}
        for span in self.seen.spans:
            given_for.setdefault(span["ticket"], span["service"])
        return [
            id
            for id, ticket in self.seen.tickets.items()
            if ticket["day"] == day and ticket["state"] != "cancelled" and given_for[id] == LIMITED
        ]

    def _expected_numbers(self, services: list[str]) -> list[str] | None:
        numbers, day = [], self.today
        given = {key: list(values) for key, values in self.numbers.items()}
        for id in services:
            service = self.queue.hall.services[id]
            before = given.setdefault((day, service.sequence_id), [])
            today = [
                ticket
                for ticket in self.seen.tickets.values()
                if (ticket["day"], ticket["sequence"]) == (day, service.sequence_id)
            ]
            ordinal = expected_numbers(
                before,
                service.numbers.first,
                service.numbers.last,
                in_use={ticket["ordinal"] for ticket in today if ticket["state"] in IN_QUEUE},
                missed={ticket["ordinal"] for ticket in today if ticket["state"] == "no_show"},
            )
            if ordinal is None:
                return None
            before.append(ordinal)
            numbers.append(f"{service.prefix}-{ordinal:03d}")
        return numbers

    @rule(counter=counters, by=crew, kind=expects)
    def call_next(self, counter: str, by: Actor | None, kind: str) -> None:
        one_button = self.queue.hall.rules.one_button
        counter = self.fitting(counter, by, kind, self.open_counters if one_button else self.free_counters)
        by = self.who(by, counter)
        said, true = self.expect(counter, kind)
        present = self.seen.at(counter)
        may = self.sits(by, counter) and true and (present is None or one_button)
        now_ms, wall_ms = self.now_ms, self.queue.clock.now_ms()
        waiters, ways, row = self.waiters(counter), self.ways(counter), self.rows[counter, self.today]
        if present is not None and may:
            waiters = self.waiters_after(counter, present, waiters, wall_ms)
        others = candidates(list(waiters.values()), ways, row, now_ms, wall_ms)
        expected = next_one(list(waiters.values()), ways, row, now_ms, wall_ms)
        changes = len({present and present["id"], expected and expected[0]} - {None})
        command = partial(self.queue.call_next, counter, by, expect=said)
        before = self.seen
        called = self.attempt("call_next", may, command, changes, present)
        if present is not None and may and present["return_counter"] is None:
            self.ends[counter] = (present["id"], "finished", "serving", now_ms)
        if may:
            assert (called and called.id) == (expected and expected[0]), f"not who is next by {expected}"
        if called:
            self.note_call(counter, waiters[called.id], others)
            finished_too = present if present is not None and present["return_counter"] is None else None
            self.note_what_can_be_undone(counter, called, before.tickets[called.id], finished_too)

    @rule(counter=counters, by=crew, kind=expects, pick=st.integers(0, 11))
    def call(self, counter: str, by: Actor | None, kind: str, pick: int) -> None:
        self._call(counter, self.who(by, counter), kind, self.some_ticket(pick))

    def _call(self, counter: str, by: Actor, kind: str, ticket: Row) -> None:
        said, true = self.expect(counter, kind)
        may = (
            self.sits(by, counter)
            and true
            and self.seen.at(counter) is None
            and ticket["state"] in ("waiting", "held")
            and not self.left_over(ticket)
            and self.is_of(counter, ticket)
            and not self.seen.busy(ticket["visit"])
        )
        command = serving.call
        hall = self.queue.hall
        waiters = self.waiters(counter)
        others = standing(list(waiters.values()), self.ways(counter), self.queue.clock.now_ms())
        done = self.attempt(
            "call", may, lambda: self.queue.write(lambda tx: command(tx, hall, by, counter, ticket["id"], expect=said))
        )
        if done:
            self.ends.pop(counter, None)
            self.note_what_can_be_undone(counter, done[0], ticket)
            if ticket["id"] in waiters:
                self.note_call(counter, waiters[ticket["id"]], others)

    @precondition(lambda self: self.somebody_is_at_a_counter)
    @rule(pick=st.integers(0, 2), step=st.integers(0, 4))
    def serve(self, pick: int, step: int) -> None:
        there = [ticket for ticket in self.seen.tickets.values() if ticket["state"] in AT_COUNTER]
        ticket = there[pick % len(there)]
        counter, verb = ticket["counter"], NEXT[ticket["state"]][step]
        done = self._press(counter, self.who(None, counter), "right", verb)
        assert done is not None or verb == "no_show"

    def called_for_s(self, ticket: Row) -> float:
        return (self.queue.clock.steady_ms() - self.called_steady_ms.get(ticket["id"], 0)) / 1000

    @precondition(lambda self: self.somebody_is_at_a_counter and self.queue.hall.rules.no_show_automatic)
    @rule()
    def the_house_gives_up_who_does_not_come(self) -> None:
        there = [ticket for ticket in self.seen.tickets.values() if ticket["state"] == "called"]
        late = {t["id"]: t["counter"] for t in there if self.called_for_s(t) >= 45}
        hall = self.queue.hall
        command = partial(self.queue.write, lambda tx: absent.give_up_absent(tx, hall, 0))
        missed = self.attempt("no_show", True, command, len(late))
        assert {ticket.id: ticket.counter for ticket in missed} == late
        for id, counter in late.items():
            self.ends[counter] = (id, "no_show", "called", self.now_ms)

    @precondition(lambda self: self.somebody_is_at_a_counter)
    @rule(pick=st.integers(0, 2), end=st.sampled_from(("finish", "no_show")), seconds=steps_s)
    def serve_to_the_end(self, pick: int, end: str, seconds: float) -> None:
        there = [ticket for ticket in self.seen.tickets.values() if ticket["state"] in AT_COUNTER]
        ticket = there[pick % len(there)]
        counter = ticket["counter"]
        if end == "finish" and ticket["state"] == "called":
            self._press(counter, self.who(None, counter), "right", "start")
            self.queue.clock.pass_by(seconds)
        if end == "no_show":
            self._press(counter, self.who(None, counter), "right", "recall")
            if self.queue.hall.rules.no_show_automatic:  # there only the time counts
                self.queue.clock.pass_by(45)
        assert self._press(counter, self.who(None, counter), "right", end) is not None

    @rule(counter=counters, by=crew, kind=expects, verb=st.sampled_from(VERBS))
    def press(self, counter: str, by: Actor | None, kind: str, verb: str) -> None:
        self._press(counter, self.who(by, counter), kind, verb)

    def _press(self, counter: str, by: Actor, kind: str, verb: str) -> Any:
        said, true = self.expect(counter, kind)
        current = self.seen.at(counter)
        allowed = current is not None and (verb == "recall" or led_to(verb, current["state"]) is not None)
        rules = self.queue.hall.rules
        if verb == "no_show" and current is not None and by.role == "officer":
            may_have_left = current["state"] == "serving" and not rules.auto_start
            needs_calls, needs_s = rules.no_show_after_recalls, rules.no_show_after_seconds
            enough = [current["recalls"] >= needs_calls] if needs_calls else []
            enough += [self.called_for_s(current) >= needs_s] if needs_s else []
            allowed = allowed and (may_have_left or not enough or any(enough))
        back = verb == "finish" and current is not None and current["return_counter"] is not None
        waiting = self.seen.waiting(self.served(counter))
        done = self.attempt(
            "transfer" if back else verb,
            self.sits(by, counter) and true and allowed,
            lambda: self.queue.press(verb, counter, by, expect=said),
        )
        if done and current:
            assert done.id == current["id"]
            assert done.recalls == (0 if back else current["recalls"] + (verb == "recall"))
        if done and current and back:
            to = (done.service, done.wanted_counter, done.place_ms, done.return_counter)
            wanted = current["return_counter"]
            wanted = wanted if current["return_service"] in self.served(wanted) else None
            assert to == (current["return_service"], wanted, current["place_ms"], None)
        elif done and current and verb in ("finish", "no_show"):
            self.ends[counter] = (done.id, done.state.value, current["state"], self.now_ms)
        if done and verb == "requeue":
            places = [(ticket["place_ms"], ticket["id"]) for ticket in waiting]
            assert all((done.place_ms, done.id) > place for place in places), "not behind all who wait"
        return done

    @precondition(lambda self: self.ends)
    @rule(counter=counters, by=crew, kind=expects)
    def undo(self, counter: str, by: Actor | None, kind: str) -> None:
        if kind == "right" and by is None:  # mostly where there is something to undo
            counter = sorted(self.ends)[ord(counter) % len(self.ends)]
        by = self.who(by, counter)
        said, true = self.expect(counter, kind)
        ended = self.ends.get(counter)
        ticket = self.seen.tickets[ended[0]] if ended else None
        may = (
            self.sits(by, counter)
            and true
            and ended is not None
            and ticket is not None
            and (self.seen.at(counter) is None or ended[2] == "waiting")
            and (ticket["state"], ticket["since_ms"], ticket["counter"]) == (ended[1], ended[3], counter)
            and self.now_ms - ended[3] <= 60_000
            and ticket["day"] == self.today
            and (ended[2] == "waiting" or not self.seen.busy(ticket["visit"]))
            and (ended[2] == "waiting" or not self.number_is_anothers(ticket))
        )
        again = self.attempt("undo", may, lambda: self.queue.press("undo", counter, by, expect=said))
        if again and ended:
            at = None if ended[2] == "waiting" else counter
            assert (again.id, again.state.value, again.counter) == (ended[0], ended[2], at)
            assert ticket is not None and again.place_ms == ticket["place_ms"]
            del self.ends[counter]
            if at is None:
                self.rows[counter, self.today] = self.rows_before[counter]
                self.look_at_the_row(counter)
                assert _spans(self.seen, again.id) == self.spans_before[again.id], "the call was, for the figures"
            if (then := self.ends_then.pop(counter, None)) is not None and at is None:
                self.ends[counter] = then

    @precondition(lambda self: any(ticket["state"] == "no_show" for ticket in self.seen.tickets.values()))
    @rule(counter=counters, by=crew, kind=expects, pick=st.integers(0, 11))
    def restore(self, counter: str, by: Actor | None, kind: str, pick: int) -> None:
        rules = self.queue.hall.rules
        missed = [ticket for ticket in self.seen.tickets.values() if ticket["state"] == "no_show"]
        ticket = missed[pick % len(missed)] if missed and pick < 9 else self.some_ticket(pick)
        fit = [id for id in self.open_counters if ticket["service"] in self.served(id)]
        counter = self.fitting(counter, by, kind, fit)
        by = self.who(by, counter)
        said, true = self.expect(counter, kind)
        may = (
            self.sits(by, counter)
            and true
            and ticket["state"] == "no_show"
            and self.is_of(counter, ticket)
            and ticket["day"] == self.today
            and (not rules.restore_minutes or self.now_ms - ticket["no_show_ms"] <= rules.restore_minutes * 60_000)
            and not self.number_is_anothers(ticket)
        )
        hall = self.queue.hall
        first = self.seen.waiting((ticket["service"],))[: rules.restore_behind]
        done = self.attempt(
            "restore",
            may,
            lambda: self.queue.write(lambda tx: serving.restore(tx, hall, by, counter, ticket["id"], expect=said)),
        )
        if done and (not first or _place(ticket) > _place(first[-1])):
            assert done.place_ms == ticket["place_ms"], "the old place was lost"
        elif done:
            ahead = {other["id"] for other in self.seen.waiting((done.service,)) if _place(other) < _place(done)}
            assert ahead >= {other["id"] for other in first}, "not behind so many others"
            assert done.place_ms - first[-1]["place_ms"] in (0, 1), "further back than it need be"

    @precondition(lambda self: self.somebody_is_at_a_counter)
    @rule(counter=counters, by=crew, kind=expects, note=st.sampled_from((None, "tunggu KK")))
    def hold(self, counter: str, by: Actor | None, kind: str, note: str | None) -> None:
        serving = [id for id in self.open_counters if (there := self.seen.at(id)) and there["state"] == "serving"]
        counter = self.fitting(counter, by, kind, serving)
        by, (said, true), current = self.who(by, counter), self.expect(counter, kind), self.seen.at(counter)
        may = self.sits(by, counter) and true and current is not None and current["state"] == "serving"
        held = self.attempt("hold", may, lambda: self.queue.hold(counter, by, note, expect=said))
        if held:
            assert held.counter == counter and self.seen.at(counter) is None

    @precondition(lambda self: self.somebody_is_on_hold)
    @rule(counter=counters, by=crew, kind=expects, pick=st.integers(0, 11), give_up=st.booleans())
    def take_up_or_give_up(self, counter: str, by: Actor | None, kind: str, pick: int, give_up: bool) -> None:
        held = [ticket for ticket in self.seen.tickets.values() if ticket["state"] == "held"]
        row = held[pick % len(held)] if pick < 10 else self.some_ticket(pick)
        fit = [id for id in self.free_counters if row["service"] in self.served(id)]
        counter = self.fitting(counter, by, kind, fit)
        by, (said, true) = self.who(by, counter), self.expect(counter, kind)
        ticket = self.queue.read(lambda reader, hall, now_ms: reader.ticket(row["id"]))
        assert ticket is not None
        may = self.sits(by, counter) and true and row["state"] == "held" and self.is_of(counter, row)
        if give_up:
            self.attempt("give_up", may, lambda: self.queue.give_up(counter, ticket, by, expect=said))
            return
        may = may and self.seen.at(counter) is None and not self.seen.busy(row["visit"]) and not self.left_over(row)
        again = self.attempt("resume", may, lambda: self.queue.resume(counter, ticket, by, expect=said))
        if again:
            assert (again.counter, again.called_ms, again.calls) == (counter, row["called_ms"], row["calls"])
            self.ends.pop(counter, None)

    @precondition(lambda self: self.somebody_is_at_a_counter)
    @rule(
        counter=counters,
        by=crew,
        kind=expects,
        service=st.sampled_from(SERVICES),
        to=st.sampled_from((None, None, *COUNTERS)),
        come_back=st.booleans(),
    )
    def transfer(
        self, counter: str, by: Actor | None, kind: str, service: str, to: str | None, come_back: bool
    ) -> None:
        counter = self.fitting(counter, by, kind, [id for id in self.open_counters if self.seen.at(id)])
        by, (said, true), current = self.who(by, counter), self.expect(counter, kind), self.seen.at(counter)
        may = (
            self.sits(by, counter)
            and true
            and current is not None
            and (to is None or service in self.served(to))
            and (service != current["service"] or to not in (None, counter))
        )
        moved = self.attempt(
            "transfer", may, lambda: self.queue.transfer(counter, by, service, to, come_back=come_back, expect=said)
        )
        if moved and current:
            kept = ("id", "number", "place_ms", "issued_ms", "calls")
            assert [getattr(moved, name) for name in kept] == [current[name] for name in kept]
            assert (moved.service, moved.wanted_counter) == (service, to)
            back = (current["return_service"], current["return_counter"])
            back = (None, None) if service == back[0] else back
            back = (current["service"], counter) if come_back else back
            assert (moved.return_service, moved.return_counter) == back

    @rule(pick=st.integers(0, 11), service=st.sampled_from(SERVICES), to=st.sampled_from((None, None, *COUNTERS)))
    def move(self, pick: int, service: str, to: str | None) -> None:
        if not self.seen.tickets:
            return
        waiting = [ticket for ticket in self.seen.tickets.values() if ticket["state"] == "waiting"]
        row = waiting[pick % len(waiting)] if waiting and pick % 3 else self.some_ticket(pick)
        ticket = self.queue.read(lambda reader, hall, now_ms: reader.ticket(row["id"]))
        assert ticket is not None
        may = (
            row["state"] == "waiting"
            and (to is None or service in self.served(to))
            and (service, to) != (row["service"], row["wanted_counter"])
        )
        moved = self.attempt("move", may, lambda: self.queue.move(ticket, service, to))
        if moved:
            kept = ("id", "number", "place_ms", "issued_ms", "calls", "visit", "priority")
            assert [getattr(moved, name) for name in kept] == [row[name] for name in kept]
            assert (moved.service, moved.wanted_counter, moved.counter) == (service, to, None)
            back = (row["return_service"], row["return_counter"])
            assert (moved.return_service, moved.return_counter) == ((None, None) if service == back[0] else back)

    @precondition(lambda self: self.somebody_is_at_a_counter)
    @rule(pick=st.integers(0, 2), way=st.sampled_from(("hold", "give up", "return", "return")), seconds=steps_s)
    def take_a_detour(self, pick: int, way: str, seconds: float) -> None:
        there = [ticket for ticket in self.seen.tickets.values() if ticket["state"] in AT_COUNTER]
        ticket = there[pick % len(there)]
        counter, by = ticket["counter"], self.who(None, ticket["counter"])
        if ticket["state"] == "called":
            self._press(counter, by, "right", "start")
        self.queue.clock.pass_by(seconds)
        if way != "return":
            self.hold(counter, by, "right", None)
            self.queue.clock.pass_by(seconds)
            self.take_up_or_give_up(counter, None, "right", pick, way == "give up")
        elif others := [id for id in self.free_counters if id != counter]:
            other = others[pick % len(others)]
            self.transfer(counter, by, "right", self.served(other)[-1], other, True)
            self._call(other, self.who(None, other), "right", self.seen.tickets[ticket["id"]])
            if self.left_over(ticket):
                return  # nobody calls them, wherever they were sent
            if self.queue.hall.rules.one_button:
                self.call_next(other, self.who(None, other), "right")
            else:
                self.serve_to_the_end(pick, "finish", seconds)
        elif self.queue.hall.rules.one_button:
            self.call_next(counter, by, "right")

    @rule(counter=counters, by=crew, kind=expects, service=st.sampled_from((None, *SERVICES)))
    def direct(self, counter: str, by: Actor | None, kind: str, service: str | None) -> None:
        counter = self.fitting(counter, by, kind, self.free_counters)
        by, (said, true) = self.who(by, counter), self.expect(counter, kind)
        wanted = service or self.served(counter)[0]
        expected = self._expected_numbers([wanted])
        may = (
            self.sits(by, counter)
            and true
            and self.seen.at(counter) is None
            and wanted in self.served(counter)
            and expected is not None
        )
        ticket = self.attempt("direct", may, lambda: self.queue.direct(counter, by, service, expect=said))
        if ticket and expected:
            assert (ticket.number, ticket.source, ticket.state.value) == (expected[0], "direct", "serving")
            self.numbers[ticket.day, ticket.sequence].append(ticket.ordinal)
            self.ends.pop(counter, None)

    @rule(by=st.sampled_from((KIOSK, KIOSK_2, SITI, BUDI, CHIEF)), pick=st.integers(0, 11))
    def cancel(self, by: Actor, pick: int) -> None:
        ticket = self.some_ticket(pick)
        may = led_to("cancel", ticket["state"]) is not None
        if by.role == "kiosk":
            may = may and ticket["issued_by"] == by.id and self.now_ms - ticket["issued_ms"] <= 60_000
        elif by.role == "officer":
            mine = next((row["id"] for row in self.seen.counters.values() if row["actor"] == by.id), None)
            there = mine is not None and self.seen.at(mine)
            may = may and mine is not None and (ticket["service"] in self.served(mine) or there == ticket)
            may = may and (ticket["state"] not in AT_COUNTER or there == ticket)
        hall = self.queue.hall
        self.attempt("cancel", may, lambda: self.queue.write(lambda tx: issuing.cancel(tx, hall, by, ticket["id"])))

    @precondition(lambda self: self.closed_counters)
    @rule(pick=st.integers(0, 2), by=st.sampled_from((SITI, BUDI, CHIEF)))
    def sit_down(self, pick: int, by: Actor) -> None:
        closed = self.closed_counters
        self._open(closed[pick % len(closed)], by, take_over=False, kind="right")

    @rule(
        counter=counters,
        by=crew,
        kind=expects,
        wish=st.sampled_from(("open", "take_over", "take_over", "pause", "close")),
    )
    def come_and_go(self, counter: str, by: Actor | None, kind: str, wish: str) -> None:
        actor = self.who(by, counter)
        if wish in ("open", "take_over"):
            self._open(counter, actor, take_over=wish == "take_over", kind=kind)
        elif wish == "pause":
            self._pause(counter, actor, kind)
        else:
            self._close(counter, actor, kind)

    @rule(counter=counters, by=crew, kind=expects, profile=st.sampled_from((None, "other", "other")))
    def switch(self, counter: str, by: Actor | None, kind: str, profile: str | None) -> None:
        by, (said, true) = self.who(by, counter), self.expect(counter, kind)
        may = true and (by.role != "officer" or self.sits(by, counter, paused_too=True))
        before = self.seen.counters.get(counter)
        self.attempt("switch", may, lambda: self.queue.switch(counter, by, profile, expect=said), None)
        row = self.seen.counters.get(counter)
        assert (row and row["profile"]) == (profile if may else before and before["profile"])
        sent = [t for t in self.seen.tickets.values() if t["state"] == "waiting" and t["wanted_counter"] == counter]
        assert all(ticket["service"] in self.served(counter) for ticket in sent), "somebody waits for nobody"

    def _open(self, counter: str, by: Actor, take_over: bool, kind: str) -> None:
        said, true = self.expect(counter, kind)
        row = self.seen.counters.get(counter)
        another = row is not None and row["state"] != "closed" and row["actor"] != by.id
        left = next((r["id"] for r in self.seen.counters.values() if r["actor"] == by.id and r["id"] != counter), None)
        held_up = left is not None and self.seen.at(left) is not None
        there_already = row is not None and row["actor"] == by.id and row["state"] == "open"
        may = true and (there_already or ((take_over or not another) and not held_up))
        self.attempt("open", may, lambda: self.queue.open(counter, by, take_over=take_over, expect=said), 0)
        if may:
            now = self.seen.counters[counter]
            assert (now["state"], now["actor"]) == ("open", by.id)
            if left is not None and not there_already:
                assert self.seen.counters[left]["state"] == "closed", "an officer sits at two counters"
                self.ends.pop(left, None)

    def _pause(self, counter: str, by: Actor, kind: str) -> None:
        said, true = self.expect(counter, kind)
        may = self.sits(by, counter, paused_too=True) and true and self.seen.at(counter) is None
        hall = self.queue.hall
        self.attempt(
            "pause",
            may,
            lambda: self.queue.write(lambda tx: serving.pause_counter(tx, hall, by, counter, reason=None, expect=said)),
            0,
        )

    def _close(self, counter: str, by: Actor, kind: str) -> None:
        said, true = self.expect(counter, kind)
        row = self.seen.counters.get(counter)
        closed = row is None or row["state"] == "closed"
        may = closed or (self.sits(by, counter, paused_too=True) and true and self.seen.at(counter) is None)
        hall = self.queue.hall
        self.attempt(
            "close",
            may,
            lambda: self.queue.write(lambda tx: serving.close_counter(tx, hall, by, counter, expect=said)),
            0,
        )
        if may:
            self.ends.pop(counter, None)

    @precondition(lambda self: self.somebody_is_left_over)
    @rule()
    def close_day(self) -> None:
        today, left = self.today, [t for t in self.seen.tickets.values() if t["state"] in IN_QUEUE]
        over = {ticket["id"] for ticket in left if ticket["day"] < today}
        assert self.attempt("close_day", True, self.queue.close_days, len(over)) == len(over)
        for id in over:
            ticket = self.seen.tickets[id]
            assert ticket["closed_by_day"] and ticket["state"] in ("expired", "finished")

    # Time.

    @rule(seconds=steps_s)
    def time_passes(self, seconds: float) -> None:
        self.queue.clock.pass_by(seconds)

    @rule(what=st.sampled_from(("midnight", "midnight", "set back", "restart", "look")), seconds=back_s)
    def something_happens(self, what: str, seconds: float) -> None:
        if what == "midnight":
            self._midnight_comes(before_s=-seconds / 100)
        elif what == "set back":
            if self.queue.clock.now_ms() + seconds * 1000 > self.seen.events[-1]["at_ms"] - FURTHEST_BACK_MS:
                self.queue.clock.set_wall(seconds)
                assert self.queue.store.clock_jump() is None, "each time less than a day: the guard sees it in between"
        elif what == "restart":
            self.queue.restart()
            assert picture(self.queue) == self.seen
        else:
            self._look_at_the_screens()

    def _midnight_comes(self, before_s: float) -> None:
        local = self.queue.hall.local(self.queue.clock.now_ms())
        since_midnight_s = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        self.queue.clock.pass_by(24 * 3600 - since_midnight_s - before_s)

    # What the screens are shown.

    def _look_at_the_screens(self) -> None:
        hall, seen = self.queue.hall, self.seen
        for counter in hall.counters:
            shown = self.queue.read(lambda reader, hall, now_ms, c=counter: counter_snapshot(reader, hall, c, now_ms))  # type: ignore[misc]
            assert [ticket["id"] for ticket in shown["waiting"]] == [t["id"] for t in seen.waiting(counter.services)][
                :25
            ]
            assert shown["waiting_count"] == len(seen.waiting(counter.services))
            at = seen.at(counter.id)
            assert (shown["current"] and shown["current"]["id"]) == (at and at["id"])
            for ticket in shown["waiting"]:
                assert ticket["ahead"] == _ahead(seen, ticket["id"])
        everything = self.queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, self.queue.policy, None, now_ms))
        for agency in everything["agencies"]:
            assert agency["waiting"] == sum(service["waiting"] for service in agency["services"])
            for service in agency["services"]:
                assert service["waiting"] == len(seen.waiting((service["id"],)))
        there = [t for t in seen.tickets.values() if t["state"] in AT_COUNTER]
        for display in hall.displays:
            board = self.queue.read(
                lambda r, hall, now_ms, d=display: display_snapshot(r, hall, self.queue.policy, d, now_ms)  # type: ignore[misc]
            )
            mine = {
                ticket["id"]
                for ticket in there
                if {hall.counter[ticket["counter"]].zone, hall.agency[ticket["agency"]].zone} & set(display.zones)
            }
            assert {call["ticket"] for call in board["calls"]} == mine
        for visit in {ticket["visit"] for ticket in seen.tickets.values()}:
            own = self.queue.read(lambda reader, hall, now_ms, v=visit: visit_snapshot(reader, hall, v, now_ms))  # type: ignore[misc]
            assert {t["id"] for t in own["tickets"]} == {t["id"] for t in seen.tickets.values() if t["visit"] == visit}


def _place(ticket: Row | Ticket) -> tuple[int, int]:
    return (ticket["place_ms"], ticket["id"]) if isinstance(ticket, dict) else (ticket.place_ms, ticket.id)


def _spans(seen: Picture, id: int) -> list[Row]:
    return [span for span in seen.spans if span["ticket"] == id]


def _ahead(seen: Picture, id: int) -> int:
    ticket = seen.tickets[id]
    return [other["id"] for other in seen.waiting((ticket["service"],))].index(id)


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def test_whatever_is_pressed_in_whatever_order_the_queue_stays_whole() -> None:
    run_state_machine_as_test(
        LifeOfTickets,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=QUIET,
            report_multiple_bugs=False,
        ),
    )


@pytest.mark.soak
def test_whatever_is_pressed_for_long_the_queue_stays_whole() -> None:
    run_state_machine_as_test(
        LifeOfTickets,
        settings=settings(max_examples=600, stateful_step_count=120, deadline=None, suppress_health_check=QUIET),
    )
