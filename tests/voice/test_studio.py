"""What the server keeps ready of rendered calls: found again by all that is heard of them, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from display.studio import Studio
from display.voice.speech import Clip
from server.domain.announcements import Announcement
from server.hall_file import parse_hall
from tests.queue.house import hall_document, name

CALL = Announcement(
    id=1, voice="a", day="2026-03-02", ticket=1, number="A-001", counter="1", agency="capil", service="akta",
    called_ms=1, recalls=0, state="queued", reason=None, asked_ms=1, speaker=None, started_ms=None, ended_ms=None,
    times=0,
)  # fmt: skip


class _Settings:
    languages = ("id",)


class _House:
    """Only what a studio asks before it renders."""

    def __init__(self) -> None:
        self.settings = self
        self.voice = _Settings()


class Rendering(Studio):
    """Counts what is rendered; each clip is another one."""

    def __init__(self, seconds: float = 1.0) -> None:
        super().__init__(_House())  # type: ignore[arg-type]
        self.rendered: list[Any] = []
        self.seconds = seconds

    def _rendered(self, what: str, *args: Any) -> Clip:
        self.rendered.append(args)
        return Clip(path=Path("x.wav"), key=f"{len(self.rendered):064x}", duration_s=self.seconds)


@pytest.mark.parametrize("what", ["agency", "service", "label"])
def test_a_name_that_was_changed_is_spoken_anew_and_an_old_one_is_found_again(what: str) -> None:
    studio, before, document = Rendering(), parse_hall(hall_document()), hall_document()
    place = {
        "agency": document["agencies"][0], "service": document["agencies"][0]["services"][0],
        "label": document["counters"][0],
    }[what]  # fmt: skip
    place |= {"label": "12"} if what == "label" else {"name": name("Nama baru")}
    after = parse_hall(document)
    first = studio.speech(before, CALL)
    assert studio.speech(after, CALL) != first
    assert studio.speech(parse_hall(hall_document()), CALL) == first, "another Hall that says the same"
    assert len(studio.rendered) == 2


def test_a_repeated_call_is_the_same_sound() -> None:
    studio, hall = Rendering(), parse_hall(hall_document())
    assert studio.speech(hall, CALL) == studio.speech(hall, replace(CALL, id=2, recalls=3))
    assert len(studio.rendered) == 1


@pytest.mark.parametrize(
    ("repeat", "seconds", "times"), [(1, 5, 1), (3, 5, 3), (3, 13, 3), (3, 14, 2), (2, 30, 1), (3, 50, 1)]
)
def test_a_call_with_its_repeats_ends_before_the_boards_let_it_go(repeat: int, seconds: float, times: int) -> None:
    document = hall_document()
    document["zones"][0]["voice"] = {"repeat": repeat}
    studio = Rendering(seconds)
    speech = studio.speech(parse_hall(document), CALL)
    assert speech is not None and speech.times == times
    assert studio.rendered[0][2] == pytest.approx(40 / repeat - 0.3), "so long each of them may be"
