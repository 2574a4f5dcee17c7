"""Keeping no more of visitors than is needed, and no more of the log than is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.domain.events import LOG_ARCHIVED
from server.domain.retention import without_words
from server.store import Archive, Reader, Tx

VISITS_AT_ONCE = 25
EVENTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OldEvents:
    """Events that were looked through, and what is left of the payloads in which there were words to erase."""

    through: int
    left: Sequence[tuple[int, dict[str, Any]]]


def erase_visits(tx: Tx, before_ms: int) -> bool:
    """Erase codes, notes and named documents of the next visits from before a time; whether there were any."""
    through = tx.visits_to_erase(before_ms, tx.now_ms, VISITS_AT_ONCE)
    if through is not None:
        tx.erase_visits(through)
    return through is not None


def find_words(reader: Reader, before_ms: int, now_ms: int) -> OldEvents | None:
    """Look through the next events from before a time, None where there are none. It takes milliseconds."""
    rows = reader.payloads_to_erase(before_ms, now_ms, EVENTS_AT_ONCE)
    if not rows:
        return None
    found = [(seq, left) for seq, kind, payload in rows if (left := without_words(kind, payload)) is not None]
    return OldEvents(rows[-1][0], found)


def erase_words(tx: Tx, found: OldEvents) -> None:
    """Erase the words that were found in the log, and tell so in it."""
    tx.erase_payloads(found.through, found.left)


def note_archive(tx: Tx, actor: Actor, archive: Archive) -> bool:
    """Note a month that was archived, so that its events may go; False where it is noted already.

    Raises DomainError `bad_archive` where the file does not begin where the last one ended or holds other events than
    the log, or the newest.
    """
    noted = tx.archive(archive.month)
    if noted == archive:
        return False
    begins = archive.first == tx.archived_through() + 1 and archive.previous == tx.chain_at(archive.first - 1)
    if noted is not None or not begins or archive.chain != tx.chain_at(archive.last) or archive.last >= tx.head():
        words = f"the archive of {archive.month} does not go on from the last one with this log's events"
        raise DomainError("bad_archive", words, field="month")
    tx.add_archive(archive)
    told = {"month": archive.month, "first": archive.first, "last": archive.last, "sha256": archive.sha256}
    tx.record(LOG_ARCHIVED, actor.id, {"archive": told})
    return True
