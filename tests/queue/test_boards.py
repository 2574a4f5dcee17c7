"""What stands on which board, and whom a board is about: messages, the emergency, screens that become boards."""

from __future__ import annotations

from typing import Any

import pytest

from server.commands import boards, catalogue, enrolling, hours
from server.commands.access import hash_token
from server.commands.boards import Wording
from server.commands.hours import Said
from server.domain.actors import SYSTEM
from server.domain.errors import DomainError, Invalid, NotFound
from server.domain.hall import Text
from server.domain.overrides import SERVICE
from server.hall_file import parse_hall
from server.queries.board import display_snapshot
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall, hall_document, name

HELLO = Text("Selamat datang", "Welcome")
DAY_S = 24 * 3600.0


def say(queue: QueueHall, text: Text = HELLO, **wish: Any) -> int:
    return queue.write(lambda tx: boards.add_message(tx, queue.hall, CHIEF, Wording(text, **wish))).id


def change(queue: QueueHall, id: int, **wish: Any) -> None:
    queue.write(lambda tx: boards.change_message(tx, queue.hall, CHIEF, id, Wording(**wish)))


def shown_on(queue: QueueHall, board: str) -> dict[str, Any]:
    return queue.read(
        lambda reader, hall, now_ms: display_snapshot(reader, hall, queue.policy, hall.display[board], now_ms)
    )


def texts_on(queue: QueueHall, board: str) -> list[str]:
    return [message["text"]["id"] for message in shown_on(queue, board)["messages"]]


def told(queue: QueueHall) -> list[str]:
    """The boards that the newest event concerns."""
    with queue.store.read() as reader:
        event = reader.events(reader.head() - 1, 1)[0]
    assert event.kind == "board.changed"
    found: list[str] = event.payload["boards"]
    return found


def test_a_message_stands_from_its_first_to_its_last_day_of_the_hall(queue: QueueHall) -> None:
    say(queue, Text("Bulan depan", ""), first_day="2026-03-03", last_day="2026-03-04")
    seen = []
    for _ in range(4):
        seen.append(texts_on(queue, "board-a"))
        queue.clock.pass_by(DAY_S)
    assert seen == [[], ["Bulan depan"], ["Bulan depan"], []]


def test_a_message_stands_where_it_was_wished(queue: QueueHall) -> None:
    say(queue, Text("semua", ""))
    assert told(queue) == ["board-a", "board-b"]
    say(queue, Text("zona b", ""), zones=("b",))
    assert told(queue) == ["board-b"]
    say(queue, Text("papan a", ""), boards=("board-a",), zones=("b",))
    assert told(queue) == ["board-a"]
    assert texts_on(queue, "board-a") == ["semua", "papan a"]
    assert texts_on(queue, "board-b") == ["semua", "zona b"]


def test_boards_where_a_message_was_are_told_too(queue: QueueHall) -> None:
    id = say(queue, zones=("a",))
    change(queue, id, zones=("b",))
    assert told(queue) == ["board-a", "board-b"]
    assert (texts_on(queue, "board-a"), texts_on(queue, "board-b")) == ([], ["Selamat datang"])


def test_a_paused_message_comes_back_and_a_deleted_one_does_not(queue: QueueHall) -> None:
    id = say(queue)
    change(queue, id, paused=True)
    assert texts_on(queue, "board-a") == []
    change(queue, id, paused=False)
    assert texts_on(queue, "board-a") == ["Selamat datang"]
    queue.write(lambda tx: boards.remove_message(tx, queue.hall, CHIEF, id))
    assert texts_on(queue, "board-a") == []
    for gone in (lambda tx: boards.remove_message(tx, queue.hall, CHIEF, id),
                 lambda tx: boards.change_message(tx, queue.hall, CHIEF, id, Wording(paused=True))):  # fmt: skip
        with pytest.raises(NotFound):
            queue.write(gone)


