"""What the queue refuses, each with a stable code that outside programs may rely on."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A command that the queue's rules refuse; nothing was changed.

    `code` is stable and part of the contract, `detail` is words for a person, `facts` are
    further members of the answer, and `field` names the input at fault where there is one.
    """

    status = 409

    def __init__(self, code: str, detail: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.facts = facts


class NotFound(DomainError):
    """Something named in a command does not exist."""

    status = 404


class Forbidden(DomainError):
    """The actor is known but may not do this."""

    status = 403


class Invalid(DomainError):
    """Input that can never be right, whatever the state of the queue."""

    status = 422


class Gone(DomainError):
    """What is asked for was here, and is kept elsewhere now."""

    status = 410
