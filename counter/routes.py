"""The officer's terminal and the commands at a counter."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, request

from counter.bodies import (
    CommandBody,
    DirectBody,
    FinishBody,
    HoldBody,
    NoShowBody,
    OpenBody,
    PauseBody,
    ProfileBody,
    TicketBody,
    TransferBody,
)  # fmt: skip
from server.api import Api, Refused, reading
from server.auth import may
from server.commands import direct, profiles, serving, setting_aside, transferring
from server.commands.serving import Called
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.outcomes import Told
from server.domain.tickets import Ticket
from server.house import House
from server.pages import blueprint, render, session
from server.queries.counter import counter_snapshot, waiting_numbered
from server.queries.pieces import counter_view, full_ticket
from server.store import CounterRow, Reader, Tx

MOST_DIGITS = 6
PATH = "/counters/<counter>"
At = tuple[Tx, Hall, Actor, str]
"""What every command at a counter begins with: the transaction, the hall, who commands, and the counter's id."""
Answer = dict[str, Any]
B = TypeVar("B", bound=CommandBody)
T = TypeVar("T")


def _ordinal() -> int | None:
    """The figures of the number that is sought, None where none is. Raises Refused."""
    given = request.args.get("number")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        words = f"must be 1 to {MOST_DIGITS} digits"
        raise Refused(422, "invalid", f"number {words}", [("number", words)])
    return int(given)


def register(api: Api) -> None:
    """The commands and the snapshot under /api/v1/counters/<id>."""
    house = api.house

    @api.get(PATH, asks=("number",))
    def snapshot(actor: Actor | None, counter: str) -> dict[str, Any]:
        """All that the terminal of a counter shows; with `number` also `found`, who waits with that number."""
        ordinal = _ordinal()

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            if actor is None:
                raise Refused(401, "unauthorized", "log in, or send a token")
            opened = reader.counter_of(actor.id) if actor.role == "officer" else None
            if not may(actor, "counter.read", counter, own=opened.id if opened else None):
                raise Refused(403, "forbidden", "this is not your counter")
            found = hall.counter.get(counter)
            if found is None:
                raise NotFound("not_found", f'no counter has the id "{counter}"')
            snapshot = counter_snapshot(reader, hall, found, now_ms, house.store.wall_ms(), house.store.steady_ms())
            if ordinal is not None:
                snapshot["found"] = waiting_numbered(reader, hall, found, ordinal, now_ms)
            return snapshot

        return reading(house, read)

    _register_seat(api)
    _register_calls(api)
    _register_tickets(api)
    for verb, command in {
        "recall": serving.recall,
        "start": serving.start,
        "requeue": serving.requeue,
        "undo": serving.undo,
    }.items():
        _on_current(api, verb, command)


def _command(
    api: Api, verb: str, body: type[B], answer: Callable[[Tx, Hall, T], Answer]
) -> Callable[[Callable[[At, B], T]], Callable[[At, B], T]]:
    """A command `f(at, body)` at a counter; `answer` tells in JSON what came of it."""

    def register(f: Callable[[At, B], T]) -> Callable[[At, B], T]:
        @wraps(f)
        def run(tx: Tx, hall: Hall, actor: Actor, body: B, counter: str) -> Answer:
            return answer(tx, hall, f((tx, hall, actor, counter), body))

        api.command(f"{PATH}/{verb}", body, "counter.command", own="counter")(run)
        return f

    return register


def _seat(tx: Tx, hall: Hall, row: CounterRow) -> Answer:
    return {"counter": counter_view(hall, hall.counter[row.id], row)}


def _seat_by_profile(tx: Tx, hall: Hall, row: CounterRow) -> Answer:
    return _seat(tx, hall.working(tx.profiles()), row)  # the hall that was read is the one before the switch


def _ticket(tx: Tx, hall: Hall, ticket: Ticket) -> Answer:
    return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms)}


def _called(tx: Tx, hall: Hall, called: Called) -> Answer:
    ticket = full_ticket(tx, hall, called.ticket, tx.now_ms) if called.ticket else None
    answer = {"ticket": ticket, "reason": called.reason}
    if called.finished is not None:
        answer["finished"] = full_ticket(tx, hall, called.finished, tx.now_ms)
    return answer


