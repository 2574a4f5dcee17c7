"""A disk that is full: 503 `storage_full`, nothing half, and it goes on by itself once there is room."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from server.store import Unavailable, chain
from server.store.sqlite import DATABASE, SqliteStore, connect
from tests.durability.conftest import MakeDisk
from tests.durability.folders import issue, make_folder, roomy, rows
from tests.harness import Answer, Client, RunningHall, wait_until, write_config

MiB = 1 << 20


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Take all the room there is; give it back at the end."""
    ballast = disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for size in (64 * 1024, 4096):
                while _fits(file.fileno(), size):
                    pass
        yield
    finally:
        ballast.unlink()


def _fits(file: int, size: int) -> bool:
    try:
        return os.write(file, bytes(size)) == size
    except OSError:
        return False


def whole(database: Path) -> bool:
    with closing(connect(database, readonly=True)) as connection:
        return chain.verify(connection) is None


def numbers(database: Path) -> list[str]:
    return [number for (number,) in rows(database, "SELECT number FROM tickets ORDER BY id")]


def expected(count: int) -> list[str]:
    return [f"A-{n:03d}" for n in range(1, count + 1)]


def test_a_hall_on_a_full_disk_refuses_in_words_and_goes_on_where_it_was(make_disk: MakeDisk) -> None:
    disk = make_disk("8m")
    # Its log is on the same disk: what it cannot say there must not stop it.
    hall = RunningHall(
        disk, write_config(disk / "config.toml", roomy()),
        environ={"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0", "ANTREAN_BACKUP_AT": "23:59"},
    )  # fmt: skip
    hall.start()
    try:
        kiosk = hall.client("kiosk", "kiosk-1")
        officer = hall.client("counter", "1")
        officer.do("/counters/1/open")
        hall.token("supervisor", None)
        database = hall.data / DATABASE
        done = 0

        def press(key: str) -> Answer:
            return kiosk.post("/tickets", {"services": ["one"]}, key=key)

        for round_ in range(2):
            with full(disk):
                refused: Any = None
                while refused is None:  # what the log has room for in its last pages
                    answer = press(f"press-{done}")
                    if answer.status == 201:
                        assert answer.json["tickets"][0]["number"] == f"A-{done + 1:03d}"
                        done += 1
                    else:
                        refused = answer
                assert (refused.status, refused.json["code"]) == (503, "storage_full")
                assert refused.headers["Content-Type"] == "application/problem+json"
                for _ in range(3):
                    assert press(f"press-{done}").status == 503
                    assert officer.post("/counters/1/pause", {"expect": None}).status == 503
                assert hall.client("supervisor").get("/counters/1")["counter"]["state"] == "open"
                assert numbers(database) == expected(done)
                # What is asked writes a page: it takes what room there is, and then says so.
                wait_until(lambda: hall.client(None).request("GET", "/readyz").status == 503, what="not ready")
                assert hall.client(None).get("/hall")["agencies"], "screens go on showing the last state"
                if done:
                    assert press(f"press-{done - 1}").status == 201, "what was answered is answered again"
            again = press(f"press-{done}")
            assert again.status == 201, "the same press, once there is room"
            assert again.json["tickets"][0]["number"] == f"A-{done + 1:03d}", f"no gap in round {round_}"
            done += 1
        done += crowd(hall, disk)
        assert numbers(database) == expected(done)
        assert rows(database, "SELECT count(*) FROM tickets WHERE state != 'waiting'") == [(0,)]
        assert hall.antrean("verify").returncode == 0
        assert hall.process is not None
        assert hall.process.poll() is None
    finally:
        hall.kill()


