"""The announcer's queue: every call queued with its commit, spoken by one page, and said again when that one dies."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.commands import announcing, catalogue
from server.domain.actors import SYSTEM
from server.domain.announcements import Page, Report, choose_speaker, is_quiet
from server.domain.errors import DomainError, NotFound
from server.domain.hall import Hall
from server.hall_file import parse_hall
from tests.queue.house import BUDI, CHIEF, IN_MEMORY, SITI, QueueHall, hall_document
from tests.queue.house import name as named

LAPSE_MS = 60_000
A = Page("board-a", "first000", "on")
HALL = Page("board-hall", "first000", "on")


class Announcer:
    """The pages of a hall's boards, driven as their HTTP calls drive them."""

    def __init__(self, queue: QueueHall) -> None:
        self.queue = queue
        self.alive: list[Page] = []

    def tell(self, page: Page, *, playing: int | None = None, played: tuple[int, ...] = (),
             failed: tuple[int, ...] = ()) -> dict[str, Any] | None:  # fmt: skip
        """A page's question; what it is to speak next."""
        if page not in self.alive:
            self.alive.append(page)
        report, hall = Report(page, playing, played, failed), self.queue.hall
        voices = announcing.voices_of_board(hall, page.board)
        self.queue.write(lambda tx: announcing.settle(tx, hall, LAPSE_MS, self.alive, report, voices))
        coming = self.queue.read(lambda reader, hall, now_ms: list(announcing.upcoming(reader, hall, page, 1)))
        return self.row(coming[0].id) if coming else None

    def die(self, page: Page) -> None:
        """A page that is not heard of any more."""
        self.alive.remove(page)

    def chores(self) -> None:
        """What the server does by itself."""
        hall, voices = self.queue.hall, list(self.queue.hall.voices)
        self.queue.write(lambda tx: announcing.settle(tx, hall, LAPSE_MS, self.alive, None, voices))

    def speak(self, page: Page) -> dict[str, Any] | None:
        """A page speaks what is next for it, to the end."""
        following = self.tell(page)
        if following is not None:
            self.tell(page, playing=following["id"])
            self.tell(page, played=(following["id"],))
            return self.row(following["id"])
        return None

    def row(self, id: int) -> dict[str, Any]:
        return self.queue.sql("SELECT * FROM announcements WHERE id = ?", id)[0]

    def rows(self) -> list[dict[str, Any]]:
        return self.queue.sql("SELECT * FROM announcements ORDER BY id")

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(row["number"], row["state"], row["reason"]) for row in self.rows()]

    def events(self) -> list[str]:
        """The kinds of events about announcements, in the order of the log."""
        rows = self.queue.sql("SELECT kind FROM events WHERE kind LIKE 'announcement.%' ORDER BY seq")
        return [row["kind"].partition(".")[2] for row in rows]


def document(**voice_a: Any) -> dict[str, Any]:
    """The hall of these tests with a third board, which shows both zones."""
    found = hall_document()
    found["displays"].append({"id": "board-hall", "name": named("Papan hall"), "zones": ["a", "b"]})
    if voice_a:
        found["zones"][0]["voice"] = voice_a
    return found


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    with QueueHall(tmp_path, document()) as found:
        yield found


@pytest.fixture
def announcer(queue: QueueHall) -> Announcer:
    return Announcer(queue)


def call(queue: QueueHall, service: str = "akta", counter: str = "1") -> int:
    """A visitor comes and is called; the ticket."""
    ticket = queue.ticket(service)
    queue.open(counter, SITI)
    called = queue.call_next(counter, SITI)
    assert called is not None and called.id == ticket.id
    return ticket.id


def another(queue: QueueHall) -> int:
    """The next one, when the one before has been served."""
    queue.press("start", "1", SITI)
    queue.press("finish", "1", SITI)
    return call(queue)


