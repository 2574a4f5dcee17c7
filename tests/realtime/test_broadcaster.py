"""The broadcaster by itself, on a real store without a server: every message that it would send, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.auth import Keys
from server.broadcast import Broadcaster
from server.commands import announcing, catalogue
from server.config import Settings
from server.domain.actors import SYSTEM
from server.domain.announcements import Page, Report
from server.hall_file import parse_hall
from server.house import House
from server.limits import Limiter
from server.reckoner import Reckoner
from server.store.threads import NativeThreads
from tests.queue.house import BUDI, KIOSK, SITI, QueueHall, hall_document


class Told:
    """A broadcaster and what each room was told; `broken` lets the next message fail."""

    def __init__(self, queue: QueueHall) -> None:
        threads = NativeThreads()
        house = House(
            store=queue.store, settings=Settings(queue.hall), policy=queue.policy, keys=Keys("s", "l", "w"),
            threads=threads, folder=Path("."), version="1", printing=threads.signal(), limiter=Limiter(),
            slip_style={}, reckoner=Reckoner(queue.path),
        )  # fmt: skip
        self.rooms: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        self.broken = False
        self.broadcaster = Broadcaster(house, self._emit)

    def _emit(self, name: str, message: dict[str, Any], room: str) -> None:
        if self.broken:
            raise OSError("the wire is cut")
        self.rooms[room].append((name, message))

    def join(self, *rooms: str) -> None:
        for room in rooms:
            self.broadcaster.rooms.join(room)

    def phone(self, visit: int, *services: str) -> str:
        self.broadcaster.rooms.visits[visit] = frozenset(services)
        self.join(f"visit:{visit}")
        return f"visit:{visit}"

    def send(self) -> None:
        while self.broadcaster.send_new():
            continue

    def send_to_phones(self) -> None:
        self.send()
        self.broadcaster.tell_phones()

    def names(self, room: str) -> list[str]:
        return [name for name, _ in self.rooms[room]]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    with QueueHall(tmp_path, hall_document()) as found:
        yield found


@pytest.fixture
def told(queue: QueueHall) -> Told:
    return Told(queue)


def test_what_was_before_the_start_is_not_told(queue: QueueHall) -> None:
    queue.ticket("akta")
    told = Told(queue)
    told.join("supervisor")
    told.send()
    assert told.rooms == {}
    queue.ticket("akta")
    told.send()
    [(name, message)] = told.rooms["supervisor"]
    assert (name, message["prev"], message["seq"]) == ("ticket.issued", message["seq"] - 1, queue_head(queue))


def queue_head(queue: QueueHall) -> int:
    return queue.read(lambda reader, hall, now_ms: reader.head())


def test_a_screen_that_comes_late_is_told_what_the_others_heard_last(queue: QueueHall, told: Told) -> None:
    told.join("display:board-a")
    queue.ticket("akta")
    told.send()
    told.join("display:board-b", "kiosk:kiosk-1")
    queue.ticket("akta"), queue.ticket("sim")
    told.send()
    assert [message["seq"] for _, message in told.rooms["display:board-a"]] == [2, 3]
    assert [(m["prev"], m["seq"]) for _, m in told.rooms["kiosk:kiosk-1"]] == [(2, 3), (3, 4)], (
        "the last it would have heard"
    )
    assert [(m["prev"], m["seq"]) for _, m in told.rooms["display:board-b"]] == [(1, 4)]


def test_one_room_with_two_screens_is_told_once_and_an_empty_one_not_at_all(queue: QueueHall, told: Told) -> None:
    told.join("display:board-a", "display:board-a", "display:board-b")
    told.broadcaster.rooms.leave("display:board-b")
    told.broadcaster.rooms.leave("display:board-a")
    queue.ticket("akta"), queue.ticket("sim")
    told.send()
    assert told.names("display:board-a") == ["ticket.issued"] and told.names("display:board-b") == []


def test_who_waits_and_how_long_is_absolute_so_that_a_repeat_does_no_harm(queue: QueueHall, told: Told) -> None:
    told.join("kiosk:kiosk-1")
    for _ in range(3):
        queue.ticket("akta")
    told.send()
    # Told together: each says how it stands now, not one by one.
    assert [m["queue"]["waiting"] for _, m in told.rooms["kiosk:kiosk-1"]] == [3, 3, 3]
    assert [m["ticket"]["ahead"] for _, m in told.rooms["kiosk:kiosk-1"]] == [0, 1, 2]


def test_a_screen_that_the_hall_has_no_more_is_told_that_the_hall_changed(queue: QueueHall, told: Told) -> None:
    """Or it would go on showing, as a live screen, what stood there before."""
    gone = ("display:board-b", "kiosk:kiosk-2", "counter:3")
    told.join("display:board-a", "kiosk:kiosk-1", "counter:1", "survey:1", *gone)
    document = hall_document()
    for things in ("displays", "kiosks", "counters"):
        del document[things][-1]
    document["agencies"][1]["services"].pop()
    after = parse_hall(document)
    queue.write(lambda tx: catalogue.apply(tx, after, SYSTEM))
    told.send()
    assert {room for room in told.rooms if told.names(room) == ["hall.changed"]} >= {
        "display:board-a", "kiosk:kiosk-1", "counter:1", "survey:1", *gone,
    }  # fmt: skip


def test_events_that_concern_no_screen_make_no_gap(queue: QueueHall, told: Told) -> None:
    told.join("supervisor")
    queue.ticket("akta")
    queue.write(lambda tx: tx.record("access.changed", "x", {"user": {}}))
    queue.ticket("akta")
    told.send()
    assert told.names("supervisor") == ["ticket.issued", "ticket.issued"]
    assert told.rooms["supervisor"][1][1]["prev"] == told.rooms["supervisor"][0][1]["seq"]


def test_an_opened_counter_is_told_to_those_whose_wait_it_shortens(queue: QueueHall, told: Told) -> None:
    rooms = ("counter:1", "counter:2", "counter:3", "display:board-a", "display:board-b", "kiosk:kiosk-2", "supervisor")
    told.join(*rooms)
    queue.open("1", SITI)
    told.send()
    assert {room for room in rooms if told.rooms[room]} == set(rooms) - {"counter:3", "display:board-b"}
    for room in ("display:board-a", "kiosk:kiosk-2"):
        [(name, message)] = told.rooms[room]
        assert name == "counter.changed" and message["counter"] == {"id": "1", "label": "1", "state": "open"}
        assert [queue["service"] for queue in message["queues"]] == ["akta", "ktp"]
    assert told.rooms["counter:2"][0][1]["counter"]["officer"] == {"name": "Siti"}


def test_a_taking_over_is_no_news_for_the_public(queue: QueueHall, told: Told) -> None:
    told.join("kiosk:kiosk-1", "supervisor")
    queue.open("1", SITI)
    queue.open("1", BUDI, take_over=True)
    told.send()
    assert told.rooms["supervisor"][1][1]["taken_over_from"] == "Siti"
    assert "Siti" not in repr(told.rooms["kiosk:kiosk-1"]) and "Budi" not in repr(told.rooms["kiosk:kiosk-1"])


def test_a_phone_is_told_of_the_ticket_that_the_event_is_about(queue: QueueHall, told: Told) -> None:
    issued = queue.issue("akta", "pajak")
    akta, pajak = issued.tickets
    told.send()
    room = told.phone(issued.visit, "akta", "pajak")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    told.send_to_phones()
    queue.cancel(pajak, KIOSK)
    told.send_to_phones()
    assert [(name, m["ticket"]["id"]) for name, m in told.rooms[room]] == [
        ("ticket.called", akta.id), ("ticket.cancelled", pajak.id),
    ]  # fmt: skip
    assert told.rooms[room][1][1]["prev"] == told.rooms[room][0][1]["seq"]
    assert issued.code not in repr(told.rooms)


def test_much_that_happens_is_one_message_to_a_phone_and_nothing_is_none(queue: QueueHall, told: Told) -> None:
    mine = queue.issue("akta")
    room = told.phone(mine.visit, "akta")
    queue.open("1", SITI)
    for _ in range(5):
        queue.ticket("akta")
    queue.ticket("sim")
    told.send_to_phones()
    told.broadcaster.tell_phones()
    assert told.names(room) == ["ticket.issued"]
    queue.ticket("sim")
    told.send_to_phones()
    assert len(told.rooms[room]) == 1, "another queue is nothing to this visitor"
    queue.ticket("akta")
    told.send_to_phones()
    assert told.names(room) == ["ticket.issued", "visit.changed"]


def test_a_phone_that_has_gone_is_forgotten(queue: QueueHall, told: Told) -> None:
    mine = queue.issue("akta")
    room = told.phone(mine.visit, "akta")
    told.send_to_phones()
    assert told.broadcaster.rooms.phones == 1
    told.broadcaster.rooms.leave(room)
    assert (told.broadcaster.rooms.phones, told.broadcaster.rooms.visits) == (0, {})
    told.broadcaster.forget_empty()
    queue.ticket("akta")
    told.send_to_phones()
    assert len(told.rooms[room]) == 1


def test_when_sending_fails_every_screen_finds_that_it_missed_something(queue: QueueHall, told: Told) -> None:
    told.join("display:board-a", "display:board-b", "supervisor")
    queue.ticket("akta")
    told.send()
    last = told.rooms["display:board-a"][-1][1]["seq"]
    told.broken = True
    queue.ticket("akta")
    with pytest.raises(OSError, match="wire"):
        told.send()
    told.broken = False
    told.broadcaster.leave_gap()
    told.send()
    for room in ("display:board-a", "display:board-b", "supervisor"):
        name, message = told.rooms[room][-1]
        assert name == "sync" and message["prev"] > last, "prev is beyond what it has heard: it fetches a snapshot"
    queue.ticket("akta")
    told.send()
    name, message = told.rooms["display:board-a"][-1]
    assert (name, message["prev"], message["seq"]) == ("ticket.issued", last + 1, last + 2)


def test_a_service_that_the_catalogue_has_no_more_does_not_stop_the_others(queue: QueueHall, told: Told) -> None:
    told.join("display:board-a", "supervisor")
    queue.write(lambda tx: tx.record("ticket.expired", "x", {"ticket": _gone(), "closed_by_day": True}))
    queue.write(
        lambda tx: tx.record("counter.changed", "x", {"counter": {"id": "99", "label": "99", "state": "closed"}})
    )
    queue.ticket("akta")
    told.send()
    assert told.names("supervisor") == ["ticket.expired", "counter.changed", "ticket.issued"]
    assert told.names("display:board-a") == ["ticket.issued"]


def _gone() -> dict[str, Any]:
    return {"id": 77, "state": "expired", "service": "gone", "agency": "gone", "visit": 5}


def test_a_counter_that_helps_a_service_hears_of_its_queue(tmp_path: Path) -> None:
    document = hall_document()
    document["counters"][0]["helps"] = [{"service": "pajak"}]
    with QueueHall(tmp_path, document) as queue:
        told = Told(queue)
        told.join("counter:1", "counter:2")
        queue.ticket("pajak")
        told.send()
        assert told.names("counter:1") == ["ticket.issued"], "its screen foretells whom it would help"
        assert told.names("counter:2") == []


def test_a_counter_hears_that_its_call_is_spoken_where_its_visitors_time_begins_with_it(tmp_path: Path) -> None:
    for seconds, heard in ((0, []), (60, ["announcement.playing"])):
        document = hall_document(rules={"no_show_after_seconds": seconds})
        (tmp_path / str(seconds)).mkdir()
        with QueueHall(tmp_path / str(seconds), document) as queue:
            told = Told(queue)
            page = Page("board-a", "first000", "on")
            queue.ticket("akta")
            queue.open("1", SITI)
            queue.call_next("1", SITI)
            told.send()
            told.join("counter:1", "counter:2")
            report = Report(page, playing=1)
            queue.write(lambda tx, queue=queue, report=report: announcing.settle(  # type: ignore[misc]
                tx, queue.hall, 60_000, [report.page], report, ["a"]
            ))  # fmt: skip
            told.send()
            assert told.names("counter:1") == heard and told.names("counter:2") == []
