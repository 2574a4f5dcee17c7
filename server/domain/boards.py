"""What a board is about: whose calls it shows, and whose waiting."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.domain.hall import Display, Hall


@dataclass(frozen=True, slots=True)
class Scope:
    """A board shows the calls of `agencies` and at `counters`, and who waits for `services`; all are ids."""

    agencies: frozenset[str]
    counters: frozenset[str]
    services: frozenset[str]

    def shows(self, agency: str, counter: str | None) -> bool:
        """Whether a call of an agency to a counter stands on the board."""
        return agency in self.agencies or counter in self.counters

    def concerns(self, agencies: Set[str], counter: str | None, services: Set[str]) -> bool:
        """Whether something that happened changes what the board shows."""
        return counter in self.counters or bool(agencies & self.agencies or services & self.services)


def scope_of(hall: Hall, display: Display) -> Scope:
    """The scope of a board: that of its layout's agency or counter, else that of its zones."""
    layout = hall.layout.get(display.layout)
    about = layout.about if layout else "zones"
    if about == "counter" and display.counter in hall.counter:
        return Scope(frozenset(), frozenset((display.counter,)), frozenset(hall.counter[display.counter].services))
    if about == "agency" and display.agency in hall.agency:
        own = hall.agency[display.agency].services
        return Scope(frozenset((display.agency,)), frozenset(), frozenset(service.id for service in own))
    agencies = [agency for agency in hall.agencies if agency.zone in display.zones]
    return Scope(
        frozenset(agency.id for agency in agencies),
        frozenset(counter.id for counter in hall.counters if counter.zone in display.zones),
        frozenset(service.id for agency in agencies for service in agency.services),
    )
