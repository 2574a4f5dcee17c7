"""Announcements: a call on its way to the loudspeakers of a part of the hall, and which board speaks it.

A voice is a zone, or several neighbouring ones that share one; it has one queue, and one page of one board speaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from server.domain.hall import Hall
from server.domain.tickets import AT_COUNTER, Ticket

QUEUED: Final = "queued"
PLAYING: Final = "playing"
PLAYED: Final = "played"
LAPSED: Final = "lapsed"

WITHDRAWN: Final = "withdrawn"
"""Why an announcement lapsed: the call was taken back, or its visitor was served, before it was spoken."""
LATE: Final = "late"
NO_SPEAKER: Final = "no_speaker"
QUIET: Final = "quiet"
FAILED: Final = "failed"

ABLE: Final = "on"
"""What a page says of its sound when it can be heard."""
FUTURE_MS = 60_000
"""What was asked for so much later than now is of before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A call to be spoken by one voice; a test of the sound has no `ticket`.

    Times are milliseconds since 1970, UTC, by what the clock said; `called_ms` and `recalls` are the ticket's and say
    which call it is. `speaker` is the page that speaks or spoke it, `times` how often that was begun.
    """

    id: int
    voice: str
    day: str
    ticket: int | None
    number: str
    counter: str
    agency: str
    service: str
    called_ms: int | None
    recalls: int
    state: str
    reason: str | None
    asked_ms: int
    speaker: str | None
    started_ms: int | None
    ended_ms: int | None
    times: int

    def stands(self, ticket: Ticket | None) -> bool:
        """Whether somebody is to hear it: its ticket is still at the counter that it was called to."""
        if self.ticket is None:
            return True
        return ticket is not None and ticket.state in AT_COUNTER and ticket.called_ms == self.called_ms

    def is_overdue(self, wall_ms: int, lapse_ms: int) -> bool:
        """Whether it is too old to be spoken, or of before the clock was set back."""
        return not wall_ms - lapse_ms < self.asked_ms <= wall_ms + FUTURE_MS


@dataclass(frozen=True, slots=True)
class Page:
    """A board's page that was heard of a moment ago; `session` is another one whenever it is loaded.

    `sound` is "on", "blocked" (by the browser), "none" or "starting".
    """

    board: str
    session: str
    sound: str

    @property
    def key(self) -> str:
        """What it is known by as a speaker."""
        return f"{self.board}/{self.session}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a page tells of the announcements that it was given: which it speaks now, has spoken, could not speak."""

    page: Page
    playing: int | None = None
    played: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()


def voices_of_call(hall: Hall, counter: str | None, agency: str) -> list[str]:
    """The voices that a call concerns: of its counter's zone, and of its agency's, where its visitor waits.

    One whose zones have no board with a loudspeaker is left out: nobody could ever speak there.
    """
    zones = [hall.counter[counter].zone] if counter in hall.counter else []
    zones += [hall.agency[agency].zone] if agency in hall.agency else []
    voices = dict.fromkeys(hall.voice_of[zone] for zone in zones)
    return [voice for voice in voices if has_loudspeaker(hall, voice)]


def has_loudspeaker(hall: Hall, voice: str) -> bool:
    """Whether any board could speak for a voice."""
    return any(board.speaks for board in hall.boards_of_voice[voice])


def is_quiet(stretches: Iterable[str], clock: str) -> bool:
    """Whether a time of day, `"18:30"`, is within stretches such as `"18:00-06:00"`, which may reach over midnight."""
    return any(_within(stretch, clock) for stretch in stretches)


def _within(stretch: str, clock: str) -> bool:
    start, _, end = stretch.partition("-")
    return start <= clock < end if start < end else clock >= start or clock < end


def choose_speaker(hall: Hall, voice: str, holder: str | None, pages: Sequence[Page]) -> str | None:
    """The page that is to speak for a voice, None where none can.

    Who speaks goes on as long as it can; else it is the board of the fewest zones, which hangs nearest, in the order
    of the catalogue.
    """
    boards = [board.id for board in hall.boards_of_voice[voice] if board.speaks]
    able = [page for page in pages if page.sound == ABLE and page.board in boards]
    if any(page.key == holder for page in able):
        return holder
    nearest = sorted(able, key=lambda p: (len(hall.display[p.board].zones), boards.index(p.board), p.session))
    return nearest[0].key if nearest else None
