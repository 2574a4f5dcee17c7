"""Halls with one button: calling the next visitor finishes the present one; serving may begin with the call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.commands import serving
from server.commands.desk import UNSAID, Expect
from server.commands.serving import Called
from server.domain.errors import DomainError
from server.domain.tickets import State
from tests.queue.house import BUDI, SITI, QueueHall, hall_document


def hall(folder: Path, **rules: Any) -> QueueHall:
    queue = QueueHall(folder, hall_document(rules=rules))
    queue.open("1", SITI)
    queue.open("2", BUDI)
    return queue


def call_next(queue: QueueHall, *, expect: Expect = UNSAID) -> Called:
    return queue.write(lambda tx: serving.call_next(tx, queue.hall, SITI, "1", expect=expect))


def kinds(queue: QueueHall, last: int) -> list[str]:
    rows = queue.sql("SELECT kind FROM events ORDER BY seq DESC LIMIT ?", last)
    return [row["kind"] for row in reversed(rows)]


def test_one_press_finishes_and_calls(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True, auto_start=True) as queue:
        first, second = queue.ticket("akta"), queue.ticket("akta")
        assert call_next(queue) == (queue.now(first), call_reason(queue), None)
        assert queue.now(first).state is State.SERVING
        queue.clock.pass_by(120)
        called = call_next(queue, expect=first.id)
        assert called.finished is not None and called.ticket is not None
        assert (called.finished.id, called.finished.state, called.finished.served_ms) == (
            first.id, State.FINISHED, 120_000,
        )  # fmt: skip
        assert (called.ticket.id, called.ticket.state) == (second.id, State.SERVING)
        assert kinds(queue, 3) == ["ticket.finished", "ticket.called", "ticket.started"]


def call_reason(queue: QueueHall) -> dict[str, Any]:
    (row,) = queue.sql("SELECT payload FROM events WHERE kind = 'ticket.called' ORDER BY seq DESC LIMIT 1")
    reason: dict[str, Any] = json.loads(row["payload"])["reason"]
    return reason


def test_with_nobody_waiting_the_present_visitor_is_finished_and_it_can_be_undone(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True, auto_start=True) as queue:
        ticket = queue.ticket("akta")
        call_next(queue)
        called = call_next(queue)
        assert called.ticket is None and called.reason == {"rule": "empty"}
        assert called.finished is not None and called.finished.id == ticket.id
        assert call_next(queue) == (None, {"rule": "empty"}, None)
        assert queue.press("undo", "1", SITI).state is State.SERVING


def test_who_was_called_and_never_started_has_been_served_too(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True) as queue:
        first, second = queue.ticket("akta"), queue.ticket("akta")
        call_next(queue)
        called = call_next(queue)
        assert called.finished is not None and (called.finished.id, called.finished.state) == (first.id, State.FINISHED)
        assert called.ticket is not None and (called.ticket.id, called.ticket.state) == (second.id, State.CALLED)
        assert kinds(queue, 3) == ["ticket.started", "ticket.finished", "ticket.called"]


def test_a_repeated_press_finishes_nobody_twice(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True, auto_start=True) as queue:
        first, second = queue.ticket("akta"), queue.ticket("akta")
        call_next(queue)
        call_next(queue, expect=first.id)
        with pytest.raises(DomainError) as refused:
            call_next(queue, expect=first.id)
        assert refused.value.code == "stale" and queue.now(second).state is State.SERVING


def test_who_was_to_come_back_goes_back(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True, auto_start=True) as queue:
        queue.ticket("sim")
        queue.call_next("2", BUDI)
        moved = queue.transfer("2", BUDI, "akta", "1", come_back=True)
        queue.clock.pass_by(120)
        assert call_next(queue).ticket is not None
        finished = call_next(queue).finished
        assert finished is not None
        assert (finished.id, finished.state, finished.wanted_counter) == (moved.id, State.WAITING, "2")


def test_without_the_rule_the_counter_is_busy(tmp_path: Path) -> None:
    with hall(tmp_path) as queue:
        queue.ticket("akta")
        assert call_next(queue).ticket is not None
        with pytest.raises(DomainError) as refused:
            call_next(queue)
        assert refused.value.code == "busy"


def test_a_chosen_visitor_is_started_too(tmp_path: Path) -> None:
    with hall(tmp_path, auto_start=True) as queue:
        ticket = queue.ticket("akta")
        assert queue.call("1", ticket, SITI).state is State.SERVING
        assert kinds(queue, 2) == ["ticket.called", "ticket.started"]


def test_a_call_by_mistake_is_taken_back_to_the_old_place(tmp_path: Path) -> None:
    with hall(tmp_path, auto_start=True) as queue:
        first, second = queue.ticket("akta"), queue.ticket("akta")
        queue.clock.pass_by(30)
        queue.call_next("1", SITI)
        queue.clock.pass_by(59)
        back = queue.press("undo", "1", SITI, expect=first.id)
        assert (back.id, back.state, back.place_ms) == (first.id, State.WAITING, first.place_ms)
        assert (back.counter, back.started_ms) == (None, None)
        (row,) = queue.sql("SELECT kind, payload FROM events ORDER BY seq DESC LIMIT 1")
        assert row["kind"] == "ticket.requeued" and json.loads(row["payload"])["undid"] == "call"
        called = queue.call_next("2", BUDI)
        assert called is not None and called.id == first.id, "and nobody walks for it"
        assert queue.now(second).state is State.WAITING


def test_in_a_one_button_hall_what_the_same_press_finished_can_be_undone_next(tmp_path: Path) -> None:
    with hall(tmp_path, one_button=True, auto_start=True) as queue:
        first, second = queue.ticket("akta"), queue.ticket("akta")
        call_next(queue)
        queue.clock.pass_by(100)
        call_next(queue)
        queue.clock.pass_by(5)
        assert queue.press("undo", "1", SITI).id == second.id
        again = queue.press("undo", "1", SITI)
        assert (again.id, again.state, again.served_ms) == (first.id, State.SERVING, 0)
        queue.clock.pass_by(10)
        assert queue.press("finish", "1", SITI).served_ms == 115_000


def test_after_a_call_was_taken_back_it_is_the_turn_of_whom_it_was_before(tmp_path: Path) -> None:
    with hall(tmp_path, auto_start=True, priority_in_a_row=1) as queue:
        for priority in (None, None, "elderly", "elderly"):
            queue.issue("akta", priority=priority)
            queue.clock.pass_by(1)
        before = call_next(queue)
        assert before.ticket is not None and before.reason["rule"] == "priority"
        queue.press("undo", "1", SITI)
        again = call_next(queue)
        assert again.ticket is not None and (again.ticket.id, again.reason["rule"]) == (before.ticket.id, "priority")
        queue.press("finish", "1", SITI)
        turn = call_next(queue)
        assert turn.ticket is not None and turn.reason["rule"] == "turn"
        queue.press("undo", "1", SITI)
        assert call_next(queue).ticket == queue.now(turn.ticket), "also where the call had ended the row"


@pytest.mark.parametrize("why", ["a minute later", "set aside meanwhile", "called from hold", "no auto_start"])
def test_a_call_that_cannot_be_taken_back(tmp_path: Path, why: str) -> None:
    with hall(tmp_path, auto_start=why != "no auto_start") as queue:
        ticket = queue.ticket("akta")
        queue.call_next("1", SITI)
        if why == "a minute later":
            queue.clock.pass_by(60.001)
        elif why in ("set aside meanwhile", "called from hold"):
            queue.clock.pass_by(1)
            queue.hold("1", SITI)
            queue.clock.pass_by(1)
            queue.resume("1", ticket, SITI) if why == "set aside meanwhile" else queue.call("1", ticket, SITI)
        before = queue.now(ticket)
        with pytest.raises(DomainError) as refused:
            queue.press("undo", "1", SITI)
        assert refused.value.code == {"a minute later": "too_late", "no auto_start": "busy"}.get(why, "nothing_to_undo")
        assert queue.now(ticket) == before
