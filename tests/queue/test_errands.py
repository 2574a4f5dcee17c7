"""The order of several errands: the model, the proof that it never makes a visit longer, and what is issued."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench import errands
from server.commands import serving
from server.domain.errands import Errand, best_order, visit_seconds
from server.queries.visit import visit_snapshot
from tests.queue.house import BUDI, SITI, QueueHall

ERRANDS = st.builds(
    Errand,
    wait_seconds=st.one_of(st.just(0.0), st.floats(0, 4 * 3600)),
    service_seconds=st.floats(0, 3600),
    counters=st.integers(1, 5),
    place=st.sampled_from("abc"),
)
WALKS = st.sampled_from((0.0, 60.0, 300.0))


def seconds(errands: list[Errand], order: list[int] | tuple[int, ...], walk: float) -> float:
    return visit_seconds([errands[position] for position in order], walk)


@given(st.lists(ERRANDS, max_size=10), WALKS)
@example([Errand(600.0, 300.0), Errand(0.0, 300.0)], 60.0)
@settings(max_examples=150, deadline=None)
def test_the_order_is_never_longer_than_the_menus(errands: list[Errand], walk: float) -> None:
    order = best_order(errands, walk)
    assert sorted(order) == list(range(len(errands)))
    assert seconds(errands, order, walk) <= visit_seconds(errands, walk)


@given(st.lists(ERRANDS, max_size=5), WALKS)
@settings(max_examples=150, deadline=None)
def test_no_other_order_is_shorter(errands: list[Errand], walk: float) -> None:
    shortest = min(seconds(errands, order, walk) for order in permutations(range(len(errands))))
    assert seconds(errands, best_order(errands, walk), walk) == pytest.approx(shortest, rel=1e-12)


def test_a_short_queue_is_done_while_a_long_one_comes_nearer() -> None:
    long, short = Errand(1800, 600), Errand(120, 300)
    assert best_order([long, short], 60) == [1, 0]
    assert visit_seconds([short, long], 60) == 1800 + 600
    # The other way about the visitor is late for the short one, whose counter is in the middle of somebody else.
    assert visit_seconds([long, short], 60) == 1800 + 600 + 60 + 300 / 2 + 300


def test_of_equal_orders_the_one_with_less_going_to_and_fro_then_the_menus() -> None:
    here, there = Errand(0, 0, place="a"), Errand(0, 0, place="b")
    assert best_order([here, there, here], 0) == [0, 2, 1]
    assert best_order([here, here, here], 0) == [0, 1, 2]


def test_without_all_estimates_the_menus_order_stays() -> None:
    assert best_order([Errand(900, 60), Errand(None), Errand(0, 60)], 60) == [0, 1, 2]
    assert best_order([], 60) == []


def busy(queue: QueueHall) -> None:
    """Three served of pajak and of akta: a pace for both; then a long queue for akta."""
    queue.open("1", SITI)
    queue.open("3", BUDI)
    for service, counter, officer in (("akta", "1", SITI), ("pajak", "3", BUDI)):
        for _ in range(3):
            queue.ticket(service)
            queue.serve(counter, officer, service_s=300)
    for _ in range(6):
        queue.ticket("akta")


def test_tickets_and_everything_after_them_stand_in_the_best_order(tmp_path: Path) -> None:
    with QueueHall(tmp_path) as queue:
        busy(queue)
        issued = queue.issue("akta", "pajak")
        assert [ticket.service for ticket in issued.tickets] == ["pajak", "akta"]
        stored = queue.read(lambda reader, hall, now_ms: reader.tickets_of_visit(issued.visit))
        assert stored == issued.tickets
        [slip] = queue.sql("SELECT slip FROM print_jobs WHERE visit = ?", issued.visit)
        assert slip["slip"].index(issued.tickets[0].number) < slip["slip"].index(issued.tickets[1].number)


def test_places_are_kept_whatever_the_order(tmp_path: Path) -> None:
    with QueueHall(tmp_path) as queue:
        busy(queue)
        mine = {ticket.service: ticket for ticket in queue.issue("akta", "pajak").tickets}
        later = queue.ticket("akta")
        ahead = queue.read(lambda reader, hall, now_ms: [reader.ahead(ticket) for ticket in (mine["akta"], later)])
        assert ahead == [6, 7]
        queue.call_next("3", BUDI)
        assert queue.now(mine["pajak"]).state == "called"


@pytest.mark.parametrize("wish", [("pajak", "akta", "ktp"), ("ktp", "akta", "pajak")])
def test_a_hall_that_knows_too_little_keeps_the_order_wished(tmp_path: Path, wish: tuple[str, ...]) -> None:
    with QueueHall(tmp_path) as queue:
        busy(queue)  # nobody was served for ktp today
        assert [ticket.service for ticket in queue.issue(*wish).tickets] == list(wish)


def test_a_service_that_no_counter_serves_now_has_no_estimate(tmp_path: Path) -> None:
    with QueueHall(tmp_path) as queue:
        busy(queue)
        queue.write(lambda tx: serving.pause_counter(tx, queue.hall, BUDI, "3", reason=None, expect=None))
        assert [ticket.service for ticket in queue.issue("akta", "pajak").tickets] == ["akta", "pajak"]


def test_the_phones_page_shows_what_matters_most_first_and_by_the_servers_rule(tmp_path: Path) -> None:
    def shown(visit: int) -> list[tuple[str, str]]:
        snapshot = queue.read(lambda reader, hall, now_ms: visit_snapshot(reader, hall, visit, now_ms))
        return [(ticket["service"], ticket["state"]) for ticket in snapshot["tickets"]]

    with QueueHall(tmp_path) as queue:
        busy(queue)
        queue.ticket("ktp")  # nobody was served there yet: no estimate
        visit = queue.issue("ktp", "akta", "pajak").visit
        first, then = "waiting", "waiting"
        assert shown(visit) == [("pajak", first), ("akta", then), ("ktp", "waiting")], "the soonest, then the unknown"
        while (there := queue.call_next("1", SITI)) is not None and there.visit != visit:
            queue.press("start", "1", SITI)
            queue.clock.pass_by(600)
            queue.press("finish", "1", SITI)
        assert there is not None
        here = (there.service, "called")
        assert shown(visit)[0] == here
        queue.press("no_show", "1", SITI)
        assert shown(visit)[-1] == (there.service, "no_show"), "what has ended comes last"


def test_visits_of_random_days_are_no_longer_in_the_recommended_order() -> None:
    """On the bench's days (fixed by their seeds), where estimates are only what was served so far."""
    found = errands.measure(12)
    assert found["visits"] == 12 * errands.VISITS_A_DAY
    for rule in ("recommended order", "recommended, first called first"):
        assert found[rule]["days_longer_than_menu"] == 0 and found[rule]["to_menu_percent"] < 0
