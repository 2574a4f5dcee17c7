"""Where announcements become sound: renders them outside the hub, a little ahead, and knows the files it gave out."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from display.voice.speech import Call, Clip, Voice, VoiceUnavailable
from server.domain.announcements import Announcement
from server.domain.hall import Hall, Text
from server.house import House
from server.views import counter_label, service_name, text

log = logging.getLogger("antrean.voice")

LONGEST_S = 40.0
"""So long at most a call is spoken, each time that it is repeated, without the chime before it: the boards show it for
45 s (display/static/spotlight.js), and others wait to be called."""
PAUSE_S = 0.3
"""Between the times that a call is said (display/static/sound.js)."""
MOST_CLIPS = 256
"""So many files are known at a time: those of the announcements of a busy minute, many times over."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What a board is to play: the key of its clip, and how often."""

    key: str
    times: int


class Studio:
    """The hall's voice for the server: nothing here holds the other requests up."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._voice: Voice | None = None
        self._given: OrderedDict[str, Path] = OrderedDict()
        self._ready: OrderedDict[tuple[Any, ...], Clip] = OrderedDict()
        self._said = ""
        self._warm = False

    def warm_up(self) -> None:
        """Load what rendering needs, once: half a second that the first call of the day would have to wait."""
        if not self._warm:
            self._warm = True
            self._house.threads.spawn(self._load)

    def _load(self) -> None:
        self.chime()
        languages = self._house.settings.voice.languages
        if languages:
            nothing = {"id": "", "en": ""}
            self._rendered("speech", Call(number="A-000", counter="1", agency=nothing, service=nothing), languages)

    def speech(self, hall: Hall, each: Announcement) -> Speech | None:
        """An announcement's speech, rendered now unless it was; None where nothing can be spoken."""
        voice = hall.voices[each.voice]
        clip = self._speech(_call(hall, each), voice.languages or self._house.settings.voice.languages, voice.repeat)
        if clip is None:
            return None
        fit = int((LONGEST_S + PAUSE_S) // (clip.duration_s + PAUSE_S))
        return Speech(self._give(clip), max(1, min(voice.repeat, fit)))

    def _speech(self, call: Call, languages: tuple[str, ...], repeat: int) -> Clip | None:
        if not languages:
            return None  # a hall that only chimes
        wanted = (
            call.number, call.counter, *call.agency.values(), *call.service.values(), call.only_a_test, languages,
            repeat,
        )  # fmt: skip
        if wanted not in self._ready:
            clip = self._rendered("speech", call, languages, LONGEST_S / repeat - PAUSE_S)
            if clip is None:
                return None
            self._ready[wanted] = clip
            _keep_newest(self._ready)
        return self._ready[wanted]

    def chime(self) -> str | None:
        """The key of the hall's chime, None where it has none."""
        if ("chime",) not in self._ready:
            clip = self._rendered("chime")
            if clip is None:
                return None
            self._ready["chime",] = clip
        self._ready.move_to_end(("chime",))
        return self._give(self._ready["chime",])

    def file(self, key: str) -> bytes | None:
        """The WAV of a key that was given out, None where there is none (any more)."""
        path = self._given.get(key)
        try:
            return None if path is None else path.read_bytes()
        except FileNotFoundError:  # the cache is bounded: it is rendered anew when it is asked for
            self._given.pop(key)
            self._ready.clear()
            return None

    def ahead(self, hall: Hall, announcements: list[Announcement]) -> None:
        """Render these while others are being spoken."""
        for each in announcements:
            self._house.threads.spawn(self._render_ahead, hall, each)

    def _render_ahead(self, hall: Hall, each: Announcement) -> None:
        self.speech(hall, each)

    def _rendered(self, what: str, *args: Any) -> Clip | None:
        try:
            clip: Clip = self._house.threads.offload(self._render, what, *args)
        except (VoiceUnavailable, ValueError) as error:
            if str(error) != self._said:  # once, not with every call
                log.error("calls are not spoken: %s", error)
            self._said = str(error)
            return None
        self._said = ""
        return clip if clip.duration_s else None

    def _render(self, what: str, *args: Any) -> Clip:
        if self._voice is None:
            self._voice = Voice(self._house.settings.voice, self._house.folder / "voice")
        clip: Clip = getattr(self._voice, what)(*args)
        return clip

    def _give(self, clip: Clip) -> str:
        self._given[clip.key] = clip.path
        self._given.move_to_end(clip.key)
        _keep_newest(self._given)
        return clip.key


def _keep_newest(found: OrderedDict[Any, Any]) -> None:
    while len(found) > MOST_CLIPS:
        found.popitem(last=False)


def _call(hall: Hall, each: Announcement) -> Call:
    """An announcement as it is said; what the catalogue no longer has is called by its id."""
    agency = hall.agency.get(each.agency)
    return Call(
        number=each.number,
        counter=(counter_label(hall, each.counter) or {"label": ""})["label"],
        agency=text((agency.short_name or agency.name) if agency else Text(each.agency, each.agency)),
        service=service_name(hall, each.service),
        only_a_test=each.ticket is None,
    )
