"""A supervisor's word goes before the hours: at the kiosk, at the desk, in the forecast, and for today only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.commands import hours
from server.commands.hours import Said
from server.domain.errors import DomainError
from server.domain.overrides import AGENCY, SERVICE
from server.queries.board import display_snapshot
from server.queries.hall import hall_snapshot
from tests.queue.house import CHIEF, SITI, QueueHall, hall_document

WEEK = {"mon": ["08:00-12:00", "13:00-15:00"], "tue": ["08:00-12:00"]}
LONG = "نص " * 66


@pytest.fixture
def open_hall(tmp_path: Path) -> Iterator[QueueHall]:
    """Monday, ten o'clock."""
    with QueueHall(tmp_path, hall_document(hall={"hours": WEEK}), at="2026-03-02T10:00", always_open=False) as queue:
        yield queue


def say(queue: QueueHall, kind: str, id: str, *said: str | None) -> None:
    queue.write(lambda tx: hours.set_hours(tx, queue.hall, CHIEF, kind, id, Said(*said)))


def snapshot(queue: QueueHall) -> dict[str, Any]:
    return queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))


def shown(queue: QueueHall, service: str) -> dict[str, Any]:
    services = [each for agency in snapshot(queue)["agencies"] for each in agency["services"]]
    found: dict[str, Any] = next(each for each in services if each["id"] == service)
    return found


def refused(queue: QueueHall, service: str) -> dict[str, Any]:
    with pytest.raises(DomainError) as caught:
        queue.issue(service)
    assert (caught.value.code, caught.value.status) == ("closed", 409)
    reason: dict[str, Any] = caught.value.facts["reason"]
    return reason


