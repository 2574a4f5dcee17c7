"""Printers on the LAN by raw TCP (port 9100).

python-escpos' Network waits 60 s, reports a refused connection with a socket left open, and takes a slip for sent as
soon as the kernel has it. Here the slip counts as sent when the printer's side has acknowledged every byte (as far as
the system tells, which Linux does) and has not reset the connection. What no host can see: a printer that acknowledges
and then does not print. A printer's status answers that, which plain sending does not ask for.

Printers are best given as addresses: looking up a host name has no time-out of ours.
"""

from __future__ import annotations

import array
import fcntl
import select
import socket
import sys
import termios
import time

from escpos.printer import Network

from printers.drivers.base import DEFAULT_TIMEOUT_S, Interrupted, NotSent, send_in_pieces, words

_LINGER_S = 1.0
"""How long a printer that has everything may take to close its side. Closing ours at once could reset the connection
(where status bytes lie unread) and some printers then forget what they have not printed yet."""


class NetworkDriver:
    """A printer at `host` and `port`."""

    def __init__(self, host: str, port: int, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s

    def check(self) -> None:
        """Connect and hang up. Raises NotSent."""
        self._connect().close()

    def send(self, data: bytes) -> None:
        """Send a whole slip and wait until the printer's side has it. Raises NotSent or Interrupted."""
        line = self._connect()
        try:
            line._raw(data)
            self._see_it_through(line.socket)
        finally:
            line.close()

    def _connect(self) -> _Line:
        line = _Line(*self._address, timeout=self._timeout_s)
        try:
            line.open()
        except OSError as error:
            raise NotSent(words(error, self._timeout_s)) from error
        return line

    def _see_it_through(self, connection: socket.socket) -> None:
        """Say that no more comes, and read away answers until the printer has it all. Raises Interrupted."""
        try:
            connection.shutdown(socket.SHUT_WR)
            end = time.monotonic() + self._timeout_s
            acknowledged = False
            while True:
                if not acknowledged and _unacknowledged(connection) == 0:
                    acknowledged, end = True, min(end, time.monotonic() + _LINGER_S)
                left = end - time.monotonic()
                if left <= 0:
                    break
                if select.select([connection], [], [], min(left, 0.02))[0] and not connection.recv(4096):
                    return
        except OSError as error:
            raise Interrupted(words(error, self._timeout_s)) from error
        if not acknowledged:
            raise Interrupted("the printer did not take the whole slip")


class _Line(Network):  # type: ignore[misc]
    """python-escpos' network printer with its connection closed where opening fails, for IPv6 too, and counted."""

    @property
    def socket(self) -> socket.socket:
        """The open connection."""
        connection = self._device
        assert isinstance(connection, socket.socket)
        return connection

    def open(self, raise_not_found: bool = True) -> None:
        """Connect. Raises OSError."""
        self._device = socket.create_connection((self.host, self.port), timeout=self.timeout)
        self._device.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _raw(self, msg: bytes) -> None:
        """Send everything. Raises NotSent or Interrupted."""
        send_in_pieces(msg, self.socket.send, self.timeout)


def _unacknowledged(connection: socket.socket) -> int:
    """The bytes that the other side has not acknowledged; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    count = array.array("i", [0])
    fcntl.ioctl(connection, termios.TIOCOUTQ, count)
    return count[0]
