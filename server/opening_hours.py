"""Whether a service gives numbers now; if not, why and when it opens again, in the words of screens and refusals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import texts
from server.domain.calendar import CLOSED_DAY, HOLIDAY, MINUTE_MS, Opening, Schedule, Timetable
from server.domain.hall import WEEKDAYS, Agency, Hall, Service, Text
from server.domain.overrides import CLOSED, Override, Overrides
from server.public_holidays import public_holidays
from server.views import LANGUAGES

QUOTA, LAST_TICKET = "quota", "last_ticket"
CLOSED_NOW = "closed_now"
"""A supervisor has closed it for now."""
HALLS_KEPT = 4

Reason = dict[str, Any]
"""`{code, text: {id, en}, opens_at}`; a warning has no `opens_at`."""
Estimate = dict[str, int] | None

_timetables: dict[int, Timetable] = {}


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a number may be had: why not, or what a visitor should know before taking it."""

    closed: Reason | None = None
    warning: Reason | None = None


def timetable(hall: Hall) -> Timetable:
    """The hall's schedules, made once for a catalogue, whatever its counters' profiles."""
    hall = hall.catalogue
    found = _timetables.get(id(hall))
    if found is None or found.hall is not hall:
        for oldest in list(_timetables)[: 1 - HALLS_KEPT]:
            _timetables.pop(oldest, None)
        found = _timetables[id(hall)] = Timetable(hall, public_holidays)
    return found


def closure(
    hall: Hall, agency: Agency, now_ms: int, *, always_open: bool, override: Override | None = None
) -> Reason | None:
    """Why an agency is closed by its hours or a supervisor, and when it opens again; None while it is open."""
    schedule = timetable(hall).of_agency[agency.id]
    if override is not None:
        return _closed_now(hall, schedule, now_ms, override, always_open) if override.state == CLOSED else None
    return None if always_open else _closed(hall, schedule, now_ms)


def serves_now(hall: Hall, agency: Agency, now_ms: int, overrides: Overrides, *, always_open: bool) -> bool:
    """Whether any service of an agency is open by its hours or a supervisor; what its queue allows is not asked."""
    return any(is_open(hall, service.id, now_ms, overrides, always_open=always_open) for service in agency.services)


def is_open(hall: Hall, service: str, now_ms: int, overrides: Overrides, *, always_open: bool) -> bool:
    """Whether a service is open by its hours or a supervisor's word; what its queue allows is not asked."""
    override = overrides.of_service(service)
    if override is not None:
        return override.state != CLOSED
    return always_open or timetable(hall).of_service[service].at(now_ms).is_open


def closes_at(hall: Hall, service: str, now_ms: int, override: Override | None, *, always_open: bool) -> int | None:
    """Until when today's visitors of a service can be served (ms); None where nothing ends it, or the day is over."""
    if override is not None and override.state != CLOSED:
        return override.until_ms
    if always_open:
        return None
    serving = timetable(hall).of_service[service].on(hall.local(now_ms).date()).serving
    return serving[-1][1] if serving and serving[-1][1] > now_ms else None


def first_to_open(closed: list[Reason]) -> Reason:
    """Of reasons why something is closed the one that ends first; those that end on no near day come last."""
    return min(closed, key=_opens_s)


def _opens_s(reason: Reason) -> float:
    return datetime.fromisoformat(reason["opens_at"]).timestamp() if reason["opens_at"] else math.inf


def offer(
    hall: Hall,
    service: Service,
    now_ms: int,
    *,
    always_open: bool,
    given: int,
    estimate: Estimate,
    override: Override | None = None,
) -> Offer:
    """What a visitor who wants a number now is told, when so many were given today and the wait is estimated so.

    `override` is a supervisor's word, which goes before the hours; the quota and the last ticket stay.
    """
    schedule = timetable(hall).of_service[service.id]
    if override is not None and override.state == CLOSED:
        return Offer(_closed_now(hall, schedule, now_ms, override, always_open))
    if override is None and not always_open:
        closed = _closed(hall, schedule, now_ms)
        if closed is not None:
            return Offer(closed)
    if service.quota and given >= service.quota:
        again = _tomorrow(hall, schedule, now_ms, always_open)
        return Offer(_reason(hall, now_ms, QUOTA, _each("closed.quota"), again))
    serves_ms, closes_ms = _hours_now(schedule, now_ms, override)
    if hall.rules.last_ticket == "off" or always_open or not _too_late(serves_ms, closes_ms, estimate):
        return Offer()
    if hall.rules.last_ticket == "refuse":
        again = schedule.next_opening(now_ms, another_day=True)
        return Offer(_reason(hall, now_ms, LAST_TICKET, _each("closed.last_ticket"), again))
    closes = _clock(hall.local(closes_ms))
    return Offer(warning={"code": LAST_TICKET, "text": _each("closed.warn_last_ticket", time=closes)})


