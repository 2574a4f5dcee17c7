"""`antrean demo`: a hall that lives, for newcomers."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import sys
import tempfile
from pathlib import Path

import click

from server.auth import hash_password
from server.cli.access import COMMAND_LINE, hall_in_force
from server.cli.common import fail, lock, settings_of
from server.cli.running import serve
from server.commands import access
from server.config import Settings, VirtualConnection, load
from server.house import DEMO_FILE
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.sqlite import DATABASE
from server.supervisor import Child

PASSWORD = "antrean-demo"


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="A hall of your own instead of the shipped one.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the demo's data here instead of throwing it away.")
@click.option("--host", default=None, help="Listen on this address.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port.")
@click.option("--visitors", type=click.FloatRange(0, 2000), default=90, show_default=True, help="Visitors an hour.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=6, show_default=True, help="How fast time passes for visitors and officers.")
def demo(config: Path | None, data: Path | None, host: str | None, port: int | None, visitors: float, speed: float) -> None:
    """Run a hall with simulated visitors and officers and paper on the screen."""
    settings = _settings(config)
    if data is None:
        with tempfile.TemporaryDirectory(prefix="antrean-demo-") as folder:
            code = _run(settings, Path(folder), host, port, visitors, speed)
        sys.exit(code)
    if (data / DATABASE).exists() and not (data / DEMO_FILE).exists():
        fail(f"{data} holds a real hall; a demo does not touch it")
    sys.exit(_run(settings, data, host, port, visitors, speed))


def _settings(config: Path | None) -> Settings:
    """The hall's settings with virtual printers, always open."""
    settings = settings_of(config) if config else load(None, os.environ)
    printers = tuple(VirtualConnection(driver="virtual", id=printer.id, port=0) for printer in settings.hall.printers)
    return dataclasses.replace(settings, always_open=True, printer=printers)


def _run(settings: Settings, data: Path, host: str | None, port: int | None, visitors: float, speed: float) -> int:
    held = lock(data)
    shown = write_offline(data / DATABASE, lambda tx: _people_and_devices(tx, settings))
    path = data / DEMO_FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(shown, indent=1))
    for login in shown["logins"]:
        click.echo(f"  login {login['name']:<14} password {login['password']}  ({login['role']})", err=True)
    click.echo("  every page: open the address below and follow the links", err=True)

    def simulate() -> None:
        from server.simulation import simulate

        simulate(data, visitors_per_hour=visitors, speed=speed)

    extra = [Child("simulation", simulate)] if visitors else []
    return serve(settings, data, host, port, held, extra)


def _people_and_devices(tx: Changes, settings: Settings) -> dict[str, object]:
    """Logins and enrolled devices of the demo, made anew at each start."""
    hall = hall_in_force(tx, settings.hall)
    kept = hash_password(PASSWORD)
    logins = []
    for name, role in [(f"petugas-{n:02d}", "officer") for n in (1, 2, 3)] + [("pengawas", "supervisor"), ("admin", "admin")]:
        access.add_user(tx, COMMAND_LINE, name, role, kept, replace=True)
        logins.append({"name": name, "password": PASSWORD, "role": role})
    links, tokens = {}, {}
    for role, ids in (("kiosk", hall.kiosk), ("display", hall.display), ("counter", hall.counter)):
        for id in ids:
            token = access.create_token(tx, hall, COMMAND_LINE, role, f"{role} {id}", id)
            tokens[f"{role}/{id}"] = token
            if role != "counter":
                links[f"{role}/{id}"] = f"/enrol?token={token}"
    return {"links": links, "logins": logins, "tokens": tokens, "paper": True, "started": secrets.token_hex(4)}
