"""The one writer: many commands to a commit, each on its own inside it, and nobody answered before the disk has it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.domain.errors import DomainError
from server.domain.tickets import State
from server.store import Unavailable, chain
from server.store.changes import Changes
from server.store.sqlite import DATABASE, SqliteStore, connect
from server.store.threads import NativeThreads, Waiter
from tests.durability.folders import rows
from tests.harness import ROOT, wait_until

Command = Callable[[Changes], Any]


def noting(name: str) -> Command:
    """A command that logs its name; answers with its sequence number."""
    return lambda tx: tx.record("test", name, {})


class Calls:
    """Callers of a store, each in a thread of its own, and what became of them."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._threads: list[threading.Thread] = []
        self.answers: dict[str, Any] = {}
        self.order: list[str] = []

    def submit(self, name: str, command: Command) -> None:
        """Call from a new thread; returns when the command is in the writer's queue."""
        queue = self._store._writer._queue
        before = queue.qsize()
        thread = threading.Thread(target=self._call, args=(name, command), daemon=True)
        thread.start()
        self._threads.append(thread)
        wait_until(lambda: queue.qsize() > before, what=f"{name} in the queue")

    def _call(self, name: str, command: Command) -> None:
        try:
            answer: Any = self._store.write(command)
        except BaseException as error:
            answer = error
        self.answers[name] = answer
        self.order.append(name)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive(), "somebody was never answered"


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / DATABASE)


@contextmanager
def one_batch(store: SqliteStore) -> Iterator[Calls]:
    """What is submitted inside goes into one commit: the writer is busy with another command until the end."""
    busy, go = threading.Event(), threading.Event()

    def hold(tx: Changes) -> None:
        busy.set()
        assert go.wait(20)

    holding = threading.Thread(target=store.write, args=(hold,), daemon=True)
    holding.start()
    assert busy.wait(20)
    calls = Calls(store)
    yield calls
    go.set()
    calls.join()
    holding.join(20)


def statements(store: SqliteStore) -> list[str]:
    """What the writer's connection is told from now on."""
    told: list[str] = []
    store._writer._connection.set_trace_callback(told.append)
    return told


