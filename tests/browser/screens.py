"""The screens of a hall, each in a browser context of its own, each watched for mistakes that no visitor would see."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, TimeoutError, WebSocket

from tests.browser import HOST, address
from tests.browser.mal import Mal
from tests.harness import wait_until

UPRIGHT, WIDE = (1080, 1920), (1920, 1080)
DESK, PHONE = (1366, 768), (390, 844)
LIVE = "html[data-live=live]"
PRESSES, PRESS_AGAIN_MS = 4, 8_000
CUT_OFF = r"net::ERR_|WebSocket connection to|Failed to load resource: net"
"""What Chromium itself says in the console when a server is away."""

# Chromium tells most violations in the console by itself; this tells all, and in the same words.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`));"""
COUNT_TOUCHES = """window.touches = 0; addEventListener("pointerdown", () => { touches += 1; }, true);"""
HEAR_CHIMES = """window.chimes = [];
document.addEventListener("antrean:chime", (event) => chimes.push(event.detail));"""
"""Every call that takes a board's large place, `audible` where this very board speaks it."""


class Screens:
    """Opens screens of a hall, and fails at the end when one of them made a mistake that was not forgiven."""

    def __init__(self, browser: Browser, hall: Mal) -> None:
        self.browser, self.hall = browser, hall
        self._here = f"{HOST}:{hall.port}"
        self.address = f"http://{self._here}"
        self.mistakes: list[str] = []
        self._forgiven: list[str] = []
        self._contexts: list[BrowserContext] = []

    def forgive(self, pattern: str) -> None:
        """A mistake that the test itself provokes; `pattern` is searched for in what the console says."""
        self._forgiven.append(pattern)

    def context(self, size: tuple[int, int], **more: Any) -> BrowserContext:
        """A browser of its own: no cookie, no memory."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        for script in (TELL_VIOLATIONS, COUNT_TOUCHES, HEAR_CHIMES):
            context.add_init_script(script)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.mistakes.append(f"uncaught: {error.error}"))
        context.on("request", self._asked)
        context.on("page", lambda page: page.on("websocket", self._asked))
        self._contexts.append(context)
        return context

    def open(self, path: str, size: tuple[int, int], *, clock: bool = False, **more: Any) -> Page:
        """A page in a fresh browser; with `clock`, its time can be made to run faster."""
        page = self.context(size, **more).new_page()
        if clock:
            page.clock.install()
        page.goto(address(self.hall.url, path))
        return page

    def device(self, role: str, id: str, size: tuple[int, int], **more: Any) -> Page:
        """An enrolled device at its page, connected."""
        page = self.open(f"/enrol?token={self.hall.token(role, id)}", size, **more)
        page.wait_for_selector(LIVE, state="attached")
        return page

    def kiosk(self, id: str = "kiosk-1", size: tuple[int, int] = UPRIGHT, **more: Any) -> Page:
        """A kiosk at its start page."""
        return self.device("kiosk", id, size, has_touch=True, **more)

    def board(self, id: str, size: tuple[int, int] = WIDE, **more: Any) -> Page:
        """A board."""
        return self.device("display", id, size, **more)

    def speaking_board(self, id: str, voice: str, size: tuple[int, int] = WIDE, **more: Any) -> Page:
        """A board that speaks for a voice: whoever spoke before has gone."""
        page = self.board(id, size, **more)
        wait_until(lambda: self.hall.voice(voice)["speaker"] == id, what=f"{id} speaks for {voice}")
        return page

    def counter(self, officer: str) -> Page:
        """The terminal of an officer who is logged in: at the counter that is open, or at the choice of one."""
        context = self.context(DESK)
        name, _, value = self.hall.login(officer).partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address(self.hall.url)}])
        page = context.new_page()
        page.goto(address(self.hall.url, "/counter/"))
        page.wait_for_selector(".work, .choose")
        return page

    def phone(self, path: str) -> Page:
        """A visitor's phone at the page of the visit."""
        page = self.open(path, PHONE, has_touch=True, is_mobile=True)
        page.wait_for_selector(LIVE, state="attached")
        return page

    def close(self) -> None:
        """Close all; fails on mistakes."""
        for context in self._contexts:
            context.close()
        mistakes = [each for each in self.mistakes if not any(re.search(known, each) for known in self._forgiven)]
        assert not mistakes, "\n".join(mistakes)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            screen = message.page.url if message.page else "?"
            self.mistakes.append(f"{message.text} ({message.location['url']}, on {screen})")

    def _asked(self, request: Request | WebSocket) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._here:
            self.mistakes.append(f"asked another host: {request.url}")


def tidy(text: str) -> str:
    """A text as it is read: lines and spaces made one space."""
    return " ".join(text.split())


def press_until(page: Page, key: str, selector: str) -> None:
    """Press a key until what it opens is there, as an officer does: while the line is down a press is refused in words,
    and a machine that runs three of these at once may lose the line for a moment."""
    for _ in range(PRESSES):
        page.keyboard.press(key)
        try:
            page.wait_for_selector(selector, timeout=PRESS_AGAIN_MS)
            return
        except TimeoutError:
            continue
    raise AssertionError(f"{selector} did not open by {key}; the page says: {page.inner_text('.line[role=status]')}")
