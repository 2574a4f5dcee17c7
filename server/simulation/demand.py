"""How the visitors spread over the services, and how quickly officers work, so that the hall stays in balance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.simulation.draws import WALK_SECONDS, mean_service_seconds

FREE_COUNTERS = 3
SLOWEST, QUICKEST = 0.7, 0.4
"""The usual service takes between these shares of the target time of its service."""
BETWEEN_SECONDS = 15.0
"""From one visitor's leaving to the next call, about."""
BUSY = 0.75
"""The share of their time for which officers should have somebody at the counter."""
QUIET_LOAD, BUSY_LOAD = 0.5, 0.95
FREE_LOAD = 0.65
"""A free counter draws visitors too, so that whoever sits down there finds people waiting."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter as far as demand goes."""

    id: str
    zone: str
    services: tuple[str, ...]


def free_counters(desks: Sequence[Desk]) -> tuple[str, ...]:
    """The counters to leave to newcomers: three, in a small hall at most half of all.

    Preferred are those whose services others serve too, so that nothing stands still while they are closed, and one in
    each zone.
    """
    chosen: list[Desk] = []
    for _ in range(min(FREE_COUNTERS, len(desks) // 2)):
        left = [desk for desk in desks if desk not in chosen]
        chosen.append(max(left, key=lambda desk: (_covered(desk, left), desk.zone not in {c.zone for c in chosen})))
    return tuple(desk.id for desk in desks if desk in chosen)


def _covered(desk: Desk, left: Sequence[Desk]) -> bool:
    others = {service for other in left if other is not desk for service in other.services}
    return others.issuperset(desk.services)


def weights(desks: Sequence[Desk], free: Collection[str], target_minutes: Mapping[str, int]) -> dict[str, float]:
    """How sought after each service is.

    Every counter draws about what its officer can serve, some more and some less; of a counter's services the first is
    the most sought after, the second half as much.
    """
    found: dict[str, float] = {}
    for at, desk in enumerate(desks):
        # The golden ratio's multiples spread evenly, and the same hall has the same favourites every time.
        spread = at * 0.618 % 1
        load = FREE_LOAD if desk.id in free else QUIET_LOAD + (BUSY_LOAD - QUIET_LOAD) * spread
        ranks = {service: 1 / (rank + 1) for rank, service in enumerate(desk.services)}
        mean_seconds = sum(
            share * handling_seconds(target_minutes[service], (SLOWEST + QUICKEST) / 2)
            for service, share in ranks.items()
        ) / sum(ranks.values())
        for service, share in ranks.items():
            found[service] = found.get(service, 0.0) + load / mean_seconds * share / sum(ranks.values())
    return found


def handling_seconds(target_minutes: int, pace: float) -> float:
    """How long one visitor of a service takes up a counter, in the mean; `pace` as `pace_for` gives it."""
    return mean_service_seconds(target_minutes * 60 * pace) + WALK_SECONDS + BETWEEN_SECONDS


def pace_for(
    weights: Mapping[str, float], target_minutes: Mapping[str, int], officers: int, tickets_per_hour: float
) -> float:
    """The share of its target time that a service usually takes, so that the officers are busy but not swamped."""
    whole = sum(weights.values())
    mean_target_s = sum(weight / whole * target_minutes[service] * 60 for service, weight in weights.items())
    if mean_target_s == 0 or tickets_per_hour == 0:
        return SLOWEST
    seconds_each = BUSY * officers * 3600 / tickets_per_hour - WALK_SECONDS - BETWEEN_SECONDS
    return min(SLOWEST, max(QUICKEST, seconds_each / mean_service_seconds(mean_target_s)))
