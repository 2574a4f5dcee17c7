"""What people type is taken as they type it, in any script, with its invisible joiners; what is no text is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.commands import access, boards, hours, messages, serving
from server.commands.desk import UNSAID
from server.domain.errors import Invalid
from server.domain.hall import Text
from server.domain.outcomes import Told, check
from server.domain.overrides import SERVICE
from server.domain.wording import is_text
from server.hall_file import parse_hall
from tests.queue.house import CHIEF, SITI, QueueHall, hall_document

FAMILY, NOT_BROKEN = "👨\u200d👩\u200d👧 menunggu", "می\u200cخواهم"
MIXED, PASTED = "KTP \u200fعربي\u200e 12", "Bapak\u00a0Budi"
READABLE = [FAMILY, NOT_BROKEN, MIXED, PASTED, "❤️ Ωж漢", "ع" * 200]
Say = Callable[[QueueHall, str], Any]


def note(queue: QueueHall, words: str) -> Any:
    queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    return queue.hold("1", SITI, words) and queue.sql("SELECT text FROM notes")[-1]["text"]


def message(queue: QueueHall, words: str) -> Any:
    return queue.write(lambda tx: messages.send(tx, queue.hall, CHIEF, messages.Letter(words))).text


def pause(queue: QueueHall, words: str) -> Any:
    paused = queue.write(
        lambda tx: serving.pause_counter(tx, queue.hall, SITI, "1", reason=words, expect=UNSAID)
    )
    return paused.pause_reason


def document(queue: QueueHall, words: str) -> Any:
    return check(queue.hall.services["akta"], Told("missing", (words,))).documents[0]


def board(queue: QueueHall, words: str) -> Any:
    wish = boards.Wording(text=Text(words, ""))
    return queue.write(lambda tx: boards.add_message(tx, queue.hall, CHIEF, wish)).text_id


def closing(queue: QueueHall, words: str) -> Any:
    said = hours.Said("closed", words)
    override = queue.write(lambda tx: hours.set_hours(tx, queue.hall, CHIEF, SERVICE, "akta", said))
    assert override is not None and override.reason is not None
    return override.reason.id


def person(queue: QueueHall, words: str) -> Any:
    return queue.write(lambda tx: access.add_user(tx, CHIEF, words[:60], "officer", "hash")).name


@pytest.fixture
def hall(tmp_path: Path) -> Any:
    document = hall_document()
    missing = {"id": "missing", "name": {"id": "Kurang", "en": "Missing"}, "documents": True}
    document["agencies"][0]["services"][0]["outcomes"] = [missing]
    with QueueHall(tmp_path, document) as queue:
        queue.open("1", SITI)
        yield queue


@pytest.mark.parametrize("say", [note, message, pause, document, board, closing, person])
@pytest.mark.parametrize("words", READABLE)
def test_what_people_write_is_kept_as_they_write_it(say: Say, words: str, hall: QueueHall) -> None:
    expected = " ".join(words.split()) if say is closing else words[:60] if say is person else words
    assert say(hall, words) == expected


@pytest.mark.parametrize("say", [note, message, pause, document, board, closing, person])
@pytest.mark.parametrize("words", ["bel\x07", "a\x00b", "merah \x1b[31m", "a\u202eb", "a\u2066b", "\ud800"])
def test_what_is_no_text_is_refused(say: Say, words: str, hall: QueueHall) -> None:
    with pytest.raises(Invalid):
        say(hall, words)


def test_names_of_the_catalogue_may_hold_them_too() -> None:
    document = hall_document()
    document["agencies"][0]["name"] = {"id": FAMILY, "en": NOT_BROKEN}
    assert parse_hall(document).agency["capil"].name == Text(FAMILY, NOT_BROKEN)


def test_lines_are_for_where_they_are_said() -> None:
    assert is_text("satu\ndua", lines=True) and not is_text("satu\ndua")
    assert not is_text("satu\u2028dua", lines=True)
