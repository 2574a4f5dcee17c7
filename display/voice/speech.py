"""The hall's voice: a call becomes a sound file, rendered once."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from display.voice.cache import Cache, Clip
from display.voice.clips import ClipFile, SpoiltClip, clips_of
from display.voice.espeak import VOICES, Lock, VoiceUnavailable, require
from display.voice.parts import Lacking, Part, Recorded, parts
from display.voice.wording import Call, Token, sentence, shortened, written
from server.sections import Voice as Settings

__all__ = ["Call", "Clip", "Voice", "VoiceUnavailable"]

RENDERING = 1
"""To be raised whenever the same parts sound different: what older programs rendered is then rendered anew."""
Sentences = list[tuple[str, tuple[Part, ...]]]


class Voice:
    """Speaks calls. One a process; any native thread may ask it, and waits meanwhile: never call it in the hub."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """`folder` is where rendered sounds are kept; it is made when the first is."""
        self._settings = settings
        self._cache = Cache(folder, settings.cache_mb * 1_000_000)
        self._lock = Lock()
        self._unusable: set[ClipFile] = set()

    def speech(self, call: Call, languages: tuple[str, ...] | None = None, longest_s: float = math.inf) -> Clip:
        """A call in these languages (None: the hall's), one after the other, without the chime.

        A language that lacks a recording and cannot be synthesised is left out, never half said. Of what would last
        more than `longest_s` seconds names are left out, the least needed first; never the number and the counter.
        Raises VoiceUnavailable where no language can be said or kept; ValueError for what is no ticket number.
        """
        clip = self._spoken(call, languages)
        for shorter in shortened(call):
            if clip.duration_s <= longest_s:
                break
            with suppress(VoiceUnavailable):  # recordings alone, which have no word for a shorter label
                clip = self._spoken(shorter, languages)
        return clip

    def _spoken(self, call: Call, languages: tuple[str, ...] | None) -> Clip:
        while True:
            sentences = self._sentences(call, self._settings.languages if languages is None else languages)
            key = self._key(sentences)
            found = self._cache.get(key)
            if found is not None:
                return found
            try:
                return self._rendered(key, sentences)
            except SpoiltClip as error:
                self._unusable.add(error.clip)  # what it should have said is said otherwise

    def chime(self, name: str | None = None) -> Clip:
        """A chime (None: the hall's); "none" is a sound of 0 s. Raises KeyError, and VoiceUnavailable as `speech`."""
        name = self._settings.chime if name is None else name
        key = _digest(["chime", RENDERING, name])
        found = self._cache.get(key)
        if found is not None:
            return found
        from display.voice import render

        with self._lock():
            return self._kept(key, render.chime(name))

    def words(self, call: Call) -> dict[str, str]:
        """What is said in each of the hall's languages, in writing. Raises ValueError for what is no ticket number."""
        settings = self._settings
        return {language: written(sentence(call, language, settings)) for language in settings.languages}

    def _sentences(self, call: Call, languages: tuple[str, ...]) -> Sentences:
        """What each language that can say it would say. Raises VoiceUnavailable where none can."""
        found: Sentences = []
        reasons = []
        for language in languages:
            try:
                found.append((language, self._parts(call, language)))
            except (Lacking, VoiceUnavailable) as error:
                reasons.append(f"{language}: {error}")
        if not found:
            raise VoiceUnavailable("; ".join(reasons) or "[voice] names no language")
        return found

    def _parts(self, call: Call, language: str) -> tuple[Part, ...]:
        try:
            return self._parts_of(sentence(call, language, self._settings), language)
        except KeyError:
            raise VoiceUnavailable("[voice.template] has no sentence for it") from None
        except (Lacking, VoiceUnavailable):
            if not call.only_a_test:
                raise
            # Recordings alone, and none of the words that name a test: then it is tested as calls are said.
            return self._parts(replace(call, only_a_test=False), language)

    def _parts_of(self, tokens: tuple[Token, ...], language: str) -> tuple[Part, ...]:
        clips = clips_of(self._settings.clips, language)
        usable = {name: clip for name, clip in clips.items() if clip not in self._unusable}
        found = parts(tokens, usable, synthesis=language in VOICES)
        if not all(isinstance(part, Recorded) for part in found):
            require(language, self._settings.timbre)
        return found

    def _rendered(self, key: str, sentences: Sentences) -> Clip:
        from display.voice import render

        with self._lock():
            # Who waited for the lock may find that another has done the work.
            found = self._cache.get(key)
            return found or self._kept(key, render.speech(sentences, self._settings))

    def _kept(self, key: str, pcm: bytes) -> Clip:
        try:
            return self._cache.put(key, pcm)
        except OSError as error:
            raise VoiceUnavailable(f"a rendered call cannot be kept: {error}") from None

    def _key(self, sentences: Sentences) -> str:
        settings = self._settings
        said = [
            (language, [(type(part).__name__, asdict(part)) for part in parts]) for language, parts in sentences
        ]
        return _digest(["speech", RENDERING, settings.speed_wpm, settings.timbre, said])


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()
