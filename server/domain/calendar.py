"""When services are open: weekly hours, seasons, holidays and single days, as stretches of real time.

Of what is said about a day the first of these counts: a single day of the calendar, a public holiday, a season, the
week. A service's own hours come before its agency's, and those before the hall's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.hall import Agency, Hall, Hours, Season, Service, SpecialDay, Text, parse_stretch

LOOK_AHEAD_DAYS = 100
"""Who asks when it opens again is told of no later day."""
MINUTE_MS = 60_000
DAY_MINUTES = 24 * 60
DAY_MS = DAY_MINUTES * MINUTE_MS

OUTSIDE_HOURS, HOLIDAY, CLOSED_DAY = "outside_hours", "holiday", "closed_day"

Stretches = tuple[tuple[int, int], ...]
"""From (included) and until (not), in order, none touching the next."""
Holidays = Callable[[int], Mapping[date, Text]]
"""The public holidays of a year, each with its name."""


def no_holidays(year: int) -> Mapping[date, Text]:
    """A calendar without public holidays."""
    return {}


@dataclass(frozen=True, slots=True)
class Opening:
    """The next time that numbers are given, and when service begins then (milliseconds since 1970)."""

    numbers_ms: int
    serves_ms: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a schedule: when it serves, when numbers are given, and what is said when they are not."""

    serving: Stretches
    giving: Stretches
    code: str
    reason: Text | None
    end_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a schedule stands from `since_ms` on, until `until_ms`.

    Closed, it tells a code, the reason where the calendar has one, and the next opening, None when none is near.
    Open, `serves_ms` is when the present or next stretch of service began or begins, `closes_ms` when the day's last
    one ends.
    """

    since_ms: int
    until_ms: int
    is_open: bool
    code: str = OUTSIDE_HOURS
    reason: Text | None = None
    opening: Opening | None = None
    serves_ms: int = 0
    closes_ms: int = 0


class Schedule:
    """The opening hours of one service or agency, day by day; each day is worked out once."""

    def __init__(self, hall: Hall, agency: Agency, service: Service | None, holidays: Holidays) -> None:
        self._zone: ZoneInfo = hall.zone_info
        self._before_ms = hall.rules.opens_before_minutes * MINUTE_MS
        self._holidays = holidays if hall.calendar.holidays else no_holidays
        self._special = _special_days(hall.calendar.days, agency.id)
        self._seasons = [s for s in hall.calendar.seasons if agency.id in s.agencies]
        self._hall_seasons = [s for s in hall.calendar.seasons if not s.agencies]
        self._service_hours = service.hours if service is not None else None
        self._own_hours = self._service_hours if self._service_hours is not None else agency.hours
        self._hall_hours = hall.hours
        self._days: dict[date, Day] = {}
        self._standing: Standing | None = None

    def at(self, now_ms: int) -> Standing:
        """How it stands at a moment."""
        known = self._standing
        if known is None or not known.since_ms <= now_ms < known.until_ms:
            known = self._standing = self._stands(now_ms)
        return known

    def on(self, day: date) -> Day:
        """One day in the hall's zone."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) > 3 * LOOK_AHEAD_DAYS:
                self._days.clear()  # a server that runs for months need not remember them
            found = self._days[day] = self._made(day)
        return found

    def next_change(self, now_ms: int) -> int | None:
        """The next moment at which numbers begin or cease to be given; None when none is near."""
        edge: int | None = None
        horizon_ms = now_ms
        for day in self._ahead(now_ms):
            horizon_ms = day.end_ms
            for start, end in day.giving:
                if end <= now_ms:
                    continue
                if edge is None and start > now_ms:
                    return start
                if edge is not None and start > edge:
                    return edge
                edge = end
        return edge if edge is not None and edge < horizon_ms else None

    def next_opening(self, now_ms: int, *, another_day: bool = False) -> Opening | None:
        """The next time that numbers are given, on another day than today if so wished."""
        for ahead, day in enumerate(self._ahead(now_ms)):
            for start, end in () if another_day and ahead == 0 else day.giving:
                if start > now_ms:
                    return Opening(start, next(serves for serves, _ in day.serving if start <= serves < end))
        return None

    def _stands(self, now_ms: int) -> Standing:
        day = self.on(self._date(now_ms))
        edges = sorted({edge for stretches in (day.serving, day.giving) for stretch in stretches for edge in stretch})
        until_ms = next((edge for edge in edges if edge > now_ms), day.end_ms)
        if any(start <= now_ms < end for start, end in day.giving):
            serves_ms = next(start for start, end in day.serving if now_ms < end)
            return Standing(now_ms, until_ms, True, serves_ms=serves_ms, closes_ms=day.serving[-1][1])
        return Standing(now_ms, until_ms, False, day.code, day.reason, self.next_opening(now_ms))

    def _ahead(self, now_ms: int) -> Iterator[Day]:
        today = self._date(now_ms)
        return (self.on(today + timedelta(days=ahead)) for ahead in range(LOOK_AHEAD_DAYS))

    def _date(self, now_ms: int) -> date:
        return datetime.fromtimestamp(now_ms / 1000, self._zone).date()

    def _made(self, day: date) -> Day:
        minutes, code, reason = self._hours_on(day)
        first_ms, end_ms = _midnight(day, self._zone), _midnight(day + timedelta(days=1), self._zone)
        serving = _in_real_time(minutes, first_ms, end_ms, self._zone)
        # Not before midnight: a number is of the day on which it is given.
        giving = merged((max(first_ms, start - self._before_ms), end) for start, end in serving)
        return Day(serving, giving, code, reason, end_ms)

    def _hours_on(self, day: date) -> tuple[Stretches, str, Text | None]:
        """The minutes of the day at which it serves, and what is said when it does not."""
        special = self._special.get(day)
        if special is not None:
            if not special.open:
                return (), CLOSED_DAY, special.reason
            if special.hours:
                return _minutes(special.hours), OUTSIDE_HOURS, None
        elif day in (holidays := self._holidays(day.year)):
            return (), HOLIDAY, holidays[day]
        return self._weekly(day), OUTSIDE_HOURS, None

    def _weekly(self, day: date) -> Stretches:
        """What the week says, or the season; own hours within the season of somebody larger only make it shorter."""
        weekday = day.weekday()
        season, own = _season_of(self._seasons, day), self._service_hours
        if season is None:
            season, own = _season_of(self._hall_seasons, day), self._own_hours
        if season is None:
            return _of_week(self._own_hours if self._own_hours is not None else self._hall_hours, weekday)
        hours = _of_week(season.hours, weekday)
        return hours if own is None else both(hours, _of_week(own, weekday))


