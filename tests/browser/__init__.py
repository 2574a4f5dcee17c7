"""A real Chromium that opens a hall's pages as `http://antrean.test`: no secure context, as on a hall's LAN."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Playwright, sync_playwright

HOST = "antrean.test"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WITHOUT_WINDOWS = ("chromium-headless-shell", *PROGRAMS)
"""The same engine first without the windows that nobody sees here: it takes half the processor time."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
)
SOUND_ALLOWED = "--autoplay-policy=no-user-gesture-required"
SOUND_BLOCKED = "--autoplay-policy=document-user-activation-required"


def launch(playwright: Playwright, *more: str, whole: bool = False) -> Browser:
    """The machine's own Chromium, with a fresh profile; `more` are further flags. `whole`: the one that halls run."""
    program = next(filter(None, map(shutil.which, PROGRAMS if whole else WITHOUT_WINDOWS)), None)
    assert program, "the browser tests need Chromium: apt-get install chromium"
    return playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium for as long as it is needed; one at a time in a thread."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def address(url: str, path: str = "/") -> str:
    """A path of a server under the name that Chromium maps to this machine."""
    return f"http://{HOST}:{urlsplit(url).port}{path}"