def test_messages_stand_in_the_order_that_was_chosen(queue: QueueHall) -> None:
    ids = [say(queue, Text(letter, "")) for letter in "abcd"]
    change(queue, ids[3], position=1)
    assert texts_on(queue, "board-a") == list("dabc")
    change(queue, ids[3], position=3)
    assert texts_on(queue, "board-a") == list("abdc")
    say(queue, Text("e", ""), position=2)
    assert texts_on(queue, "board-a") == list("aebdc")
    with queue.store.read() as reader:
        assert [message.position for message in reader.board_messages()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"text": Text("", "Hello")}, "text.id"),
        ({"text": Text("a\nb", "")}, "text.id"),
        ({"text": Text("a", "b" * 501)}, "text.en"),
        ({"first_day": "2026-2-1"}, "first_day"),
        ({"last_day": "besok"}, "last_day"),
        ({"first_day": "2026-03-05", "last_day": "2026-03-04"}, "last_day"),
        ({"zones": ("a", "q")}, "zones[1]"),
        ({"zones": ("a", "a")}, "zones[1]"),
        ({"boards": ("board-q",)}, "boards[0]"),
        ({"position": 0}, "position"),
    ],
)
def test_a_message_that_cannot_be_is_refused_by_the_name_of_its_field(
    queue: QueueHall, wish: dict[str, Any], field: str
) -> None:
    id = say(queue)
    before = texts_on(queue, "board-a")
    with pytest.raises(Invalid) as refused:
        change(queue, id, **wish)
    assert refused.value.field == field
    assert texts_on(queue, "board-a") == before
    with pytest.raises(Invalid):
        say(queue, **{"text": HELLO, **wish})


def test_there_are_only_so_many_messages(queue: QueueHall) -> None:
    for _ in range(boards.MOST_MESSAGES):
        say(queue)
    with pytest.raises(Invalid, match="too_many"):
        say(queue)


def test_the_emergency_stands_until_it_is_cleared_also_after_a_restart(queue: QueueHall) -> None:
    words = Text("Keluar lewat pintu timur", "Leave by the east door")
    queue.write(lambda tx: boards.show_emergency(tx, queue.hall, CHIEF, words, ()))
    queue.restart()
    for board in ("board-a", "board-b"):
        assert shown_on(queue, board)["emergency"]["text"] == {"id": words.id, "en": words.en}
    assert queue.write(lambda tx: boards.clear_emergency(tx, queue.hall, CHIEF))
    assert not queue.write(lambda tx: boards.clear_emergency(tx, queue.hall, CHIEF))
    assert shown_on(queue, "board-a")["emergency"] is None


def test_an_emergency_of_some_zones_ends_where_the_next_one_does_not_stand(queue: QueueHall) -> None:
    queue.write(lambda tx: boards.show_emergency(tx, queue.hall, CHIEF, HELLO, ("a",)))
    assert told(queue) == ["board-a"]
    queue.write(lambda tx: boards.show_emergency(tx, queue.hall, CHIEF, HELLO, ("b",)))
    assert told(queue) == ["board-a", "board-b"]
    assert shown_on(queue, "board-a")["emergency"] is None
    assert shown_on(queue, "board-b")["emergency"]["text"]["id"] == "Selamat datang"


def test_who_clears_one_emergency_does_not_clear_the_next(queue: QueueHall) -> None:
    first = queue.write(lambda tx: boards.show_emergency(tx, queue.hall, CHIEF, HELLO, ()))
    seen = shown_on(queue, "board-a")["emergency"]["since"]
    queue.clock.pass_by(1)
    queue.write(lambda tx: boards.show_emergency(tx, queue.hall, BUDI, Text("Api!", "Fire!"), ()))
    with pytest.raises(DomainError) as refused:
        queue.write(lambda tx: boards.clear_emergency(tx, queue.hall, CHIEF, seen))
    assert refused.value.code == "stale" and first["by"] == CHIEF.name
    now = shown_on(queue, "board-a")["emergency"]
    assert now["text"]["id"] == "Api!"
    assert queue.write(lambda tx: boards.clear_emergency(tx, queue.hall, CHIEF, now["since"]))


