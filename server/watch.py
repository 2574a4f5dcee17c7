"""What is wrong in the hall now, and should be an alert: waits over their target, printers and screens that are out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.commands.alerts import BOARD_GONE, KIOSK_GONE, LASTING, PRINTER_OUT, WAIT_OVER_TARGET, Cause
from server.commands.printing import PRINTS, UNKNOWN_PRINTER
from server.domain.hall import Display, Hall, Kiosk
from server.domain.overrides import Overrides
from server.opening_hours import is_open
from server.presence import Presence
from server.store import Reader
from server.views import text

GONE_S = 60.0
"""A screen that is away for so long is missed: a restart or a loose cable for a moment is nobody's alert."""
MINUTE_MS = 60_000

Wrong = dict[Cause, dict[str, Any]]


class Watch:
    """One look at the hall: `wrong` is what an alert should stand for, `unsure` what nobody can tell.

    Printers and screens are missed while the hall works only: at night they are switched off.
    """

    def __init__(self, reader: Reader, hall: Hall, presence: Presence, now_ms: int, *, always_open: bool) -> None:
        self._hall, self._presence = hall, presence
        waiting = reader.oldest_waiting()
        self.unsure: set[Cause] = set()
        self.wrong: Wrong = dict(_waits(hall, waiting, now_ms))
        overrides = Overrides(hall, reader.overrides(), now_ms)
        if waiting or any(is_open(hall, id, now_ms, overrides, always_open=always_open) for id in hall.services):
            self.wrong |= dict(_printers(reader, hall))
            self.wrong |= dict(self._screens(KIOSK_GONE, "kiosk", hall.kiosks))
            self.wrong |= dict(self._screens(BOARD_GONE, "display", hall.displays))

    def is_news(self, reader: Reader) -> bool:
        """Whether the alerts that stand are others than those that should."""
        standing = {(each.kind, each.subject) for each in reader.alerts() if each.kind in LASTING}
        return bool(self.wrong.keys() - standing or standing - self.wrong.keys() - self.unsure)

    def _screens(
        self, kind: str, screen: str, all: tuple[Kiosk, ...] | tuple[Display, ...]
    ) -> Iterator[tuple[Cause, dict[str, Any]]]:
        for each in all:
            seen = self._presence.of(screen, each.id)
            if seen is None:  # not since the start: it may never have been there, or have been lost before
                self.unsure.add((kind, each.id))
            elif not seen.connected and seen.for_seconds > GONE_S:
                yield (kind, each.id), {"name": text(each.name)}


def _waits(hall: Hall, waiting: Mapping[str, int], now_ms: int) -> Iterator[tuple[Cause, dict[str, Any]]]:
    for id, since_ms in waiting.items():
        service = hall.services.get(id)
        if service is not None and now_ms - since_ms > service.target_wait_minutes * MINUTE_MS:
            agency = hall.agency_of[id]
            names = {"name": text(service.name), "agency": text(agency.short_name or agency.name)}
            yield (WAIT_OVER_TARGET, id), {**names, "minutes": service.target_wait_minutes}


def _printers(reader: Reader, hall: Hall) -> Iterator[tuple[Cause, dict[str, Any]]]:
    for row in reader.printers().values():
        if row.id in hall.printer and row.state not in (*PRINTS, UNKNOWN_PRINTER):
            yield (PRINTER_OUT, row.id), {"name": text(hall.printer[row.id].name), "state": row.state}
