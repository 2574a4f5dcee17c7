"""Quotas and closed days in the API: kiosks race for the last numbers, and hear why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.domain.hall import WEEKDAYS
from tests.api.wide_hall import KIOSKS, QUIET, wide
from tests.harness import RunningHall, write_config
from tests.small_hall import name

QUOTA = 11


def limited() -> dict[str, Any]:
    """The wide hall, open by its hours at any time: `one` gives eleven numbers, agency y is closed for two days."""
    document = wide()
    zone = ZoneInfo("Asia/Jakarta")
    if datetime.now(zone).hour in (22, 23, 0):  # no day ends while the test runs
        zone = ZoneInfo("Asia/Jayapura")
    document["hall"]["timezone"] = zone.key
    document["hall"]["hours"] = {day: ["00:00-24:00"] for day in WEEKDAYS}
    document["agencies"][0]["services"][0]["quota"] = QUOTA
    today = datetime.now(zone).date()
    document["calendar"] = {
        "days": [
            {"date": (today + timedelta(days=ahead)).isoformat(), "reason": name("Pindah"), "agencies": ["y"]}
            for ahead in range(2)
        ]
    }
    return document


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """That hall, running."""
    folder = tmp_path_factory.mktemp("limited")
    environ = {**QUIET, "ANTREAN_HALL_ALWAYS_OPEN": "false"}
    running = RunningHall(folder, write_config(folder / "config.toml", limited()), environ=environ)
    running.start()
    yield running
    running.stop()


def service(hall: RunningHall, id: str) -> dict[str, Any]:
    agencies = hall.client(None).get("/hall")["agencies"]
    return next(dict(each) for agency in agencies for each in agency["services"] if each["id"] == id)


def test_eight_kiosks_at_once_never_get_one_number_more_than_the_quota(hall: RunningHall) -> None:
    def visitor(n: int) -> Any:
        return hall.client("kiosk", KIOSKS[n % len(KIOSKS)]).post("/tickets", {"services": ["one"]}, key=f"v{n}")

    for kiosk in KIOSKS:
        hall.token("kiosk", kiosk)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visitor, range(3 * QUOTA)))
    assert Counter(answer.status for answer in answers) == {201: QUOTA, 409: 2 * QUOTA}
    numbers = sorted(answer.json["tickets"][0]["number"] for answer in answers if answer.status == 201)
    assert numbers == [f"A-{ordinal:03d}" for ordinal in range(1, QUOTA + 1)]

    refused = next(answer for answer in answers if answer.status == 409)
    assert (refused.json["code"], refused.json["service"]) == ("quota_reached", "one")
    assert refused.headers["Content-Type"] == "application/problem+json"
    reason = refused.json["reason"]
    assert (reason["code"], reason["text"]["en"]) == (
        "quota", "No numbers are left for today. Opens tomorrow at 00.00",
    )  # fmt: skip
    assert (service(hall, "one")["open"], service(hall, "one")["closed_reason"]) == (False, reason)
    assert service(hall, "two")["open"]

    again = next(n for n, answer in enumerate(answers) if answer.status == 409)
    given = next(answer.json for answer in answers if answer.status == 201)
    hall.client().do(f"/tickets/{given['tickets'][0]['id']}/cancel")
    assert visitor(again).body == answers[again].body  # the same press, the same answer
    assert visitor(1000).status == 201


def test_a_closed_day_is_refused_with_its_reason(hall: RunningHall) -> None:
    answer = hall.client("kiosk", "kiosk-1").post("/tickets", {"services": ["three"]})
    assert (answer.status, answer.json["code"], answer.json["reason"]["code"]) == (409, "closed", "closed_day")
    assert answer.json["reason"] == service(hall, "three")["closed_reason"]
    assert answer.json["reason"]["text"]["id"].startswith("Pindah. Buka ")
    issued = hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["two"]})
    assert issued["warning"] is None and service(hall, "two")["warning"] is None
