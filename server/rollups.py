"""A background task: rolls up the figures of days and months that are over, and makes the monthly reports.

Reckoning is the reckoner's; what it finds is written in small transactions, between the officers' presses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from server.domain.rollups import Rollup
from server.house import House
from server.monthly_reports import write_missing
from server.store import CounterDay, Store

EVERY_S = 20.0
AT_ONCE = 200
"""Rows written in one transaction."""
Reckoned = tuple[list[Rollup], list[CounterDay]]


class Rollups:
    """Each round does what is left to do, day by day."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._settled: tuple[str, int] | None = None

    def run(self) -> None:
        """Keep figures up to date, for ever."""
        while True:
            self._house.threads.sleep(EVERY_S)
            self._house.troubles.attempt("figures", self.round)

    def round(self) -> None:
        """Roll up what is not, then write the monthly reports that are missing."""
        today, known = self._look()
        if (today, known) == self._settled:  # no day has ended since, and none has changed
            return
        reckoner, store = self._house.reckoner, self._house.store
        hold = True
        for period in reckoner.ask("not_rolled_up", today=today):
            hold &= keep(store, period, lambda period=period: reckoner.ask("roll_up", period=period))  # type: ignore[misc]
            self._house.threads.sleep(0)
        if hold:
            write_missing(self._house, today)
            self._settled = self._look()

    def _look(self) -> tuple[str, int]:
        """Today, and how many days and months are rolled up: a change of one of them takes it out."""
        with self._house.store.read() as reader:
            today = self._house.catalogues.hall(reader).day(self._house.store.now_ms())
            return today, len(reader.rolled("", today))


def keep(store: Store, period: str, reckon: Callable[[], Reckoned | None]) -> bool:
    """Reckon and write the figures of a day or month; whether they hold: a ticket may have changed meanwhile."""

    def begin(tx: object) -> None:
        tx.begin_rollup(period)  # type: ignore[attr-defined]
        tx.clear_rollup(period)  # type: ignore[attr-defined]

    store.write(begin)
    reckoned = reckon()
    if reckoned is None:
        return False
    rollups, counters = reckoned
    for some in _chunks(rollups):
        store.write(lambda tx, some=some: tx.add_rollups(some))  # type: ignore[misc]
    store.write(lambda tx: tx.add_counter_days(counters))
    return store.write(lambda tx: tx.end_rollup(period))


def _chunks(rollups: Sequence[Rollup]) -> Iterator[list[Rollup]]:
    rest = iter(rollups)
    while some := list(islice(rest, AT_ONCE)):
        yield some
