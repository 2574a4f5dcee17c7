"""What an officer's commands carry besides the counter's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from server.api import Id
from server.commands.desk import UNSAID, Expect

_NOT_GIVEN = -1
"""No ticket has this id: `expect` was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandBody:
    """`expect` is the id of the ticket that the officer sees as current, null for none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    expect: Id | None = _NOT_GIVEN

    @property
    def said(self) -> Expect:
        """`expect` as commands take it."""
        return UNSAID if self.expect == _NOT_GIVEN else self.expect


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBody(CommandBody):
    """`take_over` says that an officer who is there now is to be replaced."""

    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBody(CommandBody):
    """Why the officer steps away, in their own words."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileBody(CommandBody):
    """The id of one of the counter's profiles, null for its usual one."""

    profile: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketBody(CommandBody):
    """The ticket that is meant."""

    ticket: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBody(CommandBody):
    """`note` is for whoever goes on serving the visitor, at most 300 characters."""

    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishBody(CommandBody):
    """`outcome` is the id of one of the service's, `documents` those that are missing."""

    outcome: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShowBody(CommandBody):
    """`ticket` is one on hold whose visitor did not come back; null is the one at the counter."""

    ticket: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferBody(CommandBody):
    """Where the visitor goes, a note for whoever serves them there, and whether they come back here after it."""

    service: str
    counter: str | None = None
    note: str | None = None
    come_back: Annotated[bool, Field(alias="return")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectBody(CommandBody):
    """What a visitor without a ticket came for, null for the counter's first service, how many they are, and their
    priority class."""

    service: str | None = None
    party_size: int = 1
    priority: str | None = None
