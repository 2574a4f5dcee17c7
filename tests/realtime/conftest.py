"""Halls and screens that are let go of after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.api.wide_hall import empty
from tests.harness import RunningHall
from tests.realtime.busy_hall import busy_hall
from tests.realtime.screens import Screen, connect

Connect = Callable[..., Screen]


@pytest.fixture(scope="package")
def one_busy_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A wide hall for all tests of this folder."""
    running = busy_hall(tmp_path_factory.mktemp("busy"))
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


@pytest.fixture
def live_hall(one_busy_hall: RunningHall) -> RunningHall:
    """The wide hall with nobody in it."""
    empty(one_busy_hall)
    return one_busy_hall


@pytest.fixture
def listen() -> Iterator[Connect]:
    """Connects screens, and hangs up at the end."""
    opened: list[Screen] = []

    def listening(*args: object, **more: object) -> Screen:
        opened.append(connect(*args, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield listening
    for screen in opened:
        screen.close()
