"""The Store protocol: what commands and queries may ask of whatever keeps the hall's state.

SQL lives behind it, in `server.store.sqlite` and its neighbours, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from server.domain.announcements import Announcement
from server.domain.errors import DomainError
from server.domain.events import Event
from server.domain.figures import Lives, Stretch
from server.domain.numbering import Position
from server.domain.overrides import Override
from server.domain.rollups import Rollup
from server.domain.satisfaction import Answers, Tally
from server.domain.tickets import Ticket
from server.domain.waiting import Pace

T = TypeVar("T")


class Unavailable(DomainError):
    """The store cannot take a command now (disk full, clock not trusted); nothing was changed."""

    status = 503


@dataclass(frozen=True, slots=True)
class CounterRow:
    """The live side of a counter: who sits there since when, and what could be undone.

    `priority_run` is how many visitors with priority it has called in a row while others waited, on `run_day`;
    `profile` the one that it works by, None for the usual one. Where what could be undone is a call, `undo_then` is the
    ticket that the same press finished: that could be undone after it; and `undo_run` the row of visitors with
    priority before it.
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
    profile: str | None = None
    run_day: str | None = None
    undo_then: int | None = None
    undo_run: int | None = None

    def run_on(self, day: str) -> int:
        """The row of visitors with priority as it counts on a day: each day begins a new one."""
        return self.priority_run if self.run_day == day else 0


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


