"""The clock that everything of the printers is timed by."""

from __future__ import annotations

import time


def clock_s() -> float:
    """Seconds that never jump and go on while the machine sleeps: a job may have expired meanwhile."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
