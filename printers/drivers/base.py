"""What every driver can do, and the two ways in which it can fail.

The difference between them decides what happens to a job: a slip of which nothing left for the printer can be sent
again at will; one that stopped midway may lie on the paper already.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from typing import Protocol

DEFAULT_TIMEOUT_S = 3.0
WHOLE_SLIP_TIMEOUTS = 10
"""A printer that takes a slip slowly has this many time-outs in all; one that takes nothing has a single one."""


class NotSent(Exception):
    """Nothing has left for the printer; the reason in words."""


class Interrupted(Exception):
    """Sending stopped midway, or its end is in doubt: some or all of the slip may be printed. The reason in words."""


class Driver(Protocol):
    """One printer. Opened for each slip and closed after it, so that a printer switched off and on just works."""

    def send(self, data: bytes) -> None:
        """Send a whole slip. Raises NotSent or Interrupted."""

    def check(self) -> None:
        """See whether the printer can be reached, without sending anything. Raises NotSent."""


def send_in_pieces(data: bytes, write: Callable[[memoryview], int], timeout_s: float) -> None:
    """Hand `data` to `write`, which takes what it can and says how many bytes that was, until all is gone.

    Raises NotSent where the first piece already failed, Interrupted after that.
    """
    view, sent = memoryview(data), 0
    end = time.monotonic() + WHOLE_SLIP_TIMEOUTS * timeout_s
    try:
        while sent < len(view):
            taken = write(view[sent:])
            sent += taken
            if not taken or time.monotonic() > end:
                raise TimeoutError
    except OSError as error:
        if sent:
            raise Interrupted(f"{words(error, timeout_s)}, after {sent} of {len(view)} bytes") from error
        raise NotSent(words(error, timeout_s)) from error


def words(error: OSError, timeout_s: float) -> str:
    """What went wrong, for staff and the log."""
    if isinstance(error, TimeoutError):
        return f"the printer did not answer within {timeout_s:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the printer refused the connection"
    if isinstance(error, (ConnectionResetError, BrokenPipeError)) or error.errno == errno.ENOTCONN:
        return "the printer closed the connection"
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "the printer cannot be reached"
    if error.errno is not None:
        return os.strerror(error.errno).lower() if error.errno > 0 else str(error)
    return str(error)
