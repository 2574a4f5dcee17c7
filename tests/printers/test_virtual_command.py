"""`antrean virtual-printer` as a technician starts it: a process of its own, a real socket, words typed into it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from PIL import Image

from printers.virtual import VirtualPrinter
from tests.harness import ROOT

CUT = b"\x1bd\x06\x1dV\x01"
WAIT_S = 20.0
COMMAND = [sys.executable, "-m", "server", "virtual-printer"]


class Running:
    """The command while it runs, its output line by line."""

    def __init__(self, *arguments: str, stdin: int | None = subprocess.PIPE, close_stdin: bool = False) -> None:
        closed = [sys.executable, "-c", "import os, sys; os.close(0); os.execv(sys.executable, sys.argv[1:])"]
        self.process = subprocess.Popen(
            [*(closed if close_stdin else []), *COMMAND, "--port", "0", *arguments],
            cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.port = int(self.until(r"mm, at 127\.0\.0\.1:(\d+)")[1])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, pattern: str) -> re.Match[str]:
        """The next line with this in it."""
        passed: list[str] = []
        while True:
            try:
                passed.append(self._lines.get(timeout=WAIT_S))
            except Empty:
                raise AssertionError(f"{pattern} was not printed, but {passed}") from None
            if found := re.search(pattern, passed[-1]):
                return found

    def type(self, words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(words)
        self.process.stdin.flush()

    def ask(self, words: str) -> str:
        """Type a command; how the printer says it is then."""
        self.type(words + "\n")
        return self.until(r"^[=?] (.*)")[1]

    @contextmanager
    def host(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S) as line:
            yield line

    def end(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def running(*arguments: str, stdin: int | None = subprocess.PIPE, close_stdin: bool = False) -> Iterator[Running]:
    started = Running(*arguments, stdin=stdin, close_stdin=close_stdin)
    try:
        yield started
    finally:
        started.clean_up()


def test_a_technician_prints_sees_the_slip_breaks_the_printer_and_mends_it(tmp_path: Path) -> None:
    with running("--folder", str(tmp_path / "karcis"), "--width", "58") as printer, printer.host() as line:
        line.sendall(b"A-001\nLoket 3\n" + CUT)
        assert printer.until("A-001")[0] and printer.until(r"^\| Loket 3 +\|$")
        picture = Path(printer.until(r"karcis 1 \(slip\): (.*\.png)$")[1])
        assert picture == tmp_path / "karcis" / "0001.png"
        with Image.open(picture) as drawn:
            assert drawn.width == 384

        assert printer.ask("out").startswith("kertas habis (paper out)")  # the cut itself may not be counted off yet
        line.sendall(b"A-002\n" + CUT + b"\x10\x04\x04")
        assert line.recv(1) == b"\x7e"
        assert re.fullmatch(r"kertas habis \(paper out\); \d+ byte menunggu \(bytes wait\)", printer.ask("status"))
        printer.type("ok\n")
        assert {printer.until("= siap|karcis 2")[0] for _ in range(2)} == {"= siap", "karcis 2"}, "in either order"

        assert printer.ask("out-after 40").startswith("kertas habis setelah 40 mm lagi (so much paper is left)")
        line.sendall(b"\x1da\xff")  # tell every change
        assert line.recv(4) == b"\x14\x00\x00\x0f"
        line.sendall(b"x\n" * 11)
        assert line.recv(4) == b"\x1c\x00\x0f\x0f"
        assert printer.ask("status").startswith("kertas habis (paper out); 1 byte")
        printer.type("quit\n")
        assert printer.process.wait(WAIT_S) == 0


def test_every_word_of_the_help_is_known_in_both_languages() -> None:
    with running() as printer:
        printer.type("help\n")
        told = [printer.until(r"^  (\S.*)$")[1] for _ in range(15)]
        assert told[-1].startswith("quit")
        for line in told[:-3]:
            english, *indonesian = re.findall(r"[a-z-]+(?: \d+)?", line)[:2]
            for words in (english, *indonesian):
                known = r"(penutup|kertas|pisau|diam|lambat|sambungan|menolak|menjawab|tidak|siap)"
                assert re.match(known, printer.ask(words)), words
            assert printer.ask("beres") == "siap (ready)"
        printer.type("BANTUAN\n")
        printer.until("keluar")
        for wrong in ("slow", "slow much", "drop -1", "out 3", "nonsense"):
            printer.type(wrong + "\n")
            assert printer.until(r"^\? (.*)")[1].startswith(wrong.split()[0])
        printer.type("slow 0\n")
        printer.until(r"^\? 0: .*more than 0")
        assert printer.ask("status") == "siap (ready)"
        printer.type("keluar\n")
        assert printer.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_a_service_it_runs_without_a_keyboard_until_it_is_told_to_end(number: int) -> None:
    with running(stdin=subprocess.DEVNULL) as printer, printer.host() as line:
        line.sendall(b"x\n" + CUT + b"\x1dr\x01")
        assert line.recv(1) == b"\x00"
        picture = Path(printer.until(r"karcis 1 \(slip\): (.*)$")[1])
        assert picture.exists()
        assert printer.end(number) == 0
        assert not picture.exists() and not picture.parent.exists(), "nobody asked to keep it"


def test_it_runs_with_its_input_closed_altogether() -> None:
    with running(close_stdin=True) as printer, printer.host() as line:
        line.sendall(b"\x10\x04\x01")
        assert line.recv(1) == b"\x16"
        assert printer.end() == 0


def test_what_was_typed_last_counts_and_the_end_of_typing_ends_nothing() -> None:
    with running() as printer:
        printer.type("cover")
        assert printer.process.stdin is not None
        printer.process.stdin.close()
        assert printer.until(r"^= (.*)")[1] == "penutup terbuka (cover open)"
        with printer.host() as line:
            line.sendall(b"\x10\x04\x02")
            assert line.recv(1) == b"\x16"
        assert printer.end() == 0


def test_a_port_that_is_taken_is_told() -> None:
    with VirtualPrinter() as other:
        done = subprocess.run(
            [*COMMAND, "--port", str(other.port)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == f"the virtual printer cannot listen on 127.0.0.1:{other.port}: address already in use\n"


def test_a_profile_that_does_not_exist_is_wrong_usage() -> None:
    done = subprocess.run(
        [*COMMAND, "--profile", "Gutenberg"], cwd=ROOT, capture_output=True, text=True, timeout=60, env=os.environ
    )
    assert done.returncode == 2
    assert "Gutenberg" in done.stderr
