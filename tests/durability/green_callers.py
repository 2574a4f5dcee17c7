"""Callers on greenlets before the writer. To be imported in a process of its own that is patched for its mode."""

from __future__ import annotations

import _thread
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.domain.errors import DomainError
from server.store.changes import Changes
from server.store.sqlite import SqliteStore, connect
from server.store.threads import Threads, threads_for

SLOW_S = 0.5


def main(mode: str, database: Path, blocking_sleep: Callable[[float], None]) -> None:
    """Print, as JSON, what became of everybody. `blocking_sleep` is the one that was not patched."""
    threads = threads_for(mode)
    store = SqliteStore(database, threads=threads)
    threads.spawn(_live, threads)
    commits = _count_commits(store)
    callers_side = _thread.get_native_id()  # the thread of the operating system: greenlets share one
    listened: list[bool] = []
    store.on_commit(lambda: listened.append(_thread.get_native_id() == callers_side))
    answers = _all_at_once(threads, [lambda n=n: _ask(store, n) for n in range(200)])  # type: ignore[misc]
    said = {
        "answers": answers,
        "logged": [event.actor for event in _events(store)],
        "commits": len(commits),
        "listened_on_the_callers_side": listened,
        "ticks_during_a_slow_commit": _ticks(threads, lambda: _slow_commit(store, blocking_sleep)),
        "ticks_while_another_program_wrote": _ticks(threads, lambda: _behind_another(store, threads)),
        "destroyed": _all_at_once(threads, [lambda: _name(lambda: store.write(_destroy))] * 3),
        "after": store.write(lambda tx: tx.record("test", "after", {})),
        "signal": _signal(threads),
        "while_the_hub_never_rests": _beside_restless(threads, store),
    }
    print(json.dumps(said))


def _live(threads: Threads) -> None:
    """As a server's listener does, give the hub something to live for while everybody waits."""
    while True:
        threads.sleep(1)


def _count_commits(store: SqliteStore) -> list[str]:
    commits: list[str] = []
    store._writer._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    return commits


def _ask(store: SqliteStore, n: int) -> Any:
    def command(tx: Changes) -> str:
        tx.record("test", str(n), {})
        if n % 10 == 0:
            raise DomainError("not_allowed", "every tenth is refused")
        return f"#{n}"

    return _name(lambda: store.write(command))


def _name(call: Callable[[], Any]) -> Any:
    """What a call answers, or the name of what it raises."""
    try:
        return call()
    except Exception as error:
        return type(error).__name__


def _all_at_once(threads: Threads, calls: list[Callable[[], Any]]) -> list[Any]:
    """Each call in a task of its own; their answers in order."""
    answers: dict[int, Any] = {}
    done = threads.signal()

    def run(n: int, call: Callable[[], Any]) -> None:
        answers[n] = call()
        if len(answers) == len(calls):
            done.set()

    for n, call in enumerate(calls):
        threads.spawn(run, n, call)
    assert done.wait(60), f"{len(calls) - len(answers)} callers were never answered"
    return [answers[n] for n in range(len(calls))]


def _slow_commit(store: SqliteStore, blocking_sleep: Callable[[float], None]) -> None:
    """A command whose commit keeps its thread busy, as a slow disk does."""
    connection = store._writer._connection
    connection.set_trace_callback(lambda sql: blocking_sleep(SLOW_S) if sql == "COMMIT" else None)
    store.write(lambda tx: tx.record("test", "slow", {}))
    connection.set_trace_callback(None)


def _behind_another(store: SqliteStore, threads: Threads) -> None:
    """A command that must wait until another program has let go of the database."""
    other = connect(store.path)
    other.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        threads.sleep(SLOW_S)
        other.execute("ROLLBACK")
        other.close()

    threads.spawn(let_go)
    store.write(lambda tx: tx.record("test", "behind another", {}))


def _ticks(threads: Threads, work: Callable[[], None]) -> int:
    """How often another task ran meanwhile."""
    ticks, busy = [0], [True]

    def tick() -> None:
        while busy[0]:
            ticks[0] += 1
            threads.sleep(0.001)

    threads.spawn(tick)
    work()
    busy[0] = False
    return ticks[0]


def _destroy(tx: Changes) -> None:
    if tx.connection.in_transaction:
        tx.connection.execute("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def _signal(threads: Threads) -> list[bool]:
    """A Signal times out, is set for whoever waits, and can be cleared."""
    signal = threads.signal()
    first = signal.wait(0.01)
    threads.spawn(signal.set)
    second = signal.wait(20)
    signal.clear()
    return [first, second, signal.wait(0.01)]


def _beside_restless(threads: Threads, store: SqliteStore) -> bool:
    """Whether a command is answered while another task is always ready to run."""
    busy = [True]

    def spin() -> None:
        while busy[0]:
            threads.sleep(0)

    threads.spawn(spin)
    answered = store.write(lambda tx: tx.record("test", "restless", {})) > 0
    busy[0] = False
    return answered


def _events(store: SqliteStore) -> list[Any]:
    with store.read() as reader:
        return reader.events(0, 1000)