def next_change(hall: Hall, now_ms: int, *, always_open: bool, estimates: dict[str, Estimate]) -> int | None:
    """When a screen should ask again: a service begins or ceases to give numbers, or a wait gets too long for today.

    `estimates` are those of new visitors, by service, where the hall's rules look at them.
    """
    found: list[int | None] = []
    if hall.has_quotas:  # with the day the counts begin anew, also where nothing opens or closes
        schedule = next(iter(timetable(hall).of_service.values()))
        found.append(schedule.on(hall.local(now_ms).date()).end_ms)
    if not always_open:
        found += [timetable(hall).next_change(now_ms), *_too_late_at(hall, now_ms, estimates)]
    return min((change for change in found if change is not None), default=None)


def _too_late_at(hall: Hall, now_ms: int, estimates: dict[str, Estimate]) -> Iterator[int]:
    if hall.rules.last_ticket == "off":
        return
    for service, estimate in estimates.items():
        standing = timetable(hall).of_service[service].at(now_ms)
        if estimate is not None and standing.is_open:
            late_ms = standing.closes_ms - estimate["high_minutes"] * MINUTE_MS + 1
            if late_ms > max(now_ms, standing.serves_ms):
                yield late_ms


def _hours_now(schedule: Schedule, now_ms: int, override: Override | None) -> tuple[int, int]:
    """From when on service goes on, and when the day's last stretch ends."""
    if override is not None:
        return now_ms, override.until_ms
    standing = schedule.at(now_ms)
    return max(now_ms, standing.serves_ms), standing.closes_ms


def _too_late(serves_ms: int, closes_ms: int, estimate: Estimate) -> bool:
    """Whether the estimate, counted from when service goes on, ends after the day's last stretch."""
    return estimate is not None and serves_ms + estimate["high_minutes"] * MINUTE_MS > closes_ms


def _tomorrow(hall: Hall, schedule: Schedule, now_ms: int, always_open: bool) -> Opening | None:
    if not always_open:
        return schedule.next_opening(now_ms, another_day=True)
    midnight_ms = schedule.on(hall.local(now_ms).date()).end_ms
    return Opening(midnight_ms, midnight_ms)


def _closed_now(hall: Hall, schedule: Schedule, now_ms: int, override: Override, always_open: bool) -> Reason:
    """Closed by a supervisor: in their words, and when it opens once that is over."""
    why = _each("closed.now") if override.reason is None else _sentence(override.reason)
    until_ms = override.until_ms
    standing = schedule.at(until_ms)
    if always_open or standing.is_open:
        opening: Opening | None = Opening(until_ms, until_ms if always_open else max(until_ms, standing.serves_ms))
    else:
        opening = standing.opening
    return _reason(hall, now_ms, CLOSED_NOW, why, opening)


def _closed(hall: Hall, schedule: Schedule, now_ms: int) -> Reason | None:
    standing = schedule.at(now_ms)
    if standing.is_open:
        return None
    return _reason(hall, now_ms, standing.code, _why(standing.code, standing.reason), standing.opening)


def _why(code: str, reason: Text | None) -> dict[str, str] | None:
    if reason is None or code not in (HOLIDAY, CLOSED_DAY):
        return None
    named = {"id": reason.id, "en": reason.en}
    if code == HOLIDAY:
        return {language: _say(language, "closed.holiday", name=named[language]) for language in LANGUAGES}
    return _sentence(reason)


def _sentence(words: Text) -> dict[str, str]:
    named = {"id": words.id, "en": words.en}
    return {language: said if said.endswith((".", "!", "?")) else f"{said}." for language, said in named.items()}


def _each(key: str, **values: str) -> dict[str, str]:
    return {language: _say(language, key, **values) for language in LANGUAGES}


def _reason(hall: Hall, now_ms: int, code: str, why: dict[str, str] | None, opening: Opening | None) -> Reason:
    text = {}
    for language in LANGUAGES:
        opens = _opens(language, hall.local(now_ms), hall, opening)
        if why is None:
            text[language] = opens
        else:
            text[language] = f"{why[language]} {opens}" if opening is not None else why[language]
    opens_at = None if opening is None else hall.local(opening.numbers_ms).isoformat()
    return {"code": code, "text": text, "opens_at": opens_at}


def _opens(language: str, now: datetime, hall: Hall, opening: Opening | None) -> str:
    """When service begins again, and from when on numbers are given, where that is earlier."""
    if opening is None:
        return _say(language, "closed.no_hours")
    opens = hall.local(opening.serves_ms)
    words = texts.load(language)
    values = {
        "time": _clock(opens),
        "day": words[f"weekday.{WEEKDAYS[opens.weekday()]}"],
        "date": str(opens.day),
        "month": words[f"slip.month_{opens.month}"],
    }
    days_ahead = (opens.date() - now.date()).days
    if days_ahead < 2:
        text = _say(language, ("closed.opens_today", "closed.opens_tomorrow")[days_ahead], **values)
    else:
        # A week from now the weekday alone would be taken for today's.
        text = _say(language, "closed.opens_on" if days_ahead < 7 else "closed.opens_on_date", **values)
    if opening.numbers_ms == opening.serves_ms:
        return text
    return _say(language, "closed.numbers_from", opens=text, time=_clock(hall.local(opening.numbers_ms)))


def _clock(moment: datetime) -> str:
    return moment.strftime("%H.%M")


def _say(language: str, key: str, **values: str) -> str:
    return texts.load(language)[key].format(**values)
