"""What every driver can do, and the two ways in which it can fail.

The difference between them decides what happens to a job: a slip of which nothing left for the printer can be sent
again at will; one that stopped midway may lie on the paper already.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Literal, Protocol

from printers.status import Status

DEFAULT_TIMEOUT_S = 3.0

Outcome = Literal["printed", "sent"]
"""`printed`: the printer's own answer proves it. `sent`: it has everything, but cannot tell."""


class NotSent(Exception):
    """Nothing has left for the printer; the reason in words, and how the printer is."""

    def __init__(self, reason: str, status: Status | None = None) -> None:
        super().__init__(reason)
        self.status = status or Status("offline", reason)


class Interrupted(Exception):
    """Sending stopped midway, or its end is in doubt: some or all of the slip may be printed.

    The reason in words, and how the printer is.
    """

    def __init__(self, reason: str, status: Status | None = None) -> None:
        super().__init__(reason)
        self.status = status or Status("error", reason)


class Driver(Protocol):
    """One printer. Opened for each slip and closed after it, so that a printer switched off and on just works."""

    def status(self) -> Status | None:
        """How the printer says it is; None: it is there but cannot tell. Raises NotSent where it is out of reach."""

    def send(self, data: bytes, *, until_s: float, on_status: Callable[[Status], None]) -> Outcome:
        """Send a whole slip, and wait until it is printed where the printer can tell; until `until_s` (`clock_s`).

        From the first byte on, `on_status` is told at once how the printer says it is when that changes, and again
        at least once a second. What it raises ends the sending and is raised here. Raises NotSent or Interrupted.
        """


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
