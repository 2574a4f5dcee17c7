"""How counters were used in each hour of a day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from server.domain.hall import Hall
from server.reports.columns import CALLED, SERVING, Columns, Ints, columns_of
from server.reports.day import HOUR_MS, bounds_ms
from server.reports.gathering import SERVED
from server.store import Opening, Reader


def used_by_hour(reader: Reader, hall: Hall, day: str, now_ms: int) -> dict[str, list[int]]:
    """By hour, `08`: ms open, paused, with somebody called and serving, and how many were served; hours of use only.

    All of a stretch that falls into an hour is of that hour. When the clocks are set back an hour comes twice and is
    told as one.
    """
    start_ms, end_ms = bounds_ms(hall, day)
    edges = np.append(np.arange(start_ms, end_ms, HOUR_MS), end_ms)
    until_ms = max(start_ms, min(end_ms, now_ms))
    openings = reader.openings(start_ms, until_ms)
    columns = columns_of(reader.lives(day))
    used = [
        *(_opened(edges, until_ms, [one for one in openings if one.state == state]) for state in ("open", "paused")),
        *(_busy(edges, columns, state) for state in (CALLED, SERVING)),
        _served(edges, columns),
    ]
    found: dict[str, list[int]] = {}
    for place, sums in enumerate(zip(*(column.tolist() for column in used), strict=True)):
        if any(sums):
            hour = f"{hall.local(int(edges[place])).hour:02d}"
            found[hour] = [before + more for before, more in zip(found.get(hour, [0] * 5), sums, strict=True)]
    return found


def _opened(edges: Ints, until_ms: int, openings: Iterable[Opening]) -> Ints:
    starts = [opening.start_ms for opening in openings]
    ends = [until_ms if opening.end_ms is None else min(opening.end_ms, until_ms) for opening in openings]
    return _spread(edges, np.array(starts, np.int64), np.array(ends, np.int64))


def _busy(edges: Ints, columns: Columns, state: int) -> Ints:
    spans = columns.spans
    which = spans.counts & (spans.place["counter"] > 0) & (spans.state == state)
    return _spread(edges, spans.start_ms[which], (spans.start_ms + spans.lasted_ms)[which])


def _served(edges: Ints, columns: Columns) -> Ints:
    tickets = columns.tickets
    which = (tickets.outcome == SERVED) & (tickets.place["counter"] > 0)
    return np.histogram(tickets.since_ms[which], edges)[0].astype(np.int64)


def _spread(edges: Ints, start_ms: Ints, end_ms: Ints) -> Ints:
    """How much of all stretches together falls between each two edges."""
    begins = np.maximum(start_ms[:, None], edges[None, :-1])
    ends = np.minimum(end_ms[:, None], edges[None, 1:])
    return np.maximum(0, ends - begins).sum(axis=0)  # type: ignore[no-any-return]
