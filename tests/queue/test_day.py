"""The end of a business day: nobody is left in a queue that is gone, and a night is not waiting time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.queries.counter import counter_snapshot
from server.store.chain import verify
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document


def ends(queue: QueueHall) -> dict[str, tuple[str, int, str]]:
    """Each ticket's state, whether the day closed it, and when its last span ended in the hall's time."""
    rows = queue.sql(
        "SELECT number, t.state, closed_by_day, max(s.end_ms) AS end_ms "
        "FROM tickets t JOIN spans s ON s.ticket = t.id GROUP BY t.id"
    )
    return {
        row["number"]: (row["state"], row["closed_by_day"], queue.hall.local(row["end_ms"]).isoformat()) for row in rows
    }


def kinds(queue: QueueHall, count: int) -> list[tuple[str, Any]]:
    log = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - count, count))
    return [(event.kind, event.payload.get("closed_by_day")) for event in log]


@pytest.fixture
def evening(queue: QueueHall) -> QueueHall:
    """Just before midnight: C-001 is served, A-001 called, A-002 waits, B-001 was missed."""
    queue.clock.pass_by(16 * 3600 - 60)
    for counter, officer in (("1", SITI), ("2", BUDI), ("3", CHIEF)):
        queue.open(counter, officer)
    for service in ("akta", "akta", "pajak", "sim"):
        queue.ticket(service)
    queue.call("3", queue.ticket("pajak"), CHIEF)
    queue.press("start", "3", CHIEF)
    queue.press("finish", "3", CHIEF)
    assert queue.call_next("3", CHIEF) is not None
    queue.press("start", "3", CHIEF)
    queue.call("2", queue.now(queue.read(lambda r, hall, now_ms: r.queue(["sim"], 1))[0]), BUDI)
    queue.press("no_show", "2", BUDI)
    queue.call_next("1", SITI)
    return queue


MIDNIGHT = "2026-03-03T00:00:00+09:00"


@pytest.mark.parametrize("late_s", [0, 0.5, 7 * 3600, 9 * 24 * 3600])
def test_a_missed_day_is_closed_as_of_its_own_midnight(evening: QueueHall, late_s: float) -> None:
    evening.clock.pass_by(60 + late_s)
    if late_s > 3600:
        evening.restart()  # switched off over night, or for a week
    assert evening.close_days() == 3
    assert ends(evening) == {
        "A-001": ("expired", 1, MIDNIGHT),
        "A-002": ("expired", 1, MIDNIGHT),
        "B-001": ("no_show", 0, "2026-03-02T23:59:00+09:00"),
        "C-001": ("finished", 1, MIDNIGHT),
        "C-002": ("finished", 0, "2026-03-02T23:59:00+09:00"),
    }
    told = [("ticket.expired", True), ("ticket.expired", True), ("ticket.finished", True), ("day.closed", None)]
    assert sorted(kinds(evening, 4), key=str) == sorted(told, key=str)
    assert verify(evening.file) is None
    assert evening.close_days() == 0


def test_the_day_is_not_closed_before_it_is_over(evening: QueueHall) -> None:
    evening.clock.pass_by(59.999)
    assert evening.close_days() == 0


def test_counters_are_free_the_next_morning(evening: QueueHall) -> None:
    evening.clock.pass_by(60)
    evening.close_days()
    ticket = evening.ticket("akta")
    called = evening.call_next("1", SITI)
    assert called is not None and (called.id, called.number) == (ticket.id, "A-001")


def test_whoever_was_called_after_midnight_before_the_day_was_closed_is_closed_too(evening: QueueHall) -> None:
    evening.clock.pass_by(61)
    evening.press("requeue", "1", SITI)
    evening.clock.pass_by(1)
    assert evening.close_days() == 3
    assert ends(evening)["A-001"] == ("expired", 1, "2026-03-03T00:00:01+09:00"), "no span ends before it began"


def test_nobody_of_a_day_that_is_over_is_called_before_it_is_closed(queue: QueueHall) -> None:
    """Also in the moment between midnight and the next round of chores, which has a full hall to close."""
    queue.open("1", SITI)
    held, waiting = queue.ticket("akta"), queue.ticket("akta")
    queue.call("1", held, SITI)
    queue.press("start", "1", SITI)
    queue.hold("1", SITI)
    queue.clock.pass_by(16 * 3600 - 0.001)
    assert next_number(queue) == "A-002", "until midnight it is their turn"
    queue.clock.pass_by(0.001)
    assert next_number(queue) is None
    assert queue.call_next("1", SITI) is None
    left_over: list[Callable[[], object]] = [
        lambda: queue.call("1", waiting, SITI), lambda: queue.call("1", held, SITI),
        lambda: queue.resume("1", held, SITI),
    ]  # fmt: skip
    for press in left_over:
        with pytest.raises(DomainError) as refused:
            press()
        assert refused.value.code == "too_late"
    today = queue.ticket("akta")
    assert today.number == "A-001" and next_number(queue) == "A-001"
    assert queue.call_next("1", SITI) == queue.now(today), "who has come today need not wait for the closing"
    assert queue.close_days() == 2


def next_number(queue: QueueHall) -> str | None:
    """Whom the terminal of counter 1 foretells."""
    shown = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter["1"], now_ms))
    return shown["next"]["ticket"]["number"] if shown["next"] else None


def test_many_left_over_are_closed_in_several_steps(queue: QueueHall) -> None:
    for _ in range(450):
        queue.ticket("akta")
    queue.clock.pass_by(24 * 3600)
    assert queue.close_days() == 450
    steps = queue.sql("SELECT count(*) AS n FROM events WHERE kind = 'day.closed'")[0]["n"]
    assert steps > 1, "a full hall at midnight would hold up whoever presses meanwhile"


@pytest.mark.parametrize(
    ("zone", "evening", "midnight"),
    [
        ("Europe/Berlin", "2026-03-28T20:00:00", "2026-03-29T00:00:00+01:00"),
        ("Europe/Berlin", "2026-03-29T20:00:00", "2026-03-30T00:00:00+02:00"),
        ("Europe/Berlin", "2026-10-24T20:00:00", "2026-10-25T00:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T20:00:00", "2026-10-26T00:00:00+01:00"),
        # Here the clock goes from 23:59:59 to 01:00: midnight does not exist, the day begins at one.
        ("Africa/Cairo", "2026-04-23T20:00:00", "2026-04-24T01:00:00+03:00"),
        ("Asia/Jayapura", "2026-03-28T20:00:00", "2026-03-29T00:00:00+09:00"),
    ],
)
def test_midnight_where_the_clocks_change(tmp_path: Path, zone: str, evening: str, midnight: str) -> None:
    with QueueHall(tmp_path, hall_document(hall={"timezone": zone}), at=evening) as queue:
        queue.ticket("akta")
        left_ms = datetime.fromisoformat(midnight).timestamp() * 1000 - queue.clock.now_ms()
        queue.clock.pass_by(left_ms / 1000 - 0.001)
        assert queue.close_days() == 0
        queue.clock.pass_by(5 * 3600)
        assert queue.close_days() == 1
        assert ends(queue)["A-001"] == ("expired", 1, midnight)
