"""Many screens in one process: WebSockets read by one loop, each message stamped when it arrives."""

from __future__ import annotations

import json
import multiprocessing
import selectors
import time
from typing import Any
from urllib.parse import urlsplit

from websocket import ABNF, WebSocket, create_connection


class Screens:
    """Screens in another process. `heard()` gives (key, seconds after the epoch) of each message of one name."""

    def __init__(self, url: str, auths: list[dict[str, Any]], name: str) -> None:
        context = multiprocessing.get_context("fork")
        self._ready, ready = context.Pipe(duplex=False)
        self._stop = context.Event()
        self._process = context.Process(target=_listen, args=(url, auths, name, ready, self._stop))
        self._process.start()
        assert self._ready.recv() == "connected"

    def finish(self) -> list[list[tuple[int, float]]]:
        """Close all; for each screen what it heard: the ticket's (or press's) number and when."""
        self._stop.set()
        found: list[list[tuple[int, float]]] = self._ready.recv()
        self._process.join(10)
        return found


def _open(url: str, auth: dict[str, Any]) -> WebSocket:
    parts = urlsplit(url)
    socket = create_connection(f"ws://{parts.netloc}/socket.io/?EIO=4&transport=websocket", timeout=30)
    assert str(socket.recv()).startswith("0")
    socket.send("40" + json.dumps(auth))
    while not str(socket.recv()).startswith("40"):
        continue
    return socket


def _listen(url: str, auths: list[dict[str, Any]], name: str, ready: Any, stop: Any) -> None:
    sockets = [_open(url, auth) for auth in auths]
    selector = selectors.DefaultSelector()
    heard: list[list[tuple[int, float]]] = [[] for _ in sockets]
    for index, socket in enumerate(sockets):
        assert socket.sock is not None
        selector.register(socket.sock, selectors.EVENT_READ, index)
    ready.send("connected")
    prefix = f'42["{name}"'
    while not stop.is_set():
        for key, _ in selector.select(0.2):
            socket = sockets[key.data]
            code, data = socket.recv_data()
            at = time.time()
            if code != ABNF.OPCODE_TEXT:
                continue
            text = data.decode()
            if text == "2":
                socket.send("3")
            elif text.startswith(prefix):
                message = json.loads(text[2:])[1]
                heard[key.data].append((message["n"] if "n" in message else message["ticket"]["id"], at))
    ready.send(heard)
    for socket in sockets:
        socket.close()
