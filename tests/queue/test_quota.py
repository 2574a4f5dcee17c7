"""Quota: so many numbers a service and day, never one more, and what is said when they are gone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from server.broadcast import _Teller
from server.commands import day
from server.commands.desk import UNSAID
from server.commands.transferring import Onward, transfer
from server.domain.errors import DomainError
from server.queries.hall import hall_snapshot
from tests.queue.house import CHIEF, KIOSK, SITI, QueueHall, hall_document

WEEK = {"mon": ["08:00-15:00"], "tue": ["09:00-15:00"]}


def limited(quota: int, **rules: Any) -> dict[str, Any]:
    document = hall_document(hall={"hours": WEEK, "timezone": "Asia/Jakarta"}, rules=rules)
    document["agencies"][0]["services"][0]["quota"] = quota
    return document


def shown(queue: QueueHall) -> dict[str, Any]:
    snapshot = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
    return {service["id"]: service for agency in snapshot["agencies"] for service in agency["services"]}


def refused(queue: QueueHall, *services: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        queue.issue(*services)
    return caught.value


FULL = {
    "code": "quota",
    "text": {
        "id": "Nomor untuk hari ini sudah habis. Buka besok pukul 09.00",
        "en": "No numbers are left for today. Opens tomorrow at 09.00",
    },
    "opens_at": "2026-03-03T09:00:00+07:00",
}


def test_when_the_numbers_are_gone_it_says_so_and_when_there_are_more(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(2), at="2026-03-02T09:00", always_open=False) as queue:
        queue.ticket("akta")
        assert shown(queue)["akta"]["open"]
        queue.ticket("akta")
        error = refused(queue, "akta")
        assert (error.code, error.status, error.facts) == ("quota_reached", 409, {"service": "akta", "reason": FULL})
        now = shown(queue)
        assert (now["akta"]["open"], now["akta"]["closed_reason"]) == (False, FULL)
        assert now["ktp"]["open"] and queue.ticket("ktp").number == "A-003"  # its own numbers are not limited
        queue.clock.pass_by(24 * 3600)
        assert shown(queue)["akta"]["open"] and queue.ticket("akta").number == "A-001"


def test_of_several_services_none_is_given_when_one_has_no_number_left(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        queue.ticket("akta")
        assert refused(queue, "ktp", "akta").code == "quota_reached"
        assert queue.sql("SELECT count(*) AS n FROM tickets") == [{"n": 1}]


def test_an_agency_is_closed_when_none_of_its_services_has_a_number_left(tmp_path: Path) -> None:
    document = limited(1)
    document["agencies"][0]["services"][1] |= {"quota": 1, "hours": {"wed": ["08:00-09:00"], "mon": ["08:00-10:00"]}}
    with QueueHall(tmp_path, document, at="2026-03-02T09:00", always_open=False) as queue:
        queue.issue("akta", "ktp")
        snapshot = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        agency = snapshot["agencies"][0]
        assert not agency["open"] and agency["closed_reason"] == FULL  # of its services, the one that opens first
        assert snapshot["agencies"][1]["open"]


def test_a_cancelled_number_can_be_given_to_another_visitor(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        first = queue.ticket("akta")
        assert refused(queue, "akta").code == "quota_reached"
        queue.cancel(first, KIOSK)
        queue.ticket("akta")
        assert refused(queue, "akta").code == "quota_reached"


@pytest.mark.parametrize("verb", ["finish", "no_show"])
def test_who_was_served_or_did_not_come_has_used_the_number(tmp_path: Path, verb: str) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        queue.ticket("akta")
        queue.open("1", SITI)
        queue.call_next("1", SITI)
        if verb == "finish":
            queue.press("start", "1", SITI)
        queue.press(verb, "1", SITI)
        assert refused(queue, "akta").code == "quota_reached"


def test_a_number_counts_for_the_service_it_was_given_for(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        ticket = queue.ticket("akta")
        queue.ticket("ktp")
        queue.open("1", SITI)
        queue.call("1", ticket, SITI)
        queue.write(lambda tx: transfer(tx, queue.hall, SITI, "1", Onward("sim"), expect=UNSAID))
        assert refused(queue, "akta").code == "quota_reached"
        queue.cancel(queue.now(ticket), CHIEF)
        assert queue.ticket("akta").service == "akta"


def test_hours_that_are_overridden_leave_the_quota(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T22:00", always_open=True) as queue:
        queue.ticket("akta")
        assert refused(queue, "akta").facts["reason"]["opens_at"] == "2026-03-03T00:00:00+07:00"
        queue.clock.pass_by(2 * 3600)
        queue.ticket("akta")


def test_a_closed_service_says_that_it_is_closed_and_not_that_it_is_full(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        queue.ticket("akta")
        queue.clock.pass_by(8 * 3600)
        assert refused(queue, "akta").code == "closed"
        assert shown(queue)["akta"]["closed_reason"]["code"] == "outside_hours"


def test_numbers_given_before_a_restart_and_a_clock_set_back_are_counted(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(2), at="2026-03-02T09:00", always_open=False) as queue:
        queue.ticket("akta")
        queue.restart()
        queue.clock.set_wall(-3600)
        queue.ticket("akta")
        assert refused(queue, "akta").code == "quota_reached"


def test_only_the_last_days_are_kept_and_they_agree_with_the_tickets(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(0), at="2026-03-02T09:00") as queue:
        for _ in range(12):
            queue.cancel(queue.ticket("akta"), KIOSK)
            queue.issue("akta", "ktp")
            queue.clock.pass_by(24 * 3600)
            queue.write(lambda tx: day.close_day(tx, queue.hall))
        kept = queue.sql("SELECT day, service, given FROM given_numbers ORDER BY day, service")
        counted = queue.sql(
            "SELECT day, service, count(*) AS given FROM tickets WHERE state <> 'cancelled' AND day >= '2026-03-06' "
            "GROUP BY day, service ORDER BY day, service"
        )
        assert kept == counted and len(kept) == 16


def test_never_one_more_than_the_quota_whatever_many_kiosks_do_at_once(tmp_path: Path) -> None:
    quota, threads, tries = 25, 8, 12
    with QueueHall(tmp_path, limited(quota), at="2026-03-02T09:00", always_open=False) as queue:
        gate = threading.Barrier(threads)
        given: list[str] = []
        codes: list[str] = []

        def visitor() -> None:
            gate.wait()
            for _ in range(tries):
                try:
                    given.append(queue.ticket("akta").number)
                except DomainError as error:
                    codes.append(error.code)

        crowd = [threading.Thread(target=visitor) for _ in range(threads)]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join(60)
        assert sorted(given) == [f"A-{ordinal:03d}" for ordinal in range(1, quota + 1)]
        assert codes == ["quota_reached"] * (threads * tries - quota)


def test_a_place_that_is_freed_while_many_wait_for_it_is_given_once(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        held = queue.ticket("akta")
        gate = threading.Barrier(5)
        given: list[str] = []

        def visitor() -> None:
            gate.wait()
            while not given:
                try:
                    given.append(queue.ticket("akta").number)
                except DomainError as error:
                    assert error.code == "quota_reached"

        crowd = [threading.Thread(target=visitor) for _ in range(4)]
        for each in crowd:
            each.start()
        gate.wait()
        queue.cancel(held, CHIEF)
        for each in crowd:
            each.join(60)
        assert given == ["A-002"]


def test_a_place_that_is_free_again_is_told_for_the_service_it_was_given_for(tmp_path: Path) -> None:
    with QueueHall(tmp_path, limited(1), at="2026-03-02T09:00", always_open=False) as queue:
        queue.open("1", SITI)
        moved = queue.ticket("akta")
        queue.call_next("1", SITI)
        queue.transfer("1", SITI, "ktp")
        queue.cancel(moved, SITI)
        event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
        assert event.payload["given_for"] == "akta"
        with queue.store.read() as reader:
            told = _Teller(reader, queue.hall, "epoch", queue.store.now_ms(), always_open=False).message(event)
        (freed,) = told["queues"]
        assert (freed["service"], freed["open"]) == ("akta", True) and told["queue"]["service"] == "ktp"
