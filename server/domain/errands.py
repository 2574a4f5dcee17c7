"""The order in which a visitor with several errands is best served.

All of a visit's tickets are issued at once and run in their queues at the same time; only the visitor is one. So an
errand can begin when its queue has come to it, or, where that was while the visitor was elsewhere, as soon as one of
its counters is free: its place was kept. In scheduling's words: one machine, release times, the shortest makespan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

_Done = tuple[float, int, tuple[int, ...]]
"""Some errands done: when the last of them ends, the changes of place between them, their positions in order."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What is known of one errand's queue.

    `wait_seconds` until the queue has come to it, None where nothing honest can be said; `service_seconds` one visitor
    takes at a counter; `counters` serve it now; `place` is where they are: of two orders that take the same time the
    one with less going to and fro is better.
    """

    wait_seconds: float | None
    service_seconds: float = 0.0
    counters: int = 1
    place: str = ""


def best_order(errands: Sequence[Errand], walk_seconds: float) -> list[int]:
    """The positions of `errands` in the order that ends the visit soonest, `walk_seconds` between two of them.

    Exact: an errand that is begun later never ends earlier, so the best order of some errands begins with the best
    order of all of them but its last, and every set of errands is looked at once (2^10 for a visit's most). Among
    equals fewer changes of place come first, then the order given. That order stays as it is where the wait of any
    of the errands is not known.
    """
    given = list(range(len(errands)))
    if any(errand.wait_seconds is None for errand in errands):
        return given
    best: dict[frozenset[int], _Done] = {frozenset(): (0.0, 0, ())}
    for size in range(1, len(errands) + 1):
        for chosen in map(frozenset, combinations(given, size)):
            best[chosen] = min(_after(errands, best[chosen - {last}], last, walk_seconds) for last in sorted(chosen))
    return list(best[frozenset(given)][2])


def visit_seconds(errands: Sequence[Errand], walk_seconds: float) -> float:
    """How long a visit takes whose errands, their waits known, are done in the order given."""
    done: _Done = (0.0, 0, ())
    for position in range(len(errands)):
        done = _after(errands, done, position, walk_seconds)
    return done[0]


def _after(errands: Sequence[Errand], done: _Done, next_one: int, walk_seconds: float) -> _Done:
    """The end, the changes of place and the order when one more errand follows those done."""
    at, changes, order = done
    errand, before = errands[next_one], errands[order[-1]] if order else None
    ready = at + walk_seconds if before else at
    wait = errand.wait_seconds or 0.0
    # Of n counters in the middle of their work the first is free after one (n + 1)th of a visitor, on average.
    begins = wait if ready <= wait else ready + errand.service_seconds / (errand.counters + 1)
    moved = before is not None and before.place != errand.place
    return begins + errand.service_seconds, changes + moved, (*order, next_one)
