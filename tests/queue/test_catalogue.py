"""Putting another catalogue in force while the hall is at work: never under people who wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.catalogue import Catalogues
from server.commands import catalogue
from server.domain.actors import SYSTEM
from server.domain.errors import DomainError
from server.domain.hall import Hall
from server.domain.tickets import State
from server.hall_file import parse_hall
from server.queries.counter import counter_snapshot
from tests.queue.house import KIOSK_2, SITI, QueueHall, hall_document


def apply(queue: QueueHall, document: dict[str, Any]) -> bool:
    hall = parse_hall(document)
    changed = queue.write(lambda tx: catalogue.apply(tx, hall, SYSTEM))
    queue.hall = hall
    return changed


def without_sim() -> dict[str, Any]:
    document = hall_document()
    del document["agencies"][1]["services"][0]
    document["counters"][1]["services"].remove("sim")
    document["counters"][2]["services"].remove("sim")
    return document


def test_the_same_catalogue_changes_nothing(queue: QueueHall) -> None:
    assert apply(queue, hall_document()) is False


def test_a_service_goes_when_nobody_waits_for_it(queue: QueueHall) -> None:
    queue.ticket("akta")
    assert apply(queue, without_sim()) is True
    event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert event.kind == "hall.changed"


@pytest.mark.parametrize("called", [False, True])
def test_a_service_stays_while_somebody_waits_or_is_served(queue: QueueHall, called: bool) -> None:
    queue.ticket("sim")
    if called:
        queue.open("2", SITI)
        queue.call_next("2", SITI)
    with pytest.raises(DomainError) as refused:
        apply(queue, without_sim())
    assert (refused.value.code, refused.value.field) == ("in_use", "agencies")


def test_a_counter_stays_while_it_is_open(queue: QueueHall) -> None:
    document = hall_document()
    del document["counters"][0]
    document["counters"][0]["services"].append("ktp")
    queue.open("1", SITI)
    with pytest.raises(DomainError) as refused:
        apply(queue, document)
    assert (refused.value.code, refused.value.field) == ("in_use", "counters")


def test_a_number_is_not_given_twice_because_its_sequence_was_renamed(queue: QueueHall) -> None:
    document = hall_document()
    for service in document["agencies"][0]["services"]:
        service["sequence"] = "another"
    queue.open("1", SITI)
    queue.ticket("akta")
    queue.serve("1", SITI)
    with pytest.raises(DomainError) as refused:
        apply(queue, document)
    assert refused.value.code == "in_use"
    queue.clock.pass_by(24 * 3600)
    assert apply(queue, document) is True
    assert queue.ticket("akta").number == "A-001"


def with_prefix(service: str, prefix: str, *, instead_of: str = "") -> dict[str, Any]:
    """The hall with a new service of a prefix at counter 3; `instead_of` goes, or has the prefix Z from now on."""
    document = hall_document()
    polres = document["agencies"][1]["services"]
    former = next(each for each in polres if each["prefix"] == prefix)
    if instead_of:
        polres.remove(former)
        document["counters"][2]["services"].remove(instead_of)
    else:
        former["prefix"] = "Z"
    polres.append({"id": service, "prefix": prefix, "name": former["name"]})
    document["counters"][2]["services"].append(service)
    return document


@pytest.mark.parametrize("instead_of", ["", "pajak"])
def test_a_prefix_does_not_begin_again_on_its_day_with_another_service(queue: QueueHall, instead_of: str) -> None:
    """The former service has another prefix now, or is gone: its C-001 was given all the same."""
    queue.open("3", SITI)
    queue.ticket("pajak")
    queue.serve("3", SITI)
    with pytest.raises(DomainError) as refused:
        apply(queue, with_prefix("baru", "C", instead_of=instead_of))
    assert (refused.value.code, refused.value.field) == ("in_use", "agencies")
    assert '"C"' in refused.value.detail and '"pajak"' in refused.value.detail
    queue.clock.pass_by(24 * 3600)
    assert apply(queue, with_prefix("baru", "C", instead_of=instead_of)) is True
    assert queue.ticket("baru").number == "C-001"


def test_a_prefix_that_was_another_ones_this_morning_counts_too(queue: QueueHall) -> None:
    """Two changes on one day: the catalogue between them has no service with the prefix."""
    queue.ticket("pajak")
    document = hall_document()
    document["agencies"][1]["services"][1]["prefix"] = "D"
    assert apply(queue, document) is True
    assert queue.ticket("pajak").number == "D-002", "the sequence goes on"
    with pytest.raises(DomainError):
        apply(queue, with_prefix("baru", "C"))
    assert apply(queue, hall_document()) is True, "its own sequence takes it back"
    assert queue.ticket("pajak").number == "C-003"


def test_nobody_is_brought_back_to_a_queue_that_is_gone(queue: QueueHall) -> None:
    """A missed visitor keeps no service from going; afterwards they would wait where nobody ever calls."""
    missed = queue.ticket("sim")
    queue.open("2", SITI)
    queue.call_next("2", SITI)
    queue.press("no_show", "2", SITI)
    assert apply(queue, without_sim()) is True
    shown = queue.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, hall.counter["2"], now_ms))
    assert [(each["id"], each["restorable"]) for each in shown["missed"]] == [(missed.id, False)]
    presses: list[Callable[[], object]] = [
        lambda: queue.restore("2", missed, SITI), lambda: queue.press("undo", "2", SITI),
    ]  # fmt: skip
    for press in presses:
        with pytest.raises(DomainError) as refused:
            press()
        assert refused.value.code == "too_late"
    assert queue.now(missed).state is State.NO_SHOW


def test_a_long_read_of_the_catalogue_before_does_not_give_it_to_whoever_reads_meanwhile(
    queue: QueueHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor's picture is read in another thread, and its moment may be before the change."""
    catalogues = Catalogues()
    with queue.store.read() as before:
        before.head()  # its moment begins with the first question
        apply(queue, without_sim())
        meanwhile = [before]

        def in_another_thread(hall: Hall) -> bool:
            if meanwhile:
                assert "sim" in catalogues.hall(meanwhile.pop()).services
            return False

        with queue.store.read() as after:
            assert "sim" not in catalogues.hall(after).services
            monkeypatch.setattr(Hall, "has_profiles", property(in_another_thread))
            assert "sim" not in catalogues.hall(after).services
    assert meanwhile == []


def test_a_kiosk_that_the_hall_has_no_more_gives_no_numbers(queue: QueueHall) -> None:
    """Its token is still good, and its page may stand open: taken out of the hall, it takes nobody into the queue."""
    document = hall_document()
    del document["kiosks"][1]
    assert apply(queue, document) is True
    assert queue.ticket("akta").number == "A-001"
    with pytest.raises(DomainError) as refused:
        queue.ticket("akta", by=KIOSK_2)
    assert (refused.value.status, refused.value.code) == (403, "forbidden")
    assert queue.ticket("akta").number == "A-002"
