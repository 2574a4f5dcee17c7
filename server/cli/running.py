"""`antrean run`, `antrean check`, `antrean migrate`."""

from __future__ import annotations

import dataclasses
import logging
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from display.voice.readiness import shortcomings
from server.cli.common import WRONG_USAGE, fail, lock, settings_of, with_config
from server.commands import catalogue
from server.config import Settings
from server.domain.actors import SYSTEM
from server.house import DEMO_FILE, load_secrets
from server.store.lock import FolderLock
from server.store.offline import write_offline
from server.store.sqlite import DATABASE, SchemaTooNew, connect
from server.store.sqlite import migrate as migrate_database
from server.supervisor import CannotListen, Child, Supervisor, address_of, listen


@click.command()
@with_config
@click.option("--host", help="Listen on this address instead of the configured one.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port; 0 takes a free one.")
def run(config: Path, data: Path, host: str | None, port: int | None) -> None:
    """Run the server and the print worker of this machine's printers."""
    settings = settings_of(config)
    if (data / DEMO_FILE).exists():
        fail(f"{data} is a demo's data folder; use another, or: antrean demo --data {data}")
    sys.exit(serve(settings, data, host, port))


def serve(
    settings: Settings, data: Path, host: str | None, port: int | None, held: FolderLock | None = None,
    extra: list[Child] | None = None, announce: Callable[[str], None] | None = None,
) -> int:  # fmt: skip
    """Run a hall until it is told to stop; the exit code. `announce` tells the address once it listens."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    settings = dataclasses.replace(
        settings,
        server=dataclasses.replace(
            settings.server,
            host=host or settings.server.host,
            port=settings.server.port if port is None else port,
        ),
    )
    held = held or lock(data)
    prepare(settings, data)
    try:
        listener = listen(settings.server.host, settings.server.port)
    except CannotListen as error:
        fail(str(error))
    _tell_shortcomings(settings)
    if announce is not None:
        announce(address_of(listener))
    else:
        _announce(settings, address_of(listener))
    try:
        return Supervisor(settings, data, held, listener, extra or []).run()
    except OSError as error:
        fail(f"the hall cannot run: {error}")


def _announce(settings: Settings, url: str) -> None:
    click.echo(f"Antrean: {settings.hall.name} at {url}/", err=True)
    if not settings.server.qr:
        click.echo("No QR codes: [server] public_url is not set to an address that phones can reach.", err=True)


def _tell_shortcomings(settings: Settings) -> bool:
    """Tell what the voice cannot say, a problem a line; whether there is any. The hall chimes all the same."""
    found = shortcomings(settings.voice, settings.hall)
    for path, words in found:
        click.echo(f"{path}: {words}", err=True)
    return bool(found)


def prepare(settings: Settings, data: Path) -> None:
    """Bring the data folder up to date: schema, secrets, and a new folder's catalogue."""

    def check_catalogue(tx: object) -> str | None:
        found = tx.catalogue()  # type: ignore[attr-defined]
        if found is None:
            catalogue.apply(tx, settings.hall, SYSTEM)  # type: ignore[arg-type]
            return None
        return str(found.source_hash)

    try:
        load_secrets(data)
        applied = write_offline(data / DATABASE, check_catalogue, despite_jump=True)  # it writes to a new one only
    except SchemaTooNew as error:
        fail(str(error))
    except sqlite3.Error as error:
        fail(f"the database in {data} cannot be used: {error}; antrean restore puts a copy in its place")
    except (OSError, ValueError) as error:
        fail(f"the data folder {data} cannot be used: {error}")
    if applied is not None and applied != catalogue.fingerprint(settings.hall):
        click.echo(
            "The hall in the configuration differs from the one in use. To see how and to apply it: antrean hall apply",
            err=True,
        )


@click.command()
@with_config
def check(config: Path, data: Path) -> None:
    """Say everything that is wrong with the configuration, and what the voice cannot say on this machine."""
    settings = settings_of(config)
    if _tell_shortcomings(settings):
        sys.exit(WRONG_USAGE)
    services = len(settings.hall.services)
    click.echo(f"{config}: sound. {len(settings.hall.agencies)} agencies, {services} services, "
               f"{len(settings.hall.counters)} counters.")  # fmt: skip


@click.command()
@with_config
def migrate(config: Path, data: Path) -> None:
    """Bring the database's schema up to this program's version."""
    database = data / DATABASE
    if not database.exists():
        fail(f"there is no database in {data}; it is made at the first start")
    held = lock(data)
    try:
        with closing(connect(database)) as connection:
            applied = migrate_database(connection)
    except (SchemaTooNew, sqlite3.Error) as error:
        fail(f"nothing was changed: {error}")
    finally:
        held.release()
    click.echo(f"applied: {', '.join(applied)}" if applied else "the schema is up to date")
