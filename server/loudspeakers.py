"""Which boards' pages are there, and whether they can be heard. In memory: who speaks is in the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from server.domain.announcements import ABLE, Page

LEASE_S = 3.5
"""A page that speaks is heard of every second; after so long without a word another takes over."""
HUNG_UP_S = 1.5
"""So long at most where its line was cut too: one that is only coming back says a word well before."""
MOST_PAGES = 8
"""So many pages of one board are known at a time; the ones heard of last are kept."""
AWAY = "away"


class Loudspeakers:
    """The pages of boards, each with the time of a steady clock when it was last heard of."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._pages: dict[str, tuple[Page, float]] = {}
        self._told: dict[str, str] = {}

    def expect(self, speakers: Iterable[str]) -> None:
        """The server has just started: whoever spoke before has the time of a lease to say that it still does."""
        now_s = self._clock_s()
        for key in speakers:
            board, _, session = key.partition("/")
            self._pages.setdefault(key, (Page(board, session, ABLE), now_s))

    def heard(self, page: Page) -> None:
        """A page has just told how it is."""
        self._pages.pop(page.key, None)
        self._pages[page.key] = (page, self._clock_s())
        ours = [key for key, (other, _) in self._pages.items() if other.board == page.board]
        for oldest in ours[:-MOST_PAGES]:
            del self._pages[oldest]

    def hung_up(self, board: str) -> None:
        """A live line of a board was cut: unless it says a word soon, it is gone."""
        latest_s = self._clock_s() - LEASE_S + HUNG_UP_S
        for key, (page, heard_s) in self._pages.items():
            if page.board == board:
                self._pages[key] = (page, min(heard_s, latest_s))

    def alive(self) -> list[Page]:
        """The pages that are there now; the others are forgotten."""
        before_s = self._clock_s() - LEASE_S
        self._pages = {key: found for key, found in self._pages.items() if found[1] >= before_s}
        return [page for page, _ in self._pages.values()]

    def sounds(self) -> dict[str, str]:
        """How each board's sound is that has a page: "on" where one of its pages can be heard."""
        found: dict[str, str] = {}
        for page in self.alive():
            if found.get(page.board) != ABLE:
                found[page.board] = page.sound
        return found

    def news(self) -> dict[str, str]:
        """Boards whose sound is another than was told the last time; "starting" is not worth telling."""
        now = self.sounds()
        changed = {board: sound for board, sound in now.items() if sound not in ("starting", self._told.get(board))}
        changed |= {board: AWAY for board, sound in self._told.items() if board not in now and sound != AWAY}
        return changed

    def told(self, sounds: dict[str, str]) -> None:
        """These were written down."""
        self._told |= sounds
