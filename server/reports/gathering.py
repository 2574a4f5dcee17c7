"""What tickets' lives say about agencies, services, counters and officers: counts and durations, by group and hour.

docs/metrics.md defines each figure; this is their only implementation. After a transfer each is charged with its own:
waiting, walking, serving and holding where the time was spent, the outcome where the ticket was at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from server.domain.figures import (
    COUNTED,
    DIVIDED,
    FIRST_WAIT,
    OUTCOMES,
    PERSONS,
    PLACE,
    QUEUED,
    SERVICE,
    TOTAL,
    TRANSFERRED,
    WAIT,
    WITHIN,
    Place,
)
from server.reports.columns import CALLED, SERVING, Columns, Flags, Ints, Spans, Tickets
from server.reports.queues import HOURS, Clock, longest_queues

SUMMED: Final = 4
"""WAIT, WALK, SERVICE and HOLD are sums of spans: those waiting, called, serving and held."""
SERVED: Final = OUTCOMES.index("served")

Target = Callable[[Sequence[str], Ints, Ints], Ints]
"""The targets of first waits in ms, -1 where there was none: of services (names, and which of them) at moments."""


class Durations(NamedTuple):
    """Single durations: of which metric, whose (a group's number, or a ticket's), how long."""

    metric: Ints
    whose: Ints
    lasted_ms: Ints


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is gathered of groups, which stand in the order of places and hours; `place` is the number of one.

    `counts` are as in COUNTED; `results` are the outcomes of the service, by the group's number.
    """

    places: list[Place]
    place: Ints
    hour: Ints
    counts: Ints
    longest_queue: Ints
    durations: Durations
    results: dict[int, dict[str, int]]


class _Parts(NamedTuple):
    """The times of tickets at places: sums of spans, which of them are told, and how often one was sent on."""

    ticket: Ints
    key: Ints
    sums_ms: Ints
    told: Flags
    sent_on: Ints


class _Calls(NamedTuple):
    """First calls for which a visitor waited: the span, the ticket, how long it took to come to it."""

    span: Ints
    ticket: Ints
    waited_ms: Ints


def lasting(columns: Columns) -> Durations:
    """All durations of each ticket, wherever it was."""
    parts, calls = _parts(columns, np.zeros_like(columns.spans.whose), 1), _calls(columns)
    every = np.arange(len(columns.tickets.outcome))
    return _durations(columns.tickets, parts, calls, parts.ticket, calls.ticket, every)


