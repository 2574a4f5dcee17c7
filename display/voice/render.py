"""From parts to samples. Imported when something is rendered: numpy takes longer than the rest of a start."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from display.voice import chimes
from display.voice.clips import SpoiltClip, UnusableClip
from display.voice.espeak import speak
from display.voice.levels import Sound, levelled
from display.voice.parts import Part, Recorded
from display.voice.recordings import prepared
from display.voice.shaping import joined, trimmed
from server.sections import Voice

BETWEEN_LANGUAGES_S = 0.6


def speech(sentences: Iterable[tuple[str, tuple[Part, ...]]], voice: Voice) -> bytes:
    """Sentences (language, parts) one after the other, as samples of 16 bits.

    Raises SpoiltClip for a clip that cannot be read, VoiceUnavailable where synthesis fails.
    """
    said = [_sentence(language, parts, voice) for language, parts in sentences]
    return pcm(joined([(sound, BETWEEN_LANGUAGES_S) for sound in said[:-1]] + [(sound, 0.0) for sound in said[-1:]]))


def chime(name: str) -> bytes:
    """A chime as samples of 16 bits. Raises KeyError."""
    return pcm(chimes.chime(name))


def pcm(sound: Sound) -> bytes:
    """A sound as little-endian samples of 16 bits."""
    return np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def _sentence(language: str, parts: tuple[Part, ...], voice: Voice) -> Sound:
    """The whole is levelled in the end; where it has several parts, each of them is before."""
    sounds = [_part(language, part, voice) for part in parts]
    if len(sounds) > 1:
        sounds = [levelled(sound) for sound in sounds]
    pauses_s = [part.pause_s for part in parts]
    return levelled(trimmed(joined(list(zip(sounds, pauses_s, strict=True)))))


def _part(language: str, part: Part, voice: Voice) -> Sound:
    if isinstance(part, Recorded):
        try:
            return prepared(part.clip)
        except UnusableClip as error:
            raise SpoiltClip(part.clip, str(error)) from None
    samples = np.frombuffer(speak(part.text, language, speed_wpm=voice.speed_wpm, timbre=voice.timbre), "<i2")
    return trimmed((samples / 32768).astype(np.float32))
