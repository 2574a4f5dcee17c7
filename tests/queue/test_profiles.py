"""Work profiles: a counter's services switched while the hall runs, and everything that asks who serves what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.broadcast import _services, _Teller
from server.catalogue import Catalogues
from server.commands import catalogue, serving
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.domain.errors import DomainError, Forbidden, Invalid
from server.domain.tickets import State, Ticket
from server.hall_file import hall_document as written
from server.hall_file import parse_hall
from server.queries.counter import counter_snapshot
from server.queries.hall import hall_snapshot
from server.shape import ConfigProblems
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document, name

TOKEN = Actor("token:1", "counter", "loket 1", "1")


def document(**changes: Any) -> dict[str, Any]:
    """Counter 1 serves akta and ktp; in the afternoon pajak, then akta, in this order; or ktp alone, and helps."""
    found = hall_document(**changes)
    found["counters"][0]["profiles"] = [
        {"id": "sore", "name": name("Sore"), "services": ["pajak", "akta"], "in_order": True},
        {"id": "ktp", "name": name("KTP"), "services": ["ktp"], "helps": [{"service": "sim", "after_minutes": 10}]},
    ]
    return found


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[QueueHall]:
    with QueueHall(tmp_path, document()) as queue:
        queue.open("1", SITI)
        yield queue


def snapshot(queue: QueueHall, counter: str = "1") -> dict[str, Any]:
    return queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter[counter], now_ms))


def changed(queue: QueueHall) -> dict[str, Any]:
    """The payload of the newest event, which is of the counter."""
    event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert event.kind == "counter.changed"
    return event.payload


def test_the_next_choice_goes_by_the_profile_and_a_visitor_who_is_there_stays(hall: QueueHall) -> None:
    here, other, tax = hall.ticket("akta"), hall.ticket("ktp"), hall.ticket("pajak")
    hall.call_next("1", SITI)
    hall.switch("1", SITI, "sore", expect=here.id)
    assert hall.now(here).state is State.CALLED and snapshot(hall)["current"]["id"] == here.id
    hall.press("start", "1", SITI)
    hall.press("finish", "1", SITI)
    assert hall.serve("1", SITI).id == tax.id
    assert hall.call_next("1", SITI) is None
    hall.switch("1", SITI, None)
    assert hall.serve("1", SITI).id == other.id


def test_a_helped_service_is_the_profiles_too(hall: QueueHall) -> None:
    waiting = hall.ticket("sim")
    hall.switch("1", SITI, "ktp")
    assert snapshot(hall)["helped"] == [] and hall.call_next("1", SITI) is None
    hall.clock.pass_by(600)
    assert [ticket["id"] for ticket in snapshot(hall)["helped"]] == [waiting.id]
    assert snapshot(hall)["waiting_count"] == 0
    called = hall.call_next("1", SITI)
    assert called is not None and called.id == waiting.id


def test_the_profile_stays_when_the_officer_changes_and_the_server_restarts(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    hall.write(lambda tx: serving.close_counter(tx, hall.hall, SITI, "1", expect=UNSAID))
    hall.restart()
    hall.open("1", BUDI)
    with hall.store.read() as reader:
        working = Catalogues().hall(reader)
    assert working.counter["1"].services == ("pajak", "akta") and snapshot(hall)["counter"]["profile"] == "sore"


def test_the_event_tells_the_profile_and_what_was_left(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    told = changed(hall)
    assert told["counter"]["profile"] == "sore"
    assert told["from"] == {"profile": None, "services": ["akta", "ktp"]} and told["released"] == []
    event = hall.read(lambda reader, now, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert _services(hall.hall, event) == {"akta", "ktp", "pajak"}, "whose queues have another number of counters"


def test_kiosks_and_boards_hear_every_queue_that_has_another_number_of_counters(hall: QueueHall) -> None:
    hall.open("3", BUDI)
    for _ in range(3):
        hall.ticket("pajak")
        hall.serve("3", BUDI, service_s=600)
    for _ in range(6):
        hall.ticket("pajak")
    hall.switch("1", SITI, "sore")
    with hall.store.read() as reader:
        event = reader.events(reader.head() - 1, 1)[0]
        told = _Teller(reader, hall.hall, "epoch", hall.store.now_ms(), always_open=True).message(event)
    queues = {queue["service"]: queue for queue in told["queues"]}
    assert queues.keys() == {"akta", "ktp", "pajak"}
    assert queues["pajak"]["estimate"] == {"low_minutes": 20, "high_minutes": 40}


def test_switching_to_what_it_is_already_does_nothing(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    before = hall.read(lambda reader, now, now_ms: reader.head())
    hall.switch("1", SITI, "sore")
    assert hall.read(lambda reader, now, now_ms: reader.head()) == before


def test_a_profile_that_there_is_not_is_refused_by_name(hall: QueueHall) -> None:
    for profile, words in (("nix", "must be null or one of sore, ktp"), ("usual", "must be null or one of")):
        with pytest.raises(Invalid) as refused:
            hall.switch("1", SITI, profile)
        assert refused.value.field == "profile" and words in str(refused.value)
    with pytest.raises(Invalid, match="has no other profiles"):
        hall.switch("2", CHIEF, "sore")
    assert snapshot(hall)["counter"]["profile"] is None


def test_whose_counter_it_is(hall: QueueHall) -> None:
    with pytest.raises(Forbidden):
        hall.switch("1", BUDI, "sore")
    hall.switch("1", TOKEN, "sore")
    hall.switch("1", CHIEF, None)
    hall.write(lambda tx: serving.close_counter(tx, hall.hall, SITI, "1", expect=UNSAID))
    hall.switch("1", CHIEF, "ktp")  # prepared before anybody sits down
    with pytest.raises(DomainError) as refused:
        hall.switch("1", TOKEN, None)
    assert refused.value.code == "not_open"


def test_also_during_a_break_but_not_from_a_screen_that_is_behind(hall: QueueHall) -> None:
    hall.write(lambda tx: serving.pause_counter(tx, hall.hall, SITI, "1", reason=None, expect=UNSAID))
    hall.switch("1", SITI, "sore")
    with pytest.raises(DomainError) as refused:
        hall.switch("1", CHIEF, None, expect=77)
    assert refused.value.code == "stale" and snapshot(hall)["counter"]["profile"] == "sore"


def test_what_the_hall_shows_and_reckons_goes_by_the_profile(hall: QueueHall) -> None:
    hall.open("3", BUDI)
    for _ in range(3):
        hall.ticket("pajak")
        hall.serve("3", BUDI, service_s=600)
    for _ in range(6):
        hall.ticket("pajak")

    def seen() -> tuple[list[str], dict[str, int]]:
        shown = hall.read(lambda r, now, now_ms: hall_snapshot(r, now, hall.policy, CHIEF, now_ms))
        service = next(s for agency in shown["agencies"] for s in agency["services"] if s["id"] == "pajak")
        return shown["counters"][0]["services"], service["estimate"]

    assert seen() == (["akta", "ktp"], {"low_minutes": 40, "high_minutes": 80})
    hall.switch("1", SITI, "sore")
    assert seen() == (["pajak", "akta"], {"low_minutes": 20, "high_minutes": 40})


def test_the_snapshot_names_the_profiles(hall: QueueHall) -> None:
    hall.switch("1", SITI, "ktp")
    assert snapshot(hall)["counter"]["profiles"] == [
        {"id": None, "name": None, "services": ["akta", "ktp"]},
        {"id": "sore", "name": name("Sore"), "services": ["pajak", "akta"]},
        {"id": "ktp", "name": name("KTP"), "services": ["ktp"]},
    ]
    assert snapshot(hall, "2")["counter"]["profiles"] == []


# Those who are somebody's already


def test_who_was_sent_here_need_not_wait_for_a_counter_that_serves_them_no_more(hall: QueueHall) -> None:
    hall.open("2", BUDI)
    hall.ticket("akta")
    moved = hall.call_next("2", BUDI)
    assert moved is not None
    hall.transfer("2", BUDI, "akta", "1")
    assert hall.call_next("2", BUDI) is None, "counter 1 is there for them"
    hall.switch("1", SITI, "ktp")
    assert changed(hall)["released"] == [moved.id]
    called = hall.call_next("2", BUDI)
    assert called is not None and called.id == moved.id


def test_who_was_to_come_back_waits_for_any_counter_of_the_service(hall: QueueHall) -> None:
    hall.open("3", BUDI)
    hall.ticket("ktp")
    hall.call_next("1", SITI)
    hall.transfer("1", SITI, "pajak", come_back=True)
    hall.switch("1", SITI, "sore")
    hall.call_next("3", BUDI)
    hall.press("start", "3", BUDI)
    back = hall.press("finish", "3", BUDI)
    assert (back.state, back.service, back.wanted_counter) == (State.WAITING, "ktp", None)


def held_at_one(queue: QueueHall) -> Ticket:
    queue.ticket("ktp")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    return queue.hold("1", SITI)


def test_who_is_on_hold_here_is_taken_up_here(hall: QueueHall) -> None:
    held = held_at_one(hall)
    hall.switch("1", SITI, "sore")
    assert [ticket["id"] for ticket in snapshot(hall)["held"]] == [held.id]
    assert hall.resume("1", held, SITI).state is State.SERVING
    assert snapshot(hall)["services"].keys() == {"pajak", "akta", "ktp"}, "the officer's screen can name it"


def test_who_was_missed_here_is_brought_back_here(hall: QueueHall) -> None:
    held = held_at_one(hall)
    hall.give_up("1", held, SITI)
    hall.switch("1", SITI, "sore")
    assert [ticket["id"] for ticket in snapshot(hall)["missed"]] == [held.id]
    assert hall.restore("1", held, SITI).state is State.WAITING


def test_an_officer_cancels_who_is_there_though_the_counter_was_switched(hall: QueueHall) -> None:
    ticket = hall.ticket("ktp")
    hall.call_next("1", SITI)
    hall.switch("1", SITI, "sore")
    assert hall.cancel(ticket, SITI).state is State.CANCELLED


# The catalogue


def test_a_catalogue_without_the_profile_falls_back_to_the_usual_one_for_good(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    without, again = parse_hall(hall_document()), parse_hall(document())
    for found in (without, again):
        hall.write(lambda tx, found=found: catalogue.apply(tx, found, CHIEF))  # type: ignore[misc]
        with hall.store.read() as reader:
            assert Catalogues().hall(reader).counter["1"].services == ("akta", "ktp")


def test_a_catalogue_that_changes_the_profile_is_in_force_at_once(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    found = document()
    found["counters"][0]["profiles"][0]["services"] = ["sim"]
    catalogues = Catalogues()
    with hall.store.read() as reader:
        assert catalogues.hall(reader).counter["1"].services == ("pajak", "akta")
    hall.write(lambda tx: catalogue.apply(tx, parse_hall(found), CHIEF))
    with hall.store.read() as reader:
        assert catalogues.hall(reader).counter["1"].services == ("sim",)


def test_what_is_exported_is_the_catalogue_and_not_how_the_counters_work_now(hall: QueueHall) -> None:
    before = written(hall.hall)
    hall.switch("1", SITI, "sore")
    assert hall.hall.counter["1"].services == ("pajak", "akta")
    assert written(hall.hall) == before == written(parse_hall(before))


@pytest.mark.parametrize(("profiles", "rules", "path", "message"), [
    ([{"id": "A", "name": name("A"), "services": ["ktp"]}], {}, "counters[0].profiles[0].id",
     "must be 1 to 40 small letters, digits and hyphens, and not begin with a hyphen"),
    ([{"id": "a", "name": name("A"), "services": ["ktp"]}] * 2, {}, "counters[0].profiles[1].id",
     '"a" is the id of another profile of this counter'),
    ([{"id": "a", "name": {"id": "A", "en": ""}, "services": ["ktp"]}], {}, "counters[0].profiles[0].name.en",
     "must not be empty"),
    ([{"id": "a", "name": name("A"), "services": []}], {}, "counters[0].profiles[0].services",
     "must name at least one service"),
    ([{"id": "a", "name": name("A"), "services": ["nix"]}], {}, "counters[0].profiles[0].services[0]",
     'no service has the id "nix"'),
    ([{"id": "a", "name": name("A"), "services": ["ktp"], "helps": [{"service": "ktp"}]}], {},
     "counters[0].profiles[0].helps[0].service", '"ktp" is its own service'),
    ([{"id": "a", "name": name("A"), "services": ["ktp", "akta"], "in_order": True}], {"max_wait_minutes": 0},
     "counters[0].profiles[0].in_order",
     "needs rules.max_wait_minutes: without it a later service could wait for ever"),
])  # fmt: skip
def test_a_profile_that_cannot_be_is_told(
    profiles: list[dict[str, Any]], rules: dict[str, Any], path: str, message: str
) -> None:
    found = hall_document(rules=rules)
    found["counters"][0]["profiles"] = profiles
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(found)
    assert caught.value.problems == [(path, message)]


# The order of services


def called(queue: QueueHall) -> tuple[int, dict[str, Any]]:
    found = queue.write(lambda tx: serving.call_next(tx, queue.hall, SITI, "1", expect=UNSAID))
    assert found.ticket is not None
    queue.press("start", "1", SITI)
    queue.press("finish", "1", SITI)
    return found.ticket.id, found.reason


def test_a_visitor_of_the_first_service_goes_before_those_of_the_next(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    early = hall.ticket("akta")
    hall.clock.pass_by(60)
    first = hall.ticket("pajak")
    assert called(hall) == (first.id, {"rule": "order", "waited_seconds": 0, "service": "pajak"})
    assert called(hall) == (early.id, {"rule": "arrival", "waited_seconds": 60})


def test_the_order_goes_before_priority_and_within_a_service_priority_counts(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    elderly = hall.issue("akta", priority="elderly").tickets[0]
    regular = hall.ticket("pajak")
    pregnant = hall.issue("pajak", priority="pregnant").tickets[0]
    asked = [called(hall) for _ in range(3)]
    assert [id for id, _ in asked] == [pregnant.id, regular.id, elderly.id]
    assert [reason["rule"] for _, reason in asked] == ["order", "order", "priority"]
    assert asked[0][1]["class"] == "pregnant" and "class" not in asked[1][1]


def test_who_has_waited_an_hour_is_called_whatever_the_order(hall: QueueHall) -> None:
    hall.switch("1", SITI, "sore")
    late = hall.ticket("akta")
    hall.clock.pass_by(3600)
    hall.ticket("pajak")
    assert called(hall)[0] == late.id
