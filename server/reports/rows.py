"""A report's rows: what stands under which name, in seconds and shares."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from server.domain.figures import COUNTED, METRICS, OUTCOMES, PERSONS, TRANSFERRED, WITHIN

FIGURES = ("mean", "median", "p90", "p95", "max")
SHARES = (0.5, 0.9, 0.95)
"""Which percentiles there are: the median, p90 and p95."""
ABANDONED = ("no_show", "cancelled", "expired")


class Stat(NamedTuple):
    """The durations of one metric, in milliseconds: how many, their sum, the longest, three percentiles."""

    number: int
    sum_ms: int
    max_ms: int
    median_ms: float
    p90_ms: float
    p95_ms: float


NOTHING = Stat(0, 0, 0, 0, 0, 0)


class Figures(NamedTuple):
    """What is known of a group: counts in the order of COUNTED, stats in that of METRICS."""

    counts: Sequence[int]
    stats: Sequence[Stat]
    longest_queue: int
    results: dict[str, int]


COLUMNS = (
    "key", "issued", *OUTCOMES, *(f"wait_{name}" for name in FIGURES), *(f"service_{name}" for name in FIGURES),
    *(f"{metric}_{name}" for metric in METRICS if metric not in ("wait", "service") for name in FIGURES),
    "called", "within_target", "abandonment", "transferred", "longest_queue", "persons_served",
)  # fmt: skip
"""The columns of CSV and XLSX: the names of a row, nested ones joined by `_`."""


def row(key: str, figures: Figures) -> dict[str, Any]:
    """A group's row; durations in seconds, shares from 0 to 1, None for what does not exist."""
    counts = dict(zip(COUNTED, figures.counts, strict=True))
    issued = sum(counts[outcome] for outcome in OUTCOMES)
    stats = dict(zip(METRICS, figures.stats, strict=True))
    called = stats["first_wait"].number
    return {
        "key": key,
        "issued": issued,
        **{outcome: counts[outcome] for outcome in OUTCOMES},
        **{metric: durations(stats[metric]) for metric in ("wait", "service", "first_wait", "walk", "hold", "total")},
        "called": called,
        "within_target": _share(figures.counts[WITHIN], called),
        "abandonment": _share(sum(counts[outcome] for outcome in ABANDONED), issued),
        "transferred": figures.counts[TRANSFERRED],
        "longest_queue": figures.longest_queue,
        "persons_served": figures.counts[PERSONS],
        "results": dict(sorted(figures.results.items())),
    }


def durations(stat: Stat) -> dict[str, float | None]:
    """Mean, percentiles and maximum in seconds."""
    if not stat.number:
        return dict.fromkeys(FIGURES)
    found = (stat.sum_ms / stat.number, stat.median_ms, stat.p90_ms, stat.p95_ms, stat.max_ms)
    return {name: round(value / 1000, 1) for name, value in zip(FIGURES, found, strict=True)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the nested figures as columns, `wait_mean`; without the results, which differ by service."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("results", "previous"):
            continue
        if isinstance(value, dict):
            out.update({f"{name}_{figure}": number for figure, number in value.items()})
        else:
            out[name] = value
    return out


def to_csv(rows: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS, *, bom: bool = False) -> str:
    """Rows as CSV, one header line; figures that do not exist are empty. `bom` is for programs that guess encodings."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in flat(row).items()} for row in rows)
    return ("\ufeff" if bom else "") + out.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