def gather(columns: Columns, cut: str, target: Target, clock: Clock) -> Gathered:
    """What the tickets say of each group of a cut, in each hour in which they were issued."""
    tickets, spans = columns.tickets, columns.spans
    places, at, end = _divided(columns, cut)
    hour = clock.hours_of(tickets.issued_ms)
    parts, calls = _parts(columns, at, len(places)), _calls(columns)
    slots_of = (
        parts.key * HOURS + hour[parts.ticket], at[calls.span] * HOURS + hour[calls.ticket], end * HOURS + hour,
    )  # fmt: skip
    queues, longest = longest_queues(spans, at, clock) if cut in QUEUED else (at[:0], at[:0])
    slots = np.unique(np.concatenate([*slots_of, queues]))
    by_part, by_call, by_end = (np.searchsorted(slots, own) for own in slots_of)
    longest_queue = np.zeros_like(slots)
    longest_queue[np.searchsorted(slots, queues)] = longest
    counts = np.zeros((len(slots), len(COUNTED)), np.int64)
    np.add.at(counts, (by_end, tickets.outcome), 1)
    np.add.at(counts[:, PERSONS], by_end, np.where(tickets.outcome == SERVED, tickets.party_size, 0))
    np.add.at(counts[:, TRANSFERRED], by_part, parts.sent_on)
    np.add.at(counts[:, WITHIN], by_call, _in_time(columns, calls, target))
    durations = _durations(tickets, parts, calls, by_part, by_call, by_end)
    results = _results(tickets, by_end)
    return Gathered(places, slots // HOURS, slots % HOURS, counts, longest_queue, durations, results)


def at_counters(columns: Columns) -> dict[tuple[str, str], list[int]]:
    """Of each counter and officer: ms from calling until serving, ms of serving, how many were served."""
    spans, tickets = columns.spans, columns.tickets
    counters, officers = columns.names["counter"], columns.names["officer"]
    busy = spans.counts & (spans.place["counter"] > 0) & ((spans.state == CALLED) | (spans.state == SERVING))
    served = (tickets.outcome == SERVED) & (tickets.place["counter"] > 0)
    at = (spans.place["counter"] * len(officers) + spans.place["officer"])[busy]
    end = (tickets.place["counter"] * len(officers) + tickets.place["officer"])[served]
    codes = np.unique(np.concatenate([at, end]))
    sums = np.zeros((len(codes), 3), np.int64)
    np.add.at(sums, (np.searchsorted(codes, at), spans.state[busy] - CALLED), spans.lasted_ms[busy])
    np.add.at(sums[:, 2], np.searchsorted(codes, end), 1)
    places = [(counters[code // len(officers)], officers[code % len(officers)]) for code in codes.tolist()]
    return dict(zip(places, sums.tolist(), strict=True))


def _divided(columns: Columns, cut: str) -> tuple[list[Place], Ints, Ints]:
    """The places that a cut tells apart, in order; which of them each span was at, and each ticket at its end."""
    spans, tickets = columns.spans, columns.tickets
    at, end = np.zeros_like(spans.whose), np.zeros_like(tickets.outcome)
    sizes = [len(columns.names[part]) for part in DIVIDED[cut]]
    for part, size in zip(DIVIDED[cut], sizes, strict=True):
        at, end = at * size + spans.place[part], end * size + tickets.place[part]
    codes, key = np.unique(np.concatenate([at, end]), return_inverse=True)
    named = {}
    for part, numbers in zip(DIVIDED[cut], np.unravel_index(codes, sizes) if sizes else (), strict=True):
        named[part] = [columns.names[part][number] for number in numbers.tolist()]
    nobody = [""] * len(codes)
    places = list(zip(*(named.get(part, nobody) for part in PLACE), strict=True))
    return places, key[: len(at)], key[len(at) :]


def _parts(columns: Columns, key: Ints, keys: int) -> _Parts:
    tickets, spans = columns.tickets, columns.spans
    pairs, part = np.unique(spans.whose * keys + key, return_inverse=True)
    ticket, shape = pairs // max(1, keys), (len(pairs), SUMMED)
    slot = (part * SUMMED + spans.state)[spans.counts]
    sums_ms = np.zeros(shape, np.int64)
    np.add.at(sums_ms.reshape(-1), slot, spans.lasted_ms[spans.counts])
    told = np.zeros(shape, np.bool_)
    told.reshape(-1)[slot] = True
    called = np.zeros(len(tickets.outcome), np.bool_)
    called[spans.whose[_first_calls(spans)]] = True
    told[:, 0] &= called[ticket]
    told[:, SERVICE - WAIT] &= (tickets.outcome == SERVED)[ticket]
    sent_on = np.bincount(part[spans.sent_on], minlength=len(pairs))
    return _Parts(ticket, pairs % max(1, keys), sums_ms, told, sent_on)


def _first_calls(spans: Spans) -> Ints:
    """The span of each ticket in which it was first called or served, where it was."""
    calls = np.flatnonzero((spans.state == CALLED) | (spans.state == SERVING))
    first: Ints = calls[np.diff(spans.whose[calls], prepend=-1) != 0]
    return first


def _calls(columns: Columns) -> _Calls:
    """Who was served without a ticket never waited for a call."""
    tickets, spans = columns.tickets, columns.spans
    first = _first_calls(spans)
    first = first[~tickets.direct[spans.whose[first]]]
    ticket = spans.whose[first]
    return _Calls(first, ticket, np.maximum(0, spans.start_ms[first] - tickets.issued_ms[ticket]))


def _durations(tickets: Tickets, parts: _Parts, calls: _Calls, by_part: Ints, by_call: Ints, by_end: Ints) -> Durations:
    """Every duration, with whose each part, each first call and each end is."""
    part, which = np.nonzero(parts.told)
    ended = np.flatnonzero(tickets.outcome == SERVED)
    total_ms = np.maximum(0, tickets.since_ms[ended] - tickets.issued_ms[ended])
    return Durations(
        np.concatenate([np.full(len(by_call), FIRST_WAIT), which + WAIT, np.full(len(ended), TOTAL)]),
        np.concatenate([by_call, by_part[part], by_end[ended]]),
        np.concatenate([calls.waited_ms, parts.sums_ms[part, which], total_ms]),
    )


def _in_time(columns: Columns, calls: _Calls, target: Target) -> Flags:
    """Whether each first call came within the target of its service."""
    service, at_ms = columns.spans.place["service"][calls.span], columns.spans.start_ms[calls.span]
    within: Flags = calls.waited_ms <= target(columns.names["service"], service, at_ms)
    return within


def _results(tickets: Tickets, by_end: Ints) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    served = (tickets.outcome == SERVED).tolist()
    for ticket, told in enumerate(tickets.told):
        if told and served[ticket]:
            add_results(found.setdefault(int(by_end[ticket]), {}), {told: 1})
    return found


def add_results(ours: dict[str, int], theirs: Mapping[str, int]) -> None:
    """Take in how often each outcome was told."""
    for result, count in theirs.items():
        ours[result] = ours.get(result, 0) + count
