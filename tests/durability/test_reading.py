"""Readers share a few connections: none of them may go on seeing the moment of an earlier question."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from server.store.records import Records
from server.store.sqlite import DATABASE, SqliteStore
from tests.durability.folders import issue, make_folder
from tests.durability.test_plans import QUESTIONS


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SqliteStore:
    """A store in which there is more than one row of most things."""
    folder = make_folder(tmp_path_factory.mktemp("reading"), tickets=3)
    return SqliteStore(folder.database)


Way = Callable[[SqliteStore], AbstractContextManager[Records]]
WAYS: dict[str, Way] = {"read": SqliteStore.read, "glance": SqliteStore.glance}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_keeps_its_connection_in_the_past(store: SqliteStore, question: str, way: str) -> None:
    with WAYS[way](store) as reader:
        QUESTIONS[question](reader)
    store.write(issue)
    newest = store.write(lambda tx: tx.head())
    for next_way in WAYS.values():
        with next_way(store) as reader:
            assert reader.head() == newest
    assert len(store._idle) == 1, "the same connection each time"


def test_all_answers_in_one_reading_belong_to_one_moment(store: SqliteStore) -> None:
    with store.read() as reader:
        seq, waiting = reader.head(), reader.waiting_count("one")
        other = threading.Thread(target=store.write, args=(issue,))
        other.start()
        other.join(20)
        assert (reader.head(), reader.waiting_count("one")) == (seq, waiting)
    with store.read() as reader:
        assert (reader.head(), reader.waiting_count("one")) == (seq + 1, waiting + 1)


def test_a_reading_that_fails_gives_its_connection_back_in_order(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / DATABASE)
    with pytest.raises(ZeroDivisionError), store.read() as reader:
        assert reader.head() == 0
        raise ZeroDivisionError
    store.write(issue)
    with store.read() as reader:
        assert reader.head() == 2


def test_a_reader_cannot_write(store: SqliteStore) -> None:
    with store.read() as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.connection.execute("DELETE FROM tickets")
