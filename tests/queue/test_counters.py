"""Sitting down at a counter, leaving it, taking it over: one officer a counter, one counter an officer."""

from __future__ import annotations

import pytest

from server.commands import serving
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.domain.errors import DomainError, NotFound
from server.store import CounterRow
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall


def row(queue: QueueHall, counter: str) -> CounterRow:
    found = queue.read(lambda reader, hall, now_ms: reader.counter(counter))
    assert found is not None
    return found


def leave(queue: QueueHall, verb: str, counter: str, by: Actor) -> CounterRow:
    hall = queue.hall
    if verb == "pause":
        return queue.write(lambda tx: serving.pause_counter(tx, hall, by, counter, reason="salat", expect=UNSAID))
    return queue.write(lambda tx: serving.close_counter(tx, hall, by, counter, expect=UNSAID))


def head(queue: QueueHall) -> int:
    return queue.read(lambda reader, hall, now_ms: reader.head())


def test_opening_twice_is_the_same_as_once(queue: QueueHall) -> None:
    queue.open("1", SITI)
    before, since_ms = head(queue), row(queue, "1").since_ms
    queue.clock.pass_by(60)
    queue.open("1", SITI)
    assert (head(queue), row(queue, "1").since_ms) == (before, since_ms)


def test_an_occupied_counter_is_taken_over_only_when_that_is_said_and_it_is_logged(queue: QueueHall) -> None:
    queue.open("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.open("1", BUDI)
    assert (refused.value.code, refused.value.facts["officer"]) == ("occupied", "Siti")
    queue.open("1", BUDI, take_over=True)
    event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert (event.kind, event.actor, event.payload["taken_over_from"]) == ("counter.changed", BUDI.id, "Siti")


def test_who_was_taken_over_commands_no_more(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    queue.open("1", BUDI, take_over=True)
    with pytest.raises(DomainError) as refused:
        queue.press("start", "1", SITI)
    assert (refused.value.code, refused.value.status) == ("occupied", 403)
    assert queue.press("start", "1", BUDI).state == "serving", "the visitor stays with whoever is there now"


def test_an_officer_who_sits_down_elsewhere_leaves_the_first_counter(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", SITI)
    assert (row(queue, "1").state, row(queue, "1").officer, row(queue, "2").actor) == ("closed", None, SITI.id)


def test_not_with_a_visitor_still_at_the_first(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.open("2", SITI)
    assert (refused.value.code, refused.value.facts["counter"]) == ("busy_elsewhere", "1")


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_nobody_leaves_a_visitor_alone(queue: QueueHall, verb: str) -> None:
    queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    with pytest.raises(DomainError) as refused:
        leave(queue, verb, "1", SITI)
    assert refused.value.code == "busy"


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_leaving_twice_is_the_same_as_once(queue: QueueHall, verb: str) -> None:
    queue.open("1", SITI)
    once = leave(queue, verb, "1", SITI)
    before = head(queue)
    queue.clock.pass_by(60)
    assert leave(queue, verb, "1", SITI) == once
    assert head(queue) == before


@pytest.mark.parametrize("verb", ["pause", "close", None])
def test_a_counter_where_nobody_serves_calls_nobody(queue: QueueHall, verb: str | None) -> None:
    queue.ticket("akta")
    if verb is not None:
        queue.open("1", SITI)
        leave(queue, verb, "1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.call_next("1", SITI)
    assert refused.value.code == "not_open"


def test_coming_back_from_a_pause(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.open("1", SITI)
    assert leave(queue, "pause", "1", SITI).pause_reason == "salat"
    queue.open("1", SITI)
    assert (row(queue, "1").state, row(queue, "1").pause_reason) == ("open", None)
    called = queue.call_next("1", SITI)
    assert called is not None and called.id == ticket.id


def test_a_supervisor_commands_a_counter_without_taking_it_over(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.open("1", SITI)
    assert queue.call_next("1", CHIEF) is not None
    assert row(queue, "1").actor == SITI.id


def test_a_counter_that_the_hall_does_not_have(queue: QueueHall) -> None:
    with pytest.raises(NotFound):
        queue.open("99", SITI)
