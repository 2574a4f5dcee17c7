"""Messages from a supervisor to counters: sent, and acknowledged at each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.commands.desk import find_counter
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, Forbidden, Invalid, NotFound
from server.domain.hall import Hall
from server.domain.wording import is_text
from server.store import Message, Tx

MAX_MESSAGE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be told, and at which counters; None means all of the hall's."""

    text: str
    counters: Sequence[str] | None = None
    urgent: bool = False


def send(tx: Tx, hall: Hall, actor: Actor, letter: Letter) -> Message:
    """Tell officers something, for as long as this day lasts. The words are of a person, and so never in the log.

    Raises Invalid for a text that is empty, too long or no text to read, and for counters that do not exist.
    """
    words = letter.text.strip()
    if not 1 <= len(words) <= MAX_MESSAGE_LENGTH:
        raise Invalid("invalid", f"must have 1 to {MAX_MESSAGE_LENGTH} characters", field="text")
    if not is_text(words, lines=True):
        raise Invalid("invalid", "must not hold control characters", field="text")
    counters = _counters(hall, letter.counters)
    told = {"urgent": int(letter.urgent), "to_all": int(letter.counters is None)}
    message = tx.add_message(hall.day(tx.now_ms), actor.name, words, counters, **told)
    payload = {"message": {"id": message.id, "urgent": letter.urgent}, "counters": counters}
    tx.record(events.MESSAGE_SENT, actor.id, payload)
    return message


def _counters(hall: Hall, wanted: Sequence[str] | None) -> list[str]:
    if wanted is None:
        return list(hall.counter)
    if not wanted:
        raise Invalid("invalid", "name at least one counter, or none at all for every counter", field="counters")
    for index, counter in enumerate(wanted):
        if counter not in hall.counter:
            raise Invalid("unknown_counter", f'no counter has the id "{counter}"', field=f"counters[{index}]")
    return list(dict.fromkeys(wanted))


def acknowledge(tx: Tx, hall: Hall, actor: Actor, counter_id: str, message_id: int) -> Message:
    """A message was read at a counter. Who reads it first is noted; saying so again changes nothing.

    Raises NotFound for a message that is not for this counter, or not of today; DomainError `not_open` and Forbidden
    `occupied` for an officer who does not sit there.
    """
    counter = find_counter(hall, counter_id)
    if actor.role == "officer":
        _must_sit_there(tx, actor, counter.id)
    message = tx.message(message_id)
    receipt = next((each for each in tx.receipts(message_id) if each.counter == counter.id), None)
    if message is None or receipt is None or message.day != hall.day(tx.now_ms):
        raise NotFound("not_found", f"this counter has no message {message_id} today", field="message")
    if receipt.read_ms is None:
        tx.mark_read(message.id, counter.id, actor.name)
        payload = {"message": {"id": message.id}, "counters": [counter.id]}
        tx.record(events.MESSAGE_ACKNOWLEDGED, actor.id, payload)
    return message


def _must_sit_there(tx: Tx, actor: Actor, counter: str) -> None:
    row = tx.counter(counter)
    if row is None or row.state == "closed":
        raise DomainError("not_open", "this counter is not open", state="closed")
    if row.actor != actor.id:
        raise Forbidden("occupied", f"{row.officer} is at this counter now", officer=row.officer)
