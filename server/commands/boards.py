"""What supervisors say on the boards: messages of the running text, and the emergency message over everything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid, NotFound
from server.domain.events import BOARD_CHANGED
from server.domain.hall import Hall, Text
from server.domain.wording import is_text
from server.store import BoardMessage, Reader, Tx
from server.views import iso, text

MOST_MESSAGES = 50
LONGEST_MESSAGE = 500
_EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Wording:
    """A message as somebody wrote it; what is None stays as it is, or as is usual for a new one."""

    text: Text | None = None
    first_day: str | None = None
    last_day: str | None = None
    zones: tuple[str, ...] | None = None
    boards: tuple[str, ...] | None = None
    paused: bool | None = None
    position: int | None = None


def add_message(tx: Tx, hall: Hall, actor: Actor, wish: Wording) -> BoardMessage:
    """A new message, the last in line unless it has a place. Raises Invalid."""
    if wish.text is None:
        raise Invalid("invalid", "is missing", field="text")
    before = tx.board_messages()
    if len(before) >= MOST_MESSAGES:
        raise Invalid("too_many", f"there are {MOST_MESSAGES} messages already; delete some", field="text")
    new = _changed(hall, BoardMessage(0, "", "", "", "", (), (), False, len(before) + 1, actor.name), wish)
    id = tx.add_board_message(**_columns(new))
    _place(tx, id, new.position)
    return _told(tx, hall, actor, id, "added", None)


def change_message(tx: Tx, hall: Hall, actor: Actor, id: int, wish: Wording) -> BoardMessage:
    """A message as it is to be from now on. Raises Invalid, NotFound."""
    before = _found(tx, id)
    after = _changed(hall, before, wish)
    tx.set_board_message(id, **_columns(after))
    if after.position != before.position:
        _place(tx, id, after.position)
    return _told(tx, hall, actor, id, "changed", before)


def remove_message(tx: Tx, hall: Hall, actor: Actor, id: int) -> None:
    """Take a message away. Raises NotFound."""
    before = _found(tx, id)
    tx.remove_board_message(id)
    _place(tx, None, 0)
    _record(tx, hall, actor, {"message": _view(before), "change": "removed"}, boards_of(hall, before))


def show_emergency(tx: Tx, hall: Hall, actor: Actor, words: Text, zones: Sequence[str]) -> dict[str, Any]:
    """Words over everything, on all boards or on those of some zones; they take the place of those shown before.

    Raises Invalid.
    """
    _check_text(words)
    _check_known("zones", zones, [zone.id for zone in hall.zones])
    shown = {"text": text(words), "zones": list(zones), "at_ms": tx.now_ms, "by": actor.name}
    before = tx.meta(_EMERGENCY)
    tx.set_meta(_EMERGENCY, json.dumps(shown))
    # Also where the words before stood: there they end.
    gone = json.loads(before)["zones"] if before else None
    _record(tx, hall, actor, {"emergency": {key: shown[key] for key in ("text", "zones")}},
            _concerned(hall, zones) | (set() if gone is None else _concerned(hall, gone)), kiosks=True)  # fmt: skip
    return shown


def clear_emergency(tx: Tx, hall: Hall, actor: Actor, since: str | None = None) -> bool:
    """The emergency is over; False when none was shown. `since` is when the one began that is meant; None means any.

    Raises DomainError `stale` where another one has taken its place.
    """
    before, shown = tx.meta(_EMERGENCY), emergency(tx, hall)
    if not before or shown is None:
        return False
    if since is not None and since != shown["since"]:
        raise DomainError("stale", f"{shown['by']} shows another message now", since=shown["since"])
    tx.set_meta(_EMERGENCY, "")
    _record(tx, hall, actor, {"emergency": None}, _concerned(hall, json.loads(before)["zones"]), kiosks=True)
    return True


def emergency(reader: Reader, hall: Hall) -> dict[str, Any] | None:
    """The emergency message in force: {text, zones, since, by}; no zones means all."""
    kept = reader.meta(_EMERGENCY)
    if not kept:
        return None
    shown = json.loads(kept)
    return {"text": shown["text"], "zones": shown["zones"], "since": iso(hall, shown["at_ms"]), "by": shown["by"]}


def boards_of(hall: Hall, message: BoardMessage) -> set[str]:
    """The boards on which a message stands."""
    if message.boards:
        return set(message.boards) & hall.display.keys()
    return _concerned(hall, message.zones)


def is_due(message: BoardMessage, day: str) -> bool:
    """Whether a message is shown on a day."""
    begun = not message.first_day or message.first_day <= day
    return not message.paused and begun and (not message.last_day or day <= message.last_day)


def message_view(hall: Hall, message: BoardMessage, day: str) -> dict[str, Any]:
    """A message as those who write it see it."""
    return {**_view(message), "author": message.author, "due": is_due(message, day)}


def _concerned(hall: Hall, zones: Sequence[str]) -> set[str]:
    return {display.id for display in hall.displays if not zones or set(zones) & set(display.zones)}


def _found(tx: Tx, id: int) -> BoardMessage:
    message = tx.board_message(id)
    if message is None:
        raise NotFound("not_found", "there is no such message; somebody may have deleted it")
    return message


def _changed(hall: Hall, message: BoardMessage, wish: Wording) -> BoardMessage:
    if wish.text is not None:
        _check_text(wish.text)
        message = replace(message, text_id=wish.text.id, text_en=wish.text.en)
    given = {name: value for name in ("first_day", "last_day", "zones", "boards", "paused", "position")
             if (value := getattr(wish, name)) is not None}  # fmt: skip
    message = replace(message, **given)
    for field in ("first_day", "last_day"):
        _check_day(field, getattr(message, field))
    if message.first_day and message.last_day and message.last_day < message.first_day:
        raise Invalid("invalid", f"must not be before first_day, which is {message.first_day}", field="last_day")
    # What is not changed may name a zone that the catalogue has lost: it stands nowhere, and may be corrected.
    if wish.zones is not None:
        _check_known("zones", wish.zones, [zone.id for zone in hall.zones])
    if wish.boards is not None:
        _check_known("boards", wish.boards, list(hall.display))
    if not 1 <= message.position <= MOST_MESSAGES:
        raise Invalid("invalid", f"must be 1 to {MOST_MESSAGES}", field="position")
    return message


def _check_text(words: Text) -> None:
    """Indonesian is always there, English may be empty; each is one line. Raises Invalid."""
    for language, wording in (("id", words.id), ("en", words.en)):
        if len(wording) > LONGEST_MESSAGE:
            raise Invalid("invalid", f"must have at most {LONGEST_MESSAGE} characters", field=f"text.{language}")
        if not is_text(wording):
            raise Invalid("invalid", "must be one line without control characters", field=f"text.{language}")
    if not words.id.strip():
        raise Invalid("invalid", "must not be empty", field="text.id")


def _check_day(field: str, value: str) -> None:
    try:
        right = not value or date.fromisoformat(value).isoformat() == value
    except ValueError:
        right = False
    if not right:
        raise Invalid("invalid", f'"{value[:20]}" is not a date like "2027-03-08"', field=field)


def _check_known(field: str, given: Sequence[str], known: Sequence[str]) -> None:
    for index, name in enumerate(given):
        if name not in known:
            raise Invalid("invalid", f'no {field[:-1]} has the id "{name[:60]}"', field=f"{field}[{index}]")
        if name in given[:index]:
            raise Invalid("invalid", f'"{name}" is named twice', field=f"{field}[{index}]")


def _place(tx: Tx, id: int | None, position: int) -> None:
    """Number the messages anew, one of them at its new place."""
    order = [message.id for message in tx.board_messages() if message.id != id]
    if id is not None:
        order.insert(position - 1, id)
    for place, each in enumerate(order, 1):
        tx.set_board_message(each, position=place)


def _told(tx: Tx, hall: Hall, actor: Actor, id: int, change: str, before: BoardMessage | None) -> BoardMessage:
    """The message as it is now, after the boards were told: those where it stands, and those where it stood."""
    message = _found(tx, id)
    boards = boards_of(hall, message) | (boards_of(hall, before) if before else set())
    _record(tx, hall, actor, {"message": _view(message), "change": change}, boards)
    return message


def _record(
    tx: Tx, hall: Hall, actor: Actor, board: dict[str, Any], boards: set[str], *, kiosks: bool = False
) -> None:
    everywhere = [kiosk.id for kiosk in hall.kiosks] if kiosks else []
    tx.record(BOARD_CHANGED, actor.id, {"board": board, "boards": sorted(boards), "kiosks": everywhere})


def _columns(message: BoardMessage) -> dict[str, Any]:
    names = ("text_id", "text_en", "first_day", "last_day", "zones", "boards", "paused", "position", "author")
    return {name: getattr(message, name) for name in names}


def _view(message: BoardMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "text": {"id": message.text_id, "en": message.text_en},
        "first_day": message.first_day,
        "last_day": message.last_day,
        "zones": list(message.zones),
        "boards": list(message.boards),
        "paused": message.paused,
        "position": message.position,
    }
