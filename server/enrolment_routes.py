"""How a new hall screen becomes a board: it shows a code, and an admin accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request

from server.api import Api, Refused, reading
from server.commands import enrolling
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.domain.hall import Hall
from server.store import Enrolment, Reader, Tx
from server.views import iso

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
RETRY_S = 60.0


@dataclass(frozen=True, slots=True)
class AcceptBody:
    """Which board the screen becomes: one of the hall's, or a new one as [[displays]] of the catalogue has it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    display: str | None = None
    board: dict[str, Any] | None = None


def register(api: Api) -> None:
    """/display-enrolments, and what becomes of one."""
    house = api.house

    @api.post("/display-enrolments", None, None, status=201)
    def begin(actor: Actor | None, body: None) -> dict[str, Any]:
        """A screen asks to be made a board: the code that it shows, and the secret by which it asks on."""
        address = request.remote_addr or ""
        wait_s = house.limiter.take("enrolment", address, house.settings.limits.enrolments_per_minute, 60.0)
        if wait_s:
            raise Refused(429, "too_many", "too many codes at once; wait a moment", retry_after_s=wait_s)
        try:
            code, secret = house.store.write(lambda tx: enrolling.begin(tx, address))
        except DomainError as full:
            raise Refused(429, full.code, full.detail, retry_after_s=RETRY_S) from None
        return {"code": code, "secret": secret, "lasts_seconds": enrolling.LASTS_MS // 1000}

    @api.get("/display-enrolments/<secret>")
    def state(actor: Actor | None, secret: str) -> dict[str, Any]:
        """What became of a screen's wish, for the screen itself; `enrol_url` makes it the board."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            found = enrolling.known(reader, secret)
            accepted = found.state == "accepted"
            return {
                "state": enrolling.state_of(found, now_ms),
                "code": found.code,
                "enrol_url": f"/enrol?token={secret}" if accepted else None,
            }

        return reading(house, read)

    @api.get("/display-enrolments", "boards.enrol")
    def waiting(actor: Actor) -> dict[str, Any]:
        """The screens that show a code now, the oldest first."""

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            shown = [each for each in reader.enrolments() if enrolling.is_waiting(each, now_ms)]
            return {"enrolments": [_view(hall, each, now_ms) for each in shown]}

        return reading(house, read)

    @api.command("/display-enrolments/<code>/accept", AcceptBody, "boards.enrol")
    def accept(tx: Tx, hall: Hall, actor: Actor, body: AcceptBody, code: str) -> dict[str, Any]:
        """The screen that shows this code becomes a board."""
        done = enrolling.accept(tx, hall, actor, code.upper(), body.display, body.board)
        return {"enrolment": _view(hall, done, tx.now_ms)}

    @api.command("/display-enrolments/<code>/refuse", None, "boards.enrol")
    def refuse(tx: Tx, hall: Hall, actor: Actor, body: None, code: str) -> dict[str, Any]:
        """The screen that shows this code becomes no board."""
        return {"enrolment": _view(hall, enrolling.refuse(tx, actor, code.upper()), tx.now_ms)}


def _view(hall: Hall, enrolment: Enrolment, now_ms: int) -> dict[str, Any]:
    return {
        "code": enrolment.code,
        "state": enrolling.state_of(enrolment, now_ms),
        "display": enrolment.display,
        "address": enrolment.address,
        "asked_at": iso(hall, enrolment.created_ms),
        "until": iso(hall, enrolment.expires_ms),
    }
