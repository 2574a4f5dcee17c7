"""Asks the reckoning processes: a report is counted elsewhere, and meanwhile the hall goes on."""

from __future__ import annotations

import pickle
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.domain.errors import DomainError

MOST = 2
"""Processes at once: a short question need not wait behind a long one, and half the machine stays free."""
NICE = 10
"""Officers first: how much less a reckoning process is given of a processor than the hall."""
_LENGTH = struct.Struct("!Q")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer that could not be given, and why."""

    words: str


class ReportFailed(DomainError):
    """A report could not be made."""

    status = 500


@dataclass(slots=True, eq=False)
class _Process:
    process: subprocess.Popen[bytes]
    ours: socket.socket

    def ask(self, name: str, asked: dict[str, Any]) -> Any:
        """Raises OSError, EOFError when the process is gone."""
        send(self.ours, (name, asked))
        return receive(self.ours)

    def end(self) -> None:
        self.ours.close()
        self.process.terminate()
        self.process.wait()


@dataclass(slots=True)
class Reckoner:
    """The reckoning processes of a database, started when they are first asked; `nice` is how much they stand back."""

    database: Path
    nice: int = NICE
    _idle: list[_Process] = field(default_factory=list)
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST))

    def ask(self, name: str, **asked: Any) -> Any:
        """The answer to one of server.reports.answers' questions, with a `head` as JSON text (a file as bytes).

        Raises DomainError `report_failed`.
        """
        with self._free:
            try:
                answer = self._ask_once(name, asked)
            except (OSError, EOFError):  # it had gone to rest, or was killed; questions change nothing: asked again
                answer = self._ask_afresh(name, asked)
        if isinstance(answer, Failed):
            raise ReportFailed("report_failed", f"the report could not be made: {answer.words}")
        return answer

    def _ask_afresh(self, name: str, asked: dict[str, Any]) -> Any:
        while self._idle:
            self._idle.pop().end()
        try:
            return self._ask_once(name, asked)
        except (OSError, EOFError) as error:
            raise ReportFailed("report_failed", f"the reckoning process ended: {error!r}") from None

    def _ask_once(self, name: str, asked: dict[str, Any]) -> Any:
        with self._process() as process:
            return process.ask(name, asked)

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        process = self._idle.pop() if self._idle else self._start()
        try:
            yield process
        except BaseException:
            process.end()  # in the middle of an answer it is of no more use
            raise
        self._idle.append(process)

    def _start(self) -> _Process:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "server.report_worker", str(self.database.resolve()), str(self.nice)]
            process = subprocess.Popen(command, stdin=theirs.fileno(), cwd=Path(__file__).parent.parent)
        return _Process(process, ours)

    def close(self) -> None:
        """End the processes."""
        while self._idle:
            self._idle.pop().end()


def send(to: socket.socket, message: Any) -> None:
    """Send a message between our own processes."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    to.sendall(_LENGTH.pack(len(data)) + data)


def receive(source: socket.socket) -> Any:
    """The next message. Raises EOFError when the other end is closed."""
    (length,) = _LENGTH.unpack(_exactly(source, _LENGTH.size))
    return pickle.loads(_exactly(source, length))


def _exactly(source: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = source.recv(min(_PIECE, length - len(found)))
        if not piece:
            raise EOFError("the other end was closed")
        found += piece
    return bytes(found)
