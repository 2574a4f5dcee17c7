"""Tickets and their spans as columns of whole numbers: figures are then reckoned of all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count, zip_longest
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from server.domain.figures import BETWEEN, LIFE_KIND, OUTCOMES, PLACE, STRETCH_KIND, Lives, outcome_of

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Places = dict[str, Ints]
"""Agency, service, counter and officer, as numbers of `Columns.names`."""

WAITING, CALLED, SERVING, HELD, NO_SHOW = range(5)
_STATES: Final = {"waiting": WAITING, "called": CALLED, "serving": SERVING, "held": HELD, "no_show": NO_SHOW}


@dataclass(frozen=True, slots=True)
class Tickets:
    """Where each ticket ended, and as what: `outcome` is a place in OUTCOMES, `told` that of the service or ""."""

    place: Places
    outcome: Ints
    direct: Flags
    party_size: Ints
    issued_ms: Ints
    since_ms: Ints
    told: Sequence[str]


@dataclass(frozen=True, slots=True)
class Spans:
    """Where and how long each span was, by tickets and time; those of being missed are left out, nobody's time.

    `whose` is the ticket's place among the tickets. A span that `ended` has `lasted_ms`, which `counts` unless the
    day's end cut it off: until midnight, for all that anybody knows. After one that is `sent_on` the visitor went
    elsewhere.
    """

    place: Places
    whose: Ints
    state: Ints
    start_ms: Ints
    lasted_ms: Ints
    ended: Flags
    counts: Flags
    sent_on: Flags

    def only(self, which: Flags) -> Spans:
        """Some of them."""
        place = {part: column[which] for part, column in self.place.items()}
        return Spans(place, *(getattr(self, field.name)[which] for field in fields(self)[1:]))


class Columns(NamedTuple):
    """Tickets, their spans, and the names of places in order, "" first: nobody's."""

    tickets: Tickets
    spans: Spans
    names: dict[str, list[str]]


def columns_of(lives: Lives) -> Columns:
    """The columns of some tickets and their spans."""
    ids, life_kinds, sizes, issued, since = _turned(lives.tickets, 5)
    owners, span_kinds, starts, ends = _turned(lives.spans, 4)
    (life, ended), (span, was) = _kinds(life_kinds, LIFE_KIND), _kinds(span_kinds, STRETCH_KIND)
    names, end, at = {}, {}, {}
    for part in PLACE:
        names[part] = sorted({"", *ended[part], *was[part]})
        number = {name: place for place, name in enumerate(names[part])}
        end[part], at[part] = _looked_up(number, ended[part])[life], _looked_up(number, was[part])[span]
    outcome, cut_off = _ends(ended)
    direct = np.array([source == "direct" for source in ended["source"]], np.bool_)
    told = [ended["outcome"][kind] for kind in life.tolist()]
    tickets = Tickets(end, outcome[life], direct[life], _ints(sizes), _ints(issued), _ints(since), told)
    whose = _looked_up({id: place for place, id in enumerate(ids)}, owners)
    state = _looked_up(_STATES, was["state"])[span]
    end_ms = np.array(ends, np.float64)
    return Columns(tickets, _spans(at, whose, state, _ints(starts), end_ms, cut_off[life]), names)


def _turned(rows: Sequence[Any], width: int) -> list[Any]:
    return list(zip(*rows, strict=True)) or [()] * width


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def _looked_up(table: Mapping[Any, int], keys: Sequence[Any]) -> Ints:
    return np.fromiter(map(table.__getitem__, keys), np.int64, len(keys))


def _kinds(rows: Sequence[str], words: Sequence[str]) -> tuple[Ints, dict[str, Sequence[str]]]:
    """Which kind each row is of; and what each kind tells, by the words."""
    numbers: dict[str, int] = defaultdict(count().__next__)
    kind = _looked_up(numbers, rows)
    most = len(words) - 1
    told = list(zip_longest(*(text.split(BETWEEN, most) for text in numbers), fillvalue=""))
    told += [("",) * len(numbers)] * (len(words) - len(told))
    return kind, dict(zip(words, told, strict=True))


def _ends(ended: dict[str, Sequence[str]]) -> tuple[Ints, Flags]:
    """Of each kind of ticket what became of it, and whether the day's end cut its last span off."""
    ways = [(state, int(closed)) for state, closed in zip(ended["state"], ended["closed_by_day"], strict=True)]
    cut_off = [state == "expired" or closed != 0 for state, closed in ways]
    return _ints([OUTCOMES.index(outcome_of(*way)) for way in ways]), np.array(cut_off, np.bool_)


def _spans(
    at: Places, whose: Ints, state: Ints, start_ms: Ints, end_ms: npt.NDArray[np.float64], cut_off: Flags
) -> Spans:
    ended, is_last = ~np.isnan(end_ms), np.diff(whose, append=-1) != 0
    lasted_ms = np.where(ended, end_ms - start_ms, 0).astype(np.int64)
    counts = ended & ~(is_last & cut_off[whose])
    spans = Spans(at, whose, state, start_ms, lasted_ms, ended, counts, _sent_on(state, at["service"], is_last))
    spans = spans.only(state != NO_SHOW)
    _charge_queues(spans)
    return spans


def _sent_on(state: Ints, service: Ints, is_last: Flags) -> Flags:
    """After which spans a visitor was sent on: to another service, or from being served to another counter."""
    follows = ~is_last & (np.roll(state, -1) == WAITING)
    elsewhere = ((state == WAITING) | (state == CALLED)) & (np.roll(service, -1) != service)
    sent: Flags = follows & ((state == SERVING) | elsewhere)
    return sent


def _charge_queues(spans: Spans) -> None:
    """A queue has no counter: its waiting is charged to the counter that then called the visitor, if one did."""
    counter, officer = spans.place["counter"], spans.place["officer"]
    officer[counter == 0] = 0
    queued = np.flatnonzero((spans.state[:-1] == WAITING) & (counter[:-1] == 0))
    called = queued[(spans.whose[queued + 1] == spans.whose[queued]) & (spans.state[queued + 1] != WAITING)]
    counter[called], officer[called] = counter[called + 1], officer[called + 1]
