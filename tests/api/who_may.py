"""CONTRACT.md's table "Who may", cell by cell, written from the contract and not from the code.

Every call names what it is aimed at, so that "its own" and "another's" are two calls. What the scene holds: a board's
token for `board-a`, a print worker's for `printer-1`, a kiosk's for `kiosk-1`, a counter's for counter 1, and an
officer who has opened counter 2. A survey tablet stands at counter 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = ("nobody", "display", "printer", "kiosk", "survey", "counter", "officer", "supervisor", "admin")
EVERYBODY = frozenset(ROLES)
OVERSEERS = frozenset(("supervisor", "admin"))
STAFF = OVERSEERS | {"counter", "officer"}
ADMIN = frozenset(("admin",))
NEVER_CURRENT = 999_999_999
NINE = tuple(f"u{n}" for n in range(1, 10))
VERBS = (
    "call-next", "recall", "start", "finish", "no-show", "requeue", "undo", "pause", "close", "hold", "direct",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What the calls are aimed at."""

    code: str
    kiosks_ticket: int
    """Issued at kiosk-1 a moment ago, for a service of counters 1 and 2."""
    other_kiosks_ticket: int
    foreign_ticket: int
    """For a service that counters 1 and 2 do not serve."""
    job: int
    """Of printer-1."""
    other_job: int
    day: str


@dataclass(frozen=True)
class Call:
    """A call, what it is called in the list of tests, and who may make it."""

    name: str
    method: str
    route: str
    may: frozenset[str]
    path: Callable[[Scene], str] | None = None
    body: Any = field(default_factory=dict)
    fresh: bool = False
    """Whether it uses up what it is aimed at."""

    def where(self, scene: Scene) -> str:
        """The address of the call."""
        return self.route if self.path is None else self.path(scene)


def api(method: str, route: str, may: frozenset[str], name: str = "", **more: Any) -> Call:
    return Call(name or f"{method} {route}", method, f"/api/v1{route}", may, **more)


def _counter_calls() -> list[Call]:
    calls = []
    bodies: dict[str, dict[str, Any]] = {verb: {"expect": NEVER_CURRENT} for verb in VERBS}
    bodies |= {verb: {"expect": NEVER_CURRENT, "ticket": NEVER_CURRENT} for verb in ("call", "restore", "resume")}
    bodies["profile"] = {"expect": NEVER_CURRENT, "profile": None}
    bodies["transfer"] = {"expect": NEVER_CURRENT, "service": "one"}
    bodies["acknowledge"] = {"message": NEVER_CURRENT}
    for counter, owner in (("1", "counter"), ("2", "officer")):
        may = OVERSEERS | {owner}
        calls.append(
            api(
                "GET",
                "/counters/{counter}",
                may,
                f"GET counter {counter}",
                path=lambda s, c=counter: f"/api/v1/counters/{c}",
            )
        )
        for verb, body in bodies.items():
            calls.append(api(
                "POST", f"/counters/{{counter}}/{verb}", may, f"{verb} at counter {counter}",
                path=lambda s, c=counter, v=verb: f"/api/v1/counters/{c}/{v}", body=body,
            ))  # fmt: skip
        # An officer may sit down anywhere: what is refused is an occupied counter, by 409.
        calls.append(api(
            "POST", "/counters/{counter}/open", may | {"officer"}, f"open counter {counter}",
            path=lambda s, c=counter: f"/api/v1/counters/{c}/open", body={"expect": NEVER_CURRENT},
        ))  # fmt: skip
    return calls


def _cancel(name: str, may: frozenset[str], ticket: Callable[[Scene], int]) -> Call:
    return api(
        "POST", "/tickets/{ticket}/cancel", may, name, path=lambda s: f"/api/v1/tickets/{ticket(s)}/cancel", fresh=True
    )


def _print_calls() -> list[Call]:
    printer, nobody = frozenset(("printer",)), frozenset[str]()
    return [
        api("POST", "/print-jobs/claim", printer, "claim its own", body={"printers": ["printer-1"]}),
        api("POST", "/print-jobs/claim", nobody, "claim another's", body={"printers": ["printer-2"]}),
        api("POST", "/print-jobs/claim", nobody, "claim its own and another's",
            body={"printers": ["printer-1", "printer-2"]}),
        api("POST", "/print-jobs/{job}/report", printer, "report its own",
            path=lambda s: f"/api/v1/print-jobs/{s.job}/report", body={"state": "failed"}),
        api("POST", "/print-jobs/{job}/report", nobody, "report another's",
            path=lambda s: f"/api/v1/print-jobs/{s.other_job}/report", body={"state": "failed"}),
        api("POST", "/printers/{printer}/status", printer, "status of its own",
            path=lambda s: "/api/v1/printers/printer-1/status", body={"state": "ready"}),
        api("POST", "/printers/{printer}/status", nobody, "status of another's",
            path=lambda s: "/api/v1/printers/printer-2/status", body={"state": "ready"}),
        api("GET", "/printers", OVERSEERS | printer),
        api("GET", "/print-jobs", OVERSEERS),
        api("GET", "/slip-style", OVERSEERS | printer),
        api("POST", "/printers/{printer}/test", OVERSEERS, path=lambda s: "/api/v1/printers/printer-1/test"),
    ]  # fmt: skip


