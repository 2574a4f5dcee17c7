"""Printers on the LAN by raw TCP (port 9100).

python-escpos' Network waits 60 s, reports a refused connection with a socket left open, and takes a slip for sent as
soon as the kernel has it. Here a printer that cannot tell has a slip when its side has acknowledged every byte (as far
as the system says, which Linux does) and has not reset the connection.

Printers are best given as addresses: looking up a host name has no time-out of ours.
"""

from __future__ import annotations

import array
import fcntl
import select
import socket
import sys
import termios

from escpos.printer import Network

from printers.clock import clock_s
from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent, words
from printers.drivers.conversation import HungUp
from printers.drivers.talking import Asking, TalkingDriver

_LINGER_S = 1.0
"""How long a printer that has everything may take to close its side. Closing ours at once could reset the connection
(where status bytes lie unread) and some printers then forget what they have not printed yet."""


class NetworkDriver(TalkingDriver):
    """A printer at `host` and `port`."""

    def __init__(
        self, host: str, port: int, *, timeout_s: float = DEFAULT_TIMEOUT_S, status: Asking = "auto"
    ) -> None:
        super().__init__(timeout_s=timeout_s, status=status)
        self._address = (host, port)

    def _open(self) -> _Line:
        line = _Line(*self._address, timeout=self._timeout_s)
        try:
            line.open()
        except OSError as error:
            raise NotSent(words(error, self._timeout_s)) from error
        return line


class _Line(Network):  # type: ignore[misc]
    """python-escpos' network printer with its connection closed where opening fails, for IPv6 too, and counted."""

    answers = True
    fails_blindly = False

    @property
    def socket(self) -> socket.socket:
        """The open connection."""
        connection = self._device
        assert isinstance(connection, socket.socket)
        return connection

    def open(self, raise_not_found: bool = True) -> None:
        """Connect. Raises OSError."""
        self._device: socket.socket | None = socket.create_connection((self.host, self.port), timeout=self.timeout)
        self._device.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._device.setblocking(False)

    def write(self, data: memoryview, wait_s: float) -> int:
        """Hand over what the connection takes. Raises OSError."""
        if not select.select([], [self.socket], [], wait_s)[1]:
            return 0
        return self.socket.send(data)

    def read(self, wait_s: float) -> bytes:
        """What has come. Raises OSError, HungUp."""
        if not select.select([self.socket], [], [], wait_s)[0]:
            return b""
        data = self.socket.recv(4096)
        if not data:
            raise HungUp
        return data

    def left(self) -> int:
        """The bytes that the other side has not acknowledged; 0 where the system does not tell."""
        if sys.platform != "linux":
            return 0
        count = array.array("i", [0])
        fcntl.ioctl(self.socket, termios.TIOCOUTQ, count)
        return count[0]

    def finish(self) -> None:
        """Hang up on our side, and read away what comes until the printer has done so too. Raises OSError."""
        self.socket.shutdown(socket.SHUT_WR)
        end_s = clock_s() + _LINGER_S
        try:
            while (left_s := end_s - clock_s()) > 0:
                self.read(left_s)
        except HungUp:
            return

    def close(self, *, whole: bool = True) -> None:
        """Close the connection; what the kernel still holds goes on its way."""
        if self._device:
            self._device.close()
        self._device = None
