"""The virtual printer's network card: one connection at a time, bytes into the receive buffer, status at once."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence

from printers.commands import Command, CommandReader
from printers.faults import Health
from printers.line import Line

log = logging.getLogger(__name__)

SILENCE_S = 30.0
"""A connection that says nothing for so long is closed, or the next one would wait for ever."""
THREAD = "virtual-printer"


class Reception:
    """Listens, receives while there is room, answers real-time commands when they come and hands on all others.

    `changed` guards everything here and `health`; `room(begun)` says how many bytes may come, `put` takes each command.
    """

    def __init__(
        self, changed: threading.Condition, health: Health, address: tuple[str, int],
        room: Callable[[int], int], put: Callable[[Command, Line], None],
    ) -> None:
        self._changed = changed
        self._health = health
        self._room = room
        self._put = put
        self.address = address
        self._thread: threading.Thread | None = None
        self._line: Line | None = None
        self._commands = CommandReader()
        self._listening = False
        self._asked = self._settled = 0
        self._off = True
        self.received = self.questions = self.connections = 0

    @property
    def connected(self) -> bool:
        """A host is connected and served now."""
        return self._line is not None

    @property
    def begun(self) -> int:
        """Bytes of a command whose end has not come."""
        return self._commands.pending

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._door: socket.socket | None = self._bound()
        self.address = (self.address[0], self._door.getsockname()[1])
        try:
            self._listening = False
            self._open_or_shut()
        except OSError:
            self._door.close()
            raise
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        self._off = False
        self._thread = threading.Thread(target=self._serve, name=THREAD, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hang up and listen no more."""
        with self._changed:
            self.wake()
            self._off = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Look again at how things are. To be called with `changed` held."""
        if not self._off:
            with contextlib.suppress(BlockingIOError):  # so many rings unheard already
                self._ringer.send(b".")

    def settle(self) -> None:
        """Wait until what has changed of the printer's health holds for its connections too."""
        with self._changed:
            self._asked += 1
            wanted = self._asked
            self.wake()
            self._changed.wait_for(lambda: self._off or self._settled >= wanted)

    def _serve(self) -> None:
        patience_end = time.monotonic() + SILENCE_S
        while True:
            with self._changed:
                if self._off:
                    break
                reading = self._adjust()
            ready = _readable([self._bell, *reading], patience_end if self._line in reading else None)
            if self._bell in ready:
                self._bell.recv(4096)
            if self._line is None and self._door in ready:
                self._accept()
            elif self._line in reading and self._line in ready:
                self._receive()
            elif self._line in reading and time.monotonic() >= patience_end:
                log.info("virtual printer on port %d: nothing came for %g s", self.address[1], SILENCE_S)
                self._hang_up()
            elif self._line in reading:
                continue
            patience_end = time.monotonic() + SILENCE_S
        self._hang_up()
        for opened in (self._door, self._bell, self._ringer):
            if opened is not None:
                opened.close()

    def _adjust(self) -> list[socket.socket | Line]:
        """Act as the printer's health demands; what may be read from now."""
        try:
            self._open_or_shut()
        except OSError as error:
            log.error("virtual printer: port %d is lost: %s", self.address[1], error)
        if self._line is not None:
            self._line.tell()
            if self._health.drop_in == 0:
                self._hang_up(rudely=True)
        self._settled = self._asked
        self._changed.notify_all()
        if self._line is None:
            return [self._door] if self._door is not None and self._listening else []
        return [self._line] if self._most() else []

    def _bound(self) -> socket.socket:
        """A socket that has the port, and refuses all while it does not listen. Raises OSError."""
        door = socket.socket(socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(self.address)
        except OSError:
            door.close()
            raise
        return door

    def _open_or_shut(self) -> None:
        """Listen, or keep the port without listening. Raises OSError."""
        if self._listening and self._health.refusing and self._door is not None:
            self._door.close()
            self._door, self._listening = None, False
        if self._door is None:
            self._door = self._bound()
        if not self._listening and not self._health.refusing:
            self._door.listen()
            self._door.setblocking(False)
            self._listening = True

    def _most(self) -> int:
        """How many bytes may be read now."""
        if self._health.hung:
            return 0
        room = self._room(self._commands.pending)
        return room if self._health.drop_in is None else min(room, self._health.drop_in)

    def _accept(self) -> None:
        assert self._door is not None
        try:
            connection, _ = self._door.accept()
        except OSError as error:  # it has gone again
            log.info("virtual printer on port %d: %s", self.address[1], error)
            return
        with self._changed:
            self._line = Line(connection, self._health)
            self.connections += 1
            self._changed.notify_all()

    def _receive(self) -> None:
        """Take what has come. Under the lock, so that a fault holds from the moment when it was called for."""
        assert self._line is not None
        with self._changed:
            most = self._most()
            if not most:
                return
            try:
                data = self._line.read(most)
            except OSError as error:
                log.info("virtual printer on port %d: %s", self.address[1], error)
                data = b""
            if not data:
                self._hang_up()
                return
            self.received += len(data)
            if self._health.drop_in is not None:
                self._health.drop_in -= len(data)
            for command in self._commands.feed(data):
                self._take(command, self._line)
            self._changed.notify_all()

    def _take(self, command: Command, line: Line) -> None:
        if not command.real_time:
            self._put(command, line)
            return
        self.questions += 1
        if command.name == "DLE EOT":
            line.reply(self._health.real_time(command.parameters[0]))

    def _hang_up(self, *, rudely: bool = False) -> None:
        """End the connection; half a command at its end is forgotten, what is whole is printed."""
        with self._changed:
            if self._line is not None:
                self._line.close(rudely=rudely)
                self._line = None
            if rudely:
                self._health.drop_in = None
            self._commands.forget()
            self._changed.notify_all()


def _readable(sources: Sequence[socket.socket | Line], until: float | None) -> list[socket.socket | Line]:
    """Which of these have something to read, or have ended; none when it is `until`."""
    poll = select.poll()  # select() knows no descriptor above 1023
    for source in sources:
        poll.register(source.fileno(), select.POLLIN)
    found = {number for number, _ in poll.poll(None if until is None else max(0, until - time.monotonic()) * 1000)}
    return [source for source in sources if source.fileno() in found]