def test_the_log_knows_who_showed_and_cleared_the_emergency_and_when(queue: QueueHall) -> None:
    queue.write(lambda tx: boards.show_emergency(tx, queue.hall, CHIEF, HELLO, ("a",)))
    queue.clock.pass_by(60)
    queue.write(lambda tx: boards.clear_emergency(tx, queue.hall, BUDI))
    with queue.store.read() as reader:
        shown, cleared = reader.events(reader.head() - 2, 2)
    assert (shown.actor, shown.payload["board"]["emergency"]["text"]["id"]) == (CHIEF.id, "Selamat datang")
    assert (cleared.actor, cleared.payload["board"]) == (BUDI.id, {"emergency": None})
    assert cleared.at_ms - shown.at_ms == 60_000


# Whom a board is about


@pytest.fixture
def plates(queue: QueueHall) -> QueueHall:
    """The hall with a board over counter 2 and one of the agency Polres."""
    document = hall_document()
    document["displays"] += [
        {"id": "plate", "name": name("Pelat"), "zones": ["a"], "layout": "counter", "counter": "2"},
        {"id": "polres", "name": name("Polres"), "zones": ["a"], "layout": "agency", "agency": "polres"},
    ]
    queue.hall = parse_hall(document)
    queue.write(lambda tx: catalogue.apply(tx, queue.hall, SYSTEM))
    return queue


def test_a_plate_shows_its_counter_and_nobody_elses_calls(plates: QueueHall) -> None:
    queue = plates
    for service, counter, officer in (("akta", "1", SITI), ("sim", "2", BUDI)):
        queue.issue(service)
        queue.open(counter, officer)
        queue.call_next(counter, officer)
    shown = shown_on(queue, "plate")
    assert [call["number"] for call in shown["calls"]] == ["B-001"]
    counter = shown["display"]["counter"]
    assert (counter["id"], counter["label"], counter["state"]) == ("2", "2", "open")
    assert [agency["id"] for agency in counter["agencies"]] == ["capil", "polres"]


def test_a_board_of_an_agency_shows_its_calls_wherever_they_are_and_its_services(plates: QueueHall) -> None:
    queue = plates
    queue.issue("akta")
    queue.issue("sim")
    queue.issue("sim")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    queue.open("2", BUDI)
    queue.call_next("2", BUDI)
    shown = shown_on(queue, "polres")
    assert [call["number"] for call in shown["calls"]] == ["B-001"]
    assert [(each["service"], each["count"]) for each in shown["waiting"]] == [("sim", 1), ("pajak", 0)]
    assert [(each["id"], each["open"]) for each in shown["services"]] == [("sim", True), ("pajak", True)]


def test_a_service_that_a_supervisor_has_closed_is_closed_on_its_board(plates: QueueHall) -> None:
    board = next(d.id for d in plates.hall.displays if plates.hall.layout[d.layout].about == "agency")
    closed = shown_on(plates, board)["services"][0]["id"]
    plates.write(lambda tx: hours.set_hours(tx, plates.hall, CHIEF, SERVICE, closed, Said("closed")))
    told = {each["id"]: each["open"] for each in shown_on(plates, board)["services"]}
    assert told.pop(closed) is False and all(told.values())


def test_a_board_of_zones_keeps_its_old_snapshot(plates: QueueHall) -> None:
    shown = shown_on(plates, "board-a")
    assert {"calls", "recent", "waiting", "agencies", "display"} <= shown.keys()
    assert shown["services"] == []


# Screens that become boards


def begin(queue: QueueHall) -> tuple[str, str]:
    return queue.write(lambda tx: enrolling.begin(tx, "192.0.2.7"))


def state(queue: QueueHall, secret: str) -> str:
    return queue.read(lambda reader, hall, now_ms: enrolling.state_of(enrolling.known(reader, secret), now_ms))


def accept(queue: QueueHall, code: str, display: str | None = None, board: dict[str, Any] | None = None) -> None:
    queue.write(lambda tx: enrolling.accept(tx, queue.hall, CHIEF, code, display, board))


