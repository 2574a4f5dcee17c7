"""A ticket, its states, and the table of the transitions that are allowed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from server.domain.errors import DomainError


class State(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


AT_COUNTER = (State.CALLED, State.SERVING)
"""States in which a ticket occupies a counter, and its visit is busy."""

IN_QUEUE = (State.WAITING, State.CALLED, State.SERVING, State.HELD)
"""States in which a ticket's number is still in use."""

# verb -> {state before: state after}. Nothing else is allowed. Recall changes no state, undo goes
# back to where the ticket came from, both listed below; to take a call back is undo where serving begins with it.
# A visitor without a ticket is issued straight into serving.
TRANSITIONS: dict[str, dict[State, State]] = {
    "call": {State.WAITING: State.CALLED, State.HELD: State.CALLED},
    "start": {State.CALLED: State.SERVING},
    "finish": {State.SERVING: State.FINISHED},
    "no_show": {State.CALLED: State.NO_SHOW, State.SERVING: State.NO_SHOW, State.HELD: State.NO_SHOW},
    "requeue": {State.CALLED: State.WAITING},
    "take_back": {State.SERVING: State.WAITING},
    "transfer": {State.CALLED: State.WAITING, State.SERVING: State.WAITING},
    "move": {State.WAITING: State.WAITING},
    "hold": {State.SERVING: State.HELD},
    "resume": {State.HELD: State.SERVING},
    "restore": {State.NO_SHOW: State.WAITING},
    "cancel": {State.WAITING: State.CANCELLED, State.CALLED: State.CANCELLED, State.HELD: State.CANCELLED},
    "close_day": {
        State.WAITING: State.EXPIRED,
        State.CALLED: State.EXPIRED,
        State.HELD: State.EXPIRED,
        State.SERVING: State.FINISHED,
    },
}

RECALLABLE = AT_COUNTER
UNDOABLE = {"finish": State.FINISHED, "no_show": State.NO_SHOW, "call": State.SERVING}
"""What can be undone, and the state in which the ticket must be still."""
UNDO_SECONDS = 60
KIOSK_CANCEL_SECONDS = 60
MAX_PARTY_SIZE = 20
MAX_NOTE_LENGTH = 300
MAX_REASON_LENGTH = 200
MAX_DOCUMENTS = 10
MAX_DOCUMENT_LENGTH = 200
MAX_SERVICES_PER_VISIT = 10


def after(verb: str, state: State) -> State:
    """The state that `verb` leads to from `state`.

    Raises DomainError `not_allowed` where the table has no such transition.
    """
    to = TRANSITIONS[verb].get(state)
    if to is None:
        raise DomainError(
            "not_allowed", f"a ticket that is {state.value} cannot be changed by {verb}", state=state.value
        )
    return to


class Ticket(NamedTuple):
    """A numbered place in the queue of one service.

    Times are milliseconds since 1970, UTC. `place_ms` orders the queue: the time of issue until
    the ticket is put back further. `waited_ms` and `served_ms` sum the ended spans in those
    states; `since_ms` is when the present state began. `came_from` is the state
    before the present one: where undo leads back to. `outcome` and `documents` (those that are missing, as a JSON
    list) are what the officer told at the end. `wanted_counter` is the only counter that is given it. After the
    present service it goes back to `return_counter` for `return_service`. `held_ms` is its time on hold since its
    last call. `called_steady_ms` is when it was last called, also again or aloud, by a clock that nobody sets.
    `served_here_ms` sums the ended spans of serving at its present counter, since it came there.
    """

    id: int
    visit: int
    number: str
    day: str
    sequence: str
    round: int
    ordinal: int
    service: str
    agency: str
    state: State
    priority: str | None
    party_size: int
    source: str
    issued_by: str
    language: str
    issued_ms: int
    place_ms: int
    since_ms: int
    called_ms: int | None
    started_ms: int | None
    finished_ms: int | None
    no_show_ms: int | None
    counter: str | None
    officer: str | None
    recalls: int
    calls: int
    waited_ms: int
    served_ms: int
    came_from: str | None
    closed_by_day: int
    outcome: str | None
    documents: str | None
    wanted_counter: str | None
    return_service: str | None
    return_counter: str | None
    held_ms: int
    called_steady_ms: int | None = None
    served_here_ms: int = 0

    def wait_seconds(self, now_ms: int) -> int:
        """All its waiting so far, in whole seconds."""
        running = now_ms - self.since_ms if self.state is State.WAITING else 0
        return max(0, self.waited_ms + running) // 1000

    def service_seconds(self, now_ms: int) -> int:
        """All its time being served so far, in whole seconds."""
        running = now_ms - self.since_ms if self.state is State.SERVING else 0
        return max(0, self.served_ms + running) // 1000

    def service_here_seconds(self, now_ms: int) -> int:
        """Its time being served at its present counter so far, in whole seconds, without what another one did."""
        running = now_ms - self.since_ms if self.state is State.SERVING else 0
        return max(0, self.served_here_ms + running) // 1000
