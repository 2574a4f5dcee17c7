"""What a hall's catalogue must hold beyond its shape: ids, references, numbers, hours, names.

The rules read the plain document and pass over whatever has the wrong shape, so that one look tells every
problem of a file, however many there are. Each rule yields (path, message).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.board_rules import board_rule, layout_rule
from server.document_rows import Row, ids, rows, texts
from server.domain.hall import WEEKDAYS, parse_stretch
from server.domain.wording import is_text
from server.shape import Problem

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NO_ID = "must be 1 to 40 small letters, digits and hyphens, and not begin with a hyphen"
PREFIX = re.compile(r"[A-Z0-9]{1,3}")
ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
STRETCH = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
LANGUAGE = re.compile(r"[a-z]{2,8}")
LONGEST_NAME = 200
LARGEST_ORDINAL = 999_999
LONGEST_TARGET_MINUTES = 24 * 60
LARGEST_QUOTA = 100_000
NUMBERS = {"first": 1, "last": None, "padding": 3}
KINDS = {"zones": "zone", "counters": "counter", "kiosks": "kiosk", "displays": "board", "printers": "printer",
         "priorities": "priority class", "layouts": "layout"}


def broken_rules(document: Mapping[str, Any]) -> list[Problem]:
    """Every rule that the document breaks, in the order of its parts."""
    return [problem for rule in RULES for problem in rule(document)]


def services(document: Mapping[str, Any]) -> list[Row]:
    """Every service of the hall with its path, as `agencies[2].services[0]`."""
    return [row for at, agency in rows(document, "agencies") for row in rows(agency, "services", f"{at}.")]


def calendar_rows(document: Mapping[str, Any], key: str) -> list[Row]:
    """The `days` or `seasons` of the calendar, each with its path."""
    calendar = document.get("calendar")
    return rows(calendar, key, "calendar.") if isinstance(calendar, Mapping) else []


def counter_ways(document: Mapping[str, Any]) -> list[Row]:
    """Every way in which a counter can be worked: the usual one, which is the counter's own row, and its profiles."""
    found = []
    for at, counter in rows(document, "counters"):
        found += [(at, counter), *rows(counter, "profiles", f"{at}.")]
    return found


def hall_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The building has a time zone that exists."""
    hall = document.get("hall")
    name = hall.get("timezone") if isinstance(hall, Mapping) else None
    if isinstance(name, str):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield "hall.timezone", f'there is no time zone "{name}"; in Indonesia: Asia/Jakarta, Makassar or Jayapura'


def id_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Ids are short and plain, and unique within their kind; a service's in the whole hall."""
    for found in (rows(document, "agencies"), services(document), *(rows(document, key) for key in KINDS)):
        seen: dict[str, str] = {}
        for at, row in found:
            name = row.get("id")
            if not isinstance(name, str):
                continue
            if not ID.fullmatch(name):
                yield f"{at}.id", NO_ID
            if name in seen:
                yield f"{at}.id", f'"{name}" is already the id of {seen[name]}'
            seen.setdefault(name, at)


def _own_ids(found: list[Row], kind: str) -> Iterator[Problem]:
    """Ids of a `kind` that has them for itself, such as a counter's profiles, are short and plain, and unique."""
    seen: set[str] = set()
    for at, row in found:
        name = row.get("id")
        if isinstance(name, str):
            if not ID.fullmatch(name):
                yield f"{at}.id", NO_ID
            if name in seen:
                yield f"{at}.id", f'"{name}" is the id of another {kind}'
            seen.add(name)


def name_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """What people read is there, fits, and holds nothing that a screen or a printer would take for a command."""
    for path, text in _wordings(document):
        if not text.strip():
            yield path, "must not be empty"
        elif len(text) > LONGEST_NAME:
            yield path, f"must have at most {LONGEST_NAME} characters"
        elif not is_text(text):
            yield path, "must be one line without control characters"


