"""A clock set back by an hour, by hand or by the calendar, as the whole hall lives through it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.domain.hall import WEEKDAYS
from server.store.chain import verify
from tests.queue.house import SITI, QueueHall, hall_document

HOUR_S = 3600
FRIDAY = {"fri": ["08:00-11:30", "13:30-15:00"]}
RAMADAN = {
    "name": {"id": "Ramadan", "en": "Ramadan"}, "first": "2027-02-08", "last": "2027-03-09",
    "hours": {"fri": ["08:00-11:00"]},
}  # fmt: skip


def gives_numbers(queue: QueueHall) -> bool:
    try:
        queue.ticket("akta")
    except DomainError as refused:
        assert refused.code == "closed"
        return False
    return True


@pytest.mark.parametrize(
    ("calendar", "last_minute"), [({}, "2027-02-12T11:29:30"), ({"seasons": [RAMADAN]}, "2027-02-12T10:59:30")]
)
def test_a_break_on_friday_that_has_begun_goes_on_when_the_clock_is_set_back(
    tmp_path: Path, calendar: dict[str, Any], last_minute: str
) -> None:
    """The queue's time stands still until the clock has caught up; in Ramadan the break is the end of the day."""
    document = hall_document(hall={"hours": FRIDAY, "timezone": "Asia/Jakarta"}, calendar=calendar)
    with QueueHall(tmp_path, document, at=last_minute, always_open=False) as queue:
        assert gives_numbers(queue)
        queue.clock.pass_by(30)
        assert not gives_numbers(queue)
        queue.open("1", SITI)  # an event of this moment: the queue's time goes no further back
        queue.clock.set_wall(-HOUR_S)
        assert not gives_numbers(queue)
        queue.clock.pass_by(HOUR_S + 60)
        assert not gives_numbers(queue)
        queue.clock.pass_by(2 * HOUR_S)
        assert gives_numbers(queue) is (calendar == {})


def test_a_clock_set_back_over_midnight_neither_gives_yesterdays_numbers_nor_closes_the_day_twice(
    queue: QueueHall,
) -> None:
    queue.open("1", SITI)
    queue.clock.pass_by(15 * HOUR_S)  # 23:00
    assert [queue.ticket("akta").number for _ in range(2)] == ["A-001", "A-002"]
    queue.clock.pass_by(HOUR_S + 600)
    assert queue.close_days() == 2
    assert queue.ticket("akta").number == "A-001"
    queue.clock.set_wall(-HOUR_S)  # 23:10 of the day that is closed
    assert queue.ticket("akta").number == "A-002"
    assert queue.close_days() == 0
    called = queue.call_next("1", SITI)
    assert called is not None and called.number == "A-001"
    queue.clock.pass_by(2 * HOUR_S)
    assert queue.ticket("akta").number == "A-003"
    assert queue.close_days() == 0
    days = queue.sql("SELECT day, count(*) AS given FROM tickets GROUP BY day ORDER BY day")
    assert days == [{"day": "2026-03-02", "given": 2}, {"day": "2026-03-03", "given": 3}]
    assert verify(queue.file) is None


def test_through_the_hour_that_comes_twice_waits_are_as_long_as_they_are(tmp_path: Path) -> None:
    """Berlin, ten minutes before two o'clock of the night whose third hour comes twice; the hall never closes."""
    hours = {day: ["00:00-24:00"] for day in WEEKDAYS}
    document = hall_document(hall={"timezone": "Europe/Berlin", "hours": hours})
    with QueueHall(tmp_path, document, at="2026-10-25T01:50:00", always_open=False) as queue:
        queue.open("1", SITI)
        early = queue.ticket("akta")
        queue.clock.pass_by(80 * 60)  # 02:10 for the second time: clocks show twenty minutes more
        queue.issue("akta", priority="elderly")
        called = queue.call_next("1", SITI)
        assert called is not None and called.id == early.id, "who has waited for more than an hour is called first"
        assert called.waited_ms == 80 * 60_000
        assert queue.hall.local(called.called_ms or 0).isoformat() == "2026-10-25T02:10:00+01:00"
