"""A supervisor moves a visitor who waits: number and place are kept, each agency answers for its own time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.domain.tickets import State
from server.queries.visit import visit_snapshot
from server.reports.waiting import waiting_report
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.open("3", CHIEF)


def refusal(queue: QueueHall, *move: Any) -> tuple[str, str | None]:
    before = queue.sql("SELECT * FROM tickets"), queue.sql("SELECT * FROM events")
    with pytest.raises(DomainError) as refused:
        queue.move(*move)
    assert (queue.sql("SELECT * FROM tickets"), queue.sql("SELECT * FROM events")) == before
    return refused.value.code, refused.value.field


def test_who_came_early_is_early_there_too(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.clock.pass_by(300)
    later = queue.ticket("pajak")
    moved = queue.move(ticket, "pajak", note="salah ambil nomor")
    assert (moved.state, moved.service, moved.agency, moved.number) == (State.WAITING, "pajak", "polres", "A-001")
    assert moved.place_ms == ticket.place_ms
    following = queue.call_next("3", CHIEF)
    assert following is not None and following.id == moved.id != later.id
    notes = queue.read(lambda reader, hall, now_ms: reader.notes(ticket.id))
    assert [(note.author, note.text) for note in notes] == [("Pengawas", "salah ambil nomor")]
    row = queue.sql("SELECT kind, actor, payload FROM events WHERE kind = 'ticket.transferred'")[0]
    told = json.loads(row["payload"])
    assert row["actor"] == CHIEF.id and told["reason"] == {"rule": "moved"} and told["noted"]
    assert told["from"] == {"service": "akta", "agency": "capil", "counter": None}
    assert told["to"] == {"service": "pajak", "agency": "polres", "counter": None}
    assert "salah" not in row["payload"], "what a person wrote is never in the log"


def test_the_visitor_need_not_walk_from_a_counter(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.move(ticket, "pajak")
    assert queue.sql("SELECT freed_ms FROM visits WHERE id = ?", ticket.visit) == [{"freed_ms": None}]
    called = queue.call_next("3", CHIEF)
    assert called is not None and called.id == ticket.id, "at once"


def test_each_agency_is_charged_with_its_own_wait(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.clock.pass_by(600)
    queue.move(ticket, "pajak")
    queue.clock.pass_by(60)
    queue.serve("3", CHIEF, service_s=10)
    rows = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, "2026-03-02", "2026-03-02", "agency"))
    waits = {row["key"]: row["wait"]["mean"] for row in rows}
    assert waits == {"capil": 600.0, "polres": 60.0}


def test_the_visitor_reads_where_to_wait_now(queue: QueueHall) -> None:
    queue.ticket("pajak")
    ticket = queue.ticket("akta")
    queue.move(ticket, "pajak")
    (shown,) = queue.read(lambda reader, hall, now_ms: visit_snapshot(reader, hall, ticket.visit, now_ms))["tickets"]
    assert (shown["service_name"]["id"], shown["zone_name"]["id"]) == ("Pajak", "Zona B")
    assert (shown["number"], shown["ahead"]) == ("A-001", 1)


def test_who_is_sent_to_a_counter_may_be_let_go_to_any(queue: QueueHall) -> None:
    ticket = queue.ticket("sim")
    moved = queue.move(ticket, "sim", "3")
    assert moved.wanted_counter == "3"
    assert queue.call_next("2", BUDI) is None
    assert refusal(queue, moved, "sim", "3") == ("same_place", None)
    assert queue.move(moved, "sim").wanted_counter is None
    called = queue.call_next("2", BUDI)
    assert called is not None and called.id == ticket.id


def test_what_is_wrong_is_named(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    assert refusal(queue, ticket, "none") == ("unknown_service", "service")
    assert refusal(queue, ticket, "sim", "9") == ("unknown_counter", "counter")
    assert refusal(queue, ticket, "pajak", "1") == ("not_served_there", None)
    assert refusal(queue, ticket, "akta") == ("same_place", None)
    assert refusal(queue, ticket, "sim", None, "x" * 301) == ("invalid", "note")


@pytest.mark.parametrize("state", ["called", "serving", "held", "no_show", "finished", "cancelled"])
def test_only_who_waits_is_moved(queue: QueueHall, state: str) -> None:
    ticket = queue.ticket("akta")
    if state == "cancelled":
        queue.cancel(ticket, CHIEF)
    else:
        queue.call_next("1", SITI)
    for verb in {"serving": ["start"], "finished": ["start", "finish"], "no_show": ["no_show"]}.get(state, []):
        queue.press(verb, "1", SITI)
    if state == "held":
        queue.press("start", "1", SITI)
        queue.hold("1", SITI)
    assert queue.now(ticket).state.value == state
    assert refusal(queue, ticket, "pajak") == ("not_allowed", None)
