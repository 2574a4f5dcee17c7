"""The print worker's line to the server: JSON over one kept HTTP connection, with the printer's token."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from printers.clock import clock_s

CONNECT_S = 5.0
LONGEST_ANSWER = 4 << 20
"""Bytes."""


class Unreachable(Exception):
    """No answer from the server; the reason in words."""


class Refused(Exception):
    """The server answered with an error: its HTTP `status` and the problem's `code`."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}{': ' if detail else ''}{detail}")
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Answer:
    """A good answer: its JSON, the server's clock at that moment (UTC), and ours (`clock_s`)."""

    body: dict[str, Any]
    server_now: datetime
    at_s: float

    def until(self, moment: str) -> float:
        """When an ISO 8601 time of the server's clock is reached on ours, `clock_s` seconds."""
        return self.at_s + (datetime.fromisoformat(moment) - self.server_now).total_seconds()


class ServerLink:
    """One connection to the server at `url`, kept open, opened again where it broke. For one thread, but `cut`."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f'"{url}" is not the address of a server')
        maker = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = maker(parts.hostname, parts.port, timeout=CONNECT_S)
        self._base = parts.path.rstrip("/")
        self._token = token
        self._used = False

    def post(
        self, path: str, body: Mapping[str, Any], *, timeout_s: float, key: str | None = None,
        give_up: threading.Event | None = None,
    ) -> Answer:
        """The answer to a command, `path` below /api/v1. Raises Unreachable or Refused.

        A command that may be given up is never repeated here; once `give_up` is set, it is not sent. All others must
        bear being repeated, by themselves or by their `key`.
        """
        return self._answered("POST", path, json.dumps(body), timeout_s, key, give_up)

    def get(self, path: str, *, timeout_s: float) -> Answer:
        """The answer to a question, `path` below /api/v1. Raises Unreachable or Refused."""
        return self._answered("GET", path, None, timeout_s, None, None)

    def _answered(
        self, method: str, path: str, body: str | None, timeout_s: float, key: str | None,
        give_up: threading.Event | None,
    ) -> Answer:
        try:
            try:
                return self._asked(method, path, body, timeout_s, key, give_up)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A server may close a connection that has been idle, just when we use it again: that is no failure.
                again = self._used and give_up is None
                self.close()
                if not again:
                    raise
                return self._asked(method, path, body, timeout_s, key, None)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(str(error) or type(error).__name__) from error

    def close(self) -> None:
        """Hang up; the next command connects again."""
        self._used = False
        self._connection.close()

    def cut(self) -> None:
        """Break off the command under way, from another thread; it raises Unreachable."""
        opened = self._connection.sock
        if opened is not None:
            with contextlib.suppress(OSError):  # it may just be closing by itself
                opened.shutdown(socket.SHUT_RDWR)

    def _asked(
        self, method: str, path: str, body: str | None, timeout_s: float, key: str | None,
        give_up: threading.Event | None,
    ) -> Answer:
        if give_up is not None and give_up.is_set():
            raise Unreachable("not waited for")
        headers = {
            "Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Accept": "application/json",
        }
        if key is not None:
            headers["Idempotency-Key"] = key
        if self._connection.sock is None:
            self._connection.connect()
        self._connection.sock.settimeout(timeout_s)
        self._connection.request(method, f"{self._base}/api/v1{path}", body, headers)
        response = self._connection.getresponse()
        content = response.read(LONGEST_ANSWER)
        self._used = True
        if response.will_close or not response.isclosed():
            self.close()
        return _answer(response.status, response.headers.get("Date"), content)


def _answer(status: int, date: str | None, content: bytes) -> Answer:
    """The server's words as an Answer. Raises Refused, or Unreachable for what no server of ours says."""
    try:
        body = json.loads(content or b"{}")
    except ValueError:
        body = None
    if not 200 <= status < 300:
        problem = body if isinstance(body, dict) else {}
        raise Refused(status, str(problem.get("code", "")), str(problem.get("detail", "")))
    if not isinstance(body, dict):
        raise http.client.HTTPException("what answers there is not the server of the queue")
    return Answer(body, _server_now(date), clock_s())


def _server_now(date: str | None) -> datetime:
    """The server's clock by its Date header, at its latest: the header has whole seconds."""
    try:
        return parsedate_to_datetime(date or "").astimezone(UTC) + timedelta(seconds=1)
    except ValueError:
        return datetime.now(UTC)
