"""Waiting times from the log of spans, by agency or service.

`issued` counts tickets by the day they were issued; every ticket has one outcome, so that
issued = served + no_show + cancelled + expired + closed_by_day + open. `wait` is all waiting of
tickets that were called at least once, `service` all serving of those served; percentiles are
nearest-rank, `within_target` is the share of called tickets whose first wait was within the
service's target. `persons_served` counts the visitors of the served tickets (a family of four is
one ticket), `results` what their officers told at the end, by the id of the service's outcome.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from statistics import fmean
from typing import Any

from server.domain.hall import Hall
from server.domain.tickets import State, Ticket
from server.domain.waiting import percentile
from server.store import Reader, Span

GROUPINGS = ("agency", "service")
OUTCOMES = ("served", "no_show", "cancelled", "expired", "closed_by_day", "open")
COLUMNS = (
    "key", "issued", *OUTCOMES, "wait_mean", "wait_median", "wait_p90", "wait_max",
    "service_mean", "service_median", "service_p90", "within_target", "persons_served",
)  # fmt: skip


@dataclass(slots=True)
class Group:
    """What is gathered of one agency or service; durations in seconds."""

    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    waits: list[float] = field(default_factory=list)
    services: list[float] = field(default_factory=list)
    first_waits: int = 0
    within: int = 0
    persons_served: int = 0
    results: dict[str, int] = field(default_factory=dict)


def waiting_report(reader: Reader, hall: Hall, first_day: str, last_day: str, by: str) -> list[dict[str, Any]]:
    """The rows of the report over business days, both included, in the order of the catalogue."""
    groups: dict[str, Group] = {}
    for ticket, spans in reader.spans(first_day, last_day):
        _gather(groups, hall, ticket, spans, by)
    order = {key: place for place, key in enumerate(hall.agency if by == "agency" else hall.services)}
    return [_row(key, groups[key]) for key in sorted(groups, key=lambda key: (order.get(key, len(order)), key))]


def _gather(groups: dict[str, Group], hall: Hall, ticket: Ticket, spans: Sequence[Span], by: str) -> None:
    whose: Callable[[Ticket | Span], str] = attrgetter(by)
    own = groups.setdefault(whose(ticket), Group())
    own.outcomes[outcome_of(ticket)] += 1
    if outcome_of(ticket) == "served":
        own.persons_served += ticket.party_size
        if ticket.outcome is not None:
            own.results[ticket.outcome] = own.results.get(ticket.outcome, 0) + 1
    called = any(span.state in ("called", "serving") for span in spans)
    # Sums by whoever the span belongs to: after a transfer each is charged with its own.
    waits, services = _sums(spans, "waiting", whose), _sums(spans, "serving", whose)
    if called:
        for key, seconds in waits.items():
            groups.setdefault(key, Group()).waits.append(seconds)
    if ticket.state is State.FINISHED:
        for key, seconds in services.items():
            groups.setdefault(key, Group()).services.append(seconds)
    first = next((span for span in spans if span.state in ("called", "serving")), None)
    # Who was served without a ticket never waited for a first call.
    if first is not None and first.service in hall.services and ticket.source != "direct":
        group = groups.setdefault(whose(first), Group())
        group.first_waits += 1
        target_ms = hall.services[first.service].target_wait_minutes * 60_000
        group.within += first.start_ms - ticket.issued_ms <= target_ms


def _sums(spans: Iterable[Span], state: str, whose: Callable[[Ticket | Span], str]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for span in spans:
        if span.state == state and span.end_ms is not None:
            key = whose(span)
            sums[key] = sums.get(key, 0.0) + (span.end_ms - span.start_ms) / 1000
    return sums


def outcome_of(ticket: Ticket) -> str:
    """The one outcome of a ticket, or `open` while its life goes on."""
    if ticket.state is State.FINISHED:
        return "closed_by_day" if ticket.closed_by_day else "served"
    if ticket.state in (State.NO_SHOW, State.CANCELLED, State.EXPIRED):
        return ticket.state.value
    return "open"


def _row(key: str, group: Group) -> dict[str, Any]:
    waits, services = sorted(group.waits), sorted(group.services)
    return {
        "key": key,
        "issued": sum(group.outcomes.values()),
        **group.outcomes,
        "wait": {**_figures(waits), "max": _rounded(waits[-1] if waits else None)},
        "service": _figures(services),
        "within_target": round(group.within / group.first_waits, 4) if group.first_waits else None,
        "persons_served": group.persons_served,
        "results": dict(sorted(group.results.items())),
    }


def _figures(ordered: Sequence[float]) -> dict[str, float | None]:
    return {
        "mean": _rounded(fmean(ordered) if ordered else None),
        "median": _rounded(percentile(ordered, 0.5)),
        "p90": _rounded(percentile(ordered, 0.9)),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the nested figures as columns, `wait_mean`; without the results, which differ by service."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if name == "results":
            continue
        if isinstance(value, dict):
            out.update({f"{name}_{figure}": number for figure, number in value.items()})
        else:
            out[name] = value
    return out


def to_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The report as CSV, one header line; figures that do not exist are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat(row) for row in rows)
    return out.getvalue()
