"""A press counts once: the same key gets the first answer again, whoever repeats it and however often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.wide_hall import QUIET, empty, rows, wide
from tests.harness import Answer, RunningHall, write_config


def tickets(hall: RunningHall) -> int:
    return int(rows(hall, "SELECT count(*) FROM tickets")[0][0])


def test_a_repeat_gets_the_first_answer_and_issues_nothing_more(wide_hall: RunningHall) -> None:
    kiosk = wide_hall.client("kiosk", "kiosk-1")
    first = kiosk.post("/tickets", {"services": ["one"]}, key="press-1")
    before = tickets(wide_hall)
    again = kiosk.post("/tickets", {"services": ["one"]}, key="press-1")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert tickets(wide_hall) == before


def test_a_refusal_of_the_queue_is_repeated_too_though_it_would_be_let_through_by_now(wide_hall: RunningHall) -> None:
    empty(wide_hall)
    desk = wide_hall.client("counter", "3")
    refused = desk.post("/counters/3/call-next", {}, key="too-early")
    assert (refused.status, refused.json["code"]) == (409, "not_open")
    desk.do("/counters/3/open")
    again = desk.post("/counters/3/call-next", {}, key="too-early")
    assert (again.status, again.body) == (409, refused.body)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert desk.post("/counters/3/call-next", {}, key="now").status == 200


def test_a_catalogue_that_is_sent_again_was_a_change(wide_hall: RunningHall) -> None:
    admin = wide_hall.client("admin")
    before = admin.get("/catalogue")
    other = {**before, "hall": {**before["hall"], "name": "MPP lain"}}
    try:
        assert admin.do("/catalogue", other, key="catalogue-1") == {"changed": True}
        assert admin.do("/catalogue", other, key="catalogue-1") == {"changed": True}, "the first answer again"
        assert admin.do("/catalogue", other) == {"changed": False}
        assert admin.post("/catalogue", before, key="catalogue-1").status == 422
    finally:
        admin.do("/catalogue", before)


def test_the_same_key_with_another_body_is_a_mistake(wide_hall: RunningHall) -> None:
    kiosk = wide_hall.client("kiosk", "kiosk-1")
    kiosk.do("/tickets", {"services": ["one"]}, key="press-2")
    before = tickets(wide_hall)
    other = kiosk.post("/tickets", {"services": ["two"]}, key="press-2")
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")
    assert tickets(wide_hall) == before


def test_a_key_belongs_to_one_actor_and_one_address(wide_hall: RunningHall) -> None:
    one, two = wide_hall.client("kiosk", "kiosk-1"), wide_hall.client("kiosk", "kiosk-2")
    answers = [client.do("/tickets", {"services": ["one"]}, key="shared") for client in (one, two)]
    assert answers[0]["tickets"][0]["id"] != answers[1]["tickets"][0]["id"]
    for answer, client in zip(answers, (one, two), strict=True):
        cancelled = client.do(f"/tickets/{answer['tickets'][0]['id']}/cancel", {}, key="shared")
        assert cancelled["ticket"]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "status"), [({"services": ["nonsense"]}, 422), ({"services": "one"}, 422)]
)  # fmt: skip
def test_what_was_wrong_may_be_put_right_under_the_same_key(body: object, status: int, wide_hall: RunningHall) -> None:
    kiosk = wide_hall.client("kiosk", "kiosk-1")
    key = f"corrected-{body}"
    assert kiosk.post("/tickets", body, key=key).status == status
    assert kiosk.post("/tickets", {"services": ["one"]}, key=key).status == 201


def test_without_a_key_each_press_counts(wide_hall: RunningHall) -> None:
    kiosk = wide_hall.client("kiosk", "kiosk-1")
    before = tickets(wide_hall)
    for _ in range(2):
        kiosk.do("/tickets", {"services": ["one"]})
    assert tickets(wide_hall) == before + 2


def test_eight_at_once_with_one_key_are_one_press(wide_hall: RunningHall) -> None:
    kiosk = wide_hall.client("kiosk", "kiosk-1")
    before = tickets(wide_hall)
    for round in range(5):
        together = threading.Barrier(8)

        def press(_: int, round: int = round, together: threading.Barrier = together) -> Answer:
            together.wait()
            return kiosk.post("/tickets", {"services": ["one", "two"]}, key=f"double-tap-{round}")

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(press, range(8)))
        assert {answer.status for answer in answers} == {201}
        assert len({answer.body for answer in answers}) == 1
    assert tickets(wide_hall) == before + 5 * 2


def test_an_answer_survives_a_restart_and_a_crash(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("restarted")
    hall = RunningHall(folder, write_config(folder / "config.toml", wide()), environ=QUIET).start()
    try:
        first = hall.client("kiosk", "kiosk-1").post("/tickets", {"services": ["one"]}, key="before")
        refused = hall.client("counter", "1").post("/counters/1/finish", {}, key="nobody")
        assert (first.status, refused.status) == (201, 409)
        hall.kill()
        hall.start()
        assert hall.client("kiosk", "kiosk-1").post("/tickets", {"services": ["one"]}, key="before").body == first.body
        hall.client("counter", "1").do("/counters/1/open")
        assert hall.client("counter", "1").post("/counters/1/finish", {}, key="nobody").body == refused.body
        assert tickets(hall) == 1
    finally:
        hall.stop()
