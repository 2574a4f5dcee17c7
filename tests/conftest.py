"""Fixtures that every test may use."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import RunningHall, write_config
from tests.small_hall import small

gc.disable()


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: the collector need not walk them again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RunningHall]:
    """A small hall that runs, alone, for one test."""
    running = RunningHall(tmp_path, write_config(tmp_path / "config.toml", small()))
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def shared_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A small hall that runs for all tests of a file, which must not mind each other's tickets."""
    folder = tmp_path_factory.mktemp("hall")
    running = RunningHall(folder, write_config(folder / "config.toml", small()))
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()