def test_the_writers_connection_syncs_every_commit(store: SqliteStore) -> None:
    def pragmas(tx: Changes) -> dict[str, Any]:
        names = ("synchronous", "journal_mode", "foreign_keys", "recursive_triggers", "locking_mode")
        return {name: tx.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    found = store.write(pragmas)
    assert found["synchronous"] == 2, "FULL: the -wal is synced at every commit"
    assert found["journal_mode"] == "wal"
    assert found["foreign_keys"] == 1
    assert found["locking_mode"] == "normal"


def test_the_command_lines_own_connection_syncs_every_commit_too(tmp_path: Path) -> None:
    connection = connect(tmp_path / DATABASE)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()


def test_all_that_is_waiting_goes_into_one_commit_in_the_order_of_arrival(store: SqliteStore) -> None:
    told = statements(store)
    with one_batch(store) as calls:
        for n in range(30):
            calls.submit(str(n), noting(str(n)))
    assert [calls.answers[str(n)] for n in range(30)] == list(range(1, 31))
    assert rows(store.path, "SELECT actor FROM events ORDER BY seq") == [(str(n),) for n in range(30)]
    assert told.count("COMMIT") == 2, "the command that held the writer, and all the others together"


def test_a_command_that_raises_takes_nothing_else_of_its_batch_with_it(store: SqliteStore) -> None:
    def refuse(tx: Changes) -> None:
        tx.record("test", "refused", {})
        tx.set_meta("refused", "1")
        raise DomainError("not_allowed", "no")

    def break_(tx: Changes) -> None:
        tx.record("test", "broken", {})
        raise ZeroDivisionError

    with one_batch(store) as calls:
        calls.submit("before", noting("before"))
        calls.submit("refused", refuse)
        calls.submit("between", noting("between"))
        calls.submit("broken", break_)
        calls.submit("after", noting("after"))
    assert isinstance(calls.answers.pop("refused"), DomainError)
    assert isinstance(calls.answers.pop("broken"), ZeroDivisionError)
    assert calls.answers == {"before": 1, "between": 2, "after": 3}
    assert rows(store.path, "SELECT actor FROM events ORDER BY seq") == [("before",), ("between",), ("after",)]
    assert rows(store.path, "SELECT count(*) FROM meta WHERE key = 'refused'") == [(0,)]
    assert chain.verify(connect(store.path, readonly=True)) is None


def test_a_broken_rule_of_the_tables_is_only_its_own_commands_failure(store: SqliteStore) -> None:
    def twice(tx: Changes) -> None:
        tx.add_visit("SAME")
        tx.add_visit("SAME")

    with one_batch(store) as calls:
        calls.submit("twice", twice)
        calls.submit("after", noting("after"))
    assert isinstance(calls.answers["twice"], sqlite3.IntegrityError)
    assert calls.answers["after"] == 1
    assert rows(store.path, "SELECT count(*) FROM visits") == [(0,)]


def test_a_command_sees_what_those_before_it_in_the_batch_did(store: SqliteStore) -> None:
    with one_batch(store) as calls:
        calls.submit("put", lambda tx: tx.set_meta("x", "1"))
        calls.submit("get", lambda tx: (tx.meta("x"), tx.head()))
    assert calls.answers["get"] == ("1", 0)


def test_undo_all_takes_back_a_commands_own_work_and_lets_it_go_on(store: SqliteStore) -> None:
    def changes_its_mind(tx: Changes) -> int:
        tx.record("test", "first thought", {})
        tx.set_meta("thought", "first")
        tx.undo_all()
        assert tx.meta("thought") is None
        return tx.record("test", "second thought", {})

    with one_batch(store) as calls:
        calls.submit("before", noting("before"))
        calls.submit("changes", changes_its_mind)
        calls.submit("after", noting("after"))
    assert calls.answers == {"before": 1, "changes": 2, "after": 3}
    assert rows(store.path, "SELECT actor FROM events ORDER BY seq") == [("before",), ("second thought",), ("after",)]
    assert chain.verify(connect(store.path, readonly=True)) is None


class Watching(NativeThreads):
    """Notes, at the moment at which each caller is woken, what another connection can read."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.seen: list[list[str]] = []

    def waiter(self) -> Waiter:
        waiter = super().waiter()
        deliver = waiter.deliver

        class Seen:
            wait = staticmethod(waiter.wait)

            @staticmethod
            def deliver(value: Any, error: BaseException | None) -> None:
                there = rows(self._database, "SELECT actor FROM events ORDER BY seq")
                self.seen.append([name for (name,) in there])
                deliver(value, error)

        return Seen()


def test_callers_are_answered_after_the_commit_that_holds_their_work_and_not_before(tmp_path: Path) -> None:
    threads = Watching(tmp_path / DATABASE)
    store = SqliteStore(tmp_path / DATABASE, threads=threads)
    unanswered: list[bool] = []

    def look(tx: Changes) -> None:
        unanswered.append("a" not in calls.answers)
        tx.record("test", "b", {})

    with one_batch(store) as calls:
        calls.submit("a", noting("a"))
        calls.submit("b", look)
    assert unanswered == [True], "a was not answered while its batch went on"
    assert threads.seen == [[], ["a", "b"], ["a", "b"]], "woken when all of the batch could be read"


def test_listeners_are_told_once_a_commit_and_only_of_what_was_added_to_the_log(store: SqliteStore) -> None:
    told: list[int] = []
    store.on_commit(lambda: told.append(rows(store.path, "SELECT count(*) FROM events")[0][0]))
    with one_batch(store) as calls:
        for n in range(5):
            calls.submit(str(n), noting(str(n)))
    store.write(lambda tx: tx.set_meta("silent", "1"))
    with pytest.raises(ZeroDivisionError):
        store.write(lambda tx: 1 // 0)
    assert store.write(noting("last")) == 6
    wait_until(lambda: told == [5, 6], what="two commits that added to the log")


def test_an_error_that_destroys_the_transaction_fails_the_whole_batch(store: SqliteStore) -> None:
    """As a full disk does: work of the batch that was done before is gone too, so nobody may be told it is there."""
    store.write(noting("kept"))

    def destroy(tx: Changes) -> None:
        tx.record("test", "destroyer", {})
        tx.connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    with one_batch(store) as calls:
        calls.submit("before", noting("before"))
        calls.submit("destroyer", destroy)
        calls.submit("after", noting("after"))
    assert {type(answer) for answer in calls.answers.values()} == {Unavailable}
    assert rows(store.path, "SELECT actor FROM events") == [("kept",)]
    assert store.write(noting("next")) == 2, "the chain goes on where the disk has it"
    assert chain.verify(connect(store.path, readonly=True)) is None


def test_a_full_database_in_the_middle_of_a_command_is_storage_full_for_the_whole_batch(store: SqliteStore) -> None:
    """SQLite takes back everything, released savepoints included: shown with its own limit on pages."""
    store.write(noting("kept"))
    pages = store.write(lambda tx: tx.connection.execute("PRAGMA page_count").fetchone()[0])
    store.write(lambda tx: tx.connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
    with one_batch(store) as calls:
        calls.submit("before", noting("before"))
        calls.submit("big", lambda tx: tx.record("test", "big", {"text": "x" * 100_000}))
        calls.submit("after", noting("after"))
    failed = calls.answers["big"]
    assert isinstance(failed, Unavailable)
    assert (failed.status, failed.code) == (503, "storage_full")
    for name in ("before", "after"):
        # Answered by what is true: either failed and not there, or done and there.
        there = (name,) in rows(store.path, "SELECT actor FROM events")
        assert there != isinstance(calls.answers[name], Unavailable), name
    store.write(lambda tx: tx.connection.execute("PRAGMA max_page_count = 100000").fetchone())
    store.write(noting("next"))
    assert chain.verify(connect(store.path, readonly=True)) is None


def test_a_log_that_cannot_be_written_does_not_stop_the_writer(tmp_path: Path) -> None:
    """The server's own log may be a file on the disk that is full."""
    script = """
import os, sqlite3, sys
from pathlib import Path
from server.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
def destroy(tx):
    tx.connection.execute("ROLLBACK")
    raise sqlite3.OperationalError("disk full")
for _ in range(2):
    try:
        store.write(destroy)
    except Exception as error:
        print(type(error).__name__)
print(store.write(lambda tx: tx.record("test", "next", {})))
"""
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / DATABASE)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert found.stdout.split() == ["Unavailable", "Unavailable", "1"]


