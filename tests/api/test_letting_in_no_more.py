"""A lost device and a person who left are let in no more (their open screens: tests/realtime/test_admitted.py)."""

from __future__ import annotations

import json

import pytest

from tests.durability.folders import Folder, make_folder
from tests.harness import Client, RunningHall

PASSWORD = "sandi-petugas"


def listed(hall: RunningHall, name: str) -> list[dict[str, object]]:
    return [token for token in hall.client("admin").get("/tokens")["tokens"] if token["name"] == name]


def test_a_revoked_device_is_known_no_more(wide_hall: RunningHall) -> None:
    admin = wide_hall.client("admin")
    token = admin.do("/tokens", {"role": "kiosk", "name": "Tablet hilang", "subject": "kiosk-1"})["token"]
    lost = Client(wide_hall.url, token)
    assert lost.post("/tickets", {"services": ["one"]}).status == 201
    (found,) = listed(wide_hall, "Tablet hilang")
    assert (found["role"], found["subject"]) == ("kiosk", "kiosk-1")
    revoked = admin.do("/tokens/revoke", {"id": found["id"]}, key="revoke-it")
    assert revoked == {"token": found}
    assert lost.post("/tickets", {"services": ["one"]}).status == 401
    assert listed(wide_hall, "Tablet hilang") == []
    assert admin.do("/tokens/revoke", {"id": found["id"]}, key="revoke-it") == revoked, "a repeat gets the first answer"
    again = admin.post("/tokens/revoke", {"id": found["id"]})
    assert (again.status, again.json["code"]) == (404, "not_found")


def test_the_log_names_the_token_as_the_list_does(wide_hall: RunningHall) -> None:
    admin = wide_hall.client("admin")
    admin.do("/tokens", {"role": "kiosk", "name": "Kiosk bernama", "subject": "kiosk-1"})
    (found,) = listed(wide_hall, "Kiosk bernama")
    admin.do("/tokens/revoke", {"id": found["id"]})
    events = admin.get("/events?limit=1000")["events"]
    told = [json.dumps(event) for event in events if event["kind"] == "access.changed"]
    assert any(str(found["id"]) in event and "removed" in event for event in told)


def test_who_is_barred_cannot_log_in_and_loses_the_sessions_until_let_in_again(wide_hall: RunningHall) -> None:
    admin, nobody = wide_hall.client("admin"), Client(wide_hall.url)
    person = {"name": "Tono", "role": "officer", "password": PASSWORD}
    admin.do("/users", person)
    login = nobody.post("/session", {"name": "Tono", "password": PASSWORD})
    inside = Client(wide_hall.url, headers={"Cookie": login.headers["Set-Cookie"].split(";")[0]})
    assert inside.get("/session")["user"] == {"name": "Tono", "role": "officer"}

    assert admin.do("/users/bar", {"name": "tono"})["user"]["may_log_in"] is False
    assert inside.get("/session")["user"] is None
    for password in (PASSWORD, "barred", ""):
        refused = nobody.post("/session", {"name": "Tono", "password": password})
        assert (refused.status, refused.json["code"]) == (401, "wrong_login")
    (tono,) = [user for user in admin.get("/users")["users"] if user["name"] == "Tono"]
    assert (tono["role"], tono["may_log_in"]) == ("officer", False)

    admin.do("/users", {**person, "replace": True})
    assert nobody.post("/session", {"name": "Tono", "password": PASSWORD}).status == 200


def test_nobody_is_barred_whom_nobody_knows(wide_hall: RunningHall) -> None:
    refused = wide_hall.client("admin").post("/users/bar", {"name": "Siapa"})
    assert (refused.status, refused.json["code"]) == (404, "not_found")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_folder(tmp_path_factory.mktemp("access"), tickets=1)


def test_the_command_line_lists_and_revokes_without_a_server(folder: Folder) -> None:
    made = folder.antrean("token", "create", "--role", "kiosk", "--kiosk", "kiosk-1", "--name", "Kiosk depan")
    assert made.exit_code == 0, made.output
    (line,) = [line for line in folder.antrean("token", "list").stdout.splitlines() if "Kiosk depan" in line]
    assert folder.antrean("token", "revoke", line.split()[0]).exit_code == 0
    assert "Kiosk depan" not in folder.antrean("token", "list").stdout
    assert folder.antrean("token", "revoke", line.split()[0]).exit_code == 1

    added = folder.antrean("user", "add", "siti", "--password-stdin", "--role", "officer", stdin=PASSWORD + "\n")
    assert added.exit_code == 0, added.output
    assert folder.antrean("user", "list").stdout.split() == ["officer", "siti"]
    assert folder.antrean("user", "bar", "siti").exit_code == 0
    assert folder.antrean("user", "list").stdout.split() == ["officer", "siti", "(barred)"]
