"""`antrean report satisfaction`: the satisfaction index (SKM) and the ministry's form of it."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from server.catalogue import Catalogues
from server.cli.common import fail, settings_of, with_config
from server.domain.hall import Hall
from server.reports.answers import satisfaction as satisfaction_answer
from server.reports.satisfaction import GROUPINGS, Scope
from server.reports.satisfaction_form import name_of
from server.store.records import Records
from server.store.sqlite import DATABASE, connect

_HEAD = ("", "respondents", "needed", "index", "class", "lowest")
STDOUT = Path("-")


@click.command()
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First business day.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last business day.")
@click.option("--by", type=click.Choice(GROUPINGS), default="agency", show_default=True)
@click.option("--agency", help="Of this agency only.")
@click.option("--service", help="Of this service only.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "csv", "json", "xlsx"]), default="table", show_default=True,
    help="csv and xlsx are the ministry's form.",
)  # fmt: skip
@click.option(
    "--output", "--out", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False), default=STDOUT,
    show_default=True, help="The file to write; - is standard output.",
)  # fmt: skip
@with_config
def satisfaction(
    config: Path, data: Path, first: datetime, last: datetime, by: str, agency: str | None, service: str | None,
    format_: str, output: Path,
) -> None:  # fmt: skip
    """Satisfaction (SKM) by agency or service, after Permenpan RB 14/2017."""
    if last < first:
        raise click.BadParameter("is before --from", param_hint="--to")
    weight = settings_of(config).survey.weight
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    scope = Scope(first.date().isoformat(), last.date().isoformat(), agency, service)
    try:
        with closing(connect(data / DATABASE, readonly=True)) as connection:
            connection.execute("BEGIN")  # all figures of one moment
            made = _made(Records(connection), scope, by, weight, format_)
    except (LookupError, sqlite3.Error) as error:
        fail(f"the figures cannot be read: {error}")
    _write(output, made)


def _made(reader: Records, scope: Scope, by: str, weight: str, format_: str) -> bytes:
    """The report in a format, as it is written."""
    hall = Catalogues().hall(reader)
    found = satisfaction_answer(reader, hall, scope, by, weight, format_)
    if isinstance(found, bytes):
        return found
    words = json.dumps(found, ensure_ascii=False, indent=1) if format_ == "json" else as_table(found, hall)
    return f"{words}\n".encode()


def as_table(report: dict[str, Any], hall: Hall) -> str:
    """Columns for reading, the hall as a whole in the last line."""
    rows = [(name_of(hall, row["key"], report["by"]), row) for row in report["rows"]]
    lines = [list(_HEAD)] + [_line(name, row) for name, row in [*rows, (hall.name, report["total"])]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    table = [
        line[0].ljust(widths[0])
        + "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    ]
    weight = "1/9" if report["weight"] == "exact" else "0.11"
    return "\n".join([*table, f"each element weighs {weight}"])


def _line(name: str, row: dict[str, Any]) -> list[str]:
    index = "-" if row["index"] is None else f"{row['index']:.2f}"
    lowest = " ".join(row["lowest"]) if len(row["lowest"]) < 9 else "-"
    return [name, str(row["respondents"]), str(row["sample"]["needed"]), index, row["class"] or "-", lowest or "-"]


def _write(output: Path, made: bytes) -> None:
    """To standard output, or to a file that is there whole or not at all."""
    if output == STDOUT:
        click.echo(made, nl=False)
        return
    part = output.with_name(f"{output.name}.part")
    try:
        part.write_bytes(made)
        os.replace(part, output)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
