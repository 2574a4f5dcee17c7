"""What supervisors ask of the boards: which there are, what runs along their foot, and the emergency message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from server.api import Api, reading
from server.board_view import layout_view
from server.commands import boards
from server.commands.boards import MOST_MESSAGES
from server.domain.actors import Actor
from server.domain.hall import Display, Hall, Text
from server.house import House
from server.store import BoardMessage, Reader, Tx
from server.views import iso, text

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
Names = Annotated[tuple[str, ...], Field(max_length=200)]


@dataclass(frozen=True, slots=True)
class MessageBody:
    """A message of the running text; what is left out stays as it is. An empty day is no limit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    text: Text | None = None
    first_day: str | None = None
    last_day: str | None = None
    zones: Names | None = None
    boards: Names | None = None
    paused: bool | None = None
    position: Annotated[int, Field(ge=1, le=MOST_MESSAGES)] | None = None


@dataclass(frozen=True, slots=True)
class EmergencyBody:
    """Words over everything, on all boards or on those of some zones."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    text: Text
    zones: Names = ()


@dataclass(frozen=True, slots=True)
class ClearBody:
    """The emergency that is over, by its `since`; without it whichever is shown."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    since: Annotated[str, Field(min_length=1, max_length=40)] | None = None


def register(api: Api) -> None:
    """/boards, /board-messages, /board-messages/<id>, /board-messages/<id>/delete, /emergency, /emergency/clear."""
    house = api.house

    @api.get("/boards", "boards.manage")
    def all_boards(actor: Actor) -> dict[str, Any]:
        """Every board and whether it is connected, the layouts, the messages, and the emergency."""
        house.media.look(house.threads.offload)
        return reading(house, lambda reader, hall, now_ms: _overview(house, reader, hall, now_ms))

    @api.get("/board-messages", "boards.manage")
    def messages(actor: Actor) -> dict[str, Any]:
        """The messages of the running text, in their order, and the emergency message."""
        return reading(house, _messages)

    @api.command("/board-messages", MessageBody, "boards.manage", status=201)
    def add(tx: Tx, hall: Hall, actor: Actor, body: MessageBody) -> dict[str, Any]:
        """A new message of the running text."""
        return _answer(hall, tx, boards.add_message(tx, hall, actor, _wording(body)))

    @api.command("/board-messages/<int:message>", MessageBody, "boards.manage")
    def change(tx: Tx, hall: Hall, actor: Actor, body: MessageBody, message: int) -> dict[str, Any]:
        """Another wording, other days or places, another place in line, or a pause, for a message."""
        return _answer(hall, tx, boards.change_message(tx, hall, actor, message, _wording(body)))

    @api.command("/board-messages/<int:message>/delete", None, "boards.manage")
    def delete(tx: Tx, hall: Hall, actor: Actor, body: None, message: int) -> dict[str, Any]:
        """Take a message away."""
        boards.remove_message(tx, hall, actor, message)
        return {"deleted": message}

    @api.command("/emergency", EmergencyBody, "boards.manage")
    def show(tx: Tx, hall: Hall, actor: Actor, body: EmergencyBody) -> dict[str, Any]:
        """Show words over everything, until they are cleared."""
        boards.show_emergency(tx, hall, actor, body.text, body.zones)
        return {"emergency": boards.emergency(tx, hall)}

    @api.command("/emergency/clear", ClearBody, "boards.manage")
    def clear(tx: Tx, hall: Hall, actor: Actor, body: ClearBody) -> dict[str, Any]:
        """The emergency is over."""
        return {"emergency": None, "changed": boards.clear_emergency(tx, hall, actor, body.since)}


def _wording(body: MessageBody) -> boards.Wording:
    return boards.Wording(
        body.text, body.first_day, body.last_day, body.zones, body.boards, body.paused, body.position
    )  # fmt: skip


def _answer(hall: Hall, tx: Tx, message: BoardMessage) -> dict[str, Any]:
    return {"message": boards.message_view(hall, message, hall.day(tx.now_ms))}


def _messages(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
    day = hall.day(now_ms)
    return {
        "seq": reader.head(),
        "epoch": reader.meta("epoch"),
        "messages": [boards.message_view(hall, message, day) for message in reader.board_messages()],
        "emergency": boards.emergency(reader, hall),
    }


def _overview(house: House, reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
    return {
        **_messages(reader, hall, now_ms),
        "boards": [_board(house, hall, display) for display in hall.displays],
        "layouts": [{**layout_view(layout), "name": text(layout.name)} for layout in hall.layout.values()],
        "media": {"folder": str(house.folder / house.settings.boards.media),
                  "files": [file.name for file in house.media.files()], "broken": house.media.broken()},
        # What a new board or a message may name.
        "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones],
        "agencies": [{"id": agency.id, "name": text(agency.name)} for agency in hall.agencies],
        "counters": [{"id": counter.id, "label": counter.label} for counter in hall.counters],
    }  # fmt: skip


def _board(house: House, hall: Hall, display: Display) -> dict[str, Any]:
    """A board, how many screens show it, and since when any does, or none."""
    seen = house.presence.of("display", display.id)
    return {
        "id": display.id,
        "name": text(display.name),
        "zones": list(display.zones),
        "layout": display.layout,
        "agency": display.agency or None,
        "counter": display.counter or None,
        "text": display.text,
        "screens": seen.screens if seen else 0,
        "seen_at": iso(hall, house.store.wall_ms() - int(seen.for_seconds * 1000)) if seen else None,
    }
