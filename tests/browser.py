"""A real Chromium that opens a hall's pages as `http://antrean.test`: no secure context, as on a hall's LAN."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

HOST = "antrean.test"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, with a fresh profile."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "the browser tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def address(url: str, path: str = "/") -> str:
    """A path of a server under the name that Chromium maps to this machine."""
    return f"http://{HOST}:{urlsplit(url).port}{path}"
