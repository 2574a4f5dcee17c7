"""What people call the things that figures are about."""

from __future__ import annotations

from server.domain.hall import WEEKDAYS, Hall
from server.texts import load


def name_of(hall: Hall, by: str, key: str, language: str = "id") -> str:
    """The name of a row's key; the key itself of what the catalogue does not have any more."""
    t = load(language)
    if by in ("agency", "service"):
        known = (hall.agency if by == "agency" else hall.services).get(key)
        return getattr(known.name, language) if known else key
    if by == "counter" and key in hall.counter:
        return t["figures.counter"].format(label=hall.counter[key].label)
    if by in ("counter", "officer"):
        return key or t["figures.nobody"]
    if by == "hour":
        return f"{key}:00"
    if by == "weekday":
        return weekday_name(key, language)
    if by == "hour_weekday":
        return f"{weekday_name(key[:3], language)} {key[4:]}:00"
    return month_name(key, language) if by == "month" else hall.name if by == "hall" else key


def weekday_name(weekday: str, language: str = "id") -> str:
    """`mon` in words."""
    return load(language)[f"figures.weekday_{WEEKDAYS.index(weekday) + 1}"]


def month_name(month: str, language: str = "id") -> str:
    """`2026-11` in words."""
    year, number = month.split("-")
    return f"{load(language)[f'slip.month_{int(number)}']} {year}"