def _register_seat(api: Api) -> None:
    @_command(api, "open", OpenBody, _seat)
    def open_(at: At, body: OpenBody) -> CounterRow:
        """Sit down at a counter, or come back from a pause."""
        return serving.open_counter(*at, take_over=body.take_over, expect=body.said)

    @_command(api, "pause", PauseBody, _seat)
    def pause(at: At, body: PauseBody) -> CounterRow:
        """Step away for a while."""
        return serving.pause_counter(*at, reason=body.reason, expect=body.said)

    @_command(api, "close", CommandBody, _seat)
    def close(at: At, body: CommandBody) -> CounterRow:
        """Leave a counter."""
        return serving.close_counter(*at, expect=body.said)

    @_command(api, "profile", ProfileBody, _seat_by_profile)
    def profile(at: At, body: ProfileBody) -> CounterRow:
        """Work by another profile from now on."""
        return profiles.switch_profile(*at, body.profile, expect=body.said)


def _register_calls(api: Api) -> None:
    @_command(api, "call-next", CommandBody, _called)
    def call_next(at: At, body: CommandBody) -> Called:
        """Call whoever is next for this counter."""
        return serving.call_next(*at, expect=body.said)

    @_command(api, "call", TicketBody, _called)
    def call(at: At, body: TicketBody) -> Called:
        """Call one certain ticket."""
        return Called(*serving.call(*at, body.ticket, expect=body.said))


def _register_tickets(api: Api) -> None:
    @_command(api, "restore", TicketBody, _ticket)
    def restore(at: At, body: TicketBody) -> Ticket:
        """Bring a missed visitor back to the queue."""
        return serving.restore(*at, body.ticket, expect=body.said)

    @_command(api, "finish", FinishBody, _ticket)
    def finish(at: At, body: FinishBody) -> Ticket:
        """Serving is over, and what came of it."""
        return serving.finish(*at, expect=body.said, told=Told(body.outcome, tuple(body.documents)))

    @_command(api, "no-show", NoShowBody, _ticket)
    def no_show(at: At, body: NoShowBody) -> Ticket:
        """The called visitor did not come, or one on hold did not come back."""
        if body.ticket is None:
            return serving.no_show(*at, expect=body.said)
        return setting_aside.give_up(*at, body.ticket, expect=body.said)

    @_command(api, "hold", HoldBody, _ticket)
    def hold(at: At, body: HoldBody) -> Ticket:
        """Set the visitor aside; the counter becomes free."""
        return setting_aside.hold(*at, note=body.note, expect=body.said)

    @_command(api, "resume", TicketBody, _ticket)
    def resume(at: At, body: TicketBody) -> Ticket:
        """Go on serving a visitor who was set aside."""
        return setting_aside.resume(*at, body.ticket, expect=body.said)

    @_command(api, "transfer", TransferBody, _ticket)
    def transfer(at: At, body: TransferBody) -> Ticket:
        """Pass the visitor on to another service or counter."""
        onward = transferring.Onward(body.service, body.counter, body.note, body.come_back)
        return transferring.transfer(*at, onward, expect=body.said)

    @_command(api, "direct", DirectBody, _ticket)
    def direct_(at: At, body: DirectBody) -> Ticket:
        """Serve a visitor who has no ticket."""
        came = direct.Came(body.service, body.party_size, body.priority)
        return direct.serve_direct(*at, came, expect=body.said)


def _on_current(api: Api, verb: str, command: Callable[..., Ticket]) -> None:
    """A command on the ticket that is at the counter, which needs nothing else."""

    def run(at: At, body: CommandBody) -> Ticket:
        return command(*at, expect=body.said)

    run.__doc__ = command.__doc__
    _command(api, verb, CommandBody, _ticket)(run)


def pages(house: House) -> Blueprint:
    """`/counter/`."""
    room = blueprint("counter", __name__)

    @room.get("/counter/")
    def terminal() -> str:
        actor, secret = session(house)

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            row = reader.counter_of(actor.id) if actor else None
            return {
                "hall": {"name": hall.name, "timezone": hall.timezone},
                "user": {"name": actor.name, "role": actor.role} if actor else None,
                "counter": row.id if row else None,
            }

        return render(house, "counter.html", "Loket", reading(house, read), secret)

    return room
