"""Every cell of the contract's table "Who may", over HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.api.who_may import CALLS, EVERYBODY, LOGIN, ROLES, Call, Scene
from tests.api.wide_hall import empty, fingerprint
from tests.harness import Answer, Client, RunningHall

Scenery = Callable[[], Scene]


@pytest.fixture(scope="module")
def clients(wide_hall: RunningHall) -> dict[str, Client]:
    """Somebody of each role; the counter's token has opened counter 1, the officer counter 2."""
    empty(wide_hall)
    subjects = {"display": "board-a", "printer": "printer-1", "kiosk": "kiosk-1", "survey": "1", "counter": "1"}
    found = {role: wide_hall.client(role, subjects.get(role)) for role in ROLES if role not in ("nobody", "officer")}
    found |= {"nobody": wide_hall.client(None), "officer": wide_hall.officer("dewi")}
    found["counter"].do("/counters/1/open")
    found["officer"].do("/counters/2/open")
    return found


@pytest.fixture(scope="module")
def scenery(wide_hall: RunningHall, clients: dict[str, Client]) -> Scenery:
    """Makes the things that a call is aimed at, anew each time."""

    def make() -> Scene:
        own = clients["kiosk"].do("/tickets", {"services": ["one"]})
        other = wide_hall.client("kiosk", "kiosk-2").do("/tickets", {"services": ["two"]})
        foreign = clients["admin"].do("/tickets", {"services": ["three"]})
        return Scene(
            code=own["visit"]["code"],
            kiosks_ticket=own["tickets"][0]["id"],
            other_kiosks_ticket=other["tickets"][0]["id"],
            foreign_ticket=foreign["tickets"][0]["id"],
            job=own["print_job"]["id"],
            other_job=other["print_job"]["id"],
            day=own["tickets"][0]["issued_at"][:10],
        )

    return make


def send(client: Client, call: Call, scene: Scene) -> Answer:
    return client.request(call.method, call.where(scene), call.body if call.method == "POST" else None)


def test_every_call_of_the_api_stands_in_the_table(wide_hall: RunningHall) -> None:
    published = wide_hall.client(None).get("/openapi.json")["paths"]
    routes = {(method.upper(), path) for path, methods in published.items() for method in methods}
    assert routes - {(call.method, call.route) for call in CALLS} == LOGIN


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_who_may(call: Call, wide_hall: RunningHall, clients: dict[str, Client], scenery: Scenery) -> None:
    scene = scenery()
    before = fingerprint(wide_hall)
    for role in ROLES:
        if role not in call.may:
            refused = send(clients[role], call, scene)
            assert refused.status == (401 if role == "nobody" else 403), (role, refused.body)
            assert refused.headers["Content-Type"] == "application/problem+json"
            assert refused.json["status"] == refused.status and refused.json["code"] and refused.json["detail"]
            if role == "nobody":
                assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert fingerprint(wide_hall) == before, "somebody who may not has changed something"
    for role in ROLES:
        if role in call.may:
            let_in = send(clients[role], call, scenery() if call.fresh else scene)
            assert let_in.status not in (401, 403) and let_in.status < 500, (role, let_in.body)


@pytest.mark.parametrize(
    "call",
    [call for call in CALLS if call.may != EVERYBODY or call.route == "/api/v1/hall"],
    ids=lambda call: call.name,
)
def test_a_wrong_token_opens_nothing(call: Call, wide_hall: RunningHall, scenery: Scenery) -> None:
    scene = scenery()
    before = fingerprint(wide_hall)
    for token in ("wrong", "x" * 5000, "\u00e9", ""):
        refused = send(Client(wide_hall.url, headers={"Authorization": f"Bearer {token}"}), call, scene)
        assert (refused.status, refused.json["code"]) == (401, "unauthorized"), (token[:9], refused.body)
    assert fingerprint(wide_hall) == before


def test_a_ticket_of_a_desk_says_so(clients: dict[str, Client]) -> None:
    for role in ("counter", "officer", "supervisor", "admin"):
        assert clients[role].do("/tickets", {"services": ["one"]})["tickets"][0]["source"] == "desk", role
    assert clients["kiosk"].do("/tickets", {"services": ["one"]})["tickets"][0]["source"] == "kiosk"


def test_without_a_token_the_hall_is_shown_without_its_officers(clients: dict[str, Client]) -> None:
    public, staff = clients["nobody"].get("/hall"), clients["officer"].get("/hall")
    assert "dewi" not in str(public) and "dewi" in str(staff)
    assert {agency["id"] for agency in public["agencies"]} == {"x", "y"}
    for role in ("display", "printer", "kiosk"):
        assert "dewi" not in str(clients[role].get("/hall"))


def test_another_officer_at_my_counter_is_told_by_whom_it_is_taken(
    wide_hall: RunningHall, clients: dict[str, Client]
) -> None:
    refused = wide_hall.officer("joko").post("/counters/2/open", {})
    assert (refused.status, refused.json["code"], refused.json["officer"]) == (409, "occupied", "dewi")


@pytest.mark.parametrize("role", ROLES)
def test_metrics_are_for_supervisors_and_for_this_machine(
    role: str, wide_hall: RunningHall, clients: dict[str, Client]
) -> None:
    may = role in ("supervisor", "admin")
    from_here = clients[role].request("GET", "/metrics")
    assert from_here.status == 200 and b"antrean_waiting" in from_here.body
    parts = urlsplit(wide_hall.url)
    # Another address of this machine stands for another machine: the rule names 127.0.0.1 alone.
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=10, source_address=("127.0.0.2", 0)
    )
    connection.request("GET", "/metrics", headers=clients[role]._headers)
    assert connection.getresponse().status == (200 if may else 401 if role == "nobody" else 403)
    connection.close()
