"""The supervisor's part: overridden hours, lengths of queues, messages to officers, alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.domain.overrides import Override


@dataclass(frozen=True, slots=True)
class Message:
    """What a supervisor tells officers on one day; `to_all` says that it was meant for every counter."""

    id: int
    day: str
    at_ms: int
    author: str
    text: str
    urgent: int
    to_all: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message at one of the counters that it is for: when it was read there, and by whom; None while it is not."""

    message: int
    counter: str
    read_ms: int | None
    reader: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a supervisor should look at: of a `kind`, about a `subject`; `facts` is JSON text.

    It stands until `cleared_ms`; `acknowledged_by` has seen it.
    """

    id: int
    kind: str
    subject: str
    facts: str
    raised_ms: int
    cleared_ms: int | None
    acknowledged_ms: int | None
    acknowledged_by: str | None


class OversightReader(Protocol):
    """What a supervisor's page and the watch may ask."""

    def overrides(self) -> list[Override]:
        """What supervisors said of services' and agencies' hours, what is over included until it is taken away."""

    def waiting_since(self) -> dict[str, list[int]]:
        """For each service with people waiting since when each of them waits (ms), as though without interruption."""

    def oldest_waiting(self) -> dict[str, int]:
        """The same of who has waited longest in each."""

    def finished_on(self, day: str) -> dict[str, int]:
        """How many tickets of a day were served, by the service where they ended."""

    def messages_on(self, day: str, limit: int) -> list[Message]:
        """The newest messages of a day, newest first."""

    def message(self, id: int) -> Message | None:
        """One message."""

    def receipts(self, message: int) -> list[Receipt]:
        """At which counters a message was read, and at which not yet."""

    def unread_at(self, counter: str, day: str) -> list[Message]:
        """A day's messages that nobody has acknowledged at a counter, urgent ones first, then the oldest."""

    def alerts(self) -> list[Alert]:
        """The alerts that stand, the newest first."""

    def alert(self, id: int) -> Alert | None:
        """One alert."""


class OversightTx(Protocol):
    """How overrides, messages and alerts change."""

    def set_override(self, override: Override) -> None:
        """Note what a supervisor said of a service's or an agency's hours."""

    def remove_override(self, kind: str, id: str) -> None:
        """The hours count again."""

    def add_message(self, day: str, author: str, text: str, counters: Sequence[str], **told: int) -> Message:
        """A new message to some counters; `told` is `urgent` and `to_all`."""

    def mark_read(self, message: int, counter: str, reader: str) -> None:
        """Note who has acknowledged a message at a counter."""

    def add_alert(self, kind: str, subject: str, facts: str) -> Alert:
        """A new alert."""

    def set_alert(self, id: int, **values: Any) -> Alert:
        """Change an alert."""

    def forget_oversight(self, before_ms: int, limit: int) -> int:
        """Drop messages and cleared alerts from before a time, of the oldest `limit` of each; how many."""
