"""The supervisor's page and calls: the hall's picture, moving tickets, overriding hours, messages, alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from flask import Blueprint

from server.api import Api, Id, reading
from server.commands import alerts, hours, messages, transferring
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.overrides import AGENCY, SERVICE
from server.house import House
from server.oversight.picture import Picture, alert_view, queue_view, sent_view
from server.pages import blueprint, render_staff
from server.queries.pieces import full_ticket, head
from server.queries.voices import voices_view
from server.store import Reader, Tx
from server.views import override_view, text

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
SEES = "oversight.read"


@dataclass(frozen=True, slots=True)
class MoveBody:
    """Where a waiting visitor goes, and a note for whoever serves them there."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    service: str
    counter: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HoursBody:
    """Closed or open, null to go by the hours again; the reason as visitors read it, and until when today."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    override: Literal["closed", "open"] | None
    reason: str | None = None
    reason_en: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class MessageBody:
    """What is told, at which counters (null: all), and whether it is urgent."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    text: str
    counters: tuple[str, ...] | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class AcknowledgeBody:
    """The message that was read."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    message: Id


def register(api: Api) -> None:
    """/supervisor, /services/<id>/queue and /hours, /agencies/<id>/hours, /tickets/<id>/move, /messages, /alerts."""
    house = api.house

    @api.get("/supervisor", SEES)
    def supervisor(actor: Actor) -> dict[str, Any]:
        """The whole hall at one moment: agencies, counters, voices, devices, alerts, messages."""
        sounds = house.loudspeakers.sounds()

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            always_open, wall_ms = house.policy.always_open, house.store.wall_ms()
            picture = Picture(reader, hall, house.presence, now_ms, always_open=always_open, wall_ms=wall_ms)
            return {
                **head(reader, hall),
                **picture.view(),
                "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones],
                "voices": voices_view(reader, hall, sounds, now_ms),
            }

        # In the thread pool: of a hall with 500 services it takes some 15 ms, and officers press meanwhile.
        found: dict[str, Any] = house.threads.offload(reading, house, read)
        return found

    @api.get("/services/<service>/queue", SEES)
    def queue(actor: Actor, service: str) -> dict[str, Any]:
        """Who waits for a service, in the order of their places."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            found = hall.services.get(service)
            if found is None:
                raise NotFound("not_found", f'no service has the id "{service}"')
            return {**head(reader, hall), **queue_view(reader, hall, found, now_ms)}

        return reading(house, read)

    @api.command("/tickets/<int:ticket>/move", MoveBody, "ticket.move")
    def move(tx: Tx, hall: Hall, actor: Actor, body: MoveBody, ticket: int) -> dict[str, Any]:
        """Send a visitor who waits to another service or counter; number and place are kept."""
        onward = transferring.Onward(body.service, body.counter, body.note)
        moved = transferring.move(tx, hall, actor, ticket, onward)
        return {"ticket": full_ticket(tx, hall, moved, tx.now_ms)}

    @api.command("/services/<service>/hours", HoursBody, "hours.override")
    def service_hours(tx: Tx, hall: Hall, actor: Actor, body: HoursBody, service: str) -> dict[str, Any]:
        """Close or open a service for the rest of the day, or go by its hours again."""
        return _hours(tx, hall, actor, SERVICE, service, body)

    @api.command("/agencies/<agency>/hours", HoursBody, "hours.override")
    def agency_hours(tx: Tx, hall: Hall, actor: Actor, body: HoursBody, agency: str) -> dict[str, Any]:
        """Close or open all services of an agency for the rest of the day, or go by the hours again."""
        return _hours(tx, hall, actor, AGENCY, agency, body)

    @api.command("/messages", MessageBody, "message.send", status=201)
    def send(tx: Tx, hall: Hall, actor: Actor, body: MessageBody) -> dict[str, Any]:
        """Tell officers something at their counters, until they have read it."""
        sent = messages.send(tx, hall, actor, messages.Letter(body.text, body.counters, body.urgent))
        return {"message": sent_view(hall, sent, tx.receipts(sent.id))}

    @api.command("/counters/<counter>/acknowledge", AcknowledgeBody, "counter.command", own="counter")
    def acknowledge(tx: Tx, hall: Hall, actor: Actor, body: AcknowledgeBody, counter: str) -> dict[str, Any]:
        """A supervisor's message was read at a counter."""
        read = messages.acknowledge(tx, hall, actor, counter, body.message)
        receipt = next(each for each in tx.receipts(read.id) if each.counter == counter)
        return {"message": sent_view(hall, read, [receipt])}

    @api.command("/alerts/<int:alert>/acknowledge", None, "alert.acknowledge")
    def seen(tx: Tx, hall: Hall, actor: Actor, body: None, alert: int) -> dict[str, Any]:
        """Somebody has seen an alert."""
        return {"alert": alert_view(hall, alerts.acknowledge(tx, actor, alert))}


def _hours(tx: Tx, hall: Hall, actor: Actor, kind: str, id: str, body: HoursBody) -> dict[str, Any]:
    said = hours.Said(body.override, body.reason, body.reason_en, body.until)
    return {"override": override_view(hall, hours.set_hours(tx, hall, actor, kind, id, said))}


def pages(house: House) -> Blueprint:
    """`/supervisor/`."""
    room = blueprint("oversight", __name__)

    @room.get("/supervisor/")
    def supervisor() -> str:
        hall = reading(house, lambda reader, hall, now_ms: hall)
        return render_staff(house, "oversight.html", "Pengawasan", hall, {})

    return room
