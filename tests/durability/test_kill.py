"""`kill -9` under load: every answered command is there, no number twice, and a repeat gets the first answer."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.store import chain
from server.store.lock import FolderLock, Locked
from server.store.sqlite import DATABASE, connect
from tests.durability.crowd import Crowd, Press
from tests.durability.folders import roomy, rows
from tests.harness import RunningHall, wait_until, write_config

VICTIMS = ("all", "worker", "all", "supervisor", "web server")
"""Who is killed, round by round: all at once (a power cut), or one of them.

The worker is the web server's child: when that is killed, the worker serves on for up to a second beside its successor.
"""


def children(pid: int) -> list[int]:
    """The children of a process (of its main thread)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process runs; one that is only waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter: gone between opening and reading
        return False


def is_free(folder: Path) -> bool:
    try:
        FolderLock(folder).release()
    except Locked:
        return False
    return True


class KilledHall:
    """A hall that is killed again and again, and the ledger of all that it was ever told."""

    def __init__(self, folder: Path) -> None:
        self.hall = RunningHall(
            folder,
            write_config(folder / "config.toml", roomy()),
            environ={"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0"},
        )
        self.hall.start()
        self.presses: list[Press] = []

    @property
    def database(self) -> Path:
        return self.hall.data / DATABASE

    def round(self, victim: str, luck: random.Random) -> None:
        """Load it, kill it, start it, and compare it with what was answered."""
        crowd, wanted = Crowd(self.hall), luck.randint(10, 60)
        wait_until(lambda: crowd.answered >= wanted, 60, "so many answers")
        if victim == "all":
            self.hall.kill()
        else:
            self.kill_one(victim)
            wait_until(lambda: crowd.gone() or crowd.answered > wanted + 20, 60, "an end, or life beside it")
        presses = crowd.leave()
        if victim in ("all", "supervisor"):
            wait_until(lambda: is_free(self.hall.data), what="all its children gone")
            self.hall.start()
        else:
            wait_until(self.hall._ready, 60, "a new worker")
        self.presses += presses
        self.compare(presses)

    def kill_one(self, victim: str) -> None:
        """kill -9 of one process; returns when it is gone."""
        process = self.hall.process
        assert process is not None
        web = next(child for child in children(process.pid) if children(child))
        (worker,) = children(web)
        pid = {"worker": worker, "web server": web, "supervisor": process.pid}[victim]
        os.kill(pid, signal.SIGKILL)
        if victim == "supervisor":
            process.wait(20)
        wait_until(lambda: not alive(pid), what=f"the {victim} gone")
        if victim != "supervisor":
            wait_until(lambda: not alive(worker), what="its worker gone")
            wait_until(lambda: any(children(child) for child in children(process.pid)), what="its successor")

    def compare(self, presses: list[Press]) -> None:
        """The round's answered presses are there; the others are pressed again, and count once."""
        answered = [press for press in presses if press.answer is not None]
        there = dict(rows(self.database, "SELECT id, number FROM tickets"))
        for press in answered:
            for ticket in press.tickets():
                assert there.get(ticket["id"]) == ticket["number"], "answered, and not on disk"
        self.numbers_are_whole()
        for press in answered[-15:]:
            again = press.send(self.hall)
            assert press.answer is not None
            assert (again.status, again.body) == (press.answer.status, press.answer.body), press.path
        for press in presses:
            if press.answer is None:
                press.answer = press.send(self.hall)
                assert press.answer.status in (200, 201, 409), press.answer.body
        with closing(connect(self.database, readonly=True)) as connection:
            assert chain.verify(connection) is None

    def numbers_are_whole(self) -> None:
        """Each sequence counts from one without a gap and without a number twice."""
        found = rows(self.database, "SELECT day, sequence, number, ordinal FROM tickets ORDER BY id")
        twice = [number for number, count in Counter((row[0], row[2]) for row in found).items() if count > 1]
        assert twice == []
        for day, sequence in {(row[0], row[1]) for row in found}:
            counted = [row[3] for row in found if (row[0], row[1]) == (day, sequence)]
            assert counted == list(range(1, len(counted) + 1)), (day, sequence)

    def every_press_counted_once(self) -> None:
        """All tickets that there are were answered to somebody, once."""
        issued = [ticket["id"] for press in self.presses for ticket in press.tickets()]
        assert sorted(issued) == [id for (id,) in rows(self.database, "SELECT id FROM tickets ORDER BY id")]
        assert len(self.presses) == sum(rows(self.database, "SELECT count(*) FROM idempotency")[0])
        assert rows(self.database, "SELECT count(*) FROM tickets WHERE state = 'finished'")[0][0] > 0


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KilledHall]:
    """One hall for all rounds: what was answered in the first must still be there after the last."""
    killed = KilledHall(tmp_path_factory.mktemp("killed"))
    yield killed
    if killed.hall.process is not None and killed.hall.process.poll() is None:
        killed.hall.kill()


@pytest.mark.parametrize("number", range(20))
def test_what_was_answered_before_a_kill_is_there_after_it(killed: KilledHall, number: int) -> None:
    killed.round(VICTIMS[number % len(VICTIMS)], random.Random(number))


def test_after_all_kills_every_press_counted_once_and_the_log_is_whole(killed: KilledHall) -> None:
    if not killed.presses:
        killed.round("all", random.Random(1))
    killed.every_press_counted_once()
    killed.numbers_are_whole()
    verified: Any = killed.hall.antrean("verify")
    assert verified.returncode == 0, verified.stdout
    assert "Traceback" not in killed.hall.log()


@pytest.mark.soak
def test_many_kills(tmp_path: Path) -> None:
    killed, luck = KilledHall(tmp_path), random.Random()
    try:
        for _ in range(300):
            killed.round(luck.choice(VICTIMS), luck)
        killed.every_press_counted_once()
        assert killed.hall.antrean("verify").returncode == 0
    finally:
        killed.hall.kill()
