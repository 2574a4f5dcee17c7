"""The text catalogue: both languages complete, and in step with the pages that use it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain import events

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("id", "en")
ROOMS = ("counter", "display", "kiosk", "printers", "server")
WIRE_NAMES = {value for name, value in vars(events).items() if name.isupper()} | {"visit.changed", "server.restarting"}
FILE_ENDINGS = (".css", ".html", ".js", ".json", ".svg", ".toml", ".woff2")

KEY = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")
LITERAL = re.compile(r"\"([^\"\n\\]*)\"|'([^'\n\\]*)'|`([^`\n\\]*)`")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FILLED_IN = re.compile(r"\$?\{[^{}]*\}")


def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((ROOT / f"server/texts/{language}.json").read_text(encoding="utf-8"))
    return texts


def sources() -> Iterator[Path]:
    """Everything that may name a text: scripts, templates and Python of every room."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in (".js", ".html", ".py") and "vendor" not in path.parts:
                yield path


def literals(source: str) -> set[str]:
    return {next(filter(None, found), "") for found in LITERAL.findall(source)}


def asked_for(source: str) -> Iterator[str]:
    """The first arguments of all calls `t(...)`, as they stand in the source."""
    for call in re.finditer(r"(?<![\w.])t\(", source):
        depth = 1
        for end in range(call.end(), len(source)):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(source[end], 0)
            if depth == 0 or (depth == 1 and source[end] == ","):
                yield source[call.end() : end]
                break


def pattern(template: str) -> re.Pattern[str] | None:
    """A key with parts filled in at run time, "visit.${kind}_text", as a pattern; None for other strings."""
    parts = FILLED_IN.split(template)
    if len(parts) < 2 or not all(re.fullmatch(r"[a-z0-9_.]*", part) for part in parts):
        return None
    if "." not in parts[0] and "_" not in parts[-1]:
        return None  # nothing but placeholders: not a key
    return re.compile("[a-z0-9_.]+".join(map(re.escape, parts)))


@pytest.fixture(scope="module")
def keys() -> set[str]:
    return set(catalogue("id"))


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("id")) == set(catalogue("en"))


def test_both_languages_have_the_same_placeholders(keys: set[str]) -> None:
    indonesian, english = (catalogue(language) for language in LANGUAGES)
    differing = {
        key: (indonesian[key], english[key])
        for key in keys
        if set(PLACEHOLDER.findall(indonesian[key])) != set(PLACEHOLDER.findall(english[key]))
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip() or text != text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_spelling_is_antrean(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if "antrian" in text.lower()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_sorted_so_that_changes_read_well(language: str) -> None:
    stored = (ROOT / f"server/texts/{language}.json").read_text(encoding="utf-8")
    assert stored == json.dumps(catalogue(language), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_a_text_for_one_has_a_text_for_many(keys: set[str]) -> None:
    assert [key for key in keys if key.endswith("_one") and key.removesuffix("_one") not in keys] == []


def test_every_text_asked_for_exists(keys: set[str]) -> None:
    missing = []
    for path in sources():
        source = path.read_text(encoding="utf-8")
        for argument in asked_for(source):
            wanted = {text for text in literals(argument) if KEY.fullmatch(text)}
            missing += [f"{path.relative_to(ROOT)}: {key}" for key in sorted(wanted - keys)]
    assert missing == []


def test_every_key_named_in_a_script_or_template_exists(keys: set[str]) -> None:
    spaces = {key.partition(".")[0] for key in keys}
    missing = []
    for path in sources():
        if path.suffix == ".py":
            continue  # permissions and the like look the same there
        for text in literals(path.read_text(encoding="utf-8")):
            named = KEY.fullmatch(text) and text.partition(".")[0] in spaces and not text.endswith(FILE_ENDINGS)
            if named and text not in keys | WIRE_NAMES:
                missing.append(f"{path.relative_to(ROOT)}: {text}")
    assert missing == []


def test_every_key_made_at_run_time_can_exist(keys: set[str]) -> None:
    spaces = {key.partition(".")[0] for key in keys}
    empty = []
    for path in sources():
        for text in literals(path.read_text(encoding="utf-8")):
            made = pattern(text)
            if made and text.partition(".")[0] in spaces and not any(map(made.fullmatch, keys)):
                empty.append(f"{path.relative_to(ROOT)}: {text}")
    assert empty == []


def test_no_text_is_left_over(keys: set[str]) -> None:
    named: set[str] = set()
    made: list[re.Pattern[str]] = []
    for path in sources():
        for text in literals(path.read_text(encoding="utf-8")):
            named.add(text)
            if found := pattern(text):
                made.append(found)
    used = {key for key in keys if key in named or any(each.fullmatch(key) for each in made)}
    used |= {key for key in keys if key.endswith("_one") and key.removesuffix("_one") in used}
    assert sorted(keys - used) == []
