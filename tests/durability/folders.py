"""Data folders to break: a hall's database made by the real commands, without a server, and the command line on it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from server.__main__ import main
from server.commands import catalogue, issuing
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.hall_file import parse_hall
from server.policy import Policy
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.sqlite import DATABASE, connect
from tests.harness import ROOT, write_config
from tests.small_hall import Document, small

KIOSK = Actor("token:kiosk-1", "kiosk", "kiosk-1", "kiosk-1")
OPEN = Policy(always_open=True)


def roomy() -> Document:
    """The small hall with numbers that do not wrap: for tests that count them."""
    document = small()
    del document["agencies"][1]["services"][0]["numbers"]
    return document


@dataclass(frozen=True)
class Said:
    """How a command of the command line ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Folder:
    """A data folder and its config.toml, for the command line."""

    path: Path
    config: Path

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    def antrean(self, *arguments: str, stdin: str | None = None) -> Said:
        """Run a command; it must end by itself with an exit code, never by an exception of ours.

        In this process, which is quick, but for those that hold the folder until their process ends.
        """
        whole = [*arguments, "--config", str(self.config), "--data", str(self.path)]
        if arguments[:1] in (("run",), ("demo",)):
            command = [sys.executable, "-m", "server", *whole]
            ended = subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=60)
            assert "Traceback" not in ended.stderr, ended.stderr
            return Said(ended.returncode, ended.stdout, ended.stderr)
        result = CliRunner().invoke(main, whole, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def issue(self, count: int, service: str = "one") -> list[str]:
        """Tickets issued while no server runs, each in a commit of its own; their numbers."""
        return [write_offline(self.database, lambda tx: issue(tx, service)) for _ in range(count)]


def hall_of(tx: Changes) -> Hall:
    """The catalogue in force; a new database takes the roomy one."""
    hall = parse_hall(roomy())
    catalogue.apply(tx, hall, KIOSK)
    return hall


def issue(tx: Changes, service: str = "one") -> str:
    """One ticket for a service; its number."""
    wish = issuing.Wish((service,))
    return issuing.issue(tx, hall_of(tx), OPEN, KIOSK, wish).tickets[0].number


def make_folder(root: Path, *, tickets: int = 0) -> Folder:
    """A data folder with a database in which so many tickets have been issued."""
    root.mkdir(parents=True, exist_ok=True)
    folder = Folder(root / "data", write_config(root / "config.toml", roomy()))
    write_offline(folder.database, hall_of)
    folder.issue(tickets)
    return folder


def rows(database: Path, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """What a fresh connection reads."""
    with closing(connect(database, readonly=True)) as connection:
        return connection.execute(sql, values).fetchall()


def contents(database: Path) -> list[str]:
    """Everything that a database holds, but for its epoch, which a restore changes."""
    with closing(connect(database, readonly=True)) as connection:
        return sorted(line for line in connection.iterdump() if "'epoch'" not in line)  # a copy lists its indices anew


@contextmanager
def tampering(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that knows nothing of our rules; what it changed is committed."""
    with closing(sqlite3.connect(database)) as connection, connection:
        yield connection
