"""The bare things that the house is measured beside: Flask and Flask-SocketIO on the same server, SQLite alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.store.sqlite import connect
from server.supervisor import address_of, listen


@contextmanager
def bare_server() -> Iterator[str]:
    """A bare Flask-SocketIO application on the worker that the house uses; its address.

    POST /echo answers small JSON; POST /press emits one message to all who are connected.
    """
    listener = listen("127.0.0.1", 0)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,))
    process.start()
    try:
        yield address_of(listener)
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGTERM)
        process.join(10)
        listener.close()


def _serve(listener: Any) -> None:
    from gunicorn.app.base import BaseApplication

    class Bare(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for key, value in {
                "bind": f"fd://{listener.fileno()}",
                "worker_class": "gevent",
                "worker_connections": 6000,
                "keepalive": 75,
                "graceful_timeout": 1,
                "loglevel": "error",
                "control_socket_disable": True,
            }.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return _application()

    os.setsid()
    Bare().run()


def _application() -> Any:
    from flask import Flask, jsonify, request
    from flask_socketio import SocketIO

    app = Flask("bare")
    socketio = SocketIO(app, async_mode="gevent", transports=["websocket"])

    @app.post("/echo")
    def echo() -> Any:
        return jsonify({"ok": True, "services": (request.get_json(silent=True) or {}).get("services")})

    @app.post("/press")
    def press() -> Any:
        at = (request.get_json(silent=True) or {}).get("n")
        socketio.emit("ticket.called", {"n": at, "ticket": {"number": "A-001", "state": "called"}, "counter": "1"})
        return jsonify({"ok": True})

    return app


def sqlite_commits(folder: Path, seconds: float) -> float:
    """Durable commits a second of one row each: SQLite with synchronous=FULL and nothing around it."""
    connection: sqlite3.Connection = connect(folder / "bare.db")
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows (text) VALUES ('a ticket')")
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / seconds
