"""A visitor without a ticket, served at once: numbered and logged like any other."""

from __future__ import annotations

import pytest

from server.domain.errors import DomainError, Invalid
from server.domain.tickets import State
from server.reports.waiting import waiting_report
from tests.queue.house import BUDI, SITI, QueueHall


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)


def test_the_visitor_gets_the_next_number_and_is_served(queue: QueueHall) -> None:
    queue.ticket("akta")
    ticket = queue.direct("1", SITI, "ktp", 4)
    assert (ticket.number, ticket.state, ticket.source, ticket.party_size) == ("A-002", State.SERVING, "direct", 4)
    assert (ticket.counter, ticket.officer, ticket.service) == ("1", "Siti", "ktp")
    assert ticket.started_ms == ticket.issued_ms and ticket.called_ms is None
    kinds = [event["kind"] for event in queue.sql("SELECT kind FROM events ORDER BY seq DESC LIMIT 2")]
    assert kinds == ["ticket.started", "ticket.issued"]
    assert queue.ticket("akta").number == "A-003"


def test_without_a_word_it_is_the_counters_first_service(queue: QueueHall) -> None:
    assert queue.direct("2", BUDI).service == "akta"


def test_the_whole_life_can_follow(queue: QueueHall) -> None:
    ticket = queue.direct("1", SITI)
    queue.clock.pass_by(60)
    queue.resume("1", queue.hold("1", SITI), SITI)
    finished = queue.press("finish", "1", SITI)
    assert (finished.id, finished.state, finished.served_ms, finished.waited_ms) == (
        ticket.id, State.FINISHED, 60_000, 0,
    )  # fmt: skip
    assert queue.press("undo", "1", SITI).state is State.SERVING


def test_the_pace_learns_from_it_and_waiting_times_do_not(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.clock.pass_by(3600)
    queue.serve("2", BUDI, service_s=60)
    queue.direct("1", SITI)
    queue.clock.pass_by(120)
    queue.press("finish", "1", SITI)
    day = queue.hall.day(queue.clock.now_ms())
    row = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, day, day, "service"))[0]
    assert (row["issued"], row["served"]) == (2, 2)
    assert row["wait"]["median"] == 3600.0, "who never waited made the waits look short"
    assert row["within_target"] == 0.0
    assert (row["service"]["mean"], row["service"]["p90"]) == (90.0, 120.0)


def test_what_is_refused(queue: QueueHall) -> None:
    for service, party_size, code, field in (
        ("nonsense", 1, "unknown_service", "service"),
        ("pajak", 1, "not_served_here", None),
        ("akta", 21, "invalid", "party_size"),
        ("akta", 0, "invalid", "party_size"),
    ):
        with pytest.raises(DomainError) as refused:
            queue.direct("1", SITI, service, party_size)
        assert (refused.value.code, refused.value.field) == (code, field)
    queue.direct("1", SITI)
    with pytest.raises(DomainError) as refused:
        queue.direct("1", SITI)
    assert refused.value.code == "busy"
    assert len(queue.sql("SELECT id FROM tickets")) == len(queue.sql("SELECT id FROM visits")) == 1


def test_how_many_they_are_and_their_priority_stand_on_the_ticket(queue: QueueHall) -> None:
    ticket = queue.direct("1", SITI, "akta", 3, "pregnant")
    assert (ticket.party_size, ticket.priority) == (3, "pregnant")
    queue.press("finish", "1", SITI)
    with pytest.raises(Invalid) as refused:
        queue.direct("1", SITI, "akta", 1, "king")
    assert refused.value.field == "priority"
