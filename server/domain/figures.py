"""What a ticket's life says about agencies, services, counters and officers: counts and durations, by group and hour.

docs/metrics.md defines each figure. Everything of a ticket counts for the day and the hour in which it was issued.
After a transfer each is charged with its own: waiting, walking, serving and holding where the time was spent, the
outcome where the ticket was at the end. Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

METRICS: Final = ("first_wait", "wait", "walk", "service", "hold", "total")
FIRST_WAIT, WAIT, WALK, SERVICE, HOLD, TOTAL = range(6)
OUTCOMES: Final = ("served", "no_show", "cancelled", "expired", "closed_by_day", "open")
COUNTED: Final = (*OUTCOMES, "transferred", "persons_served", "within_target")
TRANSFERRED, PERSONS, WITHIN = range(6, 9)

Place = tuple[str, str, str, str]
"""Agency, service, counter, officer; "" where a group does not tell them apart, or where there was none."""

CUTS: Final[Mapping[str, Callable[[Place], Place]]] = {
    "hall": lambda place: ("", "", "", ""),
    "agency": lambda place: (place[0], "", "", ""),
    "service": lambda place: (place[0], place[1], "", ""),
    "counter": lambda place: (place[0], "", place[2], ""),
    "officer": lambda place: (place[0], "", "", place[3]),
}
"""The ways to divide a hall. A ticket that comes back to a group is one visitor of it: its times there are summed."""
QUEUED: Final = ("hall", "agency", "service")
"""The cuts that have queues of their own."""


class Stretch(NamedTuple):
    """A span: the state, whose it is, and its ends (`end_ms` None while it lasts)."""

    state: str
    agency: str
    service: str
    counter: str | None
    officer: str | None
    start_ms: int
    end_ms: int | None


class Life(NamedTuple):
    """A ticket as figures see it, with its spans in order; `since_ms` is when its present state began."""

    agency: str
    service: str
    counter: str | None
    officer: str | None
    state: str
    source: str
    party_size: int
    issued_ms: int
    since_ms: int
    closed_by_day: int
    outcome: str | None
    spans: Sequence[Stretch]


@dataclass(slots=True)
class Tally:
    """What is gathered of one group in one hour: counts in the order of COUNTED, durations in that of METRICS."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTED))
    samples: list[list[int]] = field(default_factory=lambda: [[] for _ in METRICS])
    results: dict[str, int] = field(default_factory=dict)
    longest_queue: int = 0

    def add(self, other: Tally) -> None:
        """Take in what another tally has gathered; the longer of two queues is the longest."""
        self.counts = [ours + theirs for ours, theirs in zip(self.counts, other.counts, strict=True)]
        for ours, theirs in zip(self.samples, other.samples, strict=True):
            ours += theirs
        for result, count in other.results.items():
            self.results[result] = self.results.get(result, 0) + count
        self.longest_queue = max(self.longest_queue, other.longest_queue)


Groups = dict[tuple[Place, int], Tally]
"""Tallies by group and hour of the day, 0 to 23."""
Target = Callable[[str, int], int | None]
"""The target of a service's first wait at a moment, in milliseconds; None where the service was unknown."""
HourOf = Callable[[int], int]
"""The hour of a moment on the hall's clocks."""


def gather(lives: Sequence[Life], cuts: Iterable[str], target: Target, hour_of: HourOf) -> dict[str, Groups]:
    """The tallies of some tickets, for each way to divide the hall."""
    found: dict[str, Groups] = {cut: {} for cut in cuts}
    ways = [(CUTS[cut], groups) for cut, groups in found.items()]
    for life in lives:
        hour, parts, first = hour_of(life.issued_ms), _parts(life), _first_call(life)
        for key_of, groups in ways:
            _count(groups, key_of, hour, life, parts, first, target)
    for cut in found:
        if cut in QUEUED:
            _note_queues(found[cut], CUTS[cut], lives, hour_of)
    return found


def outcome_of(state: str, closed_by_day: int) -> str:
    """The one outcome of a ticket, or `open` while its life goes on."""
    if state == "finished":
        return "closed_by_day" if closed_by_day else "served"
    return state if state in ("no_show", "cancelled", "expired") else "open"


def ended_by_day(life: Life) -> bool:
    """Whether the day's end cut a ticket's last span off: until midnight, for all that anybody knows."""
    return bool(life.closed_by_day) or life.state == "expired"


_OUTCOME_AT: Final = {outcome: place for place, outcome in enumerate(OUTCOMES)}


class _Part(NamedTuple):
    """A ticket's time at one place: sums of WAIT, WALK, SERVICE and HOLD (None: none ended), and transfers away."""

    place: Place
    sums: list[int | None]
    transferred: int


_SUMMED: Final = {"waiting": 0, "called": 1, "serving": 2, "held": 3}


