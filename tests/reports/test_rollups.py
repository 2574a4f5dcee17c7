"""Rollups: the same counts as adding up every ticket, percentiles within 1 %, and the same bytes when made anew."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.reports.answers import not_rolled_up, roll_up
from server.reports.waiting import Question, figures_of, report
from server.rollups import keep
from tests.queue.house import IN_MEMORY, SITI, QueueHall
from tests.reports.made_up import COUNTERS, OFFICERS, SERVICES, Leg, Made, brute_force, nearest_rank, write

FIRST = date(2025, 12, 20)
TODAY = "2026-03-02"
GROUPINGS = ("agency", "service", "hour", "day", "weekday", "month", "hour_weekday", "hall")
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each example makes a hall on a disk: to shrink one would take longer than the test may."""
OUTCOMES = ("served", "no_show", "cancelled", "expired", "closed_by_day")

durations = st.integers(0, 3 * 3_600_000)
called_legs = st.builds(Leg, st.sampled_from(SERVICES), durations, st.sampled_from(COUNTERS), durations, durations)


def make(offset: int, at_ms: int, legs: list[Leg], outcome: str, party_size: int, told: str | None) -> Made:
    """Who is cancelled or expires was not called last; the day ends at midnight for everybody."""
    legs = [leg for n, leg in enumerate(legs) if n == 0 or leg.service != legs[n - 1].service]
    if outcome in ("cancelled", "expired"):
        legs[-1] = Leg(legs[-1].service, legs[-1].wait_ms)
    return Made((FIRST + timedelta(days=offset)).isoformat(), at_ms, tuple(legs), outcome, party_size, told)


made_tickets = st.lists(
    st.builds(
        make, st.integers(0, 71), st.integers(0, 86_399_999), st.lists(called_legs, min_size=1, max_size=3),
        st.sampled_from(OUTCOMES), st.integers(1, 20), st.sampled_from((None, "selesai", "kurang")),
    ),
    min_size=1, max_size=60,
)  # fmt: skip


def roll_up_all(queue: QueueHall, today: str = TODAY) -> list[str]:
    """What the background task does; which periods were rolled up."""
    done = []
    for period in queue.read(lambda reader, hall, now_ms: not_rolled_up(reader, hall, today)):
        def reckon(period: str = period) -> Any:
            return queue.read(lambda reader, hall, now_ms: roll_up(reader, hall, period))

        if keep(queue.store, period, reckon):
            done.append(period)
    return done


def ask(queue: QueueHall, first: str, last: str, by: str, **filters: str) -> dict[str, dict[str, Any]]:
    question = Question(first, last, by, **filters)
    return {row["key"]: row for row in queue.read(lambda reader, hall, now_ms: report(reader, hall, question))}


def kept(queue: QueueHall) -> list[dict[str, Any]]:
    """All that rollups wrote."""
    return [
        *queue.sql("SELECT * FROM figures ORDER BY cut, period, agency, service, counter, officer"),
        *queue.sql("SELECT * FROM counter_days ORDER BY day, counter, officer"),
        *queue.sql("SELECT * FROM rolled ORDER BY period"),
    ]


