"""Printers on a serial line.

python-escpos' Serial gives pyserial no time-out for writing and flushes when it closes: a printer that holds the line
(out of paper, switched off) would hold the worker for ever.
"""

from __future__ import annotations

import contextlib
import os
import time

import serial
from escpos.printer import Serial

from printers.drivers.base import DEFAULT_TIMEOUT_S, Interrupted, NotSent, send_in_pieces

_PIECE = 64
"""Bytes handed over at once: at 300 baud, the slowest line there is, they take about two seconds."""


class SerialDriver:
    """A printer on `device` (such as /dev/ttyS0) at `baudrate` bits a second."""

    def __init__(self, device: str, baudrate: int, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._device = device
        self._baudrate = baudrate
        self._timeout_s = timeout_s

    def check(self) -> None:
        """See whether the line is there and may be used. Raises NotSent."""
        if not os.access(self._device, os.R_OK | os.W_OK):
            raise NotSent(f"{self._device} is not there, or may not be used")

    def send(self, data: bytes) -> None:
        """Send a whole slip and wait until it has left the line's buffer. Raises NotSent or Interrupted."""
        self.check()
        line = _Line(self._device, baudrate=self._baudrate, timeout=self._timeout_s)
        try:
            line.open()
        except (OSError, ValueError) as error:
            raise NotSent(str(error)) from error
        try:
            line._raw(data)
            line.drain()
        except (NotSent, Interrupted):
            line.abandon()
            raise
        finally:
            line.close()


class _Line(Serial):  # type: ignore[misc]
    """python-escpos' serial printer with a time-out for writing, and no waiting when it closes."""

    def open(self, raise_not_found: bool = True) -> None:
        """Open the line. Raises OSError or ValueError."""
        self._device = serial.Serial(
            port=self.devfile, baudrate=self.baudrate, bytesize=self.bytesize, parity=self.parity,
            stopbits=self.stopbits, timeout=self.timeout, write_timeout=self.timeout, xonxoff=self.xonxoff,
            dsrdtr=self.dsrdtr, exclusive=True,
        )

    def _raw(self, msg: bytes) -> None:
        """Send everything. Raises NotSent or Interrupted."""
        send_in_pieces(msg, self._write, self.timeout)

    def _write(self, piece: memoryview) -> int:
        try:
            return int(self._device.write(piece[:_PIECE]))
        except serial.SerialTimeoutException:
            raise TimeoutError from None

    def drain(self) -> None:
        """Wait until the system's buffer is empty. Raises Interrupted where it does not empty."""
        left, end = self._waiting(), time.monotonic() + self.timeout
        while left:
            time.sleep(0.01)
            now_left = self._waiting()
            if now_left < left:
                left, end = now_left, time.monotonic() + self.timeout
            elif time.monotonic() > end:
                raise Interrupted(f"the printer stopped taking bytes, {left} before the slip's end")

    def _waiting(self) -> int:
        try:
            return int(self._device.out_waiting)
        except OSError as error:
            raise Interrupted(f"the line broke: {error}") from error

    def abandon(self) -> None:
        """Throw away what the line still holds, so that closing it does not wait for a printer that takes nothing.

        Not after success: an adapter's own buffer, with the cut in it, would be thrown away too.
        """
        with contextlib.suppress(OSError):  # where the adapter was pulled out there is no buffer left to empty
            self._device.reset_output_buffer()

    def close(self) -> None:
        """Let the line go, without waiting."""
        if self._device:
            self._device.close()
        self._device = False
