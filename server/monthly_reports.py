"""The monthly reports in their folder: a PDF and a workbook for each month that is over, each made once."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

from server.domain.rollups import month_of
from server.house import House

DONE = "monthly_report"
"""The key under which the store keeps the last month whose reports were written."""
MOST_BACK = 12


def write_missing(house: House, today: str) -> list[Path]:
    """Write the reports of months that are over and have none yet, the oldest first; what was written.

    The first time only last month's; after that every month since the last one, also those over which the server
    was off. A file is there whole or not at all; a month counts as done only when its files are there.
    Raises OSError when the folder cannot be written to.
    """
    if not house.settings.reports.monthly:
        return []
    written: list[Path] = []
    with house.store.read() as reader:
        done = reader.meta(DONE)
    for month in _due(done, today):
        now_ms = house.store.now_ms()
        files = house.reckoner.ask("monthly_files", month=month, today=today, now_ms=now_ms)
        for name, content in files.items():
            written.append(_put(_folder(house) / name, content))
        house.store.write(lambda tx, month=month: tx.set_meta(DONE, month))  # type: ignore[misc]
    return written


def _due(done: str | None, today: str) -> list[str]:
    last = month_of((date.fromisoformat(f"{month_of(today)}-01") - timedelta(days=1)).isoformat())
    months = [last]
    while done is not None and months[0] > done and len(months) <= MOST_BACK:
        months.insert(0, month_of((date.fromisoformat(f"{months[0]}-01") - timedelta(days=1)).isoformat()))
    return [month for month in months if done is None or month > done]


def _folder(house: House) -> Path:
    named = house.settings.reports.folder
    return Path(named) if named else house.folder / "reports"


def _put(path: Path, content: bytes) -> Path:
    """Write a file so that it is whole or not there, whatever happens in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
