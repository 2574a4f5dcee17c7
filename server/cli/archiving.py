"""`antrean archive`: months of the event log go to compressed files, by hand or each night after the backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from server.catalogue import Catalogues
from server.cli.common import fail, settings_of, through_server_or_alone, with_config
from server.cli.upkeep import progress_bar
from server.commands import retention
from server.config import Settings
from server.domain.actors import SYSTEM
from server.domain.retention import is_month, month_of, months_before
from server.store import Archive, archive
from server.store.changes import Changes
from server.store.lock import FolderLock, Locked
from server.store.offline import write_offline
from server.store.records import Records
from server.store.sqlite import DATABASE, connect

TRIM_AT_ONCE = 5_000


@click.command("archive")
@click.option("--before", metavar="YYYY-MM", help="Archive months before this one, whatever [retention] says.")
@with_config
def archive_(config: Path, data: Path, before: str | None) -> None:
    """Move whole months of the event log to compressed files, which `verify` still checks."""
    settings = settings_of(config)
    if before is not None and not is_month(before):
        raise click.BadParameter("must be a month like 2026-01", param_hint="--before")
    if before is None and not settings.retention.archive_after_months:
        raise click.UsageError("say --before YYYY-MM, or set [retention] archive_after_months")
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    made = archive_months(settings, data, before)
    for one in made:
        click.echo(f"{archive.path_of(data / archive.FOLDER, one.month)}: events {one.first} to {one.last}", err=True)
    if not made:
        click.echo("there is no month to archive", err=True)


def archive_months(settings: Settings, data: Path, before: str | None = None) -> list[Archive]:
    """Archive the months that are due, or those before one; what was archived. Ends with words where it fails.

    Only one process does so at a time. Where a server runs, it notes the files and deletes the events.
    """
    folder = data / archive.FOLDER
    try:
        held = FolderLock(folder)
    except Locked:
        fail("another process is archiving")
    except OSError as error:
        fail(f"the folder {folder} cannot be used: {error}")
    try:
        return _archive(settings, data, before)
    except (archive.BadArchive, LookupError, OSError, sqlite3.Error) as error:
        fail(f"not all was archived, and nothing is lost: {error}")
    finally:
        held.release()


def _archive(settings: Settings, data: Path, before: str | None) -> list[Archive]:
    rules = settings.retention
    second = Path(rules.archive_second_folder) if rules.archive_second_folder else None
    made, waiting = [], 0
    with closing(connect(data / DATABASE, readonly=True)) as connection:
        reader = Records(connection)
        zone = Catalogues().hall(reader).zone_info
        through = int(reader.meta("erased_events") or 0) if rules.personal_days else None
        for month, last in archive.due(connection, zone, _before(zone, rules.archive_after_months, before)):
            if through is not None and last > through:
                waiting += 1
                continue
            first = reader.archived_through() + 1
            with progress_bar(f"archiving {month}", last - first + 1, first - 1) as told:
                made.append(archive.write(connection, data / archive.FOLDER, second, month, last, told))
            _note(data, made[-1])
        if reader.log_to_trim():  # also what one that was killed left
            _trim(data)
    if waiting:
        click.echo(f"{waiting} months wait until words in them are erased: the server does so each day", err=True)
    return made


def _before(zone: ZoneInfo, after_months: int, before: str | None) -> str:
    """The month before which all are archived; never later than the present one, which is not over."""
    present = month_of(int(datetime.now(UTC).timestamp() * 1000), zone)
    return months_before(present, after_months) if before is None else min(before, present)


def _note(data: Path, made: Archive) -> None:
    def alone(tx: Changes) -> dict[str, object]:
        return {"noted": retention.note_archive(tx, SYSTEM, made)}

    through_server_or_alone(data, "/archives", {"month": made.month}, alone)


def _trim(data: Path) -> None:
    """Delete what was archived; a running server does it by itself."""
    try:
        held = FolderLock(data)
    except Locked:
        return
    try:
        while write_offline(data / DATABASE, lambda tx: tx.trim_log(TRIM_AT_ONCE)):
            pass
    finally:
        held.release()