def _parts(life: Life) -> list[_Part]:
    sums: dict[Place, list[int | None]] = {}
    away: dict[Place, int] = {}
    following: Stretch | None = None
    desk: tuple[str, str] = ("", "")
    cut_off = life.spans[-1] if life.spans and ended_by_day(life) else None
    for span in reversed(life.spans):
        if span.state == "no_show":  # missed, until brought back: no time of anybody's
            following = span
            continue
        # A queue has no counter: its waiting is charged to the counter that then called the visitor.
        if span.counter is not None:
            desk = span.counter, span.officer or ""
        elif span.state != "waiting":
            desk = "", ""
        place = (span.agency, span.service, *desk)
        own = sums.setdefault(place, [None] * 4)
        which = _SUMMED.get(span.state)
        if which is not None and span.end_ms is not None and span is not cut_off:
            own[which] = (own[which] or 0) + span.end_ms - span.start_ms
        if following is not None and _passed_on(span, following):
            away[place] = away.get(place, 0) + 1
        if span.state == "waiting":
            desk = "", ""
        following = span
    return [_Part(place, own, away.get(place, 0)) for place, own in sums.items()]


def _passed_on(span: Stretch, following: Stretch) -> bool:
    """Whether a visitor was sent on after a span: to another service, or from being served to another counter."""
    if following.state != "waiting" or span.state not in ("waiting", "called", "serving"):
        return False
    return span.state == "serving" or span.service != following.service


def _first_call(life: Life) -> Stretch | None:
    for span in life.spans:
        if span.state in ("called", "serving"):
            return span
    return None


def _count(
    groups: Groups, key_of: Callable[[Place], Place], hour: int, life: Life, parts: list[_Part],
    first: Stretch | None, target: Target,
) -> None:  # fmt: skip
    served = life.state == "finished" and not life.closed_by_day
    for key, sums, transferred in _by_key(key_of, parts):
        tally = _tally(groups, (key, hour))
        tally.counts[TRANSFERRED] += transferred
        for which, lasted_ms in enumerate(sums, WAIT):
            if lasted_ms is not None and (which != WAIT or first is not None) and (which != SERVICE or served):
                tally.samples[which].append(lasted_ms)
    if first is not None and life.source != "direct":  # who was served without a ticket never waited for a call
        tally = groups[key_of((first.agency, first.service, first.counter or "", first.officer or "")), hour]
        waited_ms = max(0, first.start_ms - life.issued_ms)
        tally.samples[FIRST_WAIT].append(waited_ms)
        within_ms = target(first.service, first.start_ms)
        tally.counts[WITHIN] += within_ms is not None and waited_ms <= within_ms
    _count_end(groups, key_of, hour, life, served)


def _by_key(
    key_of: Callable[[Place], Place], parts: list[_Part]
) -> Iterable[tuple[Place, Sequence[int | None], int]]:
    if len(parts) == 1:  # as most tickets have
        return [(key_of(parts[0].place), parts[0].sums, parts[0].transferred)]
    together: dict[Place, tuple[list[int | None], int]] = {}
    for place, sums, transferred in parts:
        key = key_of(place)
        if key in together:
            ours, before = together[key]
            merged = [a if b is None else b if a is None else a + b for a, b in zip(ours, sums, strict=True)]
            together[key] = merged, before + transferred
        else:
            together[key] = sums, transferred
    return [(key, sums, transferred) for key, (sums, transferred) in together.items()]


def _count_end(groups: Groups, key_of: Callable[[Place], Place], hour: int, life: Life, served: bool) -> None:
    key = key_of((life.agency, life.service, life.counter or "", life.officer or ""))
    tally = _tally(groups, (key, hour))
    tally.counts[_OUTCOME_AT[outcome_of(life.state, life.closed_by_day)]] += 1
    if served:
        tally.counts[PERSONS] += life.party_size
        tally.samples[TOTAL].append(max(0, life.since_ms - life.issued_ms))
        if life.outcome is not None:
            tally.results[life.outcome] = tally.results.get(life.outcome, 0) + 1


def _note_queues(
    groups: Groups, key_of: Callable[[Place], Place], lives: Sequence[Life], hour_of: HourOf
) -> None:
    """The most who waited at once, for each group and hour; who comes as another leaves met them."""
    moments: list[tuple[int, int, Place]] = []
    for life in lives:
        for state, agency, service, _, _, start_ms, end_ms in life.spans:
            if state == "waiting":
                key = key_of((agency, service, "", ""))
                moments.append((start_ms, 0, key))
                if end_ms is not None:
                    moments.append((end_ms, 1, key))
    moments.sort()
    waiting: dict[Place, int] = {}
    since: dict[Place, int] = {}
    longest: dict[tuple[Place, int], int] = {}
    for at_ms, left, key in moments:
        # A queue that ends with the day is of its last hour, not of the next day's first.
        hour, before, count = hour_of(at_ms - left), since.get(key, -1), waiting.get(key, 0)
        if before < hour:  # who waits since an hour before has waited in all between
            for passed in range(before if count else hour, hour + 1):
                longest[key, passed] = max(longest.get((key, passed), 0), count)
            since[key] = hour
        if left:
            waiting[key] = count - 1
            continue
        waiting[key] = count = count + 1
        if count > longest.get((key, since[key]), 0):
            longest[key, since[key]] = count
    for group, count in longest.items():
        if count:
            _tally(groups, group).longest_queue = count


def _tally(groups: Groups, group: tuple[Place, int]) -> Tally:
    """A group's tally, a new one where there is none; `setdefault` would make one each time."""
    found = groups.get(group)
    if found is None:
        found = groups[group] = Tally()
    return found
