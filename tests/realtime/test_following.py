"""Snapshot and events together are the truth: also after lost messages, and after the server was stopped."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.harness import RunningHall, wait_until
from tests.realtime.busy_hall import bustle
from tests.realtime.screens import BoardFollower, Follower, KioskFollower, PhoneFollower

KIOSKS, COUNTERS = ("kiosk-1", "kiosk-2"), ("1", "2", "7")


@pytest.fixture
def followers(live_hall: RunningHall) -> Iterator[list[Follower]]:
    """Boards, a kiosk, and the phones of two visitors who wait for everything."""
    visits = [live_hall.client("kiosk", "kiosk-3").do("/tickets", {"services": ["one", "three"]}) for _ in range(2)]
    found: list[Follower] = [
        BoardFollower(live_hall, "board-a"),
        BoardFollower(live_hall, "board-b"),
        KioskFollower(live_hall, "kiosk-4"),
        *(PhoneFollower(live_hall, visit["visit"]["code"]) for visit in visits),
    ]
    for follower in found:
        follower.open()
    yield found
    for follower in found:
        follower.close()


def all_show_the_truth(hall: RunningHall, followers: list[Follower]) -> None:
    """In the end; a last event in every queue lets those find out who missed the one before."""
    for service, counter in (("one", "1"), ("three", "7")):
        hall.client("kiosk", "kiosk-3").do("/tickets", {"services": [service]})
        hall.client("counter", counter).post(f"/counters/{counter}/open", {})
        if hall.client("counter", counter).get(f"/counters/{counter}")["current"] is None:
            hall.client("counter", counter).do(f"/counters/{counter}/call-next")
    for follower in followers:
        wait_until(
            lambda f=follower: f.state == f.truth(),
            what=f"{follower.id} to show {follower.truth()}, not {follower.state}",
        )


def test_followers_end_equal_to_the_truth(live_hall: RunningHall, followers: list[Follower]) -> None:
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=15)
    all_show_the_truth(live_hall, followers)
    boards = [follower for follower in followers if isinstance(follower, BoardFollower)]
    assert {follower.repairs for follower in boards} == {1}, "nothing was lost, so one snapshot is enough"
    assert all(len(follower.events()) > 20 for follower in boards)


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_followers_repair_what_they_lose(live_hall: RunningHall, followers: list[Follower], share: float) -> None:
    for number, follower in enumerate(followers):
        chance = random.Random(number)
        follower.loses = lambda name, data, chance=chance: chance.random() < share  # type: ignore[misc]
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=15, seed=2)
    for follower in followers:
        follower.loses = lambda name, data: False
    all_show_the_truth(live_hall, followers)
    assert all(follower.repairs > 1 for follower in followers if isinstance(follower, BoardFollower))


def test_followers_come_back_after_a_restart_and_after_a_crash_and_are_right_again(
    live_hall: RunningHall, followers: list[Follower]
) -> None:
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=5, seed=3)
    epoch = followers[0].heard[0].data["epoch"]
    live_hall.stop()
    for follower in followers:
        follower.wait_for("server.restarting")
    live_hall.start()
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=5, seed=4)
    for follower in followers:
        assert follower.wait_for("hello", count=2).data["epoch"] == epoch
    all_show_the_truth(live_hall, followers)

    live_hall.kill()
    live_hall.start()
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=5, seed=5)
    all_show_the_truth(live_hall, followers)


def test_a_restored_database_is_another_epoch_and_every_screen_starts_over(
    live_hall: RunningHall, followers: list[Follower]
) -> None:
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=2, seed=7)  # all have their tokens before the backup
    backup = live_hall.folder / "before.db"
    assert live_hall.antrean("backup", str(backup)).returncode == 0
    epoch = followers[0].heard[0].data["epoch"]
    bustle(live_hall, kiosks=KIOSKS, counters=COUNTERS, rounds=8, seed=6)
    live_hall.stop()
    restored = live_hall.antrean("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    live_hall.start()
    for follower in followers:
        follower.wait_for("hello", lambda data: data["epoch"] != epoch)
    all_show_the_truth(live_hall, followers)
