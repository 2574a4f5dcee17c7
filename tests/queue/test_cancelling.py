"""Who may take a ticket out of the queue, and until when."""

from __future__ import annotations

import pytest

from server.domain.actors import Actor
from server.domain.errors import DomainError
from tests.queue.house import BUDI, CHIEF, KIOSK, KIOSK_2, SITI, QueueHall


def refusal(queue: QueueHall, ticket: object, by: Actor) -> tuple[str, int]:
    with pytest.raises(DomainError) as refused:
        queue.cancel(ticket, by)  # type: ignore[arg-type]
    return refused.value.code, refused.value.status


def test_a_kiosk_cancels_its_own_within_a_minute(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.clock.pass_by(60)
    assert queue.cancel(ticket, KIOSK).state == "cancelled"


def test_a_kiosk_cancels_nothing_after_a_minute(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.clock.pass_by(60.001)
    assert refusal(queue, ticket, KIOSK) == ("too_late", 409)


def test_a_kiosk_cancels_nothing_of_another(queue: QueueHall) -> None:
    assert refusal(queue, queue.ticket("akta"), KIOSK_2) == ("forbidden", 403)
    assert refusal(queue, queue.ticket("akta", by=SITI), KIOSK) == ("forbidden", 403)


def test_an_officer_cancels_for_the_services_of_their_counter_only(queue: QueueHall) -> None:
    akta, sim = queue.ticket("akta"), queue.ticket("sim")
    assert refusal(queue, akta, SITI) == ("forbidden", 403), "who sits nowhere serves nobody"
    queue.open("1", SITI)
    assert refusal(queue, sim, SITI) == ("forbidden", 403)
    assert queue.cancel(akta, SITI).state == "cancelled"
    queue.open("2", BUDI)
    assert queue.cancel(sim, BUDI).state == "cancelled"


def test_a_counters_token_cancels_for_its_own_services(queue: QueueHall) -> None:
    desk = Actor("token:counter-1", "counter", "counter 1", "1")
    assert queue.cancel(queue.ticket("ktp"), desk).state == "cancelled"
    assert refusal(queue, queue.ticket("pajak"), desk) == ("forbidden", 403)


def test_a_supervisor_cancels_any(queue: QueueHall) -> None:
    ticket = queue.ticket("pajak")
    queue.clock.pass_by(3600)
    assert queue.cancel(ticket, CHIEF).state == "cancelled"


def test_cancelling_a_called_ticket_frees_its_counter(queue: QueueHall) -> None:
    first, second = queue.ticket("akta"), queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    queue.cancel(first, SITI)
    called = queue.call_next("1", SITI)
    assert called is not None and called.id == second.id


def test_an_officer_does_not_cancel_whom_another_has_just_called(queue: QueueHall) -> None:
    """Both looked at the same list; the visitor is on the way to counter 1."""
    ticket = queue.ticket("akta")
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.call_next("1", SITI)
    assert refusal(queue, ticket, BUDI) == ("visitor_busy", 409)
    assert queue.now(ticket).state == "called"
    assert queue.cancel(ticket, CHIEF).state == "cancelled"


@pytest.mark.parametrize("verbs", [["start"], ["start", "finish"], ["no_show"]])
def test_who_is_served_or_gone_cannot_be_cancelled(queue: QueueHall, verbs: list[str]) -> None:
    ticket = queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    for verb in verbs:
        queue.press(verb, "1", SITI)
    assert refusal(queue, ticket, CHIEF) == ("not_allowed", 409)


def test_a_number_is_not_given_again_because_it_was_cancelled(queue: QueueHall) -> None:
    queue.cancel(queue.ticket("akta"), KIOSK)
    assert queue.ticket("akta").number == "A-002"
