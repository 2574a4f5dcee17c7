"""The hall's voices: who speaks, and what is to be said."""

from __future__ import annotations

from typing import Any

from server.domain.announcements import is_quiet
from server.domain.hall import Hall
from server.queries.pieces import head
from server.store import Reader
from server.views import announcement_view, text

OPEN_SHOWN = 50
"""More calls than a voice can speak before they are too old."""


def voices_snapshot(reader: Reader, hall: Hall, sounds: dict[str, str], now_ms: int) -> dict[str, Any]:
    """GET /voice: the hall's voices."""
    return {**head(reader, hall), "voices": voices_view(reader, hall, sounds, now_ms)}


def voices_view(reader: Reader, hall: Hall, sounds: dict[str, str], now_ms: int) -> list[dict[str, Any]]:
    """Who speaks for each voice, how the boards' sound is (`sounds` by id), what came of today's calls."""
    today: dict[str, dict[str, Any]] = {
        voice: {"queued": 0, "playing": 0, "played": 0, "lapsed": 0, "reasons": {}} for voice in hall.voices
    }
    for voice, state, reason, count in reader.announcements_on(hall.day(now_ms)):
        if voice in today:
            today[voice][state] += count
            if reason is not None:
                today[voice]["reasons"][reason] = today[voice]["reasons"].get(reason, 0) + count
    return [
        {**voice_view(reader, hall, voice), "zones": [zone for zone, own in hall.voice_of.items() if own == voice],
         "boards": [{"id": board.id, "name": text(board.name), "sound": sounds.get(board.id, "away")}
                    for board in hall.boards_of_voice[voice] if board.speaks],
         "volume": settings.volume, "repeat": settings.repeat, "quiet_hours": list(settings.quiet_hours),
         "quiet": is_quiet(settings.quiet_hours, f"{hall.local(now_ms):%H:%M}"), "today": today[voice]}
        for voice, settings in hall.voices.items()
    ]  # fmt: skip


def voice_view(reader: Reader, hall: Hall, voice: str) -> dict[str, Any]:
    """A voice as a board needs it: who speaks, and what is still to be spoken or being spoken."""
    speaker = reader.speaker(voice)
    return {
        "id": voice,
        "speaker": speaker.partition("/")[0] if speaker else None,
        "announcements": [announcement_view(hall, each) for each in reader.open_announcements(voice, OPEN_SHOWN)],
    }
