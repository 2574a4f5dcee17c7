"""`antrean user`, `antrean token`, `antrean clock`."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import click

from server.auth import DEVICE_ROLES, hash_password
from server.catalogue import Catalogues
from server.cli.common import address_of_server, fail, settings_of, through_server_or_alone, with_config
from server.clock import Clock, ClockGuard
from server.commands import access
from server.commands import catalogue as catalogues
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.domain.hall import Hall
from server.store import Reader
from server.store.changes import Changes
from server.store.sqlite import DATABASE, ReadOnlyStore
from server.store.writer import record_acceptance

T = TypeVar("T")
COMMAND_LINE = Actor("local", "admin", "command line")


@click.group()
def user() -> None:
    """People who log in."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(access.USER_ROLES), required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@click.option("--replace", is_flag=True, help="Give another password and role to one who exists.")
@with_config
def user_add(config: Path, data: Path, name: str, role: str, password_stdin: bool, replace: bool) -> None:
    """Add an officer, supervisor or admin."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < access.MIN_PASSWORD:
        fail(f"password: at least {access.MIN_PASSWORD} characters")
    body = {"name": name, "role": role, "password": password, "replace": replace}

    def alone(tx: Changes) -> dict[str, object]:
        access.add_user(tx, COMMAND_LINE, name, role, hash_password(password), replace=replace)
        return {}

    through_server_or_alone(data, "/users", body, alone)
    click.echo(f"{role} {name} may log in", err=True)


@user.command("list")
@with_config
def user_list(config: Path, data: Path) -> None:
    """Who logs in, with which role, and who may no more."""
    for each in _kept(data, lambda reader: reader.users()):
        click.echo(f"{each.role:<11}{each.name}" + ("  (barred)" if each.password_hash == access.NO_PASSWORD else ""))


@user.command("bar")
@click.argument("name")
@with_config
def user_bar(config: Path, data: Path, name: str) -> None:
    """Let a person log in no more, and end their sessions; `user add --replace` lets them in again."""

    def alone(tx: Changes) -> dict[str, object]:
        access.bar_user(tx, COMMAND_LINE, name)
        return {}

    through_server_or_alone(data, "/users/bar", {"name": name}, alone)
    click.echo(f"{name} may log in no more", err=True)


@click.group()
def token() -> None:
    """Devices and programs."""


@token.command("create")
@click.option("--role", type=click.Choice(access.TOKEN_ROLES), required=True)
@click.option("--name", required=True, help="What the log calls it.")
@click.option("--counter", help="The counter that a counter token may command, or a survey tablet stands at.")
@click.option("--kiosk", help="The kiosk that a kiosk token is.")
@click.option("--display", help="The board that a display token is.")
@click.option("--printer", "printers", multiple=True, help="A printer that a printer token prints on; several: again.")
@with_config
def token_create(
    config: Path, data: Path, role: str, name: str, counter: str | None, kiosk: str | None, display: str | None,
    printers: tuple[str, ...],
) -> None:  # fmt: skip
    """Make a token: it alone goes to standard output, once; the enrolment link to standard error."""
    settings = settings_of(config)
    given = {"counter": counter, "kiosk": kiosk, "display": display, "printer": ",".join(printers) or None}
    place = "counter" if role == "survey" else role
    for option, value in given.items():
        if value is not None and option != place:
            raise click.UsageError(f"--{option} does not go with --role {role}")
    subject = given.get(place)
    body = {"role": role, "name": name, "subject": subject}

    def alone(tx: Changes) -> dict[str, object]:
        return {"token": access.create_token(tx, hall_in_force(tx, settings.hall), COMMAND_LINE, role, name, subject)}

    made = through_server_or_alone(data, "/tokens", body, alone)["token"]
    click.echo(made)
    if role in DEVICE_ROLES:
        configured = f"http://{settings.server.host}:{settings.server.port}"
        base = settings.server.public_url or address_of_server(data) or configured
        click.echo(f"Open this once in the device's browser: {base}/enrol?token={made}", err=True)


@token.command("list")
@with_config
def token_list(config: Path, data: Path) -> None:
    """Devices and programs that have a token: its id, role, place and name."""
    for device in _kept(data, lambda reader: reader.devices()):
        click.echo(f"{access.token_id(device.hash)}  {device.role:<11}{device.subject or '-':<16}{device.name}")


@token.command("revoke")
@click.argument("id")
@with_config
def token_revoke(config: Path, data: Path, id: str) -> None:
    """Let the device with this token in no more: a stolen tablet, a kiosk that was given away."""

    def alone(tx: Changes) -> dict[str, object]:
        access.revoke_token(tx, COMMAND_LINE, id)
        return {}

    through_server_or_alone(data, "/tokens/revoke", {"id": id}, alone)
    click.echo(f"the token {id} lets nobody in any more", err=True)


def _kept(data: Path, ask: Callable[[Reader], list[T]]) -> list[T]:
    """What the database says, beside a server that runs."""
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    try:
        with closing(ReadOnlyStore(data / DATABASE)) as store, store.read() as reader:
            return ask(reader)
    except sqlite3.Error as error:
        fail(f"the database cannot be read: {error}")


def hall_in_force(tx: Changes, configured: Hall) -> Hall:
    """The catalogue of a data folder; a new folder takes the configured one."""
    if tx.catalogue() is None:
        catalogues.apply(tx, configured, COMMAND_LINE)
    return Catalogues().hall(tx)


def _accept_clock(tx: Changes) -> dict[str, object]:
    clock = Clock()
    if ClockGuard(clock, tx.newest.at_ms).jump_ms() is None:
        raise DomainError("not_allowed", "the clock has not jumped")
    record_acceptance(tx, clock, COMMAND_LINE.id)
    return {}


@click.group()
def clock() -> None:
    """The machine's clock."""


@clock.command("accept")
@with_config
def clock_accept(config: Path, data: Path) -> None:
    """Say that the clock is right after it jumped by more than a day."""
    if not (data / DATABASE).exists():
        fail(f"there is no database in {data}")
    through_server_or_alone(data, "/clock/accept", {}, _accept_clock, despite_jump=True)
    click.echo("the clock is accepted; the hall goes on", err=True)
