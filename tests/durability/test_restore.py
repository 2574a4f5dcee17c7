"""Putting a copy back: exactly its rows, nothing of the old database's log, the old one kept; and never a bad copy."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.store.backup import NotAHall, check, restore
from server.store.sqlite import DATABASE, SqliteStore
from tests.durability.folders import Folder, contents, issue, make_folder, roomy, rows, tampering
from tests.harness import RunningHall, write_config

STAMP = "20261122T120000Z"


def numbers(database: Path) -> list[str]:
    return [number for (number,) in rows(database, "SELECT number FROM tickets ORDER BY id")]


def epoch(database: Path) -> str:
    (found,) = rows(database, "SELECT value FROM meta WHERE key = 'epoch'")
    return str(found[0])


def test_a_restore_over_a_killed_hall_brings_exactly_the_copys_rows(tmp_path: Path) -> None:
    hall = RunningHall(tmp_path, write_config(tmp_path / "config.toml", roomy()))
    hall.start()
    database, copy = hall.data / DATABASE, tmp_path / "copy.db"
    kiosk = hall.client("kiosk", "kiosk-1")
    kiosk.do("/tickets", {"services": ["one"]})
    assert hall.antrean("backup", str(copy)).returncode == 0
    for _ in range(3):
        kiosk.do("/tickets", {"services": ["one"]})
    refused = hall.antrean("restore", str(copy))
    assert (refused.returncode, "is in use by another antrean" in refused.stderr) == (1, True), "while it runs"
    hall.kill()
    wal = Path(f"{database}-wal")
    assert wal.stat().st_size > 0, "a killed hall leaves its log behind"
    before = contents_of_a_copy(database, tmp_path / "seen")

    restored = hall.antrean("restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    (kept,) = hall.data.glob(f"{DATABASE}.before-restore-????????T??????Z")
    assert str(kept) in restored.stderr
    assert contents(database) == contents(copy)
    assert numbers(database) == ["A-001"]
    assert contents(kept) == before
    assert numbers(kept) == ["A-001", "A-002", "A-003", "A-004"]
    assert len({epoch(database), epoch(copy), epoch(kept)}) == 2, "a new epoch for the restored one alone"
    assert epoch(copy) == epoch(kept)
    assert hall.antrean("verify").returncode == 0
    assert not list(hall.data.glob("*.restoring*"))

    hall.start()
    try:
        kiosk = hall.client("kiosk", "kiosk-1")
        snapshot = hall.client("supervisor").get("/displays/board")
        assert snapshot["epoch"] == epoch(database)
        assert kiosk.do("/tickets", {"services": ["one"]})["tickets"][0]["number"] == "A-002"
    finally:
        hall.kill()


def contents_of_a_copy(database: Path, folder: Path) -> list[str]:
    """What a database and its log hold together, without touching either."""
    folder.mkdir()
    for path in database.parent.glob(f"{database.name}*"):
        shutil.copy(path, folder)
    return contents(folder / database.name)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path / "hall", tickets=3)


@pytest.fixture
def copy(folder: Folder, tmp_path: Path) -> Path:
    path = tmp_path / "copy.db"
    assert folder.antrean("backup", str(path)).exit_code == 0
    return path


def _damage(path: Path) -> None:
    """The page on which the tickets begin, as a bad sector would."""
    ((page,),) = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'tickets'")
    data = bytearray(path.read_bytes())
    start = (page - 1) * 4096
    data[start : start + 512] = bytes(512)
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY)")


def _changed(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with tampering(path) as connection:
            connection.execute(sql)

    return change


NEWER = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('antrean', 'm999_later', '')"
BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "there is no file"),
    "empty": (lambda path: path.write_bytes(b""), "is not a database of Antrean"),
    "a text": (lambda path: path.write_text("Selamat pagi\n" * 1000), "is not a database that can be read"),
    "damaged": (_damage, "is damaged"),
    "cut off": (_cut, "is not a database that can be read|is damaged"),
    "of another program": (_other_database, "is not a database of Antrean"),
    "with a broken log": (_changed("UPDATE events SET actor = 'x' WHERE seq = 3"), "does not hold at 3"),
    "with a log cut off": (_changed("DELETE FROM events WHERE seq = 4"), "does not hold at 4"),
    "of a newer program": (_changed(NEWER), "was made by a newer antrean .it has m999_later"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_copy_that_is_no_good_is_refused_in_words_and_nothing_changes(folder: Folder, copy: Path, what: str) -> None:
    spoil, words = BAD[what]
    spoil(copy)
    before = fingerprints(folder.path)
    with pytest.raises(NotAHall, match=words):
        restore(copy, folder.path, STAMP)
    refused = folder.antrean("restore", str(copy))
    assert (refused.exit_code, "nothing was restored" in refused.stderr) == (1, True)
    assert fingerprints(folder.path) == before


def fingerprints(folder: Path) -> dict[str, str]:
    """Every file of a data folder but the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_database_that_cannot_be_read_any_more_is_kept_with_its_log(folder: Folder, copy: Path) -> None:
    folder.database.write_bytes(b"\xff" * 8192)
    Path(f"{folder.database}-wal").write_bytes(b"its log")
    kept = restore(copy, folder.path, STAMP)
    assert kept is not None
    assert kept.read_bytes() == b"\xff" * 8192
    assert Path(f"{kept}-wal").read_bytes() == b"its log"
    assert not Path(f"{folder.database}-wal").exists()
    assert contents(folder.database) == contents(copy)


