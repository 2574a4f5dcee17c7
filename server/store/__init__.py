"""The store's front door: the protocol by which commands and queries ask whatever keeps the hall's state.

SQL lives behind it, in `server.store.sqlite` and its neighbours, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.store.protocol.access import Device, Token, User
from server.store.protocol.boards import BoardMessage, Enrolment
from server.store.protocol.counters import CounterRow, ServedToday
from server.store.protocol.figures import CounterDay, Opening, TicketFilter, TicketRow
from server.store.protocol.oversight import Alert, Message, Receipt
from server.store.protocol.printing import PrinterRow, PrintJob
from server.store.protocol.retention import Archive
from server.store.protocol.store import Catalogue, Reader, Store, Tx, Unavailable
from server.store.protocol.surveys import Comment, Survey
from server.store.protocol.tickets import Note, Span

__all__ = [
    "Alert",
    "Archive",
    "BoardMessage",
    "Catalogue",
    "Comment",
    "CounterDay",
    "CounterRow",
    "Device",
    "Enrolment",
    "Message",
    "Note",
    "Opening",
    "PrintJob",
    "PrinterRow",
    "Reader",
    "Receipt",
    "ServedToday",
    "Span",
    "Store",
    "Survey",
    "TicketFilter",
    "TicketRow",
    "Token",
    "Tx",
    "Unavailable",
    "User",
]


def placeholders(values: Iterable[Any]) -> str:
    """`?,?,?` for as many values, in the SQL of the modules behind this door."""
    return ",".join("?" for _ in values)
