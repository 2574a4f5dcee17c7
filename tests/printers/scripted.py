"""Printers that do just what a test says, and what drivers are tried with."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from printers.clock import clock_s
from printers.drivers import Driver, Outcome
from printers.status import Status

WELL = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
PAPER_QUESTION = b"\x1dr\x01"
HEAD = b"\x1da\x00"


class Told:
    """What a driver tells while it sends; the other two wait for it."""

    def __init__(self) -> None:
        self.statuses: list[Status] = []
        self._came = threading.Condition()

    def __call__(self, status: Status) -> None:
        with self._came:
            self.statuses.append(status)
            self._came.notify_all()

    @property
    def states(self) -> list[str]:
        """The states in their order, each change once."""
        found: list[str] = []
        for status in self.statuses:
            if not found or found[-1] != status.state:
                found.append(status.state)
        return found

    def wait_for(self, state: str) -> None:
        self.wait_until(lambda statuses: state in [status.state for status in statuses])

    def wait_until(self, holds: Callable[[list[Status]], bool], timeout_s: float = 5) -> None:
        with self._came:
            assert self._came.wait_for(lambda: holds(self.statuses), timeout_s), self.states


class Sending(threading.Thread):
    """A slip being sent on a thread of its own; `result` is what came of it, returned or raised."""

    def __init__(self, driver: Driver, data: bytes, within_s: float = 20) -> None:
        super().__init__(daemon=True)
        self.told = Told()
        self._driver, self._data, self._within_s = driver, data, within_s
        self._result: Outcome | Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = send(self._driver, self._data, self._within_s, self.told)
        except Exception as error:
            self._result = error

    def result(self, timeout_s: float = 15) -> Outcome | Exception:
        self.join(timeout_s)
        assert self._result is not None, "it is still being sent"
        return self._result


def send(
    driver: Driver, data: bytes, within_s: float = 20, on_status: Callable[[Status], None] = lambda _: None
) -> Outcome:
    return driver.send(data, until_s=clock_s() + within_s, on_status=on_status)


class Listener:
    """A printer's TCP side that does with each connection what a test wants."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._serve = serve
        self.served = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                self._serve(connection)
            self.served.release()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive()


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[Listener]:
    listener = Listener(serve)
    try:
        yield listener
    finally:
        listener.close()


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


class Answering:
    """A printer's mind for any kind of line: `take` what came, get what it answers.

    `health` are the answers to DLE EOT by question, `done` that to GS r; None: it keeps silent. What is left of the
    bytes, the slip, is in `slip`; where it ends with `out_after`, paper runs out, and GS r has to wait for `refill`.
    """

    def __init__(self, health: dict[int, int] | None = None, done: bytes | None = b"\x00") -> None:
        self.health: dict[int, int] | None = WELL if health is None else health
        self.done = done
        self.slip = b""
        self.questions: list[int] = []
        self.out_after: bytes | None = None
        self._refilled = False
        self._tail = b""

    def refill(self) -> None:
        """New paper; what waits for it is done when the next question comes."""
        self.health, self._refilled = WELL, True

    def take(self, data: bytes) -> bytes:
        answer, self._tail = b"", self._tail + data
        if self._refilled:
            answer, self._refilled, self.out_after = self.done or b"", False, None
        while self._tail:
            if self._tail[:2] == b"\x10\x04"[: len(self._tail)] or self._tail[:2] == b"\x1dr"[: len(self._tail)]:
                if len(self._tail) < 3:
                    break
                command, self._tail = self._tail[:3], self._tail[3:]
                if command == PAPER_QUESTION and self.out_after and self.slip.endswith(self.out_after):
                    self.health = PAPER_OUT
                elif command == PAPER_QUESTION:
                    answer += self.done or b""
                else:
                    self.questions.append(command[2])
                    answer += bytes((self.health[command[2]],)) if self.health else b""
            else:
                self.slip, self._tail = self.slip + self._tail[:1], self._tail[1:]
        return answer

    def serve(self, connection: socket.socket) -> None:
        """Answer over a connection until the other side hangs up."""
        while data := connection.recv(65536):
            answer = self.take(data)
            if answer:
                connection.sendall(answer)
