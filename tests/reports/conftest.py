"""A hall of past days."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queue.house import IN_MEMORY, QueueHall


@pytest.fixture
def queue() -> Iterator[QueueHall]:
    """The hall of the queue's tests, in Jayapura, on 2 March 2026."""
    with tempfile.TemporaryDirectory(prefix="antrean-", dir=IN_MEMORY) as folder, QueueHall(Path(folder)) as found:
        yield found
