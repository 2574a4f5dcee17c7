"""Which boards are connected, and when each was last seen. Kept in memory: after a restart they come by themselves."""

from __future__ import annotations


class BoardsSeen:
    """Counts the screens of each board, by the board's id; times are milliseconds since 1970, UTC."""

    def __init__(self) -> None:
        self._screens: dict[str, int] = {}
        self._last_ms: dict[str, int] = {}

    def came(self, board: str, now_ms: int) -> None:
        """One more screen shows this board."""
        self._screens[board] = self.screens(board) + 1
        self._last_ms[board] = now_ms

    def left(self, board: str, now_ms: int) -> None:
        """One screen less."""
        self._screens[board] = max(0, self.screens(board) - 1)
        self._last_ms[board] = now_ms

    def screens(self, board: str) -> int:
        """How many screens show this board now."""
        return self._screens.get(board, 0)

    def last_ms(self, board: str) -> int | None:
        """When it came or went last, None when it never did since the server was started."""
        return self._last_ms.get(board)
