"""`antrean report`: figures at the command line, from the database itself; a server may run meanwhile."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from server.catalogue import Catalogues
from server.cli.common import ask_server, fail, with_config
from server.clock import Clock
from server.domain.hall import Hall
from server.domain.rollups import month_of
from server.reckoner import MOST, Reckoner, ReportFailed
from server.reports.answers import counters as counters_answer
from server.reports.answers import list_tickets, outcomes, waiting
from server.reports.answers import monthly as monthly_pdf
from server.reports.counters import COUNTER_GROUPINGS
from server.reports.tickets import STATES, Sought
from server.reports.waiting import GROUPINGS, TOO_FAR, Question
from server.reports.words import as_json, as_table, table
from server.rollups import keep
from server.store import Reader
from server.store.lock import FolderLock, Locked
from server.store.sqlite import DATABASE, ReadOnlyStore, SchemaTooNew, SqliteStore

DAY = click.DateTime(["%Y-%m-%d"])
BINARY = ("xlsx", "pdf")
POLL_S = 1.0


@click.group()
def report() -> None:
    """Figures: waiting times, counters, outcomes, tickets, the monthly report."""


def with_days(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every report over days: `--from`, `--to`, `--format`, `--out`, `--bom`."""
    for option in (
        click.option("--bom", is_flag=True, help="Begin CSV with the mark that spreadsheet programs look for."),
        click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."),
        click.option("--format", "format_", type=click.Choice(["table", "csv", "json", "xlsx"]), default="table",
                     show_default=True),
        click.option("--to", "last", type=DAY, required=True, help="Last business day."),
        click.option("--from", "first", type=DAY, required=True, help="First business day."),
    ):  # fmt: skip
        command = option(command)
    return with_config(command)


@report.command("waiting")
@click.option("--by", type=click.Choice(GROUPINGS), default="agency", show_default=True)
@click.option("--agency", help="Only this agency, by its id.")
@click.option("--service", help="Only this service, by its id.")
@with_days
def waiting_times(
    config: Path, data: Path, first: datetime, last: datetime, by: str, agency: str | None, service: str | None,
    format_: str, out: Path | None, bom: bool,
) -> None:  # fmt: skip
    """Waiting times by agency, service, counter, officer or time; seconds in CSV, JSON and XLSX."""
    days = _days(first, last)
    question = Question(*days, by, agency, service)
    if question.reaches_too_far:
        raise click.BadParameter(TOO_FAR, param_hint="--to")
    with _reading(data) as (reader, hall):
        found = waiting(reader, hall, question, format=_kind(format_, out), bom=bom)
    if format_ == "json":
        found = as_json(found, *days, by)
    _give(as_table(found, hall, by) if format_ == "table" else found, out)


@report.command()
@click.option("--by", type=click.Choice(COUNTER_GROUPINGS), default="counter", show_default=True)
@with_days
def counters(
    config: Path, data: Path, first: datetime, last: datetime, by: str, format_: str, out: Path | None, bom: bool
) -> None:
    """How long counters were open, paused and serving."""
    days = _days(first, last)
    with _reading(data) as (reader, hall):
        found = counters_answer(reader, hall, *days, by, Clock().now_ms(), format=_kind(format_, out), bom=bom)
    _give(_shown(found, format_), out)


@report.command("outcomes")
@with_days
def outcomes_of_services(
    config: Path, data: Path, first: datetime, last: datetime, format_: str, out: Path | None, bom: bool
) -> None:
    """What came of serving visitors, for each service."""
    with _reading(data) as (reader, hall):
        found = outcomes(reader, hall, Question(*_days(first, last), "service"), format=_kind(format_, out), bom=bom)
    _give(_shown(found, format_), out)


@report.command("tickets")
@click.option("--agency", help="Only tickets that were ever of this agency, by its id.")
@click.option("--service", help="Only tickets that were ever of this service, by its id.")
@click.option("--counter", help="Only tickets that were ever at this counter, by its id.")
@click.option("--outcome", type=click.Choice(tuple(STATES)), help="Only tickets that ended so.")
@with_days
def tickets_of_days(
    config: Path, data: Path, first: datetime, last: datetime, agency: str | None, service: str | None,
    counter: str | None, outcome: str | None, format_: str, out: Path | None, bom: bool,
) -> None:  # fmt: skip
    """The tickets themselves, with their durations; 100,000 at most in CSV and XLSX, 1,000 otherwise."""
    sought = Sought(*_days(first, last), agency, service, counter, outcome=outcome)
    with _reading(data) as (reader, hall):
        found = list_tickets(reader, hall, sought, format=_kind(format_, out), bom=bom)
    _give(_shown(found["tickets"] if isinstance(found, dict) else found, format_), out)


