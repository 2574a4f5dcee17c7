"""Closing and opening a service, or a whole agency, for the rest of a day: a supervisor's word before the hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from server.domain import events
from server.domain.actors import SYSTEM, Actor
from server.domain.errors import Invalid, NotFound
from server.domain.hall import Hall, Text
from server.domain.overrides import AGENCY, SERVICE, Override, Overrides
from server.domain.tickets import MAX_REASON_LENGTH
from server.domain.wording import is_text
from server.store import Tx
from server.views import override_view

CLOCK = re.compile(r"([01]\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Said:
    """A supervisor's word: `closed` or `open`, None to go by the hours again; why, and until when today.

    `until` is `"13:30"` or a date with a time; None is the end of the day. `reason_en` None says the same in English.
    """

    state: str | None
    reason: str | None = None
    reason_en: str | None = None
    until: str | None = None


def set_hours(tx: Tx, hall: Hall, actor: Actor, kind: str, id: str, said: Said) -> Override | None:
    """Close or open a service or (`kind` agency) all of an agency's; or go by the hours again, which is None.

    What is said of an agency takes the place of what was said of its services. Raises NotFound, and Invalid that
    names `reason`, `reason_en` or `until`.
    """
    if id not in (hall.services if kind == SERVICE else hall.agency):
        raise NotFound("not_found", f'no {kind} has the id "{id}"')
    before = {(each.kind, each.id) for each in tx.overrides()}
    within = {(kind, id)}
    if kind == AGENCY:
        within |= {(SERVICE, service.id) for service in hall.agency[id].services}
    override = None if said.state is None else _override(tx, hall, actor, kind, id, said)
    for each in within & before:
        tx.remove_override(*each)
    if override is not None:
        tx.set_override(override)
    if override is not None or within & before:
        _record(tx, hall, actor, kind, id, override)
    return override


def expire(tx: Tx, hall: Hall) -> int:
    """Take away what was said until a time or for a day that is over; how many."""
    found = tx.overrides()
    in_force = Overrides(hall, found, tx.now_ms)
    over = [each for each in found if not in_force.holds(each)]
    for each in over:
        tx.remove_override(each.kind, each.id)
        _record(tx, hall, SYSTEM, each.kind, each.id, None)
    return len(over)


def _override(tx: Tx, hall: Hall, actor: Actor, kind: str, id: str, said: Said) -> Override:
    indonesian, english = _words(said.reason, "reason"), _words(said.reason_en, "reason_en")
    reason = Text(indonesian or english, english or indonesian) if indonesian or english else None
    until_ms = _until(hall, tx.now_ms, said.until)
    assert said.state is not None, "asked before"
    return Override(kind, id, said.state, reason, hall.day(tx.now_ms), tx.now_ms, until_ms, actor.name)


def _words(text: str | None, field: str) -> str:
    words = " ".join((text or "").split())
    if len(words) > MAX_REASON_LENGTH:
        raise Invalid("invalid", f"must have at most {MAX_REASON_LENGTH} characters", field=field)
    if not is_text(words):
        raise Invalid("invalid", "must not hold control characters", field=field)
    return words


def _until(hall: Hall, now_ms: int, text: str | None) -> int:
    today = hall.local(now_ms).date()
    midnight_ms = _ms(datetime.combine(today + timedelta(days=1), time(), hall.zone_info))
    if text is None or text == "24:00":
        return midnight_ms
    try:
        clock = CLOCK.fullmatch(text)
        if clock:
            moment = datetime.combine(today, time(int(clock[1]), int(clock[2])), hall.zone_info)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=hall.zone_info)
        until_ms = _ms(moment)
    except (ValueError, OverflowError):
        raise Invalid("invalid", 'must be a time like "13:30", or a date with a time', field="until") from None
    if not now_ms < until_ms <= midnight_ms:
        raise Invalid("invalid", "must be later today", field="until")
    return until_ms


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _record(tx: Tx, hall: Hall, actor: Actor, kind: str, id: str, override: Override | None) -> None:
    agency = hall.agency.get(id) if kind == AGENCY else hall.agency_of.get(id)
    services = [service.id for service in agency.services] if kind == AGENCY and agency else [id]
    payload: dict[str, Any] = {
        "agency": agency.id if agency else None,
        "services": services,
        "override": override_view(hall, override),
    }
    tx.record(events.SERVICE_CHANGED, actor.id, payload)
