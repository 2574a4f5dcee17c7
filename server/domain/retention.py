"""How long what is known of a visitor is kept: whose words are erased from the log, and which months are over.

Law 27/2022 on the protection of personal data (UU PDP) has personal data erased once they are not needed for what they
were given for (article 43), while figures that tell of nobody may stay. docs/decisions/018 tells what that means here.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ERASED_BY = "erased_by"
"""In a payload whose words were erased: the number of the event that tells so."""
_WORDS = {
    "ticket": frozenset(("documents", "note", "notes")),
    "counter": frozenset(("pause_reason", "note")),
}
"""By kind of event, the members of a payload that hold what somebody typed about a person."""
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def without_words(kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
    """A payload without what somebody typed about a person, None where it holds no such words.

    The members stay, as an empty list or null: whoever reads the log finds the same shape.
    """
    words = _WORDS.get(kind.partition(".")[0])
    if words is None or ERASED_BY in payload:
        return None
    cleared: dict[str, Any] = _clear(payload, words)
    return None if cleared == payload else cleared


def _clear(value: Any, words: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _cleared(part) if key in words else _clear(part, words) for key, part in value.items()}
    return value


def _cleared(value: Any) -> Any:
    if isinstance(value, list):
        return []
    return value if isinstance(value, bool) else None


def erase_before_ms(now_ms: int, zone: ZoneInfo, days: int) -> int:
    """The start of the day so many days before today in a zone: what is older is erased. It changes once a day."""
    day = datetime.fromtimestamp(now_ms / 1000, zone).date() - timedelta(days=days)
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def is_month(text: str) -> bool:
    """Whether a text is a month, `YYYY-MM`."""
    return _MONTH.fullmatch(text) is not None and text >= "0001"


def month_of(at_ms: int, zone: ZoneInfo) -> str:
    """The month of a store time in a zone, `YYYY-MM`."""
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%Y-%m")


def months_before(month: str, count: int) -> str:
    """The month that lies so many months before another; months before the year 1 are that year's first."""
    months = max(12, int(month[:4]) * 12 + int(month[5:]) - 1 - count)
    return f"{months // 12:04d}-{months % 12 + 1:02d}"
