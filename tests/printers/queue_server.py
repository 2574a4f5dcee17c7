"""A server that speaks the printing part of the contract over real HTTP, and can be away, slow or unwilling."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from printers.style import Style
from tests.printers.slips import slip, ticket

TOKEN = "printer-token"


class QueueServer:
    """Jobs in, reports out; every wait has an end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: dict[str, deque[dict[str, Any]]] = {}
        self._sockets: set[socket.socket] = set()
        self.reports: list[tuple[int, str, str]] = []
        self.statuses: list[tuple[str, str, str]] = []
        self.claims: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.refusals: deque[tuple[str, int, dict[str, Any]]] = deque()
        self.lose_answers_to = ""
        self.style = Style.default().version
        self._life = 0
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._http.daemon_threads = True
        self._port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Away at once, as after kill -9: open connections break."""
        self._http.shutdown()
        self._thread.join(5)
        with self._changed:
            self._life += 1
            self._changed.notify_all()
            for opened in self._sockets:
                try:
                    opened.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the worker closed it first
        self._http.server_close()

    def add(
        self, number: str, *, job_id: int, printer: str = "printer-1", lease_s: float = 30, expire_s: float = 180,
        **changes: Any,
    ) -> None:
        """A job for a slip with this ticket number."""
        with self._changed:
            now = datetime.now(UTC)
            self._jobs.setdefault(printer, deque()).append({
                "id": job_id, "printer": printer, "copy": False, "attempt": 1, "created_at": now.isoformat(),
                "expires_at": (now + timedelta(seconds=expire_s)).isoformat(), "lease_s": lease_s,
                "slip": slip(tickets=[ticket(number=number)]),
            } | changes)
            self._changed.notify_all()

    def wait_until(self, condition: Any, timeout_s: float = 10) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise TimeoutError(f"reports {self.reports}, statuses {self.statuses}, claims {len(self.claims)}")

    def claim(self, body: dict[str, Any]) -> dict[str, Any]:
        end = time.monotonic() + body.get("wait_s", 0)
        with self._changed:
            self.claims.append(body)
            self._changed.notify_all()
            life = self._life
            while life == self._life:
                jobs = [self._jobs[name].popleft() for name in body["printers"] if self._jobs.get(name)]
                left = end - time.monotonic()
                if jobs or left <= 0:
                    now = datetime.now(UTC)
                    for job in jobs:
                        job["lease_until"] = (now + timedelta(seconds=job.pop("lease_s"))).isoformat()
                    return {"jobs": jobs, "style": self.style}
                self._changed.wait(left)
        raise ConnectionError("the server is going away")

    def note(self, kind: str, name: str, body: dict[str, Any], key: str | None) -> dict[str, Any]:
        with self._changed:
            if kind == "print-jobs":
                self.reports.append((int(name), body["state"], body.get("reason", "")))
                self.keys.append(key or "")
            else:
                self.statuses.append((name, body["state"], body.get("reason", "")))
            self._changed.notify_all()
        return {"print_job": {"id": int(name), "state": body["state"]}} if kind == "print-jobs" else {}


def _handler(queue: QueueServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            with queue._changed:
                queue._sockets.add(self.connection)

        def finish(self) -> None:
            super().finish()
            with queue._changed:
                queue._sockets.discard(self.connection)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = self.path.removeprefix("/api/v1/").split("/")
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self._answer(401, {"code": "unauthorized"})
                return
            if queue.refusals and queue.refusals[0][0] in self.path:
                _, status, problem = queue.refusals.popleft()
                self._answer(status, problem)
                return
            try:
                if parts == ["print-jobs", "claim"]:
                    answer = queue.claim(body)
                else:
                    answer = queue.note(parts[0], parts[1], body, self.headers["Idempotency-Key"])
            except ConnectionError:
                self.close_connection = True
                return
            if queue.lose_answers_to and queue.lose_answers_to in self.path:
                queue.lose_answers_to = ""
                self.close_connection = True
                return
            self._answer(200, answer)

        def do_GET(self) -> None:
            assert self.path == "/api/v1/slip-style" and self.headers["Authorization"] == f"Bearer {TOKEN}"
            text = {"part": "text", "text": {"id": "Selamat datang", "en": "Welcome"}}
            layout = {"head": [text], "ticket": [{"part": "heading"}, {"part": "number"}], "foot": []}
            self._answer(200, {"version": queue.style, "logo": None, "layout": layout})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Quiet: what matters is asserted."""

    return Handler
