"""Printers on a serial line.

python-escpos' Serial gives pyserial no time-out for writing and flushes when it closes: a printer that holds the line
(out of paper, switched off) would hold the worker for ever. pyserial itself does not say how much of a piece it had
written when its time ran out, so that the line is written to and read by its descriptor.
"""

from __future__ import annotations

import contextlib
import os
import select

import serial
from escpos.printer import Serial

from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent
from printers.drivers.talking import Asking, TalkingDriver


class SerialDriver(TalkingDriver):
    """A printer on `device` (such as /dev/ttyS0) at `baudrate` bits a second."""

    def __init__(
        self, device: str, baudrate: int, *, timeout_s: float = DEFAULT_TIMEOUT_S, status: Asking = "auto"
    ) -> None:
        super().__init__(timeout_s=timeout_s, status=status)
        self._device = device
        self._baudrate = baudrate

    def _open(self) -> _Line:
        if not os.access(self._device, os.R_OK | os.W_OK):
            raise NotSent(f"{self._device} is not there, or may not be used")
        line = _Line(self._device, baudrate=self._baudrate)
        try:
            line.open()
        except (OSError, ValueError) as error:
            raise NotSent(str(error)) from error
        return line


class _Line(Serial):  # type: ignore[misc]
    """python-escpos' serial printer with time-outs, and no waiting when it closes."""

    answers = True
    fails_blindly = False

    def open(self, raise_not_found: bool = True) -> None:
        """Open the line, and throw away what an earlier question left behind. Raises OSError or ValueError."""
        self._device = serial.Serial(
            port=self.devfile, baudrate=self.baudrate, bytesize=self.bytesize, parity=self.parity,
            stopbits=self.stopbits, timeout=0, xonxoff=self.xonxoff, dsrdtr=self.dsrdtr, exclusive=True,
        )

    def write(self, data: memoryview, wait_s: float) -> int:
        """Hand over what the system's buffer takes. Raises OSError."""
        descriptor = self._device.fileno()
        if not select.select([], [descriptor], [], wait_s)[1]:
            return 0
        try:
            return os.write(descriptor, data)
        except BlockingIOError:
            return 0

    def read(self, wait_s: float) -> bytes:
        """What has come. Raises OSError."""
        descriptor = self._device.fileno()
        if not select.select([descriptor], [], [], wait_s)[0]:
            return b""
        data = os.read(descriptor, 4096)
        if not data:
            raise ConnectionResetError("the line has gone")
        return data

    def left(self) -> int:
        """The bytes that wait in the system's buffer."""
        return int(self._device.out_waiting)

    def finish(self) -> None:
        """Nothing is to be done: what has left the buffer is with the printer, or in its adapter."""

    def close(self, *, whole: bool = True) -> None:
        """Let the line go, without waiting for a printer that takes nothing.

        After success the buffer is left alone: an adapter's own, with the cut in it, would be thrown away too.
        """
        if self._device:
            if not whole:
                with contextlib.suppress(OSError):  # where the adapter was pulled out there is no buffer left to empty
                    self._device.reset_output_buffer()
            self._device.close()
        self._device = False
