"""The simulated hall opens: its officers come to work, its visitors come in."""

from __future__ import annotations

from random import Random

from server.simulation.cast import Cast
from server.simulation.demand import pace_for, weights
from server.simulation.draws import TWO_SERVICES_SHARE
from server.simulation.floor import Floor
from server.simulation.loop import Loop, Pause, Play
from server.simulation.officers import Officer
from server.simulation.visitors import Visitors

LOOK_AROUND_S = 1.0


def open_the_hall(loop: Loop, cast: Cast, visitors_per_hour: float, rng: Random) -> Play[None]:
    """Start everybody's life, and go on looking around."""
    floor = Floor(loop, next(iter(cast.counters.values()), ""), rng)
    while not floor.counters:
        yield from floor.glance()
        if not floor.counters:
            yield Pause(LOOK_AROUND_S)
    desks = [seen.desk for seen in floor.counters.values()]
    staffed = [desk.id for desk in desks if desk.id in cast.counters and desk.id not in cast.free]
    wanted = weights(desks, cast.free, floor.target_minutes)
    floor.pace = pace_for(wanted, floor.target_minutes, len(staffed), visitors_per_hour * (1 + TWO_SERVICES_SHARE))
    for id in staffed:
        loop.start(Officer(loop, floor, rng, id, cast.counters[id], cast.officers[id]).work())
    loop.start(Visitors(loop, floor, cast, rng, wanted, visitors_per_hour).come())
    while True:
        yield Pause(LOOK_AROUND_S)
        yield from floor.glance(LOOK_AROUND_S / 2)
