"""What is known of the queues, made into the order in which a visitor should go to several errands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.domain.errands import Errand, best_order
from server.domain.hall import Hall, Service
from server.domain.tickets import State
from server.domain.waiting import PACE_ENOUGH
from server.store import CounterRow, Reader


def in_best_order(reader: Reader, hall: Hall, services: Sequence[Service], now_ms: int) -> list[Service]:
    """The services of one new visit in the order that ends it soonest; as given while a queue's pace is not known."""
    if len(services) < 2:
        return list(services)
    rows = reader.counters()
    errands = [_errand(reader, hall, service, now_ms, rows) for service in services]
    return [services[position] for position in best_order(errands, hall.rules.walk_seconds)]


def _errand(reader: Reader, hall: Hall, service: Service, now_ms: int, rows: dict[str, CounterRow]) -> Errand:
    """An errand at the end of its queue: known by the same signs as the estimate that is shown."""
    pace = reader.pace(service.id, hall.day(now_ms))
    able = (rows.get(counter.id) for counter in hall.counters_for.get(service.id, ()))
    counters = sum(row is not None and row.state == "open" for row in able)
    if pace is None or pace.samples < PACE_ENOUGH or counters == 0:
        return Errand(None)
    wait_seconds = reader.waiting_count(service.id) * pace.mean_seconds / counters
    return Errand(wait_seconds, pace.mean_seconds, counters, hall.agency_of[service.id].zone)


_SHOWN_FIRST = (
    State.CALLED, State.SERVING, State.HELD, State.WAITING,
    State.NO_SHOW, State.FINISHED, State.EXPIRED, State.CANCELLED,
)  # fmt: skip
_RANK = {state.value: rank for rank, state in enumerate(_SHOWN_FIRST)}



def by_importance(tickets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A visit's tickets, each a TICKET of the contract, the one that matters most to its visitor first.

    Called, being served, on hold, waiting (the one that will be called soonest), then what has ended, the latest first.
    Ties keep the order in which the errands are best done, which is that of their ids.
    """
    return sorted(tickets, key=_importance)


def _importance(ticket: dict[str, Any]) -> tuple[Any, ...]:
    soonest: tuple[float, int] = (0.0, 0)
    if ticket["state"] == State.WAITING:
        estimate = ticket["estimate"]
        soonest = (estimate["low_minutes"] if estimate else float("inf"), ticket["ahead"])
    ended = ticket["finished_at"] or ticket["no_show_at"]
    ended_s = datetime.fromisoformat(ended).timestamp() if ended else 0.0
    return _RANK[ticket["state"]], soonest, -ended_s, ticket["id"]
