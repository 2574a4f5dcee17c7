"""Taking back a slip of the finger: the last finish or no-show of a counter, within a minute, while it is free."""

from __future__ import annotations

import pytest

from server.domain.errors import DomainError
from server.domain.waiting import Pace
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)


def refusal(queue: QueueHall, counter: str = "1", by: object = SITI) -> str:
    with pytest.raises(DomainError) as refused:
        queue.press("undo", counter, by)  # type: ignore[arg-type]
    return refused.value.code


@pytest.mark.parametrize("verbs", [["start", "finish"], ["no_show"], ["start", "no_show"]])
def test_a_ticket_goes_back_to_where_it_came_from(queue: QueueHall, verbs: list[str]) -> None:
    queue.ticket("akta")
    before = queue.call_next("1", SITI)
    assert before is not None
    for verb in verbs[:-1]:
        queue.clock.pass_by(10)
        before = queue.press(verb, "1", SITI)
    queue.clock.pass_by(30)
    queue.press(verbs[-1], "1", SITI)
    queue.clock.pass_by(60)
    again = queue.press("undo", "1", SITI)
    assert (again.state, again.counter, again.since_ms) == (before.state, "1", before.since_ms)
    assert (again.finished_ms, again.no_show_ms, again.served_ms) == (None, None, 0)


def test_serving_goes_on_as_though_it_had_never_ended(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.serve("1", SITI, service_s=100)
    queue.clock.pass_by(20)
    queue.press("undo", "1", SITI)
    queue.clock.pass_by(40)
    done = queue.press("finish", "1", SITI)
    assert done.served_ms == 160_000


def test_after_a_minute_it_is_too_late(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.serve("1", SITI)
    queue.clock.pass_by(60.001)
    assert refusal(queue) == "too_late"


def test_after_midnight_it_is_too_late(queue: QueueHall) -> None:
    queue.clock.pass_by(16 * 3600 - 1)
    queue.ticket("akta")
    queue.serve("1", SITI)
    queue.clock.pass_by(2)
    assert refusal(queue) == "too_late"


def test_only_once(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.serve("1", SITI)
    queue.press("undo", "1", SITI)
    queue.press("finish", "1", SITI)
    queue.press("undo", "1", SITI)
    queue.press("requeue" if queue.press("recall", "1", SITI).state == "called" else "finish", "1", SITI)
    queue.press("undo", "1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.press("undo", "1", SITI)
    assert refused.value.code == "busy"


def test_not_when_nothing_was_ended(queue: QueueHall) -> None:
    assert refusal(queue) == "nothing_to_undo"


def test_not_when_the_next_visitor_has_been_called(queue: QueueHall) -> None:
    queue.ticket("akta"), queue.ticket("akta")
    queue.serve("1", SITI)
    queue.call_next("1", SITI)
    assert refusal(queue) == "busy"
    queue.press("requeue", "1", SITI)
    assert refusal(queue) == "nothing_to_undo"


def test_not_when_the_visitor_is_at_another_counter_by_now(queue: QueueHall) -> None:
    queue.issue("akta", "sim")
    queue.serve("1", SITI)
    assert queue.call_next("2", BUDI) is not None
    assert refusal(queue) == "visitor_busy"


def test_not_when_the_missed_visitor_was_brought_back(queue: QueueHall) -> None:
    missed = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    queue.restore("1", missed, SITI)
    assert refusal(queue) == "nothing_to_undo"


def test_not_what_another_counter_ended_since(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    queue.clock.pass_by(5)
    queue.restore("2", ticket, BUDI)
    queue.call_next("2", BUDI)
    queue.press("no_show", "2", BUDI)
    assert refusal(queue) == "nothing_to_undo", "the second no-show is counter 2's to take back"
    assert queue.press("undo", "2", BUDI).counter == "2"


def test_at_the_same_counter_also_by_who_has_taken_it_over(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.serve("1", SITI)
    queue.open("1", CHIEF, take_over=True)
    assert queue.press("undo", "1", CHIEF).id == ticket.id


def test_not_after_the_counter_was_closed(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.serve("1", SITI)
    queue.open("3", SITI)  # leaves counter 1
    queue.open("1", SITI)
    assert refusal(queue) == "nothing_to_undo"


def test_a_visitor_finished_twice_counts_once_in_the_pace(queue: QueueHall) -> None:
    def pace() -> Pace | None:
        return queue.read(lambda reader, hall, now_ms: reader.pace("akta", hall.day(now_ms)))

    for minutes in (4, 8):
        queue.ticket("akta")
        queue.serve("1", SITI, service_s=minutes * 60)
    assert pace() == Pace(360, 2)
    queue.press("undo", "1", SITI)
    assert pace() == Pace(240, 1)
    queue.clock.pass_by(120)
    queue.press("finish", "1", SITI)
    assert pace() == Pace((240 + 600) / 2, 2)
