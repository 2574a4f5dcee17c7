"""Who gives a command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, device or program that is known by its session or token.

    `id` stands in the log (`user:3`, `token:kiosk-1`); `subject` is the kiosk, counter or board
    that a device's token was made for.
    """

    id: str
    role: str
    name: str
    subject: str | None = None

    @property
    def oversees(self) -> bool:
        """Whether it may command every counter."""
        return self.role in ("supervisor", "admin")


SYSTEM = Actor("system", "admin", "system")
"""The house itself: closing days, print jobs that ran out."""

VISITOR = Actor("visitor", "visitor", "visitor")
"""Whoever holds the unguessable code of a visit; it may do what that code allows, and nothing else."""
