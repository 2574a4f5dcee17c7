"""A wall clock that is set, jumps, comes back or was dead: `at` never decreases, waits are never negative."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.clock import DAY_MS, IDLE_MS, Clock, ClockGuard
from server.commands import issuing, serving
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.domain.tickets import Ticket
from server.store import Unavailable, chain
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.sqlite import DATABASE, SqliteStore, connect
from tests.durability.folders import KIOSK, OPEN, hall_of, make_folder, rows

HOUR_MS = 3_600_000
NOON_MS = 1_767_243_600_000  # 2026-01-01 12:00 in Jakarta
OFFICER = Actor("user:1", "officer", "Siti")


class FakeClock(Clock):
    """A clock that is set by hand; `pass_` is time that really passes."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.wall_ms, self.up_ms = now_ms, 1_000_000

    def now_ms(self) -> int:
        return self.wall_ms

    def steady_ms(self) -> int:
        return self.up_ms

    def pass_(self, ms: int) -> None:
        self.wall_ms += ms
        self.up_ms += ms

    def set_by(self, ms: int) -> None:
        self.wall_ms += ms


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> SqliteStore:
    store = SqliteStore(tmp_path / DATABASE, clock=clock)
    store.write(hall_of)
    return store


def issue(store: SqliteStore, service: str = "one") -> Ticket:
    wish = issuing.Wish((service,))
    return store.write(lambda tx: issuing.issue(tx, hall_of(tx), OPEN, KIOSK, wish).tickets[0])


def times(store: SqliteStore) -> list[int]:
    return [at_ms for (at_ms,) in rows(store.path, "SELECT at_ms FROM events ORDER BY seq")]


def whole(store: SqliteStore) -> bool:
    with closing(connect(store.path, readonly=True)) as connection:
        return chain.verify(connection) is None


def at_counter(store: SqliteStore, verb: Any, **values: Any) -> Any:
    """What an officer does at counter 1."""
    return store.write(lambda tx: verb(tx, hall_of(tx), OFFICER, "1", expect=UNSAID, **values))


def test_a_clock_set_back_by_an_hour_makes_no_time_decrease_and_no_wait_negative(
    store: SqliteStore, clock: FakeClock
) -> None:
    issue(store)
    clock.pass_(60_000)
    clock.set_by(-HOUR_MS)
    at_counter(store, serving.open_counter, take_over=False)
    called = at_counter(store, serving.call_next).ticket
    at_counter(store, serving.start)
    finished = at_counter(store, serving.finish)
    assert called.waited_ms >= 0
    assert finished.served_ms >= 0
    assert times(store) == sorted(times(store))
    assert rows(store.path, "SELECT count(*) FROM spans WHERE end_ms < start_ms OR end_ms IS NULL") == [(0,)]
    assert store.clock_jump() is None
    assert whole(store)


def test_screens_never_show_a_time_before_the_newest_event(store: SqliteStore, clock: FakeClock) -> None:
    ticket = issue(store)
    clock.set_by(-HOUR_MS)
    assert store.now_ms() == ticket.issued_ms


@pytest.mark.parametrize("jump_ms", [DAY_MS + 1000, -DAY_MS - 1000, 400 * DAY_MS, -20_000 * DAY_MS])
def test_a_jump_of_more_than_a_day_stops_every_command_until_the_clock_comes_back(
    store: SqliteStore, clock: FakeClock, jump_ms: int
) -> None:
    issue(store)
    before = times(store)
    clock.set_by(jump_ms)
    assert store.clock_jump() is not None, "told at once, before anybody tries a command"
    for _ in range(2):
        with pytest.raises(Unavailable) as refused:
            issue(store)
        assert (refused.value.code, refused.value.status) == ("clock_jumped", 503)
        assert "antrean clock accept" in refused.value.detail
    assert times(store) == before
    clock.pass_(HOUR_MS)
    clock.set_by(-jump_ms)
    assert store.clock_jump() is None, "believed at once, before anybody tries a command"
    assert issue(store).number == "A-002"
    assert whole(store)


@pytest.mark.parametrize("jump_ms", [DAY_MS - 1000, -DAY_MS + 1000])
def test_less_than_a_day_is_no_jump(store: SqliteStore, clock: FakeClock, jump_ms: int) -> None:
    clock.set_by(jump_ms)
    assert issue(store).number == "A-001"


def test_time_that_really_passes_is_no_jump(store: SqliteStore, clock: FakeClock) -> None:
    for days in (1, 2, 40, 400):
        clock.pass_(days * DAY_MS)
        issue(store)
    assert len(times(store)) == 5


def test_an_accepted_clock_goes_on_and_the_log_stays_whole(store: SqliteStore, clock: FakeClock) -> None:
    issue(store)
    for jump_ms in (-3 * DAY_MS, 10 * DAY_MS, -400 * DAY_MS):
        clock.set_by(jump_ms)
        store.accept_clock("user:1")
        assert store.clock_jump() is None
        assert issue(store).issued_ms == clock.now_ms()
        assert whole(store)
    accepted = rows(store.path, "SELECT actor FROM events WHERE kind = 'clock.accepted'")
    assert accepted == [("user:1",)] * 3


