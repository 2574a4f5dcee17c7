"""Logging in and out; users and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, request

from server.api import Api, Refused, answer, reading
from server.auth import SESSION_COOKIE, check_password, hash_password
from server.commands import access
from server.domain.actors import Actor
from server.domain.errors import Invalid
from server.domain.hall import Hall
from server.store import Device, Tx, User
from server.views import iso
from server.wire import encode

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
MAX_PASSWORD = 1000


@dataclass(frozen=True, slots=True)
class LoginBody:
    """A name and its password."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class UserBody:
    """A person who may log in; `replace` gives another password and role to one who exists."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    role: str
    password: str
    replace: bool = False


@dataclass(frozen=True, slots=True)
class TokenBody:
    """A device or program, and the kiosk, counter, board or printers that it stands for."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    role: str
    name: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeBody:
    """Which token, as the list of them calls it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str


@dataclass(frozen=True, slots=True)
class BarBody:
    """Who may log in no more."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str


def user_view(user: User) -> dict[str, Any]:
    """A person as admins see them."""
    may_log_in = user.password_hash != access.NO_PASSWORD
    return {"id": user.id, "name": user.name, "role": user.role, "may_log_in": may_log_in}


def device_view(hall: Hall, device: Device) -> dict[str, Any]:
    """A device or program as admins see it."""
    return {
        "id": access.token_id(device.hash),
        "role": device.role,
        "name": device.name,
        "subject": device.subject,
        "created_at": iso(hall, device.created_ms),
    }


def register(api: Api) -> None:
    """/session, /users, /tokens."""
    house = api.house

    @api.get("/session")
    def who(actor: Actor | None) -> dict[str, Any]:
        """Who is logged in here, and the CSRF token of the session."""
        caller = api.identify()
        user = {"name": actor.name, "role": actor.role} if actor else None
        return {"user": user, "csrf": house.keys.csrf(caller.secret) if caller.cookie else ""}

    @api.post("/session", LoginBody, None)
    def login(actor: Actor | None, body: LoginBody) -> Response:
        """Log in by name and password; the session is kept in a cookie."""
        per_minute = house.settings.limits.logins_per_minute
        wait_s = house.limiter.take("login", request.remote_addr or "", per_minute, 60.0)
        if wait_s:
            raise Refused(429, "too_many", "too many tries; wait a moment", retry_after_s=wait_s)
        with house.store.read() as reader:
            user = reader.user(body.name[:100])
        stored = user.password_hash if user else None
        right = len(body.password) <= MAX_PASSWORD and house.threads.offload(check_password, stored, body.password)
        secret = house.store.write(lambda tx: access.start_session(tx, user)) if user and right else None
        if user is None or secret is None:
            raise Refused(401, "wrong_login", "name or password is not right")
        done = answer(200, encode({"user": {"name": user.name, "role": user.role}, "csrf": house.keys.csrf(secret)}))
        done.set_cookie(
            SESSION_COOKIE,
            secret,
            max_age=access.SESSION_MS // 1000,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        return done

    @api.post("/session/end", None, None)
    def logout(actor: Actor | None, body: None) -> Response:
        """Log out."""
        secret = request.cookies.get(SESSION_COOKIE, "")
        if secret:
            house.store.write(lambda tx: access.end_session(tx, secret))
        done = answer(200, encode({"user": None, "csrf": ""}))
        done.delete_cookie(SESSION_COOKIE)
        return done

    @api.post("/users", UserBody, "access.write", status=201)
    def add_user(actor: Actor, body: UserBody) -> dict[str, Any]:
        """A person who may log in."""
        if not access.MIN_PASSWORD <= len(body.password) <= MAX_PASSWORD:
            raise Invalid("invalid", f"a password has at least {access.MIN_PASSWORD} characters", field="password")
        kept = house.threads.offload(hash_password, body.password)
        user = house.store.write(
            lambda tx: access.add_user(tx, actor, body.name, body.role, kept, replace=body.replace)
        )
        return {"user": {"id": user.id, "name": user.name, "role": user.role}}

    @api.get("/users", "access.write")
    def users(actor: Actor) -> dict[str, Any]:
        """All people who log in, by name."""
        return {"users": reading(house, lambda reader, hall, now_ms: [user_view(user) for user in reader.users()])}

    @api.command("/users/bar", BarBody, "access.write")
    def bar_user(tx: Tx, hall: Hall, actor: Actor, body: BarBody) -> dict[str, Any]:
        """Let a person log in no more, and end their sessions."""
        return {"user": user_view(access.bar_user(tx, actor, body.name))}

    @api.get("/tokens", "access.write")
    def tokens(actor: Actor) -> dict[str, Any]:
        """All devices and programs that have a token, the oldest first."""
        devices = reading(house, lambda reader, hall, now_ms: [device_view(hall, each) for each in reader.devices()])
        return {"tokens": devices}

    @api.command("/tokens/revoke", RevokeBody, "access.write")
    def revoke_token(tx: Tx, hall: Hall, actor: Actor, body: RevokeBody) -> dict[str, Any]:
        """Let a device or program in no more, and cut its connections."""
        return {"token": device_view(hall, access.revoke_token(tx, actor, body.id))}

    @api.post("/tokens", TokenBody, "access.write", status=201)
    def create_token(actor: Actor, body: TokenBody) -> dict[str, Any]:
        """A token for a device or program; it is told this once and kept only as a hash."""
        catalogues = house.catalogues
        token = house.store.write(
            lambda tx: access.create_token(tx, catalogues.hall(tx), actor, body.role, body.name, body.subject)
        )
        return {"token": token}
