"""What the house does by itself: each chore is tried, whatever becomes of the others, and what fails is told once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from server import chores as rooms
from server.chores import Chores
from server.commands import retention
from server.commands.hours import Said, set_hours
from server.config import Settings
from server.domain.errors import DomainError
from server.domain.overrides import SERVICE
from server.domain.tickets import State
from server.loudspeakers import Loudspeakers
from server.metrics import pages
from server.presence import Presence
from server.store import Unavailable
from server.store.changes import Changes
from server.troubles import Troubles
from tests.queue.house import CHIEF, SITI, QueueHall


class House:
    """What a round of chores asks of its house."""

    def __init__(self, queue: QueueHall) -> None:
        self.store, self.policy, self.catalogues = queue.store, queue.policy, self
        self.hall = lambda reader: queue.hall
        self.presence, self.loudspeakers = Presence(), Loudspeakers()
        self.now_s = 0.0
        self.troubles = Troubles(lambda: self.now_s)

    def silent_printers(self, printers: Any) -> list[str]:
        return []


@pytest.fixture
def hall(queue: QueueHall) -> Iterator[tuple[QueueHall, House, Chores]]:
    """With a visitor and a supervisor's word of yesterday, both left over."""
    queue.open("1", SITI)
    queue.ticket("akta")
    queue.write(lambda tx: set_hours(tx, queue.hall, CHIEF, SERVICE, "akta", Said("closed")))
    queue.clock.pass_by(24 * 3600)
    house = House(queue)
    yield queue, house, Chores(house, None)  # type: ignore[arg-type]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "antrean.chores"]


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    hall: tuple[QueueHall, House, Chores], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    queue, house, chores = hall

    def broken(*args: object, **more: object) -> None:
        raise KeyError("a row that should not be")

    monkeypatch.setattr(rooms, "Overrides", broken)
    monkeypatch.setattr(rooms, "Watch", broken)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            chores.round()
            house.now_s += 2
    (ticket,) = queue.sql("SELECT state FROM tickets")
    assert ticket["state"] == State.EXPIRED, "the day was closed"
    assert house.troubles.standing() == {"hours": 6, "alerts": 6}
    assert told(caplog) == ["hours failed; it is tried again", "alerts failed; it is tried again"], "once each"
    monkeypatch.undo()
    chores.round()
    assert house.troubles.standing() == {} and queue.sql("SELECT * FROM overrides") == []


class Stopped(Exception):
    """A task that runs for ever was stopped where it rests."""


class Broadcasts:
    """A broadcaster that has no phones to forget."""

    def forget_empty(self) -> None:
        pass


class Rests:
    """Threads of which only the rests are of interest."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rests: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        if len(self.rests) == self.most:
            raise Stopped


def test_what_is_due_never_waits_for_what_may_take_hours(
    hall: tuple[QueueHall, House, Chores], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, house, chores = hall

    def hours() -> None:
        raise AssertionError("years of visitors are to be erased")

    monkeypatch.setattr(chores, "forget", hours)
    monkeypatch.setattr(chores, "_trim_log", hours)
    monkeypatch.setattr(house, "threads", Rests(1), raising=False)
    with pytest.raises(Stopped):
        chores.run()
    (ticket,) = queue.sql("SELECT state FROM tickets")
    assert ticket["state"] == State.EXPIRED, "the day was closed"


def test_what_may_take_hours_rests_four_times_as_long_as_each_piece_took(
    hall: tuple[QueueHall, House, Chores], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, house, chores = hall
    left = [2, 1, 0]

    def piece(tx: Any) -> int:
        queue.clock.pass_by(0.05)
        return left.pop(0)

    rests = Rests(9)
    monkeypatch.setattr(house, "threads", rests, raising=False)
    chores._repeat(piece)
    assert left == [] and rests.rests == pytest.approx([0.2, 0.2, 0.2])


def test_old_answers_do_not_wait_until_years_of_visitors_are_erased(
    hall: tuple[QueueHall, House, Chores], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hall that is given `personal_days` after five years has hours to erase, in which its day goes on."""
    queue, house, chores = hall
    settings = Settings(queue.hall)
    monkeypatch.setattr(house, "settings", settings, raising=False)
    monkeypatch.setattr(house, "threads", Rests(1000), raising=False)
    monkeypatch.setattr(chores, "_broadcaster", Broadcasts())
    erased = {"visits": 0, "words": 0}

    def erase(what: str, most: int) -> bool:
        queue.clock.pass_by(1)
        erased[what] += 1
        return erased[what] < most

    monkeypatch.setattr(retention, "erase_visits", lambda tx, before_ms: erase("visits", 2000))
    monkeypatch.setattr(chores, "_erase_words", lambda before_ms: erase("words", 500))
    asked_at: list[int] = []

    def forget_answers(tx: Any, before_ms: int, limit: int) -> int:
        asked_at.append(queue.clock.steady_ms())
        return 0

    monkeypatch.setattr(Changes, "forget_answers", forget_answers)
    with pytest.raises(Stopped):
        chores.run_forgetting()
    assert erased["visits"] + erased["words"] >= 900, "it goes on, a second each"
    pauses_s = [(late - early) / 1000 for early, late in pairwise(asked_at)]
    assert pauses_s and max(pauses_s) < 615, "ten minutes and the ten seconds that the erasing may have begun before"


