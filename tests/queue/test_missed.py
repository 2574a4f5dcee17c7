"""Who did not come: called often enough before, brought back in time and at a fair place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.domain.tickets import State, Ticket
from server.queries.counter import counter_snapshot
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document


def hall(folder: Path, **rules: Any) -> QueueHall:
    queue = QueueHall(folder, hall_document(rules=rules))
    queue.open("1", SITI)
    queue.open("2", BUDI)
    return queue


def called(queue: QueueHall) -> Ticket:
    queue.ticket("akta")
    ticket = queue.call_next("1", SITI)
    assert ticket is not None
    return ticket


def missed(queue: QueueHall) -> Ticket:
    called(queue)
    return queue.press("no_show", "1", SITI)


def missing(queue: QueueHall) -> Any:
    with pytest.raises(DomainError) as refused:
        queue.press("no_show", "1", SITI)
    assert refused.value.code == "too_early"
    return refused.value.facts["missing"]


def test_a_visitor_is_called_so_often_before_they_are_given_up(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_recalls=2) as queue:
        ticket = called(queue)
        assert missing(queue) == 2
        queue.press("recall", "1", SITI)
        assert missing(queue) == 1
        assert queue.now(ticket).state is State.CALLED
        queue.press("recall", "1", SITI)
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


def test_a_supervisor_need_not_call_again(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_recalls=2) as queue:
        called(queue)
        assert queue.press("no_show", "1", CHIEF).state is State.NO_SHOW


def test_who_was_served_and_walked_away_is_not_called_again(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_recalls=2) as queue:
        called(queue)
        queue.press("start", "1", SITI)
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


def test_where_serving_begins_with_the_call_the_rule_holds_all_the_same(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_recalls=1, auto_start=True) as queue:
        assert called(queue).state is State.SERVING
        assert missing(queue) == 1
        queue.press("recall", "1", SITI)
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


def test_brought_back_within_the_halls_time_and_no_later(tmp_path: Path) -> None:
    def shown(queue: QueueHall) -> bool:
        found = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter["1"], now_ms))
        return bool(found["missed"][0]["restorable"])

    with hall(tmp_path, restore_minutes=30) as queue:
        ticket = missed(queue)
        queue.clock.pass_by(30 * 60)
        assert shown(queue)
        assert queue.restore("1", ticket, SITI).state is State.WAITING
        queue.call("1", ticket, SITI)
        queue.press("no_show", "1", SITI)
        queue.clock.pass_by(30 * 60 + 0.001)
        assert not shown(queue)
        with pytest.raises(DomainError) as refused:
            queue.restore("1", ticket, SITI)
        assert refused.value.code == "too_late"


def order(queue: QueueHall) -> list[str]:
    return [row["number"] for row in queue.sql(
        "SELECT number FROM tickets WHERE state = 'waiting' AND service = 'akta' ORDER BY place_ms, id")]  # fmt: skip


@pytest.mark.parametrize(
    ("behind", "place"), [(0, 0), (1, 1), (2, 2), (3, 3), (9, 4)], ids=["old place", "one", "two", "three", "all"]
)
def test_brought_back_behind_so_many_others(tmp_path: Path, behind: int, place: int) -> None:
    with hall(tmp_path, restore_behind=behind) as queue:
        ticket = missed(queue)
        for _ in range(4):
            queue.clock.pass_by(10)
            queue.ticket("akta")
        queue.clock.pass_by(10)
        back = queue.restore("1", ticket, SITI)
        assert order(queue).index(ticket.number) == place
        assert back.issued_ms == ticket.issued_ms
        queue.clock.pass_by(10)
        newcomer = queue.ticket("akta")
        assert order(queue).index(ticket.number) == place and order(queue)[-1] == newcomer.number


def test_others_of_the_same_moment_stay_together_before_who_comes_back(tmp_path: Path) -> None:
    with hall(tmp_path, restore_behind=2) as queue:
        ticket = missed(queue)
        for _ in range(4):
            queue.ticket("akta")  # the clock stands still
        queue.restore("1", ticket, SITI)
        assert order(queue).index(ticket.number) >= 2


def test_nobody_comes_earlier_by_being_missed(tmp_path: Path) -> None:
    with hall(tmp_path, restore_behind=1) as queue:
        queue.ticket("akta")
        queue.clock.pass_by(10)
        queue.ticket("akta")
        queue.clock.pass_by(10)
        last = queue.ticket("akta")
        queue.call("1", last, SITI)
        queue.press("no_show", "1", SITI)
        assert queue.restore("1", last, SITI).place_ms == last.place_ms
        assert order(queue).index(last.number) == 2
