"""The command line, `antrean`: each command's file is read when that command is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from server import VERSION

COMMANDS = {
    "archive": "archiving:archive_",
    "backup": "upkeep:backup",
    "check": "running:check",
    "clock": "access:clock",
    "demo": "demo:demo",
    "hall": "hall:hall",
    "migrate": "running:migrate",
    "print-agent": "printing:print_agent",
    "printer": "printing:printer",
    "report": "reporting:report",
    "restore": "upkeep:restore",
    "run": "running:run",
    "slip": "slip:slip",
    "token": "access:token",
    "user": "access:user",
    "verify": "upkeep:verify",
    "virtual-printer": "virtual_printer:virtual_printer",
    "voice": "voice:voice",
}
"""By a command's name, its file in server/cli/ and its function there."""


class CommandLine(click.Group):
    """All commands by name; `antrean run` starts without what the others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        file, _, function = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"server.cli.{file}"), function)
        return command


@click.group(cls=CommandLine)
@click.version_option(VERSION, prog_name="antrean")
def main() -> None:
    """Antrean runs the queue of a public service hall."""


if __name__ == "__main__":
    main(prog_name="antrean")
