"""What a hall's supervisors and technicians see: `/admin/printers`, `/admin/boards`, and the slip as printed here."""

from __future__ import annotations

import logging
import subprocess
import sys

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.api import answer, caller_of, problem, reading
from server.auth import may
from server.config import shipped
from server.house import House
from server.pages import blueprint, render_staff
from server.views import text
from server.wire import encode

log = logging.getLogger("antrean.admin")

WIDTHS = ("58", "80")
LANGUAGES = ("id", "en")
PREVIEW_WITHIN_S = 20.0
SEES_PRINTERS = "printers.jobs"


def pages(house: House) -> Blueprint:
    """`/admin/`, `/admin/printers`, `/admin/boards` and `/admin/slip.png`."""
    room = blueprint("admin", __name__)
    pictures: dict[tuple[str, str], bytes] = {}

    @room.get("/admin/")
    def first() -> AnyResponse:
        return redirect("/admin/printers")

    @room.get("/admin/printers")
    def printers() -> str:
        return _page(house, "Printer")

    @room.get("/admin/boards")
    def boards() -> str:
        return _page(house, "Papan")

    @room.get("/admin/slip.png")
    def slip() -> Response:
        actor = caller_of(house).actor
        if actor is None:
            return answer(401, encode(problem(401, "unauthorized", "log in, or send a token", [])))
        if not may(actor, SEES_PRINTERS):
            return answer(403, encode(problem(403, "forbidden", "the slip is for supervisors", [])))
        width, language = request.args.get("width", "80"), request.args.get("language", "id")
        for name, given, known in (("width", width, WIDTHS), ("language", language, LANGUAGES)):
            if given not in known:
                words = f"{name} is {' or '.join(known)}"
                return answer(422, encode(problem(422, "invalid", words, [(name, words)])))
        # The settings are those of this process for as long as it lives, and so is the picture.
        picture = pictures.get((width, language)) or _picture(house, width, language)
        if picture is None:
            return answer(500, encode(problem(500, "no_picture", "the slip could not be drawn; it was logged", [])))
        pictures[width, language] = picture
        return Response(picture, mimetype="image/png")

    return room


def _page(house: House, title: str) -> str:
    """One of these pages; admin.js draws it by its address."""
    hall = reading(house, lambda reader, hall, now_ms: hall)
    kiosks = {kiosk.id: text(kiosk.name) for kiosk in hall.kiosks}
    return render_staff(house, "admin.html", title, hall, {"kiosks": kiosks})


def _picture(house: House, width: str, language: str) -> bytes | None:
    """The slip of this hall's settings as a PNG, None where it could not be drawn.

    Drawn by a process of its own: a printer's work is not this one's, and takes the best part of a second.
    """
    command = [
        sys.executable, "-m", "server", "slip", "preview", "--png", "-", "--width", width, "--language", language,
        "--config", str(house.settings.source or shipped()), "--data", str(house.folder),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=PREVIEW_WITHIN_S, check=True)
    except subprocess.CalledProcessError as error:
        log.error("the slip was not drawn: %s", error.stderr.decode(errors="replace").strip())
        return None
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("the slip was not drawn: %s", error)
        return None
    return done.stdout
