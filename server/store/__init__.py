"""The Store protocol: what commands and queries may ask of whatever keeps the hall's state.

SQL lives behind it, in `server.store.sqlite` and its neighbours, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from server.domain.errors import DomainError
from server.domain.events import Event
from server.domain.figures import Life, Stretch
from server.domain.numbering import Position
from server.domain.rollups import Rollup
from server.domain.tickets import Ticket
from server.domain.waiting import Pace

T = TypeVar("T")


class Unavailable(DomainError):
    """The store cannot take a command now (disk full, clock not trusted); nothing was changed."""

    status = 503


@dataclass(frozen=True, slots=True)
class CounterRow:
    """The live side of a counter: who sits there since when, and what could be undone.

    `priority_run` is how many visitors with priority it has called in a row while others waited.
    """

    id: str
    state: str
    actor: str | None
    officer: str | None
    since_ms: int
    pause_reason: str | None
    undo_ticket: int | None
    undo_verb: str | None
    undo_ms: int | None
    priority_run: int = 0


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


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A slip on its way to a printer; `slip` is what to print, as JSON text. A test slip is of no visit."""

    id: int
    visit: int | None
    printer: str
    state: str
    copy: int
    copy_of: int | None
    attempts: int
    reason: str | None
    slip: str
    created_ms: int
    expires_ms: int
    not_before_ms: int
    lease_ms: int | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """The last known state of a printer.

    `failures` is how often in a row it could not begin a slip, `stand_in` the printer that prints for it now.
    """

    id: str
    state: str
    reason: str | None
    since_ms: int
    failures: int
    stand_in: str | None