def assert_alike(row: dict[str, Any], expected: dict[str, Any], error: float) -> None:
    """Counts, sums and maxima exactly; percentiles within `error`, and a tenth of a second for rounding."""
    assert {name: row[name] for name in OUTCOMES} == {name: expected["outcomes"][name] for name in OUTCOMES}
    assert row["issued"] == sum(expected["outcomes"].values())
    assert (row["persons_served"], row["transferred"]) == (expected["persons"], expected["transferred"])
    assert row["results"] == dict(expected["results"])
    assert row["called"] == len(expected["first_wait"])
    if expected["first_wait"]:
        assert row["within_target"] == round(expected["within"] / len(expected["first_wait"]), 4)
    for metric in ("first_wait", "wait", "walk", "service", "total"):
        lasted = expected[metric]
        if not lasted:
            assert set(row[metric].values()) == {None}
            continue
        assert row[metric]["max"] == round(max(lasted) / 1000, 1)
        assert row[metric]["mean"] == pytest.approx(sum(lasted) / len(lasted) / 1000, abs=0.0501)
        for name, share in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
            exactly = nearest_rank(lasted, share) / 1000
            assert abs(row[metric][name] - exactly) <= error * exactly + 0.0501, (metric, name)


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET, phases=NO_SHRINKING)
@given(tickets=made_tickets, start=st.integers(0, 71), days=st.integers(1, 71))
def test_rollups_say_what_adding_up_every_ticket_says(tickets: list[Made], start: int, days: int) -> None:
    first, last = (FIRST + timedelta(days=start)).isoformat(), (FIRST + timedelta(days=start + days)).isoformat()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder, QueueHall(Path(folder)) as queue:
        write(queue, tickets)
        roll_up_all(queue)
        wanted = [made for made in tickets if first <= made.day <= last]
        for by in GROUPINGS:
            rows, expected = ask(queue, first, last, by), brute_force(wanted, by)
            shown = {key: row for key, row in rows.items() if row["issued"] or row["called"] or row["transferred"]
                     or row["wait"]["max"] is not None}  # fmt: skip
            assert shown.keys() == expected.keys(), by
            for key, row in shown.items():
                assert_alike(row, expected[key], 0.01)
        before = kept(queue)
        queue.write(lambda tx: tx.forget_rollups())
        roll_up_all(queue)
        assert kept(queue) == before, "made anew, the bytes are others"


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET, phases=NO_SHRINKING)
@given(tickets=made_tickets)
def test_one_day_is_exact(tickets: list[Made]) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder, QueueHall(Path(folder)) as queue:
        write(queue, tickets)
        for day in {made.day for made in tickets}:
            for by in ("agency", "service", "hour", "hall"):
                expected = brute_force([made for made in tickets if made.day == day], by)
                for key, row in ask(queue, day, day, by).items():
                    if key in expected:
                        assert_alike(row, expected[key], 1e-9)


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET, phases=NO_SHRINKING)
@given(tickets=made_tickets, start=st.integers(0, 71), days=st.integers(0, 71))
def test_counters_and_officers_of_one_service_say_what_adding_up_every_ticket_says(
    tickets: list[Made], start: int, days: int
) -> None:
    first, last = (FIRST + timedelta(days=start)).isoformat(), (FIRST + timedelta(days=start + days)).isoformat()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder, QueueHall(Path(folder)) as queue:
        write(queue, tickets)
        roll_up_all(queue)
        expected = brute_force([made for made in tickets if first <= made.day <= last], "service_counter")
        seen = set()
        for service in SERVICES:
            officers = ask(queue, first, last, "officer", service=service)
            for counter, row in ask(queue, first, last, "counter", service=service).items():
                seen.add(key := f"{service} {counter}")
                assert_alike(row, expected[key], 1e-9)
                assert {**officers[OFFICERS.get(counter, "")], "key": counter} == row
        assert seen == expected.keys()


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET, phases=NO_SHRINKING)
@given(tickets=made_tickets)
def test_the_figures_of_each_service_add_up_to_those_of_all(tickets: list[Made]) -> None:
    first, last = FIRST.isoformat(), (FIRST + timedelta(days=71)).isoformat()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder, QueueHall(Path(folder)) as queue:
        write(queue, tickets)
        roll_up_all(queue)
        for by in ("counter", "officer"):
            added: dict[tuple[str, str], list[int]] = {}
            for service in SERVICES:
                for key, sums in sums_of(queue, Question(first, last, by, service=service)).items():
                    for whose in (("all", key), ("of", service)):
                        before = added.get(whose, [0] * len(sums))
                        added[whose] = [one + more for one, more in zip(before, sums, strict=True)]
            told = {("all", key): sums for key, sums in sums_of(queue, Question(first, last, by)).items()}
            told |= {("of", key): sums for key, sums in sums_of(queue, Question(first, last, "service")).items()}
            assert added == told


def sums_of(queue: QueueHall, question: Question) -> dict[str, list[int]]:
    """What can be added up of each row: its counts, and the sums of its durations in ms."""
    found = queue.read(lambda reader, hall, now_ms: list(figures_of(reader, hall, question).groups()))
    return {key: [*figures.counts, *(stat.sum_ms for stat in figures.stats)] for key, figures in found}


def test_only_so_many_days_are_read_from_their_tickets() -> None:
    for by in ("counter", "officer"):
        assert not Question("2026-01-01", "2026-04-02", by, service="akta").reaches_too_far, "92 days"
        assert Question("2026-01-01", "2026-04-03", by, service="akta").reaches_too_far
        assert not Question("2020-01-01", "2026-04-03", by, agency="capil").reaches_too_far
    assert not Question("2020-01-01", "2026-04-03", "hour", service="akta").reaches_too_far


