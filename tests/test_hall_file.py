"""A hall's document: what is read and written, and how every problem is told."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.config import ConfigProblems, hall_document, load, parse_hall, problems, to_toml
from server.domain.hall import Hall, Hours, Numbers, Text
from tests.small_hall import Document, name, set_at, small

ROOT = Path(__file__).resolve().parent.parent


def wrong(document: Document) -> list[tuple[str, str]]:
    """The problems of a document that has some."""
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(document)
    return caught.value.problems


# Reading and writing


def test_a_hall_survives_its_document_and_toml_exactly() -> None:
    hall = load(ROOT / "config.toml", {}).hall
    document = hall_document(hall)
    assert parse_hall(document) == hall
    text = to_toml(document)
    assert tomllib.loads(text) == document
    assert parse_hall(tomllib.loads(text)) == hall


def test_a_hall_with_nothing_left_at_its_default_survives_too() -> None:
    hall = parse_hall(small())
    agency = replace(
        hall.agencies[0], short_name=Text('"X"', "x\\"), icon="car", hours=Hours(),
        services=tuple(
            replace(service, target_wait_minutes=1, target_service_minutes=1, keywords=("a, b", "ç"),
                    numbers=Numbers(0, 9, 1))
            for service in hall.agencies[0].services
        ),
    )
    full = replace(hall, agencies=(agency, *hall.agencies[1:]), footer=Text("Terima kasih.", "Thank you."))
    document = hall_document(full)
    assert document["agencies"][0]["hours"] == {}  # closed all week, which is not the same as the hall's hours
    assert parse_hall(tomllib.loads(to_toml(document))) == full


def test_a_document_leaves_defaults_out() -> None:
    document = hall_document(parse_hall(small()))
    assert document == small()


def test_an_exported_hall_reads_like_the_shipped_file() -> None:
    text = to_toml(hall_document(parse_hall(small())))
    assert '[[agencies.services]]\nid = "three"\nprefix = "B"\nname = {id = "Three", en = "Three (en)"}\n' in text
    assert 'services = ["one", "two"]\n\n[[counters]]' in text
    assert re.search(r"[^\n]\n\[", text) is None


def test_a_whole_config_file_is_a_catalogue_too() -> None:
    document = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    assert parse_hall(document) == load(ROOT / "config.toml", {}).hall


def test_a_hall_built_in_code_is_checked_by_the_same_rules() -> None:
    hall = parse_hall(small())
    assert problems(hall) == []
    broken = replace(hall, timezone="Asia/Pariaman", counters=hall.counters[:1])
    assert [path for path, _ in problems(broken)] == ["hall.timezone", "agencies[1].services[0]"]


def test_a_hall_still_empty_is_valid() -> None:
    hall = Hall("MPP", "Asia/Jakarta", zones=(), agencies=(), counters=())
    assert parse_hall(hall_document(hall)) == hall


# Problems of shape

SHAPES: list[tuple[str, object, str, str]] = [
    ("hall.name", 3, "hall.name", "must be text in quotes"),
    ("hall.nmae", "MPP", "hall.nmae", "unknown key"),
    ("hall.always_open", 1, "hall.always_open", "must be true or false"),
    ("hall.hours", [], "hall.hours", "must be a table"),
    ("hall.hours.monday", [], "hall.hours.monday", "unknown key"),
    ("hall.hours.tue", "08:00-12:00", "hall.hours.tue", "must be a list"),
    ("hall.hours.tue", [8], "hall.hours.tue[0]", "must be text in quotes"),
    ("hall.footer", {"id": "Terima kasih"}, "hall.footer.en", "is missing"),
    ("zonen", [], "zonen", "unknown key"),
    ("zones", {}, "zones", "must be a list"),
    ("kiosks[0]", "kiosk-1", "kiosks[0]", "must be a table"),
    ("agencies[0].services[1].prefixes", "A", "agencies[0].services[1].prefixes", "unknown key"),
    ("agencies[1].services[0].target_wait_minutes", 1.5, "agencies[1].services[0].target_wait_minutes",
     "must be a whole number"),
    ("agencies[1].services[0].target_wait_minutes", True, "agencies[1].services[0].target_wait_minutes",
     "must be a whole number"),
    ("agencies[1].services[0].target_wait_minutes", "30", "agencies[1].services[0].target_wait_minutes",
     "must be a whole number"),
    ("agencies[1].services[0].numbers.last", "99", "agencies[1].services[0].numbers.last", "must be a whole number"),
    ("agencies[1].services[0].name", "Three", "agencies[1].services[0].name", "must be a table"),
    ("counters[1].services[0]", 3, "counters[1].services[0]", "must be text in quotes"),
    ("printers[0].name.id", "half \ud83d", "printers[0].name.id", "holds characters that are not text"),
]


@pytest.mark.parametrize(("place", "value", "path", "message"), SHAPES)
def test_a_wrong_shape_is_told_with_its_path(place: str, value: object, path: str, message: str) -> None:
    assert (path, message) in wrong(set_at(small(), place, value))


@pytest.mark.parametrize("path", ["hall", "zones", "agencies", "counters", "hall.name", "hall.timezone",
                                  "agencies[0].id", "agencies[1].services[0].prefix", "counters[0].label"])
def test_what_is_missing_is_told_with_its_path(path: str) -> None:
    document = set_at(small(), path, None)
    steps = re.findall(r"[^.\[\]]+", path)
    place: Any = document
    for step in steps[:-1]:
        place = place[int(step)] if step.isdigit() else place[step]
    del place[steps[-1]]
    assert (path, "is missing") in wrong(document)


def test_a_document_nested_without_end_is_told_and_not_followed() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    assert wrong(small() | {"zones": deep})[0] == ("zones" + "[0]" * 12, "is nested too deeply")


# Problems of meaning

MEANINGS: list[tuple[str, object, str, str]] = [
    ("hall.timezone", "Asia/Pariaman", "hall.timezone", 'no time zone "Asia/Pariaman"'),
    ("hall.timezone", "Asia", "hall.timezone", 'no time zone "Asia"'),
    ("hall.timezone", "../etc/localtime", "hall.timezone", "no time zone"),
    ("hall.name", " ", "hall.name", "must not be empty"),
    ("hall.name", "x" * 201, "hall.name", "at most 200 characters"),
    ("hall.name", "MPP\x1b@", "hall.name", "without control characters"),
    ("hall.footer", {"id": "", "en": "Thanks"}, "hall.footer.id", "must not be empty"),
    ("agencies[0].services[1].keywords", ["ktp", ""], "agencies[0].services[1].keywords[1]", "must not be empty"),
    ("agencies[0].name.en", "", "agencies[0].name.en", "must not be empty"),
    ("agencies[0].short_name", {"id": "", "en": "X"}, "agencies[0].short_name.id", "must not be empty"),
    ("counters[0].label", "", "counters[0].label", "must not be empty"),
    ("agencies[0].id", "Dinas", "agencies[0].id", "small letters"),
    ("agencies[0].id", "-x", "agencies[0].id", "not begin with a hyphen"),
    ("kiosks[0].id", "k" * 41, "kiosks[0].id", "1 to 40"),
    ("agencies[1].id", "x", "agencies[1].id", '"x" is already the id of agencies[0]'),
    ("agencies[1].services[0].id", "one", "agencies[1].services[0].id", "is already the id of agencies[0].services[0]"),
    ("counters[1].id", "1", "counters[1].id", '"1" is already the id of counters[0]'),
    ("agencies[0].services[0].prefix", "ABCD", "agencies[0].services[0].prefix", "one to three capital letters"),
    ("agencies[0].services[0].prefix", "a", "agencies[0].services[0].prefix", "one to three capital letters"),
    ("agencies[0].services[0].prefix", "", "agencies[0].services[0].prefix", "one to three capital letters"),
    ("agencies[1].services[0].prefix", "A", "agencies[1].services[0].prefix",
     '"A" is also the prefix of agencies[0].services[0], so both must name the same sequence'),
    ("agencies[0].services[1].sequence", "Ones", "agencies[0].services[1].sequence", "small letters"),
    ("agencies[0].services[1].numbers", {"first": 100}, "agencies[0].services[1].numbers",
     'must be those of agencies[0].services[0], which shares the sequence "ones"'),
    ("agencies[1].services[0].numbers", {"first": -1}, "agencies[1].services[0].numbers.first", "must be 0 to"),
    ("agencies[1].services[0].numbers", {"first": 5, "last": 4}, "agencies[1].services[0].numbers.last",
     "must not be less than first, which is 5"),
    ("agencies[1].services[0].numbers", {"last": 10**30}, "agencies[1].services[0].numbers.last", "must be at most"),
    ("agencies[1].services[0].numbers", {"padding": 0}, "agencies[1].services[0].numbers.padding", "must be 1 to 6"),
    ("agencies[1].services[0].numbers", {"padding": 7}, "agencies[1].services[0].numbers.padding", "must be 1 to 6"),
    ("agencies[1].services[0].target_wait_minutes", 0, "agencies[1].services[0].target_wait_minutes", "must be 1 to"),
    ("agencies[1].services[0].target_service_minutes", -5, "agencies[1].services[0].target_service_minutes",
     "must be 1 to"),
    ("agencies[0].icon", "Id Card", "agencies[0].icon", "lucide"),
    ("agencies[0].zone", "b", "agencies[0].zone", 'no zone has the id "b"'),
    ("counters[0].zone", "b", "counters[0].zone", 'no zone has the id "b"'),
    ("kiosks[0].zone", "b", "kiosks[0].zone", 'no zone has the id "b"'),
    ("displays[0].zones", ["a", "b"], "displays[0].zones[1]", 'no zone has the id "b"'),
    ("displays[0].zones", ["a", "a"], "displays[0].zones[1]", '"a" is named twice'),
    ("displays[0].zones", [], "displays[0].zones", "must name at least one zone"),
    ("counters[0].services", ["one", "two", "four"], "counters[0].services[2]", 'no service has the id "four"'),
    ("counters[0].services", ["one"], "agencies[0].services[1]", "no counter serves it"),
    ("counters[1].label", "1", "counters[1].label", 'counters[0] in the same zone has the label "1" too'),
    ("printers[0].kiosks", ["kiosk-9"], "printers[0].kiosks[0]", 'no kiosk has the id "kiosk-9"'),
    ("hall.hours.mon", ["8-12"], "hall.hours.mon[0]", '"8-12" is not a stretch of time like "08:00-12:00"'),
    ("hall.hours.mon", ["08:00-25:00"], "hall.hours.mon[0]", "is not a stretch of time"),
    ("hall.hours.mon", ["08:00+07:00-12:00"], "hall.hours.mon[0]", "is not a stretch of time"),
    ("hall.hours.mon", ["12:00-08:00"], "hall.hours.mon[0]", "ends before it begins"),
    ("hall.hours.mon", ["08:00-12:00", "11:59-13:00"], "hall.hours.mon[1]", '"11:59-13:00" overlaps "08:00-12:00"'),
    ("agencies[1].hours", {"sun": ["x"]}, "agencies[1].hours.sun[0]", "is not a stretch of time"),
]


@pytest.mark.parametrize(("place", "value", "path", "message"), MEANINGS)
def test_a_broken_rule_is_told_with_its_path(place: str, value: object, path: str, message: str) -> None:
    assert any(at == path and message in said for at, said in wrong(set_at(small(), place, value)))


def test_a_kiosk_prints_on_one_printer() -> None:
    document = small()
    document["printers"].append({"id": "printer-2", "name": name("P"), "kiosks": ["kiosk-1"]})
    assert wrong(document) == [("printers[1].kiosks[0]", '"kiosk-1" already prints on printers[0]')]


def test_stretches_that_touch_do_not_overlap() -> None:
    parse_hall(set_at(small(), "hall.hours.mon", ["08:00-12:00", "12:00-15:00"]))


def test_the_same_label_in_two_zones_is_allowed() -> None:
    document = set_at(small(), "counters[1].label", "1")
    document["zones"].append({"id": "b", "name": name("Zona B")})
    parse_hall(set_at(document, "counters[1].zone", "b"))


def test_every_problem_is_told_at_once_shape_and_meaning_alike() -> None:
    document = small()
    changes: dict[str, object] = {
        "hall.timezone": "Asia/Pariaman", "hall.name": 3, "zones[0].colour": "red", "agencies[0].zone": "b",
        "agencies[0].services[0].target_wait_minutes": "soon", "agencies[1].services[0].prefix": "long",
        "counters[0].services[1]": "four", "displays[0].zones": [], "hall.hours.mon": ["early"],
    }
    for place, value in changes.items():
        document = set_at(document, place, value)
    assert {path for path, _ in wrong(document)} == {
        "hall.name", "zones[0].colour", "agencies[0].services[0].target_wait_minutes", "hall.timezone",
        "agencies[0].zone", "counters[0].services[1]", "agencies[0].services[1]", "displays[0].zones",
        "agencies[1].services[0].prefix", "hall.hours.mon[0]",
    }


def test_the_exception_reads_as_one_line_a_problem() -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(set_at(set_at(small(), "hall.name", 3), "agencies[0].zone", "b"))
    assert str(caught.value) == 'hall.name: must be text in quotes\nagencies[0].zone: no zone has the id "b"'
