"""Screens connect: who they are, which room they hear, and what they are told first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, emit, join_room

from server.admitted import Admitted
from server.auth import Caller, identify, may
from server.broadcast import Broadcaster
from server.commands.issuing import CODE
from server.domain.hall import Hall
from server.house import House
from server.store import Reader
from server.views import iso

SCREENS = ("display", "counter", "kiosk", "survey", "supervisor")


def register(house: House, socketio: SocketIO, broadcaster: Broadcaster) -> Callable[[], None]:
    """Answer connections and disconnections, and cut whoever is not let in any more.

    Returns what is to be called after every commit that may have changed who that is.
    """
    rooms_of: dict[str, str] = {}
    admitted = Admitted(house, socketio.server.disconnect)
    house.threads.spawn(admitted.run)

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect(auth: Any = None) -> None:
        wish = auth if isinstance(auth, dict) else {}
        screen, id = str(wish.get("screen", "")), str(wish.get("id", ""))
        with house.store.read() as reader:
            hall = house.catalogues.hall(reader)
            if screen == "visit":
                room, caller = _visit_room(house, broadcaster, reader, id), None
            else:
                room, caller = _screen_room(house, reader, hall, wish, screen, id)
            seq, now_ms = reader.head(), house.store.now_ms()
        # From here on nothing waits, so that no message can slip in before `hello`.
        sid = request.sid  # type: ignore[attr-defined]
        rooms_of[sid] = room
        broadcaster.rooms.join(room)
        if caller is not None:
            admitted.come(sid, caller)
            house.presence.come(room)
        join_room(room)
        emit("hello", {"version": house.version, "epoch": broadcaster.epoch, "seq": seq, "now": iso(hall, now_ms)})

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]
    def disconnect(reason: Any = None) -> None:
        room = rooms_of.pop(request.sid, None)  # type: ignore[attr-defined]
        admitted.leave(request.sid)  # type: ignore[attr-defined]
        if room is not None:
            broadcaster.rooms.leave(room)
            if not room.startswith("visit:"):
                house.presence.leave(room)
            if room.startswith("display:"):
                house.loudspeakers.hung_up(room.partition(":")[2])

    return admitted.wake


def _visit_room(house: House, broadcaster: Broadcaster, reader: Reader, code: str) -> str:
    most = house.settings.limits.public_sockets
    if most and broadcaster.rooms.phones >= most:
        raise ConnectionRefusedError("full")
    visit = reader.visit_id(code) if CODE.fullmatch(code) else None
    if visit is None:
        raise ConnectionRefusedError("unauthorized")
    broadcaster.rooms.visits[visit] = frozenset(ticket.service for ticket in reader.tickets_of_visit(visit))
    return f"visit:{visit}"


def _screen_room(
    house: House, reader: Reader, hall: Hall, wish: dict[str, Any], screen: str, id: str
) -> tuple[str, Caller]:
    if screen not in SCREENS:
        raise ConnectionRefusedError("unknown_screen")
    caller = _caller(house, reader, wish, screen, id)
    if caller.actor is None:
        raise ConnectionRefusedError("unauthorized")
    opened = reader.counter_of(caller.actor.id) if screen == "counter" else None
    if not may(caller.actor, f"screen.{screen}", id, own=opened.id if opened else None):
        raise ConnectionRefusedError("forbidden")
    known: dict[str, Callable[[], bool]] = {
        "display": lambda: id in hall.display,
        "counter": lambda: id in hall.counter,
        "kiosk": lambda: id in hall.kiosk,
        "survey": lambda: id in hall.counter,
        "supervisor": lambda: True,
    }
    if not known[screen]():
        raise ConnectionRefusedError("unknown_screen")
    return "supervisor" if screen == "supervisor" else f"{screen}:{id}", caller


def _caller(house: House, reader: Reader, wish: dict[str, Any], screen: str, id: str) -> Caller:
    token, device = wish.get("token"), wish.get("device")
    if isinstance(token, str) and token:
        return identify(house.store, house.keys, token)
    asked = device if isinstance(device, str) and device else f"{screen}/{id}"
    return identify(house.store, house.keys, None, asked, request.cookies)


