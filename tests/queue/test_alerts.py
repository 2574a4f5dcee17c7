"""Alerts: raised once for as long as something is wrong, cleared when it is right again, acknowledged by somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.commands import alerts, printing
from server.commands.alerts import BOARD_GONE, KIOSK_GONE, PRINTER_OUT, WAIT_OVER_TARGET
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.oversight.picture import Picture
from server.presence import Presence
from server.watch import Watch
from tests.queue.house import CHIEF, SITI, QueueHall, hall_document

WORKER = Actor("worker", "printer", "print worker")
OTHER = Actor("user:8", "admin", "Kepala")


class Hall:
    """A hall and what connects to it, looked at as the chores do."""

    def __init__(self, queue: QueueHall) -> None:
        self.queue = queue
        self.presence = Presence(lambda: queue.clock.steady_ms() / 1000)

    def look(self) -> list[tuple[str, str]]:
        """One round; the alerts that stand after it, the oldest first."""

        def read(reader: Any, hall: Any, now_ms: int) -> Watch:
            return Watch(reader, hall, self.presence, now_ms, always_open=self.queue.policy.always_open)

        watch = self.queue.read(read)
        if self.queue.read(lambda reader, hall, now_ms: watch.is_news(reader)):
            self.queue.write(lambda tx: alerts.settle(tx, watch.wrong, watch.unsure))
        return [(each["kind"], each["subject"]) for each in reversed(self.shown()["alerts"])]

    def shown(self) -> dict[str, Any]:
        return self.queue.read(
            lambda reader, hall, now_ms: Picture(
                reader, hall, self.presence, now_ms, always_open=True, wall_ms=self.queue.clock.now_ms()
            ).view()
        )

    def printer(self, state: str) -> None:
        self.queue.write(
            lambda tx: printing.set_printer_state(
                tx, self.queue.hall, self.queue.policy, WORKER, "printer-1", state, None
            )
        )

    def told(self) -> list[str]:
        return [row["kind"] for row in self.queue.sql("SELECT kind FROM events WHERE kind LIKE 'alert.%' ORDER BY seq")]


@pytest.fixture
def hall(queue: QueueHall) -> Hall:
    return Hall(queue)


def test_a_wait_over_its_target_is_one_alert_while_it_lasts(hall: Hall) -> None:
    hall.queue.open("3", CHIEF)
    first, second = hall.queue.ticket("pajak"), hall.queue.ticket("pajak")
    hall.queue.clock.pass_by(30 * 60)
    assert hall.look() == []
    hall.queue.clock.pass_by(1)
    assert hall.look() == [(WAIT_OVER_TARGET, "pajak")] == hall.look()
    hall.queue.call("3", first, CHIEF)
    assert hall.look() == [(WAIT_OVER_TARGET, "pajak")], "another waits as long"
    hall.queue.cancel(second, CHIEF)
    assert hall.look() == [] and hall.told() == ["alert.raised", "alert.cleared"]
    (event,) = hall.queue.sql("SELECT payload FROM events WHERE kind = 'alert.raised'")
    facts = json.loads(event["payload"])["alert"]["facts"]
    assert facts["minutes"] == 30 and facts["name"]["id"] == "Pajak"


def test_who_was_set_back_and_waited_before_has_waited_all_that_time(hall: Hall) -> None:
    hall.queue.open("1", SITI)
    hall.queue.ticket("akta")
    hall.queue.clock.pass_by(20 * 60)
    hall.queue.call_next("1", SITI)
    hall.queue.press("requeue", "1", SITI)
    hall.queue.clock.pass_by(9 * 60)
    assert hall.look() == []
    hall.queue.clock.pass_by(61)
    assert hall.look() == [(WAIT_OVER_TARGET, "akta")]


def test_a_printer_that_cannot_print(hall: Hall) -> None:
    hall.printer("ready")
    assert hall.look() == []
    hall.printer("paper_out")
    assert hall.look() == [(PRINTER_OUT, "printer-1")]
    hall.printer("cover_open")
    assert hall.look() == [(PRINTER_OUT, "printer-1")]
    hall.printer("paper_low")
    assert hall.look() == []


@pytest.mark.parametrize(("room", "alert"), [
    ("kiosk:kiosk-1", (KIOSK_GONE, "kiosk-1")), ("display:board-b", (BOARD_GONE, "board-b")),
])  # fmt: skip
def test_a_screen_that_is_gone_for_a_minute(hall: Hall, room: str, alert: tuple[str, str]) -> None:
    hall.presence.come(room)
    hall.presence.come(room)
    hall.presence.leave(room)
    hall.queue.clock.pass_by(3600)
    assert hall.look() == [], "one of two tabs was closed"
    hall.presence.leave(room)
    hall.queue.clock.pass_by(60)
    hall.queue.clock.set_wall(7200)  # somebody sets the clock
    assert hall.look() == []
    hall.queue.clock.pass_by(1)
    assert hall.look() == [alert]
    hall.presence = Presence(lambda: hall.queue.clock.steady_ms() / 1000)  # the server starts again
    assert hall.look() == [alert], "nobody has seen it since"
    hall.presence.come(room)
    assert hall.look() == []


def test_a_screen_that_was_never_there_is_no_alert_but_told(hall: Hall) -> None:
    hall.queue.clock.pass_by(3600)
    assert hall.look() == []
    hall.presence.come("display:board-a")
    hall.queue.clock.pass_by(90)
    boards = {each["id"]: each for each in hall.shown()["devices"]["boards"]}
    assert (boards["board-a"]["connected"], boards["board-a"]["since"][11:19]) == (True, "09:00:00")
    assert (boards["board-b"]["connected"], boards["board-b"]["since"]) == (False, None)
    hall.presence.leave("display:board-a")
    hall.queue.clock.pass_by(30)
    board = hall.shown()["devices"]["boards"][0]
    assert (board["connected"], board["since"][11:19]) == (False, "09:01:30")


def test_a_hall_that_is_closed_misses_no_printer(tmp_path: Path) -> None:
    document = hall_document(hall={"hours": {"mon": ["08:00-15:00"]}})
    with QueueHall(tmp_path, document, at="2026-03-02T14:59", always_open=False) as queue:
        hall = Hall(queue)
        hall.printer("offline")
        assert hall.look() == [(PRINTER_OUT, "printer-1")]
        queue.clock.pass_by(60)
        assert hall.look() == []


def low_score(hall: Hall, subject: str = "answer 7") -> int:
    return hall.queue.write(lambda tx: alerts.raise_alert(tx, "low_score", subject, {"score": 1})).id


def acknowledge(hall: Hall, alert: int, by: Actor) -> None:
    hall.queue.write(lambda tx: alerts.acknowledge(tx, by, alert))


def test_what_has_happened_stands_until_somebody_has_seen_it(hall: Hall) -> None:
    alert = low_score(hall)
    assert low_score(hall) == alert, "once"
    assert hall.look() == [("low_score", "answer 7")], "the watch leaves it alone"
    acknowledge(hall, alert, CHIEF)
    assert hall.look() == [] and hall.told() == ["alert.raised", "alert.acknowledged"]
    assert low_score(hall) != alert, "it has happened again"


def test_what_lasts_stays_and_says_who_has_seen_it_first(hall: Hall) -> None:
    hall.printer("paper_out")
    hall.look()
    (alert,) = hall.shown()["alerts"]
    acknowledge(hall, alert["id"], CHIEF)
    acknowledge(hall, alert["id"], OTHER)
    assert hall.look() == [(PRINTER_OUT, "printer-1")]
    (seen,) = hall.shown()["alerts"]
    assert (seen["acknowledged_by"], seen["cleared_at"]) == ("Pengawas", None)
    assert hall.told() == ["alert.raised", "alert.acknowledged"]


def test_an_alert_that_does_not_exist(hall: Hall) -> None:
    with pytest.raises(DomainError) as caught:
        acknowledge(hall, 5, CHIEF)
    assert caught.value.status == 404


def test_cleared_alerts_are_forgotten_standing_ones_are_not(hall: Hall) -> None:
    acknowledge(hall, low_score(hall), CHIEF)
    low_score(hall, "answer 8")
    hall.queue.clock.pass_by(100)
    forget: Callable[[], int] = lambda: hall.queue.write(  # noqa: E731
        lambda tx: tx.forget_oversight(hall.queue.clock.now_ms(), 500)
    )
    assert [forget(), forget()] == [1, 0]
    assert [row["subject"] for row in hall.queue.sql("SELECT subject FROM alerts")] == ["answer 8"]


def test_many_at_once_are_told_a_few_at_a_time_and_all_of_them(hall: Hall) -> None:
    wrong = {(WAIT_OVER_TARGET, f"service-{n}"): {"minutes": 15} for n in range(2 * alerts.AT_ONCE + 1)}
    raised = []
    for _ in range(3):
        hall.queue.write(lambda tx: alerts.settle(tx, wrong, ()))
        raised.append(len(hall.shown()["alerts"]))
    assert raised == [alerts.AT_ONCE, 2 * alerts.AT_ONCE, len(wrong)]
    for _ in range(3):
        hall.queue.write(lambda tx: alerts.settle(tx, {}, ()))
    assert hall.shown()["alerts"] == [] and len(hall.told()) == 2 * len(wrong)