def test_a_call_is_queued_in_its_own_commit_and_spoken_to_its_end(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    assert announcer.states() == [("A-001", "queued", None)]
    payload = queue.sql("SELECT payload FROM events WHERE kind = 'ticket.called'")[0]["payload"]
    assert '"announcements":[{"id":1,"voice":"a","state":"queued","reason":null}]' in payload
    following = announcer.tell(A)
    assert following is not None and following["state"] == "queued"
    announcer.tell(A, playing=1)
    assert announcer.row(1)["speaker"] == A.key
    announcer.tell(A, playing=1)
    announcer.tell(A, played=(1,))
    announcer.tell(A, played=(1,))  # its answer was lost
    assert announcer.states() == [("A-001", "played", None)]
    assert announcer.row(1)["times"] == 1
    assert announcer.events() == ["playing", "played"]


def test_a_call_that_was_refused_is_not_spoken(queue: QueueHall, announcer: Announcer) -> None:
    call(queue)
    with pytest.raises(DomainError):
        queue.call_next("1", SITI)
    assert len(announcer.rows()) == 1


def test_one_page_speaks_and_the_others_are_given_nothing(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    announcer.tell(HALL)
    second = Page("board-a", "second00", "on")
    call(queue)
    assert announcer.tell(HALL) is None and announcer.tell(second) is None
    assert announcer.tell(second, playing=1) is None  # nobody gave it that
    assert announcer.states() == [("A-001", "queued", None)]
    assert announcer.speak(A) is not None


def test_a_page_that_dies_is_followed_and_its_call_is_said_again_from_the_start(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    announcer.tell(HALL)
    call(queue)
    announcer.tell(A, playing=1)
    announcer.die(A)
    again = announcer.tell(HALL)
    assert again is not None and (again["id"], again["state"]) == (1, "queued")
    announcer.tell(HALL, playing=1)
    announcer.tell(HALL, played=(1,))
    assert announcer.row(1)["times"] == 2 and announcer.states() == [("A-001", "played", None)]
    assert announcer.tell(HALL) is None


def test_a_page_that_comes_back_after_it_was_followed_changes_nothing(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    announcer.tell(HALL)
    call(queue)
    announcer.tell(A, playing=1)
    announcer.die(A)
    announcer.tell(HALL)
    announcer.tell(HALL, playing=1)
    assert announcer.tell(A, playing=1) is None
    assert announcer.row(1)["speaker"] == HALL.key
    announcer.tell(A, played=())
    assert announcer.states() == [("A-001", "playing", None)]


def test_who_was_spoken_to_the_end_before_anybody_followed_is_not_said_again(
    queue: QueueHall, announcer: Announcer
) -> None:
    """The line was down for a while, the sound was not."""
    announcer.tell(A)
    call(queue)
    announcer.tell(A, playing=1)
    announcer.die(A)
    announcer.chores()
    assert announcer.states() == [("A-001", "queued", None)]
    announcer.tell(A, played=(1,))
    assert announcer.states() == [("A-001", "played", None)]


def test_a_page_loaded_anew_in_mid_sentence_says_it_again(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    announcer.tell(A, playing=1)
    announcer.die(A)
    again = announcer.tell(Page("board-a", "second00", "on"))
    assert again is not None and again["id"] == 1


def test_a_call_that_was_taken_back_while_its_speaker_died_is_not_said_again(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    call(queue)
    announcer.tell(A, playing=1)
    queue.press("requeue", "1", SITI)
    announcer.die(A)
    assert announcer.tell(HALL) is None
    assert announcer.states() == [("A-001", "lapsed", "withdrawn")]


@pytest.mark.parametrize("how", ["requeue", "no_show", "transfer", "finish", "hold", "cancel"])
def test_a_call_taken_back_before_it_is_spoken_is_spoken_for_nobody(
    queue: QueueHall, announcer: Announcer, how: str
) -> None:
    announcer.tell(A)
    ticket = call(queue)
    if how in ("finish", "hold"):
        queue.press("start", "1", SITI)
    if how == "transfer":
        queue.transfer("1", SITI, "ktp")
    elif how == "hold":
        queue.hold("1", SITI)
    elif how == "cancel":
        queue.cancel(queue.now(queue.read(lambda r, h, n: r.ticket(ticket))), CHIEF)  # type: ignore[arg-type]
    else:
        queue.press(how, "1", SITI)
    assert announcer.states() == [("A-001", "lapsed", "withdrawn")]
    assert announcer.tell(A) is None


def test_a_day_that_is_closed_speaks_nobody(queue: QueueHall, announcer: Announcer) -> None:
    call(queue)
    queue.clock.pass_by(24 * 3600)
    queue.close_days()
    assert announcer.states() == [("A-001", "lapsed", "withdrawn")]


def test_a_call_that_was_given_up_by_mistake_is_spoken_after_all(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    queue.press("no_show", "1", CHIEF)
    assert announcer.states() == [("A-001", "lapsed", "withdrawn")]
    queue.press("undo", "1", SITI)
    spoken = announcer.speak(A)
    assert spoken is not None and spoken["number"] == "A-001"
    queue.press("no_show", "1", CHIEF)
    queue.press("undo", "1", SITI)  # it was heard: whoever it is for may be called again by hand
    assert announcer.states() == [("A-001", "played", None)]
    assert announcer.events() == ["queued", "playing", "played"]


@pytest.mark.parametrize("auto_start", [True, False])
def test_where_serving_begins_with_the_call_an_undone_finish_is_spoken_after_all(
    tmp_path: Path, auto_start: bool
) -> None:
    with QueueHall(tmp_path, {**document(), "rules": {"one_button": True, "auto_start": auto_start}}) as queue:
        announcer = Announcer(queue)
        announcer.tell(A)
        call(queue)
        queue.press("finish" if auto_start else "start", "1", SITI)
        if not auto_start:
            queue.press("finish", "1", SITI)  # whoever was served had come
        queue.press("undo", "1", SITI)
        assert announcer.states() == [("A-001", *(("queued", None) if auto_start else ("lapsed", "withdrawn")))]


def test_an_undo_speaks_no_earlier_call(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    queue.clock.pass_by(1)
    queue.press("requeue", "1", SITI)
    queue.call_next("1", SITI)
    announcer.speak(A)
    queue.press("no_show", "1", CHIEF)
    queue.press("undo", "1", SITI)
    assert announcer.states() == [("A-001", "lapsed", "withdrawn"), ("A-001", "played", None)]


def test_a_repeated_call_is_said_again(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    announcer.speak(A)
    queue.press("recall", "1", SITI)
    spoken = announcer.speak(A)
    assert spoken is not None and (spoken["id"], spoken["recalls"]) == (2, 1)


def test_a_repeated_call_that_is_still_to_be_spoken_is_said_once_at_its_old_place(
    queue: QueueHall, announcer: Announcer
) -> None:
    call(queue)
    another(queue)
    queue.clock.pass_by(50)
    queue.press("recall", "1", SITI)
    assert [(row["number"], row["recalls"], row["state"]) for row in announcer.rows()] == [
        ("A-001", 0, "lapsed"), ("A-002", 1, "queued"),
    ]  # fmt: skip
    queue.clock.pass_by(50)  # its time counts from the last word of the officer
    following = announcer.tell(A)
    assert following is not None and following["number"] == "A-002"


def test_a_repeated_call_while_it_is_being_spoken_is_said_again(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    announcer.tell(A, playing=1)
    queue.press("recall", "1", SITI)
    assert announcer.states() == [("A-001", "playing", None), ("A-001", "queued", None)]


def test_an_old_call_lapses_late_where_somebody_speaks_and_without_speaker_where_nobody_does(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    call(queue)
    queue.open("3", BUDI)
    queue.ticket("sim")
    queue.call_next("3", BUDI)
    queue.clock.pass_by(60)
    announcer.chores()
    assert announcer.states() == [("A-001", "lapsed", "late"), ("B-001", "lapsed", "no_speaker")]
    assert announcer.events() == ["lapsed", "lapsed"]
    assert announcer.tell(A) is None


def test_a_call_of_before_the_clock_was_set_back_lapses(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    queue.clock.set_wall(-3600)
    assert announcer.tell(A) is None
    assert announcer.states() == [("A-001", "lapsed", "late")]


def test_what_a_page_cannot_play_lapses_and_the_next_follows(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    announcer.tell(A, failed=(1,))
    assert announcer.states() == [("A-001", "lapsed", "failed")]


@pytest.mark.parametrize("sound", ["blocked", "none", "starting"])
def test_a_board_that_cannot_be_heard_speaks_never_and_gives_up_its_place(
    queue: QueueHall, announcer: Announcer, sound: str
) -> None:
    announcer.tell(A)
    announcer.tell(HALL)
    announcer.alive.remove(A)
    assert announcer.tell(Page(A.board, A.session, sound)) is None
    call(queue)
    assert announcer.tell(Page(A.board, A.session, sound)) is None
    assert announcer.speak(HALL) is not None


def test_a_server_that_comes_back_has_lost_nothing(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    call(queue)
    announcer.tell(A, playing=1)
    queue.press("recall", "1", SITI)
    queue.restart()
    announcer.tell(A, playing=1)
    assert announcer.states() == [("A-001", "playing", None), ("A-001", "queued", None)]
    following = announcer.tell(A, played=(1,))
    assert following is not None and following["id"] == 2


def test_in_quiet_hours_a_call_is_shown_and_not_spoken(tmp_path: Path) -> None:
    with QueueHall(tmp_path, document(quiet_hours=["18:00-06:00"]), at="2026-03-02T17:59:59") as queue:
        announcer = Announcer(queue)
        announcer.tell(A)
        call(queue)
        queue.clock.pass_by(1)
        another(queue)
        assert announcer.states() == [("A-001", "lapsed", "withdrawn"), ("A-002", "lapsed", "quiet")]
        made = queue.write(lambda tx: announcing.test_voice(tx, queue.hall, CHIEF, "a"))
        assert made.state == "queued"  # who tries it wants to hear it


def test_zones_that_share_a_voice_have_one_queue_and_one_speaker(tmp_path: Path) -> None:
    shared = document()
    shared["zones"][1]["voice"] = {"shared_with": "a"}
    with QueueHall(tmp_path, shared) as queue:
        announcer = Announcer(queue)
        board_b = Page("board-b", "first000", "on")
        announcer.tell(board_b)
        call(queue)
        queue.open("3", BUDI)
        queue.ticket("sim")
        queue.call_next("3", BUDI)
        assert [row["voice"] for row in announcer.rows()] == ["a", "a"]
        assert announcer.events() == ["queued", "queued"]  # the speaking board may hear of no call of the other zone
        assert announcer.tell(A) is None
        assert [announcer.speak(board_b)["number"] for _ in range(2)] == ["A-001", "B-001"]  # type: ignore[index]


def test_a_call_to_another_zone_is_spoken_where_the_visitor_waits_and_where_the_counter_is(
    queue: QueueHall, announcer: Announcer
) -> None:
    queue.open("2", BUDI)
    queue.ticket("sim")  # of an agency of zone b, called to a counter of zone a
    queue.call_next("2", BUDI)
    assert [row["voice"] for row in announcer.rows()] == ["a", "b"]


def test_one_loudspeaker_of_both_zones_says_such_a_call_once(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(HALL)
    queue.open("2", BUDI)
    queue.ticket("sim")
    queue.call_next("2", BUDI)
    assert [row["voice"] for row in announcer.rows()] == ["a"]


def test_such_a_call_is_spoken_where_either_of_its_zones_is_not_quiet(tmp_path: Path) -> None:
    with QueueHall(tmp_path, document(quiet_hours=["00:00-12:00"])) as queue:
        announcer = Announcer(queue)
        announcer.tell(HALL)
        queue.open("2", BUDI)
        queue.ticket("sim")
        queue.call_next("2", BUDI)
        assert [(row["voice"], row["state"]) for row in announcer.rows()] == [("b", "queued")]


def without_zone_a(**changes: Any) -> Hall:
    """The same hall, all of it in zone b."""
    found = document()
    found["zones"] = found["zones"][1:]
    for each in (*found["agencies"], *found["counters"], *found["kiosks"]):
        each["zone"] = "b"
    found["displays"] = found["displays"][1:2]
    return parse_hall({**found, **changes})


def apply(queue: QueueHall, hall: Hall) -> None:
    queue.write(lambda tx: catalogue.apply(tx, hall, SYSTEM))
    queue.hall = hall


def test_calls_of_a_zone_that_is_no_more_are_spoken_where_its_counter_is_now(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    call(queue)
    queue.open("2", BUDI)
    queue.ticket("sim")  # queued in both zones: to be spoken once, where only one is left
    queue.call_next("2", BUDI)
    announcer.tell(A, playing=1)
    apply(queue, without_zone_a())
    assert queue.sql("SELECT * FROM speakers") == []
    board_b = Page("board-b", "first000", "on")
    announcer.die(A)
    assert [announcer.speak(board_b)["number"] for _ in range(2)] == ["A-001", "B-001"]  # type: ignore[index]
    assert sorted(announcer.states()) == [
        ("A-001", "played", None), ("B-001", "lapsed", "withdrawn"), ("B-001", "played", None)
    ]  # fmt: skip


def test_calls_of_a_zone_that_is_no_more_lapse_where_nobody_can_speak_them(
    queue: QueueHall, announcer: Announcer
) -> None:
    announcer.tell(A)
    call(queue)
    apply(queue, without_zone_a(displays=[]))
    assert announcer.states() == [("A-001", "lapsed", "no_speaker")]


def test_a_test_of_a_voice_is_a_number_that_nobody_has(queue: QueueHall, announcer: Announcer) -> None:
    announcer.tell(A)
    queue.write(lambda tx: announcing.test_voice(tx, queue.hall, CHIEF, "a"))
    spoken = announcer.speak(A)
    assert spoken is not None and (spoken["number"], spoken["ticket"]) == ("A-000", None)
    with pytest.raises(NotFound):
        queue.write(lambda tx: announcing.test_voice(tx, queue.hall, CHIEF, "nowhere"))


def test_a_zone_without_a_board_has_no_announcements(tmp_path: Path) -> None:
    found = document()
    found["displays"] = [found["displays"][0]]
    with QueueHall(tmp_path, found) as queue:
        queue.open("3", BUDI)
        queue.ticket("pajak")
        queue.call_next("3", BUDI)
        assert Announcer(queue).rows() == []
        with pytest.raises(DomainError, match="no board"):
            queue.write(lambda tx: announcing.test_voice(tx, queue.hall, CHIEF, "b"))


def test_a_board_without_a_loudspeaker_never_speaks(tmp_path: Path) -> None:
    found = document()
    found["displays"][0]["speaks"] = found["displays"][1]["speaks"] = False
    with QueueHall(tmp_path, found) as queue:
        announcer = Announcer(queue)
        announcer.tell(A)
        call(queue)
        assert announcer.tell(A) is None
        assert announcer.speak(HALL) is not None
    found["displays"][2]["speaks"] = False
    with QueueHall(tmp_path / "mute", found) as queue:
        call(queue)
        assert Announcer(queue).rows() == []


@pytest.mark.parametrize(("stretch", "inside", "outside"), [
    ("12:00-13:00", ["12:00", "12:59"], ["11:59", "13:00", "00:00"]),
    ("18:00-06:00", ["18:00", "23:59", "00:00", "05:59"], ["06:00", "17:59"]),
    ("18:00-24:00", ["18:00", "23:59"], ["00:00", "17:59"]),
])  # fmt: skip
def test_quiet_hours_may_reach_over_midnight(stretch: str, inside: list[str], outside: list[str]) -> None:
    assert all(is_quiet([stretch], clock) for clock in inside)
    assert not any(is_quiet([stretch], clock) for clock in outside)


def test_the_nearest_board_speaks_and_goes_on_speaking() -> None:
    hall: Hall = parse_hall(document())
    assert choose_speaker(hall, "a", None, [HALL, A]) == A.key
    assert choose_speaker(hall, "a", HALL.key, [HALL, A]) == HALL.key
    assert choose_speaker(hall, "b", None, [A, HALL]) == HALL.key
    assert choose_speaker(hall, "b", None, [A]) is None


class AnnouncerLife(RuleBasedStateMachine):
    """Pages come, die and come back, officers call, all at any moment: nothing is lost, or said twice at once."""

    PAGES = (A, HALL, Page("board-a", "second00", "on"), Page("board-b", "first000", "on"))

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="antrean-announcer-", dir=IN_MEMORY)
        self.queue = QueueHall(Path(self.folder.name), document())
        self.announcer = Announcer(self.queue)
        self.saying: dict[Page, int | None] = {}
        self.finished: list[int] = []
        self.counters = {"1": SITI, "3": BUDI}
        for counter, officer in self.counters.items():
            self.queue.open(counter, officer)

    def teardown(self) -> None:
        self.queue.close()
        self.folder.cleanup()

    @rule(counter=st.sampled_from("13"))
    def call_another(self, counter: str) -> None:
        by = self.counters[counter]
        busy = self.queue.read(lambda reader, hall, now_ms: reader.ticket_at(counter))
        if busy is not None:
            self.queue.press("start", counter, by)
            self.queue.press("finish", counter, by)
        self.queue.ticket({"1": "akta", "3": "pajak"}[counter])
        assert self.queue.call_next(counter, by) is not None

    @rule(counter=st.sampled_from("13"), how=st.sampled_from(["recall", "requeue"]))
    def press(self, counter: str, how: str) -> None:
        busy = self.queue.read(lambda reader, hall, now_ms: reader.ticket_at(counter))
        if busy is not None and busy.state == "called":
            self.queue.press(how, counter, self.counters[counter])

    @rule(page=st.sampled_from(PAGES))
    def a_page_goes_on(self, page: Page) -> None:
        """It reports what it speaks, or takes what comes next."""
        saying = self.saying.get(page)
        following = self.announcer.tell(page, playing=saying)
        if saying is None and following is not None:
            self.saying[page] = following["id"]
            self.announcer.tell(page, playing=following["id"])
        elif saying is not None and self.announcer.row(saying)["speaker"] != page.key:
            self.saying[page] = None  # it hears that another has taken over, and falls silent

    @rule(page=st.sampled_from(PAGES))
    def a_page_ends(self, page: Page) -> None:
        saying = self.saying.get(page)
        if saying is not None and page in self.announcer.alive:
            self.saying[page] = None
            self.announcer.tell(page, played=(saying,))
            self.finished.append(saying)

    @rule(page=st.sampled_from(PAGES))
    def a_page_dies(self, page: Page) -> None:
        if page in self.announcer.alive:
            self.announcer.die(page)
            self.saying[page] = None
            self.announcer.chores()

    @precondition(lambda self: len(self.finished) > 1)
    @rule()
    def the_server_comes_back(self) -> None:
        self.queue.restart()

    @rule(seconds=st.sampled_from([1, 10, 59, 60]))
    def time_passes(self, seconds: int) -> None:
        self.queue.clock.pass_by(seconds)
        self.announcer.chores()

    @invariant()
    def a_voice_speaks_one_call_at_a_time_by_its_speaker(self) -> None:
        speakers = {row["voice"]: row["page"] for row in self.queue.sql("SELECT * FROM speakers")}
        playing = self.queue.sql("SELECT * FROM announcements WHERE state = 'playing'")
        assert len({row["voice"] for row in playing}) == len(playing)
        assert all(row["speaker"] == speakers.get(row["voice"]) for row in playing)
        assert len({row["speaker"] for row in playing}) == len(playing), "a page speaks one at a time"

    @invariant()
    def every_call_has_its_place_and_what_has_ended_says_how(self) -> None:
        rows = self.announcer.rows()
        logged = self.queue.sql(
            "SELECT payload FROM events WHERE kind IN ('ticket.called', 'ticket.recalled') ORDER BY seq"
        )
        told = {each["id"] for row in logged for each in json.loads(row["payload"])["announcements"]}
        assert told == {row["id"] for row in rows}, "every call has an announcement, and nothing else has"
        for row in rows:
            assert (row["ended_ms"] is not None) == (row["state"] in ("played", "lapsed")), row
            assert (row["reason"] is not None) == (row["state"] == "lapsed"), row
            assert row["state"] != "played" or row["times"] > 0, row

    @invariant()
    def what_a_voice_has_begun_it_has_begun_in_the_order_of_the_calls(self) -> None:
        for voice in ("a", "b"):
            rows = [row for row in self.announcer.rows() if row["voice"] == voice]
            begun = [row["id"] for row in rows if row["state"] in ("playing", "played")]
            waiting = [row["id"] for row in rows if row["state"] == "queued" and row["times"] == 0]
            assert not begun or not waiting or max(begun) < min(waiting)


AnnouncerLife.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnnouncerLife = AnnouncerLife.TestCase
