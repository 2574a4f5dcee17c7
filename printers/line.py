"""A host's connection to the virtual printer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from printers.faults import NONSENSE, Health


class Line:
    """One connection: read by one thread, answered by any."""

    def __init__(self, connection: socket.socket, health: Health) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # an answer of one byte goes at once
        self._connection = connection
        self._health = health
        self._lock = threading.Lock()
        self._told = b""
        self.automatic = False
        """The host wants to be told of every change, by GS a."""

    def fileno(self) -> int:
        """For poll()."""
        return self._connection.fileno()

    def read(self, most: int) -> bytes:
        """What has come, up to `most` bytes; b"" where the host has closed its side. Raises OSError."""
        return self._connection.recv(most, socket.MSG_DONTWAIT)

    def reply(self, answer: bytes) -> None:
        """Answer the host, if there is an answer and the printer gives any.

        What the host does not take is lost, as is what comes after its end.
        """
        if not answer or self._health.mute:
            return
        with self._lock, contextlib.suppress(OSError):
            self._connection.send(NONSENSE if self._health.garbage else answer, socket.MSG_DONTWAIT)

    def tell(self) -> None:
        """Send the automatic status, where it is wanted and has changed."""
        if self._health.hung:
            return
        status = self._health.automatic()
        if self.automatic and status != self._told:
            self.reply(status)
        self._told = status

    def close(self, *, rudely: bool) -> None:
        """Hang up; `rudely`, so that the host finds its connection reset."""
        with self._lock:
            if rudely:
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.close()
