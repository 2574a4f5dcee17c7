"""Waiting times over business days, by agency, service, counter, officer, or time; docs/metrics.md defines the figures.

One day is read from its tickets' spans, exactly; so are counters and officers of one service. More days are added up
from rollups, where there are any that hold, and from spans where there are none: today, and days that have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from server.domain.figures import FINER, OUTCOMES, Place
from server.domain.hall import WEEKDAYS, Hall
from server.domain.rollups import Rollup, month_of
from server.reports.day import MOST_DAYS_READ, gathered
from server.reports.exact import Exact
from server.reports.merging import Merged, weekday_of
from server.reports.packing import roll_up
from server.reports.rows import COLUMNS, flat, row, to_csv
from server.store import Reader

__all__ = ["COLUMNS", "GROUPINGS", "OUTCOMES", "Question", "flat", "report", "to_csv", "waiting_report"]

TOO_FAR = f"reaches over more than {MOST_DAYS_READ} days, which counters and officers of one service cannot be told of"
GROUPINGS = ("agency", "service", "counter", "officer", "hour", "day", "weekday", "month", "hour_weekday", "hall")
_PLACES = {"agency": 0, "service": 1, "counter": 2, "officer": 3}
_HOURLY = ("hour", "hour_weekday")


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked: business days, both included, a grouping, and whose figures (None: everybody's).

    Of one service counters and officers are told apart by the tickets themselves, for no rollup tells of both; over so
    many days only as `reaches_too_far` says.
    """

    first: str
    last: str
    by: str = "agency"
    agency: str | None = None
    service: str | None = None

    @property
    def cut(self) -> str:
        """The coarsest way to divide the hall that tells this grouping's groups, and what is left out, apart."""
        if self.by in ("counter", "officer"):
            return self.by if self.service is None else f"service_{self.by}"
        if self.service is not None or self.by == "service":
            return "service"
        return "agency" if self.agency is not None or self.by == "agency" else "hall"

    @property
    def reaches_too_far(self) -> bool:
        """Whether it asks for something that is read from tickets, of more days than those can be read of."""
        days = (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1
        return self.cut in FINER and days > MOST_DAYS_READ

    def asks_for(self, place: Place) -> bool:
        """Whether a group's figures belong to the answer."""
        return self.agency in (None, place[0]) and self.service in (None, place[1])

    def label(self, period: str, place: Place) -> str:
        """The row that a group belongs to; what is told apart by hours gets `-08` behind it, or is nothing but that."""
        if self.by in _PLACES:
            return place[_PLACES[self.by]]
        if self.by in ("weekday", "hour_weekday"):
            return weekday_of(period)
        return {"day": period, "month": month_of(period), "hour": "", "hall": "hall"}[self.by]

    def before(self) -> Question:
        """The same question of as many days before these."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        days = last - first + timedelta(days=1)
        return replace(self, first=(first - days).isoformat(), last=(last - days).isoformat())


def report(reader: Reader, hall: Hall, question: Question) -> list[dict[str, Any]]:
    """The rows of the answer, in the order of the catalogue or of time."""
    return _rows(hall, question, figures_of(reader, hall, question))


def compared(reader: Reader, hall: Hall, question: Question) -> list[dict[str, Any]]:
    """The rows, each with that of the same group in as many days before under `previous` (None where it had none).

    Days and months are compared by their place: the first with the first.
    """
    rows, earlier = report(reader, hall, question), report(reader, hall, question.before())
    before = {old["key"]: old for old in earlier}
    if question.by in ("day", "month"):
        days, shift = _span_of(question), _span_of(question.before())
        by_place = {shift.index(old["key"]): old for old in earlier}
        before = {key: by_place[place] for place, key in enumerate(days) if place in by_place}
    return [{**now, "previous": before.get(now["key"])} for now in rows]


def _span_of(question: Question) -> list[str]:
    """All days or months of a question, in order."""
    first, last = date.fromisoformat(question.first), date.fromisoformat(question.last)
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return days if question.by == "day" else list(dict.fromkeys(map(month_of, days)))


def waiting_report(
    reader: Reader, hall: Hall, first_day: str, last_day: str, by: str, agency: str | None = None,
    service: str | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows over business days, both included, all from spans: exact, and slow over many days."""
    question = Question(first_day, last_day, by, agency, service)
    return _rows(hall, question, _from_spans(reader, hall, question))


def figures_of(reader: Reader, hall: Hall, question: Question) -> Exact | Merged:
    """The figures of a question, by the rows' labels."""
    from_spans = question.first == question.last or question.cut in FINER
    return (_from_spans if from_spans else _merged)(reader, hall, question)


def _from_spans(reader: Reader, hall: Hall, question: Question) -> Exact:
    exact = Exact()
    for day in reader.days_with_tickets(question.first, question.last):
        found = gathered(reader, hall, day, question.cut, question.agency, question.service)
        labels = [question.label(day, place) if question.asks_for(place) else None for place in found.places]
        exact.add(found, labels, by_hour=question.by in _HOURLY)
    return exact


def _merged(reader: Reader, hall: Hall, question: Question) -> Merged:
    """The figures of several days, added up from rollups, and from spans where there are none."""
    found, cut = Merged(by_hour=question.by in _HOURLY), question.cut

    def label_of(rollup: Rollup) -> str:
        return question.label(rollup.period, rollup.place)

    months, days, missing = _sources(reader, question)
    for periods in (*_chunks(months, 14), *_chunks(days, 60)):
        found.add(reader.figures(cut, periods, question.agency, question.service), label_of)
    for day in missing:
        rollups = roll_up(day, cut, gathered(reader, hall, day, cut, question.agency, question.service))
        found.add([rollup for rollup in rollups if question.asks_for(rollup.place)], label_of)
    return found


def _sources(reader: Reader, question: Question) -> tuple[list[str], list[str], list[str]]:
    """Where the figures are: periods of whole months, of days, and days that must be read from their spans."""
    rolled = reader.rolled(month_of(question.first), question.last)
    whole = [month for month in sorted(rolled) if len(month) == 7 and _lies_within(month, question)]
    if question.by == "day" or (question.cut != "hall" and question.by in (*_HOURLY, "weekday")):
        whole = []
    days = [day for day in reader.days_with_tickets(question.first, question.last) if month_of(day) not in whole]
    by_weekday = question.cut == "hall"
    months = [f"{month} {weekday}" for month in whole for weekday in WEEKDAYS] if by_weekday else whole
    return months, [day for day in days if day in rolled], [day for day in days if day not in rolled]


def _lies_within(month: str, question: Question) -> bool:
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return question.first <= first.isoformat() and (following - timedelta(days=1)).isoformat() <= question.last


def _chunks(periods: Sequence[str], most: int) -> Iterable[Sequence[str]]:
    return (periods[start : start + most] for start in range(0, len(periods), most))


def _rows(hall: Hall, question: Question, figures: Exact | Merged) -> list[dict[str, Any]]:
    order, found = _order(hall, question.by), dict(figures.groups())
    keys = sorted(found, key=lambda key: (order(key), key))
    return [row(key, found[key]) for key in keys]


def _order(hall: Hall, by: str) -> Callable[[str], int]:
    known: dict[str, Iterable[str]] = {
        "agency": hall.agency, "service": hall.services, "counter": hall.counter, "weekday": WEEKDAYS,
        "hour_weekday": WEEKDAYS,
    }  # fmt: skip
    places = {key: place for place, key in enumerate(known.get(by, ()))}
    return lambda key: places.get(key[:3] if by == "hour_weekday" else key, len(places) * (by != "officer"))
