"""Months of the log in files: nothing lost, nothing twice, one chain with the database; `verify` sees every fault."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.retention import month_of
from server.store import archive, chain
from server.store.backup import check, restore
from server.store.chain import Row
from server.store.changes import Changes
from server.store.lock import FolderLock
from server.store.sqlite import connect
from server.wire import encode
from tests.durability.folders import Folder, Said, rows, tampering
from tests.durability.past import JAKARTA, a_day, a_moment_ago, at, folder_with, whole_log, write_at
from tests.harness import ROOT, RunningHall, wait_until

DAYS = ["2026-01-05", "2026-01-31", "2026-02-01", "2026-02-28", "2026-04-10"]
MONTHS = ["2026-01", "2026-02", "2026-04"]
Event = tuple[Any, ...]


@pytest.fixture(autouse=True)
def words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nothing waits for words to be erased."""
    monkeypatch.setenv("ANTREAN_RETENTION_PERSONAL_DAYS", "0")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder with a past, to be copied."""
    return folder_with(tmp_path_factory.mktemp("past"), DAYS)


@pytest.fixture
def folder(past: Folder, tmp_path: Path) -> Folder:
    return copied(past, tmp_path)


@pytest.fixture(scope="module")
def archived(past: Folder, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder whose past is in archives, to be copied and broken."""
    folder = copied(past, tmp_path_factory.mktemp("archived"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTREAN_RETENTION_PERSONAL_DAYS", "0")
        done(folder)
    return folder


def copied(folder: Folder, where: Path) -> Folder:
    shutil.copytree(folder.path, where / "data")
    shutil.copy(folder.config, where / "config.toml")
    return Folder(where / "data", where / "config.toml")


def done(folder: Folder, before: str = "2026-06") -> Said:
    said = folder.antrean("archive", "--before", before)
    assert said.exit_code == 0, said.output
    return said


def files(folder: Folder) -> list[str]:
    return sorted(path.name for path in (folder.path / "archive").iterdir() if path.name != "lock")


def file_of(folder: Folder, month: str) -> Path:
    return archive.path_of(folder.path / "archive", month)


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as opened:
        return [json.loads(line) for line in opened]


def in_files(folder: Folder) -> list[Event]:
    """The events of the archives that the database notes, as rows, read by other means than the program's."""
    found: list[Event] = []
    for (month,) in rows(folder.database, "SELECT month FROM archives ORDER BY last_seq"):
        for facts in lines(file_of(folder, month))[:-1]:
            hashes = (bytes.fromhex(facts["payload_hash"]), bytes.fromhex(facts["chain"]))
            found.append((facts["seq"], facts["at_ms"], facts["kind"], facts["actor"], facts["payload"], *hashes))
    return found


def parsed(log: list[Event]) -> list[Event]:
    return [(*row[:4], json.loads(row[4] or "null"), *row[5:]) for row in log]


def everything(folder: Folder) -> list[Event]:
    """Every event once: those in archives, then those in the database that are in none."""
    before = in_files(folder)
    through = before[-1][0] if before else 0
    return before + parsed([row for row in whole_log(folder.database) if row[0] > through])  # type: ignore[operator]


def without_notes(log: list[Event]) -> list[Event]:
    return [row for row in log if row[2] != "log.archived"]


def test_whole_months_go_to_files_and_the_log_is_one_chain_with_them(folder: Folder) -> None:
    log = whole_log(folder.database)
    done(folder)
    assert files(folder) == [f"events-{month}.jsonl.gz" for month in MONTHS]
    assert without_notes(everything(folder)) == parsed(log)
    kept = whole_log(folder.database)
    assert [row[2] for row in kept] == ["access.changed", *["log.archived"] * 3]
    told = [json.loads(str(row[4]))["archive"] for row in kept[1:]]
    for month, of_it in zip(MONTHS, told, strict=True):
        path = file_of(folder, month)
        *events, manifest = lines(path)
        raw = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        assert hashlib.sha256(b"".join(raw[:-1])).hexdigest() == manifest["manifest"]["sha256"] == of_it["sha256"]
        assert (of_it["month"], of_it["first"], of_it["last"]) == (month, events[0]["seq"], events[-1]["seq"])
        assert manifest["manifest"]["count"] == len(events)
        assert manifest["manifest"]["chain"] == events[-1]["chain"]
        assert {month_of(event["at_ms"], JAKARTA) for event in events} == {month}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = folder.antrean("verify")
    assert found.stdout == f"the log is whole: {len(log) + 3} events, 3 of its months in archives\n"
    check(folder.database)


def test_only_months_before_the_one_named_go_and_figures_stay(folder: Folder) -> None:
    report = ("report", "waiting", "--from", "2026-01-01", "--to", "2026-12-31", "--format", "json")
    before = folder.antrean(*report).stdout
    done(folder, "2026-02")
    assert files(folder) == ["events-2026-01.jsonl.gz"]
    assert "there is no month" in done(folder, "2026-02").stderr
    assert "events-2026-02" in done(folder, "2026-03").stderr
    assert folder.antrean(*report).stdout == before
    assert folder.antrean("verify").exit_code == 0


def test_the_newest_event_stays_whatever_month_it_is_of(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ["2026-01-05", "2026-01-31"])
    with tampering(folder.database) as connection:
        connection.execute("DELETE FROM events WHERE kind = 'access.changed'")
        connection.execute("UPDATE meta SET value = (SELECT max(seq) FROM events) WHERE key = 'head'")
    assert "there is no month" in done(folder).stderr
    a_moment_ago(folder.database)
    assert "events-2026-01" in done(folder).stderr


def test_a_month_waits_until_words_in_it_are_erased(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTREAN_RETENTION_PERSONAL_DAYS", "30")
    assert "3 months wait until words in them are erased" in done(folder).stderr
    assert files(folder) == []
    hall = RunningHall(folder.path.parent, folder.config)
    hall.start()
    try:
        wait_until(lambda: rows(folder.database, "SELECT 1 FROM events WHERE kind = 'words.erased'"), what="an erasure")
        wait_until(lambda: "wait" not in done(folder).stderr, what="all of them")
    finally:
        assert hall.stop() == 0
    assert len(files(folder)) == 3
    assert folder.antrean("verify").stdout.endswith("3 of its months in archives, words erased in 15\n")


def _rewritten(path: Path, change: Callable[[list[bytes]], object]) -> None:
    """The file anew with other lines, and a manifest that fits them: what a careful forger does."""
    all_lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    events = all_lines[:-1]
    change(events)
    manifest = json.loads(all_lines[-1])["manifest"] | {"sha256": hashlib.sha256(b"".join(events)).hexdigest()}
    path.write_bytes(gzip.compress(b"".join(events) + json.dumps({"manifest": manifest}).encode() + b"\n"))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _swap(path: Path) -> None:
    other = path.with_name("events-2026-01.jsonl.gz")
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def _sql(folder: Folder, sql: str) -> None:
    with tampering(folder.database) as connection:
        connection.execute(sql)


NOTE_OF_FEBRUARY = "UPDATE archives SET {} WHERE month = '2026-02'"
FAULTS: dict[str, tuple[Callable[[Folder, Path], object], Callable[[int, int], range], str]] = {
    "missing": (lambda f, p: p.unlink(), lambda first, last: range(first, first + 1), "it is missing"),
    "empty": (lambda f, p: p.write_bytes(b""), lambda first, last: range(first, first + 1), "it is cut off"),
    "cut off": (lambda f, p: os.truncate(p, p.stat().st_size - 100), lambda first, last: range(first, last + 1),
                "it is damaged"),
    "a byte flipped": (lambda f, p: _flip(p), lambda first, last: range(first, last + 1), ""),
    "swapped with another": (lambda f, p: _swap(p), lambda first, last: range(1, 2), "missing"),
    "an event left out": (
        lambda f, p: _rewritten(p, lambda e: e.pop(4)), lambda first, last: range(first + 4, first + 5), "missing"),
    "the last event left out": (
        lambda f, p: _rewritten(p, lambda e: e.pop()), lambda first, last: range(last, last + 1),
        "it is not the file that was archived"),
    "an event of another ticket": (
        lambda f, p: _rewritten(p, lambda e: e.__setitem__(4, e[4].replace(b'"number":"A-00', b'"number":"A-10'))),
        lambda first, last: range(first + 4, first + 5), "its payload was changed"),
    "an event's actor": (
        lambda f, p: _rewritten(p, lambda e: e.__setitem__(4, e[4].replace(b'"actor":"', b'"actor":"x'))),
        lambda first, last: range(first + 4, first + 5), "it does not follow"),
    "a line that is none": (lambda f, p: _rewritten(p, lambda e: e.insert(4, b"{}\n")),
                            lambda first, last: range(first + 4, first + 5), "a line of it cannot be read"),
    "its note of another file": (lambda f, p: _sql(f, NOTE_OF_FEBRUARY.format("sha256 = '0'")),
                                 lambda first, last: range(first, last + 1), "it is not the file that was archived"),
    "its note of another chain": (lambda f, p: _sql(f, NOTE_OF_FEBRUARY.format("chain = zeroblob(32)")),
                                  lambda first, last: range(first, last + 1), "it is not the file that was archived"),
    "its note gone": (lambda f, p: _sql(f, "DELETE FROM archives WHERE month = '2026-02'"),
                      lambda first, last: range(first, first + 1), "missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_of_an_archive_is_told_with_its_first_bad_number(archived: Folder, tmp_path: Path, what: str) -> None:
    folder = copied(archived, tmp_path)
    ((first, last),) = rows(folder.database, "SELECT first_seq, last_seq FROM archives WHERE month = '2026-02'")
    spoil, where, words = FAULTS[what]
    spoil(folder, file_of(folder, "2026-02"))
    found = folder.antrean("verify")
    assert found.exit_code == 1, found.output
    assert any(f"does not hold at {seq}: " in found.stdout for seq in where(first, last)), found.stdout
    assert words in found.stdout


def test_a_log_that_does_not_hold_is_not_archived(folder: Folder) -> None:
    with tampering(folder.database) as connection:
        connection.execute("UPDATE events SET actor = 'x' WHERE seq = 30")
    log = whole_log(folder.database)
    refused = folder.antrean("archive", "--before", "2026-06")
    assert (refused.exit_code, "the log does not hold at 30" in refused.stderr) == (1, True), refused.output
    assert set(log) <= set(whole_log(folder.database)) | set(log[: rows(
        folder.database, "SELECT coalesce(max(last_seq), 0) FROM archives")[0][0]])  # fmt: skip
    assert not list((folder.path / "archive").glob("*.part"))


def test_a_second_disk_has_the_same_files_and_one_that_is_missing_keeps_all_as_it_is(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, disk = whole_log(folder.database), tmp_path / "usb"
    monkeypatch.setenv("ANTREAN_RETENTION_ARCHIVE_SECOND_FOLDER", str(disk))
    refused = folder.antrean("archive", "--before", "2026-06")
    assert (refused.exit_code, "is its disk mounted?" in refused.stderr) == (1, True)
    assert (whole_log(folder.database), files(folder)) == (log, [])
    disk.mkdir()
    done(folder)
    for month in MONTHS:
        assert archive.path_of(disk, month).read_bytes() == file_of(folder, month).read_bytes()


def test_after_a_restore_the_same_events_make_the_same_files_and_others_overwrite_none(
    folder: Folder, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert folder.antrean("backup", str(copy)).exit_code == 0
    done(folder)
    before = {name: (folder.path / "archive" / name).read_bytes() for name in files(folder)}
    restore(copy, folder.path, "first")
    done(folder, "2026-03")
    assert {name: (folder.path / "archive" / name).read_bytes() for name in files(folder)} == before
    restore(copy, folder.path, "second")
    with tampering(folder.database) as connection:  # a life in which April was another
        connection.execute("DELETE FROM events WHERE at_ms >= ?", (at("2026-04-01 00:00"),))
        connection.execute("UPDATE meta SET value = (SELECT max(seq) FROM events) WHERE key = 'head'")
    write_at(folder.database, at("2026-04-20 10:00"), lambda tx: tx.record("access.changed", "local", {"token": {}}))
    write_at(folder.database, at("2026-11-01 10:00"), lambda tx: tx.record("access.changed", "local", {"user": {}}))
    done(folder)
    april = "events-2026-04.jsonl.gz"
    assert files(folder) == sorted([*before, f"{april}.before-1"])
    assert (folder.path / "archive" / f"{april}.before-1").read_bytes() == before[april]
    assert folder.antrean("verify").exit_code == 0


def test_a_backup_of_after_archiving_holds_and_says_which_files_it_needs(folder: Folder, tmp_path: Path) -> None:
    done(folder, "2026-03")
    copy = tmp_path / "copy.db"
    assert folder.antrean("backup", str(copy)).exit_code == 0
    elsewhere = Folder(tmp_path / "elsewhere", folder.config)
    restored = elsewhere.antrean("restore", str(copy))
    assert restored.exit_code == 0, restored.output
    missing = [line for line in restored.stderr.splitlines() if "is missing: copy it there" in line]
    assert [month in line for month, line in zip(MONTHS, missing, strict=False)] == [True, True]
    broken = elsewhere.antrean("verify")
    assert broken.exit_code == 1
    assert "does not hold at 1: events-2026-01.jsonl.gz: it is missing" in broken.stdout
    shutil.copytree(folder.path / "archive", elsewhere.path / "archive")
    assert elsewhere.antrean("verify").exit_code == 0


def test_a_clock_that_was_wrong_breaks_no_month(tmp_path: Path) -> None:
    """An hour of 2031 in January, then a morning of 2019: each file goes on from the one before, in order."""
    folder = folder_with(tmp_path, [])
    database = folder.database
    with tampering(database) as connection:
        connection.execute("DELETE FROM events")
    accept, change = accepted, lambda tx: tx.record("access.changed", "local", {"user": {}})
    for moment in ("2026-01-05 10:00", "2031-01-05 10:00"):
        write_at(database, at(moment), change)
    for moment in ("2026-01-06 10:00", "2019-03-03 10:00", "2026-01-07 10:00"):
        write_at(database, at(moment), accept, change)
    a_day(database, "2026-02-02")
    a_moment_ago(database)
    log = whole_log(database)
    done(folder)
    assert files(folder) == [f"events-{month}.jsonl.gz" for month in ("2019-03", "2026-01", "2026-02")]
    assert without_notes(everything(folder)) == parsed(log)
    assert folder.antrean("verify").exit_code == 0


def accepted(tx: Changes) -> None:
    tx.record("clock.accepted", "admin", {})


KillAt = Callable[[Folder, int], int]


@pytest.fixture
def kill_at() -> Iterator[KillAt]:
    """Archives what a folder has, and dies at a moment: how it ended."""
    command = [sys.executable, "-m", "tests.durability.killed_at"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as killed:
        asked, told = killed.stdin, killed.stdout
        assert asked is not None
        assert told is not None

        def kill(folder: Folder, moment: int) -> int:
            places = ("--config", str(folder.config), "--data", str(folder.path))
            asked.write(json.dumps([moment, "archive", "--before", "2026-06", *places]) + "\n")
            asked.flush()
            return int(told.readline())

        yield kill
        asked.close()


def test_a_power_cut_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path: Path, kill_at: KillAt) -> None:
    past = folder_with(tmp_path / "past", ["2026-01-05", "2026-02-01"], visitors=1)
    log, moment, killed = parsed(whole_log(past.database)), 0, 0
    while True:
        moment += 1 if moment % 10 < 2 else 4  # in pairs: before something, and after it
        folder = copied(past, tmp_path / str(moment))
        code = kill_at(folder, moment)
        if code == 0:
            break
        assert code == -9
        killed += 1
        assert without_notes(everything(folder)) == log, moment
        assert folder.antrean("verify").exit_code == 0, moment
        done(folder)
        assert without_notes(everything(folder)) == log, moment
        assert len(whole_log(folder.database)) == 3, "what stays, once"
        assert files(folder) == ["events-2026-01.jsonl.gz", "events-2026-02.jsonl.gz"]
        assert folder.antrean("verify").exit_code == 0, moment
        shutil.rmtree(folder.path.parent)
    assert killed > 20
    assert without_notes(everything(folder)) == log


def test_beside_a_running_hall_the_server_notes_the_files_and_deletes_the_rows(folder: Folder, tmp_path: Path) -> None:
    log = whole_log(folder.database)
    hall = RunningHall(folder.path.parent, folder.config, environ={"ANTREAN_RETENTION_PERSONAL_DAYS": "0"})
    hall.start()
    try:
        overseer = hall.client("supervisor")
        assert overseer.get("/events?limit=1")["events"][0]["seq"] == 1
        done(folder)
        floor = rows(folder.database, "SELECT max(last_seq) FROM archives")[0][0]
        gone = overseer.request("GET", "/api/v1/events")
        assert (gone.status, gone.json["code"], gone.json["next"]) == (410, "archived", floor)
        assert gone.json["errors"][0]["path"] == "after"
        assert overseer.request("GET", f"/api/v1/events?after={floor - 1}").status == 410
        assert overseer.get(f"/events?after={floor}&limit=1")["events"][0]["seq"] == floor + 1
        wait_until(lambda: rows(folder.database, "SELECT min(seq) FROM events") == [(floor + 1,)], what="rows deleted")
        assert hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})["tickets"]
        assert hall.antrean("verify").returncode == 0
        again = hall.local().post("/archives", {"month": "2026-01"})
        assert (again.status, again.json) == (200, {"noted": False}), "a repeat changes nothing"
    finally:
        assert hall.stop() == 0
    assert without_notes(everything(folder))[: len(log)] == parsed(log)


def test_a_file_that_does_not_go_on_from_the_log_is_not_noted(folder: Folder, archived: Folder) -> None:
    hall = RunningHall(folder.path.parent, folder.config, environ={"ANTREAN_RETENTION_PERSONAL_DAYS": "0"})
    hall.start()
    try:
        (folder.path / "archive").mkdir()
        local, log = hall.local(), whole_log(folder.database)
        assert local.post("/archives", {"month": "2026-13"}).status == 422
        missing = local.post("/archives", {"month": "2026-02"})
        assert (missing.status, missing.json["code"]) == (409, "bad_archive")
        shutil.copy(file_of(archived, "2026-02"), folder.path / "archive")
        assert "does not go on" in local.post("/archives", {"month": "2026-02"}).json["detail"]
        shutil.copy(file_of(archived, "2026-01"), folder.path / "archive")
        with gzip.open(file_of(folder, "2026-01"), "ab") as more:
            more.write(b"\n")
        assert local.post("/archives", {"month": "2026-01"}).status == 409
        assert whole_log(folder.database) == log
        shutil.copy(file_of(archived, "2026-01"), folder.path / "archive")
        assert local.post("/archives", {"month": "2026-01"}).json == {"noted": True}
    finally:
        assert hall.stop() == 0


def test_a_hall_archives_by_itself_after_the_days_backup(folder: Folder) -> None:
    environ = {
        "ANTREAN_RETENTION_PERSONAL_DAYS": "0", "ANTREAN_RETENTION_ARCHIVE_AFTER_MONTHS": "1",
        "ANTREAN_BACKUP_AT": "00:00",
    }  # fmt: skip
    hall = RunningHall(folder.path.parent, folder.config, environ=environ)
    hall.start()
    try:
        wait_until(lambda: rows(folder.database, "SELECT count(*) FROM archives") == [(3,)], 40, "its files")
        assert list((folder.path / "backups").glob("antrean-*.db")), "a copy of all was made before"
        assert hall.antrean("verify").returncode == 0
    finally:
        assert hall.stop() == 0


def test_one_at_a_time_archives(folder: Folder) -> None:
    (folder.path / "archive").mkdir()
    held = FolderLock(folder.path / "archive")
    try:
        second = folder.antrean("archive", "--before", "2026-06")
        assert (second.exit_code, "another process is archiving" in second.stderr) == (1, True)
    finally:
        held.release()


def test_a_database_of_before_there_were_archives_is_verified_as_ever(folder: Folder) -> None:
    with tampering(folder.database) as connection:
        connection.execute("DROP TABLE archives")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm013_retention'")
    assert folder.antrean("verify").exit_code == 0
    check(folder.database)
    done(folder)
    assert folder.antrean("verify").exit_code == 0


@given(actor=st.text(), kind=st.text(), payload=st.dictionaries(st.text(), st.text() | st.integers(), max_size=3))
def test_an_event_comes_back_from_its_line_whatever_stands_in_it(
    actor: str, kind: str, payload: dict[str, Any]
) -> None:
    text = encode(payload) if payload else ""
    row = Row(7, -5, kind, actor, text, chain.hash_payload(text), bytes(range(32)))
    line = archive._line(row)
    assert archive._row(line) == row
    assert line.count(b"\n") == 1
    json.loads(line)


def test_a_name_that_looks_like_the_line_itself_is_archived(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [])
    with tampering(folder.database) as connection:
        connection.execute("DELETE FROM events")
    odd = 'x","payload":{"a":1}}\n\u2028' + "أحمد" * 50
    a_day(folder.database, "2026-01-05")
    for day_ in range(10, 20):
        write_at(folder.database, at(f"2026-01-{day_} 10:00"), lambda tx: tx.record("a.b", odd, {odd: odd}))
    a_moment_ago(folder.database)
    with tampering(folder.database) as connection:
        connection.execute("UPDATE events SET payload = '' WHERE seq = 5")
    log = whole_log(folder.database)
    done(folder)
    by_it = [event for event in lines(file_of(folder, "2026-01")) if event.get("actor") == odd]
    assert [event["payload"] for event in by_it] == [{odd: odd}] * 10
    assert folder.antrean("verify").stdout.endswith("1 of its months in archives, words erased in 1\n")
    assert without_notes(everything(folder)) == parsed(log)


def test_a_month_is_that_of_the_hall(tmp_path: Path) -> None:
    """Half past midnight in Jakarta is still the month before by Greenwich's clock."""
    folder = folder_with(tmp_path, [])
    with tampering(folder.database) as connection:
        connection.execute("DELETE FROM events")
    for moment in ("2026-01-31 23:59", "2026-02-01 00:30", "2026-05-01 10:00"):
        write_at(folder.database, at(moment), accepted)
    with closing(connect(folder.database, readonly=True)) as connection:
        assert archive.due(connection, JAKARTA, "2026-06") == [("2026-01", 1), ("2026-02", 2)]
