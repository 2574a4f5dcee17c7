"""The announcer in real Chromium, its sound captured: every call shown and spoken once, in order, by one board."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.wide_hall import QUIET
from tests.browser.hearing import CAPTURE, flashed, overlapping, said, sounded
from tests.browser.mal import Mal
from tests.browser.screens import CUT_OFF, LIVE, WIDE, Screens
from tests.harness import wait_until
from tests.small_hall import name

TOGETHER_MS = 200
TAKEN_OVER_MS = 5_000
CALLS = 60
MEAN_S = 0.75
"""Sixty calls at a pace of one in 2 s, told faster: here a call is said in half a second, and not in two or more."""
OPEN = {**QUIET, "ANTREAN_HALL_ALWAYS_OPEN": "true"}
SERVICES = {"a": "one", "b": "two", "c": "three"}


def document() -> dict[str, Any]:
    """Zone a with sixty counters, zone b whose calls are said three times, zone c where it is always quiet."""
    counters = [(str(n), "a") for n in range(1, CALLS + 1)] + [(f"b{n}", "b") for n in range(4)] + [("c1", "c")]
    boards = {"board-a": ["a"], "board-a2": ["a"], "board-b": ["b"], "board-c": ["c"], "board-hall": ["a", "b"]}
    return {
        "hall": {"name": "MPP", "timezone": "Asia/Jakarta"},
        "zones": [
            {"id": "a", "name": name("Zona A")},
            {"id": "b", "name": name("Zona B"), "voice": {"repeat": 3}},
            {"id": "c", "name": name("Zona C"), "voice": {"quiet_hours": ["00:00-24:00"]}},
        ],
        "agencies": [
            {"id": f"agency-{zone}", "name": name(f"Instansi {zone}"), "zone": zone,
             "services": [{"id": service, "prefix": zone.upper(), "name": name(service)}]}
            for zone, service in SERVICES.items()
        ],
        "counters": [
            {"id": id, "label": id.upper(), "zone": zone, "services": [SERVICES[zone]]} for id, zone in counters
        ],
        "kiosks": [{"id": "kiosk-1", "name": name("Kiosk"), "zone": "a"}],
        "displays": [{"id": id, "name": name(id), "zones": zones} for id, zones in boards.items()],
        # One language and quick: what is tested is when it is spoken.
        "voice": {"languages": ["id"], "speed_wpm": 400, "template": {"id": "{number}"}},
    }  # fmt: skip


class Hall(Mal):
    """A hall whose counters are each called to once."""

    def prepare(self, zone: str, count: int) -> list[str]:
        """Open so many counters of a zone that nobody was called to; their ids."""
        free = [each["id"] for each in self.client().get("/hall")["counters"] if each["zone"] == zone]
        for counter in free[:count]:
            self.client("counter", counter).do(f"/counters/{counter}/open")
        return free[:count]

    def call(self, zone: str, counter: str) -> str:
        """A visitor comes and is called; the number."""
        self.ticket(SERVICES[zone])
        return str(self.client("counter", counter).do(f"/counters/{counter}/call-next")["ticket"]["number"])

    def empty(self) -> None:
        """Everybody is sent home."""
        admin = self.client("admin")
        for counter in [each["id"] for each in admin.get("/hall")["counters"] if each["state"] == "open"]:
            current = admin.get(f"/counters/{counter}")["current"]
            if current:
                admin.do(f"/counters/{counter}/no-show", {"expect": current["id"]})

    def is_silent(self, zone: str) -> bool:
        """Whether everything that is to be spoken there was."""
        return not self.voice(zone)["announcements"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("announcer"), document(), OPEN)
    hall.start()
    yield hall
    hall.stop()


@pytest.fixture
def hall(running: Hall) -> Hall:
    """Nobody is called, and no board of an earlier test speaks any more."""
    running.empty()
    wait_until(lambda: all(running.voice(zone)["speaker"] is None for zone in "abc"), what="no board speaks")
    return running


@pytest.fixture
def shown(browser: Browser, hall: Hall) -> Iterator[Screens]:
    screens = Screens(browser, hall)
    yield screens
    screens.close()


def board(screens: Screens, id: str, speaks: str | None = None) -> Page:
    """A board whose sound is captured; with `speaks`, once it speaks for that voice."""
    context = screens.context(WIDE)
    context.add_init_script(CAPTURE)
    page = context.new_page()
    page.goto(f"{screens.address}/enrol?token={screens.hall.token('display', id)}")
    page.wait_for_selector(LIVE, state="attached")
    if speaks:
        wait_until(lambda: screens.hall.voice(speaks)["speaker"] == id, what=f"{id} speaks for {speaks}")
    else:  # it is known to the server, so that it could follow
        wait_until(lambda: _sound(screens.hall, id) == "on", what=f"{id} can be heard")
    return page


def _sound(hall: Mal, board: str) -> str | None:
    boards = [each for voice in hall.client("supervisor").get("/voice")["voices"] for each in voice["boards"]]
    return next((str(each["sound"]) for each in boards if each["id"] == board), None)


@pytest.mark.timeout(240)
def test_sixty_calls_are_all_shown_and_spoken_in_order_and_none_over_another(shown: Screens, hall: Hall) -> None:
    page, paces = board(shown, "board-a", speaks="a"), random.Random(5)
    counters, numbers = hall.prepare("a", CALLS), []
    for counter in counters:
        numbers.append(hall.call("a", counter))
        page.wait_for_timeout(1000 * paces.expovariate(1 / MEAN_S))
    wait_until(lambda: hall.is_silent("a"), 60, what="all spoken")
    assert [each["number"] for each in flashed(page)] == numbers
    assert all(each["audible"] for each in flashed(page))
    assert said(page) == numbers
    assert overlapping(sounded(page)) == []
    assert all(each.ended_ms is not None and each.ended_ms > each.ends_ms - 100 for each in sounded(page)), "none cut"
    words = [each.clip for each in sounded(page)]
    chime = max(words, key=words.count)  # the only clip that is played more than once
    assert len([clip for clip in words if clip != chime]) == CALLS == len(set(words)) - 1
    assert 1 <= words.count(chime) < CALLS, "left out in a burst, and only there"
    today = hall.voice("a")["today"]
    assert (today["queued"], today["playing"], today["lapsed"]) == (0, 0, 0)


def test_of_three_boards_one_speaks_and_all_show_it_with_its_voice(shown: Screens, hall: Hall) -> None:
    speaking = board(shown, "board-a", speaks="a")
    others = [board(shown, "board-a2"), board(shown, "board-hall")]
    numbers = [hall.call("a", counter) for counter in hall.prepare("a", 4)]
    wait_until(lambda: hall.is_silent("a"), what="all spoken")
    assert said(speaking) == numbers
    assert [len(sounded(page)) for page in others] == [0, 0]
    own = flashed(speaking)
    begun = [each for each in sounded(speaking) if not _follows(each.begins_ms, sounded(speaking))]
    assert [each["number"] for each in own] == numbers
    for flash, sound in zip(own, begun, strict=True):
        assert abs(flash["at_ms"] - sound.begins_ms) < TOGETHER_MS
    for page in others:
        there = flashed(page)
        assert [(each["number"], each["audible"]) for each in there] == [(number, False) for number in numbers]
        apart = sorted(abs(one["wall_ms"] - two["wall_ms"]) for one, two in zip(own, there, strict=True))
        assert apart[len(apart) // 2] < TOGETHER_MS
        assert page.evaluate("ducked") == [True, False] * 4  # films there are quiet while it is spoken


def _follows(begins_ms: float, sounds: list[Any]) -> bool:
    """Whether a clip is the words after the chime of the same call: both were started at once."""
    mine = next(each for each in sounds if each.begins_ms == begins_ms)
    return any(each.begins_ms < begins_ms and mine.asked_ms - each.asked_ms < 5 for each in sounds)


def test_a_board_that_dies_in_mid_call_is_followed_and_the_call_is_said_again_once(
    shown: Screens, hall: Hall
) -> None:
    speaking, second = board(shown, "board-b", speaks="b"), board(shown, "board-hall")
    (counter,) = hall.prepare("b", 1)
    number = hall.call("b", counter)
    wait_until(lambda: hall.voice("b")["today"]["playing"], what="in mid-call")
    assert said(speaking) == []
    died_ms = second.evaluate("performance.now()")
    speaking.context.close()
    wait_until(lambda: hall.is_silent("b"), what="said again")
    assert said(second) == [number]
    assert sounded(second)[0].begins_ms - died_ms < TAKEN_OVER_MS
    clips = [each.clip for each in sounded(second)]
    assert len(clips) == 4 and len(set(clips)) == 2  # the chime, and the words three times: from the start
    assert [each["number"] for each in flashed(second)] == [number] * 2  # with the first voice, and with its own
    assert overlapping(sounded(second)) == []


def test_a_page_that_the_server_hears_nothing_of_stops_when_another_speaks(shown: Screens, hall: Hall) -> None:
    """Its line stands and its sound too, but none of its questions comes through for a while."""
    shown.forgive(CUT_OFF)
    cut_off, second = board(shown, "board-b", speaks="b"), board(shown, "board-hall")
    cut_off.route("**/voice", lambda route: route.abort())
    wait_until(lambda: hall.voice("b")["speaker"] == "board-hall", what="followed")
    (counter,) = hall.prepare("b", 1)
    number = hall.call("b", counter)
    cut_off.unroute("**/voice")
    wait_until(lambda: hall.is_silent("b"), what="spoken")
    assert said(second) == [number] and sounded(cut_off) == []
    assert hall.voice("b")["speaker"] == "board-hall"


def test_a_recall_is_spoken_again_and_a_call_that_was_taken_back_is_not(shown: Screens, hall: Hall) -> None:
    page = board(shown, "board-b", speaks="b")
    first, second, third = hall.prepare("b", 3)
    numbers = [hall.call("b", counter) for counter in (first, second, third)]
    hall.client("counter", second).do(f"/counters/{second}/requeue")  # while the first is being said
    wait_until(lambda: hall.is_silent("b"), what="spoken")
    hall.client("counter", first).do(f"/counters/{first}/recall")
    wait_until(lambda: len(said(page)) == 3, what="spoken again")
    assert said(page) == [numbers[0], numbers[2], numbers[0]]
    assert [each["recalls"] for each in flashed(page)] == [0, 0, 1]
    assert hall.voice("b")["today"]["reasons"].get("withdrawn") == 1


def test_a_call_that_is_taken_back_while_its_clips_are_loaded_is_not_spoken(shown: Screens, hall: Hall) -> None:
    page = board(shown, "board-b", speaks="b")
    held: list[Route] = []
    first, second = hall.prepare("b", 2)
    page.route("**/voice/*.wav", lambda route: held.append(route), times=2)  # the chime and the words
    hall.call("b", first)
    wait_until(lambda: sounded(page) == [] and len(held) == 2, what="its clips are asked for")
    hall.client("counter", first).do(f"/counters/{first}/no-show")
    for request in held:
        request.continue_()
    number = hall.call("b", second)
    wait_until(lambda: said(page), what="the next is spoken")
    assert said(page) == [number]
    assert [each["number"] for each in flashed(page)] == [number]
    assert len({each.clip for each in sounded(page)}) == 2, "the chime, and the words of the second"


def test_a_call_that_is_taken_back_as_it_begins_is_cut_off_at_once(shown: Screens, hall: Hall) -> None:
    page = board(shown, "board-b", speaks="b")
    (counter,) = hall.prepare("b", 1)

    def report(route: Route) -> None:
        """It is taken back between the server's word that the page may begin and the page's that it has begun."""
        if taken_back or not json.loads(route.request.post_data or "{}")["playing"]:
            return route.continue_()
        taken_back.append(hall.client("counter", counter).do(f"/counters/{counter}/requeue"))
        return route.fulfill(response=route.fetch(url=route.request.url.replace(shown.address, hall.url)))

    taken_back: list[Any] = []
    page.route("**/voice", report)
    hall.call("b", counter)
    wait_until(lambda: page.evaluate("ducked") == [True, False], what="begun and over")
    assert taken_back and page.evaluate("performance.now()") < sounded(page)[-1].begins_ms, "not said three times"
    page.unroute_all(behavior="ignoreErrors")
    assert said(page) == []
    assert hall.voice("b")["today"]["playing"] == 0


def test_in_quiet_hours_calls_are_shown_at_once_and_not_spoken(shown: Screens, hall: Hall) -> None:
    page = board(shown, "board-c", speaks="c")
    (counter,) = hall.prepare("c", 1)
    number = hall.call("c", counter)
    expect(page.locator("#hero .panel[data-fresh] .which .number")).to_have_text(number)
    assert [(each["number"], each["audible"]) for each in flashed(page)] == [(number, False)]
    assert hall.is_silent("c") and sounded(page) == []
    hall.client("supervisor").do("/voice/c/test")
    expect(page.locator("[data-notice=test]")).to_contain_text("Ini uji suara. C-000 bukan panggilan.")
    wait_until(lambda: said(page) == ["C-000"], what="the test is heard also then")
    expect(page.locator("[data-notice=test]")).to_have_count(0)


@pytest.fixture
def own_hall(tmp_path: Path) -> Iterator[Hall]:
    """A hall that a test starts, and may stop."""
    hall = Hall(tmp_path, document(), OPEN)
    yield hall
    if hall.process is not None and hall.process.poll() is None:
        hall.stop()


def test_a_call_that_grew_too_old_is_shown_and_not_spoken(browser: Browser, own_hall: Hall) -> None:
    own_hall.environ["ANTREAN_VOICE_LAPSE_SECONDS"] = "5"
    own_hall.start()
    screens = Screens(browser, own_hall)
    page = board(screens, "board-b", speaks="b")
    numbers = [own_hall.call("b", counter) for counter in own_hall.prepare("b", 4)]
    wait_until(lambda: own_hall.is_silent("b"), what="spoken or too old")
    wait_until(lambda: len(flashed(page)) == 4, what="all shown")
    spoken = said(page)
    assert 0 < len(spoken) < 4
    assert [each["number"] for each in flashed(page)] == numbers
    assert [each["number"] for each in flashed(page) if each["audible"]] == spoken == numbers[: len(spoken)]
    assert own_hall.voice("b")["today"]["reasons"] == {"late": 4 - len(spoken)}
    screens.close()


def test_a_server_restarted_in_mid_queue_loses_nothing_and_says_nothing_twice(
    browser: Browser, own_hall: Hall
) -> None:
    hall = own_hall
    hall.start()
    screens = Screens(browser, hall)
    screens.forgive(CUT_OFF)
    page = board(screens, "board-b", speaks="b")
    numbers = [hall.call("b", counter) for counter in hall.prepare("b", 4)]
    wait_until(lambda: len(flashed(page)) == 2, what="in the middle of the second")
    hall.kill()
    hall.start()
    wait_until(lambda: hall.is_silent("b"), 40, what="all spoken")
    assert said(page) == numbers
    assert [each["number"] for each in flashed(page)] == numbers
    assert overlapping(sounded(page)) == []
    screens.close()
