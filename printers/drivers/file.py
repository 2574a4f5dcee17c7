"""Printers that are a file of the system, such as /dev/usb/lp0.

python-escpos' File makes the file where it is missing (a plain file in /dev, when the printer is unplugged and we are
root) and writes without a time-out: a printer out of paper would hold the worker for ever.
"""

from __future__ import annotations

import os
import select
from typing import IO, Literal

from escpos.printer import File

from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent, send_in_pieces, words


class FileDriver:
    """A printer behind the file `device`, which must be there; a plain file is written on at its end."""

    def __init__(self, device: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._device = device
        self._timeout_s = timeout_s

    def check(self) -> None:
        """See whether the file is there and may be written. Raises NotSent."""
        if not os.access(self._device, os.W_OK):
            raise NotSent(f"{self._device} is not there, or may not be written")

    def send(self, data: bytes) -> None:
        """Write a whole slip. Raises NotSent or Interrupted."""
        line = _Line(self._device)
        line.timeout_s = self._timeout_s
        try:
            line.open()
        except OSError as error:
            raise NotSent(f"{self._device}: {words(error, self._timeout_s)}") from error
        try:
            line._raw(data)
        finally:
            line.close()


class _Line(File):  # type: ignore[misc]
    """python-escpos' file printer with a time-out, and without making files."""

    timeout_s = DEFAULT_TIMEOUT_S

    def open(self, raise_not_found: bool = True) -> None:
        """Open the file. Raises OSError."""
        descriptor = os.open(self.devfile, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)
        self._device: IO[bytes] | Literal[False] = os.fdopen(descriptor, "wb", buffering=0)

    def _raw(self, msg: bytes) -> None:
        """Write everything. Raises NotSent or Interrupted."""
        send_in_pieces(msg, self._write, self.timeout_s)

    def _write(self, piece: memoryview) -> int:
        assert self._device
        if not select.select([], [self._device], [], self.timeout_s)[1]:
            raise TimeoutError
        return os.write(self._device.fileno(), piece)

    def close(self) -> None:
        """Close the file."""
        if self._device:
            self._device.close()
        self._device = False
