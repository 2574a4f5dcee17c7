"""What is erased of visitors when it is old, and the months of the log that were archived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Archive(NamedTuple):
    """A month of the event log in a file: its first and last event, the chain before and after, when it ended.

    `sha256` is of the file's events as they are, uncompressed, in hexadecimal.
    """

    month: str
    first: int
    last: int
    previous: bytes
    chain: bytes
    at_ms: int
    sha256: str


class RetentionReader(Protocol):
    """What may be asked of archives and of what is to be erased."""

    def archived_through(self) -> int:
        """The number of the last event that is in an archive, 0 where none is."""

    def archive(self, month: str) -> Archive | None:
        """A month that was archived."""

    def chain_at(self, seq: int) -> bytes | None:
        """The chain value of an event that the database holds; of the last that was archived; of 0."""

    def log_to_trim(self) -> bool:
        """Whether events that were archived are still here."""

    def visits_to_erase(self, before_ms: int, now_ms: int, limit: int) -> int | None:
        """Through which visit codes, notes and documents are to be erased next, None where nothing is so old.

        Visits are taken in the order in which they came; `now_ms` tells those of before the clock was set back.
        """

    def payloads_to_erase(self, before_ms: int, now_ms: int, limit: int) -> list[tuple[int, str, dict[str, Any]]]:
        """The next events, at most `limit`, so old that words in them are to be erased: number, kind, payload."""


class RetentionTx(Protocol):
    """How old words are erased and months archived."""

    def erase_visits(self, through: int) -> None:
        """Erase codes, notes and named documents of the visits up to one, and note that it was done."""

    def erase_payloads(self, through: int, left: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Put what is `left` of payloads in their place, tell so in the log, and note how far this was done."""

    def add_archive(self, archive: Archive) -> None:
        """Note a month that was archived."""

    def trim_log(self, limit: int) -> int:
        """Delete events that were archived, the oldest first; how many."""
