"""The announcer's queue: a call is queued with its commit, spoken by one page of one board, or lapses with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain import events
from server.domain.actors import SYSTEM, Actor
from server.domain.announcements import (
    FAILED,
    LAPSED,
    LATE,
    NO_SPEAKER,
    PLAYED,
    PLAYING,
    QUEUED,
    QUIET,
    WITHDRAWN,
    Announcement,
    Page,
    Report,
    choose_speaker,
    has_loudspeaker,
    is_quiet,
    voices_of_call,
)
from server.domain.errors import DomainError, NotFound
from server.domain.hall import Hall
from server.domain.tickets import State, Ticket
from server.store import Reader, Tx
from server.views import announcement_view

MOST_OPEN = 200
"""So many announcements of a voice are looked at together; what is beyond them is too old to be spoken soon."""
TAKES_BACK = frozenset(
    {events.TICKET_FINISHED, events.TICKET_NO_SHOW, events.TICKET_HELD, events.TICKET_TRANSFERRED,
     events.TICKET_REQUEUED}
)  # fmt: skip
"""What leaves nobody to be called: the call is not spoken any more."""
_EVENTS = {
    QUEUED: events.ANNOUNCEMENT_QUEUED,
    PLAYING: events.ANNOUNCEMENT_PLAYING,
    PLAYED: events.ANNOUNCEMENT_PLAYED,
    LAPSED: events.ANNOUNCEMENT_LAPSED,
}


def announce(tx: Tx, hall: Hall, ticket: Ticket) -> list[dict[str, Any]]:
    """Queue a call that is made in this transaction for every voice that it concerns; what boards are told of it.

    A repeated call that is still to be spoken keeps its place and is said once; in quiet hours a call lapses at once.
    """
    told = []
    for voice in _voices(tx, hall, ticket):
        waiting = tx.queued_announcement(ticket.id, voice) if ticket.recalls else None
        if waiting is not None:
            made = tx.set_announcement(waiting.id, recalls=ticket.recalls, asked_ms=tx.wall_ms)
        else:
            made = tx.add_announcement(**_asked(tx, hall, voice, ticket))
            if made.state == QUEUED and _shares(hall, voice):  # the board that speaks may not hear of this call
                _record(tx, hall, SYSTEM, made)
        told.append({"id": made.id, "voice": voice, "state": made.state, "reason": made.reason})
    return told


def _voices(tx: Tx, hall: Hall, ticket: Ticket) -> list[str]:
    """The voices that are to speak a call; where one page speaks for two of them, it says it once, and aloud if the
    quiet hours of either allow it."""
    voices = voices_of_call(hall, ticket.counter, ticket.agency)
    if len(voices) < 2:
        return voices
    first = sorted(voices, key=lambda voice: _is_quiet_now(tx, hall, voice))
    by_page = {tx.speaker(voice) or voice: voice for voice in reversed(first)}
    return [voice for voice in voices if voice in by_page.values()]


def _is_quiet_now(tx: Tx, hall: Hall, voice: str) -> bool:
    stretches = hall.voices[voice].quiet_hours
    return bool(stretches) and is_quiet(stretches, f"{hall.local(tx.now_ms):%H:%M}")


def announce_after_all(tx: Tx, hall: Hall, ticket: Ticket) -> None:
    """A visitor is called again by an undo: what of the call was withdrawn before it was spoken is spoken after all."""
    for voice in voices_of_call(hall, ticket.counter, ticket.agency):
        unsaid = tx.withdrawn_announcement(ticket.day, voice, ticket.id)
        if unsaid is not None and unsaid.stands(ticket):
            again = tx.set_announcement(unsaid.id, state=QUEUED, reason=None, ended_ms=None, asked_ms=tx.wall_ms)
            _record(tx, hall, SYSTEM, again)


def leave_voices(tx: Tx, hall: Hall, gone: Iterable[str]) -> None:
    """Voices that the hall has no more have nothing to say: their calls are spoken where the visitor is called now."""
    for voice in gone:
        tx.set_speaker(voice, None)
        while left := tx.open_announcements(voice, MOST_OPEN):
            for each in left:
                _record(tx, hall, SYSTEM, tx.set_announcement(each.id, **_elsewhere(tx, hall, each)))


def _elsewhere(tx: Tx, hall: Hall, each: Announcement) -> dict[str, Any]:
    """Where an announcement goes whose voice is no more; it lapses where nobody can say it, or somebody will anyway."""
    ended = {"state": LAPSED, "ended_ms": tx.wall_ms}
    voice = next(iter(voices_of_call(hall, each.counter, each.agency)), None)
    if voice is None:
        return {**ended, "reason": NO_SPEAKER}
    if each.ticket is not None and tx.queued_announcement(each.ticket, voice) is not None:
        return {**ended, "reason": WITHDRAWN}
    return {"state": QUEUED, "voice": voice}


def _shares(hall: Hall, voice: str) -> bool:
    return sum(other == voice for other in hall.voice_of.values()) > 1


def _asked(tx: Tx, hall: Hall, voice: str, ticket: Ticket) -> dict[str, Any]:
    quiet = _is_quiet_now(tx, hall, voice)
    return {
        "voice": voice,
        "day": hall.day(tx.now_ms),
        "ticket": ticket.id,
        "number": ticket.number,
        "counter": ticket.counter,
        "agency": ticket.agency,
        "service": ticket.service,
        "called_ms": ticket.called_ms,
        "recalls": ticket.recalls,
        **({"state": LAPSED, "reason": QUIET, "ended_ms": tx.wall_ms} if quiet else {}),
    }


def test_voice(tx: Tx, hall: Hall, actor: Actor, zone: str) -> Announcement:
    """Queue a test of a zone's voice: a number that nobody has, to its first counter. It is spoken in quiet hours too.

    Raises NotFound, DomainError `no_board` where no board speaks, `no_counter` where nobody is called to it.
    """
    if zone not in hall.voice_of:
        raise NotFound("not_found", f'no zone has the id "{zone}"')
    voice = hall.voice_of[zone]
    if not has_loudspeaker(hall, voice):
        raise DomainError("no_board", "no board with a loudspeaker shows this zone, so nothing can be heard there")
    counter = next((c for c in hall.counters if hall.voice_of[c.zone] == voice and c.services), None)
    if counter is None:
        raise DomainError("no_counter", "this zone has no counter that a visitor could be called to")
    service = hall.services[counter.services[0]]
    made = tx.add_announcement(
        voice=voice,
        day=hall.day(tx.now_ms),
        number=f"{service.prefix}-{'0' * service.numbers.padding}",
        counter=counter.id,
        agency=hall.agency_of[service.id].id,
        service=service.id,
    )
    _record(tx, hall, actor, made)
    return made


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is to become of an announcement."""

    announcement: Announcement
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about some voices: who speaks for them from now on, and what becomes of announcements."""

    speakers: dict[str, str | None]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.speakers or self.changes)


def plan(
    reader: Reader, hall: Hall, wall_ms: int, lapse_ms: int, pages: Sequence[Page], report: Report | None,
    voices: Sequence[str],
) -> Plan:  # fmt: skip
    """What is to be done about some voices, now that these pages are alive and one of them has told something.

    Whoever asks needs no transaction when nothing is.
    """
    speakers, changes = {}, []
    for voice in voices:
        before = reader.speaker(voice)
        speaker = choose_speaker(hall, voice, before, pages)
        if speaker != before:
            speakers[voice] = speaker
        for each in reader.open_announcements(voice, MOST_OPEN):
            change = _fate(reader, each, speaker, report, each.is_overdue(wall_ms, lapse_ms))
            if change is not None:
                changes.append(change)
    return Plan(speakers, tuple(changes))


def _fate(
    reader: Reader, each: Announcement, speaker: str | None, report: Report | None, overdue: bool
) -> Change | None:
    mine = report is not None and report.page.key in (speaker, each.speaker)
    if report is not None and mine and each.id in report.played:
        return Change(each, PLAYED)
    if report is not None and mine and each.id in report.failed:
        return Change(each, LAPSED, FAILED)
    if each.state == PLAYING:
        told_otherwise = report is not None and report.page.key == each.speaker and report.playing != each.id
        return _again(reader, each) if each.speaker != speaker or told_otherwise else None
    if report is not None and report.page.key == speaker and report.playing == each.id:
        return Change(each, PLAYING)
    return Change(each, LAPSED, LATE if speaker else NO_SPEAKER) if overdue else None


def _again(reader: Reader, each: Announcement) -> Change:
    """Its speaker has gone in mid-sentence: it is said again from the start, unless nobody is to hear it any more."""
    ticket = None if each.ticket is None else reader.ticket(each.ticket)
    return Change(each, QUEUED) if each.stands(ticket) else Change(each, LAPSED, WITHDRAWN)


def settle(
    tx: Tx, hall: Hall, lapse_ms: int, pages: Sequence[Page], report: Report | None, voices: Sequence[str]
) -> None:
    """Do what `plan` finds, and write it down."""
    found = plan(tx, hall, tx.wall_ms, lapse_ms, pages, report, voices)
    for voice, page in found.speakers.items():
        tx.set_speaker(voice, page)
        facts = {"id": voice, "speaker": page.partition("/")[0] if page else None}
        tx.record(events.VOICE_CHANGED, SYSTEM.id, {"voice": facts})
    for change in found.changes:
        _apply(tx, hall, change, report)


def _apply(tx: Tx, hall: Hall, change: Change, report: Report | None) -> None:
    before = change.announcement
    values: dict[str, Any] = {"state": change.state, "reason": change.reason}
    if change.state == PLAYING and report is not None:
        values |= {"speaker": report.page.key, "started_ms": tx.wall_ms, "times": before.times + 1}
        _count_from_now(tx, hall, before)
    elif change.state in (PLAYED, LAPSED):
        values |= {"ended_ms": tx.wall_ms}
    _record(tx, hall, SYSTEM, tx.set_announcement(before.id, **values))


def _count_from_now(tx: Tx, hall: Hall, each: Announcement) -> None:
    """Nobody can come before they are called aloud: the time to be given up after begins with the voice."""
    ticket = tx.ticket(each.ticket) if each.ticket is not None and hall.rules.no_show_after_seconds else None
    if ticket is not None and ticket.state is State.CALLED and each.stands(ticket):
        tx.change(ticket, called_steady_ms=tx.steady_ms)


def note_sounds(tx: Tx, sounds: dict[str, str]) -> None:
    """Write down how some boards' sound is now ("away" without a page), for those who supervise."""
    for board, sound in sounds.items():
        tx.record(events.VOICE_CHANGED, SYSTEM.id, {"board": {"id": board, "sound": sound}})


def upcoming(reader: Reader, hall: Hall, page: Page, limit: int) -> Iterator[Announcement]:
    """What a page is to speak next, over all the voices that it speaks for, in the order of the calls."""
    found: list[Announcement] = []
    for voice in voices_of_board(hall, page.board):
        if reader.speaker(voice) == page.key:
            # One may be playing: it is not to come.
            found += [each for each in reader.open_announcements(voice, limit + 1) if each.state == QUEUED]
    yield from sorted(found, key=lambda each: each.id)[:limit]


def unheard_tickets(reader: Reader, hall: Hall) -> frozenset[int | None]:
    """The tickets whose call is being spoken, or will be by somebody who is there."""
    spoken = [voice for voice in hall.voices if reader.speaker(voice)]
    return frozenset(each.ticket for voice in spoken for each in reader.open_announcements(voice, MOST_OPEN))


def voices_of_board(hall: Hall, board: str) -> list[str]:
    """The voices of the zones that a board shows."""
    return list(dict.fromkeys(hall.voice_of[zone] for zone in hall.display[board].zones))


def _record(tx: Tx, hall: Hall, actor: Actor, each: Announcement) -> None:
    tx.record(_EVENTS[each.state], actor.id, {"announcement": announcement_view(hall, each)})
