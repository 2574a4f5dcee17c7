"""The hall of these tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queue.house import IN_MEMORY, QueueHall


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that goes with the test, in memory where that can be."""
    with tempfile.TemporaryDirectory(prefix="antrean-queue-", dir=IN_MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    """A hall in Jayapura on a Monday morning, always open."""
    with QueueHall(tmp_path) as found:
        yield found
