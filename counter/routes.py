"""The officer's terminal and the commands at a counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from flask import Blueprint, request
from pydantic import Field

from server.api import Api, Id, Refused, reading
from server.auth import may
from server.commands import direct, profiles, serving, setting_aside, transferring
from server.commands.desk import UNSAID, Expect
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.outcomes import Told
from server.domain.tickets import Ticket
from server.house import House
from server.pages import blueprint, render, session
from server.queries import counter_snapshot, counter_view, full_ticket, waiting_numbered
from server.store import Reader, Tx

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
MOST_DIGITS = 6
NOT_GIVEN = -1
"""No ticket has this id: `expect` was left out."""


@dataclass(frozen=True, slots=True)
class CommandBody:
    """`expect` is the id of the ticket that the officer sees as current, null for none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class OpenBody:
    """`take_over` says that an officer who is there now is to be replaced."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    take_over: bool = False
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class PauseBody:
    """Why the officer steps away, in their own words."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    reason: str | None = None
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class ProfileBody:
    """The id of one of the counter's profiles, null for its usual one."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    profile: str | None
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class TicketBody:
    """The ticket that is meant."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    ticket: Id
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class HoldBody:
    """`note` is for whoever goes on serving the visitor, at most 300 characters."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    note: str | None = None
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class FinishBody:
    """`outcome` is the id of one of the service's, `documents` those that are missing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    outcome: str | None = None
    documents: tuple[str, ...] = ()
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class NoShowBody:
    """`ticket` is one on hold whose visitor did not come back; null is the one at the counter."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    ticket: Id | None = None
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class TransferBody:
    """Where the visitor goes, a note for whoever serves them there, and whether they come back here after it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    service: str
    counter: str | None = None
    note: str | None = None
    come_back: Annotated[bool, Field(alias="return")] = False
    expect: Id | None = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class DirectBody:
    """What a visitor without a ticket came for, null for the counter's first service, how many they are, and their
    priority class."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    service: str | None = None
    party_size: int = 1
    priority: str | None = None
    expect: Id | None = NOT_GIVEN


def _said(expect: int | None) -> Expect:
    return UNSAID if expect == NOT_GIVEN else expect


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
    path = "/counters/<counter>"

    @api.get(path, asks=("number",))
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

    @api.command(f"{path}/open", OpenBody, "counter.command", own="counter")
    def open_(tx: Tx, hall: Hall, actor: Actor, body: OpenBody, counter: str) -> dict[str, Any]:
        """Sit down at a counter, or come back from a pause."""
        row = serving.open_counter(tx, hall, actor, counter, take_over=body.take_over, expect=_said(body.expect))
        return {"counter": counter_view(hall, hall.counter[counter], row)}

    @api.command(f"{path}/pause", PauseBody, "counter.command", own="counter")
    def pause(tx: Tx, hall: Hall, actor: Actor, body: PauseBody, counter: str) -> dict[str, Any]:
        """Step away for a while."""
        row = serving.pause_counter(tx, hall, actor, counter, reason=body.reason, expect=_said(body.expect))
        return {"counter": counter_view(hall, hall.counter[counter], row)}

    @api.command(f"{path}/close", CommandBody, "counter.command", own="counter")
    def close(tx: Tx, hall: Hall, actor: Actor, body: CommandBody, counter: str) -> dict[str, Any]:
        """Leave a counter."""
        row = serving.close_counter(tx, hall, actor, counter, expect=_said(body.expect))
        return {"counter": counter_view(hall, hall.counter[counter], row)}

    @api.command(f"{path}/profile", ProfileBody, "counter.command", own="counter")
    def profile(tx: Tx, hall: Hall, actor: Actor, body: ProfileBody, counter: str) -> dict[str, Any]:
        """Work by another profile from now on."""
        row = profiles.switch_profile(tx, hall, actor, counter, body.profile, expect=_said(body.expect))
        now = hall.working(tx.profiles())
        return {"counter": counter_view(now, now.counter[counter], row)}

    @api.command(f"{path}/call-next", CommandBody, "counter.command", own="counter")
    def call_next(tx: Tx, hall: Hall, actor: Actor, body: CommandBody, counter: str) -> dict[str, Any]:
        """Call whoever is next for this counter."""
        called = serving.call_next(tx, hall, actor, counter, expect=_said(body.expect))
        ticket = full_ticket(tx, hall, called.ticket, tx.now_ms) if called.ticket else None
        answer = {"ticket": ticket, "reason": called.reason}
        if called.finished is not None:
            answer["finished"] = full_ticket(tx, hall, called.finished, tx.now_ms)
        return answer

    @api.command(f"{path}/call", TicketBody, "counter.command", own="counter")
    def call(tx: Tx, hall: Hall, actor: Actor, body: TicketBody, counter: str) -> dict[str, Any]:
        """Call one certain ticket."""
        ticket, reason = serving.call(tx, hall, actor, counter, body.ticket, expect=_said(body.expect))
        return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms), "reason": reason}

    @api.command(f"{path}/restore", TicketBody, "counter.command", own="counter")
    def restore(tx: Tx, hall: Hall, actor: Actor, body: TicketBody, counter: str) -> dict[str, Any]:
        """Bring a missed visitor back to the queue."""
        return _shown(tx, hall, serving.restore(tx, hall, actor, counter, body.ticket, expect=_said(body.expect)))

    @api.command(f"{path}/finish", FinishBody, "counter.command", own="counter")
    def finish(tx: Tx, hall: Hall, actor: Actor, body: FinishBody, counter: str) -> dict[str, Any]:
        """Serving is over, and what came of it."""
        told = Told(body.outcome, tuple(body.documents))
        return _shown(tx, hall, serving.finish(tx, hall, actor, counter, expect=_said(body.expect), told=told))

    @api.command(f"{path}/no-show", NoShowBody, "counter.command", own="counter")
    def no_show(tx: Tx, hall: Hall, actor: Actor, body: NoShowBody, counter: str) -> dict[str, Any]:
        """The called visitor did not come, or one on hold did not come back."""
        expect = _said(body.expect)
        if body.ticket is None:
            return _shown(tx, hall, serving.no_show(tx, hall, actor, counter, expect=expect))
        return _shown(tx, hall, setting_aside.give_up(tx, hall, actor, counter, body.ticket, expect=expect))

    @api.command(f"{path}/hold", HoldBody, "counter.command", own="counter")
    def hold(tx: Tx, hall: Hall, actor: Actor, body: HoldBody, counter: str) -> dict[str, Any]:
        """Set the visitor aside; the counter becomes free."""
        expect = _said(body.expect)
        return _shown(tx, hall, setting_aside.hold(tx, hall, actor, counter, note=body.note, expect=expect))

    @api.command(f"{path}/resume", TicketBody, "counter.command", own="counter")
    def resume(tx: Tx, hall: Hall, actor: Actor, body: TicketBody, counter: str) -> dict[str, Any]:
        """Go on serving a visitor who was set aside."""
        expect = _said(body.expect)
        return _shown(tx, hall, setting_aside.resume(tx, hall, actor, counter, body.ticket, expect=expect))

    @api.command(f"{path}/transfer", TransferBody, "counter.command", own="counter")
    def transfer(tx: Tx, hall: Hall, actor: Actor, body: TransferBody, counter: str) -> dict[str, Any]:
        """Pass the visitor on to another service or counter."""
        onward = transferring.Onward(body.service, body.counter, body.note, body.come_back)
        return _shown(tx, hall, transferring.transfer(tx, hall, actor, counter, onward, expect=_said(body.expect)))

    @api.command(f"{path}/direct", DirectBody, "counter.command", own="counter")
    def direct_(tx: Tx, hall: Hall, actor: Actor, body: DirectBody, counter: str) -> dict[str, Any]:
        """Serve a visitor who has no ticket."""
        expect = _said(body.expect)
        came = direct.Came(body.service, body.party_size, body.priority)
        served = direct.serve_direct(tx, hall, actor, counter, came, expect=expect)
        return _shown(tx, hall, served)

    for verb, command in {
        "recall": serving.recall,
        "start": serving.start,
        "requeue": serving.requeue,
        "undo": serving.undo,
    }.items():
        _on_current(api, f"{path}/{verb}", command)


def _shown(tx: Tx, hall: Hall, ticket: Ticket) -> dict[str, Any]:
    return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms)}


def _on_current(api: Api, path: str, command: Any) -> None:
    """A command on the ticket that is at the counter."""

    def run(tx: Tx, hall: Hall, actor: Actor, body: CommandBody, counter: str) -> dict[str, Any]:
        ticket: Ticket = command(tx, hall, actor, counter, expect=_said(body.expect))
        return _shown(tx, hall, ticket)

    run.__doc__ = command.__doc__
    api.command(path, CommandBody, "counter.command", own="counter")(run)


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
