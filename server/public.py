"""Visitors' phones come second: their requests are limited before they cost anything.

All phones together get so many requests a second. What is more is answered at once with 503 and a
Retry-After, by this WSGI layer, so that 5,000 phones at the door do not keep an officer waiting. A browser
that asked for the page is told so in words, and comes back by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from server import texts
from server.api import PROBLEM_JSON, problem
from server.house import House
from server.wire import encode

Start = Callable[..., Any]
PUBLIC = ("/t/", "/api/v1/visits/")
PAGE = "/t/"
_BODY = encode(problem(503, "busy", "many phones at once; come back in a moment", [])).encode()


def _crowded_page() -> bytes:
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "visitor" / "templates"), autoescape=True)
    return pages.get_template("crowded.html").render(words=texts.load("id"), words_en=texts.load("en")).encode()


class PublicLimit:
    """Lets so many public requests a second through to the application."""

    def __init__(self, app: Callable[[dict[str, Any], Start], Iterable[bytes]], house: House) -> None:
        self._app = app
        self._limiter = house.limiter
        self._per_second = house.settings.limits.public_requests_per_second
        self._page = _crowded_page()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if is_public(environ) and self._limiter.take("public", "", self._per_second, 1.0):
            # Spread over some seconds, or they would all come back together.
            wait_s = str(random.randint(2, 15))
            shown = environ.get("PATH_INFO", "").startswith(PAGE)
            body, kind = (self._page, "text/html; charset=utf-8") if shown else (_BODY, PROBLEM_JSON)
            start(
                "503 Service Unavailable",
                [
                    ("Content-Type", kind),
                    ("Content-Length", str(len(body))),
                    ("Retry-After", wait_s),
                    *([("Refresh", wait_s)] if shown else []),
                    ("Cache-Control", "no-store"),
                    ("Connection", "close"),
                ],
            )
            return [body]
        return self._app(environ, start)


def is_public(environ: dict[str, Any]) -> bool:
    """Whether a request is a phone's: its page, its snapshot, or a socket that says it is a visit's."""
    path: str = environ.get("PATH_INFO", "")
    if path.startswith("/socket.io/"):
        return "screen=visit" in environ.get("QUERY_STRING", "")
    return path.startswith(PUBLIC)
