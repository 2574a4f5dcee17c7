"""Bad input at every call: a clear refusal that names the field, and nothing changed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.wide_hall import empty, fingerprint
from tests.harness import Answer, Client, RunningHall

HUGE = 10**30
NINE = {f"u{n}": 4 for n in range(1, 10)}
VALID: dict[str, dict[str, Any]] = {
    "/tickets": {"services": ["one"], "priority": "elderly", "party_size": 2, "language": "en"},
    "/session": {"name": "siti", "password": "not the right one"},
    "/users": {"name": "Rini", "role": "officer", "password": "sandi-petugas", "replace": False},
    "/tokens": {"role": "kiosk", "name": "a kiosk", "subject": "kiosk-1"},
    "/users/bar": {"name": "siti"},
    "/tokens/revoke": {"id": "0123456789ab"},
    "/archives": {"month": "2026-01"},
    "/print-jobs/claim": {"printers": ["printer-1"], "wait_s": 0.5, "session": "a1"},
    "/print-jobs/{job}/report": {"state": "failed", "reason": "paper", "retry": True},
    "/printers/{printer}/status": {"state": "offline", "reason": "no answer"},
    "/displays/{display}/voice": {"session": "abcdefgh", "sound": "none", "playing": None, "played": [], "failed": []},
    "/displays/{display}/media": {"broken": []},
    "/counters/{counter}/open": {"take_over": False, "expect": None},
    "/counters/{counter}/pause": {"reason": "salat", "expect": None},
    "/counters/{counter}/call": {"ticket": 1, "expect": None},
    "/counters/{counter}/restore": {"ticket": 1, "expect": None},
    "/counters/{counter}/resume": {"ticket": 1, "expect": None},
    "/counters/{counter}/hold": {"note": "tunggu KK", "expect": None},
    "/counters/{counter}/finish": {"outcome": None, "documents": [], "expect": None},
    "/counters/{counter}/no-show": {"ticket": None, "expect": None},
    "/counters/{counter}/transfer": {"service": "two", "counter": None, "note": None, "return": False, "expect": None},
    "/counters/{counter}/direct": {"service": None, "party_size": 1, "priority": None, "expect": None},
    "/counters/{counter}/profile": {"profile": None, "expect": None},
    "/counters/{counter}/acknowledge": {"message": 1},
    "/tickets/{ticket}/move": {"service": "two", "counter": None, "note": None},
    "/services/{service}/hours": {"override": "closed", "reason": "a", "reason_en": "b", "until": "24:00"},
    "/agencies/{agency}/hours": {"override": "closed", "reason": "a", "reason_en": "b", "until": "24:00"},
    "/messages": {"text": "Rapat", "counters": ["1"], "urgent": False},
    "/board-messages": {"text": {"id": "Halo", "en": "Hello"}, "first_day": "", "last_day": "", "zones": [],
                        "boards": [], "paused": False, "position": 1},
    "/board-messages/{message}": {"text": None, "first_day": None, "last_day": None, "zones": None, "boards": None,
                                  "paused": None, "position": None},
    "/emergency": {"text": {"id": "Keluar", "en": "Leave"}, "zones": ["a"]},
    "/emergency/clear": {"since": None},
    "/display-enrolments/{code}/accept": {"display": "board-a", "board": None},
    "/visits/{code}/survey": {"ticket": 1, "answers": NINE, "comment": "baik", "respondent": {"age": "60_over"}},
    "/counters/{counter}/survey": {"ticket": 1, "answers": NINE, "comment": None, "respondent": None},
    "/surveys/comments/{ticket}": {"state": "shown"},
    **{
        f"/counters/{{counter}}/{verb}": {"expect": None}
        for verb in ("close", "call-next", "recall", "start", "requeue", "undo")
    },
}
"""For each call a body that only its faults can make wrong."""
TAKES_NOTHING = ("/tickets/{ticket}/cancel", "/tickets/{ticket}/reprint", "/session/end", "/clock/accept",
                 "/printers/{printer}/test", "/alerts/{alert}/acknowledge", "/board-messages/{message}/delete",
                 "/display-enrolments", "/display-enrolments/{code}/refuse",
                 "/voice/{zone}/test", "/reports/rebuild")  # fmt: skip
EVERY_POST = [*VALID, *TAKES_NOTHING, "/catalogue"]
PATH_VALUES = {"{ticket}": "1", "{counter}": "1", "{job}": "1", "{printer}": "printer-1", "{service}": "one",
               "{agency}": "x", "{alert}": "1", "{message}": "1", "{code}": "AAAAAA", "{display}": "board-a",
               "{zone}": "a"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def a_hall_at_work(wide_hall: RunningHall) -> None:
    """A ticket and an open counter, so that what should be refused would have something to change; and who asks."""
    empty(wide_hall)
    for role, subject in (("admin", None), ("printer", "printer-1"), ("printer", None), ("display", "board-a"),
                          ("survey", "1")):  # fmt: skip
        wide_hall.token(role, subject)
    wide_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    wide_hall.client("counter", "1").do("/counters/1/open")


@pytest.fixture
def unchanged(wide_hall: RunningHall) -> Iterator[None]:
    """Nothing may be different afterwards, in any table."""
    before = fingerprint(wide_hall)
    yield
    assert fingerprint(wide_hall) == before


def address(path: str) -> str:
    for name, value in PATH_VALUES.items():
        path = path.replace(name, value)
    return f"/api/v1{path}"


def caller(hall: RunningHall, path: str) -> Client:
    if path.startswith("/print") and not path.endswith("/test"):
        return hall.client("printer", "printer-1")
    if path.startswith("/displays/"):
        return hall.client("display", "board-a")
    if path == "/counters/{counter}/survey":
        return hall.client("survey", "1")
    return hall.client("admin")


def post(hall: RunningHall, path: str, raw: bytes, **headers: str) -> Answer:
    return caller(hall, path).request("POST", address(path), raw=raw, headers=headers)


def assert_refused(answer: Answer, statuses: tuple[int, ...], field: str | None = None) -> None:
    assert answer.status in statuses, (answer.status, answer.body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert set(problem) >= {"type", "title", "status", "code", "detail", "errors"}
    assert problem["status"] == answer.status
    assert (
        problem["code"].replace("_", "").isalpha() and problem["detail"] and problem["type"].endswith(problem["code"])
    )
    if field is not None:
        paths = [error["path"] for error in problem["errors"]]
        assert paths == [field], (field, problem)
        assert problem["errors"][0]["message"]


def faults(schema: dict[str, Any], valid: Any) -> list[Any]:
    """Values that a field of this schema cannot have."""
    options = schema.get("anyOf", [schema])
    types = {option.get("type") for option in options}
    wrong: list[Any] = [[[1]], float("nan")]
    if not any("$ref" in option or option.get("type") == "object" for option in options):
        wrong.append({"a": 1})
    if "null" not in types:
        wrong.append(None)
    if "boolean" not in types:
        wrong.append(True)
    if types & {"integer", "number"}:
        wrong += ["1", "", HUGE, -HUGE]
    if "integer" in types:
        wrong += [1.5, 0 if schema.get("anyOf") or valid == 1 else -1]
    if "string" in types or "enum" in schema:
        wrong += [5, ["x"]]
    if "enum" in schema or any("enum" in option for option in options):
        wrong += ["", "nonsense", "x" * 10_000]
    if "array" in types:
        numbers = any(option.get("items", {}).get("type") == "integer" for option in options)
        wrong += ["one", {"0": "one"}, [None], ["one"] if numbers else [5], [True]]
    if "boolean" in types:
        wrong += [0, 1, "true"]
    return wrong


def test_every_call_that_takes_a_body_is_tested(wide_hall: RunningHall) -> None:
    paths = wide_hall.client(None).get("/openapi.json")["paths"]
    assert {path.removeprefix("/api/v1") for path, calls in paths.items() if "post" in calls} == set(EVERY_POST)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", VALID)
def test_a_field_of_the_wrong_kind_is_named(path: str, wide_hall: RunningHall) -> None:
    published = wide_hall.client(None).get("/openapi.json")["paths"][f"/api/v1{path}"]["post"]
    schema = published["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == set(VALID[path]), "the body above is not the whole of it"
    for name, shape in schema["properties"].items():
        for wrong in faults(shape, VALID[path][name]):
            answer = post(wide_hall, path, json.dumps({**VALID[path], name: wrong}).encode())
            takes_list = "array" in {option.get("type") for option in shape.get("anyOf", [shape])}
            field = f"{name}[0]" if takes_list and isinstance(wrong, list) else name
            assert_refused(answer, (422,), field)
        if name in schema.get("required", []):
            without = {key: value for key, value in VALID[path].items() if key != name}
            assert_refused(post(wide_hall, path, json.dumps(without).encode()), (422,), name)
    assert_refused(post(wide_hall, path, json.dumps({**VALID[path], "extra": 1}).encode()), (422,), "extra")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", TAKES_NOTHING)
def test_a_call_that_takes_nothing_takes_nothing(path: str, wide_hall: RunningHall) -> None:
    assert_refused(post(wide_hall, path, b'{"extra": 1}'), (422,), "extra")


NOT_JSON = {
    "half": b'{"services": ["one"]',
    "nothing like it": b"services=one&party_size=2",
    "a list": b'[{"services": ["one"]}]',
    "a text": b'"one"',
    "a number": b"5",
    "null": b"null",
    "not UTF-8": b'{"services": ["\xff\xfe"]}',
    "a bomb": b"[" * 60_000,
    "nested": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a number of 10,000 digits": b'{"party_size": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", EVERY_POST)
def test_what_is_no_json_object_is_refused(path: str, wide_hall: RunningHall) -> None:
    for raw in NOT_JSON.values():
        assert_refused(post(wide_hall, path, raw), (400, 422))
    for raw in (NOT_JSON["half"], NOT_JSON["a list"], NOT_JSON["null"]):
        answer = post(wide_hall, path, raw)
        assert (answer.status, answer.json["code"]) == (400, "not_json")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", EVERY_POST)
@pytest.mark.parametrize("raw", [b'{"\\ud800": 1}', b'{"\\udfff": "\\ud800"}', b'{"a": {"\\ud800": 1}}'])
def test_a_key_that_is_no_text_is_refused_like_any_other(path: str, raw: bytes, wide_hall: RunningHall) -> None:
    assert_refused(post(wide_hall, path, raw), (422,))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", EVERY_POST)
def test_more_than_64_kib_is_refused_unread(path: str, wide_hall: RunningHall) -> None:
    most_kib = 4 * 1024 if path == "/catalogue" else 64  # a large hall's catalogue is larger
    body = json.dumps({"services": ["one"], "filler": "x" * (most_kib + 1) * 1024}).encode()
    answer = post(wide_hall, path, body)
    assert_refused(answer, (413,))
    assert answer.json["code"] == "too_large"


@pytest.mark.usefixtures("unchanged")
def test_more_than_64_kib_is_refused_also_when_its_length_is_not_said(wide_hall: RunningHall) -> None:
    parts = urlsplit(wide_hall.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    chunks = iter([b'{"services": ["one"], "filler": "', *[b"x" * 1024] * 65, b'"}'])
    headers = {"Authorization": f"Bearer {wide_hall.token('admin')}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/tickets", chunks, headers, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_64_kib_are_not_too_much(wide_hall: RunningHall) -> None:
    body = b'{"services": ["one"]}'.ljust(64 * 1024)
    assert post(wide_hall, "/tickets", body).status == 201


@pytest.mark.usefixtures("unchanged")
def test_a_method_that_an_address_does_not_take(wide_hall: RunningHall) -> None:
    published = wide_hall.client(None).get("/openapi.json")["paths"]
    for path, calls in published.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {call.upper() for call in calls}:
            where = address(path.removeprefix("/api/v1").replace("{code}", "A" * 16).replace("{display}", "board-a"))
            answer = wide_hall.client("admin").request(method, where, {} if method != "GET" else None)
            assert_refused(answer, (405,))
            assert {call.upper() for call in calls} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "path",
    [
        "/nonsense", "/tickets/0/cancel", "/tickets/-1/cancel", "/tickets/abc/cancel", "/tickets/1.5/cancel",
        f"/tickets/{2**63}/cancel", f"/tickets/{HUGE}/cancel", f"/tickets/{HUGE}/reprint",
        f"/tickets/{'9' * 3000}/cancel", "/counters/none/open", "/counters/%00/open",
        "/alerts/999999/acknowledge", "/alerts/abc/acknowledge",
        "/counters/%F0%9F%98%80/call-next", "/counters/'%20OR%201=1/call-next",
        f"/counters/{'x' * 3000}/finish",
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere(path: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("admin").request("POST", f"/api/v1{path}", {}), (404,))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "path",
    [
        "/counters/none", "/services/none/queue", "/displays/none", "/visits/none", f"/visits/{'A' * 16}",
        "/visits/%00",
    ],
)  # fmt: skip
def test_a_thing_that_does_not_exist(path: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("admin").request("GET", f"/api/v1{path}"), (404,))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("path", "field"),
    [
        *[(f"/events?after={value}", "after") for value in ("x", "-1", "1e5", "", HUGE, 2**63, "%D9%A3")],
        *[(f"/events?limit={value}", "limit") for value in ("x", "-1", "1001", HUGE)],
        ("/reports/waiting", "from"),
        ("/reports/waiting?from=2026-03-02", "to"),
        ("/reports/waiting?from=2026-13-02&to=2026-03-02", "from"),
        ("/reports/waiting?from=2026-03-02&to=yesterday", "to"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-01", "to"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-02&by=colour", "by"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-02&format=pdf", "format"),
        ("/reports/satisfaction?from=2026-03-02", "to"),
        ("/reports/satisfaction?from=2026-03-02&to=2026-03-01", "to"),
        ("/reports/satisfaction?from=2026-03-02&to=2026-03-02&by=hour", "by"),
        ("/reports/satisfaction?from=2026-03-02&to=2026-03-02&format=pdf", "format"),
        ("/reports/satisfaction?from=2026-03-02&to=2026-03-02&agency=%00", "agency"),
        ("/reports/satisfaction?from=2026-03-02&to=2026-03-02&service=A%20B", "service"),
        ("/surveys/comments?from=2026-03-02&to=2026-03-02&state=loud", "state"),
        ("/surveys/comments?from=2026-03-02&to=2026-03-02&before=-1", "before"),
        ("/reports/waiting?from=20260302&to=2026-03-02", "from"),
        ("/reports/waiting?from=2000-01-01&to=2026-03-02", "to"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-02&compare=next", "compare"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-02&bom=yes", "bom"),
        ("/reports/waiting?from=2026-03-02&to=2026-03-02&agency=", "agency"),
        (f"/reports/waiting?from=2026-03-02&to=2026-03-02&service={'x' * 201}", "service"),
        ("/reports/waiting?from=2026-03-02&to=2026-06-02&by=counter&service=one", "to"),
        ("/reports/counters?from=2026-03-02&to=2026-03-02&by=service", "by"),
        ("/reports/outcomes?from=2026-03-02&to=2026-03-02&agency=%00", "agency"),
        ("/reports/distribution?from=2026-03-02&to=2026-03-02&metric=weight", "metric"),
        ("/reports/distribution?from=2026-03-02&to=2026-03-02&step=0", "step"),
        ("/reports/tickets?from=2026-03-02&to=2026-03-02&hour=24", "hour"),
        ("/reports/tickets?from=2026-03-02&to=2026-03-02&weekday=monday", "weekday"),
        ("/reports/tickets?from=2026-03-02&to=2026-03-02&outcome=lost", "outcome"),
        ("/reports/tickets?from=2026-03-02&to=2026-03-02&after=12", "after"),
        ("/reports/tickets?from=2026-03-02&to=2026-03-02&limit=1001", "limit"),
        ("/reports/monthly", "month"),
        ("/reports/monthly?month=2026-13", "month"),
    ],
)  # fmt: skip
def test_a_bad_question_names_its_parameter(path: str, field: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("admin").request("GET", f"/api/v1{path}"), (422,), field)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"services": []}, "services", "invalid"),
        ({"services": ["nonsense"]}, "services[0]", "unknown_service"),
        ({"services": ["one", "three", "one"]}, "services[2]", "duplicate_service"),
        ({"services": ["one"] * 11}, "services", "invalid"),
        ({"services": ["one"], "party_size": 0}, "party_size", "invalid"),
        ({"services": ["one"], "party_size": 21}, "party_size", "invalid"),
        ({"services": ["one"], "priority": "vip"}, "priority", "invalid"),
        ({"services": ["one"], "language": "fr"}, "language", "invalid"),
        ({"services": ["\ud800"]}, "services[0]", "invalid"),
    ],
)
def test_a_wish_that_can_never_be_right(body: Any, field: str, code: str, wide_hall: RunningHall) -> None:
    answer = wide_hall.client("kiosk", "kiosk-1").post("/tickets", body)
    assert_refused(answer, (422,), field)
    assert answer.json["code"] == code


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/messages", {"text": ""}, "text"),
        ("/messages", {"text": "  \n "}, "text"),
        ("/messages", {"text": "x" * 301}, "text"),
        ("/messages", {"text": "a\u0000b"}, "text"),
        ("/messages", {"text": "a", "counters": []}, "counters"),
        ("/messages", {"text": "a", "counters": ["1", "99"]}, "counters[1]"),
        ("/services/one/hours", {"override": "closed", "until": "soon"}, "until"),
        ("/services/one/hours", {"override": "shut"}, "override"),
        ("/agencies/x/hours", {"override": "open", "reason": "x" * 201}, "reason"),
    ],
)
def test_what_a_supervisor_cannot_mean(path: str, body: Any, field: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("admin").post(path, body), (422,), field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"service": "none"}, "service"),
        ({"service": "two", "counter": "99"}, "counter"),
        ({"service": "two", "note": "x" * 301}, "note"),
    ],
)
def test_where_a_waiting_visitor_cannot_be_moved(body: Any, field: str, wide_hall: RunningHall) -> None:
    issued = wide_hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    waiting, before = issued["tickets"][0]["id"], fingerprint(wide_hall)
    assert_refused(wide_hall.client("admin").post(f"/tickets/{waiting}/move", body), (422,), field)
    assert fingerprint(wide_hall) == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("reason", ["x" * 201, "a\nb", "\u0000", "\u001b[2J", "a\u202eb"])
def test_a_reason_to_pause_that_is_no_line_of_text(reason: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("counter", "1").post("/counters/1/pause", {"reason": reason}), (422,), "reason")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"answers": {}}, "answers"),
        ({"answers": {**NINE, "u10": 4}}, "answers"),
        ({"answers": {**NINE, "u7": 5}}, "answers.u7"),
        ({"answers": {**NINE, "u7": "4"}}, "answers.u7"),
        ({"answers": dict.fromkeys(NINE)}, "answers"),
        ({"comment": "x" * 501}, "comment"),
        ({"comment": "\x00"}, "comment"),
        ({"respondent": {"name": "Siti"}}, "respondent"),
        ({"respondent": {"job": "king"}}, "respondent.job"),
    ],
)
def test_answers_that_can_never_be_right(wrong: Any, field: str, wide_hall: RunningHall) -> None:
    for path in ("/visits/{code}/survey", "/counters/{counter}/survey"):
        assert_refused(post(wide_hall, path, json.dumps({**VALID[path], **wrong}).encode()), (422,), field)


@pytest.mark.usefixtures("unchanged")
def test_a_worker_asks_for_printers_that_exist_and_for_no_longer_than_it_may(wide_hall: RunningHall) -> None:
    worker = wide_hall.client("printer", None)
    answer = worker.post("/print-jobs/claim", {"printers": ["printer-1", "none"]})
    assert_refused(answer, (422,), "printers[1]")
    for wait_s in (-1, 26, 1e300):
        assert_refused(
            worker.post("/print-jobs/claim", {"printers": ["printer-1"], "wait_s": wait_s}), (422,), "wait_s"
        )


@pytest.mark.usefixtures("unchanged")
def test_a_broken_catalogue_tells_every_problem_with_its_path(wide_hall: RunningHall) -> None:
    admin = wide_hall.client("admin")
    document = admin.get("/catalogue")
    document["agencies"][0]["services"][0]["prefix"] = "too long"
    document["counters"][0]["zone"] = "nowhere"
    document["colour"] = "blue"
    answer = admin.post("/catalogue", document)
    assert_refused(answer, (422,))
    paths = {error["path"] for error in answer.json["errors"]}
    assert {"agencies[0].services[0].prefix", "counters[0].zone", "colour"} <= paths


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("key", ["", "x" * 201])
def test_an_idempotency_key_that_is_none(key: str, wide_hall: RunningHall) -> None:
    answer = wide_hall.client("kiosk", "kiosk-1").post("/tickets", {"services": ["one"]}, key=key)
    assert_refused(answer, (400,), "Idempotency-Key")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/users", {"name": "Rini", "role": "officer", "password": "short"}, "password"),
        ("/users", {"name": "Rini", "role": "officer", "password": "x" * 1001}, "password"),
        ("/users", {"name": "Rini", "role": "king", "password": "long enough"}, "role"),
        ("/users", {"name": " Rini", "role": "officer", "password": "long enough"}, "name"),
        ("/users", {"name": "", "role": "officer", "password": "long enough"}, "name"),
        ("/users", {"name": "x" * 61, "role": "officer", "password": "long enough"}, "name"),
        ("/tokens", {"role": "officer", "name": "x"}, "role"),
        ("/tokens", {"role": "kiosk", "name": "x"}, "subject"),
        ("/tokens", {"role": "kiosk", "name": "x", "subject": "none"}, "subject"),
        ("/tokens", {"role": "printer", "name": "x", "subject": "printer-1,none"}, "subject"),
        ("/tokens", {"role": "admin", "name": "x", "subject": "kiosk-1"}, "subject"),
        ("/tokens", {"role": "admin", "name": ""}, "name"),
        *[("/tokens", {"role": "admin", "name": name}, "name") for name in ("a\nb", "a\u0000", "a\u202eb")],
        *[("/users", {"name": name, "role": "officer", "password": "long enough"}, "name")
          for name in ("a\nb", "a\u0000", "a\u001b[2J", "a\u202eb", "\u2028")],
    ],
)
def test_users_and_tokens_that_cannot_be(path: str, body: Any, field: str, wide_hall: RunningHall) -> None:
    assert_refused(wide_hall.client("admin").post(path, body), (422,), field)


def test_headers_that_are_not_text_are_refused_like_any_others(wide_hall: RunningHall) -> None:
    officer = wide_hall.officer("budi")
    strange = {"X-CSRF-Token": "\u00e9\u00ff"}
    before = fingerprint(wide_hall)
    answer = officer.request("POST", "/api/v1/tickets", {"services": ["one"]}, headers=strange)
    assert (answer.status, answer.json["code"]) == (403, "csrf")
    for name in ("Authorization", "X-Antrean-Device", "Idempotency-Key", "Cookie", "Content-Type"):
        answer = Client(wide_hall.url).request(
            "POST", "/api/v1/tickets", {"services": ["one"]}, headers={name: "\u00e9\u00ff; antrean_session=\u00e9"}
        )
        assert answer.status == 401, name
    assert fingerprint(wide_hall) == before