def test_erasing_ends_where_nothing_is_left_and_begins_again(
    hall: tuple[QueueHall, House, Chores], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, house, chores = hall
    monkeypatch.setattr(house, "settings", Settings(queue.hall), raising=False)
    rests = Rests(100)

    def sleep(seconds: float) -> None:
        queue.clock.pass_by(seconds)
        Rests.sleep(rests, seconds)

    monkeypatch.setattr(rests, "sleep", sleep, raising=False)
    rests.offload = lambda work, *args: work(*args)  # type: ignore[attr-defined]
    monkeypatch.setattr(house, "threads", rests, raising=False)
    monkeypatch.setattr(chores, "_broadcaster", Broadcasts())
    queue.clock.pass_by(400 * 24 * 3600)
    queue.write(lambda tx: tx.record("day.closed", "system", {}))
    (code,) = queue.sql("SELECT code FROM visits")
    looks: list[int] = []
    find = chores._erase_words

    def find_too(before_ms: int) -> bool:
        looks.append(before_ms)
        return find(before_ms)

    monkeypatch.setattr(chores, "_erase_words", find_too)
    with pytest.raises(Stopped):
        chores.run_forgetting()
    assert queue.sql("SELECT code FROM visits") != [code]
    assert len(looks) <= 5, "not in every round"


def test_what_keeps_all_from_working_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles(lambda: 0.0)

    def work() -> None:
        raise Unavailable("storage_full", "the disk is full")

    for what in ("day", "hours", "day"):
        troubles.attempt(what, work)
    assert told(caplog) == ["day waits: storage_full: the disk is full"]
    assert troubles.standing().keys() == {"day", "hours"}


def test_another_failure_of_the_same_chore_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    troubles, errors = Troubles(), iter([OSError("no such folder"), OSError("no such folder"), DomainError("a", "b")])

    def work() -> None:
        if (error := next(errors, None)) is not None:
            raise error

    for _ in range(4):
        troubles.attempt("figures", work)
    assert told(caplog) == ["figures waits: no such folder", "figures waits: a: b"]
    assert troubles.standing() == {}


def test_monitoring_is_told_what_fails_though_tickets_are_taken(hall: tuple[QueueHall, House, Chores]) -> None:
    _, house, _ = hall

    def work() -> None:
        raise OSError("no such folder")

    house.troubles.attempt("figures", work)
    house.now_s += 90.5
    app = Flask("test")
    app.register_blueprint(pages(house, None))  # type: ignore[arg-type]
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        200, {"status": "ready", "troubles": [{"what": "figures", "for_seconds": 90}]},
    )  # fmt: skip


def test_who_was_left_over_from_yesterday_is_nobodys_alert_this_morning(hall: tuple[QueueHall, House, Chores]) -> None:
    """The server was off over night: the day is closed before it is looked who waits for too long."""
    queue, _, chores = hall
    chores.round()
    assert [each["state"] for each in queue.sql("SELECT state FROM tickets")] == [State.EXPIRED]
    assert queue.sql("SELECT kind, subject FROM alerts") == []
