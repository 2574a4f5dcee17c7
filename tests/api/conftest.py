"""One wide hall that runs for all tests of this folder, which must not mind each other's tickets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.wide_hall import QUIET, wide
from tests.harness import RunningHall, write_config


@pytest.fixture(scope="package")
def wide_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """Eight kiosks, eight counters, two of everything else; no rate limits."""
    folder = tmp_path_factory.mktemp("wide")
    running = RunningHall(folder, write_config(folder / "config.toml", wide()), environ=QUIET)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()
