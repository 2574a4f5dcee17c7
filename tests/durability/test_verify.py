"""`antrean verify` finds whatever was done to the event log behind the server's back, and says where."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.store import chain
from server.store.sqlite import SqliteStore, connect
from tests.durability.folders import Folder, issue, make_folder, rows, tampering

LAST = 9  # the catalogue's event and eight tickets'
Tamper = Callable[[sqlite3.Connection], object]


def _sql(*statements: str) -> Tamper:
    return lambda connection: [connection.execute(statement) for statement in statements]


def _forge_a_row(connection: sqlite3.Connection) -> None:
    """What somebody who knows how the chain is made would put on at the end."""
    head = chain.read_head(connection)
    hash = chain.hash_payload("{}")
    link = chain.link(head.chain, head.seq + 1, head.at_ms, "ticket.finished", "me", hash)
    values = (head.seq + 1, head.at_ms, "ticket.finished", "me", "{}", hash, link)
    connection.execute("INSERT INTO events VALUES (?,?,?,?,?,?,?)", values)


CASES: dict[str, tuple[int, Tamper]] = {
    "seq": (5, _sql("UPDATE events SET seq = 50 WHERE seq = 5")),
    "time": (5, _sql("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 5")),
    "kind": (5, _sql("UPDATE events SET kind = 'ticket.cancelled' WHERE seq = 5")),
    "actor": (5, _sql("UPDATE events SET actor = 'user:1' WHERE seq = 5")),
    "payload": (5, _sql("UPDATE events SET payload = replace(payload, 'A-004', 'A-005') WHERE seq = 5")),
    "payload hash": (5, _sql("UPDATE events SET payload_hash = randomblob(32) WHERE seq = 5")),
    "erased payload and its hash": (5, _sql("UPDATE events SET payload = '', payload_hash = zeroblob(32) WHERE seq=5")),
    "chain": (5, _sql("UPDATE events SET chain = zeroblob(32) WHERE seq = 5")),
    "first row": (1, _sql("UPDATE events SET actor = 'nobody' WHERE seq = 1")),
    "last row": (LAST, _sql(f"UPDATE events SET actor = 'nobody' WHERE seq = {LAST}")),
    "first row missing": (1, _sql("DELETE FROM events WHERE seq = 1")),
    "a row missing": (5, _sql("DELETE FROM events WHERE seq = 5")),
    "a row missing and the others moved up": (
        5, _sql("DELETE FROM events WHERE seq = 5", "UPDATE events SET seq = seq - 1 WHERE seq > 5")),
    "two rows changed places": (5, _sql(
        "UPDATE events SET seq = 100 WHERE seq = 5", "UPDATE events SET seq = 5 WHERE seq = 6",
        "UPDATE events SET seq = 6 WHERE seq = 100")),
    "the last row missing": (LAST, _sql(f"DELETE FROM events WHERE seq = {LAST}")),
    "the tail missing": (7, _sql("DELETE FROM events WHERE seq >= 7")),
    "all rows missing": (1, _sql("DELETE FROM events")),
    "a row put on": (LAST + 1, _forge_a_row),
    "the note of the newest row missing": (LAST, _sql("DELETE FROM meta WHERE key = 'head'")),
    "the note of the newest row is no number": (LAST, _sql("UPDATE meta SET value = 'x' WHERE key = 'head'")),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder whose log is whole, to be copied."""
    return make_folder(tmp_path_factory.mktemp("whole"), tickets=LAST - 1)


@pytest.fixture
def folder(whole: Folder, tmp_path: Path) -> Folder:
    shutil.copytree(whole.path, tmp_path / "data")
    return Folder(tmp_path / "data", whole.config)


def test_a_log_that_nobody_touched_is_whole(folder: Folder) -> None:
    found = folder.antrean("verify")
    assert (found.exit_code, found.stdout) == (0, f"the log is whole: {LAST} events\n")


@pytest.mark.parametrize("what", CASES)
def test_what_was_changed_in_the_log_is_found_with_its_number(folder: Folder, what: str) -> None:
    seq, tamper = CASES[what]
    with tampering(folder.database) as connection:
        tamper(connection)
    found = folder.antrean("verify")
    assert found.exit_code == 1, found.output
    assert f"does not hold at {seq}:" in found.stdout


def test_a_time_that_runs_backwards_is_found_even_when_the_chain_was_made_again(folder: Folder) -> None:
    with tampering(folder.database) as connection:
        before = connection.execute("SELECT chain, at_ms FROM events WHERE seq = ?", (LAST - 1,)).fetchone()
        kind, actor, hash = connection.execute(
            "SELECT kind, actor, payload_hash FROM events WHERE seq = ?", (LAST,)
        ).fetchone()
        at_ms = before[1] - 1000
        again = chain.link(before[0], LAST, at_ms, kind, actor, hash)
        connection.execute("UPDATE events SET at_ms = ?, chain = ? WHERE seq = ?", (at_ms, again, LAST))
    found = folder.antrean("verify")
    assert (found.exit_code, found.stdout) == (
        1, f"the log does not hold at {LAST}: its time is before that of the row before it\n")  # fmt: skip


def test_a_payload_that_was_erased_leaves_the_log_whole(folder: Folder) -> None:
    with tampering(folder.database) as connection:
        connection.execute("UPDATE events SET payload = '' WHERE seq = 5")
    assert folder.antrean("verify").exit_code == 0


def test_a_hall_that_goes_on_meanwhile_does_not_look_cut_off(folder: Folder) -> None:
    """The walk and the note of the newest row belong to one moment, however much is written in between."""
    store, walked, written = SqliteStore(folder.database), threading.Event(), threading.Event()

    def write_during_the_walk() -> None:
        assert walked.wait(10)
        for _ in range(3):
            store.write(issue)
        written.set()

    def progress(seq: int) -> None:
        walked.set()
        assert written.wait(10)

    writing = threading.Thread(target=write_during_the_walk)
    writing.start()
    with closing(connect(folder.database, readonly=True)) as connection:
        assert chain.verify(connection, progress) is None
    writing.join()
    assert rows(folder.database, "SELECT max(seq) FROM events") == [(LAST + 3,)]
    assert folder.antrean("verify").exit_code == 0


def test_a_folder_without_a_database_and_a_file_that_is_none_are_told_in_words(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    folder.database.unlink()
    none = folder.antrean("verify")
    assert none.exit_code == 1
    assert "there is no database" in none.stderr
    folder.database.write_bytes(b"this is not a database at all" * 100)
    other = folder.antrean("verify")
    assert other.exit_code == 1
    assert "the database cannot be read" in other.stderr
