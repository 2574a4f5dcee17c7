"""Printers that are a file of the system, such as /dev/usb/lp0.

python-escpos' File makes the file where it is missing (a plain file in /dev, when the printer is unplugged and we are
root), writes without a time-out (a printer out of paper would hold the worker for ever) and never reads.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from typing import IO, Literal

from escpos.printer import File

from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent, words
from printers.drivers.talking import Asking, TalkingDriver

_SILENT = (errno.EAGAIN, errno.EINVAL, errno.EIO)
"""What reading says where nothing has come; EINVAL: the printer has no way back, EIO: nobody is there just now."""


class FileDriver(TalkingDriver):
    """A printer behind the file `device`, which must be there; a plain file is written on at its end."""

    def __init__(self, device: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, status: Asking = "auto") -> None:
        super().__init__(timeout_s=timeout_s, status=status)
        self._device = device

    def _open(self) -> _Line:
        line = _Line(self._device)
        try:
            line.open()
        except OSError as error:
            raise NotSent(f"{self._device}: {words(error, self._timeout_s)}") from error
        return line


class _Line(File):  # type: ignore[misc]
    """python-escpos' file printer with time-outs, for reading too, and without making files."""

    answers = False
    fails_blindly = False

    def open(self, raise_not_found: bool = True) -> None:
        """Open the file, for reading too if it is a device that lets us. Raises OSError."""
        options = os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
        self.answers = stat.S_ISCHR(os.stat(self.devfile).st_mode) and os.access(self.devfile, os.R_OK | os.W_OK)
        descriptor = os.open(self.devfile, options | (os.O_RDWR if self.answers else os.O_WRONLY))
        self._device: IO[bytes] | Literal[False] = os.fdopen(descriptor, "wb", buffering=0)
        if self.answers:
            self.read(0.0)  # what an earlier question left behind

    def write(self, data: memoryview, wait_s: float) -> int:
        """Hand over what the file takes. Raises OSError."""
        if not select.select([], [self._file], [], wait_s)[1]:
            return 0
        try:
            return os.write(self._file.fileno(), data)
        except BlockingIOError:
            return 0

    def read(self, wait_s: float) -> bytes:
        """What has come. Raises OSError."""
        if not select.select([self._file], [], [], wait_s)[0]:
            return b""
        try:
            data = os.read(self._file.fileno(), 4096)
        except OSError as error:
            if error.errno not in _SILENT:
                raise
            data = b""
        if not data:
            time.sleep(min(wait_s, 0.02))  # such a file is always ready to say nothing
        return data

    def left(self) -> int:
        """Nobody can tell what the printer has not taken yet."""
        return 0

    def finish(self) -> None:
        """Nothing is to be done: what is written is on its way."""

    def close(self, *, whole: bool = True) -> None:
        """Close the file."""
        if self._device:
            self._device.close()
        self._device = False

    @property
    def _file(self) -> IO[bytes]:
        assert self._device
        return self._device