def test_a_closed_service_gives_no_numbers_and_says_why(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed", "Mesin cetak rusak", "The printer is broken", "11:00")
    reason = refused(open_hall, "akta")
    assert reason == {
        "code": "closed_now",
        "text": {"id": "Mesin cetak rusak. Buka pukul 11.00", "en": "The printer is broken. Opens at 11.00"},
        "opens_at": "2026-03-02T11:00:00+09:00",
    }
    assert (shown(open_hall, "akta")["open"], shown(open_hall, "akta")["closed_reason"]) == (False, reason)
    assert shown(open_hall, "ktp")["open"] and open_hall.issue("ktp")
    assert snapshot(open_hall)["next_change"] == "2026-03-02T11:00:00+09:00", "the kiosk asks again by itself"
    with pytest.raises(DomainError):
        open_hall.issue("ktp", "akta", by=SITI)


def test_its_end_is_the_next_opening_where_the_hours_go_on_later(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed", None, None, "12:30")
    reason = refused(open_hall, "akta")
    assert reason["text"]["id"] == "Saat ini tidak menerima nomor. Buka pukul 13.00"
    say(open_hall, SERVICE, "akta", "closed", "Sistem pusat mati")
    assert refused(open_hall, "akta")["text"]["en"] == "Sistem pusat mati. Opens tomorrow at 08.00"


def test_it_ends_by_itself_and_with_the_day(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed", None, None, "11:00")
    say(open_hall, SERVICE, "ktp", "closed")
    open_hall.clock.pass_by(3600)
    assert shown(open_hall, "akta")["open"] and not shown(open_hall, "ktp")["open"]
    open_hall.clock.pass_by(23 * 3600)
    assert shown(open_hall, "ktp")["open"] and open_hall.issue("ktp")
    assert open_hall.write(lambda tx: hours.expire(tx, open_hall.hall)) == 2
    assert open_hall.sql("SELECT * FROM overrides") == []
    rows = open_hall.sql("SELECT payload FROM events WHERE kind = 'service.changed' ORDER BY seq")
    told = [json.loads(row["payload"]) for row in rows]
    assert [each["override"] for each in told[2:]] == [None, None], "and the screens hear of it"
    assert open_hall.write(lambda tx: hours.expire(tx, open_hall.hall)) == 0


def test_an_opened_service_gives_numbers_outside_its_hours_until_then(open_hall: QueueHall) -> None:
    open_hall.clock.pass_by(2.5 * 3600)  # the break
    assert not shown(open_hall, "akta")["open"]
    say(open_hall, SERVICE, "akta", "open", None, None, "12:45")
    assert shown(open_hall, "akta")["open"] and open_hall.issue("akta")
    refused(open_hall, "ktp")
    open_hall.clock.pass_by(15 * 60)
    assert refused(open_hall, "akta")["code"] == "outside_hours"


def test_a_closed_service_is_closed_in_a_hall_that_is_always_open(queue: QueueHall) -> None:
    say(queue, SERVICE, "akta", "closed", "Rapat", None, "09:30")
    assert refused(queue, "akta")["text"]["id"] == "Rapat. Buka pukul 09.30"


def test_an_agency_as_a_whole_and_one_of_its_services_after_it(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "open")
    say(open_hall, AGENCY, "capil", "closed", "Upacara")
    for service in ("akta", "ktp"):
        assert refused(open_hall, service)["text"]["id"] == "Upacara. Buka besok pukul 08.00"
    agency = snapshot(open_hall)["agencies"][0]
    assert not agency["open"] and agency["closed_reason"]["code"] == "closed_now"
    board = open_hall.read(
        lambda r, hall, now_ms: display_snapshot(r, hall, open_hall.policy, hall.display["board-a"], now_ms)
    )
    assert [each["open"] for each in board["agencies"] if each["id"] == "capil"] == [False]
    say(open_hall, SERVICE, "ktp", "open")
    assert open_hall.issue("ktp") and snapshot(open_hall)["agencies"][0]["open"]
    say(open_hall, AGENCY, "capil", None)
    assert open_hall.sql("SELECT * FROM overrides") == [] and open_hall.issue("akta")


def test_going_back_to_the_hours_twice_is_one_event(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed")
    say(open_hall, SERVICE, "akta", None)
    say(open_hall, SERVICE, "akta", None)
    rows = open_hall.sql("SELECT actor, payload FROM events WHERE kind = 'service.changed'")
    assert [row["actor"] for row in rows] == [CHIEF.id, CHIEF.id], "who did it is in the log"
    assert json.loads(rows[0]["payload"])["services"] == ["akta"]


def test_the_quota_still_counts(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": WEEK})
    document["agencies"][0]["services"][0]["quota"] = 1
    with QueueHall(tmp_path, document, at="2026-03-02T17:00", always_open=False) as queue:
        say(queue, SERVICE, "akta", "open")
        queue.issue("akta")
        with pytest.raises(DomainError) as caught:
            queue.issue("akta")
        assert caught.value.code == "quota_reached"


def test_the_last_ticket_goes_by_the_new_end(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": WEEK}, rules={"last_ticket": "refuse"})
    with QueueHall(tmp_path, document, at="2026-03-02T14:12", always_open=False) as queue:
        queue.open("1", SITI)
        for _ in range(3):
            queue.ticket("akta")
            queue.serve("1", SITI, service_s=360)
        for _ in range(4):
            queue.ticket("akta")
        assert shown(queue, "akta")["closed_reason"]["code"] == "last_ticket"
        say(queue, SERVICE, "akta", "open", None, None, "16:00")
        assert shown(queue, "akta")["open"] and queue.issue("akta")


def test_it_survives_a_restart(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed", "Rapat")
    open_hall.restart()
    assert refused(open_hall, "akta")["code"] == "closed_now"


def test_a_clock_set_back_to_yesterday_ends_it(open_hall: QueueHall) -> None:
    say(open_hall, SERVICE, "akta", "closed")
    row = open_hall.sql("SELECT day FROM overrides")[0]
    assert row["day"] == "2026-03-02"
    open_hall.write(lambda tx: tx._run("UPDATE overrides SET day = '2026-03-03'"))
    assert shown(open_hall, "akta")["open"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (("closed", "x" * 201), "reason"),
        (("closed", "a\x00b"), "reason"),
        (("closed", "a", "x" * 201), "reason_en"),
        *[(("closed", None, None, until), "until") for until in (
            "", "25:00", "9:00", "09:00", "10:00", "soon", "2026-03-03T09:00", "2026-03-01T23:00", "9999-99-99",
            "0001-01-01T00:00+14:00", "2026-03-02",
        )],
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_field(open_hall: QueueHall, said: tuple[str | None, ...], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        say(open_hall, SERVICE, "akta", *said)
    assert (caught.value.status, caught.value.field) == (422, field)
    assert open_hall.sql("SELECT * FROM overrides") == []


@pytest.mark.parametrize("until", ["24:00", "15:30", "15.30", "2026-03-02T15:30", "2026-03-02T06:30+00:00"])
def test_until_may_be_a_clock_or_a_moment(open_hall: QueueHall, until: str) -> None:
    say(open_hall, SERVICE, "akta", "closed", LONG, None, until)
    row = open_hall.sql("SELECT until_ms, reason_id FROM overrides")[0]
    assert open_hall.hall.local(row["until_ms"]).isoformat()[11:16] in ("15:30", "00:00")
    assert row["reason_id"] == LONG.strip()


def test_a_service_that_does_not_exist(open_hall: QueueHall) -> None:
    for kind, id in ((SERVICE, "none"), (AGENCY, "akta")):
        with pytest.raises(DomainError) as caught:
            say(open_hall, kind, id, "closed")
        assert caught.value.status == 404
