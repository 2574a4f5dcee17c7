"""The web server process: the only place, with `store/threads.py`, that knows the async mode."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.config import Settings
from server.supervisor import die_with

if TYPE_CHECKING:
    from server.app import Running

log = logging.getLogger("antrean")

STAFF_CONNECTIONS = 2_000
"""Connections kept for staff, devices and passing requests beside the phones' sockets."""
GRACEFUL_S = 2
KEEPALIVE_S = 75
GARBAGE = 20_000
SWITCH_S = 0.0001


def serve(settings: Settings, folder: Path, listener: socket.socket, worker_token: str) -> None:
    """Serve until SIGTERM. The data folder's lock is held by the caller, and `listener` listens."""
    _raise_descriptor_limit()
    # A commit that is done in its native thread gets the interpreter back after this long at most, not after 5 ms.
    sys.setswitchinterval(SWITCH_S)
    {"gevent": _gevent, "eventlet": _eventlet, "threading": _threading}[settings.server.async_mode](
        settings, folder, listener, worker_token
    )


def _raise_descriptor_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _create(settings: Settings, folder: Path, worker_token: str, mode: str) -> Running:
    from server.app import create  # after the monkey patching of the mode

    running = create(settings, folder, worker_token=worker_token, async_mode=mode)
    # What is there now stays: the collector need not walk it again and again while requests wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    return running


def _gevent(settings: Settings, folder: Path, listener: socket.socket, worker_token: str) -> None:
    import gevent
    from gunicorn.app.base import BaseApplication
    from gunicorn.workers.ggevent import GeventWorker

    class Application(BaseApplication):  # type: ignore[misc]
        """One gevent worker on a socket that is open already."""

        running: Running

        def load_config(self) -> None:
            descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            wanted = settings.limits.public_sockets * 2 + STAFF_CONNECTIONS
            for key, value in {
                "bind": f"fd://{listener.fileno()}",
                "worker_class": Worker,
                "workers": 1,
                "worker_connections": max(100, min(wanted, descriptors - 200)),
                "keepalive": KEEPALIVE_S,
                "graceful_timeout": GRACEFUL_S,
                "timeout": 60,
                "loglevel": "warning",
                "control_socket_disable": True,
            }.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            self.running = _create(settings, folder, worker_token, "gevent")
            return self.running.app

    class Worker(GeventWorker):  # type: ignore[misc]
        """Tells the screens to come back before it stops."""

        def init_process(self) -> None:
            # Not a moment longer than its parent: the next web server's writer must be the only one.
            die_with(self.ppid)
            super().init_process()

        def handle_exit(self, sig: int, frame: Any) -> None:
            gevent.spawn(self._leave, sig, frame)

        def _leave(self, sig: int, frame: Any) -> None:
            self.app.running.say_goodbye()
            super().handle_exit(sig, frame)

    Application().run()


def _eventlet(settings: Settings, folder: Path, listener: socket.socket, worker_token: str) -> None:
    import eventlet
    import eventlet.wsgi

    eventlet.monkey_patch()
    running = _create(settings, folder, worker_token, "eventlet")
    green = eventlet.greenio.GreenSocket(listener)

    main, hub = eventlet.getcurrent(), eventlet.hubs.get_hub()

    def leave() -> None:
        running.say_goodbye()
        eventlet.spawn_after(GRACEFUL_S, os._exit, 0)  # requests that wait longer are not waited for
        eventlet.kill(main, SystemExit, 0)

    # In a task of its own: the hub itself must not wait for anything.
    signal.signal(signal.SIGTERM, lambda sig, frame: hub.schedule_call_global(0, eventlet.spawn, leave))
    eventlet.wsgi.server(green, running.app, log=logging.getLogger("antrean.eventlet"), log_output=False)


def _threading(settings: Settings, folder: Path, listener: socket.socket, worker_token: str) -> None:
    import threading

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        """Keeps connections open, and does not log each request."""

        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """A hall's requests are nobody's business."""

    running = _create(settings, folder, worker_token, "threading")
    host, port = listener.getsockname()[:2]
    server = make_server(host, port, running.app, threaded=True, request_handler=Handler, fd=listener.fileno())

    def leave(sig: int, frame: Any) -> None:
        threading.Thread(target=_stop, daemon=True).start()

    def _stop() -> None:
        running.say_goodbye()
        server.shutdown()

    signal.signal(signal.SIGTERM, leave)
    server.serve_forever(poll_interval=0.2)
