"""What boards show beside the calls, and screens that wait to be made boards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class BoardMessage:
    """A message of the running text; days are `YYYY-MM-DD` or empty, no zones and no boards means everywhere."""

    id: int
    text_id: str
    text_en: str
    first_day: str
    last_day: str
    zones: tuple[str, ...]
    boards: tuple[str, ...]
    paused: bool
    position: int
    author: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A screen that shows `code` and waits to be made a board: `waiting`, `accepted` as `display`, or `refused`."""

    code: str
    state: str
    display: str | None
    address: str
    created_ms: int
    expires_ms: int


class BoardReader(Protocol):
    """What may be asked of the running text and of enrolments."""

    def board_messages(self) -> list[BoardMessage]:
        """Every message of the running text, in their order."""

    def board_message(self, id: int) -> BoardMessage | None:
        """One message."""

    def enrolment(self, code: str) -> Enrolment | None:
        """The enrolment that shows a code."""

    def enrolment_by_secret(self, secret_hash: bytes) -> Enrolment | None:
        """The enrolment of the screen that holds a secret."""

    def enrolments(self) -> list[Enrolment]:
        """Every enrolment that is not forgotten, the oldest first."""


class BoardTx(Protocol):
    """How the running text and enrolments change."""

    def add_board_message(self, **values: Any) -> int:
        """A new message; its id."""

    def set_board_message(self, id: int, **values: Any) -> None:
        """Change a message."""

    def remove_board_message(self, id: int) -> None:
        """Take a message away."""

    def add_enrolment(self, enrolment: Enrolment, secret_hash: bytes) -> None:
        """A screen asks to be made a board."""

    def set_enrolment(self, code: str, state: str, display: str | None) -> bytes:
        """Answer a screen; the hash of the secret that it holds."""

    def forget_enrolments(self, before_ms: int) -> None:
        """Drop enrolments that were over before a time."""
