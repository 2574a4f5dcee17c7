"""The command line, `antrean`."""

from __future__ import annotations

import click

from server import VERSION
from server.cli import (
    access,
    archiving,
    demo,
    hall,
    printing,
    reporting,
    running,
    satisfaction,
    slip,
    upkeep,
    virtual_printer,
    voice,
)


@click.group()
@click.version_option(VERSION, prog_name="antrean")
def main() -> None:
    """Antrean runs the queue of a public service hall."""


for command in (
    running.run,
    demo.demo,
    running.check,
    running.migrate,
    access.user,
    access.token,
    access.clock,
    hall.hall,
    upkeep.backup,
    upkeep.restore,
    upkeep.verify,
    archiving.archive_,
    reporting.report,
    printing.printer,
    printing.print_agent,
    slip.slip,
    virtual_printer.virtual_printer,
    voice.voice,
):
    main.add_command(command)
reporting.report.add_command(satisfaction.satisfaction)

if __name__ == "__main__":
    main(prog_name="antrean")
