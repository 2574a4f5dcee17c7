"""The store as a whole: its views, its transactions, and what belongs to no single subject."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from server.domain.errors import DomainError
from server.domain.events import Event
from server.store.protocol.access import AccessReader, AccessTx
from server.store.protocol.announcements import AnnouncementReader, AnnouncementTx
from server.store.protocol.boards import BoardReader, BoardTx
from server.store.protocol.counters import CounterReader, CounterTx
from server.store.protocol.figures import FigureReader, FigureTx
from server.store.protocol.oversight import OversightReader, OversightTx
from server.store.protocol.printing import PrintingReader, PrintingTx
from server.store.protocol.retention import Archive, RetentionReader, RetentionTx
from server.store.protocol.surveys import SurveyReader, SurveyTx
from server.store.protocol.tickets import TicketReader, TicketTx

T = TypeVar("T")


class Unavailable(DomainError):
    """The store cannot take a command now (disk full, clock not trusted); nothing was changed."""

    status = 503


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue in force: its document (JSON text) and the hash of the file it came from."""

    version: int
    document: str
    source_hash: str


class Reader(
    TicketReader,
    CounterReader,
    PrintingReader,
    OversightReader,
    AnnouncementReader,
    BoardReader,
    SurveyReader,
    FigureReader,
    RetentionReader,
    AccessReader,
    Protocol,
):
    """A consistent view of the store; everything read through one Reader belongs to one moment."""

    def head(self) -> int:
        """The sequence number of the newest event, 0 when there is none."""

    def meta(self, key: str) -> str | None:
        """A value of the store's own (`epoch`)."""

    def catalogue(self) -> Catalogue | None:
        """The catalogue in force, None in a new store."""

    def catalogue_version(self) -> int:
        """The version of the catalogue in force, 0 in a new store."""

    def events(self, after: int, limit: int) -> list[Event]:
        """The log after a sequence number."""


class Tx(
    Reader,
    TicketTx,
    CounterTx,
    PrintingTx,
    OversightTx,
    AnnouncementTx,
    BoardTx,
    SurveyTx,
    FigureTx,
    RetentionTx,
    AccessTx,
    Protocol,
):
    """One command's transaction: reads what it has written, and is on disk before it is answered."""

    now_ms: int
    """The command's time, milliseconds since 1970, UTC; never before that of the command before."""
    wall_ms: int
    """What the clock says: for what must go on while `now_ms` waits for a clock that was set back."""
    steady_ms: int
    """A clock that nobody sets, of this machine since it was started: for short times that must be right."""

    def undo_all(self) -> None:
        """Take back everything this transaction has changed so far."""

    def record(self, kind: str, actor: str, payload: dict[str, Any]) -> int:
        """Append an event to the log; its sequence number."""

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value of the store's own."""

    def set_catalogue(self, document: str, source_hash: str) -> None:
        """Put a new catalogue in force."""


class Store(Protocol):
    """What keeps the hall's state."""

    def read(self) -> AbstractContextManager[Reader]:
        """One consistent view, for a short read."""

    def glance(self) -> AbstractContextManager[Reader]:
        """Like `read`, for a single question: each answer is of its own moment."""

    def write(self, command: Callable[[Tx], T]) -> T:
        """Run a command in a transaction; returns once it is on disk, or raises and nothing is changed."""

    def read_archive(self, month: str) -> Archive:
        """A month's archive file, whose content is what its manifest tells; slow. Raises DomainError `bad_archive`."""

    def newest(self) -> int:
        """The sequence number of the newest event that is on disk."""

    def access_version(self) -> int:
        """A number that is another one once users, tokens or sessions have changed."""

    def now_ms(self) -> int:
        """The time by which screens and waits are shown, milliseconds since 1970, UTC."""

    def wall_ms(self) -> int:
        """What the clock says, also while it is behind the newest event."""

    def steady_ms(self) -> int:
        """A clock that nobody sets; see `Tx.steady_ms`."""

    def accept_clock(self, actor: str) -> None:
        """An admin's word that the machine's clock is right after a jump."""

    def clock_jump(self) -> str | None:
        """Words about a jump of the clock that waits for an admin, None when there is none."""
