"""What has happened, as the log keeps it and the screens hear it.

An event is a kind (`ticket.called`), the time, who did it, and a payload that stands on its own:
the ticket as it was after the event, so that the log can be replayed without the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

TICKET_ISSUED: Final = "ticket.issued"
TICKET_CALLED: Final = "ticket.called"
TICKET_RECALLED: Final = "ticket.recalled"
TICKET_STARTED: Final = "ticket.started"
TICKET_FINISHED: Final = "ticket.finished"
TICKET_NO_SHOW: Final = "ticket.no_show"
TICKET_HELD: Final = "ticket.held"
TICKET_TRANSFERRED: Final = "ticket.transferred"
TICKET_REQUEUED: Final = "ticket.requeued"
TICKET_RESTORED: Final = "ticket.restored"
TICKET_CANCELLED: Final = "ticket.cancelled"
TICKET_EXPIRED: Final = "ticket.expired"
TICKET_REOPENED: Final = "ticket.reopened"
COUNTER_CHANGED: Final = "counter.changed"
PRINTER_CHANGED: Final = "printer.changed"
HALL_CHANGED: Final = "hall.changed"
SERVICE_CHANGED: Final = "service.changed"
MESSAGE_SENT: Final = "message.sent"
MESSAGE_ACKNOWLEDGED: Final = "message.acknowledged"
ALERT_RAISED: Final = "alert.raised"
ALERT_CLEARED: Final = "alert.cleared"
ALERT_ACKNOWLEDGED: Final = "alert.acknowledged"
BOARD_CHANGED: Final = "board.changed"
ACCESS_CHANGED: Final = "access.changed"
DAY_CLOSED: Final = "day.closed"
CLOCK_ACCEPTED: Final = "clock.accepted"
SLIP_REPRINTED: Final = "slip.reprinted"
ANNOUNCEMENT_QUEUED: Final = "announcement.queued"
ANNOUNCEMENT_PLAYING: Final = "announcement.playing"
ANNOUNCEMENT_PLAYED: Final = "announcement.played"
ANNOUNCEMENT_LAPSED: Final = "announcement.lapsed"
VOICE_CHANGED: Final = "voice.changed"
SURVEY_ANSWERED: Final = "survey.answered"
SURVEY_MODERATED: Final = "survey.moderated"
WORDS_ERASED: Final = "words.erased"
LOG_ARCHIVED: Final = "log.archived"


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log, in the order of `seq`; `at_ms` never decreases."""

    seq: int
    at_ms: int
    kind: str
    actor: str
    payload: dict[str, Any]
