"""Holidays, single days and seasons, services' own hours, and clocks that are set: against the minutes of the day."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.config import ConfigProblems
from server.domain.calendar import Schedule, Timetable, no_holidays
from server.domain.hall import WEEKDAYS, Text
from server.hall_file import hall_document as document_of
from server.hall_file import parse_hall, to_toml
from server.opening_hours import closure
from server.public_holidays import public_holidays
from server.queries.hall import hall_snapshot
from tests.queue.house import QueueHall, hall_document, name

WEEK = {day: ["08:00-12:00", "13:00-15:00"] for day in WEEKDAYS[:4]} | {"fri": ["08:00-11:30", "13:30-15:00"]}
RAMADAN = {
    "name": name("Ramadan"),
    "first": "2027-02-08",
    "last": "2027-03-09",
    "hours": {day: ["08:00-12:00", "12:30-14:00"] for day in WEEKDAYS[:4]} | {"fri": ["08:00-11:30"]},
}


def house(calendar: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document = hall_document(hall={"hours": WEEK, "timezone": "Asia/Jakarta"}, calendar=calendar)
    for id, own in changes.items():
        for agency in document["agencies"]:
            for row in (agency, *agency["services"]):
                if row["id"] == id:
                    row.update(own)
    return document


def schedule(document: dict[str, Any], of: str = "akta") -> Schedule:
    return Timetable(parse_hall(document), public_holidays).of_service[of]


def hours(found: Schedule, day: str, zone: str = "Asia/Jakarta") -> list[str]:
    """The stretches in which it gives numbers on a day, as clocks show them."""
    return [
        "-".join(f"{datetime.fromtimestamp(edge / 1000, ZoneInfo(zone)):%H:%M}" for edge in stretch)
        for stretch in found.on(date.fromisoformat(day)).giving
    ]


def test_a_break_is_as_long_as_its_day_says() -> None:
    found = schedule(house({}))
    assert hours(found, "2027-01-14") == ["08:00-12:00", "13:00-15:00"]
    assert hours(found, "2027-01-15") == ["08:00-11:30", "13:30-15:00"]  # a Friday
    assert hours(found, "2027-01-16") == []


def test_ramadan_begins_and_ends_with_its_days() -> None:
    found = schedule(house({"seasons": [RAMADAN]}))
    assert hours(found, "2027-02-05") == ["08:00-11:30", "13:30-15:00"]
    assert hours(found, "2027-02-08") == ["08:00-12:00", "12:30-14:00"]
    assert hours(found, "2027-02-12") == ["08:00-11:30"]
    assert hours(found, "2027-03-09") == ["08:00-12:00", "12:30-14:00"]
    assert hours(found, "2027-03-10") == ["08:00-12:00", "13:00-15:00"]


def test_what_opens_two_days_a_week_does_so_in_ramadan_too() -> None:
    """A season of the whole hall makes own hours shorter, never longer; one that names the agency is its own."""
    own = {"hours": {"tue": ["09:00-16:00"], "thu": ["09:00-16:00"]}}
    document = house({"seasons": [RAMADAN]}, capil=own, ktp={"hours": {"thu": ["13:00-15:00"]}})
    assert hours(schedule(document), "2027-02-02") == ["09:00-16:00"]
    assert hours(schedule(document), "2027-02-08") == []
    assert hours(schedule(document), "2027-02-09") == ["09:00-12:00", "12:30-14:00"]
    assert hours(schedule(document, "ktp"), "2027-02-02") == []
    assert hours(schedule(document, "ktp"), "2027-02-04") == ["13:00-15:00"]
    assert hours(schedule(document, "ktp"), "2027-02-11") == ["13:00-14:00"]
    document["calendar"]["seasons"].append({**RAMADAN, "agencies": ["capil"], "hours": {"mon": ["10:00-13:30"]}})
    assert hours(schedule(document), "2027-02-08") == ["10:00-13:30"]
    assert hours(schedule(document), "2027-02-09") == []
    assert hours(schedule(document, "pajak"), "2027-02-09") == ["08:00-12:00", "12:30-14:00"]


def test_a_single_day_comes_before_a_holiday_and_the_agencys_own_before_that_of_all() -> None:
    days = [
        {"date": "2027-03-08", "reason": name("Tetap buka"), "open": True, "hours": ["09:00-11:00"]},
        {"date": "2027-03-08", "reason": name("Pindah gedung"), "agencies": ["polres"]},
        {"date": "2027-08-17", "reason": name("Upacara"), "open": True},
        {"date": "2027-01-16", "reason": name("Sabtu buka"), "open": True, "hours": ["10:00-12:00", "09:00-10:00"]},
    ]
    document = house({"holidays": True, "days": days, "seasons": [RAMADAN]})
    found = schedule(document)
    assert hours(found, "2027-03-08") == ["09:00-11:00"]
    assert hours(schedule(document, "sim"), "2027-03-08") == []
    assert hours(found, "2027-08-17") == ["08:00-12:00", "13:00-15:00"]  # Tuesday as every week
    assert hours(found, "2027-01-16") == ["09:00-12:00"]
    assert hours(found, "2027-12-25") == [] == hours(found, "2027-05-06")
    assert hours(schedule(house({"days": days})), "2027-05-06") == ["08:00-12:00", "13:00-15:00"]


def test_the_public_holidays_are_indonesias_in_both_languages() -> None:
    assert public_holidays(2027)[date(2027, 8, 17)] == Text("Hari Kemerdekaan Republik Indonesia", "Independence Day")
    assert public_holidays(2027)[date(2027, 3, 10)] == Text("Hari Raya Idul Fitri", "Eid al-Fitr")
    assert public_holidays(2028) is public_holidays(2028)


def said(tmp_path: Path, document: dict[str, Any], moment: str) -> dict[str, Any]:
    with QueueHall(tmp_path, document, at=moment, always_open=False) as queue:
        reason = queue.read(lambda r, hall, now_ms: closure(hall, hall.agencies[0], now_ms, always_open=False))
    assert reason is not None
    return reason


FIRE_DRILL = {"date": "2027-01-14", "reason": name("Simulasi kebakaran")}


@pytest.mark.parametrize(
    ("moment", "code", "words", "opens_at"),
    [
        ("2027-08-17T09:00", "holiday",
         {"id": "Libur Hari Kemerdekaan Republik Indonesia. Buka besok pukul 08.00",
          "en": "Public holiday: Independence Day. Opens tomorrow at 08.00"}, "2027-08-18T08:00:00+07:00"),
        ("2027-01-14T09:00", "closed_day",
         {"id": "Simulasi kebakaran. Buka besok pukul 08.00",
          "en": "Simulasi kebakaran (en). Opens tomorrow at 08.00"}, "2027-01-15T08:00:00+07:00"),
        ("2027-01-13T16:00", "outside_hours",
         {"id": "Buka Jumat pukul 08.00", "en": "Opens on Friday at 08.00"}, "2027-01-15T08:00:00+07:00"),
        ("2027-03-09T14:00", "outside_hours",
         {"id": "Buka Jumat pukul 08.00", "en": "Opens on Friday at 08.00"}, "2027-03-12T08:00:00+07:00"),
    ],
)  # fmt: skip
def test_closed_says_why_and_when_it_opens_again(
    tmp_path: Path, moment: str, code: str, words: dict[str, str], opens_at: str
) -> None:
    document = house({"holidays": True, "days": [FIRE_DRILL], "seasons": [RAMADAN]})
    assert said(tmp_path, document, moment) == {"code": code, "text": words, "opens_at": opens_at}


def test_an_opening_more_than_six_days_away_is_told_with_its_date(tmp_path: Path) -> None:
    shut = {"first": "2027-03-10", "last": "2027-03-21", "name": name("Renovasi"), "hours": {}}
    reason = said(tmp_path, house({"seasons": [shut]}), "2027-03-10T09:00")
    assert reason["text"] == {"id": "Buka Senin, 22 Maret pukul 08.00", "en": "Opens on Monday 22 March at 08.00"}
    assert said(tmp_path / "b", house({"seasons": [shut | {"last": "2028-03-21"}]}), "2027-03-10T09:00") == {
        "code": "outside_hours",
        "text": {"id": "Tidak melayani minggu ini", "en": "Not serving this week"},
        "opens_at": None,
    }


def test_numbers_are_given_before_service_begins_also_after_the_break(tmp_path: Path) -> None:
    document = house({}) | {"rules": {"opens_before_minutes": 30}}
    found = schedule(document)
    assert hours(found, "2027-01-14") == ["07:30-12:00", "12:30-15:00"]
    assert said(tmp_path, document, "2027-01-14T07:29:59")["text"] == {
        "id": "Buka pukul 08.00, nomor mulai 07.30",
        "en": "Opens at 08.00, numbers from 07.30",
    }
    assert said(tmp_path / "b", document, "2027-01-14T12:29")["opens_at"] == "2027-01-14T12:30:00+07:00"
    assert hours(schedule(document | {"rules": {"opens_before_minutes": 60}}), "2027-01-14") == ["07:00-15:00"]
    early = document | {"hall": document["hall"] | {"hours": {"fri": ["00:15-01:00"]}}}
    assert hours(schedule(early), "2027-01-15") == ["00:00-01:00"]  # not the evening before, which is another day
    with QueueHall(tmp_path / "c", document, at="2027-01-14T07:30", always_open=False) as queue:
        assert queue.ticket("akta").number == "A-001"


def test_a_services_own_hours_come_before_its_agencys(tmp_path: Path) -> None:
    document = house({}, ktp={"hours": {"thu": ["10:00-11:00"]}})
    with QueueHall(tmp_path, document, at="2027-01-14T09:00", always_open=False) as queue:
        shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        assert shown["agencies"][0]["open"]
        assert [(s["id"], s["open"]) for s in shown["agencies"][0]["services"]] == [("akta", True), ("ktp", False)]
        assert shown["next_change"] == "2027-01-14T10:00:00+07:00"
        queue.clock.pass_by(3600 * 6.5)
        shown = queue.read(lambda r, hall, now_ms: hall_snapshot(r, hall, queue.policy, None, now_ms))
        agency = shown["agencies"][0]
        assert not agency["open"] and agency["closed_reason"]["text"]["en"] == "Opens tomorrow at 08.00"
        assert agency["services"][1]["closed_reason"]["opens_at"] == "2027-01-21T10:00:00+07:00"


@pytest.mark.parametrize(
    ("calendar", "path", "words"),
    [
        ({"days": [{"date": "2027-02-30", "reason": name("x")}]}, "calendar.days[0].date", "is not a date"),
        ({"days": [{"date": "20270208", "reason": name("x")}]}, "calendar.days[0].date", "is not a date"),
        ({"days": [{"date": "2027-02-03", "reason": name(" ")}]}, "calendar.days[0].reason.id", "must not be empty"),
        ({"days": [{"date": "2027-02-03", "reason": name("x"), "hours": ["08:00-09:00"]}]},
         "calendar.days[0].hours", "open = true"),
        ({"days": [{"date": "2027-02-03", "reason": name("x"), "open": True, "hours": ["8-9"]}]},
         "calendar.days[0].hours[0]", "is not a stretch"),
        ({"days": [{"date": "2027-02-03", "reason": name("x"), "agencies": ["nobody"]}]},
         "calendar.days[0].agencies[0]", "no agency has the id"),
        ({"days": [{"date": "2027-02-03", "reason": name("x")}] * 2}, "calendar.days[1].date", "overlaps"),
        ({"seasons": [RAMADAN, {**RAMADAN, "first": "2027-03-09", "last": "2027-03-20"}]},
         "calendar.seasons[1].first", "overlaps calendar.seasons[0], which is about all agencies too"),
        ({"seasons": [{**RAMADAN, "agencies": ["capil"]}, {**RAMADAN, "agencies": ["polres", "capil"]}]},
         "calendar.seasons[1].first", 'overlaps calendar.seasons[0], which is about "capil" too'),
        ({"seasons": [{**RAMADAN, "last": "2027-02-07"}]}, "calendar.seasons[0].last", "must not be before first"),
        ({"seasons": [{**RAMADAN, "hours": {"mon": ["09:00-08:00"]}}]},
         "calendar.seasons[0].hours.mon[0]", "ends before"),
        ({"holidays": "yes"}, "calendar.holidays", "must be true or false"),
        ({"seasons": [{key: value for key, value in RAMADAN.items() if key != "hours"}]},
         "calendar.seasons[0].hours", "is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_calendar_is_told_with_its_place(calendar: Any, path: str, words: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(house(calendar))
    assert [at for at, _ in caught.value.problems] == [path]
    assert words in caught.value.problems[0][1]


@pytest.mark.parametrize("quota", [-1, 100_001])
def test_a_quota_is_a_number_of_visitors(quota: int) -> None:
    with pytest.raises(ConfigProblems) as caught:
        parse_hall(house({}, ktp={"quota": quota}))
    assert caught.value.problems == [("agencies[0].services[1].quota", "must be 0 to 100000")]


def test_a_season_of_all_and_one_of_an_agency_may_meet() -> None:
    parse_hall(house({"seasons": [RAMADAN, {**RAMADAN, "agencies": ["capil"]}, {**RAMADAN, "agencies": ["polres"]}]}))


def test_a_calendar_comes_back_from_toml_as_it_was() -> None:
    days = [FIRE_DRILL, {"date": "2027-01-16", "reason": name("x"), "open": True, "hours": ["09:00-10:00"]}]
    own = {"hours": {"tue": ["09:00-16:00"]}, "quota": 20}
    hall = parse_hall(house({"holidays": True, "days": days, "seasons": [{**RAMADAN, "agencies": ["capil"]}]}, ktp=own))
    text = to_toml(document_of(hall))
    assert "[[calendar.days]]" in text and "[[calendar.seasons]]" in text and "quota = 20" in text
    assert parse_hall(tomllib.loads(text)) == hall
    only = parse_hall(house({"holidays": True}))
    assert parse_hall(tomllib.loads(to_toml(document_of(only)))) == only


# Clocks, against what a clock on the wall shows in each minute

ZONES = ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/Santiago")
AROUND = {
    "Asia/Jakarta": ("2027-02-06", "2027-03-08"),
    "Asia/Jayapura": ("2027-01-01",),
    "Europe/Berlin": ("2027-03-27", "2027-10-30"),
    "America/Santiago": ("2027-04-03", "2027-09-04"),
}
"""Days before the clocks are set, a season begins, a holiday comes."""
MINUTE = 60_000

edges = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")


@st.composite
def stretches(draw: st.DrawFn) -> list[str]:
    found = sorted(draw(st.lists(edges, max_size=6, unique=True)))
    return [f"{start}-{end}" for start, end in zip(found[::2], found[1::2], strict=False)]


weeks = st.fixed_dictionaries({}, optional={day: stretches() for day in WEEKDAYS})


@st.composite
def halls(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    zone = draw(st.sampled_from(ZONES))
    start = date.fromisoformat(draw(st.sampled_from(AROUND[zone])))
    near = st.integers(0, 5).map(lambda ahead: (start + timedelta(days=ahead)).isoformat())
    calendar: dict[str, Any] = {"holidays": draw(st.booleans())}
    if draw(st.booleans()):
        first, last = sorted((draw(near), draw(near)))
        calendar["seasons"] = [{"name": name("x"), "first": first, "last": last, "hours": draw(weeks)}]
    if draw(st.booleans()):
        open_ = draw(st.booleans())
        day = {"date": draw(near), "reason": name("x"), "open": open_, "hours": draw(stretches()) if open_ else []}
        calendar["days"] = [day]
    document = hall_document(
        hall={"hours": draw(weeks), "timezone": zone},
        calendar=calendar,
        rules={"opens_before_minutes": draw(st.sampled_from((0, 20, 90)))},
    )
    if draw(st.booleans()):
        document["agencies"][0]["hours"] = draw(weeks)
    return document, start.isoformat()


def wall_minutes(text: str) -> tuple[int, int]:
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return start, end


def minutes_of(document: dict[str, Any], day: date) -> set[int]:
    """The minutes of a day's clock at which the first agency serves, from the rules' text."""
    calendar = document["calendar"]
    weekday = WEEKDAYS[day.weekday()]

    def expand(texts: list[str]) -> set[int]:
        return {minute for text in texts for minute in range(*wall_minutes(text))}

    for special in calendar.get("days", []):
        if special["date"] == day.isoformat():
            if not special["open"]:
                return set()
            if special["hours"]:
                return expand(special["hours"])
            break
    else:
        if calendar["holidays"] and day in public_holidays(day.year):
            return set()
    own = document["agencies"][0].get("hours")
    for season in calendar.get("seasons", []):
        if season["first"] <= day.isoformat() <= season["last"]:
            in_season = expand(season["hours"].get(weekday, []))
            return in_season if own is None else in_season & expand(own.get(weekday, []))
    return expand((own if own is not None else document["hall"]["hours"]).get(weekday, []))


def open_minutes(document: dict[str, Any], start: str, days: int) -> tuple[int, list[bool]]:
    """From the midnight that `start` begins with: whether numbers are given, minute by minute of real time.

    A stretch lasts, in real time, from the first minute of its day that shows its first minute or a later one, to the
    last minute that shows one before its end; numbers are given so much earlier on the same day.
    """
    zone = ZoneInfo(document["hall"]["timezone"])
    before = document["rules"]["opens_before_minutes"]
    begin = date.fromisoformat(start)
    first = int(datetime.combine(begin, datetime.min.time(), zone).timestamp()) // 60
    last = int(datetime.combine(begin + timedelta(days=days), datetime.min.time(), zone).timestamp()) // 60
    locals_ = [datetime.fromtimestamp(minute * 60, zone) for minute in range(first, last)]
    shows: dict[date, list[int]] = {}
    for index, local in enumerate(locals_):
        shows.setdefault(local.date(), []).append(index)
    answer = [False] * len(locals_)
    for day, indices in shows.items():
        wanted = minutes_of(document, day)
        starts = sorted(minute for minute in wanted if minute - 1 not in wanted)
        ends = sorted(minute + 1 for minute in wanted if minute + 1 not in wanted)
        clock = {index: locals_[index].hour * 60 + locals_[index].minute for index in indices}
        for start_minute, end_minute in zip(starts, ends, strict=True):
            reached = [index for index in indices if clock[index] >= start_minute]
            not_over = [index for index in indices if clock[index] < end_minute]
            if not reached or not not_over or reached[0] > not_over[-1]:
                continue
            for index in range(max(indices[0], reached[0] - before), not_over[-1] + 1):
                answer[index] = True
    return first, answer


@settings(deadline=None)
@given(halls(), st.data())
def test_open_next_opening_and_next_change_agree_with_the_minutes_of_the_clock(
    made: tuple[dict[str, Any], str], data: st.DataObject
) -> None:
    document, start = made
    first, answer = open_minutes(document, start, 8)
    found = schedule(document)
    for at in data.draw(st.lists(st.integers(0, 3 * 1440), min_size=1, max_size=8)):
        now_ms = (first + at) * MINUTE + data.draw(st.integers(0, MINUTE - 1))
        assert found.at(now_ms).is_open is answer[at]
        change = next((index for index in range(at + 1, len(answer)) if answer[index] is not answer[at]), None)
        if change is not None:
            assert found.next_change(now_ms) == (first + change) * MINUTE
            if not answer[at]:
                opening = found.at(now_ms).opening
                assert opening is not None and opening.numbers_ms == (first + change) * MINUTE
            else:
                assert found.at(now_ms).until_ms <= (first + change) * MINUTE


@cache
def berlin() -> Schedule:
    document = hall_document(hall={"hours": {"sun": ["01:00-02:30", "03:00-05:00"]}, "timezone": "Europe/Berlin"})
    return Timetable(parse_hall(document), no_holidays).of_service["akta"]


def test_an_hour_that_comes_twice_is_open_twice_and_one_that_never_comes_is_left_out() -> None:
    twice = berlin().on(date(2027, 10, 31)).serving
    assert [(end - start) // MINUTE for start, end in twice] == [150, 120]
    never = berlin().on(date(2027, 3, 28)).serving
    assert [(end - start) // MINUTE for start, end in never] == [180]  # 01:00 to 02:00, which is 03:00, to 05:00


def test_a_clock_set_back_by_an_hour_changes_what_is_open_with_it() -> None:
    found = schedule(house({}))
    at = int(datetime.fromisoformat("2027-01-14T08:30:00+07:00").timestamp() * 1000)
    assert [found.at(moment).is_open for moment in (at, at - 3_600_000, at)] == [True, False, True]


def test_from_midnight_to_midnight_without_end_nothing_changes() -> None:
    always = {day: ["00:00-24:00"] for day in WEEKDAYS}
    found = schedule(hall_document(hall={"hours": always, "timezone": "Asia/Jakarta"}))
    now_ms = int(datetime.fromisoformat("2027-01-14T23:59:59+07:00").timestamp() * 1000)
    assert found.at(now_ms).is_open and found.at(now_ms + 1000).is_open
    assert found.next_change(now_ms) is None