@pytest.fixture
def fallen(folder: Folder, copy: Path, tmp_path: Path) -> Folder:
    """The folder as a killed server leaves it: of what came after the copy, the newest is in the -wal alone."""
    folder.issue(1)
    store = SqliteStore(folder.database)
    for _ in range(2):
        store.write(issue)
    left = tmp_path / "fallen"
    left.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        shutil.copy(folder.path / name, left)
    assert (left / f"{DATABASE}-wal").stat().st_size > 0
    return Folder(left, folder.config)


def test_a_restore_needs_no_old_database_and_minds_no_log_of_one(fallen: Folder, copy: Path) -> None:
    fallen.database.unlink()
    assert restore(copy, fallen.path, STAMP) is None
    assert contents(fallen.database) == contents(copy)
    assert rows(fallen.database, "PRAGMA integrity_check") == [("ok",)]


def test_what_an_aborted_restore_left_is_no_hindrance(folder: Folder, copy: Path) -> None:
    for leftover in ("restoring", "restoring-wal", "restoring-shm", "restoring.part"):
        (folder.path / f"{DATABASE}.{leftover}").write_bytes(b"half")
    assert restore(copy, folder.path, STAMP) is not None
    assert contents(folder.database) == contents(copy)
    assert not list(folder.path.glob("*restoring*"))


def test_an_earlier_kept_database_is_never_overwritten(folder: Folder, copy: Path) -> None:
    kept = restore(copy, folder.path, STAMP)
    assert kept is not None
    before = kept.read_bytes()
    with pytest.raises(FileExistsError):
        restore(copy, folder.path, STAMP)
    assert kept.read_bytes() == before
    assert restore(kept, folder.path, "20261122T120001Z") is not None, "a kept one can be put back like a copy"


def test_at_every_moment_of_a_restore_there_is_a_whole_database(
    fallen: Folder, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy takes its place in one step: who starts a hall after a power cut finds the old or the new one."""
    old = contents_of_a_copy(fallen.database, tmp_path / "seen")
    assert len(old) > len(contents(copy))
    seen: list[list[str]] = []
    really_replace, really_unlink = os.replace, Path.unlink

    def look() -> None:
        seen.append(contents_of_a_copy(fallen.database, tmp_path / f"seen-{len(seen)}"))

    def replace(source: Path, target: Path) -> None:
        look()
        really_replace(source, target)
        look()

    def unlink(path: Path, missing_ok: bool = False) -> None:
        look()
        really_unlink(path, missing_ok)
        look()

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(Path, "unlink", unlink)
    restore(copy, fallen.path, STAMP)
    assert seen[0] == old
    assert seen[-1] == contents(copy)
    assert all(found in (old, contents(copy)) for found in seen)


def test_a_sound_copy_passes_the_check(copy: Path) -> None:
    seen: list[int] = []
    check(copy, seen.append)
    assert seen == [4]
