"""Opening hours: breaks, what is said while it is closed, and when that changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.opening_hours import closure
from server.queries.hall import hall_snapshot
from tests.queue.house import QueueHall, hall_document

WEEK = {
    "mon": ["08:00-12:00", "13:00-15:00"],
    "tue": ["13:00-15:00", "08:00-12:00"],
    "fri": ["08:00-11:30"],
}
# 2026-03-02 is a Monday.


def at(tmp_path: Path, moment: str, **hall: object) -> QueueHall:
    document = hall_document(hall={"hours": WEEK, "timezone": "Asia/Jakarta", **hall})
    return QueueHall(tmp_path, document, at=moment, always_open=False)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-02T08:00:00",
        "2026-03-02T11:59:59.999",
        "2026-03-02T13:00:00",
        "2026-03-03T08:30:00",
        "2026-03-06T11:29",
    ],
)
def test_open(tmp_path: Path, moment: str) -> None:
    with at(tmp_path, moment) as queue:
        assert queue.ticket("akta").number == "A-001"


@pytest.mark.parametrize(
    ("moment", "words_id", "words_en", "opens_at"),
    [
        ("2026-03-02T07:59:59", "Buka pukul 08.00", "Opens at 08.00", "2026-03-02T08:00:00+07:00"),
        ("2026-03-02T12:00:00", "Buka pukul 13.00", "Opens at 13.00", "2026-03-02T13:00:00+07:00"),
        ("2026-03-02T15:00:00", "Buka besok pukul 08.00", "Opens tomorrow at 08.00", "2026-03-03T08:00:00+07:00"),
        ("2026-03-03T15:00:00", "Buka Jumat pukul 08.00", "Opens on Friday at 08.00", "2026-03-06T08:00:00+07:00"),
        ("2026-03-06T11:30:00", "Buka Senin pukul 08.00", "Opens on Monday at 08.00", "2026-03-09T08:00:00+07:00"),
    ],
)
def test_closed_says_when_it_opens(tmp_path: Path, moment: str, words_id: str, words_en: str, opens_at: str) -> None:
    with at(tmp_path, moment) as queue:
        agency = queue.hall.agencies[0]
        reason = queue.read(lambda reader, hall, now_ms: closure(hall, agency, now_ms, always_open=False))
    assert reason == {"code": "outside_hours", "text": {"id": words_id, "en": words_en}, "opens_at": opens_at}


def test_open_only_on_mondays_and_already_over_opens_next_monday(tmp_path: Path) -> None:
    with at(tmp_path, "2026-03-02T16:00:00", hours={"mon": ["08:00-15:00"]}) as queue:
        agency = queue.hall.agencies[0]
        reason = queue.read(lambda reader, hall, now_ms: closure(hall, agency, now_ms, always_open=False))
    assert reason is not None and reason["opens_at"] == "2026-03-09T08:00:00+07:00"


def test_hours_may_end_with_the_day(tmp_path: Path) -> None:
    with at(tmp_path, "2026-03-02T23:59:59.999", hours={"mon": ["12:00-24:00"]}) as queue:
        assert queue.ticket("akta").number == "A-001"
        queue.clock.pass_by(0.001)
        agency = queue.hall.agencies[0]
        reason = queue.read(lambda reader, hall, now_ms: closure(hall, agency, now_ms, always_open=False))
        assert reason is not None and reason["opens_at"] == "2026-03-09T12:00:00+07:00"


def test_an_agency_that_never_opens_says_so(tmp_path: Path) -> None:
    with at(tmp_path, "2026-03-02T09:00:00", hours={}) as queue:
        agency = queue.hall.agencies[0]
        reason = queue.read(lambda reader, hall, now_ms: closure(hall, agency, now_ms, always_open=False))
    assert reason is not None and reason["opens_at"] is None and reason["text"]["en"]


def test_an_agencys_own_hours_come_before_the_halls(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": WEEK})
    document["agencies"][1]["hours"] = {"sat": ["09:00-10:00"]}
    with QueueHall(tmp_path, document, at="2026-03-07T09:30:00", always_open=False) as queue:
        shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        assert [agency["open"] for agency in shown["agencies"]] == [False, True]
        assert [service["open"] for service in shown["agencies"][1]["services"]] == [True, True]


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-03-02T07:00:00", "2026-03-02T08:00:00+07:00"),
        ("2026-03-02T08:00:00", "2026-03-02T12:00:00+07:00"),
        ("2026-03-02T12:30:00", "2026-03-02T13:00:00+07:00"),
        ("2026-03-06T11:30:00", "2026-03-09T08:00:00+07:00"),
    ],
)
def test_screens_are_told_when_hours_next_change(tmp_path: Path, moment: str, change: str) -> None:
    with at(tmp_path, moment) as queue:
        shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        assert shown["next_change"] == change


def test_always_open_overrides_all_hours(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": {}})
    with QueueHall(tmp_path, document, at="2026-03-08T03:00:00", always_open=True) as queue:
        shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        assert all(agency["open"] for agency in shown["agencies"]) and shown["next_change"] is None
        assert queue.ticket("akta").number == "A-001"


def test_twenty_four_oclock_is_the_end_of_the_day(tmp_path: Path) -> None:
    document = hall_document(hall={"name": "MPP", "timezone": "Asia/Jakarta", "hours": {"mon": ["00:00-24:00"]}})
    for moment, is_open in (("2026-03-02T00:00", True), ("2026-03-02T23:59:59.999", True), ("2026-03-03T00:00", False)):
        with QueueHall(tmp_path / moment, document, at=moment, always_open=False) as queue:
            shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
            assert shown["agencies"][0]["open"] is is_open, moment
