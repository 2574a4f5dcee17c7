"""Numbers: once each, without gaps, anew each business day of the hall's own zone, round again where a range ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.commands import catalogue
from server.domain.actors import SYSTEM
from server.domain.errors import DomainError
from server.domain.hall import Numbers
from server.domain.numbering import Position, following, reading
from server.hall_file import parse_hall
from tests.queue.house import CHIEF, KIOSK, SITI, QueueHall, hall_document
from tests.queue.rules import expected_numbers


def numbers(queue: QueueHall, *services: str) -> list[str]:
    return [queue.ticket(service).number for service in services]


def test_services_that_share_a_sequence_share_its_numbers(queue: QueueHall) -> None:
    assert numbers(queue, "akta", "ktp", "pajak", "akta") == ["A-001", "A-002", "C-001", "A-003"]


def test_a_visit_of_several_services_has_a_number_for_each(queue: QueueHall) -> None:
    issued = queue.issue("ktp", "sim", "akta")
    assert [ticket.number for ticket in issued.tickets] == ["A-001", "B-001", "A-002"]
    assert {ticket.visit for ticket in issued.tickets} == {issued.visit}


def test_a_refused_visit_leaves_no_gap(queue: QueueHall) -> None:
    for _ in range(3):
        queue.ticket("sim")
    with pytest.raises(DomainError) as refused:
        queue.issue("akta", "sim")
    assert refused.value.code == "numbers_used_up"
    assert numbers(queue, "akta") == ["A-001"]
    assert queue.sql("SELECT count(*) AS n FROM visits") == [{"n": 4}]


def test_a_range_that_ends_begins_again_and_skips_those_in_the_queue(queue: QueueHall) -> None:
    first, second, third = (queue.ticket("sim") for _ in range(3))
    queue.cancel(second, KIOSK)
    assert numbers(queue, "sim") == ["B-002"]
    queue.cancel(first, KIOSK), queue.cancel(third, KIOSK)
    assert numbers(queue, "sim", "sim") == ["B-003", "B-001"]


def test_a_range_that_ends_spares_the_numbers_of_those_who_may_be_brought_back(queue: QueueHall) -> None:
    queue.open("2", SITI)
    missed = queue.ticket("sim")
    queue.call_next("2", SITI)
    queue.press("no_show", "2", SITI)
    for _ in range(2):
        queue.cancel(queue.ticket("sim"), KIOSK)
    assert numbers(queue, "sim") == ["B-002"], "B-001 may come back"
    assert queue.restore("2", missed, SITI).number == "B-001"


def test_a_missed_visitor_whose_number_had_to_be_given_again_is_not_mixed_up(queue: QueueHall) -> None:
    queue.open("2", SITI)
    missed = queue.ticket("sim")
    queue.call_next("2", SITI)
    queue.press("no_show", "2", SITI)
    assert numbers(queue, "sim", "sim", "sim") == ["B-002", "B-003", "B-001"]
    with pytest.raises(DomainError) as refused:
        queue.restore("2", missed, SITI)
    assert refused.value.code == "number_in_use"


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Berlin", "UTC"])
def test_numbers_begin_anew_at_the_halls_own_midnight(tmp_path: Path, zone: str) -> None:
    document = hall_document(hall={"timezone": zone})
    with QueueHall(tmp_path, document, at="2026-03-02T23:59:59.900") as queue:
        assert numbers(queue, "akta", "akta") == ["A-001", "A-002"]
        queue.clock.pass_by(0.099)
        assert numbers(queue, "akta") == ["A-003"]
        queue.clock.pass_by(0.001)
        assert numbers(queue, "akta") == ["A-001"]


def test_jayapuras_day_is_not_utcs(queue: QueueHall) -> None:
    midnight_utc = datetime(2026, 3, 3, tzinfo=UTC).timestamp() * 1000
    queue.clock.pass_by((midnight_utc - queue.clock.now_ms()) / 1000 - 1)
    assert numbers(queue, "akta") == ["A-001"]
    queue.clock.pass_by(2)  # 09:00 in Jayapura
    assert numbers(queue, "akta") == ["A-002"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)],
)
def test_days_on_which_the_clocks_change_are_as_long_as_they_are(tmp_path: Path, day: str, hours: int) -> None:
    with QueueHall(tmp_path, hall_document(hall={"timezone": "Europe/Berlin"}), at=f"{day}T00:00:00") as queue:
        assert numbers(queue, "akta") == ["A-001"]
        queue.clock.pass_by(hours * 3600 - 0.001)
        assert numbers(queue, "akta") == ["A-002"]
        queue.clock.pass_by(0.001)
        assert numbers(queue, "akta") == ["A-001"]


def test_numbers_go_on_after_a_restart(queue: QueueHall) -> None:
    numbers(queue, "akta", "akta")
    queue.restart()
    assert numbers(queue, "akta") == ["A-003"]


def test_a_day_that_comes_again_goes_on_with_its_numbers(queue: QueueHall) -> None:
    numbers(queue, "akta", "akta")
    queue.clock.set_wall(2 * 24 * 3600)
    with pytest.raises(DomainError) as refused:
        queue.ticket("akta")
    assert refused.value.code == "clock_jumped"
    queue.store.accept_clock("local")
    assert numbers(queue, "akta") == ["A-001"]
    queue.clock.set_wall(-2 * 24 * 3600)
    queue.store.accept_clock("local")
    assert numbers(queue, "akta") == ["A-003"]
    queue.clock.pass_by(2 * 24 * 3600)
    assert numbers(queue, "akta") == ["A-002"]


def test_a_range_made_smaller_during_the_day_begins_again(queue: QueueHall) -> None:
    numbers(queue, *["pajak"] * 5)
    document = hall_document()
    document["agencies"][1]["services"][1]["numbers"] = {"first": 1, "last": 8}
    queue.hall = parse_hall(document)
    queue.write(lambda tx: catalogue.apply(tx, queue.hall, SYSTEM))
    assert numbers(queue, *["pajak"] * 3) == ["C-006", "C-007", "C-008"]
    with pytest.raises(DomainError) as refused:
        queue.ticket("pajak")
    assert refused.value.code == "numbers_used_up"


def test_a_range_that_has_begun_again_and_has_no_end_any_more_skips_those_in_the_queue(queue: QueueHall) -> None:
    """B-001 was given a second time; B-002 and B-003 of this morning still wait when the range loses its end."""
    numbers(queue, *["sim"] * 3)
    first = queue.read(lambda reader, hall, now_ms: reader.queue(["sim"], 1))[0]
    queue.cancel(first, CHIEF)
    assert numbers(queue, "sim") == ["B-001"]
    document = hall_document()
    del document["agencies"][1]["services"][0]["numbers"]
    queue.hall = parse_hall(document)
    queue.write(lambda tx: catalogue.apply(tx, queue.hall, SYSTEM))
    assert numbers(queue, "sim", "sim") == ["B-004", "B-005"]


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 6)), st.integers(0, 5)), max_size=30
    )
)
@example([(2, None, 0), (0, None, 1), (0, 1, 1), (0, None, 1), (0, None, 1), (4, 1, 0)])
def test_no_number_is_in_the_queue_twice_however_the_range_is_changed(steps: list[tuple[int, int | None, int]]) -> None:
    position: Position | None = None
    given_before: set[tuple[int, int]] = set()
    in_queue: list[int] = []
    for first, width, who in steps:
        wanted = Numbers(first, None if width is None else first + width - 1)
        try:
            position = following(position, "2026-03-02", wanted, in_queue.__contains__)
        except DomainError:
            assert width is not None and all(first + step in in_queue for step in range(width))
        else:
            assert wanted.first <= position.ordinal <= (position.ordinal if wanted.last is None else wanted.last)
            assert position.ordinal not in in_queue and (position.round, position.ordinal) not in given_before
            given_before.add((position.round, position.ordinal))
            in_queue.append(position.ordinal)
        if who < len(in_queue):
            in_queue.pop(who)


@given(
    first=st.integers(0, 5),
    width=st.one_of(st.none(), st.integers(1, 6)),
    leave=st.lists(st.integers(0, 5), max_size=30),
)
def test_whoever_leaves_when_no_number_is_in_the_queue_twice(first: int, width: int | None, leave: list[int]) -> None:
    last = None if width is None else first + width - 1
    position: Position | None = None
    issued: list[int] = []
    in_queue: list[int] = []
    for who in leave:
        expected = expected_numbers(issued, first, last, set(in_queue), set())
        if expected is None:
            with pytest.raises(DomainError):
                following(position, "2026-03-02", Numbers(first, last), in_queue.__contains__)
        else:
            position = following(position, "2026-03-02", Numbers(first, last), in_queue.__contains__)
            assert position.ordinal == expected
            issued.append(expected)
            in_queue.append(expected)
        assert len(in_queue) == len(set(in_queue))
        if who < len(in_queue):
            in_queue.pop(who)


@pytest.mark.parametrize(
    ("prefix", "ordinal", "padding", "read"),
    [("A", 1, 3, "A-001"), ("B2", 1234, 3, "B2-1234"), ("KTP", 0, 1, "KTP-0"), ("7", 42, 6, "7-000042")],
)
def test_how_a_number_reads(prefix: str, ordinal: int, padding: int, read: str) -> None:
    assert reading(prefix, ordinal, padding) == read
