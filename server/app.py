"""The composition root: puts the rooms together into one web application."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_socketio import SocketIO
from werkzeug.exceptions import Forbidden, MethodNotAllowed

import counter.routes
import display.routes
import kiosk.routes
import server.admin.routes
import server.oversight.routes
import server.reports.pages
import server.reports.routes
import server.reports.satisfaction_routes
import server.survey.routes
import server.visitor.paper
import server.visitor.routes
from server import (
    VERSION,
    access_routes,
    board_routes,
    enrolment_routes,
    hall_routes,
    metrics,
    pages,
    printing_routes,
    retention_routes,
    sockets,
)
from server.api import MAX_BODY, PREFIX, Answer, Api, answer, http_problem, problem
from server.auth import Keys
from server.board_media import MediaFolder
from server.broadcast import Broadcaster
from server.chores import Chores
from server.config import Settings
from server.house import House, load_secrets, policy_of
from server.limits import Limiter
from server.public import PublicLimit
from server.reckoner import Reckoner
from server.rollups import Rollups
from server.slip_style import slip_style
from server.store.sqlite import DATABASE, SqliteStore
from server.store.threads import threads_for
from server.web import Web
from server.wire import encode

log = logging.getLogger("antrean")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

LET_GO_S = 1.0
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; style-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)


@dataclass(frozen=True, slots=True)
class Running:
    """A web application and what its server must know to start and stop it."""

    app: Flask
    socketio: SocketIO
    house: House
    broadcaster: Broadcaster

    def say_goodbye(self) -> None:
        """Tell every screen to come back, and let go of them."""
        self.socketio.emit("server.restarting", {})
        self.house.threads.sleep(0.05)
        open_sockets = self.socketio.server.eio.sockets
        for sid in list(open_sockets):
            # Each in a task of its own: one that takes nothing any more must not keep the others.
            self.house.threads.spawn(self._let_go, sid)
        deadline = time.monotonic() + LET_GO_S
        while open_sockets and time.monotonic() < deadline:
            self.house.threads.sleep(0.02)

    def _let_go(self, sid: str) -> None:
        try:
            self.socketio.server.eio.disconnect(sid)
        except KeyError:
            log.debug("a screen was gone before it was let go")


def create(settings: Settings, folder: Path, *, worker_token: str, async_mode: str) -> Running:
    """The application on a data folder whose lock is held; starts the writer and the background tasks.

    To be called in the process, and after the monkey patching, in which it will run.
    """
    threads = threads_for(async_mode)
    store = SqliteStore(folder / DATABASE, threads=threads)
    found = load_secrets(folder)
    house = House(
        store=store,
        settings=settings,
        policy=policy_of(settings),
        keys=Keys(found.secret_key, found.local_token, worker_token),
        threads=threads,
        folder=folder,
        version=VERSION,
        printing=threads.signal(),
        limiter=Limiter(),
        reckoner=Reckoner(folder / DATABASE),
        slip_style=slip_style(settings),
        media=MediaFolder(folder / settings.boards.media),
    )
    with store.read() as reader:
        house.loudspeakers.expect(reader.speakers().values())
    app = Web("server", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    without_sockets = app.wsgi_app
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        transports=["websocket"],
        ping_interval=5,
        ping_timeout=5,
        max_http_buffer_size=MAX_BODY,
        manage_session=False,
        cors_allowed_origins=None,
    )
    broadcaster = Broadcaster(house, lambda name, message, room: socketio.emit(name, message, to=room))
    store.on_commit(broadcaster.wake)
    api = Api(house)
    for room in (hall_routes, kiosk.routes, counter.routes, display.routes, server.visitor.routes,
                 server.reports.routes, access_routes, printing_routes, server.oversight.routes, board_routes,
                 enrolment_routes, server.reports.satisfaction_routes, server.survey.routes,
                 retention_routes):  # fmt: skip
        room.register(api)
    app.register_blueprint(api.blueprint)
    for surface in (kiosk.routes, counter.routes, display.routes, server.visitor.routes, server.visitor.paper,
                    server.admin.routes, server.oversight.routes, server.survey.routes,
                    server.reports.satisfaction_routes, server.reports.pages):  # fmt: skip
        app.register_blueprint(surface.pages(house))
    app.register_blueprint(metrics.pages(house, broadcaster))
    store.on_commit(sockets.register(house, socketio, broadcaster))
    finish(app)
    app.wsgi_app = PublicLimit(_by_path(app.wsgi_app, without_sockets), house)  # type: ignore[method-assign, assignment]
    chores = Chores(house, broadcaster)
    for task in (broadcaster.run, broadcaster.run_phones, broadcaster.run_sync, chores.run, chores.run_forgetting,
                 Rollups(house).run):  # fmt: skip
        threads.spawn(task)
    return Running(app, socketio, house, broadcaster)


def _by_path(sockets: Application, others: Application) -> Application:
    """Only what is for sockets goes through the layers of Socket.IO; they cost a plain request 5 %."""

    def choose(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        application = sockets if environ["PATH_INFO"].startswith("/socket.io/") else others
        return application(environ, start)

    return choose


def finish(app: Flask) -> None:
    """What every answer carries, and what a browser is shown where a page cannot be (a program: problem details)."""

    @app.after_request
    def protect(response: Response) -> Response:
        if isinstance(response, Answer):
            return response
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if request.path.startswith("/static/vendor/"):
            response.headers["Cache-Control"] = "public, max-age=604800"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-cache"
        return response

    @app.errorhandler(405)
    def wrong_method(error: MethodNotAllowed) -> Response | MethodNotAllowed:
        return http_problem(error) if request.path.startswith(PREFIX) else error

    @app.errorhandler(404)
    def not_found(error: Any) -> Response | tuple[str, int]:
        if request.path.startswith(PREFIX):
            return answer(404, encode(problem(404, "not_found", "there is no such call", [])))
        return pages.instead("missing"), 404

    @app.errorhandler(403)
    def refused(error: Forbidden) -> Response | tuple[str, int]:
        return http_problem(error) if request.path.startswith(PREFIX) else (pages.instead("refused"), 403)

    @app.errorhandler(500)
    def failed(error: Any) -> Response | tuple[str, int]:
        if request.path.startswith(PREFIX):
            return answer(500, encode(problem(500, "internal", "something went wrong here; it was logged", [])))
        return pages.instead("failed"), 500
