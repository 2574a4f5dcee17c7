"""The virtual printers' paper as pictures, for the demo: the page, what lies there, and each slip.

The print worker keeps each virtual printer's slips in the data folder, in `paper/<printer>/NNNN.png`.
A real hall's slips are its visitors' own: none of these pages exists there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, send_from_directory

from server.api import reading
from server.domain.hall import Hall
from server.house import House
from server.pages import render
from server.views import iso, text

SHOWN = 20
"""So many slips of each printer are shown, the newest first."""
PAPER = "paper"
"""The data folder's folder in which the worker's virtual printers keep their paper."""
_SLIP = re.compile(r"[0-9]+")


def pages(house: House) -> Blueprint:
    """`/paper`, `/paper.json` and `/paper/<printer>/<name>.png`; 404, all of them, outside a demo."""
    room = Blueprint("paper", __name__, template_folder="templates")

    def hall_of_demo() -> tuple[Hall, dict[str, Any]]:
        demo = house.demo()
        if demo is None:
            abort(404)
        return reading(house, lambda reader, hall, now_ms: hall), demo

    @room.get("/paper")
    def page() -> str:
        hall, demo = hall_of_demo()
        kiosks = [
            {
                "name": text(kiosk.name),
                "href": demo["links"].get(f"kiosk/{kiosk.id}", f"/kiosk/{kiosk.id}"),
                "printer": printer.id if (printer := hall.printer_of(kiosk.id)) else None,
            }
            for kiosk in hall.kiosks
        ]
        shown = {"hall": {"name": hall.name, "timezone": hall.timezone}, "kiosks": kiosks}
        return render(house, "paper.html", hall.name, shown)

    @room.get("/paper.json")
    def paper() -> Response:
        hall, _ = hall_of_demo()
        printers = [
            {"id": printer.id, "name": text(printer.name), "slips": slips(hall, house.folder / PAPER, printer.id)}
            for printer in hall.printers
        ]
        answer = jsonify({"printers": printers})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @room.get("/paper/<printer>/<name>.png")
    def slip(printer: str, name: str) -> Response:
        hall, _ = hall_of_demo()
        if printer not in hall.printer or not _SLIP.fullmatch(name):
            abort(404)
        return send_from_directory((house.folder / PAPER / printer).absolute(), f"{name}.png", mimetype="image/png")

    return room


def slips(hall: Hall, paper: Path, printer: str) -> list[dict[str, Any]]:
    """The newest slips of a printer: {name, url, at}, newest first; none while it has not printed."""
    found = ((int(path.stem), path) for path in (paper / printer).glob("*.png") if _SLIP.fullmatch(path.stem))
    newest = sorted(found, reverse=True)[:SHOWN]
    return [
        {"name": path.stem, "url": f"/paper/{printer}/{path.name}", "at": iso(hall, at_ms)}
        for _, path in newest
        if (at_ms := _fell_at_ms(path)) is not None
    ]


def _fell_at_ms(path: Path) -> int | None:
    """When a slip's picture was written (milliseconds since 1970); None where it was cleared away just now."""
    try:
        return int(path.stat().st_mtime * 1000)
    except FileNotFoundError:
        return None
