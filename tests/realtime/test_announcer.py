"""The announcer of a running server: boards as programs ask it over HTTP, and hear of it over their sockets."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Iterator
from typing import Any

import pytest

from server.loudspeakers import HUNG_UP_S, LEASE_S
from tests.api.wide_hall import QUIET, rows, wide
from tests.harness import Answer, RunningHall, wait_until, write_config
from tests.realtime.conftest import Connect

TAKEN_OVER_S = 5.0
AGAIN_S = 1.0
"""A board's page asks so often."""


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    folder = tmp_path_factory.mktemp("announcer")
    document = wide()
    document["voice"] = {"languages": ["id"], "speed_wpm": 400}
    document["zones"][0]["voice"] = {"volume": 70, "repeat": 2}
    document["displays"].append({"id": "board-hall", "name": {"id": "Hall", "en": "Hall"}, "zones": ["a", "b"]})
    running = RunningHall(folder, write_config(folder / "config.toml", document), environ=QUIET)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


class Board:
    """A board's page as a program; `lives` asks every second as pages do, until it `dies`."""

    def __init__(self, hall: RunningHall, id: str, session: str = "session1", sound: str = "on") -> None:
        self.hall, self.id, self.session, self.sound = hall, id, session, sound
        self.client = hall.client("display", id)
        self.answers: list[tuple[float, dict[str, Any]]] = []
        self.playing: int | None = None
        self._dead = threading.Event()
        self._life: threading.Thread | None = None

    def answer(self, **told: Any) -> Answer:
        body = {"session": self.session, "sound": self.sound, **told}
        return self.client.post(f"/displays/{self.id}/voice", body)

    def tell(self, **told: Any) -> dict[str, Any]:
        answer = self.answer(**told)
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def lives(self) -> Board:
        self._life = threading.Thread(target=self._live, daemon=True)
        self._life.start()
        return self

    def _live(self) -> None:
        while not self._dead.is_set():
            self.answers.append((time.monotonic(), self.tell(playing=self.playing)))
            self._dead.wait(AGAIN_S)

    def dies(self) -> float:
        """Falls silent; when."""
        self._dead.set()
        assert self._life is not None
        self._life.join(10)
        return time.monotonic()

    def given(self) -> tuple[float, dict[str, Any]] | None:
        """When it was first given something to speak, and what."""
        return next(((at_s, answer["next"]) for at_s, answer in list(self.answers) if answer["next"]), None)


def call(hall: RunningHall, counter: str = "1", service: str = "one") -> dict[str, Any]:
    hall.client("kiosk", "kiosk-1").do("/tickets", {"services": [service]})
    client = hall.client("counter", counter)
    client.do(f"/counters/{counter}/open")
    return dict(client.do(f"/counters/{counter}/call-next")["ticket"])


def voice(hall: RunningHall, id: str = "a") -> dict[str, Any]:
    return next(dict(each) for each in hall.client("supervisor").get("/voice")["voices"] if each["id"] == id)


