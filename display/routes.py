"""The hall board's page, its snapshot, the media beside the calls, and the page of a screen that is no board yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from flask import Blueprint, abort, redirect, request, send_file
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from display import announcer
from server.api import Api, Refused, reading
from server.auth import device_cookie, identify, may
from server.board_media import MOST_FILES
from server.board_view import board_view
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.layouts import Layout
from server.house import House
from server.pages import blueprint, device_secret, render, session
from server.queries.board import display_snapshot
from server.store import Reader

MEDIA = "media"
YEAR_S = 365 * 24 * 3600
"""A changed file has another address."""
LONGEST_HREF = 1000


@dataclass(frozen=True, slots=True)
class BrokenBody:
    """The addresses of all media that this board could not show; none when it could show all."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    broken: Annotated[tuple[Annotated[str, Field(max_length=LONGEST_HREF)], ...], Field(max_length=MOST_FILES)]


def register(api: Api) -> None:
    """The snapshot under /api/v1/displays/<id>, what its board cannot show, and the announcer."""
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
            shown = display_snapshot(reader, hall, house.policy, found, now_ms)
            return {**shown, "media": media_view(house, hall.layout[found.layout])}

        house.media.look(house.threads.offload)
        return reading(house, read)

    @api.post("/displays/<display>/media", BrokenBody, "display.speak", own="display")
    def media(actor: Actor, body: BrokenBody, display: str) -> dict[str, Any]:
        """A board tells which pictures and films it cannot show, for those who supervise."""
        if display not in reading(house, lambda reader, hall, now_ms: hall).display:
            raise NotFound("not_found", f'no board has the id "{display}"')
        house.media.look(house.threads.offload)
        house.media.told_broken(display, body.broken)
        return {"broken": len(body.broken)}


def media_view(house: House, layout: Layout) -> dict[str, Any] | None:
    """What a board with media shows, None for the others."""
    if MEDIA not in layout.landscape.parts() | layout.portrait.parts():
        return None
    return {
        "version": house.media.version(),
        "picture_seconds": house.settings.boards.picture_seconds,
        "files": [file.view() for file in house.media.files()],
    }


def pages(house: House) -> Blueprint:
    """`/display/`, `/display/<id>` and `/display/media/<name>`."""
    room = blueprint("display", __name__)

    @room.get("/display/")
    def enrolment() -> str | AnyResponse:
        """A screen that is a board already goes on to it; another one asks to be made one."""
        hall = reading(house, lambda reader, hall, now_ms: hall)
        known = _known_board(house, hall)
        if known is not None:
            return redirect(f"/display/{known}")
        page = {"hall": {"name": hall.name, "timezone": hall.timezone}}
        _, secret = session(house)  # a technician may be logged in here
        return render(house, "enrolment.html", hall.name, page, secret, only=("enrol.", "page."))

    @room.get("/display/<id>")
    def board(id: str) -> str:
        hall = reading(house, lambda reader, hall, now_ms: hall)
        found = hall.display.get(id)
        if found is None:
            abort(404)
        page = {
            **board_view(hall, found),
            "hall": {"name": hall.name, "timezone": hall.timezone},
            "device": f"display/{id}",
            "enrolled": bool(device_secret("display", id)),
            "speaks": found.speaks and bool(device_secret("display", id)),
        }
        return render(house, "display.html", found.name.id, page, device_secret("display", id))

    @room.get("/display/media/<name>")
    def media(name: str) -> AnyResponse:
        house.media.look(house.threads.offload)
        found = house.media.find(name)
        if found is None:
            abort(404)
        path, file = found
        try:
            answer = send_file(path, file.mimetype, conditional=True, etag=file.version, max_age=YEAR_S)
        except FileNotFoundError:
            abort(404)  # taken away since the folder was looked at
        # A drawing that is opened by itself may neither run scripts nor ask anybody anything.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return answer

    return room


def _known_board(house: House, hall: Hall) -> str | None:
    """The board that this browser was enrolled as, None when it is none, or none any more."""
    prefix = device_cookie("display", "")
    for name in request.cookies:
        board = name.removeprefix(prefix)
        if name.startswith(prefix) and board in hall.display:
            actor = identify(house.store, house.keys, None, f"display/{board}", request.cookies).actor
            if actor is not None and actor.role == "display" and actor.subject == board:
                return board
    return None