@pytest.fixture
def a_winter(queue: QueueHall) -> QueueHall:
    """Three tickets a day from 20 December to 28 February, and none rolled up."""
    write(queue, [
        Made(day.isoformat(), (8 + n) * 3_600_000, (Leg(service, (n + 1) * 60_000, counter, 10_000, 120_000),))
        for day in (FIRST + timedelta(days=n) for n in range(71))
        for n, (service, counter) in enumerate((("akta", "1"), ("sim", "2"), ("pajak", "3")))
    ])  # fmt: skip
    return queue


def test_days_come_before_their_months_and_today_is_left_alone(a_winter: QueueHall) -> None:
    a_winter.open("3", SITI)
    a_winter.ticket("pajak")
    done = roll_up_all(a_winter)
    assert done[:71] == [(FIRST + timedelta(days=n)).isoformat() for n in range(71)]
    assert done[71:] == ["2025-12", "2026-01", "2026-02"]
    assert roll_up_all(a_winter) == [], "nothing is done twice"
    assert ask(a_winter, "2026-02-01", TODAY, "hall")["hall"]["issued"] == 3 * 28 + 1, "today is read from its spans"


def test_a_late_change_makes_its_day_and_month_be_reckoned_again(a_winter: QueueHall) -> None:
    roll_up_all(a_winter)
    late = a_winter.sql("SELECT id FROM tickets WHERE day = '2026-01-15' LIMIT 1")[0]["id"]
    ticket = a_winter.read(lambda reader, hall, now_ms: reader.ticket(late))
    assert ticket is not None
    a_winter.write(lambda tx: tx.change(ticket, party_size=5))
    assert ask(a_winter, "2026-01-01", "2026-01-31", "hall")["hall"]["persons_served"] == 3 * 31 + 4
    assert roll_up_all(a_winter) == ["2026-01-15", "2026-01"]
    assert ask(a_winter, "2026-01-01", "2026-01-31", "hall")["hall"]["persons_served"] == 3 * 31 + 4


def test_a_ticket_that_changes_while_its_day_is_reckoned_is_not_lost(a_winter: QueueHall) -> None:
    ticket = a_winter.read(lambda reader, hall, now_ms: reader.ticket(1))
    assert ticket is not None

    def reckon() -> Any:
        found = a_winter.read(lambda reader, hall, now_ms: roll_up(reader, hall, ticket.day))
        a_winter.write(lambda tx: tx.change(ticket, party_size=7))
        return found

    assert keep(a_winter.store, ticket.day, reckon) is False
    assert ask(a_winter, ticket.day, "2025-12-21", "hall")["hall"]["persons_served"] == 6 + 6
    assert ticket.day in roll_up_all(a_winter)


def test_a_power_cut_in_the_middle_of_a_day_leaves_nothing_half(a_winter: QueueHall) -> None:
    day = FIRST.isoformat()

    def cut() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(a_winter.store, day, cut)
    a_winter.restart()
    assert ask(a_winter, day, "2025-12-21", "hall")["hall"]["issued"] == 6
    assert roll_up_all(a_winter)[0] == day


def test_history_stays_with_whom_it_was_when_the_catalogue_changes(a_winter: QueueHall) -> None:
    from server.commands import catalogue
    from server.domain.actors import SYSTEM
    from server.hall_file import parse_hall
    from tests.queue.house import hall_document

    document = hall_document()
    polres = document["agencies"][1]["services"]
    document["agencies"][0]["services"].append(polres.pop())  # `pajak` moves to the other agency
    polres[0]["target_wait_minutes"] = 1
    roll_up_all(a_winter)
    before = kept(a_winter)
    a_winter.hall = parse_hall(document)
    a_winter.clock.pass_by(60)
    a_winter.write(lambda tx: catalogue.apply(tx, a_winter.hall, SYSTEM))
    a_winter.write(lambda tx: tx.forget_rollups())
    roll_up_all(a_winter)
    assert kept(a_winter) == before, "a target of today judges nobody of last winter"
    rows = ask(a_winter, "2025-12-20", "2026-02-28", "agency")
    assert {key: row["issued"] for key, row in rows.items()} == {"capil": 71, "polres": 142}
    assert set(ask(a_winter, "2025-12-20", "2026-02-28", "service", agency="polres")) == {"sim", "pajak"}
