"""Copies of a database that is in use: by hand, and every day."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server import supervisor
from server.config import load
from server.store.backup import check, daily
from server.supervisor import DailyBackup
from tests.durability.folders import Folder, contents, make_folder, roomy, rows
from tests.harness import Client, RunningHall, wait_until, write_config

DAY = date(2026, 11, 22)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_backup_under_load_is_one_moment_of_the_log(tmp_path: Path) -> None:
    hall = RunningHall(
        tmp_path, write_config(tmp_path / "config.toml", roomy()), environ={"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0"}
    )
    hall.start()
    stop, issued = threading.Event(), list[int]()

    def press() -> None:
        client = Client(hall.url, hall.token("kiosk", "kiosk-1"))
        while not stop.is_set():
            issued.append(client.do("/tickets", {"services": ["one"]})["tickets"][0]["id"])

    hall.token("kiosk", "kiosk-1")
    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(2):
            copy = tmp_path / f"copy-{number}.db"
            wait_until(lambda: len(issued) > 20, what="a crowd")
            before = list(issued)
            made = hall.antrean("backup", str(copy))
            assert made.returncode == 0, made.stderr
            more = len(before)
            wait_until(lambda more=more: len(issued) > more, what="the hall going on")
            check(copy)
            assert mode(copy) == 0o600
            assert set(before) <= {id for (id,) in rows(copy, "SELECT id FROM tickets")}, "answered before the backup"
            log = rows(copy, "SELECT * FROM events ORDER BY seq")
            live = rows(hall.data / "antrean.db", "SELECT * FROM events ORDER BY seq")
            assert log == live[: len(log)]
        again = hall.antrean("backup", str(tmp_path / "copy-0.db"))
        assert (again.returncode, "is there already" in again.stderr) == (1, True)
        check(tmp_path / "copy-0.db")
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
        hall.kill()
    assert not list(tmp_path.glob("*.part"))


def test_a_copy_has_all_that_the_database_has(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, tickets=5)
    copy = tmp_path / "copy.db"
    assert folder.antrean("backup", str(copy)).exit_code == 0
    assert contents(copy) == contents(folder.database)
    assert rows(copy, "PRAGMA application_id") == rows(folder.database, "PRAGMA application_id")


def test_what_an_aborted_backup_left_is_no_hindrance(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, tickets=1)
    (tmp_path / "copy.db.part").write_bytes(b"half")
    assert folder.antrean("backup", str(tmp_path / "copy.db")).exit_code == 0
    check(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db.part").exists()


def test_a_backup_that_cannot_be_made_fails_in_words(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, tickets=1)
    nowhere = folder.antrean("backup", str(tmp_path / "no" / "such" / "folder.db"))
    assert (nowhere.exit_code, "no backup was made" in nowhere.stderr) == (1, True)
    folder.database.unlink()
    nothing = folder.antrean("backup", str(tmp_path / "copy.db"))
    assert (nothing.exit_code, "there is no database" in nothing.stderr) == (1, True)
    assert not (tmp_path / "copy.db").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path / "hall", tickets=2)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_days_copy_goes_to_both_disks_once_and_is_nobody_elses_to_read(folder: Folder, tmp_path: Path) -> None:
    first, second = tmp_path / "backups", tmp_path / "usb"
    second.mkdir()
    written = daily(folder.database, first, second, DAY, keep_days=3)
    assert written == [first / "antrean-2026-11-22.db", second / "antrean-2026-11-22.db"]
    for path in written:
        check(path)
        assert mode(path) == 0o600
    folder.issue(1)
    assert daily(folder.database, first, second, DAY, keep_days=3) == [], "once a day"


def test_a_second_disk_that_is_missing_does_not_spoil_the_first_copy(folder: Folder, tmp_path: Path) -> None:
    first, second = tmp_path / "backups", tmp_path / "not mounted" / "antrean"
    with pytest.raises(OSError, match="is its disk mounted"):
        daily(folder.database, first, second, DAY, keep_days=3)
    check(first / "antrean-2026-11-22.db")
    assert not second.parent.exists(), "no folder is made where the disk should be"
    second.mkdir(parents=True)
    assert daily(folder.database, first, second, DAY, keep_days=3) == [second / "antrean-2026-11-22.db"]


def test_copies_that_are_too_old_go_and_nothing_else_does(folder: Folder, tmp_path: Path) -> None:
    first, second = tmp_path / "backups", tmp_path / "usb"
    second.mkdir()
    for n in range(6):
        daily(folder.database, first, second, DAY + timedelta(days=n), keep_days=3)
        (first / "antrean-before-holiday.db").touch()
    kept = [f"antrean-2026-11-{day}.db" for day in (25, 26, 27)]
    assert names(first) == [*kept, "antrean-before-holiday.db"]
    assert names(second) == kept


def test_a_clock_that_is_wrong_by_years_does_not_take_all_copies(folder: Folder, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    for n in range(3):
        daily(folder.database, backups, None, DAY + timedelta(days=n), keep_days=3)
    daily(folder.database, backups, None, date(2099, 1, 1), keep_days=3)
    assert names(backups) == [f"antrean-{day}.db" for day in ("2026-11-23", "2026-11-24", "2099-01-01")]
    daily(folder.database, backups, None, DAY + timedelta(days=3), keep_days=3)
    assert "antrean-2026-11-25.db" in names(backups), "and the next true one is not the oldest of all"


@pytest.mark.parametrize(("at", "due"), [("09:59", True), ("10:00", True), ("10:01", False), ("23:59", False)])
def test_the_days_copy_is_due_from_the_set_time_on_by_the_halls_clock(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, at: str, due: bool
) -> None:
    class TenInJayapura(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> TenInJayapura:
            return cls(2026, 11, 22, 1, 0, 30, tzinfo=UTC).astimezone(tz)

    started: list[str] = []

    def fork(main: Callable[[], None], name: str) -> int:
        started.append(name)
        return 4711

    monkeypatch.setattr(supervisor, "datetime", TenInJayapura)
    monkeypatch.setattr(supervisor, "fork", fork)
    settings = load(folder.config, {"ANTREAN_BACKUP_AT": at, "ANTREAN_HALL_TIMEZONE": "Asia/Jayapura"})
    backup = DailyBackup(settings, folder.path)
    backup.start_if_due()
    assert bool(started) == due
    backup.ended(4711, 0)
    backup.start_if_due()
    assert len(started) == due, "once a day"


def test_a_running_hall_makes_the_days_copy_at_the_set_time_and_says_when_it_could_not(tmp_path: Path) -> None:
    hall = RunningHall(
        tmp_path, write_config(tmp_path / "config.toml", roomy()),
        environ={"ANTREAN_BACKUP_AT": "00:00", "ANTREAN_BACKUP_SECOND_FOLDER": str(tmp_path / "usb")},
    )  # fmt: skip
    hall.start()
    try:
        today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
        copy = hall.data / "backups" / f"antrean-{today}.db"
        wait_until(copy.exists, what="the day's copy")
        check(copy)
        assert rows(copy, "SELECT kind FROM events") == [("hall.changed",)]
        wait_until(lambda: "the daily backup failed (exit code 1)" in hall.log(), what="words about the second disk")
        assert "is its disk mounted?" in hall.log()
    finally:
        assert hall.stop() == 0
