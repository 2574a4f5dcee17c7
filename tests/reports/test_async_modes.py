"""A report is reckoned in another process whatever the async mode of the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import RunningHall, write_config
from tests.small_hall import small


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_reports_answer_in_every_async_mode(tmp_path: Path, mode: str) -> None:
    config = write_config(tmp_path / "config.toml", small())
    hall = RunningHall(tmp_path, config, environ={"ANTREAN_SERVER_ASYNC_MODE": mode}).start()
    try:
        day = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["tickets"][0]["issued_at"][:10]
        for _ in range(2):
            (row,) = hall.client("supervisor").get(f"/reports/waiting?from={day}&to={day}")["rows"]
            assert row["open"] == 1
    finally:
        assert hall.stop() == 0