class Timetable:
    """The schedules of a hall: one for each agency, and one for each service with hours of its own."""

    def __init__(self, hall: Hall, holidays: Holidays = no_holidays) -> None:
        self.hall = hall
        self.of_agency = {agency.id: Schedule(hall, agency, None, holidays) for agency in hall.agencies}
        self.of_service = {
            id: self.of_agency[hall.agency_of[id].id]
            if service.hours is None
            else Schedule(hall, hall.agency_of[id], service, holidays)
            for id, service in hall.services.items()
        }
        self._schedules = list({id(schedule): schedule for schedule in self.of_service.values()}.values())
        self._change: tuple[int, int, int | None] | None = None

    def next_change(self, now_ms: int) -> int | None:
        """The next moment at which a service begins or ceases to give numbers; None when none is near."""
        known = self._change
        if known is None or not known[0] <= now_ms < known[1]:
            found = [change for schedule in self._schedules if (change := schedule.next_change(now_ms)) is not None]
            change = min(found, default=None)
            known = self._change = now_ms, now_ms + DAY_MS if change is None else change, change
        return known[2]


def merged(stretches: Iterable[tuple[int, int]]) -> Stretches:
    """The same time in order, what touches or overlaps as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def both(ours: Stretches, theirs: Stretches) -> Stretches:
    """The time that is in both."""
    return merged((max(a, c), min(b, d)) for a, b in ours for c, d in theirs if max(a, c) < min(b, d))


def _special_days(days: Iterable[SpecialDay], agency: str) -> dict[date, SpecialDay]:
    """What the calendar says of single days: of this agency before what it says of all."""
    of_all = {date.fromisoformat(day.date): day for day in days if not day.agencies}
    return of_all | {date.fromisoformat(day.date): day for day in days if agency in day.agencies}


def _season_of(seasons: Iterable[Season], day: date) -> Season | None:
    text = day.isoformat()
    return next((season for season in seasons if season.first <= text <= season.last), None)


def _of_week(hours: Hours, weekday: int) -> Stretches:
    return merged((_minute(start), _minute(end)) for start, end in hours.on(weekday))


def _minutes(texts: Iterable[str]) -> Stretches:
    return merged((_minute(start), _minute(end)) for start, end in map(parse_stretch, texts))


def _minute(moment: time) -> int:
    return DAY_MINUTES if moment == time.max else moment.hour * 60 + moment.minute


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def _in_real_time(minutes: Stretches, first_ms: int, end_ms: int, zone: ZoneInfo) -> Stretches:
    """Minutes of a day's clocks as moments.

    On a day on which the clocks are set, a stretch lasts from the first moment that they show its beginning, or
    later, to the last that they show less than its end: nobody is sent away because an hour comes twice.
    """
    if end_ms - first_ms == DAY_MS:
        return tuple((first_ms + start * MINUTE_MS, first_ms + end * MINUTE_MS) for start, end in minutes)
    shown = [(ms, _shown(ms, zone)) for ms in range(first_ms, end_ms, MINUTE_MS)]
    found = []
    for start, end in minutes:
        opens_ms = next((ms for ms, minute in shown if minute >= start), end_ms)
        closes_ms = next((ms + MINUTE_MS for ms, minute in reversed(shown) if minute < end), first_ms)
        if opens_ms < closes_ms:
            found.append((opens_ms, closes_ms))
    return merged(found)


def _shown(ms: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(ms / 1000, zone)
    return local.hour * 60 + local.minute