def test_a_code_has_six_letters_that_look_like_no_other(queue: QueueHall) -> None:
    codes = {begin(queue)[0] for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 6 and not set(code) & set("0O1IQBGSVUZ2") for code in codes)


def test_an_accepted_screen_holds_the_boards_token(queue: QueueHall) -> None:
    code, secret = begin(queue)
    assert state(queue, secret) == "waiting"
    accept(queue, code, "board-a")
    assert state(queue, secret) == "accepted"
    with queue.store.read() as reader:
        token = reader.token(hash_token(secret))
    assert token is not None and (token.role, token.subject) == ("display", "board-a")
    assert secret not in str(queue.sql("SELECT * FROM enrolments")) + str(queue.sql("SELECT * FROM events"))


def test_who_comes_second_is_told_that_the_code_is_taken(queue: QueueHall) -> None:
    code, secret = begin(queue)
    accept(queue, code, "board-a")
    with pytest.raises(DomainError) as late:
        accept(queue, code, "board-b")
    assert (late.value.code, late.value.facts["display"]) == ("not_waiting", "board-a")
    with pytest.raises(DomainError):
        queue.write(lambda tx: enrolling.refuse(tx, CHIEF, code))
    assert state(queue, secret) == "accepted"


def test_a_new_board_comes_into_the_catalogue_with_the_screen(queue: QueueHall) -> None:
    code, _ = begin(queue)
    new = {"id": "pintu", "name": name("Papan pintu"), "zones": ["a", "b"], "text": "huge"}
    accept(queue, code, board=new)
    with queue.store.read() as reader:
        found = reader.catalogue()
    assert found is not None and '"pintu"' in found.document and '"huge"' in found.document


@pytest.mark.parametrize(
    ("display", "board", "field"),
    [
        ("board-q", None, "display"),
        (None, None, "display"),
        ("board-a", {"id": "x"}, "display"),
        (None, {"id": "board-a", "name": name("A"), "zones": ["a"]}, "board.id"),
        (None, {"id": "new", "name": name("A"), "zones": ["q"]}, "board.zones[0]"),
        (None, {"id": "new", "name": name("A"), "zones": ["a"], "layout": "counter"}, "board.counter"),
        (None, {"id": "new", "name": name("A"), "zones": ["a"], "colour": "red"}, "board.colour"),
    ],
)
def test_a_board_that_cannot_be_is_refused_and_the_code_still_stands(
    queue: QueueHall, display: str | None, board: dict[str, Any] | None, field: str
) -> None:
    code, secret = begin(queue)
    with pytest.raises(Invalid) as refused:
        accept(queue, code, display, board)
    assert refused.value.field == field
    assert state(queue, secret) == "waiting"


def test_a_code_ends_after_a_quarter_of_an_hour(queue: QueueHall) -> None:
    code, secret = begin(queue)
    queue.clock.pass_by(15 * 60)
    assert state(queue, secret) == "expired"
    with pytest.raises(DomainError, match="not_waiting"):
        accept(queue, code, "board-a")
    queue.clock.pass_by(15 * 60)
    begin(queue)
    with pytest.raises(NotFound):
        state(queue, secret)


def test_a_screen_is_remembered_over_a_restart(queue: QueueHall) -> None:
    code, secret = begin(queue)
    queue.restart()
    assert state(queue, secret) == "waiting"
    accept(queue, code, "board-a")
    queue.restart()
    assert state(queue, secret) == "accepted"


def test_only_so_many_screens_wait_at_once(queue: QueueHall) -> None:
    for _ in range(enrolling.MOST_WAITING):
        begin(queue)
    with pytest.raises(DomainError, match="too_many"):
        begin(queue)
    queue.clock.pass_by(15 * 60)
    begin(queue)


def test_a_refused_screen_is_told_so_and_has_no_token(queue: QueueHall) -> None:
    code, secret = begin(queue)
    queue.write(lambda tx: enrolling.refuse(tx, CHIEF, code))
    assert state(queue, secret) == "refused"
    with queue.store.read() as reader:
        assert reader.token(hash_token(secret)) is None
