"""`antrean printer status|test`, `antrean print-agent`: the printers of this machine."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from server.cli.common import WRONG_USAGE, address_of_server, ask_server, fail, settings_of, show_problems, with_config
from server.clock import Clock
from server.commands.printing import PRINTS, trial_slip
from server.config import ConfigProblems, PrinterConnection, Settings, VirtualConnection, load_printers
from server.domain.hall import Text

TEST_S = 30.0
"""How long a test slip may take; a person stands before the printer."""
_WORDS = {
    "ready": "ready", "paper_low": "paper low", "paper_out": "paper out", "cover_open": "cover open",
    "offline": "offline", "error": "error", "unknown": "never heard of",
}  # fmt: skip


@click.group()
def printer() -> None:
    """The slip printers."""


@printer.command("status")
@with_config
def printer_status(config: Path, data: Path) -> None:
    """Say how each printer is: what the running server knows, else what the printers of this machine answer.

    The exit code is 1 where a printer cannot print.
    """
    settings = settings_of(config)
    if address_of_server(data) is not None:
        found = ask_server(data, "GET", "/printers")["printers"]
    else:
        found = _ask_printers(settings)
    if not found:
        click.echo("there are no printers")
    for row in found:
        click.echo(_line(row))
    sys.exit(int(any(row["state"] not in PRINTS for row in found)))


def _line(row: dict[str, Any]) -> str:
    since = f" since {datetime.fromisoformat(row['since']):%d %b %H:%M}" if row.get("since") else ""
    jobs = f", {row['jobs_waiting']} waiting" if row.get("jobs_waiting") else ""
    aside = f", {row['fallback']} prints for it" if row.get("standing_in") else ""
    reason = f": {row['reason']}" if row.get("reason") else ""
    return f"{row['id']}: {_WORDS[row['state']]}{since}{jobs}{aside}{reason}"


def _ask_printers(settings: Settings) -> list[dict[str, Any]]:
    """How the printers of this machine say they are, asked all at once: a dead one takes its whole time-out."""
    from printers.drivers import NotSent, open_driver

    def ask(connection: PrinterConnection) -> dict[str, Any]:
        try:
            status = open_driver(connection, timeout_s=settings.printing.timeout_s).status()
        except NotSent as error:
            return {"id": connection.id, "state": error.status.state, "reason": str(error)}
        if status is None:
            return {"id": connection.id, "state": "ready", "reason": "it is there, but cannot tell how it is"}
        return {"id": connection.id, "state": status.state, "reason": status.reason}

    # A virtual printer lives in the print worker: there is none while nothing runs.
    real = [each for each in settings.printer if not isinstance(each, VirtualConnection)]
    with ThreadPoolExecutor(max(1, len(real))) as pool:
        return list(pool.map(ask, real))


@printer.command("test")
@click.argument("id")
@with_config
def printer_test(config: Path, data: Path, id: str) -> None:
    """Print a test slip on a printer of this machine, and say what the printer answered."""
    from printers.clock import clock_s
    from printers.drivers import Interrupted, NotSent, open_driver
    from printers.slip import lay_out
    from printers.style import Style
    from server.slip_style import slip_style

    settings = settings_of(config)
    connection = next((each for each in settings.printer if each.id == id), None)
    if connection is None:
        known = ", ".join(each.id for each in settings.printer) or "none"
        fail(f'{config} has no [[printer]] with the id "{id}" (there are: {known})')
    style = Style.from_json(slip_style(settings))
    data_ = lay_out(
        _test_slip(settings, connection), width_mm=connection.width_mm, profile=connection.profile, style=style
    )
    driver, told = open_driver(connection, timeout_s=settings.printing.timeout_s), [""]

    def tell(status: Any) -> None:
        if not status.prints and told[-1] != status.state:
            told.append(status.state)
            click.echo(f"{id}: {_WORDS[status.state]}; waiting for it ...", err=True)

    try:
        end = driver.send(data_, until_s=clock_s() + TEST_S, on_status=tell)
    except NotSent as error:
        fail(f"{id}: {error}. Nothing was sent.")
    except Interrupted as error:
        fail(f"{id}: {error}. Look whether the slip came out.")
    if end == "printed":
        click.echo(f"{id}: printed; the printer has confirmed it.")
    else:
        click.echo(f"{id}: sent. This printer does not say whether it prints: look whether the slip came out.")


def _test_slip(settings: Settings, connection: PrinterConnection) -> dict[str, Any]:
    about = f"{connection.id} · {connection.driver} · {connection.profile} · {connection.width_mm} mm"
    url = f"{settings.server.public_url}/" if settings.server.qr else None
    return trial_slip(settings.hall, Text(about, about), Clock().now_ms(), url)


@click.command("print-agent")
@click.option("--server", "server_url", required=True, help="The server's address, like http://antrean.example:8080.")
@click.option("--token", envvar="ANTREAN_TOKEN", required=True, show_envvar=True,
              help="A printer token: antrean token create --role printer --printer ID.")
@with_config
def print_agent(config: Path, data: Path, server_url: str, token: str) -> None:
    """Print the slips of this computer's own printers: a kiosk with its printer on USB.

    config.toml needs [[printer]] only. The token is better given by the environment variable: others on this computer
    can read the words of a command.
    """
    from printers.worker import run_worker

    parts = urlsplit(server_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter("is not an address like http://antrean.example:8080", param_hint="--server")
    try:
        printing, connections = load_printers(config, os.environ)
    except ConfigProblems as problems:
        show_problems(problems)
        sys.exit(WRONG_USAGE)
    if not connections:
        click.echo(f"{config}: has no [[printer]], so there is nothing to print on", err=True)
        sys.exit(WRONG_USAGE)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s", force=True)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda sig, frame: stop.set())
    click.echo(f"printing for {server_url} on {', '.join(each.id for each in connections)}", err=True)
    run_worker(
        server_url=server_url, token=token, connections=connections, stop=stop, paper_folder=data / "paper",
        timeout_s=printing.timeout_s,
    )
