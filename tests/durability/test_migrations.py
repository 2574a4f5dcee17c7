"""The schema: made from nothing, brought up to date once, all or nothing, and never run by an older program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from server.store.migrations import KNOWN, m001_initial, migrations
from server.store.migrations.m001_initial import APPLICATION_ID
from server.store.sqlite import DATABASE, SchemaTooNew, SqliteStore, connect, migrate
from tests.durability.folders import Folder, issue, make_folder, rows, tampering
from tests.harness import RunningHall

LATER = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('antrean', 'm999_later', '')"


def schema(database: Path) -> list[str]:
    return [sql for (sql,) in rows(database, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]


def test_what_this_program_knows_is_what_it_applies() -> None:
    assert tuple(migration.name for migration in migrations._migrations) == KNOWN


@pytest.mark.parametrize("there", ["nothing", "an empty file"])
def test_a_new_database_is_made_from_nothing(tmp_path: Path, there: str) -> None:
    path = tmp_path / DATABASE
    if there == "an empty file":
        path.touch()
    store = SqliteStore(path)
    assert store.write(issue) == "A-001"
    assert rows(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert [name for (name,) in rows(path, "SELECT name FROM _sqlite_migrations ORDER BY id")] == list(KNOWN)
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_migrating_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    with closing(connect(path)) as connection:
        assert migrate(connection) == list(KNOWN)
        before, epoch = schema(path), rows(path, "SELECT * FROM meta")
        assert migrate(connection) == []
    assert (schema(path), rows(path, "SELECT * FROM meta")) == (before, epoch)


def test_a_migration_that_breaks_off_leaves_nothing_half(tmp_path: Path) -> None:
    """As when the disk gets full in the middle: the next start begins anew and succeeds."""
    path = tmp_path / DATABASE
    made: list[str] = []

    def stop_at_the_twentieth_table(action: int, what: str | None, *rest: object) -> int:
        if action == sqlite3.SQLITE_CREATE_INDEX and what is not None:
            made.append(what)
        return sqlite3.SQLITE_DENY if len(made) > 20 else sqlite3.SQLITE_OK

    with closing(connect(path)) as connection:
        connection.set_authorizer(stop_at_the_twentieth_table)
        with pytest.raises(sqlite3.DatabaseError):
            migrate(connection)
        assert len(made) > 20
    assert [name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE name = 'meta'")] == []
    with closing(connect(path)) as connection:
        assert migrate(connection) == list(KNOWN)
    assert SqliteStore(path).write(issue) == "A-001"


def test_a_database_of_the_first_version_is_brought_up_with_those_who_wait_in_it(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    first = Migrations("antrean")
    first(name="m001_initial")(m001_initial.apply)
    with closing(connect(path)) as connection:
        first.apply(Database(connection))
        connection.execute("INSERT INTO visits VALUES (1, 'A', 0)")
        for id, state in enumerate(("waiting", "waiting", "finished"), 1):
            connection.execute(
                "INSERT INTO tickets (id, visit, number, day, sequence, round, ordinal, service, agency, state, "
                "party_size, source, issued_by, language, issued_ms, place_ms, since_ms) "
                "VALUES (?, 1, 'A', '', 'a', 0, ?, 'ktp', 'a', ?, 1, 'kiosk', '', 'id', 0, 0, 0)",
                (id, id, state),
            )
        assert migrate(connection) == list(KNOWN[1:])
    assert rows(path, "SELECT * FROM queue_lengths") == [("ktp", 2)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path, tickets=1)


def test_a_database_of_a_newer_program_is_refused_in_words_by_all_that_would_write(folder: Folder) -> None:
    with tampering(folder.database) as connection:
        connection.execute(LATER)
    before = rows(folder.database, "SELECT seq, chain FROM events")
    with pytest.raises(SchemaTooNew, match=r"made by a newer antrean \(it has m999_later\)"):
        SqliteStore(folder.database)
    add = ("user", "add", "siti", "--role", "officer", "--password-stdin")
    for arguments in (("migrate",), add, ("clock", "accept")):
        refused = folder.antrean(*arguments, stdin="sandi-petugas\n")
        assert (refused.exit_code, "made by a newer antrean" in refused.stderr) == (1, True), arguments
    run = RunningHall(folder.path.parent, folder.config).antrean("run", "--port", "0")
    assert (run.returncode, "made by a newer antrean" in run.stderr) == (1, True)
    assert "Traceback" not in run.stderr
    assert rows(folder.database, "SELECT seq, chain FROM events") == before


def test_the_command_migrate_says_what_it_did(folder: Folder) -> None:
    nothing = folder.antrean("migrate")
    assert (nothing.exit_code, nothing.stdout) == (0, "the schema is up to date\n")
    folder.database.unlink()
    folder.database.touch()
    applied = folder.antrean("migrate")
    assert (applied.exit_code, applied.stdout) == (0, f"applied: {', '.join(KNOWN)}\n")
    folder.database.unlink()
    missing = folder.antrean("migrate")
    assert (missing.exit_code, "there is no database" in missing.stderr) == (1, True)


def test_no_row_is_written_by_way_of_a_table_that_is_made_for_it(tmp_path: Path) -> None:
    SqliteStore(tmp_path / DATABASE)
    with closing(connect(tmp_path / DATABASE)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%STRICT'")]
        assert "tickets" in tables
        writes = [f"INSERT INTO {name} DEFAULT VALUES" for name in tables]
        writes += [f"UPDATE tickets SET {column} = 1 WHERE id = 1" for column in ("state", "counter", "outcome")]
        for sql in writes:
            steps = [step[1] for step in connection.execute(f"EXPLAIN {sql}")]
            assert "OpenEphemeral" not in steps, sql


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE tickets SET state = 'lost'",
        "UPDATE tickets SET source = 'street'",
        "UPDATE tickets SET counter = '1'",
        "INSERT INTO counters (id, state, since_ms) VALUES ('1', 'ajar', 0)",
    ],
)
def test_the_checks_of_the_tables_still_check(tmp_path: Path, wrong: str) -> None:
    store = SqliteStore(tmp_path / DATABASE)
    store.write(issue)
    with closing(connect(tmp_path / DATABASE)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute(wrong)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