def test_a_visitor_from_before_the_accepted_clock_can_still_be_served(store: SqliteStore, clock: FakeClock) -> None:
    """Issued while the clock was two days ahead: being called now ends a span before it began, but for a rule."""
    clock.set_by(DAY_MS - 1000)
    clock.pass_(1000)
    early = issue(store)
    clock.set_by(-DAY_MS - HOUR_MS)
    store.accept_clock("user:1")
    at_counter(store, serving.open_counter, take_over=False)
    called = at_counter(store, serving.call_next).ticket
    assert called.id == early.id
    assert called.waited_ms == 0
    at_counter(store, serving.start)
    finished = at_counter(store, serving.finish)
    assert (finished.waited_ms, finished.served_ms) == (0, 0)
    assert rows(store.path, "SELECT count(*) FROM spans WHERE end_ms < start_ms OR end_ms IS NULL") == [(0,)]


def test_a_day_that_comes_again_goes_on_with_its_numbers(store: SqliteStore, clock: FakeClock) -> None:
    """A clock that was accepted two days ahead by mistake and is put right: today's numbers are on slips already."""
    assert [issue(store).number for _ in range(3)] == ["A-001", "A-002", "A-003"]
    clock.set_by(2 * DAY_MS)
    store.accept_clock("user:1")
    assert issue(store).number == "A-001", "another day"
    clock.set_by(-2 * DAY_MS)
    store.accept_clock("user:1")
    assert [issue(store).number for _ in range(2)] == ["A-004", "A-005"]
    assert issue(store, "two").number == "A-006", "the sequence is shared"
    clock.set_by(2 * DAY_MS)
    store.accept_clock("user:1")
    assert issue(store).number == "A-002"


def test_the_word_is_taken_only_when_it_is_on_disk(store: SqliteStore, clock: FakeClock) -> None:
    issue(store)
    clock.set_by(-3 * DAY_MS)
    writer = store._writer._connection
    writer.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END")
    with pytest.raises(Exception, match="disk full"):
        store.accept_clock("user:1")
    writer.execute("DROP TRIGGER full")
    assert store.clock_jump() is not None
    with pytest.raises(Unavailable):
        issue(store)


def restarted(store: SqliteStore, clock: FakeClock) -> SqliteStore:
    """A server that starts on the same database after the machine was off."""
    clock.up_ms = 5000
    return SqliteStore(store.path, clock=clock)


@pytest.mark.parametrize("days", [0, 1.5, 3, 30.9])
def test_a_weekend_or_a_month_off_needs_no_admin(store: SqliteStore, clock: FakeClock, days: float) -> None:
    issue(store)
    clock.pass_(int(days * DAY_MS))
    again = restarted(store, clock)
    assert again.clock_jump() is None
    issue(again)


@pytest.mark.parametrize("days", [-1.1, -9000, 31.1, 400])
def test_a_start_with_an_unlikely_clock_waits_for_an_admin(store: SqliteStore, clock: FakeClock, days: float) -> None:
    issue(store)
    clock.pass_(int(days * DAY_MS))
    again = restarted(store, clock)
    assert again.clock_jump() is not None
    with pytest.raises(Unavailable):
        issue(again)
    again.accept_clock("user:1")
    issue(again)
    assert whole(again)


def test_an_empty_battery_over_a_weekend_is_put_right_by_the_time_service_alone(
    store: SqliteStore, clock: FakeClock
) -> None:
    """The machine starts in the year 2000, and a minute later the network says that it is Monday."""
    issue(store)
    monday_ms = clock.now_ms() + int(2.5 * DAY_MS)
    clock.wall_ms = 946_684_800_000
    again = restarted(store, clock)
    assert again.clock_jump() is not None
    clock.pass_(60_000)
    clock.wall_ms = monday_ms
    assert again.clock_jump() is None
    issue(again)
    clock.set_by(2 * DAY_MS)
    assert again.clock_jump() is not None, "once believed, a day is the limit again"


def test_a_clock_of_a_month_ago_is_not_believed_because_time_passed_while_it_was_doubted(clock: FakeClock) -> None:
    clock.set_by(-40 * DAY_MS)
    guard = ClockGuard(clock, NOON_MS)
    assert guard.jump_ms() == -40 * DAY_MS
    clock.pass_(39 * DAY_MS)
    assert guard.jump_ms() is not None
    clock.set_by(40 * DAY_MS)
    assert guard.jump_ms() is None


def test_a_new_hall_believes_its_clock(clock: FakeClock) -> None:
    assert ClockGuard(clock, 0).jump_ms() is None


def test_the_limits_are_a_day_and_thirty_one_days() -> None:
    assert (DAY_MS, IDLE_MS) == (24 * HOUR_MS, 31 * 24 * HOUR_MS)


def test_alone_the_command_line_doubts_the_clock_as_the_server_does(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, tickets=1)
    calm = folder.antrean("clock", "accept")
    assert (calm.exit_code, "has not jumped" in calm.stderr) == (1, True)

    def long_ago(tx: Changes) -> None:
        tx.connection.execute("DELETE FROM events")
        tx.newest = chain.Head(0, 0, chain.GENESIS)
        tx.now_ms -= 40 * DAY_MS
        tx.record("hall.changed", "system", {})

    write_offline(folder.database, long_ago)
    add = ("user", "add", "siti", "--role", "officer", "--password-stdin")
    refused = folder.antrean(*add, stdin="sandi-petugas\n")
    assert (refused.exit_code, "antrean clock accept" in refused.stderr) == (1, True)
    assert folder.antrean("clock", "accept").exit_code == 0
    assert folder.antrean(*add, stdin="sandi-petugas\n").exit_code == 0
    assert folder.antrean("verify").exit_code == 0
