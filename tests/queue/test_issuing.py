"""Issuing: what may be asked for, all or nothing, and what the slip says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError, Invalid
from server.queries.board import display_snapshot
from server.queries.counter import counter_snapshot
from server.queries.hall import hall_snapshot
from server.queries.visit import visit_snapshot
from tests.queue.house import CHIEF, KIOSK, KIOSK_2, SITI, QueueHall, hall_document


@pytest.mark.parametrize("size", [1, 2, 20])
def test_a_party_of_one_to_twenty(queue: QueueHall, size: int) -> None:
    assert queue.issue("akta", party_size=size).tickets[0].party_size == size


@pytest.mark.parametrize(
    ("services", "wish", "field"),
    [
        ((), {}, "services"),
        (("akta", "paspor"), {}, "services[1]"),
        (("akta", "sim", "akta"), {}, "services[2]"),
        (tuple(f"s{n}" for n in range(11)), {}, "services"),
        (("akta",), {"party_size": 0}, "party_size"),
        (("akta",), {"party_size": -1}, "party_size"),
        (("akta",), {"party_size": 21}, "party_size"),
        (("akta",), {"priority": "vip"}, "priority"),
    ],
)
def test_a_wish_that_can_never_be_right_names_its_field(
    queue: QueueHall, services: tuple[str, ...], wish: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        queue.issue(*services, **wish)
    assert (refused.value.field, refused.value.status) == (field, 422)
    assert queue.sql("SELECT * FROM visits") == []


@pytest.mark.parametrize(("by", "source"), [(KIOSK, "kiosk"), (SITI, "desk"), (CHIEF, "desk")])
def test_a_ticket_knows_where_it_came_from(queue: QueueHall, by: Any, source: str) -> None:
    assert queue.ticket("akta", by=by).source == source


def test_a_code_is_eighty_random_bits_in_sixteen_letters(queue: QueueHall) -> None:
    codes = {queue.issue("akta").code for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 16 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for code in codes)


def test_ticket_and_slip_are_one_commit(queue: QueueHall) -> None:
    queue.ticket("akta")
    issued = queue.issue("akta", "sim", language="en")
    assert issued.print_job is not None
    slip = json.loads(issued.print_job.slip)
    assert (slip["language"], slip["copy"], slip["url"]) == ("en", False, None)
    assert [(t["number"], t["ahead"], t["zone_name"]["id"]) for t in slip["tickets"]] == [
        ("A-002", 1, "Zona A"),
        ("B-001", 0, "Zona B"),
    ]


def test_a_kiosk_without_a_printer_issues_all_the_same(queue: QueueHall) -> None:
    assert queue.issue("akta", by=KIOSK_2).print_job is None


ARABIC = "مصلحة الهجرة والجوازات " * 9


def test_names_of_two_hundred_arabic_letters_pass_through_everything(tmp_path: Path) -> None:
    long = ARABIC[:200].strip().ljust(200, "ه")
    document = hall_document(hall={"name": long})
    both = {"id": long, "en": long}
    document["zones"][0]["name"] = both
    document["agencies"][0] |= {"name": both, "short_name": both}
    document["agencies"][0]["services"][0] |= {"name": both, "keywords": [long]}
    document["counters"][0]["label"] = long
    with QueueHall(tmp_path, document) as queue:
        issued = queue.issue("akta")
        assert issued.print_job is not None
        assert json.loads(issued.print_job.slip)["tickets"][0]["service_name"] == both
        queue.open("1", SITI)
        queue.call_next("1", SITI)
        queue.restart()
        shown = queue.read(
            lambda r, hall, now_ms: [
                hall_snapshot(r, hall, queue.policy, None, now_ms),
                counter_snapshot(r, hall, hall.counter["1"], now_ms),
                display_snapshot(r, hall, queue.policy, hall.display["board-a"], now_ms),
                visit_snapshot(r, hall, issued.visit, now_ms),
            ]
        )
        assert all(long in json.dumps(screen, ensure_ascii=False) for screen in shown)
        event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
        assert event.payload["counter"]["label"] == long


def test_a_name_one_letter_longer_is_refused(tmp_path: Path) -> None:
    document = hall_document()
    document["agencies"][0]["name"]["id"] = "ه" * 201
    with pytest.raises(ValueError, match=r"agencies\[0\].name.id"):
        QueueHall(tmp_path, document)


def test_a_closed_agency_issues_nothing_of_the_whole_visit(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": {"mon": ["08:00-15:00"]}})
    document["agencies"][1]["hours"] = {"tue": ["08:00-15:00"]}
    with QueueHall(tmp_path, document, at="2026-03-02T09:00:00", always_open=False) as queue:
        with pytest.raises(DomainError) as refused:
            queue.issue("akta", "sim")
        assert (refused.value.code, refused.value.status, refused.value.facts["service"]) == ("closed", 409, "sim")
        assert refused.value.facts["reason"]["code"] == "outside_hours"
        assert queue.ticket("akta").number == "A-001"
