"""A group's figures of a day or a month in few bytes, the same bytes for the same figures on every machine.

`facts` are words of 64 bits: hour (5 bits), which fact (5), value (54). `samples` are words of 32 bits: hour (5), which
metric (3), bucket of server.domain.histogram (10), count (14; more than fits makes further words). Little-endian, in
ascending order, none for what is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from server.domain.figures import COUNTED, METRICS, Place
from server.domain.hall import WEEKDAYS

HOURLESS: Final = 31
"""The hour of figures that are not told apart by hours."""
HOURS_OF: Final = ("hall", "agency", "service")
"""The cuts whose days are kept by hours."""
SUMS: Final = len(COUNTED)
MAXIMA: Final = SUMS + len(METRICS)
LONGEST_QUEUE: Final = MAXIMA + len(METRICS)
FACTS: Final = LONGEST_QUEUE + 1
"""How many facts there are: those COUNTED, a sum and a maximum of each metric in milliseconds, the longest queue."""
MOST_IN_A_WORD: Final = (1 << 14) - 1


@dataclass(frozen=True, slots=True)
class Rollup:
    """The figures of a group: whose they are, and what the module's docstring tells.

    `period` is a day, a month, or for the whole hall a month's weekdays, `2026-11 mon`. `results` is JSON: how often
    each outcome of a service was told, by hour; "" for none.
    """

    cut: str
    period: str
    place: Place
    facts: bytes
    samples: bytes
    results: str


def month_of(period: str) -> str:
    """The month of a day, `2026-11`; of a month itself."""
    return period[:7]


def parts_of(period: str) -> tuple[str, ...]:
    """The periods that figures of a day or a month are kept under."""
    if period != month_of(period):
        return (period,)
    return (period, *(f"{period} {weekday}" for weekday in WEEKDAYS))