def _wordings(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of the document that people read, with its path."""
    hall = document.get("hall")
    places: list[Row] = [("hall", hall)] if isinstance(hall, Mapping) else []
    for key in ("zones", "agencies", *(kind for kind in KINDS if kind != "zones")):
        places += rows(document, key)
    outcomes = [outcome for at, row in services(document) for outcome in rows(row, "outcomes", f"{at}.")]
    calendar = calendar_rows(document, "days") + calendar_rows(document, "seasons")
    profiles = [row for at, counter in rows(document, "counters") for row in rows(counter, "profiles", f"{at}.")]
    for at, row in places + services(document) + outcomes + calendar + profiles:
        for key in ("name", "short_name", "label", "footer", "documents", "reason"):
            value = row.get(key)
            if isinstance(value, str):
                yield f"{at}.{key}", value
            elif isinstance(value, Mapping):
                for language in ("id", "en"):
                    if isinstance(value.get(language), str):
                        yield f"{at}.{key}.{language}", value[language]
        yield from texts(row, "keywords", at)


def reference_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Whatever names something names something that exists, and names it once."""
    zones, kiosks = ids(rows(document, "zones")), ids(rows(document, "kiosks"))
    for key in ("agencies", "counters", "kiosks"):
        for at, row in rows(document, key):
            name = row.get("zone")
            if isinstance(name, str) and name not in zones:
                yield f"{at}.zone", f'no zone has the id "{name}"'
    lists = ((counter_ways(document), "services", "service", ids(services(document))),
             (rows(document, "displays"), "zones", "zone", zones),
             (rows(document, "printers"), "kiosks", "kiosk", kiosks))
    for found, named, kind, existing in lists:
        for at, row in found:
            yield from _named_once(texts(row, named, at), kind, existing)


def _named_once(named: list[tuple[str, str]], kind: str, existing: Container[str]) -> Iterator[Problem]:
    """What a list names exists, and is named once."""
    seen: set[str] = set()
    for path, name in named:
        if name not in existing:
            yield path, f'no {kind} has the id "{name}"'
        elif name in seen:
            yield path, f'"{name}" is named twice'
        seen.add(name)


def help_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A counter helps services that exist and are not its own, after a wait of minutes, and not for ever.

    What goes before others, help or the first of its services in order, needs a bound to their waiting.
    """
    existing = ids(services(document))
    rules = document.get("rules")
    endless = isinstance(rules, Mapping) and rules.get("max_wait_minutes") == 0
    for at, row in counter_ways(document):
        if endless and row.get("in_order") is True:
            yield f"{at}.in_order", "needs rules.max_wait_minutes: without it a later service could wait for ever"
        seen = {name for _, name in texts(row, "services", at)}
        own = frozenset(seen)
        for path, help in rows(row, "helps", f"{at}."):
            name, minutes = help.get("service"), help.get("after_minutes")
            if isinstance(name, str):
                if name not in existing:
                    yield f"{path}.service", f'no service has the id "{name}"'
                elif name in seen:
                    yield f"{path}.service", f'"{name}" is ' + ("its own service" if name in own else "named twice")
                seen.add(name)
            if type(minutes) is int and not 1 <= minutes <= LONGEST_TARGET_MINUTES:
                yield f"{path}.after_minutes", f"must be 1 to {LONGEST_TARGET_MINUTES}"
            if endless:
                yield path, "needs rules.max_wait_minutes: without it the counter's own visitors could wait for ever"


def profile_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The profiles of a counter have ids of their own, and serve something."""
    for at, counter in rows(document, "counters"):
        profiles = rows(counter, "profiles", f"{at}.")
        yield from _own_ids(profiles, "profile of this counter")
        for path, profile in profiles:
            if profile.get("services") in ([], ()):
                yield f"{path}.services", "must name at least one service"


def fallback_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A printer's stand-in is another printer."""
    printers = ids(rows(document, "printers"))
    for at, row in rows(document, "printers"):
        name = row.get("fallback")
        if isinstance(name, str) and name:
            if name == row.get("id"):
                yield f"{at}.fallback", "must be another printer"
            elif name not in printers:
                yield f"{at}.fallback", f'no printer has the id "{name}"'


def reach_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Each service has a counter, each board a zone, each kiosk one printer at most, each label one counter a zone."""
    served = {name for at, row in counter_ways(document) for _, name in texts(row, "services", at)}
    for at, row in services(document):
        if isinstance(row.get("id"), str) and row["id"] not in served:
            yield at, "no counter serves it"
    for at, row in rows(document, "displays"):
        if row.get("zones") in ([], ()):
            yield f"{at}.zones", "must name at least one zone"
    printing: dict[str, str] = {}
    for at, row in rows(document, "printers"):
        for path, kiosk in texts(row, "kiosks", at):
            if printing.setdefault(kiosk, at) != at:
                yield path, f'"{kiosk}" already prints on {printing[kiosk]}'
    labelled: dict[tuple[str, str], str] = {}
    for at, row in rows(document, "counters"):
        label, zone = row.get("label"), row.get("zone")
        if isinstance(label, str) and isinstance(zone, str) and labelled.setdefault((zone, label), at) != at:
            yield f"{at}.label", f'{labelled[zone, label]} in the same zone has the label "{label}" too'


def number_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """No two tickets of a day read the same: who shares a prefix shares the sequence, and so its numbers."""
    prefixes: dict[str, tuple[str, str]] = {}
    sequences: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for at, row in services(document):
        prefix, sequence = row.get("prefix"), row.get("sequence") or row.get("id")
        if isinstance(row.get("sequence"), str) and row["sequence"] and not ID.fullmatch(row["sequence"]):
            yield f"{at}.sequence", NO_ID
        if isinstance(prefix, str) and not PREFIX.fullmatch(prefix):
            yield f"{at}.prefix", "must be one to three capital letters or digits"
        elif isinstance(prefix, str) and isinstance(sequence, str):
            other, shared = prefixes.setdefault(prefix, (at, sequence))
            if shared != sequence:
                yield f"{at}.prefix", f'"{prefix}" is also the prefix of {other}, so both must name the same sequence'
        given = row.get("numbers", {})
        if isinstance(given, Mapping):
            yield from _range_problems(f"{at}.numbers", NUMBERS | dict(given))
            if isinstance(sequence, str):
                other, numbers = sequences.setdefault(sequence, (at, NUMBERS | dict(given)))
                if numbers != NUMBERS | dict(given):
                    yield f"{at}.numbers", f'must be those of {other}, which shares the sequence "{sequence}"'


def _range_problems(at: str, numbers: Mapping[str, Any]) -> Iterator[Problem]:
    first, last, padding = (numbers[key] if type(numbers[key]) is int else None for key in NUMBERS)
    if first is not None and not 0 <= first <= LARGEST_ORDINAL:
        yield f"{at}.first", f"must be 0 to {LARGEST_ORDINAL}"
    if last is not None and last > LARGEST_ORDINAL:
        yield f"{at}.last", f"must be at most {LARGEST_ORDINAL}"
    if first is not None and last is not None and last < first:
        yield f"{at}.last", f"must not be less than first, which is {first}"
    if padding is not None and not 1 <= padding <= 6:
        yield f"{at}.padding", "must be 1 to 6"


def service_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Targets are minutes of one day; an icon is a lucide name."""
    for at, row in services(document):
        for key in ("target_wait_minutes", "target_service_minutes"):
            minutes = row.get(key)
            if type(minutes) is int and not 1 <= minutes <= LONGEST_TARGET_MINUTES:
                yield f"{at}.{key}", f"must be 1 to {LONGEST_TARGET_MINUTES}"
        quota = row.get("quota")
        if type(quota) is int and not 0 <= quota <= LARGEST_QUOTA:
            yield f"{at}.quota", f"must be 0 to {LARGEST_QUOTA}"
    for at, row in rows(document, "agencies"):
        icon = row.get("icon")
        if isinstance(icon, str) and not ICON.fullmatch(icon):
            yield f"{at}.icon", 'must be the name of a lucide icon, like "id-card"'


_LEAST_AND_MOST = {
    "priority_in_a_row": (1, 100), "max_wait_minutes": (0, 24 * 60), "walk_seconds": (0, 3600),
    "no_show_after_recalls": (0, 20), "no_show_after_seconds": (0, 3600),
    "restore_minutes": (0, 24 * 60), "restore_behind": (0, 1000),
    "hold_reminder_minutes": (0, 24 * 60), "opens_before_minutes": (0, 12 * 60),
}  # fmt: skip


def rules_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The numbers of the queue's rules are such that a hall can be run by them."""
    rules = document.get("rules")
    if isinstance(rules, Mapping):
        for key, (least, most) in _LEAST_AND_MOST.items():
            number = rules.get(key)
            if type(number) is int and not least <= number <= most:
                yield f"rules.{key}", f"must be {least} to {most}"
        if rules.get("no_show_automatic") is True:
            if rules.get("auto_start") is True:
                words = "cannot go with auto_start: where serving begins with the call, everybody counts as there"
                yield "rules.no_show_automatic", words
            elif not rules.get("no_show_after_seconds"):
                yield "rules.no_show_automatic", "needs rules.no_show_after_seconds"


def outcome_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The outcomes of a service have ids of their own."""
    for at, row in services(document):
        yield from _own_ids(rows(row, "outcomes", f"{at}."), "outcome of this service")


def hours_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Stretches of a day read as `08:00-12:00` and do not overlap."""
    hall = document.get("hall")
    weeks = [("hall", hall if isinstance(hall, Mapping) else {}), *rows(document, "agencies"), *services(document)]
    for at, row in weeks + calendar_rows(document, "seasons"):
        hours = row.get("hours")
        if isinstance(hours, Mapping):
            for day in WEEKDAYS:
                yield from _day_problems(texts(hours, day, f"{at}.hours"))


def _day_problems(stretches: list[tuple[str, str]]) -> Iterator[Problem]:
    kept: list[tuple[Any, Any, str]] = []
    for path, text in stretches:
        if not STRETCH.fullmatch(text):
            yield path, f'"{text}" is not a stretch of time like "08:00-12:00"'
            continue
        try:
            start, end = parse_stretch(text)
        except ValueError as error:
            yield path, str(error)
            continue
        for other_start, other_end, other in kept:
            if start < other_end and other_start < end:
                yield path, f'"{text}" overlaps "{other}"'
        kept.append((start, end, text))


def calendar_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Days and seasons are dates that exist, of agencies that exist, and one of them only tells of a day."""
    existing = ids(rows(document, "agencies"))
    days, seasons = calendar_rows(document, "days"), calendar_rows(document, "seasons")
    for at, row in days + seasons:
        yield from _named_once(texts(row, "agencies", at), "agency", existing)
    for at, row in days:
        yield from _day_problems(texts(row, "hours", at))
        if row.get("hours") and row.get("open") is not True:
            yield f"{at}.hours", "only a day with open = true has hours"
    yield from _range_of_days_problems(days, "date", "date")
    yield from _range_of_days_problems(seasons, "first", "last")


def _range_of_days_problems(found: list[Row], first_key: str, last_key: str) -> Iterator[Problem]:
    """What is wrong with dates; two that are about the same agency, or both about all of them, must not overlap."""
    kept: list[tuple[str, str, str, set[str]]] = []
    for at, row in found:
        wrong = False
        for key in dict.fromkeys((first_key, last_key)):
            text = row.get(key)
            if isinstance(text, str) and not _is_date(text):
                wrong = True
                yield f"{at}.{key}", f'"{text}" is not a date like "2027-03-08"'
        first, last = row.get(first_key), row.get(last_key)
        if wrong or not isinstance(first, str) or not isinstance(last, str):
            continue
        if last < first:
            yield f"{at}.{last_key}", f"must not be before {first_key}, which is {first}"
            continue
        agencies = {name for _, name in texts(row, "agencies", at)} or {""}
        for other, other_first, other_last, theirs in kept:
            if first <= other_last and other_first <= last and agencies & theirs:
                whose = ", ".join(f'"{name}"' for name in sorted(agencies & theirs) if name) or "all agencies"
                yield f"{at}.{first_key}", f"overlaps {other}, which is about {whose} too"
        kept.append((at, first, last, agencies))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def voice_rule(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A zone speaks by a voice of its own or by that of a zone that has one; loud, often and quiet as far as may be."""
    zones = {row["id"]: row for _, row in rows(document, "zones") if isinstance(row.get("id"), str)}
    for zone, row in rows(document, "zones"):
        voice, at = row.get("voice"), f"{zone}.voice"
        if not isinstance(voice, Mapping):
            continue
        with_ = voice.get("shared_with")
        if isinstance(with_, str) and with_:
            others = zones.get(with_, {}).get("voice")
            if with_ == row.get("id"):
                yield f"{at}.shared_with", "must be another zone"
            elif with_ not in zones:
                yield f"{at}.shared_with", f'no zone has the id "{with_}"'
            elif isinstance(others, Mapping) and others.get("shared_with"):
                yield f"{at}.shared_with", f'"{with_}" has no voice of its own; name the zone whose voice it shares'
            yield from ((f"{at}.{key}", f'is told by the zone "{with_}"') for key in voice if key != "shared_with")
        for key, (least, most) in {"volume": (0, 100), "repeat": (1, 3)}.items():
            if type(voice.get(key)) is int and not least <= voice[key] <= most:
                yield f"{at}.{key}", f"must be {least} to {most}"
        for path, stretch in texts(voice, "quiet_hours", at):
            start, _, end = stretch.partition("-")
            if not (CLOCK.fullmatch(start) and CLOCK.fullmatch(end)) or start in (end, "24:00"):
                yield path, f'"{stretch}" is not a stretch of time like "18:00-06:00"'
        seen: set[str] = set()
        for path, language in texts(voice, "languages", at):
            if not LANGUAGE.fullmatch(language):
                yield path, "must be the short name of a language, like \"id\""
            elif language in seen:
                yield path, f'"{language}" is named twice'
            seen.add(language)


RULES: tuple[Callable[[Mapping[str, Any]], Iterator[Problem]], ...] = (
    hall_rule, id_rule, name_rule, reference_rule, help_rule, profile_rule, fallback_rule, reach_rule, number_rule,
    service_rule, hours_rule, rules_rule, outcome_rule, calendar_rule, layout_rule, board_rule, voice_rule,
)
