"""What the voice of a hall cannot say on this machine, found out before the first visitor is called."""

from __future__ import annotations

from collections.abc import Iterator

from display.voice.clips import clips_of, vocabulary
from display.voice.espeak import VOICES, VoiceUnavailable, require
from server.domain.hall import Hall
from server.sections import Voice

_NAMED_AT_MOST = 8


def shortcomings(voice: Voice, hall: Hall) -> list[tuple[str, str]]:
    """Problems (path in config.toml, words), one a language at most; none where every call can be said."""
    found = list(_unknown_languages(voice, hall))
    for at, language in enumerate(voice.languages):
        clips = clips_of(voice.clips, language)
        missing = [f"{name}.wav" for name in vocabulary(voice, hall, language) if name not in clips]
        trouble = _trouble(language, voice, missing) if missing else None
        if trouble:
            found.append((f"voice.languages[{at}]", f'"{language}" cannot be spoken: {trouble}'))
    return found


def _unknown_languages(voice: Voice, hall: Hall) -> Iterator[tuple[str, str]]:
    """The languages of zones that the hall does not name: nobody has looked whether they can be said."""
    known = ", ".join(voice.languages) or "none"
    for at, zone in enumerate(hall.zones):
        for which, language in enumerate(zone.voice.languages):
            if language not in voice.languages:
                words = f'"{language}" is none of [voice] languages (there are: {known})'
                yield f"zones[{at}].voice.languages[{which}]", words


def _trouble(language: str, voice: Voice, missing: list[str]) -> str | None:
    """Why the tokens without a clip cannot be said; None where they are synthesised."""
    if language in VOICES:
        try:
            require(language, voice.timbre)
        except VoiceUnavailable as error:
            return str(error)
        return None
    more = len(missing) - _NAMED_AT_MOST
    named = ", ".join(missing[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
    return f"{voice.clips or 'no folder'}/{language} lacks {named}; antrean voice check lists all"
