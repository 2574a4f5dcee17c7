"""The last ticket: what is said or refused when the queue cannot be served before closing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.queries.hall import hall_snapshot
from tests.queue.house import SITI, QueueHall, hall_document

WEEK = {"mon": ["08:00-12:00", "13:00-15:00"], "tue": ["08:00-12:00"]}


def hall(rule: str, **rules: Any) -> dict[str, Any]:
    return hall_document(hall={"hours": WEEK, "timezone": "Asia/Jakarta"}, rules={"last_ticket": rule, **rules})


def snapshot(queue: QueueHall) -> dict[str, Any]:
    return queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))


def akta(queue: QueueHall) -> dict[str, Any]:
    service: dict[str, Any] = snapshot(queue)["agencies"][0]["services"][0]
    return service


def busy(queue: QueueHall, waiting: int) -> None:
    """Three served in 6 minutes each from now on (18 minutes), then so many wait: 8 minutes each at the most."""
    queue.open("1", SITI)
    for _ in range(3):
        queue.ticket("akta")
        queue.serve("1", SITI, service_s=360)
    for _ in range(waiting):
        queue.ticket("akta")


WARNING = {
    "code": "last_ticket",
    "text": {
        "id": "Antrean panjang. Anda mungkin tidak terlayani sebelum tutup pukul 15.00.",
        "en": "Long queue. You may not be served before closing at 15.00.",
    },
}


def test_a_visitor_is_warned_before_and_with_the_number(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall("warn"), at="2026-03-02T14:12", always_open=False) as queue:
        busy(queue, 3)  # 14:30, 30 minutes to go: 24 minutes at the most
        assert (akta(queue)["open"], akta(queue)["warning"], akta(queue)["closed_reason"]) == (True, None, None)
        assert queue.issue("akta").warning is None
        assert akta(queue)["warning"] == WARNING
        assert queue.issue("ktp", "akta").warning == {**WARNING, "service": "akta"}
        assert snapshot(queue)["agencies"][0]["open"]


def test_or_gets_no_number_and_hears_when_it_opens_again(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall("refuse"), at="2026-03-02T14:12", always_open=False) as queue:
        busy(queue, 4)
        reason = {
            "code": "last_ticket",
            "text": {
                "id": "Antrean sudah penuh sampai jam tutup. Buka besok pukul 08.00",
                "en": "The queue is full until closing time. Opens tomorrow at 08.00",
            },
            "opens_at": "2026-03-03T08:00:00+07:00",
        }
        with pytest.raises(DomainError) as caught:
            queue.issue("akta")
        assert (caught.value.code, caught.value.status) == ("last_ticket", 409)
        assert caught.value.facts == {"service": "akta", "reason": reason}
        assert (akta(queue)["open"], akta(queue)["closed_reason"]) == (False, reason)
        assert queue.ticket("pajak").number == "C-001"
        queue.serve("1", SITI, service_s=0)
        queue.serve("1", SITI, service_s=0)
        assert akta(queue)["open"] and queue.issue("akta")  # the queue has become shorter


@pytest.mark.parametrize("rule", ["off", "refuse"])
def test_nobody_is_refused_by_a_guess(tmp_path: Path, rule: str) -> None:
    """Without an estimate, or without the rule, numbers are given until closing."""
    with QueueHall(tmp_path, hall(rule), at="2026-03-02T14:59", always_open=False) as queue:
        for _ in range(40):
            queue.ticket("akta")
        assert akta(queue)["open"] and akta(queue)["warning"] is None
    with QueueHall(tmp_path / "b", hall("off"), at="2026-03-02T14:12", always_open=False) as queue:
        busy(queue, 40)
        assert akta(queue)["open"] and akta(queue)["warning"] is None


def test_a_hall_that_is_always_open_never_closes_on_a_queue(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall("refuse"), at="2026-03-02T14:12", always_open=True) as queue:
        busy(queue, 40)
        assert akta(queue)["open"]


def test_the_days_last_stretch_counts_and_not_the_break(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall("refuse"), at="2026-03-02T11:22", always_open=False) as queue:
        busy(queue, 20)  # 160 minutes from 11:40: till 14:20, though the break begins at noon
        assert akta(queue)["open"]


def test_in_the_break_the_wait_is_counted_from_its_end(tmp_path: Path) -> None:
    document = hall("warn", opens_before_minutes=60)
    with QueueHall(tmp_path, document, at="2026-03-02T11:30", always_open=False) as queue:
        busy(queue, 14)  # 112 minutes at the most, told as 115: from one o'clock till five to three
        queue.clock.pass_by(45 * 60)
        assert akta(queue)["warning"] is None
        queue.ticket("akta")  # 120
        queue.ticket("akta")
        assert akta(queue)["warning"] == WARNING


def test_screens_ask_again_when_the_time_alone_makes_it_too_late(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall("warn"), at="2026-03-02T13:12", always_open=False) as queue:
        busy(queue, 3)
        assert snapshot(queue)["next_change"] == "2026-03-02T14:35:00.001000+07:00"
        queue.clock.pass_by(65 * 60)
        assert akta(queue)["warning"] is None
        queue.clock.pass_by(0.001)
        assert akta(queue)["warning"] == WARNING
        assert snapshot(queue)["next_change"] == "2026-03-02T15:00:00+07:00"