@dataclass(frozen=True, slots=True)
class User:
    """A person who logs in."""

    id: int
    name: str
    role: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Token:
    """A session or a device's or program's token, found by its hash."""

    kind: str
    role: str
    name: str
    subject: str | None
    user: int | None
    expires_ms: int | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue in force: its document (JSON text) and the hash of the file it came from."""

    version: int
    document: str
    source_hash: str


@dataclass(frozen=True, slots=True)
class ServedToday:
    """What a counter has done on one day."""

    served: int
    mean_service_seconds: int | None
    max_wait_seconds: int | None


class Opening(NamedTuple):
    """A time in which a counter was `open` or `paused`; `end_ms` None while it lasts, `officer` "" if unknown."""

    counter: str
    state: str
    officer: str
    start_ms: int
    end_ms: int | None


class CounterDay(NamedTuple):
    """What an officer did at a counter on a day: milliseconds open, paused, with somebody called, serving; visitors."""

    day: str
    counter: str
    officer: str
    open_ms: int
    paused_ms: int
    called_ms: int
    serving_ms: int
    served: int


class TicketFilter(NamedTuple):
    """Which tickets: None is any. With `at_the_end` a ticket is where its life ended, else wherever it ever was.

    `from_ms` and `until_ms` (excluded) are of the time of issue; `result` is an outcome of the service.
    """

    states: tuple[str, ...] = ()
    closed_by_day: bool | None = None
    agency: str | None = None
    service: str | None = None
    counter: str | None = None
    officer: str | None = None
    result: str | None = None
    at_the_end: bool = False
    from_ms: int | None = None
    until_ms: int | None = None


class TicketRow(NamedTuple):
    """A ticket in a list, with its spans in order."""

    id: int
    number: str
    day: str
    agency: str
    service: str
    counter: str | None
    officer: str | None
    state: str
    closed_by_day: int
    party_size: int
    priority: str | None
    source: str
    issued_ms: int
    since_ms: int
    outcome: str | None
    spans: tuple[Stretch, ...]


class Reader(Protocol):
    """A consistent view of the store; everything read through one Reader belongs to one moment."""

    def head(self) -> int:
        """The sequence number of the newest event, 0 when there is none."""

    def meta(self, key: str) -> str | None:
        """A value of the store's own (`epoch`)."""

    def catalogue(self) -> Catalogue | None:
        """The catalogue in force, None in a new store."""

    def catalogue_version(self) -> int:
        """The version of the catalogue in force, 0 in a new store."""

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
        self, service: str, counter: str, *, priority: bool | None, wall_ms: int, walk_ms: int
    ) -> Ticket | None:
        """The first waiting ticket of a service for a counter: of those with priority, without, or (None) of all.

        Its visitor is not at a counter, has not left one in the last `walk_ms`, and is not sent to another.
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

    def missed(self, services: Sequence[str], day: str) -> list[Ticket]:
        """The day's no-shows of some services, newest first, at most 50."""

    def missed_ordinals(self, sequence: str, day: str) -> frozenset[int]:
        """The numbers of those of a sequence who were missed on a day."""

    def wanted(self, counter: str) -> list[Ticket]:
        """The waiting tickets that only this counter is given."""

    def notes(self, ticket: int) -> list[Note]:
        """What officers wrote about a ticket, the oldest first."""

    def held(self, services: Sequence[str]) -> list[Ticket]:
        """Tickets of some services that are set aside."""

    def active_before(self, day: str) -> list[Ticket]:
        """Tickets of earlier days that are still in the queue."""

    def number_in_use(self, day: str, sequence: str, ordinal: int) -> bool:
        """Whether a ticket that is still in the queue has this number."""

    def position(self, sequence: str, day: str) -> Position | None:
        """How far a sequence has come on a day, None when it has not begun."""

    def given_on(self, day: str) -> dict[str, int]:
        """How many numbers of a day were given and not cancelled, by service; services without are left out."""

    def given(self, service: str, day: str) -> int:
        """How many numbers of a service and day were given and not cancelled."""

    def counter(self, id: str) -> CounterRow | None:
        """The live side of a counter, None when nobody ever opened it."""

    def counters(self) -> dict[str, CounterRow]:
        """All counters ever opened, by id."""

    def counter_of(self, actor: str) -> CounterRow | None:
        """The counter that an actor has open."""

    def current_calls(self) -> list[Ticket]:
        """Everything called or being served now, latest call first."""

    def recent_calls(self, day: str, counters: Sequence[str], agencies: Sequence[str], limit: int) -> list[Ticket]:
        """The day's latest calls at some counters or of some agencies, newest first."""

    def pace(self, service: str, day: str) -> Pace | None:
        """How long one visitor of a service takes today."""

    def paces(self, day: str) -> dict[str, Pace]:
        """The day's pace of every service that has one."""

    def served_on(self, counter: str, day: str) -> ServedToday:
        """What a counter has done on a day."""

    def spans(self, first_day: str, last_day: str) -> Iterator[tuple[Ticket, list[Span]]]:
        """Every ticket issued on some days (both included) with its spans, in order."""

    def lives(self, day: str, agency: str | None = None, service: str | None = None) -> list[Life]:
        """The tickets issued on a day as figures see them; only those that were ever of an agency or a service."""

    def days_with_tickets(self, first_day: str, last_day: str) -> list[str]:
        """The days, both ends included, on which tickets were issued."""

    def rolled(self, first: str, last: str) -> set[str]:
        """The days and months, both ends included as texts, whose figures are rolled up and still hold."""

    def figures(
        self, cut: str, periods: Sequence[str], agency: str | None = None, service: str | None = None
    ) -> list[Rollup]:
        """The rollups of some periods, of all or of one agency or service."""

    def targets(self, until_ms: int) -> list[tuple[int, dict[str, int]]]:
        """Every catalogue up to a time: since when, and each service's target of the first wait, in milliseconds."""

    def openings(self, start_ms: int, end_ms: int) -> list[Opening]:
        """Openings and pauses of counters that touch a stretch of time, by counter and start."""

    def counter_days(self, days: Sequence[str]) -> Iterator[CounterDay]:
        """What counters did on some days that are rolled up."""

    def tickets_of_day(self, day: str, which: TicketFilter, after: int, limit: int) -> list[TicketRow]:
        """A day's tickets with ids above `after`, by id."""

    def events(self, after: int, limit: int) -> list[Event]:
        """The log after a sequence number."""

    def print_job(self, id: int) -> PrintJob | None:
        """One print job."""

    def last_job_of_visit(self, visit: int) -> PrintJob | None:
        """The newest print job of a visit."""

    def claimable(self, printers: Sequence[str], holder: str, wall_ms: int) -> list[PrintJob]:
        """For each printer its oldest open job, if it is due, or if this holder has it already."""

    def copy_of_job(self, id: int) -> PrintJob | None:
        """The newest copy that was queued by itself for a job whose end is unknown."""

    def recent_jobs(self, states: Sequence[str], limit: int) -> list[PrintJob]:
        """The newest jobs in some states, newest first; none beyond the newest 5,000 jobs."""

    def overdue_jobs(self, wall_ms: int) -> list[PrintJob]:
        """Jobs whose lease ran out in mid-send, queued ones that are too old, and those of before a clock set back."""

    def queued_jobs_of_visit(self, visit: int) -> list[PrintJob]:
        """A visit's slips that have not begun to be printed."""

    def jobs_waiting(self) -> dict[str, int]:
        """How many jobs each printer has before it."""

    def printers(self) -> dict[str, PrinterRow]:
        """The last known state of every printer that ever reported."""

    def user(self, name: str) -> User | None:
        """A user by name, in any case of letters."""

    def token(self, hash: bytes) -> Token | None:
        """A token by its hash."""

    def answered(self, actor: str, route: str, key: str) -> tuple[bytes, int, str] | None:
        """The first answer to an idempotency key: the request's hash, the status, the body."""


