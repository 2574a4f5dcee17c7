"""The announcer: what boards ask so that each call is spoken once, and what those who supervise see and try of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from flask import Response
from pydantic import Field

from display.studio import Studio
from server.api import PREFIX, Api, Id, reading
from server.commands import announcing
from server.domain.actors import Actor
from server.domain.announcements import PLAYING, Announcement, Page, Report
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.house import House
from server.queries.voices import voices_snapshot
from server.store import Reader, Tx
from server.views import announcement_view

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
AHEAD = 2
"""So many announcements after the next one are rendered while it is spoken."""
CLIP = re.compile(r"([0-9a-f]{64})\.wav")
FOR_EVER = "private, max-age=31536000, immutable"
Ids = Annotated[tuple[Id, ...], Field(max_length=50)]


@dataclass(frozen=True, slots=True)
class VoiceBody:
    """How a page's sound is, what it speaks now, and what it has spoken or could not speak since it last said so.

    `session` is another one each time the page is loaded.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    session: Annotated[str, Field(min_length=8, max_length=64, pattern="^[0-9a-zA-Z]*$")]
    sound: Literal["on", "blocked", "none", "starting"]
    playing: Id | None = None
    played: Ids = ()
    failed: Ids = ()


def register(api: Api) -> None:
    """/displays/<id>/voice and its clips, /voice, /voice/<zone>/test."""
    house, studio = api.house, Studio(api.house)

    @api.post("/displays/<display>/voice", VoiceBody, "display.speak", own="display")
    def speak(actor: Actor, body: VoiceBody, display: str) -> dict[str, Any]:
        """A board's page says that it is there; which voices it speaks for, whether it goes on, and what comes next."""
        hall = reading(house, lambda reader, hall, now_ms: hall)
        if display not in hall.display:
            raise NotFound("not_found", f'no board has the id "{display}"')
        page = Page(display, body.session, body.sound)
        studio.warm_up()
        house.loudspeakers.heard(page)
        settle(house, Report(page, body.playing, body.played, body.failed))

        def read(reader: Reader, hall: Hall, now_ms: int) -> tuple[Hall, list[str], int | None, list[Announcement]]:
            mine = [voice for voice in announcing.voices_of_board(hall, display) if reader.speaker(voice) == page.key]
            told = None if body.playing is None else reader.announcement(body.playing)
            plays = told is not None and (told.state, told.speaker) == (PLAYING, page.key)
            return hall, mine, body.playing if plays else None, list(announcing.upcoming(reader, hall, page, 1 + AHEAD))

        hall, speaks, playing, coming = reading(house, read)
        # Calls that follow each other without a pause: the chime between them is left out, never the speech.
        burst = body.playing is not None or bool(body.played)
        following = _item(hall, studio, display, coming[0], burst=burst) if coming else None
        studio.ahead(hall, coming[1:])
        return {"speaks": speaks, "playing": playing, "next": following}

    @api.get("/displays/<display>/voice/<clip>", "display.speak", own="display")
    def clip(actor: Actor, display: str, clip: str) -> Response:
        """A WAV file that a board was given the address of."""
        named = CLIP.fullmatch(clip)
        wav = studio.file(named[1]) if named else None
        if wav is None:
            raise NotFound("not_found", "there is no such clip")
        return Response(wav, headers={"Cache-Control": FOR_EVER}, content_type="audio/wav")

    @api.get("/voice", "voice.read")
    def voices(actor: Actor) -> dict[str, Any]:
        """Each voice of the hall: its speaker, the sound of its boards, its queue, and what came of today's calls."""
        sounds = house.loudspeakers.sounds()
        return reading(house, lambda reader, hall, now_ms: voices_snapshot(reader, hall, sounds, now_ms))

    @api.command("/voice/<zone>/test", None, "voice.test", status=201)
    def test(tx: Tx, hall: Hall, actor: Actor, body: None, zone: str) -> dict[str, Any]:
        """Have a zone's voice speak a number that nobody has."""
        return {"announcement": announcement_view(hall, announcing.test_voice(tx, hall, actor, zone))}


def settle(house: House, report: Report) -> None:
    """Write down what a page's report changes; most of them change nothing, and cost no commit."""
    speakers, lapse_ms = house.loudspeakers, house.policy.lapse_ms
    board = report.page.board

    def has_work(reader: Reader, hall: Hall, now_ms: int) -> bool:
        voices = announcing.voices_of_board(hall, board)
        found = announcing.plan(reader, hall, house.store.wall_ms(), lapse_ms, speakers.alive(), report, voices)
        return bool(found) or bool(speakers.news())

    def write(tx: Tx) -> None:
        hall = house.catalogues.hall(tx)
        if board in hall.display:
            voices = announcing.voices_of_board(hall, board)
            announcing.settle(tx, hall, lapse_ms, speakers.alive(), report, voices)
        news = speakers.news()
        announcing.note_sounds(tx, news)
        speakers.told(news)

    if reading(house, has_work):
        house.store.write(write)


def _item(hall: Hall, studio: Studio, display: str, each: Announcement, *, burst: bool) -> dict[str, Any]:
    """An announcement as a page plays it."""
    speech, settings = studio.speech(hall, each), hall.voices[each.voice]
    chime = None if burst and speech is not None else studio.chime()
    return {
        **announcement_view(hall, each),
        "speech_url": _address(display, speech.key if speech else None),
        "chime_url": _address(display, chime),
        "volume": settings.volume,
        "repeat": speech.times if speech else settings.repeat,
    }


def _address(display: str, key: str | None) -> str | None:
    return None if key is None else f"{PREFIX}/displays/{display}/voice/{key}.wav"
