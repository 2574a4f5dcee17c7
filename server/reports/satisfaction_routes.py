"""The satisfaction report under /api/v1/reports, the comments under /api/v1/surveys, and the page for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from flask import Blueprint, request

from server.api import MAX_ID, Api, Refused, answer
from server.commands import surveys
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.domain.satisfaction import ELEMENTS
from server.hall_rules import ID
from server.house import House
from server.pages import blueprint, render_staff
from server.reports.routes import FORMATS, file_of
from server.reports.satisfaction import GROUPINGS, Scope
from server.store import Comment, Tx
from server.views import iso, text

STATES = ("new", "shown", "hidden")
COMMENTS_AT_ONCE = 50
READS = "report.read"


@dataclass(frozen=True, slots=True)
class ModerationBody:
    """Whether a comment is published, kept back, or erased for good."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    state: Literal["shown", "hidden", "deleted"]


def register(api: Api) -> None:
    """/reports/satisfaction and /surveys/comments."""
    house = api.house

    @api.get("/reports/satisfaction", READS, asks=("from", "to", "by", "agency", "service", "format", "bom"))
    def satisfaction(actor: Actor) -> Any:
        """The satisfaction index (SKM) by agency or service over business days, or the ministry's form of it."""
        scope, by = _scope(house), _choice("by", GROUPINGS)
        format = _choice("format", FORMATS)
        weight, bom = house.settings.survey.weight, _choice("bom", ("0", "1")) == "1"
        asked = {"scope": scope, "by": by, "weight": weight, "format": format, "bom": bom}
        found = house.reckoner.ask("satisfaction", head={}, **asked)
        if format == "json":
            return answer(200, found)
        return file_of(found, f"antrean-skm-{scope.first_day}-{scope.last_day}", format)

    @api.get("/surveys/comments", READS, asks=("from", "to", "agency", "service", "state", "before"))
    def comments(actor: Actor) -> dict[str, Any]:
        """What visitors wrote, newest first; `next` goes on where a page of them ends."""
        scope = _scope(house)
        state = _choice("state", ("all", *STATES))
        states, before = STATES if state == "all" else (state,), _before()

        def work() -> dict[str, Any]:
            with house.store.read() as reader:
                hall = house.catalogues.hall(reader)
                found = reader.comments(
                    scope.first_day, scope.last_day, states, scope.agency, scope.service, before, COMMENTS_AT_ONCE + 1
                )
            shown = found[:COMMENTS_AT_ONCE]
            more = shown[-1].ticket if len(found) > len(shown) else None
            return {"comments": [_comment(hall, comment) for comment in shown], "next": more}

        page: dict[str, Any] = house.threads.offload(work)
        return page

    @api.command("/surveys/comments/<int:ticket>", ModerationBody, "survey.moderate")
    def moderate(tx: Tx, hall: Hall, actor: Actor, body: ModerationBody, ticket: int) -> dict[str, Any]:
        """Show, hide or erase a comment; the answers beside it stay."""
        surveys.moderate(tx, actor, ticket, body.state)
        left = tx.comment(ticket)
        return {"comment": None if left is None else _comment(hall, left)}


def _comment(hall: Hall, comment: Comment) -> dict[str, Any]:
    return {
        "ticket": comment.ticket,
        "at": iso(hall, comment.at_ms),
        "day": comment.day,
        "agency": comment.agency,
        "service": comment.service,
        "counter": comment.counter,
        "text": comment.text,
        "state": comment.state,
        "moderator": comment.moderator,
        "moderated_at": iso(hall, comment.moderated_ms),
        "answers": dict(zip(ELEMENTS, comment.answers, strict=True)),
    }


def _scope(house: House) -> Scope:
    """The days and the agency or service that are asked about. Raises Refused."""
    first, last = _day("from"), _day("to")
    if last < first:
        raise Refused(422, "invalid", "to is before from", [("to", "is before from")])
    return Scope(first.isoformat(), last.isoformat(), _id("agency"), _id("service"))


def _id(name: str) -> str | None:
    """An agency's or service's id; also one that the catalogue no longer has, for its figures stay."""
    given = request.args.get(name)
    if given and not ID.fullmatch(given):
        raise Refused(422, "invalid", f"{name} must be an id like disdukcapil", [(name, "must be an id")])
    return given or None


def _day(name: str) -> date:
    given = request.args.get(name, "")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refused(422, "invalid", f"{name} must be a day like 2026-11-21", [(name, "must be a day")]) from None


def _choice(name: str, choices: tuple[str, ...]) -> str:
    given = request.args.get(name, choices[0])
    if given not in choices:
        raise Refused(422, "invalid", f"{name} must be one of {', '.join(choices)}", [(name, "unknown")])
    return given


def _before() -> int:
    given = request.args.get("before", str(MAX_ID))
    if not (given.isascii() and given.isdecimal() and 0 < len(given) <= 16):
        raise Refused(422, "invalid", "before must be the id of a ticket", [("before", "must be a whole number")])
    return int(given)


def pages(house: House) -> Blueprint:
    """`/reports/satisfaction`."""
    room = blueprint("satisfaction", __name__)

    @room.get("/reports/satisfaction")
    def report() -> str:
        with house.store.read() as reader:
            hall = house.catalogues.hall(reader)
            today = hall.day(house.store.now_ms())
        page = {
            "today": today,
            "agencies": [
                {
                    "id": agency.id,
                    "name": text(agency.name),
                    "services": [{"id": service.id, "name": text(service.name)} for service in agency.services],
                }
                for agency in hall.agencies
            ],
        }
        return render_staff(house, "satisfaction.html", "SKM", hall, page)

    return room
