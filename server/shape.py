"""A plain document (TOML or JSON) read into frozen dataclasses, with every problem told at once.

A problem is a pair: where (`agencies[2].services[0].prefix`) and what, in words for the person who wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
Problem = tuple[str, str]

DEEPEST = 12
"""No document of ours is nested deeper; one that is comes from a mistake or from malice."""


class ConfigProblems(ValueError):
    """Everything that is wrong with a configuration or a catalogue: `problems` is a list of (path, message)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = list(problems)
        super().__init__("\n".join(f"{path}: {message}" if path else message for path, message in self.problems))


def read(shape: TypeAdapter[T], document: Mapping[str, Any], problems: list[Problem]) -> T | None:
    """The document as `shape`, or None; adds the problems of its shape: unknown keys, missing ones, wrong types."""
    before = len(problems)
    plain = _plain(document, (), problems)
    try:
        # Strict JSON mode takes lists for tuples and tables for dataclasses, and nothing else for anything else.
        value = shape.validate_json(json.dumps(plain))
    except ValidationError as error:
        known = {path for path, _ in problems}
        for entry in error.errors(include_url=False, include_input=False):
            context = entry.get("ctx", {})
            path = path_text(_location(entry["loc"], plain, context))
            message = _words(entry["type"], context, entry["msg"])
            if path not in known:
                problems.append((path, message))
        return None
    return value if len(problems) == before else None


def path_text(location: Iterable[str | int]) -> str:
    """A place in a document as people write it: `("agencies", 2, "hours")` is `agencies[2].hours`."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _location(found: tuple[str | int, ...], plain: object, context: Mapping[str, Any]) -> list[str | int]:
    """The place in the document: without the names of variants that pydantic puts into its locations."""
    location: list[str | int] = []
    value = plain
    for index, step in enumerate(found):
        if isinstance(step, str) and isinstance(value, dict):
            if step not in value and index < len(found) - 1:
                continue
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list):
            value = value[step]
        location.append(step)
    if "discriminator" in context:
        location.append(str(context["discriminator"]).strip("'"))
    return location


def _plain(value: object, location: tuple[str | int, ...], problems: list[Problem]) -> object:
    """The value with nothing in it that JSON does not know; each thing left out is a problem."""
    if len(location) > DEEPEST:
        problems.append((path_text(location), "is nested too deeply"))
        return None
    if isinstance(value, Mapping):
        return {name: _plain(entry, (*location, name), problems) for name, entry in _named(value, location, problems)}
    if isinstance(value, (list, tuple)):
        return [_plain(entry, (*location, index), problems) for index, entry in enumerate(value)]
    if isinstance(value, str):
        if _is_broken(value):
            problems.append((path_text(location), "holds characters that are not text"))
            return ""
        return value
    if value is None or isinstance(value, (bool, int, float)):
        return value
    problems.append((path_text(location), "must be in quotes: dates and times without them are not used here"))
    return None


def _named(
    value: Mapping[Any, object], location: tuple[str | int, ...], problems: list[Problem]
) -> Iterator[tuple[str, object]]:
    """The entries of a table whose keys are text; one that is not is a problem of the table."""
    for key, entry in value.items():
        if _is_broken(str(key)):
            problems.append((path_text(location), "has a key that is not text"))
        else:
            yield str(key), entry


def _is_broken(text: str) -> bool:
    """Whether a text holds half of a surrogate pair: json.dumps would write it, and no reader takes it."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _words(kind: str, context: Mapping[str, Any], message: str) -> str:
    """pydantic's finding in plain words."""
    if kind in _PLAIN_WORDS:
        return _PLAIN_WORDS[kind]
    match kind:
        case "greater_than_equal":
            return f"must be at least {context['ge']:g}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}"
        case "greater_than":
            return f"must be more than {context['gt']:g}"
        case "literal_error":
            return f"must be {str(context['expected']).replace(chr(39), chr(34))}"
        case "union_tag_invalid":
            return f"must be one of {str(context['expected_tags']).replace(chr(39), chr(34))}"
        case "value_error":
            return str(context["error"])
    return message


_PLAIN_WORDS = {
    "missing": "is missing",
    "unexpected_keyword_argument": "unknown key",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dataclass_type": "must be a table",
    "union_tag_not_found": "is missing",
    "dict_type": "must be a table",
}
