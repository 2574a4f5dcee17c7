"""What one ticket, one queue and one counter say, by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.commands import serving
from server.domain.figures import BETWEEN, Lives
from server.domain.histogram import BUCKETS, EDGES, bucket_of, middle_ms, percentile_ms
from server.reports.columns import columns_of
from server.reports.counters import counters_report
from server.reports.distribution import distribution
from server.reports.gathering import at_counters
from server.reports.tickets import Sought, tickets
from server.reports.waiting import Question, compared, waiting_report
from tests.queue.house import BUDI, IN_MEMORY, KIOSK, SITI, QueueHall, hall_document
from tests.reports.test_rollups import ask, kept, roll_up_all

MONDAY = "2026-03-02"
HOUR_S = 3600


@contextmanager
def hall_in(timezone: str, at: str) -> Iterator[QueueHall]:
    document = hall_document(hall={"timezone": timezone})
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder, QueueHall(Path(folder), document, at=at) as queue:
        yield queue


def figures(queue: QueueHall, by: str, first: str = MONDAY, last: str = MONDAY) -> dict[str, dict[str, Any]]:
    rows = queue.read(lambda reader, hall, now_ms: waiting_report(reader, hall, first, last, by))
    return {row["key"]: row for row in rows}


def counters(queue: QueueHall, by: str = "counter", first: str = MONDAY, last: str = MONDAY) -> dict[str, Any]:
    rows = queue.read(lambda reader, hall, now_ms: counters_report(reader, hall, first, last, by, now_ms))
    return {row["key"]: row for row in rows}


@given(st.integers(0, 40 * 86_400_000))
def test_a_duration_is_within_one_percent_of_its_buckets_middle(duration_ms: int) -> None:
    bucket = bucket_of(duration_ms)
    assert EDGES[bucket] <= duration_ms and (bucket == BUCKETS - 1 or duration_ms < EDGES[bucket + 1])
    assert abs(middle_ms(bucket) - duration_ms) <= 0.01 * duration_ms


@given(st.lists(st.integers(0, 86_400_000), min_size=1, max_size=50), st.sampled_from((0.5, 0.9, 0.95)))
def test_a_histograms_percentile_is_within_one_percent_of_the_nearest_rank(samples: list[int], share: float) -> None:
    from tests.reports.made_up import nearest_rank

    counts = [0] * BUCKETS
    for sample in samples:
        counts[bucket_of(sample)] += 1
    found, exactly = percentile_ms(counts, share), nearest_rank(samples, share)
    assert found is not None and abs(found - exactly) <= 0.01 * exactly


def test_every_duration_of_one_visit(queue: QueueHall) -> None:
    queue.open("1", SITI)
    ticket = queue.ticket("akta")
    for seconds, press in ((60, "call"), (10, "start"), (100, "hold"), (500, "resume"), (20, "finish")):
        queue.clock.pass_by(seconds)
        if press == "call":
            queue.call_next("1", SITI)
        elif press == "hold":
            queue.hold("1", SITI)
        elif press == "resume":
            queue.resume("1", queue.now(ticket), SITI)
        else:
            queue.press(press, "1", SITI)
    for by, key in (("agency", "capil"), ("counter", "1"), ("officer", "Siti"), ("hour", "08"), ("weekday", "mon")):
        row = figures(queue, by)[key]
        lasted = {name: row[name]["max"] for name in ("first_wait", "wait", "walk", "service", "hold", "total")}
        assert lasted == {"first_wait": 60, "wait": 60, "walk": 10, "service": 120, "hold": 500, "total": 690}, by
        assert (row["called"], row["within_target"], row["abandonment"]) == (1, 1.0, 0.0)
    ((ticket_row,), following) = queue.read(lambda r, hall, now_ms: tickets(r, hall, Sought(MONDAY, MONDAY), None, 5))
    assert (ticket_row["hold_seconds"], ticket_row["total_seconds"], following) == (500.0, 690.0, None)


def test_each_is_charged_with_its_own_and_who_never_was_at_a_counter_is_of_nobody(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.ticket("akta"), queue.ticket("akta")
    queue.clock.pass_by(30)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.clock.pass_by(40)
    queue.transfer("1", SITI, "sim")
    queue.clock.pass_by(50)
    queue.serve("2", BUDI, service_s=60)  # the one who was waiting all the while
    queue.serve("2", BUDI, service_s=70)
    queue.ticket("pajak")
    rows = figures(queue, "counter")
    assert (rows["1"]["wait"]["max"], rows["1"]["transferred"], rows["1"]["issued"]) == (30.0, 1, 0)
    assert rows["2"]["wait"]["max"] == 120.0, "120 s for the other, 110 s after the transfer"
    assert (rows["2"]["served"], rows[""]["open"]) == (2, 1)
    assert sum(row["issued"] for row in rows.values()) == 3
    agencies = figures(queue, "agency")
    assert (agencies["capil"]["transferred"], agencies["polres"]["transferred"]) == (1, 0)


def test_abandonment_and_what_the_day_closed_are_apart(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for _ in range(4):
        queue.ticket("akta")
    queue.cancel(queue.ticket("akta"), KIOSK)
    queue.call_next("1", SITI)
    queue.press("no_show", "1", SITI)
    queue.serve("1", SITI, service_s=60)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)  # and the officer goes home
    queue.clock.pass_by(24 * HOUR_S)
    queue.close_days()
    row = figures(queue, "service")["akta"]
    outcomes = ("issued", "served", "no_show", "cancelled", "expired", "closed_by_day")
    assert [row[name] for name in outcomes] == [5, 1, 1, 1, 1, 1]
    assert row["abandonment"] == 0.6
    assert row["service"]["max"] == 60.0, "a night at an empty counter is no service"


def test_the_longest_queue_is_the_most_who_waited_at_once_in_each_hour(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for _ in range(3):
        queue.ticket("akta")
    queue.ticket("pajak")
    queue.call_next("1", SITI)
    queue.clock.pass_by(3 * HOUR_S + 5)
    queue.press("no_show", "1", SITI)
    for _ in range(2):
        queue.call_next("1", SITI)
        queue.press("no_show", "1", SITI)
    queue.clock.pass_by(1)
    queue.ticket("akta")
    rows = figures(queue, "agency")
    assert (rows["capil"]["longest_queue"], rows["polres"]["longest_queue"]) == (3, 1)
    assert figures(queue, "hall")["hall"]["longest_queue"] == 4
    hours = queue.read(lambda r, hall, now_ms: waiting_report(r, hall, MONDAY, MONDAY, "hour", "capil"))
    assert {row["key"]: row["longest_queue"] for row in hours} == {"08": 3, "09": 2, "10": 2, "11": 2}


def test_counters_are_open_paused_and_serving(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.ticket("akta")
    queue.clock.pass_by(600)
    queue.serve("1", SITI, walk_s=20, service_s=300)
    queue.write(lambda tx: serving.pause_counter(tx, queue.hall, SITI, "1", reason="salat", expect=None))
    queue.clock.pass_by(900)
    queue.open("1", SITI)
    queue.clock.pass_by(280)
    assert counters(queue)["1"] == {
        "key": "1", "open_seconds": 1200.0, "paused_seconds": 900.0, "called_seconds": 20.0, "serving_seconds": 300.0,
        "served": 1, "utilisation": 0.25,
    }  # fmt: skip
    assert counters(queue, "officer")["Siti"]["utilisation"] == 0.25
    assert counters(queue, "agency")["capil"]["utilisation"] == 0.25
    queue.open("1", BUDI, take_over=True)
    queue.clock.pass_by(100)
    assert {key: row["open_seconds"] for key, row in counters(queue, "officer").items()} == {"Budi": 100, "Siti": 1200}


def test_counters_are_used_in_the_hours_in_which_they_are(queue: QueueHall) -> None:
    queue.clock.pass_by(1800)  # from half past eight
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.ticket("akta")
    queue.clock.pass_by(1500)
    queue.serve("1", SITI, walk_s=60, service_s=1200)  # from 8.56 to 9.16
    queue.write(lambda tx: serving.pause_counter(tx, queue.hall, SITI, "1", reason="salat", expect=None))
    queue.clock.pass_by(3600 - 16 * 60)
    hours = counters(queue, "hour")
    seen = ("open_seconds", "paused_seconds", "called_seconds", "serving_seconds", "served", "utilisation")
    assert {hour: tuple(row[name] for name in seen) for hour, row in hours.items()} == {
        "08": (3600.0, 0.0, 60.0, 240.0, 0, round(240 / 3600, 4)),
        "09": (3600.0 + 960, 2640.0, 0.0, 960.0, 1, round(960 / 4560, 4)),
    }
    (whole,) = counters(queue, "hall").values()
    assert all(whole[name] == sum(row[name] for row in hours.values()) for name in seen[:-1])


def test_a_counter_that_nobody_closed_is_open_until_midnight_and_again_from_it(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.ticket("akta")
    queue.clock.pass_by(24 * HOUR_S)
    queue.ticket("akta")
    queue.close_days()
    assert roll_up_all(queue, "2026-03-03") == [MONDAY]
    days = counters(queue, "day", MONDAY, "2026-03-03")
    assert [row["open_seconds"] for row in days.values()] == [16 * HOUR_S, 8 * HOUR_S]


def test_a_day_that_is_closed_late_says_the_same_as_one_closed_in_time(queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.clock.pass_by(3 * 24 * HOUR_S)  # switched off over a long week-end
    today = "2026-03-05"
    assert roll_up_all(queue, today) == [MONDAY]
    assert ask(queue, MONDAY, today, "hall")["hall"]["open"] == 1
    queue.close_days()
    assert roll_up_all(queue, today) == [MONDAY], "closing the day has changed it"
    row = ask(queue, MONDAY, today, "hall")["hall"]
    assert (row["open"], row["expired"]) == (0, 1)


def test_a_clock_that_was_set_back_makes_no_negative_duration(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.clock.pass_by(2 * HOUR_S)
    queue.ticket("akta")
    queue.clock.set_wall(-HOUR_S)
    queue.serve("1", SITI, service_s=60)
    row = figures(queue, "hall")["hall"]
    assert all(value is None or value >= 0 for name in ("wait", "service", "total") for value in row[name].values())
    assert counters(queue)["1"]["open_seconds"] >= 0


@pytest.mark.parametrize(("at", "day", "hours"), [
    ("2026-03-29T01:30:00", "2026-03-29", {"01": 1, "03": 1}),  # the clocks go from 2 to 3
    ("2026-10-25T01:30:00", "2026-10-25", {"01": 1, "02": 2}),  # 2 o'clock comes twice
])  # fmt: skip
def test_hours_are_those_of_the_halls_clocks_also_when_they_are_set(at: str, day: str, hours: dict[str, int]) -> None:
    with hall_in("Europe/Berlin", at) as queue:
        for _ in range(sum(hours.values())):
            queue.ticket("akta")
            queue.clock.pass_by(HOUR_S)
        assert {key: row["issued"] for key, row in figures(queue, "hour", day, day).items()
                if row["issued"]} == hours  # fmt: skip
        for hour, count in hours.items():
            found, _ = queue.read(lambda r, h, now_ms, n=int(hour): tickets(r, h, Sought(day, day, hour=n), None, 9))  # type: ignore[misc]
            assert len(found) == count, "the figure leads to its tickets"


def test_who_waits_while_the_clocks_are_set_forward_waits_in_no_hour_that_is_not_there() -> None:
    with hall_in("Europe/Berlin", "2026-03-29T01:30:00") as queue:
        queue.open("1", SITI)
        queue.ticket("akta")
        queue.clock.pass_by(2 * HOUR_S)  # from half past one to half past four
        queue.serve("1", SITI)
        rows = figures(queue, "hour", "2026-03-29", "2026-03-29")
        assert {key: row["longest_queue"] for key, row in rows.items()} == {"01": 1, "03": 1, "04": 1}


@pytest.mark.parametrize(("zone", "day"), [("Asia/Jakarta", "2026-03-03"), ("Asia/Jayapura", "2026-03-03")])
def test_a_day_ends_at_midnight_in_the_halls_zone(zone: str, day: str) -> None:
    with hall_in(zone, "2026-03-02T23:59:59") as queue:
        queue.ticket("akta")
        queue.clock.pass_by(1)
        queue.ticket("akta")
        rows = figures(queue, "day", MONDAY, day)
        assert {key: row["issued"] for key, row in rows.items()} == {MONDAY: 1, day: 1}
        assert {key for key, row in figures(queue, "hour", MONDAY, day).items() if row["issued"]} == {"23", "00"}


def test_the_period_before_stands_beside_each_row(queue: QueueHall) -> None:
    for count in (2, 1, 3, 5):  # Monday to Thursday
        for _ in range(count):
            queue.ticket("pajak")
        queue.clock.pass_by(24 * HOUR_S)

    def pairs(by: str) -> list[tuple[int, int | None]]:
        question = Question("2026-03-04", "2026-03-05", by)
        rows = queue.read(lambda reader, hall, now_ms: compared(reader, hall, question))
        return [(row["issued"], row["previous"] and row["previous"]["issued"]) for row in rows]

    assert pairs("agency") == pairs("hall") == [(8, 3)]
    assert pairs("day") == [(3, 2), (5, 1)], "the first day beside the first"


def test_the_bins_of_a_distribution_hold_everybody(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for wait_s in (10, 299, 300, 1500):
        queue.ticket("akta")
        queue.clock.pass_by(wait_s)
        queue.serve("1", SITI)
    found = queue.read(lambda r, hall, now_ms: distribution(r, hall, Question(MONDAY, MONDAY), "wait", 5))
    assert [(one["from_seconds"], one["count"]) for one in found["bins"]] == [
        (0, 2), (300, 1), (600, 0), (900, 0), (1200, 0), (1500, 1),
    ]  # fmt: skip
    roll_up_all(queue, "2026-03-03")
    merged = queue.read(lambda r, hall, now_ms: distribution(r, hall, Question(MONDAY, "2026-03-03"), "wait", 5))
    assert sum(one["count"] for one in merged["bins"]) == merged["count"] == 4
    assert (merged["mean"], merged["max"]) == (found["mean"], found["max"])
    nobody = queue.read(lambda r, hall, now_ms: distribution(r, hall, Question("2020-01-01", "2020-01-02"), "wait", 5))
    assert (nobody["count"], nobody["bins"], nobody["mean"]) == (0, [], None)


def test_tickets_come_page_by_page_and_by_what_was_asked_for(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for n in range(5):
        queue.ticket("akta", "pajak") if n % 2 else queue.ticket("akta")
        queue.clock.pass_by(12 * HOUR_S)
    queue.serve("1", SITI)
    last = "2026-03-05"

    def listed(limit: int = 100, **sought: Any) -> list[int]:
        found: list[int] = []
        after: tuple[str, int] | None = None
        while True:
            page, after = queue.read(
                lambda r, hall, now_ms, a=after: tickets(r, hall, Sought(MONDAY, last, **sought), a, limit)  # type: ignore[misc]
            )
            assert len(page) <= limit
            found += [ticket["id"] for ticket in page]
            if after is None:
                return found

    assert listed(2) == listed() and len(listed()) == 7
    assert len(listed(3, agency="polres")) == 2 and len(listed(service="akta")) == 5
    assert len(listed(counter="1")) == len(listed(outcome="served")) == len(listed(officer="Siti")) == 1
    assert len(listed(hour=8)) == 3 and len(listed(weekday="tue", hour=20)) == 2
    assert listed(agency="none") == listed(outcome="cancelled") == []


def test_tickets_of_a_service_at_a_counter_were_there_for_it(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.transfer("1", SITI, "sim")
    queue.serve("2", BUDI)

    def count(**sought: Any) -> int:
        listed, _ = queue.read(lambda r, hall, now_ms: tickets(r, hall, Sought(MONDAY, MONDAY, **sought), None, 9))
        return len(listed)

    assert count(service="akta", counter="1") == count(service="sim", officer="Budi", agency="polres") == 1
    assert count(service="akta", counter="2") == count(service="sim", officer="Siti") == 0


def test_who_was_moved_was_sent_on_and_each_service_is_charged_with_its_own_waiting(queue: QueueHall) -> None:
    queue.open("2", BUDI)
    moved = queue.ticket("akta")
    queue.clock.pass_by(30)
    queue.move(moved, "sim")
    queue.clock.pass_by(40)
    queue.move(moved, "sim", "2")  # to a certain counter of the same service: nobody is sent anywhere
    queue.serve("2", BUDI, service_s=60)
    rows = figures(queue, "service")
    assert {key: (row["transferred"], row["wait"]["max"], row["issued"]) for key, row in rows.items()} == {
        "akta": (1, 30.0, 0), "sim": (0, 40.0, 1),
    }  # fmt: skip


def test_a_call_that_was_taken_back_was_never_a_call(tmp_path: Path) -> None:
    """Called after 30 s, taken back after 20 s, called elsewhere 10 s later: a wait of 60 s, and nobody walked."""
    document = hall_document(rules={"auto_start": True})
    document["agencies"][0]["services"][0]["target_wait_minutes"] = 1
    with QueueHall(tmp_path, document) as queue:
        queue.open("1", SITI)
        queue.open("2", BUDI)
        ticket = queue.ticket("akta")
        queue.clock.pass_by(30)
        queue.call_next("1", SITI)
        queue.clock.pass_by(20)
        queue.press("undo", "1", SITI)
        assert queue.now(ticket).wait_seconds(queue.clock.now_ms()) == 50, "they waited through it"
        assert figures(queue, "hall")["hall"]["called"] == 0, "and nobody has called them"
        queue.clock.pass_by(11)
        queue.call_next("2", BUDI)
        queue.clock.pass_by(60)
        queue.press("finish", "2", BUDI)
        for by, key in (("agency", "capil"), ("service", "akta"), ("counter", "2"), ("officer", "Budi")):
            ((found, row),) = figures(queue, by).items()
            lasted = {name: row[name]["max"] for name in ("first_wait", "wait", "walk", "service", "total")}
            assert found == key
            assert lasted == {"first_wait": 61, "wait": 61, "walk": 0, "service": 60, "total": 121}, by
            assert (row["called"], row["within_target"], row["transferred"]) == (1, 0.0, 0)
        first, second = (counters(queue)[id] for id in ("1", "2"))
        assert (first["called_seconds"], first["serving_seconds"], first["served"]) == (0.0, 0.0, 0)
        assert (second["called_seconds"], second["serving_seconds"], second["served"]) == (0.0, 60.0, 1)
        ((listed,), _) = queue.read(lambda r, hall, now_ms: tickets(r, hall, Sought(MONDAY, MONDAY), None, 5))
        assert (listed["first_wait_seconds"], listed["wait_seconds"], listed["walk_seconds"]) == (61.0, 61.0, 0.0)
        assert queue.sql("SELECT count(*) n FROM events WHERE kind = 'ticket.called'") == [{"n": 2}], "in the log"


def test_a_rollup_made_anew_of_a_day_with_calls_taken_back_is_the_same(tmp_path: Path) -> None:
    with QueueHall(tmp_path, hall_document(rules={"auto_start": True})) as queue:
        queue.open("1", SITI)
        for _ in range(3):
            queue.ticket("akta")
        for undone in (True, False, True):
            queue.clock.pass_by(100)
            queue.call_next("1", SITI)
            queue.clock.pass_by(30)
            queue.press("undo" if undone else "finish", "1", SITI)
        queue.clock.pass_by(24 * HOUR_S)
        queue.close_days()
        alone = figures(queue, "hall")["hall"]
        roll_up_all(queue, "2026-03-03")
        before = kept(queue)
        row = ask(queue, MONDAY, "2026-03-03", "hall")["hall"]
        assert (row["called"], row["issued"], row["served"], row["expired"]) == (1, 3, 1, 2)
        assert row["first_wait"]["max"] == alone["first_wait"]["max"] == 230.0
        assert row["wait"]["max"] == alone["wait"]["max"] == 230.0
        queue.write(lambda tx: tx.forget_rollups())
        roll_up_all(queue, "2026-03-03")
        assert kept(queue) == before


def test_an_officers_name_may_hold_what_stands_between_words() -> None:
    name = f"Siti{BETWEEN}II"
    place = BETWEEN.join(("capil", "akta", "1", name))
    columns = columns_of(Lives(
        [(7, BETWEEN.join(("finished", "0", "kiosk", "", place)), 1, 0, 50)],
        [(7, BETWEEN.join(("waiting", "capil", "akta", "", "")), 0, 20), (7, BETWEEN.join(("serving", place)), 20, 50)],
    ))  # fmt: skip
    assert at_counters(columns) == {("1", name): [0, 30, 1]}


def test_what_midnight_cut_off_is_nobodys_time(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    for _ in range(3):
        queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.clock.pass_by(60)
    queue.hold("1", SITI)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.call_next("2", BUDI)  # and both go home
    queue.clock.pass_by(24 * HOUR_S)
    queue.close_days()
    row = figures(queue, "hall")["hall"]
    assert (row["expired"], row["closed_by_day"]) == (2, 1)
    assert (row["hold"]["max"], row["walk"]["max"], row["service"]["max"]) == (None, 0.0, None)
    assert {key: (row["called_seconds"], row["serving_seconds"]) for key, row in counters(queue).items()} == {
        "1": (0.0, 60.0), "2": (0.0, 0.0),
    }  # fmt: skip


def test_a_counters_agency_is_the_catalogues_whatever_profile_it_works_by(tmp_path: Path) -> None:
    document = hall_document()
    document["counters"][0]["profiles"] = [{"id": "sore", "name": {"id": "Sore", "en": "Late"}, "services": ["pajak"]}]
    with QueueHall(tmp_path, document) as queue:
        queue.open("1", SITI)
        queue.ticket("akta")
        queue.clock.pass_by(60)
        before = counters(queue, "agency")
        queue.switch("1", SITI, "sore")
        assert counters(queue, "agency") == before and set(before) == {"capil"}
