"""A visitor's page on the phone, its snapshot and QR code; the index; enrolling a device's browser."""

from __future__ import annotations

import io
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.api import Api, reading
from server.auth import DEVICE_ROLES, device_cookie, identify
from server.commands.issuing import CODE
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.house import House
from server.pages import blueprint, render, session
from server.queries.visit import visit_snapshot
from server.store import Reader
from server.views import text

PHONE_TEXTS = ("visit.", "time.", "page.")
PAGES = {"kiosk": "/kiosk/{}", "display": "/display/{}", "counter": "/counter/", "survey": "/survey/counter/{}"}
YEAR_S = 400 * 24 * 3600


def register(api: Api) -> None:
    """The snapshot under /api/v1/visits/<code>."""
    house = api.house

    @api.get("/visits/<code>")
    def visit(actor: Actor | None, code: str) -> dict[str, Any]:
        """A visitor's own tickets, by the code on the slip."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            found = reader.visit_id(code) if CODE.fullmatch(code) else None
            if found is None:
                raise NotFound("not_found", "no visit has this code")
            return visit_snapshot(reader, hall, found, now_ms)

        return reading(house, read)


def pages(house: House) -> Blueprint:
    """`/`, `/t/<code>` and `/enrol`."""
    room = blueprint("visitor", __name__)

    @room.get("/t/<code>")
    def visit(code: str) -> str | tuple[str, int]:
        def read(reader: Reader, hall: Hall, now_ms: int) -> tuple[Hall, int | None]:
            return hall, reader.visit_id(code) if CODE.fullmatch(code) else None

        hall, found = reading(house, read)
        survey = house.settings.survey
        page = {
            "code": code if found else None,
            "hall": {"name": hall.name, "timezone": hall.timezone},
            "survey_hours": survey.open_hours if survey.enabled else 0,
        }
        html = render(house, "visit.html", hall.name, page, only=PHONE_TEXTS)
        return html if found else (html, 404)

    @room.get("/t/<code>/qr.svg")
    def qr(code: str) -> Response:
        url = house.policy.visit_url(code)
        if not CODE.fullmatch(code) or url is None:
            abort(404)
        return Response(qr_svg(url), content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})

    @room.get("/")
    def index() -> str:
        actor, secret = session(house)
        hall = reading(house, lambda reader, hall, now_ms: hall)
        demo = house.demo()
        links = demo["links"] if demo else {}
        page = {
            "hall": {"name": hall.name, "timezone": hall.timezone},
            "user": {"name": actor.name, "role": actor.role} if actor else None,
            "kiosks": [{"id": k.id, "name": text(k.name), "href": links.get(f"kiosk/{k.id}")} for k in hall.kiosks],
            "displays": [
                {"id": d.id, "name": text(d.name), "href": links.get(f"display/{d.id}")} for d in hall.displays
            ],
            # Its other tokens are the simulation's, not for a page.
            "demo": {"logins": demo["logins"], "paper": demo["paper"]} if demo else None,
        }
        return render(house, "index.html", hall.name, page, secret)

    @room.get("/enrol")
    def enrol() -> AnyResponse:
        token = request.args.get("token", "")
        caller = identify(house.store, house.keys, token)
        actor = caller.actor
        if actor is None or actor.role not in DEVICE_ROLES or actor.subject is None:
            abort(403)
        answer = redirect(PAGES[actor.role].format(actor.subject))
        answer.set_cookie(
            device_cookie(actor.role, actor.subject),
            token,
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return room


def qr_svg(url: str) -> bytes:
    """A QR code as a picture that scales, with the quiet zone that readers need."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(url)
    out = io.BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathFillImage).save(out)
    return out.getvalue()
