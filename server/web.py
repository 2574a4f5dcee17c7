"""Flask, less what every request would pay for here and none has a use of (docs/decisions/008)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.routing import MapAdapter


class _NoSessions(SessionInterface):
    """Logins are the house's own cookies (server/auth.py): Flask's session is never opened, and never saved."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return self._none

    def is_null_session(self, obj: object) -> bool:
        return True


class Web(Flask):
    """A Flask application whose views are plain functions, and which tells nobody of its requests.

    Flask's signals are not sent, and functions that would run before a request, at its end, or after those of one
    blueprint only are not called: tests/test_house_rules.py sees to it that there are none. Everything else,
    `after_request` and `errorhandler` of the application included, is as Flask has it.
    """

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is a coroutine, so nobody looks."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Where a request's path leads. One name of the server is as good as another, and none is a subdomain's."""
        if request is None:
            return None
        return MapAdapter(
            self.url_map, request.host, "/", "", request.scheme, request.path, request.method,
            request.environ.get("QUERY_STRING", ""),
        )  # fmt: skip

    def full_dispatch_request(self) -> Response:
        """One request: its view or what handles its error, then the functions after it."""
        try:
            answer = self.dispatch_request()
        except Exception as error:
            answer = self.handle_user_exception(error)
        return self.finalize_request(answer)

    def finalize_request(self, rv: Any, from_error_handler: bool = False) -> Response:
        """The answer as a response, after the application's functions after a request."""
        response = self.make_response(rv)
        for function in self.after_request_funcs.get(None, ()):
            response = cast(Response, function(response))
        return response

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Nothing waits for a request's end."""

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Nothing waits for a request's end."""
