"""`antrean backup`, `antrean restore`, `antrean verify`."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from server.cli.common import FAILED, fail, lock, with_config
from server.store import archive, chain
from server.store.backup import NotAHall
from server.store.backup import backup as take_backup
from server.store.backup import restore as put_back
from server.store.sqlite import DATABASE, connect


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_config
def backup(config: Path, data: Path, file: Path) -> None:
    """Copy the database to FILE while the hall goes on."""
    try:
        take_backup(data / DATABASE, file)
    except (OSError, sqlite3.Error) as error:
        fail(f"no backup was made: {error}")
    click.echo(f"{file}: {file.stat().st_size:,} bytes", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_config
def restore(config: Path, data: Path, file: Path) -> None:
    """Put the copy FILE in place of the database; checks it first and keeps the old one."""
    held = lock(data)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        with progress_bar("checking the copy", _newest(file)) as told:
            kept = put_back(file, data, stamp, told)
    except (NotAHall, OSError, sqlite3.Error) as error:
        fail(f"nothing was restored: {error}")
    finally:
        held.release()
    click.echo(f"restored; the old database is kept as {kept}" if kept else "restored", err=True)
    _tell_missing_archives(data)


def _tell_missing_archives(data: Path) -> None:
    with closing(connect(data / DATABASE, readonly=True)) as connection:
        paths = [archive.path_of(data / archive.FOLDER, one.month) for one in archive.noted(connection)]
    for path in paths:
        if not path.exists():
            click.echo(f"{path} is missing: copy it there from where archives are kept", err=True)


@click.command()
@with_config
def verify(config: Path, data: Path) -> None:
    """Walk the event log, that in archives too, and say whether it is whole."""
    database = data / DATABASE
    if not database.exists():
        fail(f"there is no database in {data}")
    told, walk = progress_bar("verifying", _newest(database)), chain.Walk()
    try:
        with closing(connect(database, readonly=True)) as connection, told:
            archived = archive.walk_all(connection, data / archive.FOLDER, told)
            broken = chain.verify(connection, told, walk=walk, archived=archived)
            archives = len(archive.noted(connection))
    except sqlite3.Error as error:
        fail(f"the database cannot be read: {error}")
    if broken is not None:
        click.echo(f"the log does not hold at {broken.seq}: {broken.why}")
        sys.exit(FAILED)
    more = [f"{archives} of its months in archives"] if archives else []
    more += [f"words erased in {walk.erased}"] if walk.erased else []
    click.echo(", ".join([f"the log is whole: {walk.head.seq} events", *more]))


class progress_bar:
    """A progress bar on a terminal, over `length` of the log's numbers after `at`, which is the last one told."""

    def __init__(self, label: str, length: int, at: int = 0) -> None:
        self._bar = click.progressbar(length=max(1, length), label=label, file=sys.stderr)
        self.at = at

    def __enter__(self) -> progress_bar:
        self._bar.__enter__()
        return self

    def __call__(self, seq: int) -> None:
        if sys.stderr.isatty():
            self._bar.update(seq - self.at)
        self.at = seq

    def __exit__(self, *args: object) -> None:
        if sys.stderr.isatty():
            self._bar.render_finish()


def _newest(database: Path) -> int:
    try:
        with closing(connect(database, readonly=True)) as connection:
            return chain.read_head(connection).seq
    except sqlite3.Error:
        return 0
