"""`antrean demo`: a hall that lives, for newcomers."""

from __future__ import annotations

import dataclasses
import logging
import math
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from server.cli.common import fail, lock, settings_of
from server.cli.demo_folder import PASSWORD, agencies_at, is_real_hall, prepare_demo
from server.cli.running import serve
from server.config import Settings, VirtualConnection, shipped
from server.domain.hall import Hall
from server.store.sqlite import SchemaTooNew
from server.supervisor import Child

MOST_LINKS = 8
"""So many kiosks and boards are listed; a larger hall's are all on the page of addresses."""


def _finite(context: click.Context, parameter: click.Parameter, value: float) -> float:
    if math.isnan(value):  # no comparison refuses it
        raise click.BadParameter("must be a number")
    return value


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="A hall of your own instead of the shipped one.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the demo's data here.")
@click.option("--host", default=None, help="Listen on this address.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port; 0 takes a free one.")
@click.option(
    "--visitors", type=click.FloatRange(0, 2000), default=90, show_default=True, callback=_finite,
    help="Visitors an hour of the hall's time; 0: nobody but you.",
)
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=6, show_default=True, callback=_finite,
    help="How fast time passes for visitors and officers.",
)  # fmt: skip
def demo(
    config: Path | None, data: Path | None, host: str | None, port: int | None, visitors: float, speed: float
) -> None:
    """Run a hall with simulated visitors and officers and paper on the screen."""
    settings = _settings(config)
    if data is not None:
        if is_real_hall(data):
            fail(f"{data} holds a real hall; a demo does not touch it")
        sys.exit(_run(settings, data, host, port, visitors, speed, f"{data}, kept for the next time"))
    with tempfile.TemporaryDirectory(prefix="antrean-demo-") as folder:
        code = _run(settings, Path(folder), host, port, visitors, speed, "thrown away at the end (--data DIR keeps it)")
    sys.exit(code)


def _settings(config: Path | None) -> Settings:
    """The hall's settings with virtual printers, always open."""
    settings = settings_of(config or shipped())
    printers = tuple(VirtualConnection(driver="virtual", id=printer.id, port=0) for printer in settings.hall.printers)
    return dataclasses.replace(settings, always_open=True, printer=printers)


def _run(
    settings: Settings, data: Path, host: str | None, port: int | None, visitors: float, speed: float, kept: str
) -> int:
    held = lock(data)
    try:
        shown, hall = prepare_demo(data, settings)
    except (SchemaTooNew, sqlite3.Error, OSError) as error:
        fail(f"the demo's data folder {data} cannot be used: {error}")

    def simulate() -> None:
        from server.simulation import simulate

        simulate(data, visitors_per_hour=visitors, speed=speed)

    def announce(url: str) -> None:
        life = (
            f"{visitors:g} visitors an hour, time runs {speed:g} times as fast" if visitors else "nobody comes but you"
        )
        for line in words(hall, shown, url, life, settings.server.qr, kept):
            click.echo(line)

    # A newcomer wants to read the addresses, not that printers are ready.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
    return serve(settings, data, host, port, held, [Child("simulation", simulate)] if visitors else [], announce)


def words(hall: Hall, shown: dict[str, Any], url: str, life: str, qr: bool, kept: str) -> Iterable[str]:
    """What a newcomer needs to know, line by line: addresses, logins, counters to try."""
    links = [*shown["links"].items()]
    width = max([10, *(len(device.partition("/")[2]) for device, _ in links[:MOST_LINKS])])
    yield f"\nAntrean demo: {hall.name}. {life[0].upper()}{life[1:]}. Ctrl-C ends it.\n"
    yield f"  {'all pages':<{width}}  {url}/"
    yield f"  {'paper':<{width}}  {url}/paper"
    yield f"  {'counters':<{width}}  {url}/counter/"
    for device, path in links[:MOST_LINKS]:
        yield f"  {device.partition('/')[2]:<{width}}  {url}{path}"
    if len(links) > MOST_LINKS:
        yield f"  {'':<{width}}  and {len(links) - MOST_LINKS} more kiosks and boards: see all pages"
    yield f"\n  Logins, each with the password {PASSWORD}:"
    for login in shown["logins"]:
        counter = hall.counter.get(login["counter"] or "")
        try_ = f"counter {counter.label} is free: {agencies_at(hall, counter)}" if counter else login["role"]
        yield f"  {login['name']:<{width}}  {try_}"
    yield f"\n  The data is {kept}."
    if not qr:
        yield "  No QR codes: set [server] public_url to an address that phones can reach."
    yield ""
