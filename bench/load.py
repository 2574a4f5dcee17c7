"""A load of HTTP requests from a process of its own, over plain sockets, so that the load is not what is measured."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from server.domain.waiting import percentile


@dataclass(frozen=True)
class Load:
    """What a load measured: requests a second, and the times of single requests in milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    failures: int


class Connection:
    """One kept-open HTTP connection that sends ready-made bytes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; the status and the body of its answer."""
        self.start(request)
        return self.finish()

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def start(self, request: bytes) -> None:
        """Send a request and do not wait."""
        self._socket.sendall(request)

    def finish(self) -> tuple[int, bytes]:
        """The status and the body of the answer to the request that was started."""
        data = self._socket.recv(65536)
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def request_bytes(url: str, method: str, path: str, body: bytes = b"", token: str = "", key: str = "") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"Content-Length: {len(body)}"]
    if body:
        lines.append("Content-Type: application/json")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if key:
        lines.append(f"Idempotency-Key: {key}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(url: str, make: Callable[[int, int], bytes], clients: int, seconds: float) -> Load:
    """Send `make(client, n)` from so many clients at once for some seconds, from another process."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(_load(url, make, clients, seconds)))
    process.start()
    result: Load = receiver.recv()
    process.join()
    return result


def _load(url: str, make: Callable[[int, int], bytes], clients: int, seconds: float) -> Load:
    """All clients in one loop, each with one request under way: threads would fight over the interpreter."""
    selector = selectors.DefaultSelector()
    for number in range(clients):
        connection = Connection(url)
        connection.send(make(number, 0))
        selector.register(connection, selectors.EVENT_READ, number)
    times: list[float] = []
    failures = 0
    sent = [0.0] * clients
    count = [1] * clients

    def send(connection: Connection, number: int) -> None:
        request = make(number, count[number])
        count[number] += 1
        sent[number] = time.perf_counter()
        connection.start(request)

    began = time.perf_counter()
    end = began + seconds
    for key in list(selector.get_map().values()):
        send(key.fileobj, key.data)  # type: ignore[arg-type]
    open_requests = clients
    while open_requests:
        for key, _ in selector.select(60):
            connection, number = cast(Connection, key.fileobj), key.data
            status, _ = connection.finish()
            now = time.perf_counter()
            times.append(now - sent[number])
            failures += status >= 400
            if now < end:
                send(connection, number)
            else:
                open_requests -= 1
                selector.unregister(connection)
    took = time.perf_counter() - began
    times.sort()
    return Load(
        len(times) / took, 1000 * (percentile(times, 0.5) or 0), 1000 * (percentile(times, 0.99) or 0), failures
    )
