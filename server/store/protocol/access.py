"""Who may come in: users, tokens, sessions; and the first answers to their idempotency keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class User:
    """A person who logs in."""

    id: int
    name: str
    role: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Token:
    """A session or a device's or program's token, found by its hash."""

    kind: str
    role: str
    name: str
    subject: str | None
    user: int | None
    expires_ms: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of the token of a device or program; `hash` is what finds it."""

    hash: bytes
    role: str
    name: str
    subject: str | None
    created_ms: int


class AccessReader(Protocol):
    """What may be asked of users, tokens and remembered answers."""

    def users(self) -> list[User]:
        """All who may log in or might once, by name."""

    def devices(self) -> list[Device]:
        """The tokens of devices and programs, the oldest first."""

    def user(self, name: str) -> User | None:
        """A user by name, in any case of letters."""

    def token(self, hash: bytes) -> Token | None:
        """A token by its hash."""

    def answered(self, actor: str, route: str, key: str) -> tuple[bytes, int, str] | None:
        """The first answer to an idempotency key: the request's hash, the status, the body."""


class AccessTx(Protocol):
    """How users, tokens and remembered answers change."""

    def add_user(self, name: str, role: str, password_hash: str) -> User:
        """A new user."""

    def set_password(self, name: str, role: str, password_hash: str) -> User:
        """Another password and role for a user; ends the user's sessions."""

    def add_token(self, hash: bytes, token: Token) -> None:
        """A new session or device token."""

    def remove_token(self, hash: bytes) -> None:
        """End a session, revoke a token."""

    def remember_answer(self, actor: str, route: str, key: str, request_hash: bytes, status: int, body: str) -> None:
        """Keep the answer to an idempotency key."""

    def forget_answers(self, before_ms: int, limit: int) -> int:
        """Drop sessions that are over, and remembered answers, the oldest first; how many answers."""
