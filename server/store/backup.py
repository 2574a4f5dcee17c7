"""Copies of the database: taken while it is in use, checked before they are put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path

from server.store import chain
from server.store.migrations import KNOWN
from server.store.migrations.m001_initial import APPLICATION_ID
from server.store.sqlite import DATABASE, connect, new_epoch, settle
from server.store.whole_files import appearing, sync

PREFIX = "antrean-"


class NotAHall(Exception):
    """The file is not a sound database of ours; the words say why."""


def backup(database: Path, target: Path) -> None:
    """Copy a database that may be in use to `target`, in one step, and make sure that it is on disk.

    One step (VACUUM INTO) sees one moment; a stepwise copy from another process starts over
    whenever the hall writes, and under load never ends. Raises FileExistsError, sqlite3.Error, OSError.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    if not database.exists():
        raise FileNotFoundError(f"there is no database at {database}")
    with appearing(target) as part, closing(connect(database, readonly=True)) as connection:
        connection.execute("PRAGMA query_only = OFF")  # VACUUM INTO counts as a write; the file stays read-only
        connection.execute("VACUUM INTO ?", (str(part),))


def daily(database: Path, folder: Path, second: Path | None, day: date, keep_days: int) -> list[Path]:
    """The day's copy in `folder` and, when set, on a second disk; old ones go. The files that were written.

    Raises OSError, sqlite3.Error; a second disk that is missing does not spoil the first copy. Its folder
    is not made: one that is not there is a disk that is not mounted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PREFIX}{day.isoformat()}.db"
    written = []
    if not target.exists():
        backup(database, target)
        written.append(target)
    _prune(folder, day, keep_days)
    if second is not None:
        if not second.is_dir():
            raise FileNotFoundError(f"there is no folder {second}; is its disk mounted?")
        copy = second / target.name
        if not copy.exists():
            with appearing(copy) as part:
                shutil.copyfile(target, part)
            written.append(copy)
        _prune(second, day, keep_days)
    return written


def _prune(folder: Path, day: date, keep_days: int) -> None:
    """Copies that are too old go, but never the newest `keep_days`: a clock that is wrong must not take them all."""
    copies = sorted((made, path) for path in folder.glob(f"{PREFIX}*.db") if (made := _day_of(path)) is not None)
    for made, path in copies[:-keep_days]:
        if made <= day - timedelta(days=keep_days):
            path.unlink()


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem.removeprefix(PREFIX))
    except ValueError:
        return None


def check(path: Path, progress: Callable[[int], None] = lambda seq: None) -> None:
    """Make sure that a file is a whole database of ours whose log holds. Raises NotAHall with words."""
    if not path.is_file():
        raise NotAHall(f"there is no file {path}")
    try:
        with closing(connect(path, readonly=True)) as connection:
            _check(connection, path, progress)
    except sqlite3.Error as error:
        raise NotAHall(f"{path} is not a database that can be read: {error}") from None


def _check(connection: sqlite3.Connection, path: Path, progress: Callable[[int], None]) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotAHall(f"{path} is not a database of Antrean")
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise NotAHall(f"{path} is damaged: {found}")
    names = [
        row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'antrean'")
    ]
    unknown = sorted(set(names) - set(KNOWN))
    if unknown:
        raise NotAHall(f"{path} was made by a newer antrean (it has {', '.join(unknown)})")
    broken = chain.verify(connection, progress)
    if broken is not None:
        raise NotAHall(f"{path}: its event log does not hold at {broken.seq}: {broken.why}")


def restore(source: Path, folder: Path, stamp: str, progress: Callable[[int], None] = lambda seq: None) -> Path | None:
    """Put a copy in place of the database of a data folder whose lock is held; where the old one is kept.

    Checks the copy first. The old file goes to `antrean.db.before-restore-<stamp>`, with what its
    `-wal` holds; left beside the new file that would bring the old rows back. The restored database
    starts a new epoch, so that every screen starts over. Raises NotAHall, OSError, sqlite3.Error.
    """
    check(source, progress)
    database = folder / DATABASE
    kept = folder / f"{DATABASE}.before-restore-{stamp}" if database.exists() else None
    if kept is not None and kept.exists():
        raise FileExistsError(f"{kept} is there already")
    part = folder / f"{DATABASE}.restoring"
    for leftover in ("", "-wal", "-shm"):
        Path(f"{part}{leftover}").unlink(missing_ok=True)
    backup(source, part)
    with closing(connect(part)) as connection:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (new_epoch(),))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync(part)
    if kept is not None:
        _keep(database, kept)
    for leftover in ("-wal", "-shm"):
        Path(f"{database}{leftover}").unlink(missing_ok=True)
    os.replace(part, database)
    sync(folder)
    return kept


def _keep(database: Path, kept: Path) -> None:
    """Another name for the old database: under its own there is a whole one at every moment of a restore."""
    with suppress(sqlite3.Error):
        settle(database)
    try:
        os.link(database, kept)
    except OSError:
        os.rename(database, kept)  # this disk has no hard links
    wal = Path(f"{database}-wal")
    if wal.exists():  # too damaged to be read: SQLite finds the log again under the new name
        os.rename(wal, f"{kept}-wal")
