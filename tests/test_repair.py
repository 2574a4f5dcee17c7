"""The rule by which screens repair themselves (server/static/repair.js), message by message, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser import HOST, chromium

STATIC = Path(__file__).resolve().parent.parent / "server/static"

# A screen without a line: `answers` are the snapshots it will be given, one a question, each when `answer()` says so.
BENCH = """async () => {
  const { repairer } = await import("/static/repair.js");
  const bench = { log: [], asked: 0, open: [] };
  const snapshot = () => new Promise((give, refuse) => { bench.asked += 1; bench.open.push([give, refuse]); });
  bench.answer = async (json) => { bench.open.shift()[0](json); await new Promise((r) => setTimeout(r, 0)); };
  bench.fail = async (problem) => { bench.open.shift()[1](problem); await new Promise((r) => setTimeout(r, 0)); };
  bench.repair = repairer({
    snapshot,
    onSnapshot: (json) => bench.log.push(`snapshot ${json.seq}`),
    onEvent: (name, data) => {
      bench.log.push(`${name} ${data.seq}`);
      if (name === "broken") throw new Error("drawing");
    },
    onState: (state, reason) => bench.log.push(reason ? `${state} ${reason}` : state),
  });
  bench.take = (name, seq, prev, epoch = "e1") => bench.repair.take(name, { seq, prev, epoch });
  window.bench = bench;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(f"http://{HOST}/")
        yield page


def serve(route: Route) -> None:
    path = route.request.url.removeprefix(f"http://{HOST}/")
    if path.startswith("static/"):
        route.fulfill(path=STATIC / path.removeprefix("static/"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


@pytest.fixture
def bench(page: Page) -> Page:
    """A screen that has just been said hello to in epoch e1, and has asked for its first snapshot."""
    page.evaluate(BENCH)
    page.evaluate("bench.repair.start('e1')")
    return page


def log(bench: Page) -> Any:
    """What the screen was told since it was last asked."""
    return bench.evaluate("bench.log.splice(0)")


def live(bench: Page, seq: int = 10) -> None:
    bench.evaluate("async (seq) => await bench.answer({ seq, epoch: 'e1' })", seq)
    assert log(bench) == [f"snapshot {seq}", "live"]


def asked(bench: Page, times: int) -> None:
    bench.wait_for_function("(times) => bench.asked === times", arg=times, timeout=5000)


def test_what_came_while_the_snapshot_was_fetched_is_applied_after_it_and_once(bench: Page) -> None:
    bench.evaluate("bench.take('known', 9, 8); bench.take('known', 10, 9); bench.take('new', 11, 10)")
    bench.evaluate("async () => await bench.answer({ seq: 10, epoch: 'e1' })")
    assert log(bench) == ["snapshot 10", "new 11", "live"]
    bench.evaluate("bench.take('new', 11, 10)")
    assert log(bench) == []


def test_messages_are_applied_in_order_while_none_is_missing(bench: Page) -> None:
    live(bench)
    bench.evaluate("bench.take('a', 12, 10); bench.take('b', 17, 12); bench.take('sync', 19, 17)")
    assert log(bench) == ["a 12", "b 17"]
    assert bench.evaluate("bench.asked") == 1


@pytest.mark.parametrize("message", ["bench.take('late', 14, 12)", "bench.take('sync', 14, 12)"])
def test_a_missing_message_is_made_good_by_a_snapshot(bench: Page, message: str) -> None:
    live(bench)
    bench.evaluate(message)
    asked(bench, 2)
    bench.evaluate("async () => { bench.take('next', 15, 14); await bench.answer({ seq: 14, epoch: 'e1' }); }")
    assert log(bench) == ["connecting", "snapshot 14", "next 15", "live"]


def test_a_gap_seen_while_fetching_asks_again(bench: Page) -> None:
    bench.evaluate("bench.take('far', 20, 18)")
    bench.evaluate("async () => await bench.answer({ seq: 10, epoch: 'e1' })")
    asked(bench, 2)
    bench.evaluate("async () => await bench.answer({ seq: 20, epoch: 'e1' })")
    assert log(bench) == ["snapshot 10", "connecting", "snapshot 20", "live"]


def test_a_new_epoch_means_a_new_snapshot_even_with_smaller_numbers(bench: Page) -> None:
    live(bench, 500)
    bench.evaluate("bench.take('restored', 7, 6, 'e2')")
    asked(bench, 2)
    bench.evaluate("async () => await bench.answer({ seq: 7, epoch: 'e2' })")
    bench.evaluate("bench.take('after', 8, 7, 'e2')")
    assert log(bench) == ["connecting", "snapshot 7", "live", "after 8"]


def test_a_snapshot_that_fails_is_asked_for_until_it_comes(bench: Page) -> None:
    bench.evaluate("async () => await bench.fail({ status: 503, code: 'unavailable' })")
    asked(bench, 2)
    bench.evaluate("async () => await bench.fail({ status: 0, code: 'offline' })")
    asked(bench, 3)
    bench.evaluate("async () => await bench.answer({ seq: 3, epoch: 'e1' })")
    assert log(bench) == ["connecting", "connecting", "snapshot 3", "live"]


def test_a_snapshot_that_is_refused_says_so(bench: Page) -> None:
    bench.evaluate("async () => await bench.fail({ status: 403, code: 'forbidden' })")
    assert log(bench) == ["refused forbidden"]


def test_an_answer_to_a_line_that_is_gone_is_not_used(bench: Page) -> None:
    bench.evaluate("bench.repair.stop(); bench.repair.start('e1')")
    bench.evaluate("async () => await bench.answer({ seq: 4, epoch: 'e1' })")
    bench.evaluate("async () => await bench.answer({ seq: 9, epoch: 'e1' })")
    assert log(bench) == ["snapshot 9", "live"]


def test_a_mistake_in_drawing_does_not_stop_the_line(bench: Page) -> None:
    live(bench)
    bench.evaluate("bench.take('broken', 11, 10); bench.take('next', 12, 11)")
    assert log(bench) == ["broken 11", "next 12"]
