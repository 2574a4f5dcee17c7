"""The hall of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queue.house import QueueHall


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    """A hall in Jayapura on a Monday morning, always open."""
    with QueueHall(tmp_path) as found:
        yield found