def _voice_calls() -> list[Call]:
    display, body = frozenset(("display",)), {"session": "whomay01", "sound": "starting"}
    route, clip = "/displays/{display}/voice", f"{'0' * 64}.wav"
    return [
        api("POST", route, display, "speak at its own board", body=body,
            path=lambda s: "/api/v1/displays/board-a/voice"),
        api("POST", route, frozenset(), "speak at another's", body=body,
            path=lambda s: "/api/v1/displays/board-b/voice"),
        api("GET", f"{route}/{{clip}}", display, "a clip for its own board",
            path=lambda s: f"/api/v1/displays/board-a/voice/{clip}"),
        api("GET", f"{route}/{{clip}}", frozenset(), "a clip for another's",
            path=lambda s: f"/api/v1/displays/board-b/voice/{clip}"),
        api("POST", "/displays/{display}/media", display, "media at its own board", body={"broken": []},
            path=lambda s: "/api/v1/displays/board-a/media"),
        api("POST", "/displays/{display}/media", frozenset(), "media at another's", body={"broken": []},
            path=lambda s: "/api/v1/displays/board-b/media"),
        api("GET", "/voice", OVERSEERS),
        api("POST", "/voice/{zone}/test", OVERSEERS, path=lambda s: "/api/v1/voice/nowhere/test"),
    ]  # fmt: skip


def _board_calls() -> list[Call]:
    where = {"message": 999_999_999, "code": "AAAAAA"}
    return [
        api("GET", "/boards", OVERSEERS),
        api("GET", "/board-messages", OVERSEERS),
        api("POST", "/board-messages", OVERSEERS, body={"text": {"id": "Halo", "en": "Hello"}}),
        api("POST", "/board-messages/{message}", OVERSEERS,
            path=lambda s: f"/api/v1/board-messages/{where['message']}"),
        api("POST", "/board-messages/{message}/delete", OVERSEERS,
            path=lambda s: f"/api/v1/board-messages/{where['message']}/delete"),
        api("POST", "/emergency", OVERSEERS, body={"text": {"id": "Keluar", "en": "Leave"}}),
        api("POST", "/emergency/clear", OVERSEERS),
        api("POST", "/display-enrolments", EVERYBODY),
        api("GET", "/display-enrolments/{secret}", EVERYBODY, path=lambda s: "/api/v1/display-enrolments/none"),
        api("GET", "/display-enrolments", ADMIN),
        api("POST", "/display-enrolments/{code}/accept", ADMIN, body={"display": "board-a"},
            path=lambda s: f"/api/v1/display-enrolments/{where['code']}/accept"),
        api("POST", "/display-enrolments/{code}/refuse", ADMIN,
            path=lambda s: f"/api/v1/display-enrolments/{where['code']}/refuse"),
    ]  # fmt: skip


def _survey_calls() -> list[Call]:
    tablet, told = frozenset(("survey",)), {"ticket": NEVER_CURRENT, "answers": dict.fromkeys(NINE, 4)}
    days = "?from={0}&to={0}"
    return [
        api("GET", "/visits/{code}/survey", EVERYBODY, path=lambda s: f"/api/v1/visits/{s.code}/survey"),
        api("POST", "/visits/{code}/survey", EVERYBODY, path=lambda s: f"/api/v1/visits/{s.code}/survey", body=told),
        api("GET", "/counters/{counter}/survey", OVERSEERS | tablet, "whom its own counter asks",
            path=lambda s: "/api/v1/counters/1/survey"),
        api("GET", "/counters/{counter}/survey", OVERSEERS, "whom another's counter asks",
            path=lambda s: "/api/v1/counters/2/survey"),
        api("POST", "/counters/{counter}/survey", tablet, "answer at its own counter",
            path=lambda s: "/api/v1/counters/1/survey", body=told),
        api("POST", "/counters/{counter}/survey", frozenset[str](), "answer at another's counter",
            path=lambda s: "/api/v1/counters/2/survey", body=told),
        api("GET", "/reports/satisfaction", OVERSEERS,
            path=lambda s: f"/api/v1/reports/satisfaction{days.format(s.day)}"),
        api("GET", "/surveys/comments", OVERSEERS, path=lambda s: f"/api/v1/surveys/comments{days.format(s.day)}"),
        api("POST", "/surveys/comments/{ticket}", OVERSEERS, path=lambda s: f"/api/v1/surveys/comments/{NEVER_CURRENT}",
            body={"state": "shown"}),
    ]  # fmt: skip


