"""Passing a visitor on: the number and the place are kept, each agency answers for its own time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.commands import catalogue, serving
from server.domain.actors import SYSTEM
from server.domain.errors import DomainError
from server.domain.tickets import State, Ticket
from server.hall_file import parse_hall
from server.queries.counter import counter_snapshot
from server.reports.waiting import waiting_report
from server.store.changes import Changes
from server.store.migrations import m007_profiles
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document

RINI = CHIEF


@pytest.fixture(autouse=True)
def officers_are_there(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.open("3", RINI)


def called(queue: QueueHall, service: str = "akta") -> Ticket:
    queue.ticket(service)
    ticket = queue.call_next("1", SITI)
    assert ticket is not None
    return ticket


def last_event(queue: QueueHall) -> tuple[str, dict[str, Any]]:
    row = queue.sql("SELECT kind, payload FROM events ORDER BY seq DESC LIMIT 1")[0]
    return row["kind"], json.loads(row["payload"])


def refusal(queue: QueueHall, *to: Any, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refused:
        queue.transfer("1", SITI, *to, **more)
    return refused.value.code, refused.value.field


@pytest.mark.parametrize("started", [False, True])
def test_number_and_arrival_are_kept_so_that_the_early_stay_early(queue: QueueHall, started: bool) -> None:
    ticket = called(queue)
    queue.clock.pass_by(300)
    later = queue.ticket("pajak")
    if started:
        queue.press("start", "1", SITI)
    moved = queue.transfer("1", SITI, "pajak")
    assert (moved.state, moved.service, moved.agency, moved.number) == (State.WAITING, "pajak", "polres", "A-001")
    assert (moved.place_ms, moved.counter, moved.started_ms) == (ticket.place_ms, None, None)
    queue.clock.pass_by(120)  # the walk there
    following = queue.call_next("3", RINI)
    assert following is not None and following.id == moved.id != later.id
    assert queue.now(ticket).number == "A-001"


def test_the_event_says_from_where_to_where_and_why(queue: QueueHall) -> None:
    called(queue)
    queue.transfer("1", SITI, "sim", "3", "mohon dibantu")
    kind, told = last_event(queue)
    assert kind == "ticket.transferred"
    assert told["from"] == {"service": "akta", "agency": "capil", "counter": "1"}
    assert told["to"] == {"service": "sim", "agency": "polres", "counter": "3"}
    assert (told["reason"], told["noted"], told["counter"]["id"]) == ({"rule": "transfer"}, True, "1")


def test_each_agency_is_charged_with_its_own_time(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.clock.pass_by(60)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.clock.pass_by(100)
    queue.transfer("1", SITI, "pajak")
    queue.clock.pass_by(240)
    queue.call_next("3", RINI)
    queue.press("start", "3", RINI)
    queue.clock.pass_by(30)
    queue.press("finish", "3", RINI)
    day = queue.hall.day(queue.clock.now_ms())
    rows = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, day, day, "agency"))
    figures = {row["key"]: (row["issued"], row["wait"]["max"], row["service"]["mean"]) for row in rows}
    assert figures == {"capil": (0, 60.0, 100.0), "polres": (1, 240.0, 30.0)}
    # How fast the second counter is has nothing to do with how long the first took.
    pace = queue.read(lambda reader, hall, now_ms: reader.pace("pajak", day))
    assert pace is not None and pace.mean_seconds == 30


def test_only_the_counter_that_is_meant_is_given_the_visitor(queue: QueueHall) -> None:
    called(queue)
    moved = queue.transfer("1", SITI, "sim", "3")
    queue.clock.pass_by(120)
    other = queue.ticket("sim")
    given = queue.call_next("2", BUDI)
    assert given is not None and given.id == other.id, "another counter took who was sent to counter 3"
    given = queue.call_next("3", RINI)
    assert given is not None and given.id == moved.id


def test_who_is_sent_to_a_counter_that_nobody_sits_at_is_not_forgotten(queue: QueueHall) -> None:
    called(queue)
    moved = queue.transfer("1", SITI, "sim", "3")
    queue.clock.pass_by(120)
    assert queue.call_next("2", BUDI) is None
    queue.write(lambda tx: serving.close_counter(tx, queue.hall, RINI, "3", expect=None))
    given = queue.call_next("2", BUDI)
    assert given is not None and given.id == moved.id


def test_another_officer_may_still_choose_the_visitor(queue: QueueHall) -> None:
    called(queue)
    moved = queue.transfer("1", SITI, "sim", "3")
    assert queue.call("2", moved, BUDI).counter == "2"


def test_where_nobody_can_be_sent(queue: QueueHall) -> None:
    assert refusal(queue, "akta") == ("nobody_here", None)
    ticket = called(queue)
    assert refusal(queue, "nonsense") == ("unknown_service", "service")
    assert refusal(queue, "sim", "nowhere") == ("unknown_counter", "counter")
    assert refusal(queue, "sim", "1") == ("not_served_there", None)
    assert refusal(queue, "akta") == refusal(queue, "akta", "1") == ("same_place", None)
    assert refusal(queue, "sim", None, "x" * 301) == ("invalid", "note")
    assert queue.now(ticket) == ticket
    assert queue.transfer("1", SITI, "akta", "2").wanted_counter == "2", "the same service at another counter"


def test_the_next_officer_reads_the_note(queue: QueueHall) -> None:
    called(queue)
    moved = queue.transfer("1", SITI, "sim", None, "paspor hilang, sudah lapor")
    queue.call("2", moved, BUDI)
    shown = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter["2"], now_ms))
    assert [(n["author"], n["text"]) for n in shown["current"]["notes"]] == [("Siti", "paspor hilang, sudah lapor")]


def test_return_to_me(queue: QueueHall) -> None:
    first = called(queue)
    queue.press("start", "1", SITI)
    moved = queue.transfer("1", SITI, "pajak", come_back=True)
    assert (moved.return_service, moved.return_counter) == ("akta", "1")
    queue.clock.pass_by(120)
    queue.call("3", moved, RINI)
    queue.press("start", "3", RINI)
    queue.clock.pass_by(200)
    back = queue.press("finish", "3", RINI)
    assert (back.state, back.service, back.wanted_counter, back.place_ms) == (
        State.WAITING, "akta", "1", first.place_ms,
    )  # fmt: skip
    assert back.finished_ms is None and back.return_counter is None
    kind, told = last_event(queue)
    assert (kind, told["reason"], told["to"]["counter"]) == ("ticket.transferred", {"rule": "return"}, "1")
    pace = queue.read(lambda reader, hall, now_ms: reader.pace("pajak", hall.day(now_ms)))
    assert pace is not None and pace.mean_seconds == 200, "they were served at the second counter"
    queue.clock.pass_by(120)
    assert queue.call_next("2", BUDI) is None
    again = queue.call_next("1", SITI)
    assert again is not None and again.id == first.id
    queue.press("start", "1", SITI)
    assert queue.press("finish", "1", SITI).state is State.FINISHED


def test_who_is_passed_on_further_still_comes_back(queue: QueueHall) -> None:
    called(queue)
    queue.transfer("1", SITI, "sim", "2", come_back=True)
    queue.clock.pass_by(120)
    queue.call_next("2", BUDI)
    moved = queue.transfer("2", BUDI, "pajak")
    queue.clock.pass_by(120)
    queue.call("3", moved, RINI)
    queue.press("start", "3", RINI)
    assert queue.press("finish", "3", RINI).wanted_counter == "1"


def test_who_was_sent_back_by_hand_is_not_sent_in_a_circle(queue: QueueHall) -> None:
    called(queue)
    queue.transfer("1", SITI, "sim", "2", come_back=True)
    queue.clock.pass_by(120)
    queue.call_next("2", BUDI)
    moved = queue.transfer("2", BUDI, "akta", "1")
    assert moved.return_counter is None
    queue.clock.pass_by(120)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    assert queue.press("finish", "1", SITI).state is State.FINISHED


def test_a_catalogue_that_would_strand_who_was_sent_to_a_counter_is_refused(queue: QueueHall) -> None:
    called(queue)
    queue.transfer("1", SITI, "sim", "3")
    document = hall_document()
    document["counters"][2]["services"] = ["pajak"]
    with pytest.raises(DomainError) as refused:
        queue.write(lambda tx: catalogue.apply(tx, parse_hall(document), SYSTEM))
    assert (refused.value.code, refused.value.field) == ("in_use", "counters")


def test_who_cannot_come_back_because_the_counter_has_gone_is_simply_served(queue: QueueHall) -> None:
    called(queue)
    queue.transfer("1", SITI, "sim", "2", come_back=True)
    queue.write(lambda tx: tx._run("UPDATE tickets SET return_counter = 'gone'"))
    queue.clock.pass_by(120)
    queue.call_next("2", BUDI)
    queue.press("start", "2", BUDI)
    assert queue.press("finish", "2", BUDI).state is State.FINISHED


def test_the_receiving_counter_counts_its_own_serving_only(queue: QueueHall) -> None:
    def today(counter: str) -> tuple[int, int | None]:
        served = queue.read(lambda reader, hall, now_ms: reader.served_on(counter, hall.day(now_ms)))
        return served.served, served.mean_service_seconds

    def timer(counter: str) -> int:
        found = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter[counter], now_ms))
        seconds: int = found["current"]["service_here_seconds"]
        return seconds

    queue.open("1", SITI)
    queue.open("3", CHIEF)
    queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.clock.pass_by(600)
    assert timer("1") == 600
    queue.transfer("1", SITI, "pajak")
    queue.clock.pass_by(120)
    queue.call_next("3", CHIEF)
    queue.press("start", "3", CHIEF)
    queue.clock.pass_by(40)
    held = queue.hold("3", CHIEF)
    queue.clock.pass_by(300)
    queue.resume("3", held, CHIEF)
    queue.clock.pass_by(20)
    assert timer("3") == 60
    done = queue.press("finish", "3", CHIEF)
    assert (done.served_ms, done.served_here_ms) == (660_000, 60_000), "the visitor's own sum is all of it"
    assert (today("1"), today("3")) == ((0, None), (1, 60))
    queue.press("undo", "3", CHIEF)
    queue.clock.pass_by(30)
    assert timer("3") == 90


def test_what_was_served_before_the_migration_is_reckoned_for_the_present_counter(queue: QueueHall) -> None:
    """The migration's own words, on a hall that has been running: it finds what the commands count."""
    queue.open("1", SITI)
    queue.open("3", CHIEF)
    for _ in range(2):
        queue.ticket("akta")
        queue.call_next("1", SITI)
        queue.press("start", "1", SITI)
        queue.clock.pass_by(100)
        queue.transfer("1", SITI, "pajak")
        queue.call_next("3", CHIEF)
        queue.press("start", "3", CHIEF)
        queue.clock.pass_by(30)
        held = queue.hold("3", CHIEF)
        queue.clock.pass_by(10)
        queue.resume("3", held, CHIEF)
        queue.clock.pass_by(5)
        queue.press("finish", "3", CHIEF)
    words = next(part for part in m007_profiles.SCHEMA.split(";") if "UPDATE tickets" in part)
    counted = queue.sql("SELECT id, served_here_ms FROM tickets ORDER BY id")
    assert [row["served_here_ms"] for row in counted] == [35_000, 35_000]

    def forget_and_reckon(tx: Changes) -> None:
        tx.connection.execute("UPDATE tickets SET served_here_ms = 0")
        tx.connection.execute(words)

    queue.write(forget_and_reckon)
    assert queue.sql("SELECT id, served_here_ms FROM tickets ORDER BY id") == counted
