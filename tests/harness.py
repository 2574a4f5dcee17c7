"""A real `antrean run` on a temporary data folder, and a client that speaks to it: for tests, benchmarks and soaks."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit

ROOT = Path(__file__).parent.parent
START_S = 60.0


def wait_until(condition: Any, timeout_s: float = 20.0, what: str = "") -> Any:
    """The first true answer of `condition()`; fails the test when there is none in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what or condition}"
        time.sleep(0.01)


def write_config(path: Path, document: Mapping[str, Any]) -> Path:
    """A config.toml from a document."""
    path.write_text(tomlkit.dumps(dict(document)), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: `json` is its body read as JSON, None where it is not."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Client:
    """A program that speaks to a server over kept-open connections, one a thread."""

    def __init__(self, url: str, token: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self._headers = dict(headers or {})
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def __del__(self) -> None:
        for connection in self._connections:
            connection.close()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """Send a request; `path` is absolute (`/api/v1/hall`). A connection that was let go is opened again once."""
        sent = {**self._headers, **(headers or {})}
        if key is not None:
            sent["Idempotency-Key"] = key
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        fresh = getattr(self._local, "connection", None) is None
        try:
            return self._send(method, path, data, sent)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if fresh:
                raise
            return self._send(method, path, data, sent)

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            parts = urlsplit(self.url)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
            self._local.connection = connection
            self._connections.append(connection)
        try:
            connection.request(method, path, data, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let this thread's connection go."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._connections.remove(connection)
            self._local.connection = None

    def get(self, path: str) -> Any:
        """The JSON of a GET under /api/v1 that must succeed."""
        answer = self.request("GET", f"/api/v1{path}")
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """A POST under /api/v1."""
        return self.request("POST", f"/api/v1{path}", {} if body is None else body, key=key)

    def do(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """The JSON of a POST under /api/v1 that must succeed."""
        answer = self.post(path, body, key=key)
        assert answer.status in (200, 201), (path, answer.status, answer.body)
        return answer.json


class RunningHall:
    """`antrean run` in a process group of its own; tokens and users are made through it as they are asked for."""

    program: Sequence[str] = (sys.executable, "-m", "server")
    """What is run; a test may put another program around it."""

    def __init__(self, folder: Path, config: Path, *, environ: Mapping[str, str] | None = None, port: int = 0) -> None:
        self.folder, self.config = folder, config
        self.data = folder / "data"
        self.environ = {"ANTREAN_HALL_ALWAYS_OPEN": "true", **(environ or {})}
        self.port = port
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[tuple[str, str | None], str] = {}

    def start(self, *, ready: bool = True) -> RunningHall:
        """Start it; returns when it is ready to serve."""
        note = self.data / "server.json"
        note.unlink(missing_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.program, "run", "--config", str(self.config), "--data", str(self.data),
                 "--port", str(self.port)],
                cwd=ROOT, env={**os.environ, **self.environ}, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: (note.exists() and note.read_text().endswith("}")) or self._died(), START_S, "its address")
        self.url = json.loads(note.read_text())["url"]
        self.port = urlsplit(self.url).port or 0  # the same after a restart
        if ready:
            wait_until(self._ready, START_S, f"ready; see {self.folder / 'server.log'}")
        return self

    def _died(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"it ended: {self.log()}"
        return False

    def _ready(self) -> bool:
        self._died()
        try:
            return Client(self.url).request("GET", "/readyz").status == 200
        except OSError:
            return False

    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "server.log").read_text(errors="replace")

    def stop(self) -> int:
        """Stop it as systemd would; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        """Kill all of its processes at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def client(self, role: str | None = "admin", subject: str | None = None) -> Client:
        """A client with a token of a role; `subject` is the kiosk, counter, board or printers it stands for."""
        return Client(self.url, None if role is None else self.token(role, subject))

    def token(self, role: str, subject: str | None = None) -> str:
        """A token of a role, made once."""
        if (role, subject) not in self._tokens:
            made = self.local().do(
                "/tokens", {"role": role, "name": f"{role} {subject or ''}".strip(), "subject": subject}
            )
            self._tokens[role, subject] = made["token"]
        return self._tokens[role, subject]

    def local(self) -> Client:
        """A client with the data folder's own secret, as the command line has it."""
        return Client(self.url, json.loads((self.data / "secrets.json").read_text())["local_token"])

    def officer(self, name: str, password: str = "sandi-petugas") -> Client:
        """A client that has logged in as an officer, who is made if need be; it sends its CSRF token."""
        self.local().post("/users", {"name": name, "role": "officer", "password": password})
        answer = Client(self.url).post("/session", {"name": name, "password": password})
        assert answer.status == 200, answer.body
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        return Client(self.url, headers={"Cookie": cookie, "X-CSRF-Token": answer.json["csrf"]})

    def antrean(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line on this hall's folder."""
        return subprocess.run(
            [*self.program, *arguments, "--config", str(self.config), "--data", str(self.data)],
            cwd=ROOT, env={**os.environ, **self.environ}, input=stdin, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
