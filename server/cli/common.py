"""What the commands of the command line share: settings, the data folder, reaching a running server."""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import click

from server.config import ConfigProblems, Settings, load
from server.domain.errors import DomainError
from server.house import load_secrets
from server.store.changes import Changes
from server.store.lock import FolderLock, Locked
from server.store.offline import write_offline
from server.store.sqlite import DATABASE, SchemaTooNew
from server.supervisor import ADDRESS_FILE

T = TypeVar("T")
FAILED, WRONG_USAGE = 1, 2
ANSWER_S = 60.0


def with_config(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command takes: `--config FILE` and `--data DIR`."""
    command = click.option(
        "--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True, help="The data folder."
    )(command)
    return click.option(
        "--config", type=click.Path(path_type=Path), default=Path("config.toml"), show_default=True,
        help="The settings and the hall's catalogue.",
    )(command)  # fmt: skip


def settings_of(config: Path) -> Settings:
    """The settings, or every problem on a line of its own and exit code 2."""
    try:
        return load(config, os.environ)
    except ConfigProblems as problems:
        show_problems(problems)
        sys.exit(WRONG_USAGE)


def show_problems(problems: ConfigProblems) -> None:
    """Every problem of the settings, on a line of its own."""
    for path, message in problems.problems:
        click.echo(f"{path}: {message}", err=True)


def fail(words: str) -> NoReturn:
    """Say what went wrong and end with exit code 1."""
    click.echo(words, err=True)
    sys.exit(FAILED)


def lock(data: Path) -> FolderLock:
    """The data folder's lock, or words and exit code 1 when another process has it."""
    try:
        return FolderLock(data)
    except Locked as error:
        fail(str(error))
    except OSError as error:
        fail(f"the data folder {data} cannot be used: {error}")


def through_server_or_alone(
    data: Path,
    path: str,
    body: dict[str, Any],
    alone: Callable[[Changes], dict[str, Any]],
    *,
    despite_jump: bool = False,
) -> dict[str, Any]:
    """Give a command to the running server of this data folder, or carry it out when none runs."""
    try:
        held = FolderLock(data)
    except Locked:
        return ask_server(data, "POST", path, body)
    except OSError as error:
        fail(f"the data folder {data} cannot be used: {error}")
    try:
        return write_offline(data / DATABASE, alone, despite_jump=despite_jump)
    except DomainError as error:
        fail(error.detail)
    except (SchemaTooNew, sqlite3.Error) as error:
        fail(f"nothing was changed: {error}")
    finally:
        held.release()


def address_of_server(data: Path) -> str | None:
    """Where the server of this data folder listens, None when none has started."""
    try:
        return str(json.loads((data / ADDRESS_FILE).read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def ask_server(data: Path, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the running server of this data folder; its answer, or its words and exit code 1."""
    url = address_of_server(data)
    if url is None:
        fail(f"a server has {data} but is not up yet; try again in a moment")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
    headers = {"Authorization": f"Bearer {load_secrets(data).local_token}", "Content-Type": "application/json"}
    try:
        connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        fail(f"the server at {url} did not answer: {error}")
    finally:
        connection.close()
    if response.status >= 400:
        for entry in answer.get("errors", []):
            click.echo(f"{entry['path']}: {entry['message']}", err=True)
        fail(answer.get("detail", f"the server answered {response.status}"))
    return answer
