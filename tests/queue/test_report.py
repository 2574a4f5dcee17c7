"""The figures of the waiting report, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from server.reports.waiting import to_csv, waiting_report
from tests.queue.house import CHIEF, KIOSK, SITI, QueueHall


def report(queue: QueueHall, by: str = "service", first: str = "2026-03-02", last: str = "2026-03-02") -> Any:
    return queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, first, last, by))


def test_waits_and_services_are_summed_from_spans(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for wait_s, service_s in ((60, 120), (600, 300), (3600, 30)):
        queue.ticket("akta")
        queue.clock.pass_by(wait_s)
        queue.serve("1", SITI, walk_s=15, service_s=service_s)
    [row] = report(queue)
    assert (row["key"], row["issued"], row["served"], row["open"]) == ("akta", 3, 3, 0)
    assert row["wait"] == {"mean": 1420.0, "median": 600.0, "p90": 3600.0, "p95": 3600.0, "max": 3600.0}
    assert row["service"] == {"mean": 150.0, "median": 120.0, "p90": 300.0, "p95": 300.0, "max": 300.0}
    assert (row["persons_served"], row["results"]) == (3, {})
    assert row["within_target"] == pytest.approx(2 / 3, abs=1e-4)  # an hour is more than thirty minutes


def test_all_waiting_counts_also_after_being_put_back(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.ticket("akta")
    queue.clock.pass_by(100)
    queue.call_next("1", SITI)
    queue.clock.pass_by(7)
    queue.press("requeue", "1", SITI)
    queue.clock.pass_by(50)
    queue.serve("1", SITI, service_s=10)
    [row] = report(queue)
    assert row["wait"]["max"] == 150.0, "the walk is not waiting"


def test_who_was_never_called_has_no_wait_and_the_outcomes_add_up(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("3", CHIEF)
    queue.cancel(queue.ticket("akta"), KIOSK)
    queue.ticket("akta"), queue.ticket("akta")
    queue.clock.pass_by(10)
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    queue.ticket("pajak")
    queue.call_next("3", CHIEF)
    queue.press("start", "3", CHIEF)
    queue.clock.pass_by(24 * 3600)
    queue.close_days()
    capil, polres = report(queue, "agency")
    assert {key: capil[key] for key in ("key", "issued", "served", "no_show", "cancelled", "expired")} == {
        "key": "capil", "issued": 3, "served": 0, "no_show": 1, "cancelled": 1, "expired": 1,
    }  # fmt: skip
    assert capil["wait"]["max"] == 10.0 and capil["service"]["mean"] is None
    assert (polres["issued"], polres["served"], polres["closed_by_day"]) == (1, 0, 1)


def test_a_ticket_belongs_to_the_day_of_its_issue_and_both_days_are_included(queue: QueueHall) -> None:
    for _ in range(3):
        queue.ticket("pajak")
        queue.clock.pass_by(24 * 3600)
    assert [row["issued"] for row in report(queue, first="2026-03-02", last="2026-03-03")] == [2]
    assert report(queue, first="2026-03-05", last="2026-03-09") == []


def test_csv_has_the_same_names_joined(queue: QueueHall) -> None:
    queue.ticket("akta")
    head, row = to_csv(report(queue)).splitlines()
    assert (
        head.startswith("key,issued,served,no_show,cancelled,expired") and "wait_mean" in head and "service_p90" in head
    )
    assert row.startswith("akta,1,0,")
