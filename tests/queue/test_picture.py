"""The supervisor's picture: each figure is the one that the tables hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.commands import hours
from server.domain.overrides import AGENCY
from server.oversight.picture import Picture, queue_view
from server.presence import Presence
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document

WEEK = {"mon": ["08:00-12:00"]}


def picture(queue: QueueHall) -> dict[str, Any]:
    def read(reader: Any, hall: Any, now_ms: int) -> dict[str, Any]:
        always_open = queue.policy.always_open
        return Picture(reader, hall, Presence(), now_ms, always_open=always_open, wall_ms=now_ms).view()

    return queue.read(read)


def agency(queue: QueueHall, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in picture(queue)["agencies"] if each["id"] == id)
    return found


def figures(view: dict[str, Any]) -> list[int]:
    names = ("waiting", "longest_wait_seconds", "over_target", "called", "serving", "open_counters", "served")
    return [view[name] for name in names]


def test_an_agency_adds_up_its_services(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.ticket("akta")
    queue.serve("1", SITI, service_s=120)
    queue.ticket("akta")
    queue.clock.pass_by(1900)
    for service in ("akta", "ktp", "sim"):
        queue.ticket(service)
    queue.clock.pass_by(100)
    assert figures(agency(queue, "capil")) == [3, 2000, 1, 0, 0, 2, 1]
    queue.call_next("1", SITI)
    queue.call_next("2", BUDI)
    queue.press("start", "2", BUDI)
    assert figures(agency(queue, "capil")) == [1, 100, 0, 1, 1, 2, 1]
    akta, ktp = agency(queue, "capil")["services"]
    assert figures(akta) == [0, 0, 0, 1, 1, 2, 1] and figures(ktp) == [1, 100, 0, 0, 0, 1, 0]
    assert figures(agency(queue, "polres")) == [1, 100, 0, 0, 0, 1, 0]


def test_a_counter_tells_who_is_there_and_for_how_long(queue: QueueHall) -> None:
    queue.open("1", SITI)
    ticket = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.clock.pass_by(75)
    one, two, three = picture(queue)["counters"]
    assert one["officer"] == {"name": "Siti"} and one["state"] == "open"
    assert one["current"] == {
        "id": ticket.id, "number": "A-001", "service": "akta", "state": "called", "seconds": 75, "target_seconds": 900,
    }  # fmt: skip
    assert (two["state"], two["current"], two["officer"]) == ("closed", None, None)
    assert three["waiting"] == 0


def test_the_forecast_is_the_last_visitors_and_knows_the_closing(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(hall={"hours": WEEK}), at="2026-03-02T11:00", always_open=False) as queue:
        queue.open("1", SITI)
        assert agency(queue, "capil")["forecast"] is None, "nobody waits"
        for _ in range(3):
            queue.ticket("akta")
            queue.serve("1", SITI, service_s=360)
        queue.ticket("akta")
        queue.ticket("akta")  # 11:18; one ahead: six minutes, at most eight
        assert agency(queue, "capil")["forecast"] == {
            "last_at": "2026-03-02T11:26:00.000+09:00", "closes_at": "2026-03-02T12:00:00.000+09:00",
            "before_closing": True,
        }  # fmt: skip
        for _ in range(8):
            queue.ticket("akta")
        assert agency(queue, "capil")["forecast"]["before_closing"] is False
        queue.write(lambda tx: hours.set_hours(tx, queue.hall, CHIEF, AGENCY, "capil", hours.Said("open")))
        assert agency(queue, "capil")["forecast"]["before_closing"] is True
        override = agency(queue, "capil")["services"][0]["override"]
        assert (override["state"], override["by"], override["whole_agency"]) == ("open", "Pengawas", True)


def test_a_queue_is_told_from_its_head(queue: QueueHall) -> None:
    queue.ticket("ktp")
    first = queue.ticket("akta")
    second = queue.ticket("akta")
    queue.clock.pass_by(30)
    view = queue.read(lambda reader, hall, now_ms: queue_view(reader, hall, hall.services["akta"], now_ms))
    assert view["waiting"] == 2
    assert [(each["id"], each["ahead"], each["wait_seconds"]) for each in view["tickets"]] == [
        (first.id, 0, 30), (second.id, 1, 30),
    ]  # fmt: skip
