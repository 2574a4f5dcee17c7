"""`antrean hall export` and `antrean hall apply`."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from server.catalogue import Catalogues
from server.cli.access import COMMAND_LINE
from server.cli.common import WRONG_USAGE, fail, through_server_or_alone, with_config
from server.commands import catalogue
from server.config import to_toml
from server.domain.hall import Hall
from server.hall_file import MACHINE_SECTIONS, hall_document, parse_hall
from server.shape import ConfigProblems
from server.store.changes import Changes
from server.store.records import Records
from server.store.sqlite import DATABASE, connect


@click.group()
def hall() -> None:
    """The hall's catalogue: agencies, services, counters, devices."""


@hall.command()
@with_config
def export(config: Path, data: Path) -> None:
    """Write the catalogue in use as TOML to standard output."""
    click.echo(to_toml(hall_document(_in_force(data))), nl=False)


@hall.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Apply without asking.")
@with_config
def apply(config: Path, data: Path, file: Path, yes: bool) -> None:
    """Show how FILE differs from the catalogue in use, and put it in force."""
    wanted = _read(file)
    before, after = hall_document(_in_force(data)), hall_document(wanted)
    changes = catalogue.differences(before, after)
    if not changes:
        click.echo("nothing changes", err=True)
        return
    for line in changes:
        click.echo(line)
    if not yes:
        click.confirm("Apply this?", abort=True)

    def alone(tx: Changes) -> dict[str, Any]:
        return {"changed": catalogue.apply(tx, wanted, COMMAND_LINE)}

    through_server_or_alone(data, "/catalogue", json.loads(json.dumps(after)), alone)
    click.echo("applied", err=True)


def _read(file: Path) -> Hall:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        return parse_hall({key: value for key, value in document.items() if key not in MACHINE_SECTIONS})
    except ConfigProblems as problems:
        lines = [f"{path}: {message}" for path, message in problems.problems]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        lines = [f"{file}: {error}"]
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(WRONG_USAGE)


def _in_force(data: Path) -> Hall:
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data} yet")
    try:
        with closing(connect(data / DATABASE, readonly=True)) as connection:
            return Catalogues().hall(Records(connection))
    except (LookupError, sqlite3.Error) as error:
        fail(f"the catalogue cannot be read: {error}")
