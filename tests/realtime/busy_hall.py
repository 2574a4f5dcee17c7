"""A hall where much happens at once: the wide hall, and visitors and officers who keep it moving."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.api.wide_hall import QUIET, wide
from tests.harness import Client, RunningHall, write_config

SERVICES = ("one", "two", "three")


def busy_hall(folder: Path, **environ: str) -> RunningHall:
    """A wide hall that runs, without limits but those given."""
    return RunningHall(folder, write_config(folder / "config.toml", wide()), environ={**QUIET, **environ}).start()


def bustle(hall: RunningHall, *, kiosks: Sequence[str], counters: Sequence[str], rounds: int, seed: int = 1) -> None:
    """Visitors come at the kiosks and officers work at the counters, each in a thread of their own."""
    desks = {counter: hall.client("counter", counter) for counter in counters}
    doors = {kiosk: hall.client("kiosk", kiosk) for kiosk in kiosks}
    together = threading.Barrier(len(desks) + len(doors))

    def issue(kiosk: str) -> None:
        chance = random.Random(f"{seed} {kiosk}")
        together.wait()
        for _ in range(rounds):
            wish = chance.sample(SERVICES, chance.choice((1, 1, 2)))
            made = doors[kiosk].do("/tickets", {"services": wish})
            if chance.random() < 0.1:
                doors[kiosk].post(f"/tickets/{made['tickets'][0]['id']}/cancel")

    def work(counter: str) -> None:
        chance = random.Random(f"{seed} {counter}")
        together.wait()
        for _ in range(rounds):
            serve(desks[counter], counter, chance)

    with ThreadPoolExecutor(len(desks) + len(doors)) as pool:
        working = [pool.submit(work, counter) for counter in desks] + [pool.submit(issue, kiosk) for kiosk in doors]
        for one in working:
            one.result()


def serve(desk: Client, counter: str, chance: random.Random) -> None:
    """One visitor at a counter, in one of the ways in which that can go."""
    at = f"/counters/{counter}"
    desk.post(f"{at}/no-show", {})  # whoever an earlier round has left there
    if chance.random() < 0.1:
        desk.post(f"{at}/pause", {})
    desk.post(f"{at}/open", {})
    if desk.do(f"{at}/call-next", {})["ticket"] is None:
        return
    way = chance.random()
    if way < 0.3:
        desk.do(f"{at}/recall", {})
    if way < 0.7:
        desk.do(f"{at}/start", {})
        desk.do(f"{at}/finish", {})
        if way < 0.1:
            desk.post(f"{at}/undo", {})
            desk.post(f"{at}/finish", {})
    elif way < 0.85:
        missed = desk.do(f"{at}/no-show", {})["ticket"]["id"]
        desk.post(f"{at}/restore", {"ticket": missed})
    else:
        desk.do(f"{at}/requeue", {})
