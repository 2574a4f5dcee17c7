"""`antrean virtual-printer`: a printer without paper to learn and to test on, with faults on demand."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from printers.faults import DOTS_A_MM
from printers.tray import Slip
from printers.virtual import BUFFER_BYTES, VirtualPrinter
from server.cli.common import fail, with_config

HELP = """\
  low           menipis           kertas hampir habis              paper nearly at its end
  out           habis             kertas habis, sekarang           paper out, now
  out-after 40  habis-setelah 40  kertas habis setelah 40 mm lagi  paper out 40 mm further on
  cover         penutup           penutup terbuka                  cover open
  jam           macet             pisau macet                      cutter jammed
  hang          diam              menerima sambungan, lalu diam    accepts, then does nothing
  slow 200      lambat 200        200 byte per detik               200 bytes a second
  drop 100      putus 100         putus setelah 100 byte lagi      line drops after 100 bytes
  refuse        tolak             menolak sambungan                refuses connections
  garbage       kacau             menjawab kacau                   answers nonsense
  mute          bisu              mencetak, tidak menjawab         prints, answers nothing
  ok            beres             semua beres lagi                 all is well again
  status        status            keadaan sekarang                 how it is now
  help          bantuan           daftar ini                       this list
  quit          keluar            selesai                          end"""

_PLAIN: dict[str, Callable[[VirtualPrinter], None]] = {
    "low": VirtualPrinter.paper_low, "out": VirtualPrinter.paper_out, "cover": VirtualPrinter.open_cover,
    "jam": VirtualPrinter.jam_cutter, "hang": VirtualPrinter.hang, "refuse": VirtualPrinter.refuse,
    "garbage": VirtualPrinter.garbage, "mute": VirtualPrinter.mute, "ok": VirtualPrinter.repair,
    "status": lambda printer: None,
}  # fmt: skip
_MEASURED: dict[str, tuple[str, Callable[[VirtualPrinter, int], None]]] = {
    "out-after": ("mm", lambda printer, mm: printer.paper_out_after(mm * DOTS_A_MM)),
    "slow": ("byte/s", VirtualPrinter.slow),
    "drop": ("byte", VirtualPrinter.drop_after),
}
_ENGLISH = {
    "menipis": "low", "habis": "out", "habis-setelah": "out-after", "penutup": "cover", "macet": "jam", "diam": "hang",
    "lambat": "slow", "putus": "drop", "tolak": "refuse", "kacau": "garbage", "bisu": "mute", "beres": "ok",
    "bantuan": "help", "keluar": "quit",
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9100, show_default=True,
    help="Listen on this port; 0 takes a free one.",
)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Keep the slips' pictures here.")
@click.option("--width", type=click.Choice(["80", "58"]), default="80", show_default=True, help="Paper in millimetres.")
@click.option("--profile", default="default", show_default=True, help="The python-escpos profile it has code pages of.")
@click.option(
    "--buffer", type=click.IntRange(16), default=BUFFER_BYTES, show_default=True, help="Receive buffer in bytes."
)  # fmt: skip
@with_config
def virtual_printer(
    config: Path, data: Path, host: str, port: int, folder: Path | None, width: str, profile: str, buffer: int
) -> None:
    """Be a slip printer without paper: show slips here, and fail as printers do.

    While it runs, type `help` to see what can go wrong on demand.
    """
    with tempfile.TemporaryDirectory(prefix="antrean-virtual-printer-") as thrown_away:
        wide: Literal[80, 58] = 80 if width == "80" else 58
        try:
            printer = VirtualPrinter(
                port, folder or Path(thrown_away), wide, profile=profile, host=host, buffer_bytes=buffer,
                on_slip=_show,
            )  # fmt: skip
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--profile") from error
        try:
            printer.start()
        except OSError as error:
            fail(f"the virtual printer cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}")
        try:
            with _told_to_end() as end:
                kept = f"{folder}" if folder else "a folder thrown away at the end (--folder DIR keeps them)"
                click.echo(f"Virtual printer, {width} mm, at {host}:{printer.port}. Pictures of slips: {kept}.")
                click.echo("Ketik bantuan atau help. Type help to see what can go wrong.")
                for line in _typed(end):
                    if not _obey(printer, line.split()):
                        break
        finally:
            printer.stop()


@contextmanager
def _told_to_end() -> Iterator[socket.socket]:
    """A socket that has something to read once a signal has told the program to end."""
    told, tell = socket.socketpair()
    with told, tell:
        before = {
            number: signal.signal(number, lambda *_: tell.sendall(b".")) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _typed(end: socket.socket) -> Iterator[str]:
    """The lines that are typed, until there is an `end`; without a keyboard it only waits for that."""
    sources = [end.fileno()]
    if sys.stdin is not None:  # as where a service is started with it closed
        sources.append(sys.stdin.fileno())
    begun = b""
    while True:
        ready, _, _ = select.select(sources, [], [])
        if end.fileno() in ready:
            return
        data = os.read(ready[0], 4096)
        *whole, begun = (begun + data).split(b"\n")
        if not data:  # no more is typed; what was typed last counts without its end
            sources.pop()
            whole, begun = [begun], b""
        for line in whole:
            yield line.decode("utf-8", "replace")


def _obey(printer: VirtualPrinter, words: list[str]) -> bool:
    """Do what was typed and say how the printer is; False when it shall end."""
    if not words:
        return True
    name = _ENGLISH.get(words[0].lower(), words[0].lower())
    if name == "quit":
        return False
    if name == "help":
        click.echo(HELP)
    elif name in _PLAIN and len(words) == 1:
        _PLAIN[name](printer)
        _say_how(printer)
    elif name in _MEASURED and len(words) == 2 and words[1].isdecimal():
        try:
            _MEASURED[name][1](printer, int(words[1]))
        except ValueError as error:
            click.echo(f"? {words[1]}: {error}")
        _say_how(printer)
    elif name in _MEASURED:
        click.echo(f"? {words[0]} <{_MEASURED[name][0]}>: angka bulat (a whole number), {words[0]} 100")
    else:
        click.echo(f"? {' '.join(words)}: tidak dikenal (not known); bantuan / help")
    return True


def _say_how(printer: VirtualPrinter) -> None:
    waiting = f"; {printer.buffered} byte menunggu (bytes wait)" if printer.buffered else ""
    click.echo(f"= {printer.condition}{waiting}")


def _show(slip: Slip) -> None:
    """The slip in a box, as wide as its longest line, and where its picture is."""
    lines = slip.text.rstrip("\n").split("\n")
    wide = max(32, *(len(line) for line in lines))
    rim = f"+{'-' * (wide + 2)}+"
    box = [rim, *(f"| {line:<{wide}} |" for line in lines), rim]
    click.echo("\n".join([*box, f"karcis {slip.number} (slip): {slip.path or 'not saved'}"]))
