"""A new hall screen shows a code; an admin accepts it, and it becomes a board. Nobody types a token.

The screen holds a long secret of its own making by the server; only its hash is kept. Accepted, the secret becomes the
screen's token. The code is for the admin's eyes only: whoever guesses one gains nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from server.commands import catalogue
from server.commands.access import hash_token
from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid, NotFound
from server.domain.events import ACCESS_CHANGED
from server.domain.hall import Hall
from server.hall_file import hall_document, parse_hall
from server.shape import ConfigProblems
from server.store import Enrolment, Reader, Token, Tx

LETTERS = "ACDEFHJKLMNPRTWXY"
"""No letter that looks like another one, or like a digit, from some metres away."""
LENGTH = 6
LASTS_MS = 15 * 60 * 1000
MOST_WAITING = 50
LONGEST_NAME = 60


def begin(tx: Tx, address: str) -> tuple[str, str]:
    """A screen asks to be made a board: the code that it shows, and the secret by which it asks what became of it.

    `address` is where it asks from. Raises DomainError `too_many`.
    """
    tx.forget_enrolments(tx.now_ms - LASTS_MS)  # those that are over are answered for a while longer
    known = tx.enrolments()
    if sum(is_waiting(each, tx.now_ms) for each in known) >= MOST_WAITING:
        raise DomainError("too_many", "too many screens ask for a code; try again in a quarter of an hour")
    taken = {each.code for each in known}
    code = next(code for code in iter(_code, "") if code not in taken)
    secret = secrets.token_urlsafe(32)
    tx.add_enrolment(
        Enrolment(code, "waiting", None, address[:60], tx.now_ms, tx.now_ms + LASTS_MS), hash_token(secret)
    )
    return code, secret


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def is_waiting(enrolment: Enrolment, now_ms: int) -> bool:
    """Whether a screen still shows this code."""
    return enrolment.state == "waiting" and now_ms < enrolment.expires_ms


def state_of(enrolment: Enrolment, now_ms: int) -> str:
    """`waiting`, `accepted`, `refused` or `expired`."""
    return "expired" if enrolment.state == "waiting" and now_ms >= enrolment.expires_ms else enrolment.state


def known(reader: Reader, secret: str) -> Enrolment:
    """The enrolment of a screen. Raises NotFound when it is forgotten: the screen asks for a new code."""
    found = reader.enrolment_by_secret(hash_token(secret[:200]))
    if found is None:
        raise NotFound("not_found", "this screen is not known; ask for a new code")
    return found


def accept(
    tx: Tx, hall: Hall, actor: Actor, code: str, display: str | None, board: Mapping[str, Any] | None
) -> Enrolment:
    """The screen becomes a board of the catalogue (`display`), or a new one (`board`, as in [[displays]]).

    Raises NotFound, Invalid, DomainError `not_waiting`.
    """
    _waiting(tx, code)
    if (display is None) == (board is None):
        raise Invalid("invalid", "name either a board of the hall, or a new one", field="display")
    if board is not None:
        display = _add_board(tx, hall, actor, board)
    elif display not in hall.display:
        raise Invalid("invalid", f'no board has the id "{str(display)[:60]}"', field="display")
    assert display is not None
    secret_hash = tx.set_enrolment(code, "accepted", display)
    name = f"{display} ({code})"[:LONGEST_NAME]
    tx.add_token(secret_hash, Token("device", "display", name, display, None, None))
    tx.record(ACCESS_CHANGED, actor.id, {"token": {"name": name, "role": "display", "subject": display}})
    return _found(tx, code)


def refuse(tx: Tx, actor: Actor, code: str) -> Enrolment:
    """The screen is told that it becomes no board. Raises NotFound, DomainError `not_waiting`."""
    _waiting(tx, code)
    tx.set_enrolment(code, "refused", None)
    tx.record(ACCESS_CHANGED, actor.id, {"enrolment": {"code": code, "state": "refused"}})
    return _found(tx, code)


def _found(tx: Tx, code: str) -> Enrolment:
    found = tx.enrolment(code)
    if found is None:
        raise NotFound("not_found", "no screen shows this code")
    return found


def _waiting(tx: Tx, code: str) -> None:
    found = _found(tx, code)
    if not is_waiting(found, tx.now_ms):
        state = state_of(found, tx.now_ms)
        raise DomainError("not_waiting", f"this code is {state} already", state=state, display=found.display)


def _add_board(tx: Tx, hall: Hall, actor: Actor, board: Mapping[str, Any]) -> str:
    """Another board in the catalogue; its id. Raises Invalid."""
    document = hall_document(hall)
    place = len(hall.displays)
    document["displays"] = [*document.get("displays", []), dict(board)]
    try:
        after = parse_hall(document)
    except ConfigProblems as found:
        path, message = found.problems[0]
        raise Invalid("invalid", message, field=path.replace(f"displays[{place}]", "board")) from None
    catalogue.apply(tx, after, actor)
    return after.displays[-1].id
