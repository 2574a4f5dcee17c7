"""Users, tokens and sessions: who is let in. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection

from server.domain.actors import Actor
from server.domain.errors import DomainError, Invalid, NotFound
from server.domain.events import ACCESS_CHANGED
from server.domain.hall import Hall
from server.domain.wording import is_text
from server.store import Device, Token, Tx, User

USER_ROLES = ("officer", "supervisor", "admin")
TOKEN_ROLES = ("kiosk", "display", "printer", "counter", "survey", "supervisor", "admin")
SESSION_MS = 12 * 3600 * 1000
MIN_PASSWORD = 8
NO_PASSWORD = "barred"
"""Kept in place of a password's hash; no password has it."""


def hash_token(token: str) -> bytes:
    """What is kept of a token: SHA-256 is enough for 256 random bits.

    Of anything that somebody sends as one: half of a surrogate pair, too, only leads nowhere.
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def token_id(hash: bytes) -> str:
    """What a token is called in lists and in the log: nobody gets in by this."""
    return hash.hex()[:12]


def add_user(tx: Tx, actor: Actor, name: str, role: str, password_hash: str, *, replace: bool = False) -> User:
    """A person who may log in. Raises Invalid, DomainError `exists` unless `replace`."""
    if not 1 <= len(name) <= 60 or name != name.strip() or not is_text(name):
        words = "a name is one line of 1 to 60 characters without a space at its ends or control characters"
        raise Invalid("invalid", words, field="name")
    if role not in USER_ROLES:
        raise Invalid("invalid", f"must be one of {', '.join(USER_ROLES)}", field="role")
    if tx.user(name) is None:
        user = tx.add_user(name, role, password_hash)
    elif replace:
        user = tx.set_password(name, role, password_hash)
    else:
        raise DomainError("exists", f'there is a user "{name}" already', field="name")
    tx.record(ACCESS_CHANGED, actor.id, {"user": {"id": user.id, "name": name, "role": role}})
    return user


def create_token(tx: Tx, hall: Hall, actor: Actor, role: str, name: str, subject: str | None) -> str:
    """A new token for a device or program; the token itself, which is kept nowhere.

    `subject` is the id of the kiosk, counter or board that it stands for, or the ids of printers
    with commas between. Raises Invalid.
    """
    if role not in TOKEN_ROLES:
        raise Invalid("invalid", f"must be one of {', '.join(TOKEN_ROLES)}", field="role")
    if not 1 <= len(name) <= 60 or not is_text(name):
        raise Invalid("invalid", "a name is one line of 1 to 60 characters without control characters", field="name")
    _check_subject(hall, role, subject)
    token = secrets.token_urlsafe(32)
    tx.add_token(hash_token(token), Token("device", role, name, subject, None, None))
    tx.record(ACCESS_CHANGED, actor.id, {"token": {"name": name, "role": role, "subject": subject}})
    return token


def revoke_token(tx: Tx, actor: Actor, id: str) -> Device:
    """Let a device or program in no more; its open connections are cut. Raises NotFound."""
    device = next((device for device in tx.devices() if token_id(device.hash) == id), None)
    if device is None:
        raise NotFound("not_found", f'no device has the token "{id}"', field="id")
    tx.remove_token(device.hash)
    facts = {"id": id, "name": device.name, "role": device.role, "subject": device.subject, "removed": True}
    tx.record(ACCESS_CHANGED, actor.id, {"token": facts})
    return device


def bar_user(tx: Tx, actor: Actor, name: str) -> User:
    """Let a person log in no more and end their sessions; `add_user` with `replace` lets them in again.

    Their name stays in the log and in the figures. Raises NotFound.
    """
    user = tx.user(name)
    if user is None:
        raise NotFound("not_found", f'there is no user "{name}"', field="name")
    barred = tx.set_password(user.name, user.role, NO_PASSWORD)
    tx.record(ACCESS_CHANGED, actor.id, {"user": {"id": user.id, "name": user.name, "role": user.role, "barred": True}})
    return barred


def _check_subject(hall: Hall, role: str, subject: str | None) -> None:
    places: dict[str, Collection[str]] = {
        "kiosk": hall.kiosk.keys(),
        "display": hall.display.keys(),
        "counter": hall.counter.keys(),
        "survey": hall.counter.keys(),
        "printer": hall.printer.keys(),
    }
    if role not in places:
        if subject is not None:
            raise Invalid("invalid", f"a {role} token stands for no place", field="subject")
    elif subject is None:
        if role != "printer":  # a printer token without one prints on every printer of the hall
            place = "counter" if role == "survey" else role
            raise Invalid("invalid", f"name the {place} that the token stands for", field="subject")
    else:
        for id in subject.split(",") if role == "printer" else [subject]:
            if id not in places[role]:
                place = "counter" if role == "survey" else role
                raise Invalid("invalid", f'no {place} has the id "{id}"', field="subject")


def start_session(tx: Tx, user: User) -> str | None:
    """A session for a person whose password was right; its secret, for the cookie.

    None where the person has another role or password by now: comparing takes a while, and whoever took something away
    meanwhile has ended the sessions that there were.
    """
    if tx.user(user.name) != user:
        return None
    secret = secrets.token_urlsafe(32)
    token = Token("session", user.role, user.name, None, user.id, tx.now_ms + SESSION_MS)
    tx.add_token(hash_token(secret), token)
    return secret


def end_session(tx: Tx, secret: str) -> None:
    """Log out."""
    tx.remove_token(hash_token(secret))
