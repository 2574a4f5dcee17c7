"""What the house does by itself and cannot do now: told once in the log, shown for as long as it lasts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from server.domain.errors import DomainError

log = logging.getLogger("antrean.chores")


class Troubles:
    """Which works failed when they were tried last, and for how long they have. In memory: a start tries them all."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._standing: dict[str, tuple[str, float]] = {}

    def attempt(self, what: str, work: Callable[[], object]) -> None:
        """Do a work that is tried again anyway; one that fails keeps no other from being done.

        Each kind of failure is logged when it begins: it may last for hours, and be that of many works (a full disk).
        """
        try:
            work()
        except Exception as error:
            kind = error.code if isinstance(error, DomainError) else f"{what}: {type(error).__name__}"
            if kind not in {known for known, _ in self._standing.values()}:
                _tell(what, error)
            _, since_s = self._standing.get(what, ("", self._steady_s()))
            self._standing[what] = kind, since_s
        else:
            self._standing.pop(what, None)

    def standing(self) -> dict[str, float]:
        """The works that fail, and since how many seconds each does."""
        now_s = self._steady_s()
        return {what: now_s - since_s for what, (_, since_s) in self._standing.items()}


def _tell(what: str, error: Exception) -> None:
    if isinstance(error, (DomainError, OSError)):  # what may happen to any program: words suffice
        log.warning("%s waits: %s", what, error)
    else:
        log.error("%s failed; it is tried again", what, exc_info=error)
