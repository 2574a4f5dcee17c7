"""Who is next: priority without starvation, several errands, help; each rule, and all against the oracle."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.commands import serving
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Help
from server.domain.tickets import State, Ticket
from server.hall_file import hall_document as written
from server.hall_file import parse_hall
from server.next_in_line import chosen, next_for
from server.queries.counter import counter_snapshot
from server.queries.hall import hall_snapshot
from server.shape import ConfigProblems
from server.store.changes import Changes
from tests.queue.house import BUDI, CHIEF, IN_MEMORY, SITI, QueueHall, hall_document, name
from tests.queue.selection_oracle import Waiter, Ways, candidates, next_one, row_after, standing

MINUTE_S = 60.0


def ticket(queue: QueueHall, *services: str, priority: str | None = None) -> Ticket:
    """Somebody comes; the next who comes is a second later."""
    issued = queue.issue(*services, priority=priority).tickets[0]
    queue.clock.pass_by(1)
    return issued


def called(queue: QueueHall, counter: str, by: Actor) -> tuple[str, str]:
    """Who is called next and why; serving is over at once."""
    found, reason = queue.write(lambda tx: serving.call_next(tx, queue.hall, by, counter, expect=UNSAID))[:2]
    assert found is not None
    queue.press("start", counter, by)
    queue.press("finish", counter, by)
    return found.number, reason["rule"]


def run_of(queue: QueueHall, counter: str) -> int:
    """How many in a row are counted for a counter."""
    return int(queue.sql("SELECT priority_run FROM counters WHERE id = ?", counter)[0]["priority_run"])


@pytest.fixture
def helping(tmp_path: Path) -> Iterator[QueueHall]:
    """Counter 1 helps `pajak` after 20 minutes."""
    document = hall_document()
    document["counters"][0]["helps"] = [{"service": "pajak"}]
    with QueueHall(tmp_path, document) as queue:
        queue.open("1", SITI)
        queue.open("3", BUDI)
        yield queue


@pytest.fixture(autouse=True)
def officers_are_there(request: pytest.FixtureRequest) -> None:
    if "queue" in request.fixturenames:
        queue: QueueHall = request.getfixturevalue("queue")
        queue.open("1", SITI)
        queue.open("2", BUDI)
        queue.open("3", CHIEF)


# Priority


def test_priority_comes_first_but_after_two_in_a_row_it_is_somebody_elses_turn(queue: QueueHall) -> None:
    regular = [ticket(queue, "akta").number for _ in range(3)]
    first = [ticket(queue, "ktp", priority="elderly").number for _ in range(5)]
    assert [called(queue, "1", SITI) for _ in range(8)] == [
        (first[0], "priority"),
        (first[1], "priority"),
        (regular[0], "turn"),
        (first[2], "priority"),
        (first[3], "priority"),
        (regular[1], "turn"),
        (first[4], "priority"),
        (regular[2], "arrival"),
    ]


def test_visitors_with_priority_are_called_by_place_whatever_their_class(queue: QueueHall) -> None:
    came = [ticket(queue, "akta", priority=kind).number for kind in ("pregnant", "elderly", "disability")]
    assert [called(queue, "1", SITI)[0] for _ in came] == came


def test_the_reason_tells_the_class_and_how_many_in_a_row(queue: QueueHall) -> None:
    ticket(queue, "akta")
    ticket(queue, "akta", priority="disability")
    queue.clock.pass_by(89)
    queue.call_next("1", SITI)
    event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
    assert event.payload["reason"] == {
        "rule": "priority", "waited_seconds": 90, "in_a_row": 1, "at_most": 2, "class": "disability",
    }  # fmt: skip


def test_calls_count_only_while_somebody_else_waits(queue: QueueHall) -> None:
    for _ in range(3):
        ticket(queue, "akta", priority="elderly")
        assert called(queue, "1", SITI)[1] == "priority"
    assert run_of(queue, "1") == 0
    regular, first = ticket(queue, "akta"), ticket(queue, "akta", priority="elderly")
    assert [called(queue, "1", SITI)[0] for _ in range(2)] == [first.number, regular.number]


def test_a_new_day_begins_a_new_row(queue: QueueHall) -> None:
    queue.clock.pass_by(15.9 * 3600)
    ticket(queue, "akta")
    first = [ticket(queue, "akta", priority="elderly").number for _ in range(2)]
    assert [called(queue, "1", SITI)[0] for _ in range(2)] == first
    queue.clock.pass_by(1800)
    queue.close_days()
    regular = ticket(queue, "akta").number
    first = [ticket(queue, "akta", priority="elderly").number for _ in range(3)]
    assert [called(queue, "1", SITI)[0] for _ in range(4)] == [*first[:2], regular, first[2]]


def test_each_counter_counts_for_itself(queue: QueueHall) -> None:
    regular = ticket(queue, "akta").number
    first = [ticket(queue, "akta", priority="elderly").number for _ in range(3)]
    assert [called(queue, "1", SITI)[0] for _ in range(2)] == first[:2]
    assert called(queue, "2", BUDI) == (first[2], "priority")
    assert called(queue, "1", SITI) == (regular, "arrival")


def test_who_has_waited_an_hour_is_called_before_everybody_longest_first(queue: QueueHall) -> None:
    regular = [ticket(queue, "akta").number for _ in range(2)]
    old = ticket(queue, "ktp", priority="elderly").number
    queue.clock.pass_by(60 * MINUTE_S)
    new = ticket(queue, "ktp", priority="pregnant").number
    assert [called(queue, "1", SITI) for _ in range(4)] == [
        (regular[0], "max_wait"), (regular[1], "max_wait"), (old, "max_wait"), (new, "priority"),
    ]  # fmt: skip


@pytest.mark.parametrize(("seconds", "rule"), [(3599.999, "priority"), (3600.0, "max_wait")])
def test_the_hour_is_over_to_the_millisecond(queue: QueueHall, seconds: float, rule: str) -> None:
    queue.issue("akta")
    queue.issue("akta", priority="elderly")
    queue.clock.pass_by(seconds)
    assert called(queue, "1", SITI)[1] == rule


def test_without_a_longest_wait_priority_only_takes_turns(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(rules={"max_wait_minutes": 0, "priority_in_a_row": 1})) as queue:
        queue.open("1", SITI)
        regular, first = ticket(queue, "akta").number, [ticket(queue, "akta", priority="elderly").number for _ in "12"]
        queue.clock.pass_by(120 * MINUTE_S)
        order = [called(queue, "1", SITI) for _ in range(3)]
        assert order == [(first[0], "priority"), (regular, "turn"), (first[1], "priority")]


def test_an_officers_own_choice_counts_as_any_call(queue: QueueHall) -> None:
    regular = [ticket(queue, "akta") for _ in range(2)]
    first = [ticket(queue, "akta", priority="elderly") for _ in range(3)]
    for one in (first[1], first[0]):
        queue.call("1", one, SITI)
        queue.press("no_show", "1", SITI)
    assert run_of(queue, "1") == 2
    assert called(queue, "1", SITI) == (regular[0].number, "turn")
    queue.call("1", first[2], SITI)
    queue.press("no_show", "1", SITI)
    queue.call("1", regular[1], SITI)
    assert run_of(queue, "1") == 0


def test_a_visitor_put_back_again_and_again_cannot_keep_the_others_waiting(queue: QueueHall) -> None:
    regular = ticket(queue, "akta")
    slow = ticket(queue, "akta", priority="elderly")
    seen = []
    for _ in range(3):
        one = queue.call_next("1", SITI)
        assert one is not None
        seen.append(one.id)
        queue.press("requeue", "1", SITI)
    assert seen == [slow.id, slow.id, regular.id]


def test_undo_is_no_call_and_counts_nothing(queue: QueueHall) -> None:
    ticket(queue, "akta")
    ticket(queue, "akta", priority="elderly")
    called(queue, "1", SITI)
    queue.press("undo", "1", SITI)
    queue.press("finish", "1", SITI)
    assert run_of(queue, "1") == 1


def test_calling_back_a_visitor_on_hold_leaves_the_count(queue: QueueHall) -> None:
    held = ticket(queue, "akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.hold("1", SITI)
    ticket(queue, "akta")
    ticket(queue, "akta", priority="elderly")
    called(queue, "1", SITI)
    queue.call("1", held, SITI)
    assert run_of(queue, "1") == 1


def test_a_hall_has_classes_of_its_own(tmp_path: Path) -> None:
    classes = [{"id": "veteran", "name": name("Veteran")}]
    with QueueHall(tmp_path, hall_document(priorities=classes)) as queue:
        queue.open("1", SITI)
        ticket(queue, "akta")
        veteran = ticket(queue, "akta", priority="veteran")
        assert called(queue, "1", SITI) == (veteran.number, "priority")
        with pytest.raises(Invalid) as refused:
            queue.issue("akta", priority="elderly")
        assert refused.value.field == "priority" and "must be one of veteran" in str(refused.value)
        shown = queue.read(lambda reader, hall, now_ms: hall_snapshot(reader, hall, queue.policy, None, now_ms))
        assert shown["priorities"] == [{"id": "veteran", "name": name("Veteran")}]
        assert parse_hall(written(queue.hall)) == queue.hall


def test_a_hall_may_have_no_priority(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(priorities=[])) as queue:
        with pytest.raises(Invalid) as refused:
            queue.issue("akta", priority="elderly")
        assert "this hall has no priority classes" in str(refused.value)
        assert parse_hall(written(queue.hall)).priorities == ()


def test_the_usual_classes_are_told_to_kiosk_and_desk(queue: QueueHall) -> None:
    shown = queue.read(lambda reader, hall, now_ms: hall_snapshot(reader, hall, queue.policy, None, now_ms))
    assert [priority["id"] for priority in shown["priorities"]] == ["elderly", "disability", "pregnant"]
    assert shown["priorities"][0]["name"] == {"id": "Lansia", "en": "Elderly"}


def test_the_counters_screen_foretells_the_very_choice(queue: QueueHall) -> None:
    for kind in (None, "elderly", None, "pregnant", "elderly", "disability"):
        ticket(queue, "akta", priority=kind)
    for _ in range(6):
        counter = queue.hall.counter["1"]
        shown = queue.read(lambda r, hall, now_ms, c=counter: counter_snapshot(r, hall, c, now_ms))  # type: ignore[misc]
        assert called(queue, "1", SITI) == (shown["next"]["ticket"]["number"], shown["next"]["reason"]["rule"])


def test_a_clock_set_back_changes_nobodys_turn(queue: QueueHall) -> None:
    regular = ticket(queue, "akta").number
    first = [ticket(queue, "akta", priority="elderly").number for _ in range(3)]
    queue.clock.set_wall(-3600)
    assert [called(queue, "1", SITI)[0] for _ in range(4)] == [*first[:2], regular, first[2]]


# Visitors with several errands


def test_after_one_errand_the_next_is_passed_over_while_the_visitor_walks(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    akta = next(one for one in busy.tickets if one.service == "akta")
    behind = [ticket(queue, "akta").number for _ in range(2)]
    called(queue, "3", CHIEF)
    assert called(queue, "1", SITI) == (behind[0], "arrival")
    queue.clock.pass_by(60)
    assert called(queue, "1", SITI) == (akta.number, "arrival"), "the place was lost"


def test_a_walking_visitor_is_called_where_nobody_else_waits(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    called(queue, "3", CHIEF)
    assert called(queue, "1", SITI)[0] == next(one.number for one in busy.tickets if one.service == "akta")


def test_an_officer_may_choose_a_walking_visitor(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    ticket(queue, "akta")
    called(queue, "3", CHIEF)
    akta = next(one for one in busy.tickets if one.service == "akta")
    assert queue.call("1", akta, SITI).state == "called"


@pytest.mark.parametrize("how", ["no_show", "hold", "transfer"])
def test_whatever_ends_the_time_at_a_counter_the_visitor_walks(queue: QueueHall, how: str) -> None:
    busy = queue.issue("akta", "ktp")
    queue.clock.pass_by(1)
    behind = ticket(queue, "akta")
    queue.call("1", busy.tickets[1], SITI)
    queue.press("start", "1", SITI)
    if how == "hold":
        queue.hold("1", SITI)
    elif how == "transfer":
        queue.transfer("1", SITI, "pajak")
    else:
        queue.press(how, "1", SITI)
    assert called(queue, "1", SITI)[0] == behind.number


def test_a_clock_set_back_does_not_make_a_walk_longer(queue: QueueHall) -> None:
    busy = queue.issue("akta", "pajak")
    ticket(queue, "akta")
    called(queue, "3", CHIEF)
    queue.clock.set_wall(-3600)
    assert called(queue, "1", SITI)[0] == next(one.number for one in busy.tickets if one.service == "akta")


def test_the_way_is_passed_over_on_the_screen_too_while_the_clock_is_set_back(queue: QueueHall) -> None:
    queue.issue("akta", "pajak")
    ticket(queue, "akta")
    queue.clock.set_wall(-3600)
    called(queue, "3", CHIEF)
    shown = queue.read(
        lambda reader, hall, now_ms: counter_snapshot(
            reader, hall, hall.counter["1"], now_ms, wall_ms=queue.store.wall_ms()
        )
    )
    assert called(queue, "1", SITI)[0] == shown["next"]["ticket"]["number"]


# Help


def test_a_counter_helps_once_the_longest_wait_passes_its_threshold(helping: QueueHall) -> None:
    far = ticket(helping, "pajak").number
    helping.clock.pass_by(19 * MINUTE_S)
    assert helping.call_next("1", SITI) is None
    helping.clock.pass_by(59)
    own = ticket(helping, "akta", priority="elderly").number
    assert called(helping, "1", SITI) == (far, "help")
    assert called(helping, "1", SITI) == (own, "priority")


def test_help_comes_after_those_of_the_counters_own_who_waited_too_long(helping: QueueHall) -> None:
    far = ticket(helping, "pajak").number
    own = ticket(helping, "akta").number
    helping.clock.pass_by(60 * MINUTE_S)
    assert [called(helping, "1", SITI) for _ in range(2)] == [(own, "max_wait"), (far, "help")]


def test_help_does_not_count_as_a_turn(helping: QueueHall) -> None:
    ticket(helping, "pajak")
    helping.clock.pass_by(20 * MINUTE_S)
    regular = ticket(helping, "akta").number
    first = [ticket(helping, "akta", priority="elderly").number for _ in range(3)]
    order = [called(helping, "1", SITI) for _ in range(4)]
    assert [number for number, _ in order[1:]] == [*first[:2], regular] and order[0][1] == "help"


def test_a_helped_visitor_can_be_put_back_missed_and_brought_back_where_they_were_called(helping: QueueHall) -> None:
    far, behind = ticket(helping, "pajak"), ticket(helping, "pajak")
    helping.clock.pass_by(20 * MINUTE_S)
    helping.call_next("1", SITI)
    back = helping.press("requeue", "1", SITI)
    assert (back.place_ms, back.id) > (behind.place_ms, behind.id)
    helping.call("1", far, SITI)
    helping.press("no_show", "1", SITI)
    counter = helping.hall.counter["1"]
    shown = helping.read(lambda reader, hall, now_ms: counter_snapshot(reader, hall, counter, now_ms))
    assert [one["id"] for one in shown["missed"]] == [far.id] and "pajak" in shown["services"]
    assert helping.restore("1", far, SITI).state == "waiting"


def test_who_neither_serves_nor_helps_may_not_call(helping: QueueHall) -> None:
    far = ticket(helping, "sim")
    with pytest.raises(DomainError) as refused:
        helping.call("1", far, SITI)
    assert refused.value.code == "not_callable"


@pytest.mark.parametrize(("helps", "rules", "path", "message"), [
    ([{"service": "nix"}], {}, "counters[0].helps[0].service", 'no service has the id "nix"'),
    ([{"service": "akta"}], {}, "counters[0].helps[0].service", '"akta" is its own service'),
    ([{"service": "sim"}, {"service": "sim"}], {}, "counters[0].helps[1].service", '"sim" is named twice'),
    ([{"service": "sim", "after_minutes": 0}], {}, "counters[0].helps[0].after_minutes", "must be 1 to 1440"),
    ([{"service": "sim"}], {"max_wait_minutes": 0}, "counters[0].helps[0]",
     "needs rules.max_wait_minutes: without it the counter's own visitors could wait for ever"),
])  # fmt: skip
def test_help_that_cannot_be_given_is_told(
    helps: list[dict[str, Any]], rules: dict[str, Any], path: str, message: str
) -> None:
    document = hall_document(rules=rules)
    document["counters"][0]["helps"] = helps
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(document)
    assert caught.value.problems == [(path, message)]


@pytest.mark.parametrize(("classes", "path", "message"), [
    ([{"id": "Tua", "name": name("Tua")}], "priorities[0].id",
     "must be 1 to 40 small letters, digits and hyphens, and not begin with a hyphen"),
    ([{"id": "a", "name": name("A")}, {"id": "a", "name": name("A")}], "priorities[1].id",
     '"a" is already the id of priorities[0]'),
    ([{"id": "a", "name": {"id": "", "en": "A"}}], "priorities[0].name.id", "must not be empty"),
])  # fmt: skip
def test_a_class_that_cannot_be_is_told(classes: list[dict[str, Any]], path: str, message: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(hall_document(priorities=classes))
    assert caught.value.problems == [(path, message)]


# All of it against the oracle


@pytest.fixture(scope="module")
def empty() -> Iterator[QueueHall]:
    """A hall where nobody waits; each example puts its visitors in and takes them out again."""
    folder = tempfile.TemporaryDirectory(prefix="antrean-selection-", dir=IN_MEMORY)
    with folder as path, QueueHall(Path(path)) as queue:
        queue.open("1", SITI)
        yield queue


SERVICES = ("akta", "ktp", "sim", "pajak")
NOW_MS = 1_800_000_000_000
visitors = st.fixed_dictionaries(
    {
        "tickets": st.lists(
            st.tuples(
                st.sampled_from(SERVICES),
                st.sampled_from((0, 1, 5, 19, 20, 21, 44, 45, 59, 60, 61, 200)),
                st.sampled_from((0, 0, -1, 1)),
                st.sampled_from((None, None, None, "1", "2", "gone")),
            ),
            min_size=1,
            max_size=3,
        ),
        "priority": st.sampled_from((None, None, "elderly", "pregnant")),
        "at": st.sampled_from((None, None, None, State.CALLED, State.SERVING)),
        "freed_s": st.sampled_from((None, None, -30, 0, 1, 59, 60, 61, 3600)),
    }
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.lists(visitors, max_size=9),
    row=st.integers(0, 4),
    in_a_row=st.integers(1, 3),
    max_wait=st.sampled_from((0, 20, 60)),
    walk=st.sampled_from((0, 60)),
    helps=st.sampled_from(((), (Help("pajak"),), (Help("pajak", 45), Help("sim", 20)))),
    back_s=st.sampled_from((0, 0, 1, 3600)),
    pick=st.integers(0, 30),
    in_order=st.booleans(),
    backwards=st.booleans(),
)
def test_whoever_waits_the_next_is_the_one_that_the_rules_words_say(
    empty: QueueHall, who: list[dict[str, Any]], row: int, in_a_row: int, max_wait: int, walk: int,
    helps: tuple[Help, ...], back_s: int, pick: int, in_order: bool, backwards: bool,
) -> None:  # fmt: skip
    rules = replace(empty.hall.rules, priority_in_a_row=in_a_row, max_wait_minutes=max_wait, walk_seconds=walk)
    usual = empty.hall.counter["1"]
    services = usual.services[::-1] if backwards else usual.services
    counter = replace(usual, services=services, helps=helps, in_order=in_order)
    hall = replace(empty.hall, rules=rules)
    helped = tuple((help.service, help.after_minutes) for help in helps)
    ways = Ways(services, helped, in_a_row, max_wait, walk, in_order)
    wall_ms = NOW_MS - 1000 * back_s

    def compare(tx: Changes) -> None:
        tx.now_ms, tx.wall_ms = NOW_MS, wall_ms
        tx.set_counter("1", priority_run=row, run_day=hall.day(NOW_MS))
        tx.set_counter("2", state="paused")
        waiters = _put_in(tx, empty, who, wall_ms)
        found = next_for(tx, hall, counter, NOW_MS, wall_ms)
        expected = next_one(list(waiters.values()), ways, row, NOW_MS, wall_ms)
        assert (found and (found.ticket.id, found.reason["rule"])) == expected
        everybody = list(waiters.values())
        if found is not None:
            others = candidates(everybody, ways, row, NOW_MS, wall_ms)
            after = row_after(waiters[found.ticket.id], others, ways, row)
            assert (row if found.run is None else found.run) == after
        if waiters:
            one = tx.ticket(sorted(waiters)[pick % len(waiters)])
            assert one is not None
            run = chosen(tx, hall, counter, one, NOW_MS, wall_ms).run
            assert (row if run is None else run) == row_after(
                waiters[one.id], standing(everybody, ways, wall_ms), ways, row
            )
        tx.undo_all()

    empty.write(compare)


def _put_in(tx: Changes, queue: QueueHall, who: list[dict[str, Any]], wall_ms: int) -> dict[int, Waiter]:
    """Visitors straight into the tables; the waiting ones as the oracle knows them."""
    waiters: dict[int, Waiter] = {}
    for number, visitor in enumerate(who):
        visit = tx.add_visit(f"VISIT{number:011d}")
        if visitor["freed_s"] is not None:
            tx.wall_ms = wall_ms - 1000 * visitor["freed_s"]
            tx.note_freed(visit)
            tx.wall_ms = wall_ms
        if visitor["at"] is not None:
            _add(tx, queue, visit, 1000 + number, "akta", None, state=visitor["at"], counter=f"desk-{number}")
        for place, (service, minutes, more_ms, sent) in enumerate(visitor["tickets"]):
            place_ms = NOW_MS - 60_000 * minutes + more_ms
            row = _add(
                tx, queue, visit, 10 * number + place, service, visitor["priority"], place_ms=place_ms,
                wanted_counter=sent,
            )  # fmt: skip
            freed_ms = None if visitor["freed_s"] is None else wall_ms - 1000 * visitor["freed_s"]
            waiters[row.id] = Waiter(
                row.id, service, place_ms, visitor["priority"] is not None, visitor["at"] is not None, freed_ms,
                sent_elsewhere=sent == "2",  # nobody ever sat at "gone"
            )  # fmt: skip
    return waiters


def _add(
    tx: Changes, queue: QueueHall, visit: int, ordinal: int, service: str, priority: str | None, **more: Any
) -> Ticket:
    later = {name: more.pop(name) for name in ("place_ms", "wanted_counter") if name in more}
    values: dict[str, Any] = {"state": State.WAITING, **more}
    ticket = tx.add_ticket(
        visit=visit, number=f"X-{ordinal}", day="2027-01-15", sequence="x", round=1, ordinal=ordinal, service=service,
        agency=queue.hall.agency_of[service].id, priority=priority, party_size=1, source="desk", issued_by="test",
        language="id", **values,
    )  # fmt: skip
    return tx.change(ticket, **later) if later else ticket
