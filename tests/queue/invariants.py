"""What must be true of the tables after every command, read straight from the file."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import fmean
from typing import Any

from server.reports.waiting import waiting_report
from server.store.chain import verify
from tests.queue.house import QueueHall
from tests.queue.rules import ALLOWED, AT_COUNTER, IN_QUEUE, outcome

Row = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """All that a command could change."""

    tickets: dict[int, Row]
    spans: list[Row]
    counters: dict[str, Row]
    events: list[Row]
    rest: list[list[Row]]

    def at(self, counter: str) -> Row | None:
        """The ticket at a counter."""
        return next((t for t in self.tickets.values() if t["counter"] == counter and t["state"] in AT_COUNTER), None)

    def busy(self, visit: int) -> bool:
        """Whether a visitor is at a counter."""
        return any(t["visit"] == visit and t["state"] in AT_COUNTER for t in self.tickets.values())

    def waiting(self, services: tuple[str, ...]) -> list[Row]:
        """Who waits for some services, first come first."""
        found = [t for t in self.tickets.values() if t["state"] == "waiting" and t["service"] in services]
        return sorted(found, key=lambda ticket: (ticket["place_ms"], ticket["id"]))


def picture(queue: QueueHall) -> Picture:
    """The tables as they are on disk now."""
    rest = ["sequences", "visits", "paces", "print_jobs", "notes"]
    return Picture(
        {row["id"]: row for row in queue.sql("SELECT * FROM tickets")},
        queue.sql("SELECT * FROM spans ORDER BY ticket, id"),
        {row["id"]: row for row in queue.sql("SELECT * FROM counters")},
        queue.sql("SELECT seq, at_ms, kind, payload FROM events ORDER BY seq"),
        [queue.sql(f"SELECT * FROM {table}") for table in rest],
    )


def check(queue: QueueHall, now: Picture) -> None:
    """Every rule of "What must always be true" that the tables can show."""
    _one_ticket_a_counter_and_one_place_a_visitor(now)
    _numbers_are_unique(queue, now)
    _spans_tell_the_whole_life(now)
    _numbers_given_are_counted(queue, now)
    _the_log_is_whole(queue, now)
    _figures_add_up(queue, now)
    _lengths_are_counts(queue, now)


def _lengths_are_counts(queue: QueueHall, now: Picture) -> None:
    counted = Counter(ticket["service"] for ticket in now.tickets.values() if ticket["state"] == "waiting")
    assert {row["service"]: row["waiting"] for row in queue.sql("SELECT * FROM queue_lengths WHERE waiting")} == counted


def _one_ticket_a_counter_and_one_place_a_visitor(now: Picture) -> None:
    there = [ticket for ticket in now.tickets.values() if ticket["state"] in AT_COUNTER]
    assert all(ticket["counter"] is not None for ticket in there)
    assert all(ticket["counter"] is None for ticket in now.tickets.values() if ticket["state"] == "waiting")
    assert max(Counter(ticket["counter"] for ticket in there).values(), default=0) <= 1, "a counter has two tickets"
    assert max(Counter(ticket["visit"] for ticket in there).values(), default=0) <= 1, "a visitor is at two counters"
    for ticket in there:
        row = now.counters[ticket["counter"]]
        assert row["state"] == "open", "a visitor is at a counter where nobody serves"


def _numbers_are_unique(queue: QueueHall, now: Picture) -> None:
    # Of the sequence, not the service: a ticket that was passed on keeps the number of where it was given.
    endless = {s.sequence_id for s in queue.hall.services.values() if s.numbers.last is None}
    for active in (False, True):
        seen = Counter(
            (ticket["day"], ticket["number"])
            for ticket in now.tickets.values()
            if (ticket["state"] in IN_QUEUE if active else ticket["sequence"] in endless)
        )
        assert not [number for number, count in seen.items() if count > 1]


def _spans_tell_the_whole_life(now: Picture) -> None:
    spans: dict[int, list[Row]] = defaultdict(list)
    for span in now.spans:
        spans[span["ticket"]].append(span)
    for ticket in now.tickets.values():
        life = spans[ticket["id"]]
        first = "serving" if ticket["source"] == "direct" else "waiting"
        assert life[0]["state"] == first and life[0]["start_ms"] == ticket["issued_ms"]
        for one, following in pairwise(life):
            assert one["end_ms"] == following["start_ms"], "a gap in a ticket's life"
            assert (one["state"], following["state"]) in ALLOWED, "a way that the design does not know"
        last = life[-1]
        if ticket["state"] in IN_QUEUE:
            assert last["end_ms"] is None and last["state"] == ticket["state"]
            assert last["start_ms"] == ticket["since_ms"]
            assert last["counter"] == ticket["counter"]
        else:
            ended = ticket["no_show_ms"] if ticket["state"] == "no_show" else ticket["finished_ms"]
            assert last["end_ms"] == ended == ticket["since_ms"]
            assert (last["state"], ticket["state"]) in ALLOWED
        for column, state in (("waited_ms", "waiting"), ("served_ms", "serving")):
            ended_spans = [s for s in life if s["state"] == state and s["end_ms"] is not None]
            assert ticket[column] == sum(s["end_ms"] - s["start_ms"] for s in ended_spans)
        here = takewhile(lambda span, at=ticket["counter"]: span["counter"] == at, reversed(life))  # type: ignore[misc]
        stretch = [s for s in here if s["state"] == "serving" and s["end_ms"] is not None]
        if ticket["counter"] is not None:
            assert ticket["served_here_ms"] == sum(s["end_ms"] - s["start_ms"] for s in stretch)


def _numbers_given_are_counted(queue: QueueHall, now: Picture) -> None:
    first: dict[int, str] = {}
    for span in now.spans:
        first.setdefault(span["ticket"], span["service"])
    counted = Counter((t["day"], first[t["id"]]) for t in now.tickets.values() if t["state"] != "cancelled")
    kept = {(row["day"], row["service"]): row["given"] for row in queue.sql("SELECT * FROM given_numbers")}
    newest = max((day for day, _ in kept), default="")
    assert {key: given for key, given in kept.items() if given and key[0] == newest} == {
        key: given for key, given in counted.items() if key[0] == newest
    }, "the numbers given are not those counted"


def _the_log_is_whole(queue: QueueHall, now: Picture) -> None:
    assert [event["seq"] for event in now.events] == list(range(1, len(now.events) + 1))
    assert all(one["at_ms"] <= following["at_ms"] for one, following in pairwise(now.events)), "time went back"
    assert verify(queue.file) is None
    told = {}
    for event in now.events:
        if event["kind"].startswith("ticket."):
            ticket = json.loads(event["payload"])["ticket"]
            told[ticket["id"]] = (ticket["state"], ticket["counter"], ticket["number"], ticket["recalls"])
    assert told == {
        ticket["id"]: (ticket["state"], ticket["counter"], ticket["number"], ticket["recalls"])
        for ticket in now.tickets.values()
    }, "the log and the tables tell different stories"


def _figures_add_up(queue: QueueHall, now: Picture) -> None:
    """Outcomes stand where a ticket is now; waiting and serving where the time was spent, after a transfer too."""
    lives: dict[int, list[Row]] = defaultdict(list)
    for span in now.spans:
        lives[span["ticket"]].append(span)
    for by in ("agency", "service"):
        waits, services = defaultdict(list), defaultdict(list)
        keys = {span[by] for span in now.spans}
        for ticket in now.tickets.values():
            there = [span for span in lives[ticket["id"]] if span["state"] in AT_COUNTER]
            for key in {span[by] for span in lives[ticket["id"]]}:
                cut_off = lives[ticket["id"]][-1] if ticket["closed_by_day"] else None
                ended = [span for span in lives[ticket["id"]] if span["end_ms"] is not None and span is not cut_off]
                own = [span for span in ended if span[by] == key]
                if there and any(span["state"] == "waiting" for span in own):
                    waits[key].append(_sum_s(own, "waiting"))
                served = ticket["state"] == "finished" and not ticket["closed_by_day"]
                if served and any(span["state"] == "serving" for span in own):
                    services[key].append(_sum_s(own, "serving"))
        rows = queue.read(lambda reader, hall, now_ms, by=by: waiting_report(reader, hall, "2000", "2099", by))  # type: ignore[misc]
        assert {row["key"] for row in rows} == keys
        for row in rows:
            mine = [ticket for ticket in now.tickets.values() if ticket[by] == row["key"]]
            outcomes = Counter(outcome(ticket) for ticket in mine)
            kinds = ("served", "no_show", "cancelled", "expired", "closed_by_day", "open")
            assert {kind: row[kind] for kind in kinds} == {kind: outcomes[kind] for kind in kinds}
            assert row["issued"] == len(mine) == sum(row[kind] for kind in kinds)
            waited = waits[row["key"]]
            assert row["wait"]["max"] == (round(max(waited), 1) if waited else None)
            assert row["wait"]["mean"] == (round(fmean(waited), 1) if waited else None)
            served = services[row["key"]]
            assert row["service"]["mean"] == (round(fmean(served), 1) if served else None)


def _sum_s(spans: list[Row], state: str) -> float:
    return sum((float(span["end_ms"] - span["start_ms"]) / 1000 for span in spans if span["state"] == state), 0.0)
