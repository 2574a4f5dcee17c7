"""A load of HTTP requests from a process of its own, over plain sockets, so that the load is not what is measured."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
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
        self._socket.sendall(request)
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
    times: list[list[float]] = [[] for _ in range(clients)]
    failures = [0] * clients
    barrier = threading.Barrier(clients + 1)
    end = [0.0]

    def client(number: int) -> None:
        connection = Connection(url)
        connection.send(make(number, 0))
        barrier.wait()
        n, mine = 1, times[number]
        while (start := time.perf_counter()) < end[0]:
            status, _ = connection.send(make(number, n))
            mine.append(time.perf_counter() - start)
            failures[number] += status >= 400
            n += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    end[0] = time.perf_counter() + seconds + 0.05
    barrier.wait()
    began = time.perf_counter()
    end[0] = began + seconds
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    every = sorted(value for mine in times for value in mine)
    return Load(
        len(every) / took,
        1000 * (percentile(every, 0.5) or 0),
        1000 * (percentile(every, 0.99) or 0),
        sum(failures),
    )
