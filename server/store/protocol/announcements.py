"""What the hall's voices have to say, and which page speaks for each."""

from __future__ import annotations

from typing import Any, Protocol

from server.domain.announcements import Announcement


class AnnouncementReader(Protocol):
    """What may be asked of announcements and speakers."""

    def announcement(self, id: int) -> Announcement | None:
        """One announcement."""

    def open_announcements(self, voice: str, limit: int) -> list[Announcement]:
        """What a voice has still to say or is saying, the oldest first."""

    def queued_announcement(self, ticket: int, voice: str) -> Announcement | None:
        """What a voice has still to say of a ticket."""

    def withdrawn_announcement(self, day: str, voice: str, ticket: int) -> Announcement | None:
        """What a voice had still to say of a ticket on a day when its call was taken back last."""

    def announcements_on(self, day: str) -> list[tuple[str, str, str | None, int]]:
        """How many announcements a day has by voice, state and reason."""

    def speaker(self, voice: str) -> str | None:
        """The page that speaks for a voice."""

    def speakers(self) -> dict[str, str]:
        """The page that speaks for each voice that has one."""


class AnnouncementTx(Protocol):
    """How announcements and speakers change."""

    def add_announcement(self, **values: Any) -> Announcement:
        """A new announcement, asked for now."""

    def set_announcement(self, id: int, **values: Any) -> Announcement:
        """Change an announcement."""

    def withdraw_announcements(self, ticket: int) -> None:
        """What is still to be said of a ticket lapses, `withdrawn`."""

    def set_speaker(self, voice: str, page: str | None) -> None:
        """Note which page speaks for a voice."""

    def forget_announcements(self, before_ms: int, limit: int) -> int:
        """Drop announcements from before a time, of the oldest `limit`; how many."""
