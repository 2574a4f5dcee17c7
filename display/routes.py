"""The hall board's page and its snapshot."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort

from display import announcer
from server.api import Api, Refused, reading
from server.auth import may
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.house import House
from server.pages import blueprint, device_secret, render
from server.queries import display_snapshot
from server.store import Reader
from server.views import text


def register(api: Api) -> None:
    """The snapshot under /api/v1/displays/<id>, and the announcer."""
    house = api.house
    announcer.register(api)

    @api.get("/displays/<display>")
    def snapshot(actor: Actor | None, display: str) -> dict[str, Any]:
        """The calls and the waiting that a board shows."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            if actor is None:
                raise Refused(401, "unauthorized", "log in, or send a token")
            if not may(actor, "display.read", display):
                raise Refused(403, "forbidden", "this is not your board")
            found = hall.display.get(display)
            if found is None:
                raise NotFound("not_found", f'no board has the id "{display}"')
            return display_snapshot(reader, hall, house.policy, found, now_ms)

        return reading(house, read)


def pages(house: House) -> Blueprint:
    """`/display/<id>`."""
    room = blueprint("display", __name__)

    @room.get("/display/<id>")
    def board(id: str) -> str:
        hall = reading(house, lambda reader, hall, now_ms: hall)
        found = hall.display.get(id)
        if found is None:
            abort(404)
        page = {
            "id": id,
            "name": text(found.name),
            "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones if zone.id in found.zones],
            "hall": {"name": hall.name, "timezone": hall.timezone},
            "device": f"display/{id}",
            "speaks": found.speaks and bool(device_secret("display", id)),
        }
        return render(house, "display.html", found.name.id, page, device_secret("display", id))

    return room
