"""The satisfaction report (SKM): index and class by agency or service, respondents against the sample needed.

A survey belongs to the day, the service and the agency of the ticket it is about; the population is who was served in
the same days. All figures are those of `server.domain.satisfaction`; means are told with three decimals, the index
with two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from server.domain.hall import Hall
from server.domain.satisfaction import (
    ELEMENTS,
    RESPONDENT,
    Tally,
    index,
    lowest,
    quality,
    rounded,
    sample_size,
    weighted,
)
from server.store import Reader

GROUPINGS = ("agency", "service", "all")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: days of the hall, both included, and perhaps one agency or one service of it."""

    first_day: str
    last_day: str
    agency: str | None = None
    service: str | None = None

    def holds(self, agency: str, service: str) -> bool:
        """Whether the surveys of a service belong to it."""
        return self.agency in (None, agency) and self.service in (None, service)


@dataclass(slots=True)
class _Group:
    tally: Tally = field(default_factory=Tally)
    served: int = 0


def satisfaction_report(reader: Reader, hall: Hall, scope: Scope, by: str, weight: str) -> dict[str, Any]:
    """The report: `total` over the whole scope, `rows` by group in the order of the catalogue, `respondents`."""
    groups: dict[str, _Group] = {}
    for (agency, service), tally in reader.survey_tallies(scope.first_day, scope.last_day).items():
        if scope.holds(agency, service):
            group = groups.setdefault(_key(agency, service, by), _Group())
            group.tally += tally
    for (agency, service), served in reader.served_between(scope.first_day, scope.last_day).items():
        if scope.holds(agency, service):
            groups.setdefault(_key(agency, service, by), _Group()).served += served
    order = {key: place for place, key in enumerate(hall.agency if by == "agency" else hall.services)}
    keys = sorted(groups, key=lambda key: (order.get(key, len(order)), key))
    whole = sum((group.tally for group in groups.values()), Tally())
    return {
        "from": scope.first_day,
        "to": scope.last_day,
        "agency": scope.agency,
        "service": scope.service,
        "by": by,
        "weight": weight,
        "total": figures(whole, sum(group.served for group in groups.values()), weight),
        "rows": [{"key": key, **figures(groups[key].tally, groups[key].served, weight)} for key in keys],
        "respondents": respondent_table(reader, scope, whole.respondents),
    }


def _key(agency: str, service: str, by: str) -> str:
    return {"agency": agency, "service": service, ALL: ALL}[by]


def figures(tally: Tally, served: int, weight: str) -> dict[str, Any]:
    """The figures of one group; what cannot be reckoned yet is None."""
    found = index(tally, weight)
    needed = sample_size(served)
    return {
        "respondents": tally.respondents,
        "index": _number(found),
        "class": None if found is None else quality(found),
        "elements": [
            {
                "id": name,
                "answers": count,
                "sum": total,
                "nrr": _number(None if mean is None else rounded(mean, 3)),
                "weighted": _number(None if mean is None else rounded(weighted(mean, weight), 3)),
            }
            for name, count, total, mean in zip(ELEMENTS, tally.counts, tally.sums, tally.means(), strict=True)
        ],
        "lowest": lowest(tally),
        "sample": {"population": served, "needed": needed, "reached": tally.respondents >= needed > 0},
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def respondent_table(reader: Reader, scope: Scope, everyone: int) -> dict[str, dict[str, int]]:
    """How many of `everyone` told each choice of the form, by its fields; `unsaid` are those who told nothing there."""
    found = {name: dict.fromkeys(choices, 0) for name, choices in RESPONDENT.items()}
    for agency, service, told, count in reader.respondents(scope.first_day, scope.last_day):
        if scope.holds(agency, service):
            for name, value in told.items():
                if value is not None:
                    found[name][value] += count
    return {name: {**counts, "unsaid": everyone - sum(counts.values())} for name, counts in found.items()}
