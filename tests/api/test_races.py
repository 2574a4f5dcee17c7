"""Real threads over real HTTP: whatever is pressed at the same moment, everybody gets their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.wide_hall import COUNTERS, KIOSKS, empty, rows
from tests.harness import Answer, Client, RunningHall


@pytest.fixture
def race_hall(wide_hall: RunningHall) -> RunningHall:
    """The wide hall with nobody in it: who is called depends on everybody who waits."""
    empty(wide_hall)
    return wide_hall


def at_once(*presses: Press) -> list[Any]:
    """Run them all, begun at the same moment; their results."""
    together = threading.Barrier(len(presses))

    def run(press: Press) -> Any:
        together.wait()
        return press()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(run, presses))


Press = Callable[[], Any]


def pressing(client: Client, counter: str, verb: str, body: dict[str, Any]) -> Press:
    """A press on a button of a counter, to be made later; its answer."""
    return lambda: client.post(f"/counters/{counter}/{verb}", body)


def nobody_twice(hall: RunningHall) -> None:
    there = rows(hall, "SELECT counter, visit FROM tickets WHERE state IN ('called', 'serving')")
    assert max(Counter(counter for counter, _ in there).values(), default=0) <= 1
    assert max(Counter(visit for _, visit in there).values(), default=0) <= 1


def test_eight_kiosks_issue_four_hundred_tickets_without_a_gap(race_hall: RunningHall) -> None:
    last = rows(race_hall, "SELECT max(ordinal) FROM tickets WHERE sequence = 'ones'")[0][0] or 0

    def issue(kiosk: Client) -> list[str]:
        services = ("one", "two")
        return [kiosk.do("/tickets", {"services": [services[n % 2]]})["tickets"][0]["number"] for n in range(50)]

    clients = [race_hall.client("kiosk", id) for id in KIOSKS]
    issued = at_once(*(lambda c=client: issue(c) for client in clients))
    numbers = [number for some in issued for number in some]
    assert len(numbers) == 400
    assert set(numbers) == {f"A-{n:03d}" for n in range(last + 1, last + 401)}
    assert all(some == sorted(some) for some in issued), "at each kiosk they run upwards"
    assert race_hall.antrean("verify").returncode == 0


def test_eight_officers_at_once_call_eight_visitors(race_hall: RunningHall) -> None:
    kiosk = race_hall.client("kiosk", "kiosk-1")
    officers = {counter: race_hall.officer(f"officer-{counter}") for counter in COUNTERS}
    for counter, officer in officers.items():
        officer.do(f"/counters/{counter}/open")
    came = [kiosk.do("/tickets", {"services": [s]})["tickets"][0]["id"] for s in ("one", "three") for _ in range(12)]
    for _ in range(2):
        answers = at_once(*(pressing(o, c, "call-next", {"expect": None}) for c, o in officers.items()))
        called = [answer.json["ticket"] for answer in answers]
        assert len({ticket["id"] for ticket in called}) == 8
        assert {ticket["counter"] for ticket in called} == set(COUNTERS)
        assert sum(ticket["service"] == "one" for ticket in called) == 6
        nobody_twice(race_hall)
        at_once(*(pressing(officers[t["counter"]], t["counter"], "no-show", {"expect": t["id"]}) for t in called))
    # All twelve of service one have been called, six and six, in the order in which they came.
    first_twelve = rows(
        race_hall, f"SELECT id FROM tickets WHERE id >= {came[0]} AND service = 'one' ORDER BY called_ms, id"
    )
    assert [id for (id,) in first_twelve] == came[:12]


def test_two_officers_choose_the_same_visitor_and_one_gets_them(race_hall: RunningHall) -> None:
    kiosk = race_hall.client("kiosk", "kiosk-1")
    desks = {counter: race_hall.client("counter", counter) for counter in ("1", "2", "3")}
    for counter, desk in desks.items():
        desk.do(f"/counters/{counter}/open")
    for _ in range(20):
        ticket = kiosk.do("/tickets", {"services": ["one"]})["tickets"][0]["id"]
        wish = {"ticket": ticket, "expect": None}
        answers: list[Answer] = at_once(*(pressing(d, c, "call", wish) for c, d in desks.items()))
        won = [answer for answer in answers if answer.status == 200]
        lost = [answer for answer in answers if answer.status != 200]
        assert len(won) == 1
        counter = won[0].json["ticket"]["counter"]
        assert {(a.status, a.json["code"], a.json["counter"]) for a in lost} == {(409, "not_callable", counter)}
        desks[counter].do(f"/counters/{counter}/no-show", {"expect": ticket})


def test_a_visitor_with_two_tickets_is_called_to_one_place(race_hall: RunningHall) -> None:
    kiosk = race_hall.client("kiosk", "kiosk-1")
    desks = {counter: race_hall.client("counter", counter) for counter in ("1", "7")}
    for counter, desk in desks.items():
        desk.do(f"/counters/{counter}/open")
    for _ in range(20):
        tickets = [ticket["id"] for ticket in kiosk.do("/tickets", {"services": ["one", "three"]})["tickets"]]
        answers: list[Answer] = at_once(
            *(
                pressing(desk, counter, "call", {"ticket": ticket, "expect": None})
                for (counter, desk), ticket in zip(desks.items(), tickets, strict=True)
            )
        )
        nobody_twice(race_hall)
        assert sorted(answer.status for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status)
        counter = won.json["ticket"]["counter"]
        assert (lost.json["code"], lost.json["counter"]) == ("visitor_busy", counter)
        desks[counter].do(f"/counters/{counter}/no-show", {"expect": won.json["ticket"]["id"]})


def test_call_next_at_two_counters_never_takes_one_visitor_twice(race_hall: RunningHall) -> None:
    kiosk = race_hall.client("kiosk", "kiosk-1")
    desks = {counter: race_hall.client("counter", counter) for counter in ("1", "7")}
    for counter, desk in desks.items():
        desk.do(f"/counters/{counter}/open")
    for _ in range(20):
        visit = kiosk.do("/tickets", {"services": ["one", "three"]})
        answers = at_once(*(pressing(desk, counter, "call-next", {"expect": None}) for counter, desk in desks.items()))
        called = [answer.json["ticket"] for answer in answers if answer.json["ticket"] is not None]
        assert [ticket["visit"] for ticket in called] == [visit["visit"]["id"]]
        nobody_twice(race_hall)
        desks[called[0]["counter"]].do(f"/counters/{called[0]['counter']}/no-show", {"expect": called[0]["id"]})
        for ticket in visit["tickets"]:
            race_hall.client("admin").post(f"/tickets/{ticket['id']}/cancel")


def test_a_late_press_never_calls_a_second_visitor(race_hall: RunningHall) -> None:
    kiosk = race_hall.client("kiosk", "kiosk-1")
    desk = race_hall.client("counter", "1")
    desk.do("/counters/1/open")
    for _ in range(30):
        kiosk.do("/tickets", {"services": ["one"]})
    # Without keys, as from an impatient program: what the officer sees is what protects the visitors.
    answers: list[Answer] = at_once(*(pressing(desk, "1", "call-next", {"expect": None}) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"stale"}
    assert rows(race_hall, "SELECT count(*) FROM tickets WHERE state = 'called'") == [(1,)]


def test_an_open_counter_has_one_officer_whoever_sits_down_at_once(race_hall: RunningHall) -> None:
    officers = [race_hall.officer(f"officer-{n}") for n in range(6)]
    answers: list[Answer] = at_once(*(pressing(officer, "1", "open", {"expect": None}) for officer in officers))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 5
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"occupied"}
