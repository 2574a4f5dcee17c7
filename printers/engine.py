"""The inside of the virtual printer: a receive buffer, and a thread that prints what lies in it while all is well."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from PIL import Image

from printers.commands import Command
from printers.decoder import Decoder
from printers.faults import DOTS_A_MM, Health
from printers.line import Line

log = logging.getLogger(__name__)

THREAD = "virtual-printer-engine"


class SwitchedOff(Exception):
    """The power has gone while something was being printed."""


class Engine:
    """Carries out commands in the order in which they came, as a real printer does: not while it is offline.

    Whoever put them there may be gone by then. `changed` guards everything here and `health`; `wake` is called, with it
    held, when there is room again or the sensors see something else. `buffer_bytes` is the receive buffer's size,
    `printing_mm_s` how fast paper moves (0: at once). It can be started again after it was stopped: with an empty
    buffer and everything set as at power-on, on the same paper.
    """

    def __init__(
        self, changed: threading.Condition, health: Health, wake: Callable[[], None], width: int,
        pages: Mapping[int, str], on_slip: Callable[[str, Image.Image, bytes], None], *, buffer_bytes: int,
        printing_mm_s: float,
    ) -> None:
        self._changed = changed
        self._health = health
        self._wake = wake
        self._decoder = Decoder(width, pages, self._answer, on_slip, health=health, pull=self._pull)
        self._size = buffer_bytes
        self._mm_s = printing_mm_s
        self._waiting: deque[tuple[Command, Line]] = deque()
        self._asking: Line | None = None
        self._thread: threading.Thread | None = None
        self._off = True
        self.buffered = self.processed = self.dots_printed = 0

    def start(self) -> None:
        """Switch on."""
        self._waiting.clear()
        self.buffered, self._off = 0, False
        self._decoder.reset()
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Switch off: what lies in the buffer is lost."""
        with self._changed:
            self._off = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def put(self, command: Command, line: Line) -> None:
        """Put a command into the buffer."""
        with self._changed:
            self._waiting.append((command, line))
            self.buffered += len(command.data)
            self._changed.notify_all()

    def room(self, begun: int) -> int:
        """How many bytes may come, where the command that is coming has `begun` with so many.

        A printer that is well and has nothing else to do takes what is larger than its buffer as it comes.
        """
        if not self._waiting and self._health.works:
            return self._size
        return max(0, self._size - self.buffered - begun)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._off or self._waiting)
                if self._off:
                    return
                command, self._asking = self._waiting[0]
            try:
                self._carry_out(command)
            except SwitchedOff:
                return
            except Exception:
                # Whatever is sent to it, a printer stays a printer.
                log.exception("virtual printer: %s could not be carried out", command.name)
            with self._changed:
                if self._off:
                    return
                if command.name == "GS a":
                    self._asking.automatic = command.parameters != b"\0"
                self._waiting.popleft()
                self.buffered -= len(command.data)
                self.processed += len(command.data)
                self._changed.notify_all()
                self._wake()

    def _carry_out(self, command: Command) -> None:
        """Do what the command says, in its time. Raises SwitchedOff."""
        with self._changed:
            self._pace(len(command.data))
            self._await(0)
            if command.asks:  # with the lock held: what the answer says is so when it is sent
                self._decoder.run(command)
                return
        self._decoder.run(command)

    def _answer(self, answer: bytes) -> None:
        if self._asking is not None:
            self._asking.reply(answer)

    def _pull(self, dots: int) -> None:
        """Move the paper, as soon as there is as much. Raises SwitchedOff."""
        with self._changed:
            self._await(dots)
            if self._health.dots_left is not None:
                self._health.dots_left -= dots
            self.dots_printed += dots
            self._changed.notify_all()
            if self._mm_s:
                moved = time.monotonic() + dots / DOTS_A_MM / self._mm_s
                self._wait_until(lambda: moved)

    def _await(self, dots: int) -> None:
        """Wait until so many rows can be printed; finds the end of the paper where it has come. Raises SwitchedOff."""
        while not self._off:
            left = self._health.dots_left
            if self._health.works and left is not None and left < dots:
                self._health.paper, self._health.dots_left = "out", None
                self._changed.notify_all()
                self._wake()
            if self._health.works:
                return
            self._changed.wait()
        raise SwitchedOff

    def _pace(self, count: int) -> None:
        """Wait for as long as a slow printer takes for so many bytes. Raises SwitchedOff."""
        begun = time.monotonic()

        def due() -> float:
            rate = self._health.bytes_per_s
            return begun + count / rate if rate else begun

        self._wait_until(due)

    def _wait_until(self, due: Callable[[], float]) -> None:
        """Wait until it is `due()`, which may change at any time. Raises SwitchedOff."""
        while (left_s := due() - time.monotonic()) > 0:
            if self._off:
                raise SwitchedOff
            self._changed.wait(left_s)
