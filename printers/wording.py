"""A slip's sentences in the visitor's language: numbers of people, clock times, the long date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.texts import load

FIRST_LANGUAGE = "id"


class Wording:
    """The slip's texts in one language ("id" or "en"; anything else is Indonesian) and one time zone."""

    def __init__(self, language: str, timezone: str) -> None:
        self.language = language if language in ("id", "en") else FIRST_LANGUAGE
        self._texts = load(self.language)
        self._zone = ZoneInfo(timezone)

    def text(self, key: str, **values: object) -> str:
        """The text `slip.<key>` with its places filled."""
        return self._texts[f"slip.{key}"].format(**values)

    def issued(self, at: str) -> tuple[str, str]:
        """`Minggu, 22 November 2026` and `09.41 WIB` in the hall's zone. `at` is ISO 8601 with offset."""
        local = datetime.fromisoformat(at).astimezone(self._zone)
        date = self.text(
            "date", weekday=self.text(f"weekday_{local.isoweekday()}"), day=local.day,
            month=self.text(f"month_{local.month}"), year=local.year,
        )
        name = local.tzname() or ""
        # Zones without an abbreviation of their own are called "+08" there, which says nothing beside a clock.
        return date, f"{_clock(local)} {name}" if name.isalpha() else _clock(local)

    def ahead(self, people: int) -> str:
        """How many people are ahead in the queue."""
        if people <= 0:
            return self.text("ahead_none")
        return self.text("ahead_one") if people == 1 else self.text("ahead", n=people)

    def counters(self, labels: Sequence[str]) -> str:
        """The counters that may call, `Loket 3, 4, 9-12`; "" for none."""
        if not labels:
            return ""
        return self.text("counter" if len(labels) == 1 else "counters", labels=", ".join(_runs(labels)))

    def called_around(self, issued_at: str, estimate: Mapping[str, Any]) -> str:
        """When the visitor will be called, as clock times: a number of minutes on paper grows old."""
        issued = datetime.fromisoformat(issued_at).astimezone(self._zone)
        first = issued + timedelta(minutes=float(estimate["low_minutes"]))
        last = issued + timedelta(minutes=float(estimate["high_minutes"]))
        if last <= issued:
            return self.text("called_soon")
        if _clock(first) == _clock(last):
            return self.text("called_at", at=_clock(last))
        return self.text("called_between", first=_clock(first), last=_clock(last))


def _clock(local: datetime) -> str:
    return local.strftime("%H.%M")


def _runs(labels: Sequence[str]) -> list[str]:
    """The labels as they come, three or more numbers that follow each other as `9-12`."""
    runs: list[list[str]] = []
    for label in labels:
        if runs and _follows(runs[-1][-1], label):
            runs[-1].append(label)
        else:
            runs.append([label])
    return [text for run in runs for text in (run if len(run) < 3 else [f"{run[0]}-{run[-1]}"])]


def _follows(before: str, label: str) -> bool:
    numbers = before.isascii() and before.isdecimal() and label.isascii() and label.isdecimal()
    return numbers and int(label) == int(before) + 1