CALLS: list[Call] = [
    Call("healthz", "GET", "/healthz", EVERYBODY),
    Call("readyz", "GET", "/readyz", EVERYBODY),
    Call("a visit's page", "GET", "/t/", EVERYBODY, path=lambda s: f"/t/{s.code}"),
    api("GET", "/visits/{code}", EVERYBODY, path=lambda s: f"/api/v1/visits/{s.code}"),
    api("GET", "/hall", EVERYBODY),
    api("GET", "/openapi.json", EVERYBODY),
    api("GET", "/session", EVERYBODY),
    api(
        "GET",
        "/displays/{display}",
        OVERSEERS | {"display"},
        "its own board",
        path=lambda s: "/api/v1/displays/board-a",
    ),
    api("GET", "/displays/{display}", OVERSEERS, "another's board", path=lambda s: "/api/v1/displays/board-b"),
    *_voice_calls(),
    api("POST", "/tickets", STAFF | {"kiosk"}, body={"services": ["one"]}),
    _cancel("cancel what kiosk-1 issued", STAFF | {"kiosk"}, lambda s: s.kiosks_ticket),
    _cancel("cancel what kiosk-2 issued", STAFF, lambda s: s.other_kiosks_ticket),
    _cancel("cancel for another's service", OVERSEERS, lambda s: s.foreign_ticket),
    api("POST", "/tickets/{ticket}/reprint", STAFF, path=lambda s: f"/api/v1/tickets/{s.kiosks_ticket}/reprint"),
    *_counter_calls(),
    *_print_calls(),
    *_board_calls(),
    api("GET", "/reports/waiting", OVERSEERS, path=lambda s: f"/api/v1/reports/waiting?from={s.day}&to={s.day}"),
    *(api("GET", f"/reports/{what}", OVERSEERS, path=lambda s, w=what: f"/api/v1/reports/{w}?from={s.day}&to={s.day}")
      for what in ("counters", "outcomes", "distribution", "tickets")),
    api("GET", "/reports/monthly", OVERSEERS, path=lambda s: f"/api/v1/reports/monthly?month={s.day[:7]}"),
    api("GET", "/reports/state", OVERSEERS),
    api("POST", "/reports/rebuild", ADMIN),
    api("GET", "/events", OVERSEERS),
    api("GET", "/supervisor", OVERSEERS),
    api("GET", "/services/{service}/queue", OVERSEERS, path=lambda s: "/api/v1/services/one/queue"),
    api("POST", "/tickets/{ticket}/move", OVERSEERS, path=lambda s: f"/api/v1/tickets/{s.kiosks_ticket}/move",
        body={"service": "two"}, fresh=True),
    api("POST", "/services/{service}/hours", OVERSEERS, path=lambda s: "/api/v1/services/one/hours",
        body={"override": None}),
    api("POST", "/agencies/{agency}/hours", OVERSEERS, path=lambda s: "/api/v1/agencies/x/hours",
        body={"override": None}),
    api("POST", "/messages", OVERSEERS, body={"text": "Rapat pukul 15.00", "counters": ["8"]}),
    api("POST", "/alerts/{alert}/acknowledge", OVERSEERS, path=lambda s: f"/api/v1/alerts/{NEVER_CURRENT}/acknowledge"),
    *_survey_calls(),
    api("GET", "/catalogue", ADMIN),
    api("POST", "/catalogue", ADMIN, body={"hall": {}}),
    api("POST", "/users", ADMIN, body={"name": "nobody", "role": "none", "password": "long enough"}),
    api("POST", "/tokens", ADMIN, body={"role": "none", "name": "none"}),
    api("GET", "/users", ADMIN),
    api("GET", "/tokens", ADMIN),
    api("POST", "/users/bar", ADMIN, body={"name": "nobody"}),
    api("POST", "/tokens/revoke", ADMIN, body={"id": "none"}),
    api("POST", "/clock/accept", ADMIN),
    api("POST", "/archives", ADMIN, body={"month": "2020-01"}),
]

LOGIN = {("POST", "/api/v1/session"), ("POST", "/api/v1/session/end")}
"""Logging in and out is tested by itself: it is how one becomes somebody."""