def test_a_server_that_is_still_dying_beside_a_new_one_breaks_nothing(tmp_path: Path) -> None:
    """A web server whose parent was killed lives for a second beside its successor: both write, one after the other."""
    old, new = SqliteStore(tmp_path / DATABASE), SqliteStore(tmp_path / DATABASE)
    assert [store.write(noting("x")) for store in (old, new, new, old, new, old)] == [1, 2, 3, 4, 5, 6]
    assert chain.verify(connect(new.path, readonly=True)) is None


PATCHED = {
    "gevent": """
import gevent.monkey
gevent.monkey.patch_all()
sleep = gevent.monkey.get_original("time", "sleep")
""",
    "eventlet": """
import eventlet, eventlet.patcher
eventlet.monkey_patch()
sleep = eventlet.patcher.original("time").sleep
""",
}


@pytest.mark.parametrize("mode", PATCHED)
def test_green_callers_are_answered_in_batches_and_never_frozen_by_the_disk(tmp_path: Path, mode: str) -> None:
    script = f"""
{PATCHED[mode]}
import sys
from pathlib import Path
from tests.durability.green_callers import main
main({mode!r}, Path(sys.argv[1]), sleep)
"""
    command = [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / DATABASE)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)
    assert said["answers"] == [f"#{n}" if n % 10 else "DomainError" for n in range(200)]
    assert said["logged"] == [f"{n}" for n in range(200) if n % 10], "in the order in which they were asked"
    assert said["commits"] < 60, "many commands went into one commit"
    assert said["listened_on_the_callers_side"]
    assert all(said["listened_on_the_callers_side"])
    assert said["ticks_during_a_slow_commit"] >= 5, "the hub went on while the disk was slow"
    assert said["ticks_while_another_program_wrote"] >= 5, "the hub went on while the writer waited for its turn"
    assert said["destroyed"] == ["Unavailable"] * 3
    assert said["after"] == 183
    assert said["signal"] == [False, True, False]
    assert said["while_the_hub_never_rests"]
    assert chain.verify(connect(tmp_path / DATABASE, readonly=True)) is None


def test_a_new_ticket_is_in_the_database_as_it_was_answered_or_not_at_all(tmp_path: Path) -> None:
    def add(**more: Any) -> Callable[[Changes], tuple[Any, Any]]:
        def command(tx: Changes) -> tuple[Any, Any]:
            ticket = tx.add_ticket(
                visit=tx.add_visit("A" * 16), number="A-001", day="2026-11-22", sequence="a", round=1, ordinal=1,
                service="one", agency="capil", state=State.SERVING, priority="elderly", party_size=2, source="direct",
                issued_by="token:1", language="id", counter="1", officer="Siti", started_ms=tx.now_ms, **more,
            )  # fmt: skip
            return ticket, tx.ticket(ticket.id)

        return command

    store = SqliteStore(tmp_path / DATABASE)
    with pytest.raises(AssertionError, match="lost"):
        store.write(add(outcome="done"))
    answered, kept = store.write(add())
    assert answered == kept
