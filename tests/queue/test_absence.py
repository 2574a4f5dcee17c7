"""A called visitor who does not come: given up by an officer after a time, or by the house, by a clock nobody sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.chores import Chores
from server.commands import absent
from server.domain.announcements import Page
from server.domain.errors import DomainError
from server.domain.tickets import State, Ticket
from server.hall_file import parse_hall
from server.loudspeakers import Loudspeakers
from server.presence import Presence
from server.queries.counter import counter_snapshot
from server.shape import ConfigProblems
from server.troubles import Troubles
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document
from tests.queue.test_announcements import Announcer


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


def lacks(queue: QueueHall) -> Any:
    """What an officer is told when they try, and the same as the screen says it."""
    with pytest.raises(DomainError) as refused:
        queue.press("no_show", "1", SITI)
    assert refused.value.code == "too_early"
    told = (refused.value.facts["missing"], refused.value.facts["seconds"])
    shown = current(queue)["no_show_lacks"]
    assert told == (shown["recalls"], shown["seconds"])
    return told


def current(queue: QueueHall) -> Any:
    return queue.read(
        lambda reader, hall, now_ms: counter_snapshot(
            reader, hall, hall.counter["1"], now_ms, steady_ms=queue.store.steady_ms()
        )
    )["current"]


def give_up(queue: QueueHall, since_ms: int = 0) -> list[Ticket]:
    return queue.write(lambda tx: absent.give_up_absent(tx, queue.hall, since_ms))


def test_an_officer_waits_for_the_halls_time_and_no_longer(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60) as queue:
        called(queue)
        assert lacks(queue) == (None, 60)
        queue.clock.pass_by(59.5)
        assert lacks(queue) == (None, 1)
        queue.clock.pass_by(0.5)
        assert current(queue)["no_show_lacks"] is None
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


def test_a_further_call_gives_the_visitor_the_whole_time_again(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60) as queue:
        called(queue)
        queue.clock.pass_by(59)
        queue.press("recall", "1", SITI)
        assert lacks(queue) == (None, 60)


@pytest.mark.parametrize("way", ["calls", "time"])
def test_of_calls_and_time_either_suffices(tmp_path: Path, way: str) -> None:
    with hall(tmp_path, no_show_after_recalls=2, no_show_after_seconds=60) as queue:
        called(queue)
        queue.press("recall", "1", SITI)
        assert lacks(queue) == (1, 60)
        if way == "calls":
            queue.press("recall", "1", SITI)
        else:
            queue.clock.pass_by(60)
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


def test_a_supervisor_need_not_wait_and_who_was_there_may_leave(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60) as queue:
        called(queue)
        assert queue.press("no_show", "1", CHIEF).state is State.NO_SHOW
        called(queue)
        queue.press("start", "1", SITI)
        assert queue.press("no_show", "1", SITI).state is State.NO_SHOW


@pytest.mark.parametrize("moved_s", [-7200.0, 7200.0])
def test_a_clock_that_is_set_makes_it_neither_early_nor_never(tmp_path: Path, moved_s: float) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        ticket = called(queue)
        queue.clock.pass_by(30)
        queue.clock.set_wall(moved_s)
        assert lacks(queue) == (None, 30) and give_up(queue) == []
        queue.clock.pass_by(30)
        assert [gone.id for gone in give_up(queue)] == [ticket.id]


def test_the_house_gives_up_who_does_not_come_and_says_why(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        ticket = called(queue)
        queue.clock.pass_by(20)
        assert current(queue)["gives_up_in_seconds"] == 40
        queue.clock.pass_by(39.999)
        assert give_up(queue) == []
        queue.clock.pass_by(0.001)
        give_up(queue)
        event = queue.read(lambda reader, hall, now_ms: reader.events(reader.head() - 1, 1))[0]
        assert (event.kind, event.actor) == ("ticket.no_show", "system")
        assert event.payload["reason"] == {"rule": "no_show_after", "seconds": 60}
        assert event.payload["counter"]["id"] == "1" and event.payload["ticket"]["id"] == ticket.id
        assert give_up(queue) == [], "once"


def test_it_can_be_taken_back_and_the_time_begins_anew(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        called(queue)
        queue.clock.pass_by(60)
        give_up(queue)
        queue.clock.pass_by(5)
        assert queue.press("undo", "1", SITI).state is State.CALLED
        queue.clock.pass_by(59)
        assert give_up(queue) == []
        queue.clock.pass_by(1)
        assert len(give_up(queue)) == 1


def test_only_those_who_were_called_and_did_not_come(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        served = called(queue)
        queue.press("start", "1", SITI)
        queue.ticket("sim")
        late = queue.call_next("2", BUDI)
        assert late is not None
        waiting = queue.ticket("akta")
        queue.clock.pass_by(300)
        assert [gone.id for gone in give_up(queue)] == [late.id]
        assert (queue.now(served).state, queue.now(waiting).state) == (State.SERVING, State.WAITING)


def test_without_the_switch_nobody_is_given_up_by_the_house(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60) as queue:
        called(queue)
        queue.clock.pass_by(3600)
        assert give_up(queue) == []


def test_the_time_in_which_the_server_was_away_is_not_counted(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        called(queue)
        queue.clock.pass_by(600)
        began_ms = queue.clock.steady_ms()  # nobody could press "start" before
        queue.clock.pass_by(59)
        assert give_up(queue, began_ms) == []
        queue.clock.pass_by(1)
        assert len(give_up(queue, began_ms)) == 1


def test_a_machine_that_was_started_again_counts_from_its_start(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        called(queue)
        queue.clock._steady_ms = 20_000  # its own clock begins anew
        assert lacks(queue) == (None, 40), "so long it has been at least"
        assert give_up(queue, 20_000) == []
        queue.clock.pass_by(60)
        assert len(give_up(queue, 20_000)) == 1


def test_nobody_is_given_up_before_they_were_called_aloud(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        announcer, page = Announcer(queue), Page("board-a", "first000", "on")
        announcer.tell(page)
        ticket = called(queue)
        queue.clock.pass_by(90)  # so long others are called aloud
        assert give_up(queue) == []
        announcer.tell(page, playing=1)
        queue.clock.pass_by(8)
        assert give_up(queue) == []
        announcer.tell(page, played=(1,))
        assert current(queue)["gives_up_in_seconds"] == 52, "the time begins with the voice"
        queue.clock.pass_by(51)
        assert give_up(queue) == []
        queue.clock.pass_by(1)
        assert [gone.id for gone in give_up(queue)] == [ticket.id]


def test_where_nobody_can_speak_the_time_begins_with_the_call(tmp_path: Path) -> None:
    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        called(queue)
        queue.clock.pass_by(60)
        assert len(give_up(queue)) == 1


def test_the_chores_do_it(tmp_path: Path) -> None:
    class House:
        """What a round of chores asks of its house."""

        def __init__(self, queue: QueueHall) -> None:
            self.store, self.policy, self.catalogues = queue.store, queue.policy, self
            self.hall = lambda reader: queue.hall
            self.presence, self.loudspeakers, self.troubles = Presence(), Loudspeakers(), Troubles()

        def silent_printers(self, printers: Any) -> list[str]:
            return []

    with hall(tmp_path, no_show_after_seconds=60, no_show_automatic=True) as queue:
        chores = Chores(House(queue), None)  # type: ignore[arg-type]
        ticket = called(queue)
        queue.clock.pass_by(59)
        chores.round()
        assert queue.now(ticket).state is State.CALLED
        queue.clock.pass_by(1)
        chores.round()
        assert queue.now(ticket).state is State.NO_SHOW


@pytest.mark.parametrize(("rules", "key", "message"), [
    ({"no_show_after_seconds": 3601}, "no_show_after_seconds", "must be 0 to 3600"),
    ({"no_show_automatic": True}, "no_show_automatic", "needs rules.no_show_after_seconds"),
    ({"no_show_automatic": True, "no_show_after_seconds": 60, "auto_start": True}, "no_show_automatic",
     "cannot go with auto_start: where serving begins with the call, everybody counts as there"),
])  # fmt: skip
def test_rules_that_cannot_be_are_told(rules: dict[str, Any], key: str, message: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(hall_document(rules=rules))
    assert caught.value.problems == [(f"rules.{key}", message)]
