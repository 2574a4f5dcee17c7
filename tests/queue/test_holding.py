"""A visitor set aside during service: the counter is free, the visitor is not forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.domain.tickets import State, Ticket
from server.queries.counter import counter_snapshot
from server.reports.waiting import waiting_report
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.open("3", CHIEF)


def being_served(queue: QueueHall, *services: str) -> Ticket:
    queue.issue(*services)
    queue.call_next("1", SITI)
    return queue.press("start", "1", SITI)


def snapshot(queue: QueueHall, counter: str) -> dict[str, Any]:
    return queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter[counter], now_ms))


def code_of(refused: pytest.ExceptionInfo[DomainError]) -> str:
    return refused.value.code


def test_the_counter_is_free_and_the_ticket_keeps_it(queue: QueueHall) -> None:
    ticket = being_served(queue, "akta")
    held = queue.hold("1", SITI, "KK asli diambil di rumah")
    assert (held.state, held.counter, held.number) == (State.HELD, "1", ticket.number)
    queue.ticket("akta")
    following = queue.call_next("1", SITI)
    assert following is not None and following.id != ticket.id


def test_only_who_is_served_can_be_set_aside(queue: QueueHall) -> None:
    with pytest.raises(DomainError) as refused:
        queue.hold("1", SITI)
    assert code_of(refused) == "nobody_here"
    queue.ticket("akta")
    queue.call_next("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.hold("1", SITI)
    assert code_of(refused) == "not_allowed"


@pytest.mark.parametrize(("counter", "by"), [("1", SITI), ("2", BUDI)])
def test_serving_goes_on_there_or_at_another_counter_of_the_service(queue: QueueHall, counter: str, by: Any) -> None:
    being_served(queue, "akta")
    queue.clock.pass_by(60)
    held = queue.hold("1", SITI)
    queue.clock.pass_by(600)
    again = queue.resume(counter, held, by)
    assert (again.state, again.counter, again.officer) == (State.SERVING, counter, by.name)
    queue.clock.pass_by(30)
    finished = queue.press("finish", counter, by)
    assert finished.served_ms == 90_000, "time on hold was counted as service"
    spans = queue.sql("SELECT state, counter, end_ms - start_ms AS ms FROM spans WHERE ticket = ? ORDER BY id", held.id)
    assert [(span["state"], span["counter"], span["ms"]) for span in spans][2:] == [
        ("serving", "1", 60_000), ("held", "1", 600_000), ("serving", counter, 30_000),
    ]  # fmt: skip


def test_time_on_hold_does_not_make_the_queue_look_slow(queue: QueueHall) -> None:
    being_served(queue, "akta")
    queue.clock.pass_by(60)
    held = queue.hold("1", SITI)
    queue.clock.pass_by(3600)
    queue.resume("1", held, SITI)
    queue.clock.pass_by(60)
    queue.press("finish", "1", SITI)
    day = queue.hall.day(queue.clock.now_ms())
    pace = queue.read(lambda reader, hall, now_ms: reader.pace("akta", day))
    assert pace is not None and pace.mean_seconds == 120
    row = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, day, day, "service"))[0]
    assert row["service"]["mean"] == 120.0


def test_a_held_visitor_can_be_summoned_aloud(queue: QueueHall) -> None:
    being_served(queue, "akta")
    held = queue.hold("1", SITI)
    called = queue.call("2", held, BUDI)
    assert (called.state, called.counter, called.calls) == (State.CALLED, "2", 2)
    assert queue.press("start", "2", BUDI).state is State.SERVING


def test_nobody_is_taken_up_who_cannot_be(queue: QueueHall) -> None:
    first = being_served(queue, "akta", "sim")
    with pytest.raises(DomainError) as refused:
        queue.resume("2", first, BUDI)
    assert code_of(refused) == "not_allowed", "it is being served"
    held = queue.hold("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.resume("3", held, CHIEF)
    assert code_of(refused) == "not_callable"
    other = queue.call_next("3", CHIEF)
    assert other is not None and other.visit == held.visit
    with pytest.raises(DomainError) as refused:
        queue.resume("1", held, SITI)
    assert code_of(refused) == "visitor_busy"
    queue.press("start", "3", CHIEF)
    queue.press("finish", "3", CHIEF)
    queue.ticket("ktp")
    assert queue.call_next("1", SITI) is not None
    with pytest.raises(DomainError) as refused:
        queue.resume("1", held, SITI)
    assert code_of(refused) == "busy"


def test_who_does_not_come_back_is_given_up_past_whoever_is_there_now(queue: QueueHall) -> None:
    held = (being_served(queue, "akta"), queue.hold("1", SITI))[1]
    queue.ticket("akta")
    present = queue.call_next("1", SITI)
    assert present is not None
    with pytest.raises(DomainError) as refused:
        queue.give_up("1", present, SITI)
    assert code_of(refused) == "not_allowed", "only who is on hold"
    missed = queue.give_up("1", held, SITI, expect=present.id)
    assert missed.state is State.NO_SHOW and queue.now(present).state is State.CALLED
    assert queue.restore("1", missed, SITI).state is State.WAITING


def test_holding_cannot_be_undone_and_undoes_nothing(queue: QueueHall) -> None:
    being_served(queue, "akta")
    held = queue.hold("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.press("undo", "1", SITI)
    assert code_of(refused) == "nothing_to_undo"
    queue.ticket("akta")
    queue.serve("1", SITI)
    queue.resume("1", held, SITI)
    queue.press("finish", "1", SITI)
    assert queue.press("undo", "1", SITI).id == held.id


def test_the_officer_is_reminded_after_the_halls_time(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(rules={"hold_reminder_minutes": 10})) as queue:
        queue.open("1", SITI)
        being_served(queue, "akta")
        queue.hold("1", SITI, "tunggu KK")
        queue.clock.pass_by(600)
        (shown,) = snapshot(queue, "1")["held"]
        assert shown["overdue"] is False and shown["held_since"] == shown["held_at"]
        assert [(note["author"], note["text"]) for note in shown["notes"]] == [("Siti", "tunggu KK")]
        queue.clock.pass_by(0.001)
        assert snapshot(queue, "1")["held"][0]["overdue"] is True
        assert snapshot(queue, "2")["held"][0]["overdue"] is True, "any counter of the service may take it up"
        assert snapshot(queue, "3")["held"] == []


def test_without_a_reminder_nobody_is_overdue(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(rules={"hold_reminder_minutes": 0})) as queue:
        queue.open("1", SITI)
        being_served(queue, "akta")
        queue.hold("1", SITI)
        queue.clock.pass_by(6 * 3600)
        assert snapshot(queue, "1")["held"][0]["overdue"] is False


def test_a_note_has_its_limits_and_stays_out_of_the_log(queue: QueueHall) -> None:
    being_served(queue, "akta")
    for note in ("x" * 301, "bel\x07"):
        with pytest.raises(DomainError) as refused:
            queue.hold("1", SITI, note)
        assert (refused.value.status, refused.value.field) == (422, "note")
    queue.hold("1", SITI, "  rahasia keluarga\nbaris dua ")
    assert [row["text"] for row in queue.sql("SELECT text FROM notes")] == ["rahasia keluarga\nbaris dua"]
    told = queue.sql("SELECT kind, payload FROM events ORDER BY seq DESC LIMIT 1")[0]
    assert told["kind"] == "ticket.held" and json.loads(told["payload"])["noted"] is True
    assert not [event for event in queue.sql("SELECT payload FROM events") if "rahasia" in event["payload"]]


def test_who_has_the_visitor_sees_the_notes_and_the_other_errands(queue: QueueHall) -> None:
    first = being_served(queue, "akta", "sim")
    queue.hold("1", SITI, "satu")
    queue.resume("2", first, BUDI)
    shown = snapshot(queue, "2")["current"]
    assert [note["text"] for note in shown["notes"]] == ["satu"]
    assert [(errand["service"], errand["state"]) for errand in shown["errands"]] == [("sim", "waiting")]
    assert shown["errands"][0]["service_name"] == {"id": "SIM", "en": "SIM (en)"}
