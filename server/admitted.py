"""Which screens were let in as whom: who is not let in any more is cut, not only at the next connection."""

from __future__ import annotations

import logging
from collections.abc import Callable

from server.auth import Caller, identify
from server.house import House

log = logging.getLogger("antrean.sockets")

LOOK_EVERY_S = 30.0
"""So long at most a session that is over by the clock goes on hearing."""
AT_ONCE = 20


class Admitted:
    """The screens that were let in by a secret; `look` after a logout, a changed role, a token that is gone."""

    def __init__(self, house: House, cut: Callable[[str], None]) -> None:
        self._house = house
        self._cut = cut
        self._screens: dict[str, Caller] = {}
        self._signal = house.threads.signal()
        self._version = house.store.access_version()

    def come(self, screen: str, caller: Caller) -> None:
        """A screen was let in."""
        self._screens[screen] = caller

    def leave(self, screen: str) -> None:
        """A screen has gone."""
        self._screens.pop(screen, None)

    def wake(self) -> None:
        """There was a commit: who may come in may be others now."""
        if self._house.store.access_version() != self._version:
            self._signal.set()

    def run(self) -> None:
        """Look whenever anything has changed, for ever."""
        while True:
            self._signal.wait(LOOK_EVERY_S)
            self._signal.clear()
            self._house.troubles.attempt("admitted", self.look)

    def look(self) -> None:
        """Cut every screen whose secret is not known any more, or is somebody else's or of another role by now."""
        self._version = self._house.store.access_version()
        for count, (screen, caller) in enumerate(list(self._screens.items())):
            if identify(self._house.store, self._house.keys, caller.secret).actor != caller.actor:
                self._screens.pop(screen, None)
                log.info("a screen of %s was cut: not let in any more", caller.actor and caller.actor.id)
                self._house.threads.spawn(self._cut, screen)  # one that takes nothing must not keep the others
            if count % AT_ONCE == AT_ONCE - 1:
                self._house.threads.sleep(0)  # let officers' requests in between
