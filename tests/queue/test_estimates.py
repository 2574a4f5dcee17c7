"""What a visitor may expect to wait: nothing at all rather than something that is not so."""

from __future__ import annotations

from typing import Any

import pytest

from server.commands import serving
from server.commands.desk import UNSAID
from server.domain.tickets import Ticket
from server.domain.waiting import Pace, estimate
from server.queries.hall import hall_snapshot
from server.queries.pieces import full_ticket
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall


def serve(queue: QueueHall, count: int, minutes: float = 6) -> None:
    for _ in range(count):
        queue.ticket("akta")
        queue.serve("1", SITI, service_s=minutes * 60)


def expects(queue: QueueHall, ticket: Ticket) -> Any:
    return queue.read(lambda r, hall, now_ms: full_ticket(r, hall, queue.now(ticket), now_ms))["estimate"]


def test_none_before_three_were_served_today(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 2)
    assert expects(queue, queue.ticket("akta")) is None
    queue.serve("1", SITI, service_s=360)
    queue.ticket("akta")
    assert expects(queue, queue.ticket("akta")) == {"low_minutes": 4, "high_minutes": 8}


def test_none_again_the_next_morning(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 5)
    queue.clock.pass_by(24 * 3600)
    assert expects(queue, queue.ticket("akta")) is None


def test_one_visitor_finished_three_times_is_still_one(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 1)
    for _ in range(4):
        queue.press("undo", "1", SITI)
        queue.press("finish", "1", SITI)
    assert expects(queue, queue.ticket("akta")) is None


def test_missed_visitors_do_not_count_as_served(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for _ in range(4):
        queue.ticket("akta")
        queue.call_next("1", SITI)
        queue.press("no_show", "1", SITI)
    assert expects(queue, queue.ticket("akta")) is None


def test_none_while_no_counter_is_open(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 3)
    ticket = queue.ticket("akta")
    assert expects(queue, ticket) is not None
    queue.write(lambda tx: serving.pause_counter(tx, queue.hall, SITI, "1", reason=None, expect=UNSAID))
    assert expects(queue, ticket) is None


def test_two_counters_are_twice_as_quick(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 3)
    queue.ticket("akta")
    last = queue.ticket("akta")
    assert expects(queue, last) == {"low_minutes": 4, "high_minutes": 8}
    queue.open("2", BUDI)
    assert expects(queue, last) == {"low_minutes": 2, "high_minutes": 4}
    queue.open("3", CHIEF)  # does not serve akta
    assert expects(queue, last) == {"low_minutes": 2, "high_minutes": 4}


def test_a_called_visitor_waits_no_more(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 3)
    ticket = queue.ticket("akta")
    queue.call_next("1", SITI)
    shown = queue.read(lambda r, hall, now_ms: full_ticket(r, hall, queue.now(ticket), now_ms))
    assert (shown["ahead"], shown["estimate"]) == (0, None)


def test_kiosk_slip_and_phone_say_the_same(queue: QueueHall) -> None:
    queue.open("1", SITI)
    serve(queue, 3)
    queue.ticket("akta")
    shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
    before = shown["agencies"][0]["services"][0]["estimate"]
    assert before is not None and shown["agencies"][0]["estimate"] == before
    assert expects(queue, queue.ticket("akta")) == before


@pytest.mark.parametrize(
    ("ahead", "counters", "pace", "band"),
    [
        (0, 1, Pace(600, 3), (0, 0)),
        (1, 1, Pace(300, 3), (3, 7)),
        (4, 1, Pace(600, 30), (25, 55)),
        (4, 0, Pace(600, 30), None),
        (4, 2, Pace(600, 2), None),
        (4, 2, None, None),
    ],
)
def test_the_band_is_a_third_either_way_and_never_too_exact(
    ahead: int, counters: int, pace: Pace | None, band: tuple[int, int] | None
) -> None:
    found = estimate(ahead, counters, pace)
    assert found == (None if band is None else {"low_minutes": band[0], "high_minutes": band[1]})
