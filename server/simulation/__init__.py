"""The demo's life: simulated visitors and officers who use the real API, as programs outside would.

One thread, one connection. Every visitor and officer is a generator (`loop.Play`) that says what it waits for or asks
of the server; the loop takes whoever is due. Only the times between are simulated: the clock is the server's, and what
would take a minute in a hall takes a minute divided by the speed.
"""

from __future__ import annotations

import json
import logging
import random
import time
from pathlib import Path
from typing import Any

from server.house import DEMO_FILE
from server.simulation.cast import Cast
from server.simulation.link import Link
from server.simulation.loop import Loop, RealClock
from server.simulation.opening import open_the_hall
from server.supervisor import ADDRESS_FILE

__all__ = ["simulate"]

log = logging.getLogger("antrean.simulation")

LOOK_EVERY_S = 0.1


def simulate(data: Path, visitors_per_hour: float, speed: float, seed: int | None = None) -> None:
    """Fill the hall of a demo's data folder, for ever: so many visitors an hour, time running `speed` times as fast."""
    url = str(_read_when_there(data / ADDRESS_FILE)["url"])
    cast = Cast.read(_read_when_there(data / DEMO_FILE))
    loop = Loop(RealClock(), Link(url).answer, speed)
    loop.start(open_the_hall(loop, cast, visitors_per_hour, random.Random(seed)))
    loop.run()
    # Whoever is left has nothing more to do: a process that ended would only be started again.
    log.error("the simulated hall has nobody left; start the demo again")
    while True:
        time.sleep(60)


def _read_when_there(path: Path) -> dict[str, Any]:
    """A JSON file that another process writes just now."""
    while True:
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
        except (FileNotFoundError, ValueError):
            time.sleep(LOOK_EVERY_S)
