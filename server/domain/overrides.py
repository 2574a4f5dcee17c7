"""A supervisor's word that goes before the hours: a service or a whole agency closed or opened for today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.hall import Hall, Text

CLOSED, OPEN = "closed", "open"
SERVICE, AGENCY = "service", "agency"


@dataclass(frozen=True, slots=True)
class Override:
    """What was said of a service or agency (`kind`, `id`): `state` is closed or open, until `until_ms` of `day`."""

    kind: str
    id: str
    state: str
    reason: Text | None
    day: str
    since_ms: int
    until_ms: int
    by: str


class Overrides:
    """Those in force at one moment. A service's own goes before its agency's."""

    def __init__(self, hall: Hall, found: Iterable[Override], now_ms: int) -> None:
        self._hall, self._day, self._now_ms = hall, hall.day(now_ms), now_ms
        self._known = {(each.kind, each.id): each for each in found if self.holds(each)}

    def holds(self, override: Override) -> bool:
        """Whether an override is in force: on its own day, before its end, and of something that the hall still has."""
        known = self._hall.services if override.kind == SERVICE else self._hall.agency
        return override.id in known and override.day == self._day and self._now_ms < override.until_ms

    def of_service(self, service: str) -> Override | None:
        """What was said of a service, or of its agency."""
        if not self._known:
            return None
        return self._known.get((SERVICE, service)) or self.of_agency(self._hall.agency_of[service].id)

    def of_agency(self, agency: str) -> Override | None:
        """What was said of a whole agency."""
        return self._known.get((AGENCY, agency))

    def next_end(self) -> int | None:
        """When the first of them ends by itself; None where there is none."""
        return min((each.until_ms for each in self._known.values()), default=None)
