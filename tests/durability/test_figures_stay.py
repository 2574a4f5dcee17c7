"""Erasing, archiving and rolling up together: figures made anew are the same bytes, and the log still holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.durability.folders import Folder, rows
from tests.durability.past import folder_with
from tests.durability.test_erasing import erase

DAYS = ["2026-01-05", "2026-01-31", "2026-02-01", "2026-02-28"]
REPORTS = [
    ("report", what, "--from", "2026-01-01", "--to", "2026-12-31", "--by", by, "--format", "csv")
    for what, by in (("waiting", "agency"), ("waiting", "hour_weekday"), ("counters", "counter"))
]


def kept(folder: Folder) -> list[list[tuple[Any, ...]]]:
    """All that rollups wrote."""
    return [
        rows(folder.database, "SELECT * FROM figures ORDER BY cut, period, agency, service, counter, officer"),
        rows(folder.database, "SELECT * FROM counter_days ORDER BY day, counter, officer"),
        rows(folder.database, "SELECT * FROM rolled ORDER BY period"),
    ]


def run(folder: Folder, *arguments: str) -> str:
    said = folder.antrean(*arguments)
    assert said.exit_code == 0, said.output
    return said.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_with(tmp_path, DAYS)


def test_figures_made_anew_after_erasing_and_archiving_are_the_same_bytes(folder: Folder) -> None:
    run(folder, "report", "rebuild")
    before, told = kept(folder), [run(folder, *report) for report in REPORTS]
    assert len(before[0]) > 20 and [period for period, _ in before[2]] == ["2026-01", *DAYS[:2], "2026-02", *DAYS[2:]]
    erase(folder, "2026-03-01 00:00")
    assert kept(folder) == before, "erasing words makes no day forget its figures"
    run(folder, "archive", "--before", "2026-03")
    assert len(os.listdir(folder.path / "archive")) >= 2
    assert rows(folder.database, "SELECT count(*) FROM events WHERE kind = 'counter.changed'") == [(0,)]
    run(folder, "report", "rebuild")
    assert kept(folder) == before
    assert [run(folder, *report) for report in REPORTS] == told
    assert "the log is whole" in run(folder, "verify")
