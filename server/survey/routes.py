"""The pages that ask visitors what they thought of the service, and the calls that take their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint, abort

from server.api import Api, Id, Refused, reading
from server.auth import may
from server.commands import surveys
from server.commands.issuing import CODE
from server.domain.actors import Actor
from server.domain.errors import NotFound
from server.domain.hall import Hall
from server.domain.satisfaction import RESPONDENT
from server.house import House
from server.pages import blueprint, device_secret, render
from server.store import Reader, Survey, Tx
from server.survey.asking import counter_view, visit_view
from server.views import iso

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
TEXTS = ("survey.", "page.")


@dataclass(frozen=True, slots=True)
class SurveyBody:
    """The nine answers, 1 to 4 or null, by `u1` to `u9`; `respondent` holds some of age, sex, education and job."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    ticket: Id
    answers: dict[str, int | None]
    comment: str | None = None
    respondent: dict[str, Any] | None = None

    def told(self) -> surveys.Told:
        """What is kept of it. Raises Invalid."""
        return surveys.Told.read(self.answers, self.comment, self.respondent)


def register(api: Api) -> None:
    """/visits/<code>/survey and /counters/<counter>/survey."""
    house = api.house
    rules = house.settings.survey.rules()

    @api.get("/visits/<code>/survey")
    def ask_visit(actor: Actor | None, code: str) -> dict[str, Any]:
        """Which tickets of a visit can be answered for, by the code on the slip."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            found = reader.visit_id(code) if CODE.fullmatch(code) else None
            if found is None:
                raise NotFound("not_found", "no visit has this code")
            return visit_view(reader, hall, rules, found, now_ms)

        return reading(house, read)

    @api.command("/visits/<code>/survey", SurveyBody, None, status=201)
    def answer_visit(tx: Tx, hall: Hall, actor: Actor, body: SurveyBody, code: str) -> dict[str, Any]:
        """Say what one thought of the service of a ticket, once, by the code on the slip."""
        return _shown(hall, surveys.answer_by_code(tx, hall, rules, actor, code, body.ticket, body.told()))

    @api.get("/counters/<counter>/survey")
    def ask_counter(actor: Actor, counter: str) -> dict[str, Any]:
        """Who has just been served at a counter and is asked on its tablet."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            if actor is None:
                raise Refused(401, "unauthorized", "log in, or send a token")
            if not may(actor, "survey.read", counter):
                raise Refused(403, "forbidden", "this tablet stands at another counter")
            if counter not in hall.counter:
                raise NotFound("not_found", f'no counter has the id "{counter}"')
            return counter_view(reader, hall, rules, counter, now_ms)

        return reading(house, read)

    @api.command("/counters/<counter>/survey", SurveyBody, "survey.answer", status=201, own="counter")
    def answer_counter(tx: Tx, hall: Hall, actor: Actor, body: SurveyBody, counter: str) -> dict[str, Any]:
        """Say what one thought of the service of a ticket, once, on the tablet of the counter that served it."""
        told = body.told()
        return _shown(hall, surveys.answer_at_counter(tx, hall, rules, actor, counter, body.ticket, told))


def _shown(hall: Hall, survey: Survey) -> dict[str, Any]:
    return {"survey": {"ticket": survey.ticket, "at": iso(hall, survey.at_ms)}}


def pages(house: House) -> Blueprint:
    """`/t/<code>/survey`, `/survey/counter/<id>` and `/survey/kiosk/<id>`."""
    room = blueprint("survey", __name__)
    form = [[name, list(choices)] for name, choices in RESPONDENT.items()]  # in the order of the form

    def page(mode: str, secret: str = "", **more: Any) -> str:
        hall = reading(house, lambda reader, hall, now_ms: hall)
        shown = {"hall": {"name": hall.name, "timezone": hall.timezone}, "mode": mode, "respondent": form, **more}
        return render(house, "survey.html", hall.name, shown, secret, only=TEXTS)

    @room.get("/t/<code>/survey")
    def phone(code: str) -> str | tuple[str, int]:
        def known(reader: Reader, hall: Hall, now_ms: int) -> bool:
            return bool(CODE.fullmatch(code)) and reader.visit_id(code) is not None

        found = reading(house, known)
        html = page("phone", code=code if found else None)
        return html if found else (html, 404)

    @room.get("/survey/counter/<counter>")
    def tablet(counter: str) -> str:
        _must_exist(house, lambda hall: counter in hall.counter)
        return page("tablet", device_secret("survey", counter), device=f"survey/{counter}", counter=counter)

    @room.get("/survey/kiosk/<kiosk>")
    def kiosk_page(kiosk: str) -> str:
        _must_exist(house, lambda hall: kiosk in hall.kiosk)
        return page("kiosk", kiosk=kiosk)

    return room


def _must_exist(house: House, there: Callable[[Hall], bool]) -> None:
    if not reading(house, lambda reader, hall, now_ms: there(hall)):
        abort(404)
