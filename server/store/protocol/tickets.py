"""Tickets and their visits: what is kept of them, what may be asked, and how they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.domain.numbering import Position
from server.domain.tickets import Ticket
from server.domain.waiting import Pace


@dataclass(frozen=True, slots=True)
class Note:
    """What an officer wrote about a visitor for whoever serves them next."""

    at_ms: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of a ticket's life in one state; `end_ms` None while it lasts."""

    id: int
    ticket: int
    state: str
    service: str
    agency: str
    counter: str | None
    officer: str | None
    start_ms: int
    end_ms: int | None


class TicketReader(Protocol):
    """What may be asked of tickets, visits and numbers."""

    def ticket(self, id: int) -> Ticket | None:
        """One ticket."""

    def ticket_at(self, counter: str) -> Ticket | None:
        """The ticket that is called to or served at a counter."""

    def visit_id(self, code: str) -> int | None:
        """The visit with an unguessable code."""

    def visit_code(self, visit: int) -> str:
        """The code of a visit."""

    def tickets_of_visit(self, visit: int) -> list[Ticket]:
        """A visit's tickets, oldest first."""

    def busy_ticket_of_visit(self, visit: int) -> Ticket | None:
        """The visit's ticket that is called or being served."""

    def queue_head(
        self, service: str, counter: str, *, priority: bool | None, day: str, wall_ms: int, walk_ms: int
    ) -> Ticket | None:
        """The first waiting ticket of a service for a counter: of those with priority, without, or (None) of all.

        It is of no day before `day`; its visitor is not at a counter, has not left one in the last `walk_ms`, and is
        not sent to another.
        """

    def queue(self, services: Sequence[str], limit: int) -> list[Ticket]:
        """The first waiting tickets of some services, in the order of their places."""

    def waiting_numbered(self, services: Sequence[str], ordinal: int) -> list[Ticket]:
        """The waiting tickets of some services whose numbers end with `ordinal`, wherever they stand."""

    def waiting_count(self, service: str) -> int:
        """How many tickets of a service are waiting."""

    def waiting_counts(self) -> dict[str, int]:
        """How many tickets are waiting, by service; services without are left out."""

    def ahead(self, ticket: Ticket) -> int:
        """How many tickets of the same service wait before this waiting one."""

    def missed(self, services: Sequence[str], day: str, counter: str | None = None) -> list[Ticket]:
        """The day's no-shows of some services, and all those of a counter, newest first, at most 50."""

    def missed_ordinals(self, sequence: str, day: str) -> frozenset[int]:
        """The numbers of those of a sequence who were missed on a day."""

    def wanted(self, counter: str) -> list[Ticket]:
        """The waiting tickets that only this counter is given."""

    def notes(self, ticket: int) -> list[Note]:
        """What officers wrote about a ticket, the oldest first."""

    def held(self, services: Sequence[str], counter: str | None = None) -> list[Ticket]:
        """Tickets of some services that are set aside, and those of a counter whatever they came for."""

    def active_before(self, day: str) -> list[Ticket]:
        """Tickets of earlier days that are still in the queue."""

    def number_in_use(self, day: str, sequence: str, ordinal: int) -> bool:
        """Whether a ticket that is still in the queue has this number."""

    def position(self, sequence: str, day: str) -> Position | None:
        """How far a sequence has come on a day, None when it has not begun."""

    def sequences_of_prefixes(self, day: str) -> dict[str, frozenset[str]]:
        """By the prefixes of the numbers that were given on a day, the sequences that they were counted in."""

    def given_on(self, day: str) -> dict[str, int]:
        """How many numbers of a day were given and not cancelled, by service; services without are left out."""

    def given(self, service: str, day: str) -> int:
        """How many numbers of a service and day were given and not cancelled."""

    def given_for(self, ticket: int) -> str:
        """The service for which a ticket's number was given, wherever it was passed on to since."""

    def pace(self, service: str, day: str) -> Pace | None:
        """How long one visitor of a service takes today."""

    def paces(self, day: str) -> dict[str, Pace]:
        """The day's pace of every service that has one."""

    def spans(self, first_day: str, last_day: str) -> Iterator[tuple[Ticket, list[Span]]]:
        """Every ticket issued on some days (both included) with its spans, in order."""


class TicketTx(Protocol):
    """How tickets, visits and numbers change."""

    def set_position(self, sequence: str, position: Position) -> None:
        """Note how far a sequence has come."""

    def add_visit(self, code: str) -> int:
        """A new visit; its id."""

    def note_freed(self, visit: int) -> None:
        """Note that a visitor has left a counter now, by what the clock says."""

    def add_ticket(self, **values: Any) -> Ticket:
        """A new ticket; opens its first span."""

    def move(self, ticket: Ticket, state: str, *, at_ms: int | None = None, **values: Any) -> Ticket:
        """The ticket in another state since `at_ms` (now unless given).

        Ends its span and sums it, and opens the next where the ticket's life is not over.
        """

    def change(self, ticket: Ticket, **values: Any) -> Ticket:
        """The ticket with other values in the same state."""

    def reopen(self, ticket: Ticket, state: str, **values: Any) -> Ticket:
        """The ticket back in the span that ended last, as though it had never ended."""

    def never_called(self, ticket: Ticket, **values: Any) -> Ticket:
        """The ticket back in the wait that its last call ended, as though it had never ended: no span tells of the call
        or of what came after it."""

    def add_note(self, ticket: int, author: str, text: str) -> None:
        """Write a note about a ticket for whoever serves its visitor next."""

    def set_pace(self, service: str, day: str, pace: Pace) -> None:
        """Note the pace of a service."""