def test_a_board_is_given_a_call_with_its_clips_and_reports_what_becomes_of_it(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    assert board.tell() == {"speaks": ["a"], "playing": None, "next": None}
    ticket = call(hall)
    following = board.tell()["next"]
    assert (following["number"], following["ticket"], following["counter"]) == (
        ticket["number"], ticket["id"], {"id": "1", "label": "1"},
    )  # fmt: skip
    assert (following["volume"], following["repeat"]) == (70, 2)
    for what in ("speech_url", "chime_url"):
        clip = board.client.request("GET", following[what])
        assert (clip.status, clip.headers["Content-Type"]) == (200, "audio/wav")
        assert "immutable" in clip.headers["Cache-Control"]
        with wave.open(io.BytesIO(clip.body)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
            assert 0.2 < sound.getnframes() / sound.getframerate() < 10
    assert board.tell(playing=following["id"])["playing"] == following["id"]
    assert voice(hall)["today"] == {"queued": 0, "playing": 1, "played": 0, "lapsed": 0, "reasons": {}}
    assert board.tell(played=[following["id"]]) == {"speaks": ["a"], "playing": None, "next": None}
    assert voice(hall)["today"]["played"] == 1


def test_a_board_that_begins_what_was_taken_back_is_told_not_to_go_on(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    board.tell()
    call(hall)
    following = board.tell()["next"]
    hall.client("counter", "1").do("/counters/1/requeue")
    assert board.tell(playing=following["id"]) == {"speaks": ["a"], "playing": None, "next": None}
    assert voice(hall)["today"]["reasons"] == {"withdrawn": 1}


def test_in_a_burst_the_chime_is_left_out_and_never_the_speech(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    board.tell()
    for counter in "123":
        call(hall, counter)
    first = board.tell()["next"]
    assert first["chime_url"] is not None
    ahead = board.tell(playing=first["id"])["next"]
    assert (ahead["number"], ahead["chime_url"]) == ("A-002", None)
    assert ahead["speech_url"] not in (None, first["speech_url"])
    second = board.tell(played=[first["id"]])["next"]
    assert second == ahead
    board.tell(playing=second["id"])
    board.tell(played=[second["id"]])
    assert board.tell()["next"]["chime_url"] is not None  # it has been still since


def test_only_clips_that_were_given_out_are_there(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    board.tell()
    call(hall)
    key = board.tell()["next"]["speech_url"].rsplit("/", 1)[1]
    for wrong in ("0" * 64 + ".wav", key.upper(), key.removesuffix(".wav"), key + ".wav", "..%2f..%2fsecrets.json",
                  "..", "%00", "antrean.db"):  # fmt: skip
        answer = board.client.request("GET", f"/api/v1/displays/board-a/voice/{wrong}")
        assert answer.status == 404, wrong
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_who_speaks_is_followed_within_five_seconds_and_its_call_is_given_again(hall: RunningHall) -> None:
    first = Board(hall, "board-a").lives()
    wait_until(lambda: voice(hall)["speaker"] == "board-a")
    second = Board(hall, "board-hall").lives()
    wait_until(lambda: len(second.answers) > 1)
    ticket = call(hall)
    given = wait_until(first.given)[1]
    first.playing = given["id"]
    wait_until(lambda: voice(hall)["today"]["playing"])
    assert second.given() is None
    died_s = first.dies()
    taken_s, again = wait_until(second.given)
    assert (again["id"], again["number"], again["times"]) == (given["id"], ticket["number"], 1)
    assert taken_s - died_s < TAKEN_OVER_S
    assert taken_s - died_s > LEASE_S - AGAIN_S - 0.5, "who is only late keeps its place"
    second.dies()


def test_a_board_whose_line_is_cut_is_followed_sooner(hall: RunningHall, listen: Connect) -> None:
    first = Board(hall, "board-a").lives()
    line = listen(hall, "display", "board-a")
    wait_until(lambda: voice(hall)["speaker"] == "board-a")
    second = Board(hall, "board-hall").lives()
    call(hall)
    wait_until(first.given)
    died_s = first.dies()
    line.close()
    taken_s, _ = wait_until(second.given)
    assert taken_s - died_s < HUNG_UP_S + AGAIN_S + 1.0
    second.dies()


def test_boards_and_supervisors_hear_who_speaks_and_what_is_spoken(hall: RunningHall, listen: Connect) -> None:
    own, other = listen(hall, "display", "board-a"), listen(hall, "display", "board-b")
    chief = listen(hall, "supervisor", "")
    board = Board(hall, "board-a")
    board.tell()
    assert own.wait_for("voice.changed").data["voice"] == {"id": "a", "speaker": "board-a"}
    assert chief.wait_for("voice.changed", lambda data: "board" in data).data["board"] == {
        "id": "board-a", "sound": "on",
    }  # fmt: skip
    ticket = call(hall)
    assert own.wait_for("ticket.called").data["announcements"][0]["state"] == "queued"
    following = board.tell()["next"]
    board.tell(playing=following["id"])
    told = own.wait_for("announcement.playing").data["announcement"]
    assert (told["ticket"], told["number"], told["voice"]) == (ticket["id"], ticket["number"], "a")
    board.tell(played=[following["id"]])
    own.wait_for("announcement.played")
    chief.wait_for("announcement.played")
    wait_until(lambda: voice(hall)["speaker"] is None, what="the silent board is not expected any more")
    own.wait_for("voice.changed", lambda data: data["voice"]["speaker"] is None)
    chief.wait_for("voice.changed", lambda data: data.get("board") == {"id": "board-a", "sound": "away"})
    assert not [name for name in other.names() if name.startswith(("announcement", "voice"))]
    assert "board" not in {key for message in own.heard if message.name == "voice.changed" for key in message.data}


def test_what_a_board_says_of_its_sound_is_seen_by_supervisors_and_it_does_not_speak(hall: RunningHall) -> None:
    blocked = Board(hall, "board-a", sound="blocked")
    assert blocked.tell()["speaks"] == []
    assert {each["id"]: each["sound"] for each in voice(hall)["boards"]} == {
        "board-a": "blocked", "board-hall": "away",
    }  # fmt: skip
    assert Board(hall, "board-hall").tell()["speaks"] == ["a", "b"]
    blocked.sound = "on"
    assert blocked.tell()["speaks"] == [], "the other goes on"


def test_two_tabs_of_one_board_are_two_and_one_of_them_speaks(hall: RunningHall) -> None:
    one, two = Board(hall, "board-a"), Board(hall, "board-a", session="session2")
    assert one.tell()["speaks"] == ["a"] and two.tell()["speaks"] == []
    call(hall)
    assert two.tell()["next"] is None and one.tell()["next"] is not None


def test_a_test_of_a_voice_is_spoken_by_its_speaker(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    board.tell()
    chief = hall.client("supervisor")
    assert chief.post("/voice/a/test").status == 201
    following = board.tell()["next"]
    assert (following["number"], following["ticket"]) == ("A-000", None)
    assert board.client.request("GET", following["speech_url"]).status == 200
    assert chief.post("/voice/nowhere/test").json["code"] == "not_found"


def test_a_server_killed_in_mid_queue_loses_nothing_and_keeps_its_speaker(hall: RunningHall) -> None:
    board = Board(hall, "board-a")
    board.tell()
    numbers = [call(hall, counter)["number"] for counter in "123"]
    first = board.tell()["next"]
    board.tell(playing=first["id"])
    hall.kill()
    hall.start()
    intruder = Board(hall, "board-hall")
    assert intruder.tell()["speaks"] == ["b"], "who spoke before is waited for"
    board = Board(hall, "board-a")
    answer = board.tell(playing=first["id"])
    assert answer["speaks"] == ["a"]
    spoken, following = [first["number"]], board.tell(played=[first["id"]])["next"]
    while following:
        spoken.append(following["number"])
        board.tell(playing=following["id"])
        following = board.tell(played=[following["id"]])["next"]
    assert spoken == numbers
    assert rows(hall, "SELECT max(times) FROM announcements") == [(1,)]


def test_a_board_that_is_not_there_any_more_may_not_ask(hall: RunningHall) -> None:
    board, admin = Board(hall, "board-hall"), hall.client("admin")
    assert board.tell()["speaks"] == ["a", "b"]
    document = wide()
    document["zones"][1]["voice"] = {"shared_with": "a"}
    assert admin.post("/catalogue", document).status == 200
    answer = board.answer()
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert Board(hall, "board-b").tell()["speaks"] == ["a"]
