"""`antrean slip preview`: what this hall's slips look like, before any paper is used."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import click

from server.cli.common import WRONG_USAGE, fail, settings_of, with_config
from server.commands import issuing, printing
from server.config import Settings
from server.domain.actors import SYSTEM
from server.domain.errors import DomainError
from server.house import policy_of
from server.slip_style import slip_style
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.sqlite import DATABASE

if TYPE_CHECKING:  # of these commands only the preview draws
    from PIL.Image import Image

AHEAD = 6
ESTIMATE = {"low_minutes": 15, "high_minutes": 25}
"""What a sample tells of a queue that there is not."""


@click.group()
def slip() -> None:
    """The slips that visitors take along."""


@slip.command()
@with_config
@click.option("--png", type=click.Path(path_type=Path, allow_dash=True),
              help="Write the picture to this file; - is standard output.")
@click.option("--text", is_flag=True, help="Write the text to standard output, as without any option.")
@click.option("--width", type=click.Choice(["80", "58"]), help="The paper, in mm; else that of the first [[printer]].")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--profile", help="A python-escpos profile; else that of the first [[printer]].")
@click.option("--service", "services", multiple=True, metavar="ID", help="A service of the visit; several: again.")
@click.option("--copy", is_flag=True, help="As it is printed again.")
def preview(
    config: Path, data: Path, png: Path | None, text: bool, width: str | None, language: str, profile: str | None,
    services: tuple[str, ...], copy: bool,
) -> None:  # fmt: skip
    """Show a sample slip of the hall in the configuration: the very bytes that a printer would get, read and drawn."""
    if text and png == Path("-"):
        raise click.UsageError("--text and --png - both want standard output")
    settings = settings_of(config)
    wish = issuing.Wish(services or (next(iter(settings.hall.services)),), language=language)
    try:
        slips = samples(settings, wish, copy=copy)
    except DomainError as error:
        click.echo(error.detail, err=True)
        raise SystemExit(WRONG_USAGE) from None
    printer = settings.printer[0] if settings.printer else None
    width_mm: Literal[80, 58] = (80 if width == "80" else 58) if width else printer.width_mm if printer else 80
    lines, drawn = _printed(settings, slips, width_mm, profile or (printer.profile if printer else "default"))
    if not settings.server.qr:
        click.echo("No QR code: [server] public_url is not set to an address that phones can reach.", err=True)
    if png is not None:
        _write(png, drawn)
    if text or png is None:
        click.echo(lines, nl=False)


def samples(settings: Settings, wish: issuing.Wish, *, copy: bool) -> list[dict[str, Any]]:
    """The slips of a visit as the server gives them to print workers; the people ahead are made up.

    Raises DomainError where the wish cannot be granted.
    """
    hall, policy = settings.hall, replace(policy_of(settings), always_open=True)

    def issue(tx: Changes) -> list[dict[str, Any]]:
        issued = issuing.issue(tx, hall, policy, SYSTEM, wish)
        jobs = printing.queue_slips(tx, hall, policy, issued.visit, issued.tickets, "", code=issued.code, copy=copy)
        return [json.loads(job.slip) for job in jobs]

    with TemporaryDirectory(prefix="antrean-preview-") as folder:
        slips = write_offline(Path(folder) / DATABASE, issue)
    for content in slips:
        for ticket in content["tickets"]:
            ticket |= {"ahead": AHEAD, "estimate": ESTIMATE}
    return slips


def _printed(
    settings: Settings, slips: list[dict[str, Any]], width_mm: Literal[80, 58], profile: str
) -> tuple[str, Image]:
    """Text and picture of what a printer makes of the slips' bytes."""
    from printers.preview import picture
    from printers.slip import lay_out
    from printers.style import Style

    style = Style.from_json(slip_style(settings))
    try:
        data = b"".join(lay_out(content, width_mm=width_mm, profile=profile, style=style) for content in slips)
        return picture(data, width_mm, profile)
    except ValueError as error:
        click.echo(str(error), err=True)
        raise SystemExit(WRONG_USAGE) from None


def _write(file: Path, drawn: Image) -> None:
    png = io.BytesIO()
    drawn.save(png, "PNG", optimize=True)
    if file == Path("-"):
        click.echo(png.getvalue(), nl=False)
        return
    try:
        file.write_bytes(png.getvalue())
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