def crowd(hall: RunningHall, disk: Path) -> int:
    """Six visitors press all the time while the disk gets full and free again; how many tickets were answered."""
    answered: list[int] = []
    refused, free = threading.Event(), threading.Event()

    def visitor(n: int) -> None:
        client = Client(hall.url, hall.token("kiosk", "kiosk-1"))
        for press in range(10_000):
            answer = client.post("/tickets", {"services": ["two"]}, key=f"crowd-{n}-{press}")
            if answer.status == 201:
                answered.append(answer.json["tickets"][0]["id"])
                if free.is_set():
                    return
            else:
                assert (answer.status, answer.json["code"]) == (503, "storage_full")
                refused.set()
                free.wait(30)

    visitors = [threading.Thread(target=visitor, args=(n,)) for n in range(6)]
    with full(disk):
        for thread in visitors:
            thread.start()
        assert refused.wait(60)
    free.set()
    for thread in visitors:
        thread.join(60)
        assert not thread.is_alive()
    there = {id for (id,) in rows(hall.data / DATABASE, "SELECT id FROM tickets WHERE service = 'two'")}
    assert set(answered) == there, "all that was answered, and nothing else"
    return len(there)


def test_a_hall_that_fell_on_a_full_disk_starts_on_it_and_goes_on_once_there_is_room(make_disk: MakeDisk) -> None:
    disk = make_disk("3m")
    hall = RunningHall(disk, write_config(disk / "config.toml", roomy()), environ={"ANTREAN_BACKUP_AT": "23:59"})
    hall.start()
    kiosk = hall.client("kiosk", "kiosk-1")
    kiosk.do("/tickets", {"services": ["one"]})
    try:
        with full(disk):
            hall.kill()
            hall.start(ready=False)
            wait_until(lambda: _state(hall), what="a hall that shows its state")
            done = 1
            while (answer := kiosk.post("/tickets", {"services": ["one"]})).status == 201:
                done += 1  # the log of before was folded into the database: that made some room
            assert (answer.status, answer.json["code"]) == (503, "storage_full")
        kiosk.do("/tickets", {"services": ["one"]})
        assert numbers(hall.data / DATABASE) == expected(done + 1)
    finally:
        hall.kill()


def _state(hall: RunningHall) -> Any:
    try:
        return hall.client(None).get("/hall")["agencies"]
    except OSError:
        return None


def test_a_first_start_on_a_full_disk_fails_in_words(make_disk: MakeDisk) -> None:
    disk = make_disk("1m")
    hall = RunningHall(disk, write_config(disk / "config.toml", roomy()))
    with full(disk):
        refused = hall.antrean("run", "--port", "0")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "No space left" in refused.stderr or "disk is full" in refused.stderr


def test_a_disk_that_gets_full_inside_a_command_takes_nothing_half(make_disk: MakeDisk) -> None:
    """A command larger than SQLite's memory meets the full disk before the commit: inside its savepoint."""
    disk = make_disk("4m")
    store = SqliteStore(disk / DATABASE)
    store.write(issue)
    for _ in range(2):
        try:
            store.write(lambda tx: [tx.record("test", "big", {"text": "x" * MiB}) for _ in range(8)])
        except Unavailable as error:
            assert (error.status, error.code) == (503, "storage_full")
        else:
            raise AssertionError("8 MiB went onto a disk of 4")
        assert store.write(issue)
    assert numbers(store.path) == expected(3)
    assert rows(store.path, "SELECT count(*) FROM events WHERE kind = 'test'") == [(0,)]
    assert whole(store.path)


def test_callers_of_a_commit_that_found_the_disk_full_are_all_told(make_disk: MakeDisk) -> None:
    disk = make_disk("2m")
    store = SqliteStore(disk / DATABASE)
    store.write(issue)
    answers: list[object] = []

    def call() -> None:
        try:
            answers.append(store.write(lambda tx: tx.record("test", "bulky", {"text": "x" * 100_000})))
        except Unavailable as error:
            answers.append(error.code)

    with full(disk):
        threads = [threading.Thread(target=call) for _ in range(20)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answers) == 20, what="everybody answered")
    assert set(answers) == {"storage_full"}
    assert store.write(issue) == "A-002"
    assert whole(store.path)


def test_a_backup_onto_a_full_disk_leaves_nothing_behind(make_disk: MakeDisk, tmp_path: Path) -> None:
    disk = make_disk("1m")
    folder = make_folder(tmp_path / "hall", tickets=3)
    with full(disk):
        found = folder.antrean("backup", str(disk / "copy.db"))
        assert found.exit_code == 1
        assert "no backup was made" in found.stderr
    assert list(disk.iterdir()) == []
    assert folder.antrean("backup", str(disk / "copy.db")).exit_code == 0