@dataclass(frozen=True, slots=True)
class Message:
    """What a supervisor tells officers on one day; `to_all` says that it was meant for every counter."""

    id: int
    day: str
    at_ms: int
    author: str
    text: str
    urgent: int
    to_all: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message at one of the counters that it is for: when it was read there, and by whom; None while it is not."""

    message: int
    counter: str
    read_ms: int | None
    reader: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a supervisor should look at: of a `kind`, about a `subject`; `facts` is JSON text.

    It stands until `cleared_ms`; `acknowledged_by` has seen it.
    """

    id: int
    kind: str
    subject: str
    facts: str
    raised_ms: int
    cleared_ms: int | None
    acknowledged_ms: int | None
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class BoardMessage:
    """A message of the running text; days are `YYYY-MM-DD` or empty, no zones and no boards means everywhere."""

    id: int
    text_id: str
    text_en: str
    first_day: str
    last_day: str
    zones: tuple[str, ...]
    boards: tuple[str, ...]
    paused: bool
    position: int
    author: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A screen that shows `code` and waits to be made a board: `waiting`, `accepted` as `display`, or `refused`."""

    code: str
    state: str
    display: str | None
    address: str
    created_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What the visitor of one served ticket answered; `day` is the ticket's, `source` how it was asked."""

    ticket: int
    at_ms: int
    day: str
    agency: str
    service: str
    counter: str | None
    source: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Comment:
    """What a visitor wrote beside their answers; `moderator` is who last decided whether it is shown."""

    ticket: int
    at_ms: int
    day: str
    agency: str
    service: str
    counter: str | None
    text: str
    state: str
    moderator: str | None
    moderated_ms: int | None
    answers: Answers


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

    def given_on(self, day: str) -> dict[str, int]:
        """How many numbers of a day were given and not cancelled, by service; services without are left out."""

    def given(self, service: str, day: str) -> int:
        """How many numbers of a service and day were given and not cancelled."""

    def counter(self, id: str) -> CounterRow | None:
        """The live side of a counter, None when nobody ever opened it."""

    def counters(self) -> dict[str, CounterRow]:
        """All counters ever opened, by id."""

    def profiles(self) -> dict[str, str]:
        """The profiles by which counters work that do not by their usual one, by the counters' ids."""

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

    def given_for(self, ticket: int) -> str:
        """The service for which a ticket's number was given, wherever it was passed on to since."""

    def spans(self, first_day: str, last_day: str) -> Iterator[tuple[Ticket, list[Span]]]:
        """Every ticket issued on some days (both included) with its spans, in order."""

    def lives(self, day: str, agency: str | None = None, service: str | None = None, desks: bool = True) -> Lives:
        """The tickets issued on a day as figures see them; only those that were ever of an agency or a service.

        Without `desks` every counter and officer is None, and reading takes a quarter less time.
        """

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

    def overrides(self) -> list[Override]:
        """What supervisors said of services' and agencies' hours, what is over included until it is taken away."""

    def waiting_since(self) -> dict[str, list[int]]:
        """For each service with people waiting since when each of them waits (ms), as though without interruption."""

    def oldest_waiting(self) -> dict[str, int]:
        """The same of who has waited longest in each."""

    def finished_on(self, day: str) -> dict[str, int]:
        """How many tickets of a day were served, by the service where they ended."""

    def messages_on(self, day: str, limit: int) -> list[Message]:
        """The newest messages of a day, newest first."""

    def message(self, id: int) -> Message | None:
        """One message."""

    def receipts(self, message: int) -> list[Receipt]:
        """At which counters a message was read, and at which not yet."""

    def unread_at(self, counter: str, day: str) -> list[Message]:
        """A day's messages that nobody has acknowledged at a counter, urgent ones first, then the oldest."""

    def alerts(self) -> list[Alert]:
        """The alerts that stand, the newest first."""

    def alert(self, id: int) -> Alert | None:
        """One alert."""

    def announcement(self, id: int) -> Announcement | None:
        """One announcement."""

    def open_announcements(self, voice: str, limit: int) -> list[Announcement]:
        """What a voice has still to say or is saying, the oldest first."""

    def queued_announcement(self, ticket: int, voice: str) -> Announcement | None:
        """What a voice has still to say of a ticket."""

    def withdrawn_announcement(self, day: str, voice: str, ticket: int) -> Announcement | None:
        """What a voice had still to say of a ticket on a day when its call was taken back last."""

    def announcements_on(self, day: str) -> list[tuple[str, str, str | None, int]]:
        """How many announcements a day has by voice, state and reason."""

    def speaker(self, voice: str) -> str | None:
        """The page that speaks for a voice."""

    def speakers(self) -> dict[str, str]:
        """The page that speaks for each voice that has one."""

    def user(self, name: str) -> User | None:
        """A user by name, in any case of letters."""

    def token(self, hash: bytes) -> Token | None:
        """A token by its hash."""

    def board_messages(self) -> list[BoardMessage]:
        """Every message of the running text, in their order."""

    def board_message(self, id: int) -> BoardMessage | None:
        """One message."""

    def enrolment(self, code: str) -> Enrolment | None:
        """The enrolment that shows a code."""

    def enrolment_by_secret(self, secret_hash: bytes) -> Enrolment | None:
        """The enrolment of the screen that holds a secret."""

    def enrolments(self) -> list[Enrolment]:
        """Every enrolment that is not forgotten, the oldest first."""

    def answered(self, actor: str, route: str, key: str) -> tuple[bytes, int, str] | None:
        """The first answer to an idempotency key: the request's hash, the status, the body."""

    def last_finished(self, counter: str, day: str) -> Ticket | None:
        """Who was served last at a counter on a day; not those whom the end of the day finished."""

    def survey(self, ticket: int) -> Survey | None:
        """What was answered for a ticket."""

    def survey_tallies(self, first_day: str, last_day: str) -> dict[tuple[str, str], Tally]:
        """The answers of a period added up, by agency and service; those without any are left out."""

    def served_between(self, first_day: str, last_day: str) -> dict[tuple[str, str], int]:
        """How many tickets of a period were served, by agency and service; those without any are left out."""

    def surveys(self, first_day: str, last_day: str) -> Iterator[Survey]:
        """Every survey of a period, by day and ticket."""

    def respondents(self, first_day: str, last_day: str) -> list[tuple[str, str, dict[str, str | None], int]]:
        """What respondents of a period told of themselves: agency, service, the form's fields, and how many told so."""

    def comment(self, ticket: int) -> Comment | None:
        """What was written beside the answers for a ticket."""

    def comments(
        self,
        first_day: str,
        last_day: str,
        states: Sequence[str],
        agency: str | None,
        service: str | None,
        before: int,
        limit: int,
    ) -> list[Comment]:
        """The newest comments of a period in some states, of tickets before an id; agency and service None: of all."""


