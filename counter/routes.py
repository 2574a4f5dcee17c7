"""The officer's terminal and the commands at a counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint

from server.api import Api, Id, Refused, reading
from server.auth import may
from server.commands import serving
from server.commands.serving import UNSAID, Expect
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.tickets import Ticket
from server.house import House
from server.pages import blueprint, render, session
from server.queries import counter_snapshot, counter_view, full_ticket
from server.store import Reader, Tx

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
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
class TicketBody:
    """The ticket that is meant."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    ticket: Id
    expect: Id | None = NOT_GIVEN


def _said(expect: int | None) -> Expect:
    return UNSAID if expect == NOT_GIVEN else expect


def register(api: Api) -> None:
    """The commands and the snapshot under /api/v1/counters/<id>."""
    house = api.house
    path = "/counters/<counter>"

    @api.get(path)
    def snapshot(actor: Actor | None, counter: str) -> dict[str, Any]:
        """All that the terminal of a counter shows."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            if actor is None:
                raise Refused(401, "unauthorized", "log in, or send a token")
            opened = reader.counter_of(actor.id) if actor.role == "officer" else None
            if not may(actor, "counter.read", counter, own=opened.id if opened else None):
                raise Refused(403, "forbidden", "this is not your counter")
            found = hall.counter.get(counter)
            if found is None:
                raise NotFound("not_found", f'no counter has the id "{counter}"')
            return counter_snapshot(reader, hall, found, now_ms)

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

    @api.command(f"{path}/call-next", CommandBody, "counter.command", own="counter")
    def call_next(tx: Tx, hall: Hall, actor: Actor, body: CommandBody, counter: str) -> dict[str, Any]:
        """Call whoever is next for this counter."""
        ticket, reason = serving.call_next(tx, hall, actor, counter, expect=_said(body.expect))
        return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms) if ticket else None, "reason": reason}

    @api.command(f"{path}/call", TicketBody, "counter.command", own="counter")
    def call(tx: Tx, hall: Hall, actor: Actor, body: TicketBody, counter: str) -> dict[str, Any]:
        """Call one certain ticket."""
        ticket, reason = serving.call(tx, hall, actor, counter, body.ticket, expect=_said(body.expect))
        return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms), "reason": reason}

    @api.command(f"{path}/restore", TicketBody, "counter.command", own="counter")
    def restore(tx: Tx, hall: Hall, actor: Actor, body: TicketBody, counter: str) -> dict[str, Any]:
        """Bring a missed visitor back to the queue."""
        ticket = serving.restore(tx, hall, actor, counter, body.ticket, expect=_said(body.expect))
        return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms)}

    for verb, command in {
        "recall": serving.recall,
        "start": serving.start,
        "finish": serving.finish,
        "no-show": serving.no_show,
        "requeue": serving.requeue,
        "undo": serving.undo,
    }.items():
        _on_current(api, f"{path}/{verb}", command)


def _on_current(api: Api, path: str, command: Any) -> None:
    """A command on the ticket that is at the counter."""

    def run(tx: Tx, hall: Hall, actor: Actor, body: CommandBody, counter: str) -> dict[str, Any]:
        ticket: Ticket = command(tx, hall, actor, counter, expect=_said(body.expect))
        return {"ticket": full_ticket(tx, hall, ticket, tx.now_ms)}

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