@report.command()
@click.option("--month", required=True, help="The month, such as 2026-11.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@with_config
def monthly(config: Path, data: Path, month: str, out: Path | None) -> None:
    """The monthly report for the city's head of service, as PDF."""
    try:
        datetime.strptime(month, "%Y-%m")  # noqa: DTZ007
    except ValueError:
        raise click.BadParameter("must be a month like 2026-11", param_hint="--month") from None
    _kind("pdf", out)
    with _reading(data) as (reader, hall):
        now_ms = Clock().now_ms()
        found = monthly_pdf(reader, hall, month, hall.day(now_ms), now_ms)
    _give(found, out)


@report.command()
@with_config
def rebuild(config: Path, data: Path) -> None:
    """Roll up the figures of all days and months anew from tickets and spans."""
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    try:
        held = FolderLock(data)
    except Locked:
        _rebuild_by_server(data)
        return
    except OSError as error:
        fail(f"the data folder {data} cannot be used: {error}")
    try:
        rebuild_here(data / DATABASE)
    except (SchemaTooNew, LookupError, ReportFailed, sqlite3.Error) as error:
        fail(f"the figures could not be rolled up: {error}")
    finally:
        held.release()


def _rebuild_by_server(data: Path) -> None:
    left = total = ask_server(data, "POST", "/reports/rebuild", {})["not_rolled_up"]
    with click.progressbar(length=max(1, total), label="rolling up", file=sys.stderr) as bar:
        while left:
            time.sleep(POLL_S)
            now = ask_server(data, "GET", "/reports/state")["not_rolled_up"]
            bar.update(max(0, left - now))
            left = now


def rebuild_here(database: Path) -> None:
    """Roll up a database whose folder's lock the caller holds. Raises SchemaTooNew, ReportFailed, sqlite3.Error."""
    store = SqliteStore(database)
    store.write(lambda tx: tx.forget_rollups())
    reckoner = Reckoner(database, nice=0)  # no hall runs that it could hold up
    try:
        with store.read() as reader:
            today = Catalogues().hall(reader).day(store.now_ms())
        periods = reckoner.ask("not_rolled_up", today=today)
        with (
            ThreadPoolExecutor(MOST) as pool,
            click.progressbar(length=max(1, len(periods)), label="rolling up", file=sys.stderr) as bar,
        ):
            months = [period for period in periods if period == month_of(period)]
            for some in (periods[: len(periods) - len(months)], months):  # months are made from their days
                for _ in pool.map(lambda period: _keep(store, reckoner, period), some):
                    bar.update(1)
    finally:
        reckoner.close()
    click.echo(f"rolled up: {len(periods)} days and months", err=True)


def _keep(store: SqliteStore, reckoner: Reckoner, period: str) -> bool:
    return keep(store, period, lambda: reckoner.ask("roll_up", period=period))


def _days(first: datetime, last: datetime) -> tuple[str, str]:
    if last < first:
        raise click.BadParameter("is before --from", param_hint="--to")
    return first.date().isoformat(), last.date().isoformat()


@contextmanager
def _reading(data: Path) -> Iterator[tuple[Reader, Hall]]:
    """The database and its hall, or words and exit code 1."""
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    try:
        with closing(ReadOnlyStore(data / DATABASE)) as store, store.read() as reader:
            yield reader, Catalogues().hall(reader)
    except (LookupError, sqlite3.Error) as error:
        fail(f"the figures cannot be read: {error}")


def _kind(format_: str, out: Path | None) -> str:
    """The format to ask for. A file that a terminal cannot show needs a name."""
    if format_ in BINARY and out is None and sys.stdout.isatty():
        raise click.BadParameter(f"name the file that {format_.upper()} is written to", param_hint="--out")
    return "json" if format_ == "table" else format_


def _shown(found: Any, format_: str) -> str | bytes:
    if format_ == "table":
        return table(found)
    if format_ == "json":
        return json.dumps({"rows": found}, ensure_ascii=False, indent=1)
    return bytes(found)


def _give(content: str | bytes, out: Path | None) -> None:
    """Write to the file, or to standard output."""
    data = content.encode() + b"\n" if isinstance(content, str) else content
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
