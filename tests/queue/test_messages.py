"""Messages to counters: shown until somebody there has read them, and no longer than the day."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.commands import messages
from server.commands.messages import Letter
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.oversight.picture import messages_view
from server.queries.counter import counter_snapshot
from server.store import Message
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall

TABLET = Actor("token:c", "counter", "Tablet 3", "3")


def send(queue: QueueHall, text: str, *counters: str, urgent: bool = False) -> Message:
    return queue.write(lambda tx: messages.send(tx, queue.hall, CHIEF, Letter(text, counters or None, urgent)))


def read(queue: QueueHall, counter: str, message: int, by: Actor) -> None:
    queue.write(lambda tx: messages.acknowledge(tx, queue.hall, by, counter, message))


def shown(queue: QueueHall, counter: str) -> list[str]:
    snapshot = queue.read(lambda r, hall, now_ms: counter_snapshot(r, hall, hall.counter[counter], now_ms))
    return [message["text"] for message in snapshot["messages"]]


def sent(queue: QueueHall) -> list[dict[str, Any]]:
    return queue.read(messages_view)


def readers(queue: QueueHall) -> dict[str, str | None]:
    return {each["id"]: each["reader"] for each in sent(queue)[0]["counters"]}


def test_a_counter_shows_what_is_for_it_urgent_ones_first_until_it_is_read(queue: QueueHall) -> None:
    queue.open("1", SITI)
    first = send(queue, "Rapat pukul 15.00")
    second = send(queue, "Arahkan lansia ke loket 2", "1", "3")
    third = send(queue, "Kosongkan lantai", urgent=True)
    assert shown(queue, "1") == [third.text, first.text, second.text]
    assert shown(queue, "2") == [third.text, first.text], "also where nobody sits: whoever comes reads it"
    read(queue, "1", third.id, SITI)
    assert shown(queue, "1") == [first.text, second.text]
    assert readers(queue) == {"1": "Siti", "2": None, "3": None}
    assert sent(queue)[0]["to_all"] and not sent(queue)[1]["to_all"]


def test_reading_twice_is_reading_once(queue: QueueHall) -> None:
    queue.open("1", SITI)
    message = send(queue, "Rapat", "1")
    read(queue, "1", message.id, SITI)
    queue.clock.pass_by(60)
    read(queue, "1", message.id, CHIEF)
    assert readers(queue) == {"1": "Siti"}
    assert len(queue.sql("SELECT * FROM events WHERE kind = 'message.acknowledged'")) == 1


def test_only_who_sits_there_says_that_it_was_read(queue: QueueHall) -> None:
    message = send(queue, "Rapat")
    with pytest.raises(DomainError) as caught:
        read(queue, "1", message.id, SITI)
    assert caught.value.code == "not_open"
    queue.open("1", SITI)
    with pytest.raises(DomainError) as caught:
        read(queue, "1", message.id, BUDI)
    assert (caught.value.code, caught.value.status) == ("occupied", 403)
    read(queue, "3", message.id, TABLET)
    assert readers(queue) == {"1": None, "2": None, "3": "Tablet 3"}


def test_a_message_to_another_counter_is_nothing_here(queue: QueueHall) -> None:
    queue.open("1", SITI)
    message = send(queue, "Rapat", "2")
    for id in (message.id, 999):
        with pytest.raises(DomainError) as caught:
            read(queue, "1", id, SITI)
        assert (caught.value.status, caught.value.field) == (404, "message")


def test_the_day_ends_and_so_do_its_messages(queue: QueueHall) -> None:
    queue.open("1", SITI)
    message = send(queue, "Rapat")
    queue.clock.pass_by(24 * 3600)
    assert shown(queue, "1") == [] and sent(queue) == []
    with pytest.raises(DomainError) as caught:
        read(queue, "1", message.id, SITI)
    assert caught.value.status == 404


def test_a_message_survives_a_restart_and_is_forgotten_after_a_month(queue: QueueHall) -> None:
    send(queue, "Rapat", "1", "1")
    queue.restart()
    assert shown(queue, "1") == ["Rapat"]
    queue.clock.pass_by(31 * 24 * 3600)
    before_ms = queue.clock.now_ms() - 30 * 24 * 3600 * 1000
    assert queue.write(lambda tx: tx.forget_oversight(before_ms, 500)) == 1
    assert queue.sql("SELECT * FROM messages") == queue.sql("SELECT * FROM receipts") == []
    assert queue.write(lambda tx: tx.forget_oversight(before_ms, 500)) == 0


def test_what_was_written_is_not_in_the_log(queue: QueueHall) -> None:
    message = send(queue, "Ibu Ani di loket 2 sakit", "2")
    (row,) = queue.sql("SELECT actor, payload FROM events WHERE kind = 'message.sent'")
    assert row["actor"] == CHIEF.id
    assert json.loads(row["payload"]) == {"message": {"id": message.id, "urgent": False}, "counters": ["2"]}
