"""The API describes itself: whoever reads the description knows every call, its parameters and its body."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import RunningHall


@pytest.fixture(scope="module")
def described(wide_hall: RunningHall) -> dict[str, Any]:
    found: dict[str, Any] = wide_hall.client(None).get("/openapi.json")
    return found


def calls(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, call) for path, methods in described["paths"].items() for method, call in methods.items()]


def test_it_is_openapi_with_a_title_and_a_version(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1") and described["info"]["title"] == "Antrean"
    assert described["info"]["version"]
    assert described["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_every_call_says_what_it_does_and_what_it_answers(described: dict[str, Any]) -> None:
    for method, path, call in calls(described):
        assert call["summary"].endswith("."), path
        assert {"default"} < set(call["responses"]), path
        assert "application/problem+json" in call["responses"]["default"]["content"], path
        in_path = {parameter["name"] for parameter in call["parameters"] if parameter["in"] == "path"}
        assert in_path == {part.strip("{}") for part in path.split("/") if part.startswith("{")}, (method, path)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/api/v1/events", {"after", "limit"}),
        ("/api/v1/reports/satisfaction", {"from", "to", "by", "agency", "service", "format", "bom"}),
        ("/api/v1/surveys/comments", {"from", "to", "agency", "service", "state", "before"}),
        ("/api/v1/reports/waiting", {"from", "to", "by", "agency", "service", "compare", "format", "bom"}),
    ],
)
def test_what_may_be_asked_stands_there(path: str, names: set[str], described: dict[str, Any]) -> None:
    parameters = described["paths"][path]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters if parameter["in"] == "query"} == names


def test_every_command_of_the_queue_takes_a_key(described: dict[str, Any]) -> None:
    taking = {
        path.removeprefix("/api/v1")
        for method, path, call in calls(described)
        if any(
            (parameter["in"], parameter["name"]) == ("header", "Idempotency-Key") for parameter in call["parameters"]
        )
    }
    assert taking == {
        "/tickets", "/tickets/{ticket}/cancel", "/tickets/{ticket}/reprint", "/print-jobs/{job}/report",
        "/printers/{printer}/status", "/printers/{printer}/test", "/tickets/{ticket}/move", "/messages",
        "/services/{service}/hours", "/agencies/{agency}/hours", "/alerts/{alert}/acknowledge",
        "/voice/{zone}/test", "/board-messages", "/board-messages/{message}", "/board-messages/{message}/delete",
        "/emergency", "/emergency/clear", "/display-enrolments/{code}/accept", "/display-enrolments/{code}/refuse",
        "/visits/{code}/survey", "/counters/{counter}/survey", "/surveys/comments/{ticket}", "/catalogue",
            "/users/bar", "/tokens/revoke",
        *(f"/counters/{{counter}}/{verb}" for verb in (
            "open", "pause", "close", "call-next", "call", "recall", "start", "finish", "no-show", "requeue", "restore",
            "undo", "hold", "resume", "transfer", "direct", "profile", "acknowledge",
        )),
    }  # fmt: skip


def test_references_lead_somewhere(described: dict[str, Any]) -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                place: Any = described
                for step in node["$ref"].removeprefix("#/").split("/"):
                    place = place[step]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(described["paths"])
