"""A server of another version: a board on a wall loads itself again, at a quiet moment, and once a version."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import address
from tests.browser.mal import Desk, Mal
from tests.browser.screens import LIVE, WIDE, Screens
from tests.browser.test_board import call, large

CALM_MS = 25_000
"""A call has eight seconds, or as long as it is spoken."""


class Line:
    """The board's socket, on which a server of another version can be heard."""

    def __init__(self) -> None:
        self.hello: list[Any] = []
        self._socket: WebSocketRoute | None = None

    def pass_on(self, socket: WebSocketRoute) -> None:
        server, self._socket = socket.connect_to_server(), socket

        def heard(message: str | bytes) -> None:
            if isinstance(message, str) and message.startswith('42["hello"'):
                self.hello = json.loads(message[2:])
            socket.send(message)

        server.on_message(heard)

    def say_version(self, version: str) -> None:
        assert self._socket is not None
        name, told = self.hello
        self._socket.send("42" + json.dumps([name, {**told, "version": version}]))


def board_on(line: Line, screens: Screens, mal: Mal) -> Page:
    page = screens.context(WIDE).new_page()
    page.route_web_socket(re.compile("/socket.io/"), line.pass_on)
    page.goto(address(mal.url, f"/enrol?token={mal.token('display', 'board-a')}"))
    page.wait_for_selector(LIVE, state="attached")
    return page


def test_a_new_version_waits_until_the_call_has_been_seen(
    screens: Screens, mal: Mal, new_desk: Callable[..., Desk]
) -> None:
    line = Line()
    board = board_on(line, screens, mal)
    board.evaluate("window.before = true")
    number = call(new_desk("a"))
    board.wait_for_selector("#hero .panel.current[data-fresh]")
    line.say_version("9.9.9")
    assert large(board) == number and board.evaluate("window.before === true"), "not in the middle of a call"

    board.wait_for_selector("#hero .panel.current:not([data-fresh])", timeout=CALM_MS)
    board.wait_for_selector(LIVE, state="attached", timeout=CALM_MS)
    expect(board.locator("#hero .which .number, #rows .number").first).to_be_visible()
    assert board.evaluate("window.before === undefined"), "the page is another one"

    board.evaluate("window.before = true")
    line.say_version("9.9.9")
    board.wait_for_selector(LIVE, state="attached")
    board.evaluate("() => new Promise((calm) => requestAnimationFrame(() => setTimeout(calm, 500)))")
    assert board.evaluate("window.before === true"), "once a version, not for ever"
