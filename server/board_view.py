"""How a board looks, as JSON: its layout, whom it is about, and what is said on it."""

from __future__ import annotations

from typing import Any

from server.commands.boards import boards_of, emergency, is_due
from server.domain.hall import Display, Hall
from server.domain.layouts import Arrangement, Layout
from server.store import Reader
from server.views import text


def layout_view(layout: Layout) -> dict[str, Any]:
    """A layout: whom it is about, and where its parts stand on screens of either orientation."""
    return {
        "id": layout.id,
        "about": layout.about,
        "landscape": _arrangement(layout.landscape),
        "portrait": _arrangement(layout.portrait),
    }


def _arrangement(arrangement: Arrangement) -> dict[str, Any]:
    return {
        "rows": list(arrangement.rows),
        "heights": list(arrangement.heights),
        "widths": list(arrangement.widths),
    }


def board_view(hall: Hall, display: Display) -> dict[str, Any]:
    """What a board must know of itself before anything has happened."""
    agency, counter = hall.agency.get(display.agency), hall.counter.get(display.counter)
    scope = hall.scopes[display.id]
    return {
        "id": display.id,
        "name": text(display.name),
        "zones": [{"id": zone.id, "name": text(zone.name)} for zone in hall.zones if zone.id in display.zones],
        "layout": layout_view(hall.layout[display.layout]),
        "text": display.text,
        "agency": {"id": agency.id, "name": text(agency.name)} if agency else None,
        "counter": {"id": counter.id, "label": counter.label} if counter else None,
        "shows": {"agencies": sorted(scope.agencies), "counters": sorted(scope.counters)},
    }


def said_on(reader: Reader, hall: Hall, display: Display, now_ms: int) -> dict[str, Any]:
    """The messages that run along a board's foot today, and the emergency message if it concerns the board."""
    day = hall.day(now_ms)
    due = [message for message in reader.board_messages() if is_due(message, day)]
    alarm = emergency_shown(reader, hall)
    here = alarm is not None and (not alarm["zones"] or bool(set(alarm["zones"]) & set(display.zones)))
    return {
        "messages": [
            {"id": message.id, "text": {"id": message.text_id, "en": message.text_en}}
            for message in due if display.id in boards_of(hall, message)
        ],
        "emergency": alarm if here else None,
    }  # fmt: skip


def emergency_shown(reader: Reader, hall: Hall) -> dict[str, Any] | None:
    """The emergency message as everybody may see it: {text, zones, since}; no zones means all. None: there is none."""
    alarm = emergency(reader, hall)
    return alarm and {key: alarm[key] for key in ("text", "zones", "since")}