class Tx(Reader, Protocol):
    """One command's transaction: reads what it has written, and is on disk before it is answered."""

    now_ms: int
    """The command's time, milliseconds since 1970, UTC; never before that of the command before."""
    wall_ms: int
    """What the clock says: for what must go on while `now_ms` waits for a clock that was set back."""

    def undo_all(self) -> None:
        """Take back everything this transaction has changed so far."""

    def record(self, kind: str, actor: str, payload: dict[str, Any]) -> int:
        """Append an event to the log; its sequence number."""

    def set_meta(self, key: str, value: str) -> None:
        """Keep a value of the store's own."""

    def set_catalogue(self, document: str, source_hash: str) -> None:
        """Put a new catalogue in force."""

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

    def add_note(self, ticket: int, author: str, text: str) -> None:
        """Write a note about a ticket for whoever serves its visitor next."""

    def set_counter(self, id: str, **values: Any) -> CounterRow:
        """Change the live side of a counter."""

    def set_pace(self, service: str, day: str, pace: Pace) -> None:
        """Note the pace of a service."""

    def add_print_job(
        self, visit: int | None, printer: str, slip: str, expires_ms: int, copy: bool, copy_of: int | None = None
    ) -> PrintJob:
        """A new job, queued."""

    def set_print_job(self, id: int, **values: Any) -> PrintJob:
        """Change a job."""

    def move_queued_jobs(self, printer: str, to: str) -> None:
        """Give another printer what waits for this one; test slips stay."""

    def set_printer(self, row: PrinterRow) -> None:
        """Note what is known of a printer."""

    def begin_rollup(self, period: str) -> None:
        """Note that a day or month is being rolled up: a change of its tickets from now on undoes the note."""

    def clear_rollup(self, period: str) -> None:
        """Drop the figures of a period."""

    def add_rollups(self, rollups: Sequence[Rollup]) -> None:
        """Keep figures of a period."""

    def add_counter_days(self, rows: Sequence[CounterDay]) -> None:
        """Keep what counters did."""

    def end_rollup(self, period: str) -> bool:
        """The figures of a period hold, unless one of its tickets has changed since it was begun; whether they do."""

    def forget_rollups(self) -> None:
        """No figures hold any more; they are made anew from tickets and spans."""

    def add_user(self, name: str, role: str, password_hash: str) -> User:
        """A new user."""

    def set_password(self, name: str, role: str, password_hash: str) -> User:
        """Another password and role for a user; ends the user's sessions."""

    def add_token(self, hash: bytes, token: Token) -> None:
        """A new session or device token."""

    def remove_token(self, hash: bytes) -> None:
        """End a session, revoke a token."""

    def remember_answer(self, actor: str, route: str, key: str, request_hash: bytes, status: int, body: str) -> None:
        """Keep the answer to an idempotency key."""

    def forget_answers(self, before_ms: int, limit: int) -> int:
        """Drop sessions that are over, and remembered answers, the oldest first; how many answers."""

    def forget_print_jobs(self, before_ms: int, limit: int) -> int:
        """Drop ended print jobs from before a time, of the oldest `limit` jobs; how many."""


class Store(Protocol):
    """What keeps the hall's state."""

    def read(self) -> AbstractContextManager[Reader]:
        """One consistent view, for a short read."""

    def glance(self) -> AbstractContextManager[Reader]:
        """Like `read`, for a single question: each answer is of its own moment."""

    def write(self, command: Callable[[Tx], T]) -> T:
        """Run a command in a transaction; returns once it is on disk, or raises and nothing is changed."""

    def newest(self) -> int:
        """The sequence number of the newest event that is on disk."""

    def access_version(self) -> int:
        """A number that is another one once users, tokens or sessions have changed."""

    def now_ms(self) -> int:
        """The time by which screens and waits are shown, milliseconds since 1970, UTC."""

    def wall_ms(self) -> int:
        """What the clock says, also while it is behind the newest event."""

    def accept_clock(self, actor: str) -> None:
        """An admin's word that the machine's clock is right after a jump."""

    def clock_jump(self) -> str | None:
        """Words about a jump of the clock that waits for an admin, None when there is none."""


def placeholders(values: Iterable[Any]) -> str:
    """`?,?,?` for as many values."""
    return ",".join("?" for _ in values)