class Tx(Reader, Protocol):
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

    def set_override(self, override: Override) -> None:
        """Note what a supervisor said of a service's or an agency's hours."""

    def remove_override(self, kind: str, id: str) -> None:
        """The hours count again."""

    def add_message(self, day: str, author: str, text: str, counters: Sequence[str], **told: int) -> Message:
        """A new message to some counters; `told` is `urgent` and `to_all`."""

    def mark_read(self, message: int, counter: str, reader: str) -> None:
        """Note who has acknowledged a message at a counter."""

    def add_alert(self, kind: str, subject: str, facts: str) -> Alert:
        """A new alert."""

    def set_alert(self, id: int, **values: Any) -> Alert:
        """Change an alert."""

    def forget_oversight(self, before_ms: int, limit: int) -> int:
        """Drop messages and cleared alerts from before a time, of the oldest `limit` of each; how many."""

    def add_announcement(self, **values: Any) -> Announcement:
        """A new announcement, asked for now."""

    def set_announcement(self, id: int, **values: Any) -> Announcement:
        """Change an announcement."""

    def withdraw_announcements(self, ticket: int) -> None:
        """What is still to be said of a ticket lapses, `withdrawn`."""

    def set_speaker(self, voice: str, page: str | None) -> None:
        """Note which page speaks for a voice."""

    def forget_announcements(self, before_ms: int, limit: int) -> int:
        """Drop announcements from before a time, of the oldest `limit`; how many."""

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

    def add_board_message(self, **values: Any) -> int:
        """A new message; its id."""

    def set_board_message(self, id: int, **values: Any) -> None:
        """Change a message."""

    def remove_board_message(self, id: int) -> None:
        """Take a message away."""

    def add_enrolment(self, enrolment: Enrolment, secret_hash: bytes) -> None:
        """A screen asks to be made a board."""

    def set_enrolment(self, code: str, state: str, display: str | None) -> bytes:
        """Answer a screen; the hash of the secret that it holds."""

    def forget_enrolments(self, before_ms: int) -> None:
        """Drop enrolments that were over before a time."""

    def remember_answer(self, actor: str, route: str, key: str, request_hash: bytes, status: int, body: str) -> None:
        """Keep the answer to an idempotency key."""

    def forget_answers(self, before_ms: int, limit: int) -> int:
        """Drop sessions that are over, and remembered answers, the oldest first; how many answers."""

    def erase_visits(self, through: int) -> None:
        """Erase codes, notes and named documents of the visits up to one, and note that it was done."""

    def erase_payloads(self, through: int, left: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Put what is `left` of payloads in their place, tell so in the log, and note how far this was done."""

    def add_archive(self, archive: Archive) -> None:
        """Note a month that was archived."""

    def trim_log(self, limit: int) -> int:
        """Delete events that were archived, the oldest first; how many."""

    def forget_print_jobs(self, before_ms: int, limit: int) -> int:
        """Drop ended print jobs from before a time, of the oldest `limit` jobs; how many."""

    def add_survey(self, survey: Survey, respondent: Mapping[str, str], comment: str | None) -> None:
        """Keep what a visitor answered, told of themselves and wrote."""

    def moderate_comment(self, ticket: int, state: str, moderator: str) -> None:
        """Note whether a comment is shown."""

    def remove_comment(self, ticket: int) -> None:
        """Erase a comment; the answers stay."""

    def forget_comments(self, before_ms: int, limit: int) -> int:
        """Erase comments from before a time, at most `limit`; how many."""


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


def placeholders(values: Iterable[Any]) -> str:
    """`?,?,?` for as many values."""
    return ",".join("?" for _ in values)
