"""The edge of /api/v1: who is asking, what they sent, idempotency, errors of one shape, OpenAPI."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, TypeVar

from flask import Blueprint, Response, g, request
from pydantic import Field, TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException

from server.auth import CSRF_HEADER, DEVICE_HEADER, Caller, identify, may
from server.domain.actors import VISITOR, Actor
from server.domain.errors import DomainError, Invalid
from server.domain.hall import Hall
from server.house import House
from server.shape import read
from server.store import Reader, Tx
from server.wire import encode

T = TypeVar("T")
PREFIX = "/api/v1"
MAX_BODY = 64 * 1024
MAX_KEY = 200
MAX_ID = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exact; no id comes near."""
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
"""A ticket's id in a request's body."""
PROBLEM_JSON = "application/problem+json"
REMEMBERED = (409,)


class Refused(Exception):
    """A request that is turned away at the edge: status, stable code, words, and what is wrong where."""

    def __init__(
        self, status: int, code: str, detail: str, errors: list[tuple[str, str]] | None = None, retry_after_s: float = 0
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors = errors or []
        self.retry_after_s = retry_after_s


def problem(status: int, code: str, detail: str, errors: list[tuple[str, str]], **facts: Any) -> dict[str, Any]:
    """Problem details after RFC 9457, with a stable code and the fields at fault."""
    return {
        **facts,
        "type": f"urn:antrean:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"path": path, "message": message} for path, message in errors],
    }


def problem_of(error: DomainError) -> dict[str, Any]:
    """A refusal of the queue as problem details."""
    errors = [(error.field, error.detail)] if error.field else []
    return problem(error.status, error.code, error.detail, errors, **error.facts)


class Answer(Response):
    """A JSON response: one piece of which nothing is still to be found out when it is sent."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        body: Iterable[bytes] = self.response  # type: ignore[assignment]
        return () if environ["REQUEST_METHOD"] == "HEAD" else body


def answer(status: int, text: str) -> Answer:
    """A JSON response; problem details where the status says so. Never kept by caches."""
    kind = PROBLEM_JSON if status >= 400 else "application/json"
    return Answer(text, status, _JSON_HEADERS, content_type=kind)


_JSON_HEADERS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


@dataclass(frozen=True, slots=True)
class Route:
    """What OpenAPI tells of one call."""

    method: str
    path: str
    summary: str
    body: type | None
    action: str | None
    statuses: tuple[int, ...]
    optional: tuple[tuple[str, str], ...]
    """Parameters that may be left out: where they stand, and their names."""


class Api:
    """Registers the calls of /api/v1 on a blueprint, each with who may and what it takes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
        self.routes: list[Route] = []
        self.blueprint.register_error_handler(DomainError, lambda error: _send_problem(problem_of(error)))
        self.blueprint.register_error_handler(Refused, _refused)
        self.blueprint.register_error_handler(HTTPException, http_problem)

    def get(
        self, path: str, may_: str | None = None, *, asks: tuple[str, ...] = (), own: str | None = None
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A reading call `f(actor, **path) -> JSON`; `may_` None lets everybody in (actor may be None).

        `asks` are the query parameters that it reads; `own` names the path value that the actor's own thing is
        compared with.
        """

        def register(f: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(f)
            def view(**path_values: Any) -> Response:
                caller = self._caller(may_, path_values.get(own) if own else None)
                _check_ids(path_values)
                body = f(caller.actor, **path_values)
                return body if isinstance(body, Response) else answer(200, encode(body))

            self._add("GET", path, f, view, None, may_, (200,), tuple(("query", name) for name in asks))
            return f

        return register

    def post(
        self, path: str, body: type | None, may_: str | None, *, status: int = 200, most: int = MAX_BODY,
        own: str | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A call `f(actor, body, **path) -> JSON` that is no command of its own (it may run several).

        `most` is the size of the largest body that is read, in bytes; `own` as in `get`.
        """

        def register(f: Callable[..., Any]) -> Callable[..., Any]:
            adapter: TypeAdapter[Any] | None = TypeAdapter(body) if body else None

            @wraps(f)
            def view(**path_values: Any) -> Response:
                caller = self._caller(may_, path_values.get(own) if own else None)
                _check_ids(path_values)
                result = f(caller.actor, _shaped(adapter, _body(most)), **path_values)
                return result if isinstance(result, Response) else answer(status, encode(result))

            self._add("POST", path, f, view, body, may_, (status,))
            return f

        return register

    def command(
        self,
        path: str,
        body: type | None,
        may_: str | None,
        *,
        status: int = 200,
        most: int = MAX_BODY,
        own: str | None = None,
        limit: Callable[[Actor], tuple[str, float] | None] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A command `f(tx, hall, actor, body, **path) -> JSON`: one transaction, idempotent by key.

        `most` and `own` are as in `post`; `limit` gives the
        name and the rate a second of a limit on the actor. `may_` None is for what an unguessable code in the
        path allows: whoever asks is a visitor, and neither cookies nor tokens are looked at.
        """

        def register(f: Callable[..., Any]) -> Callable[..., Any]:
            adapter: TypeAdapter[Any] | None = TypeAdapter(body) if body else None

            @wraps(f)
            def view(**path_values: Any) -> Response:
                known = VISITOR if may_ is None else self._caller(may_, path_values.get(own) if own else None).actor
                assert known is not None
                actor = known
                _check_ids(path_values)
                if limit is not None:
                    self._take(limit(actor), actor)
                body_bytes = _body(most)
                shaped = _shaped(adapter, body_bytes)
                return self._run(actor, body_bytes, status, lambda tx, hall: f(tx, hall, actor, shaped, **path_values))

            self._add("POST", path, f, view, body, may_, (status, 409), (("header", "Idempotency-Key"),))
            return f

        return register

    def _take(self, limit: tuple[str, float] | None, actor: Actor) -> None:
        if limit is not None:
            what, per_second = limit
            wait_s = self.house.limiter.take(what, actor.id, per_second, 1.0)
            if wait_s:
                raise Refused(429, "too_many", "too many at once; wait a moment", retry_after_s=wait_s)

    def _add(
        self,
        method: str,
        path: str,
        f: Callable[..., Any],
        view: Callable[..., Response],
        body: type | None,
        action: str | None,
        statuses: tuple[int, ...],
        optional: tuple[tuple[str, str], ...] = (),
    ) -> None:
        name = f"{method}_{path}".replace("/", "_").replace(".", "_")
        self.blueprint.add_url_rule(path, name, view, methods=[method])
        summary = (f.__doc__ or "").strip().split("\n")[0]
        self.routes.append(Route(method, path, summary, body, action, statuses, optional))

    def _caller(self, action: str | None, subject: str | None = None) -> Caller:
        """Who is asking, if they may. Raises Refused 401, 403."""
        caller = self.identify()
        if caller.wrong:
            raise Refused(401, "unauthorized", "this token is not known here")
        if action is not None:
            if caller.actor is None:
                raise Refused(401, "unauthorized", "log in, or send a token")
            if not may(caller.actor, action, subject):
                raise Refused(403, "forbidden", f"a {caller.actor.role} may not do this")
        if request.method != "GET" and caller.cookie:
            shown = request.headers.get(CSRF_HEADER, "")
            if not self.house.keys.csrf_is_right(caller.secret, shown):
                raise Refused(403, "csrf", "the page is out of date; load it again")
        return caller

    def identify(self) -> Caller:
        """Who is asking, whatever they ask; read once a request."""
        known: Caller | None = g.get("caller")
        if known is None:
            known = caller_of(self.house)
            g.caller = known
        return known

    def _run(self, actor: Actor, body: bytes, status: int, command: Callable[[Tx, Hall], Any]) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 1 <= len(key) <= MAX_KEY:
            raise Refused(
                400, "invalid", f"Idempotency-Key has 1 to {MAX_KEY} characters", [("Idempotency-Key", "length")]
            )
        route = f"{request.method} {request.path}"
        request_hash = hashlib.sha256(body).digest()
        catalogues = self.house.catalogues

        def run(tx: Tx) -> tuple[int, str]:
            if key is not None:
                first = tx.answered(actor.id, route, key)
                if first is not None:
                    if first[0] != request_hash:
                        raise Invalid("idempotency_mismatch", "this Idempotency-Key came with another body before")
                    return first[1], first[2]
            try:
                code, text = status, encode(command(tx, catalogues.hall(tx)))
            except DomainError as error:
                if key is None or error.status not in REMEMBERED:
                    raise
                tx.undo_all()
                code, text = error.status, encode(problem_of(error))
            if key is not None:
                tx.remember_answer(actor.id, route, key, request_hash, code, text)
            return code, text

        return answer(*self.house.store.write(run))

    def openapi(self) -> dict[str, Any]:
        """What the server can do, as OpenAPI 3.1."""
        paths: dict[str, dict[str, Any]] = {}
        schemas: dict[str, Any] = {}
        for route in self.routes:
            operation: dict[str, Any] = {
                "summary": route.summary,
                "x-action": route.action,
                "responses": {
                    **{str(status): {"description": HTTPStatus(status).phrase} for status in route.statuses},
                    "default": {"description": "problem details", "content": {PROBLEM_JSON: {"schema": _PROBLEM}}},
                },
            }
            names = [part.split(":")[-1].rstrip(">") for part in route.path.split("<")[1:]]
            names = [name.split(">")[0] for name in names]
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ] + [
                {"name": name, "in": where, "required": False, "schema": {"type": "string"}}
                for where, name in route.optional
            ]
            if route.body is not None:
                schema = TypeAdapter(route.body).json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(schema.pop("$defs", {}))
                operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
            where = PREFIX + _openapi_path(route.path)
            paths.setdefault(where, {})[route.method.lower()] = operation
        return {
            "openapi": "3.1.0",
            "info": {"title": "Antrean", "version": self.house.version},
            "paths": paths,
            "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        }


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def _openapi_path(path: str) -> str:
    out = []
    for part in path.split("/"):
        out.append("{" + part.strip("<>").split(":")[-1] + "}" if part.startswith("<") else part)
    return "/".join(out)


def caller_of(house: House) -> Caller:
    """Who sent the present HTTP request."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    if bearer is not None:
        return identify(house.store, house.keys, bearer)
    return identify(house.store, house.keys, None, request.headers.get(DEVICE_HEADER), request.cookies)


def reading(house: House, f: Callable[[Reader, Hall, int], T]) -> T:
    """Run a short read on one consistent view: `f(reader, hall, now_ms)`."""
    with house.store.read() as reader:
        return f(reader, house.catalogues.hall(reader), house.store.now_ms())


def _check_ids(path_values: Mapping[str, Any]) -> None:
    """Nothing has an id that the store could not even look up. Raises Refused."""
    if any(isinstance(value, int) and value > MAX_ID for value in path_values.values()):
        raise Refused(404, "not_found", "nothing has this id")


def _body(most: int) -> bytes:
    """The request's body, none at all being an empty JSON object. Raises Refused."""
    length = request.content_length
    if length is not None:
        if length > most:
            raise Refused(413, "too_large", f"a request has at most {most} bytes")
        raw: bytes = request.environ["wsgi.input"].read(length)  # one read; the framework's layers take several
        return raw or b"{}"
    request.max_content_length = most + 1  # a body of unsaid length is cut off there: one more than may be
    raw = request.get_data(cache=False)
    if len(raw) > most:
        raise Refused(413, "too_large", f"a request has at most {most} bytes")
    return raw or b"{}"


def _document(raw: bytes) -> Mapping[str, Any]:
    """A body as a plain document. Raises Refused."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "the body is not JSON", [("", "is not JSON")]) from None
    if not isinstance(document, dict):
        raise Refused(400, "not_json", "the body is not a JSON object", [("", "is not a JSON object")])
    return document


def _shaped(adapter: TypeAdapter[Any] | None, raw: bytes) -> Any:
    """A body in the shape that a call takes. Raises Refused with everything that is wrong with it."""
    if adapter is not None:
        try:
            return adapter.validate_json(raw)
        except ValidationError:
            pass  # read again below, with words for each fault
    document = _document(raw)
    found: list[tuple[str, str]] = []
    if adapter is None:
        if document:
            read(_NOTHING, document, found)
            raise Refused(422, "invalid", "this call takes nothing", found)
        return None
    value = read(adapter, document, found)
    if value is None:
        detail = "; ".join(f"{path}: {message}" for path, message in found)
        raise Refused(422, "invalid", detail, found)
    return value


@dataclass(frozen=True, slots=True)
class _Nothing:
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


_NOTHING = TypeAdapter(_Nothing)


def _send_problem(body: dict[str, Any]) -> Response:
    return answer(body["status"], encode(body))


def _refused(error: Refused) -> Response:
    response = _send_problem(problem(error.status, error.code, error.detail, error.errors))
    if error.retry_after_s:
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "invalid"}


def http_problem(error: HTTPException) -> Response:
    """What the framework refuses by itself, such as a method that an address does not take, as problem details."""
    status = error.code or 500
    code = _HTTP_CODES.get(status, "error" if status < 500 else "internal")
    response = _send_problem(problem(status, code, error.description or "", []))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
