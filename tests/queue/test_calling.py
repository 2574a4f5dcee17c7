"""Who is called: first come first served, a visitor at one place at a time, a counter with one visitor."""

from __future__ import annotations

import pytest

from server.domain.errors import DomainError, NotFound
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.open("3", CHIEF)


def test_first_come_first_served_across_the_services_of_a_counter(queue: QueueHall) -> None:
    came = []
    for service in ("ktp", "akta", "akta", "ktp"):
        came.append(queue.ticket(service).number)
        queue.clock.pass_by(1)
    assert [queue.serve("1", SITI).number for _ in came] == came
    assert queue.call_next("1", SITI) is None


def test_those_who_came_in_the_same_millisecond_are_called_in_the_order_of_issue(queue: QueueHall) -> None:
    came = [queue.ticket(service).number for service in ("ktp", "akta", "ktp", "akta")]
    assert [queue.serve("1", SITI).number for _ in came] == came


def test_a_counter_calls_only_for_its_own_services(queue: QueueHall) -> None:
    queue.ticket("pajak")
    assert queue.call_next("1", SITI) is None
    called = queue.call_next("3", CHIEF)
    assert called is not None and called.service == "pajak"


def test_the_reason_for_the_choice_is_kept_in_the_log(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.clock.pass_by(90)
    queue.call_next("1", SITI)
    event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert event.kind == "ticket.called"
    assert event.payload["reason"] == {"rule": "arrival", "waited_seconds": 90}


def test_a_visitor_who_is_elsewhere_is_passed_over_and_keeps_the_place(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    queue.clock.pass_by(1)
    behind = queue.ticket("akta")
    assert queue.call_next("3", CHIEF) == queue.now(busy.tickets[1])

    passed_over_for = queue.call_next("1", SITI)
    assert passed_over_for is not None and passed_over_for.id == behind.id
    queue.press("requeue", "1", SITI)
    queue.press("start", "3", CHIEF)
    queue.press("finish", "3", CHIEF)
    queue.clock.pass_by(60)  # the way from counter 3

    free_again = queue.call_next("1", SITI)
    assert free_again is not None and free_again.id == busy.tickets[0].id


def test_a_visitor_who_is_elsewhere_cannot_be_chosen_either(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    queue.call_next("3", CHIEF)
    with pytest.raises(DomainError) as refused:
        queue.call("1", busy.tickets[0], SITI)
    assert (refused.value.code, refused.value.facts["counter"]) == ("visitor_busy", "3")


def test_a_ticket_that_another_counter_has_cannot_be_chosen(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.call_next("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.call("2", ticket, BUDI)
    assert (refused.value.code, refused.value.facts["counter"]) == ("not_callable", "1")


def test_a_ticket_of_anothers_service_cannot_be_chosen(queue: QueueHall) -> None:
    ticket = queue.ticket("pajak")
    with pytest.raises(DomainError) as refused:
        queue.call("1", ticket, SITI)
    assert refused.value.code == "not_callable"


def test_a_ticket_that_does_not_exist_cannot_be_chosen(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    with pytest.raises(NotFound):
        queue.call("1", ticket._replace(id=ticket.id + 1), SITI)


def test_a_counter_with_a_visitor_calls_nobody_else(queue: QueueHall) -> None:
    queue.ticket("akta"), queue.ticket("akta")
    queue.call_next("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.call_next("1", SITI)
    assert refused.value.code == "busy"


def test_a_press_made_on_an_old_view_changes_nothing(queue: QueueHall) -> None:
    first, second = queue.ticket("akta"), queue.ticket("akta")
    queue.call_next("1", SITI, expect=None)
    for seen in (None, second.id):
        with pytest.raises(DomainError) as refused:
            queue.press("start", "1", SITI, expect=seen)
        assert (refused.value.code, refused.value.facts["current"]) == ("stale", first.id)
    assert queue.press("start", "1", SITI, expect=first.id).state == "serving"


def test_a_recall_changes_no_state_and_is_counted(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.call_next("1", SITI)
    assert [queue.press("recall", "1", SITI).recalls for _ in range(3)] == [1, 2, 3]
    assert queue.press("start", "1", SITI).state == "serving"
    again = queue.press("recall", "1", SITI)
    assert (again.recalls, again.state) == (4, "serving")


def test_a_new_call_counts_its_recalls_anew(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("recall", "1", SITI)
    queue.press("requeue", "1", SITI)
    called = queue.call_next("1", SITI)
    assert called is not None and (called.recalls, called.calls) == (0, 2)


def test_requeue_goes_behind_all_who_wait_but_keeps_the_arrival(queue: QueueHall) -> None:
    tickets = []
    for service in ("akta", "ktp", "akta"):
        tickets.append(queue.ticket(service))
        queue.clock.pass_by(5)
    queue.call_next("1", SITI)
    back = queue.press("requeue", "1", SITI)
    assert back.issued_ms == tickets[0].issued_ms
    assert [queue.serve("1", SITI).id for _ in tickets] == [tickets[1].id, tickets[2].id, tickets[0].id]


def test_requeue_goes_behind_all_even_when_the_clock_stands_still(queue: QueueHall) -> None:
    queue.clock.set_wall(-3600)  # set back: no time passes for the queue until it has caught up
    tickets = [queue.ticket("akta") for _ in range(3)]
    for _ in range(2):
        queue.call_next("1", SITI)
        queue.press("requeue", "1", SITI)
    order = [queue.serve("1", SITI).id for _ in tickets]
    assert order == [tickets[2].id, tickets[0].id, tickets[1].id]


def test_a_missed_visitor_is_brought_back_to_the_old_place(queue: QueueHall) -> None:
    missed = queue.ticket("akta")
    queue.clock.pass_by(1)
    others = [queue.ticket("akta"), queue.ticket("akta")]
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.press("no_show", "1", SITI)
    queue.clock.pass_by(600)
    back = queue.restore("2", missed, BUDI)
    assert (back.state, back.counter, back.started_ms, back.no_show_ms) == ("waiting", None, None, None)
    assert [queue.serve("1", SITI).id for _ in range(3)] == [missed.id, *(ticket.id for ticket in others)]


def test_a_missed_visitor_is_brought_back_only_where_they_are_served(queue: QueueHall) -> None:
    missed = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.restore("3", missed, CHIEF)
    assert refused.value.code == "not_callable"


def test_a_missed_visitor_of_yesterday_is_not_brought_back(queue: QueueHall) -> None:
    missed = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    queue.clock.pass_by(24 * 3600)
    with pytest.raises(DomainError) as refused:
        queue.restore("1", missed, SITI)
    assert refused.value.code == "too_late"


def test_serving_begins_anew_when_a_visitor_was_missed_in_between(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.call_next("1", SITI)
    started = queue.press("start", "1", SITI)
    queue.clock.pass_by(60)
    missed = queue.press("no_show", "1", SITI)
    queue.restore("1", missed, SITI)
    queue.clock.pass_by(600)
    queue.call_next("1", SITI)
    again = queue.press("start", "1", SITI)
    assert again.called_ms is not None and started.started_ms is not None and again.started_ms is not None
    assert again.started_ms >= again.called_ms > started.started_ms
    assert again.service_seconds(again.started_ms) == 60, "what was served before is not forgotten"
