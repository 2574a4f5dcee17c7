"""The monthly reports in their folder: each once, none forgotten, never half a file; and the task that rolls up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from server.auth import Keys
from server.config import Reports, Settings
from server.domain.errors import DomainError
from server.house import House
from server.limits import Limiter
from server.monthly_reports import write_missing
from server.reckoner import Reckoner
from server.rollups import Rollups
from server.store.threads import NativeThreads
from tests.queue.house import QueueHall


@pytest.fixture
def house(queue: QueueHall, tmp_path: Path) -> Any:
    threads, reckoner = NativeThreads(), Reckoner(queue.path)
    yield House(
        store=queue.store, settings=Settings(queue.hall, reports=Reports(str(tmp_path / "out"), monthly=True)),
        policy=queue.policy, keys=Keys("s", "l", "w"), threads=threads, folder=tmp_path, version="1",
        printing=threads.signal(), limiter=Limiter(), slip_style={}, reckoner=reckoner,
    )  # fmt: skip
    reckoner.close()


def files(house: House) -> list[str]:
    folder = Path(house.settings.reports.folder)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_first_time_only_last_months_report_is_made_and_then_each_month_once(house: House) -> None:
    assert [path.name for path in write_missing(house, "2026-03-02")] == ["antrean-2026-02.pdf", "antrean-2026-02.xlsx"]
    assert write_missing(house, "2026-03-31") == []
    assert Path(house.settings.reports.folder, "antrean-2026-02.pdf").read_bytes()[:5] == b"%PDF-"


def test_after_months_switched_off_none_is_forgotten(house: House) -> None:
    write_missing(house, "2025-12-31")
    written = [path.stem for path in write_missing(house, "2026-03-02") if path.suffix == ".pdf"]
    assert written == ["antrean-2025-12", "antrean-2026-01", "antrean-2026-02"]


def test_a_report_that_somebody_took_away_stays_away(house: House) -> None:
    write_missing(house, "2026-03-02")
    Path(house.settings.reports.folder, "antrean-2026-02.pdf").unlink()
    assert write_missing(house, "2026-03-03") == []


def test_a_cut_in_the_middle_leaves_no_half_file_and_the_next_round_makes_it_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(descriptor: int) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="the power is gone"):
        broken.setattr(os, "fsync", cut)
        write_missing(house, "2026-03-02")
    assert [name for name in files(house) if not name.startswith(".")] == []
    write_missing(house, "2026-03-02")
    assert files(house) == ["antrean-2026-02.pdf", "antrean-2026-02.xlsx"]


def test_a_folder_that_cannot_be_written_to_is_tried_again(house: House) -> None:
    Path(house.settings.reports.folder).write_text("a file where the folder should be")
    with pytest.raises(OSError, match="out"):
        write_missing(house, "2026-03-02")
    Path(house.settings.reports.folder).unlink()
    assert len(write_missing(house, "2026-03-02")) == 2


def test_the_task_rolls_up_the_days_that_are_over_and_then_rests(house: House, queue: QueueHall) -> None:
    queue.ticket("akta")
    queue.clock.pass_by(24 * 3600)
    task = Rollups(house)
    task.round()
    assert queue.sql("SELECT period, done FROM rolled") == [{"period": "2026-03-02", "done": 1}]
    assert files(house) == ["antrean-2026-02.pdf", "antrean-2026-02.xlsx"]
    house.reckoner.close()
    task.round()
    assert house.reckoner._idle == [], "nothing has changed: no process was started to ask"
    queue.close_days()
    assert queue.sql("SELECT period FROM rolled") == []
    task.round()
    assert queue.sql("SELECT period, done FROM rolled") == [{"period": "2026-03-02", "done": 1}]


def test_a_reckoning_process_that_was_killed_is_replaced(house: House) -> None:
    assert house.reckoner.ask("not_rolled_up", today="2026-03-02") == []
    (process,) = house.reckoner._idle
    process.process.kill()
    process.process.wait()
    assert house.reckoner.ask("not_rolled_up", today="2026-03-02") == []


def test_a_question_that_cannot_be_answered_says_why_and_the_next_one_is(house: House) -> None:
    with pytest.raises(DomainError, match="the report could not be made"):
        house.reckoner.ask("monthly", month="none", today="2026-03-02", now_ms=0)
    assert house.reckoner.ask("not_rolled_up", today="2026-03-02") == []
