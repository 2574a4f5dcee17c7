"""Indonesia's public holidays, from the `holidays` package: offline, worked out once a year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from server.domain.hall import Text

_ESTIMATED = re.compile(r"\s*\((?:perkiraan|estimated)\)")
"""The package marks days that the moon decides; a screen says no more than which holiday it is."""


@cache
def public_holidays(year: int) -> Mapping[date, Text]:
    """The public holidays of a year with their names in both languages; without the joint leave days (cuti bersama)."""
    from holidays.countries.indonesia import Indonesia  # takes a while: only for halls that want it

    names, in_english = Indonesia(years=year, language="id"), Indonesia(years=year, language="en_US")
    return {day: Text(_plain(name), _plain(in_english[day])) for day, name in names.items()}


def _plain(name: str) -> str:
    """The name without remarks; two holidays on one day are joined by a comma."""
    return _ESTIMATED.sub("", name).replace(";", ",")
