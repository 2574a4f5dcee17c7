"""The simulation's line to the server: one kept connection, and patience while the server is away."""

from __future__ import annotations

import http.client
import json
import logging
from typing import Any
from urllib.parse import urlsplit

from server.simulation.loop import NotNow, Reply, Request

log = logging.getLogger("antrean.simulation")

ANSWER_S = 10.0
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
TOO_MANY = 429


class Link:
    """Sends requests one after the other; what a server that is away or busy did not take is for later."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
        self._failures = 0

    def answer(self, request: Request) -> Reply:
        """The server's answer. Raises NotNow when the request should be sent again, with the same key."""
        try:
            status, headers, content = self._send(request)
            body = json.loads(content) if content else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            raise self._later(str(error) or type(error).__name__) from None
        if status == TOO_MANY or status >= 500:
            raise self._later(f"{status} {body.get('code', '')}", float(headers.get("Retry-After") or 0))
        self._failures = 0
        return Reply(status, body)

    def close(self) -> None:
        """Hang up; the next request connects again."""
        self._connection.close()

    def _send(self, request: Request) -> tuple[int, Any, bytes]:
        """Send it; once more where the server has closed a connection that was idle, just when we used it again."""
        kept = self._connection.sock is not None
        try:
            return self._exchange(request)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
            if not kept:
                raise
            return self._exchange(request)

    def _exchange(self, request: Request) -> tuple[int, Any, bytes]:
        headers = {"Authorization": f"Bearer {request.token}"}
        data = None
        if request.method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": request.key}
            data = json.dumps(request.body or {}).encode()
        self._connection.request(request.method, f"/api/v1{request.path}", data, headers)
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def _later(self, why: str, asked_s: float = 0.0) -> NotNow:
        wait_s = max(asked_s, PAUSES_S[min(self._failures, len(PAUSES_S) - 1)])
        if self._failures == 0:
            log.info("the server does not serve the simulation now (%s); it waits", why)
        self._failures += 1
        return NotNow(wait_s)
