"""Logging in, the session's cookie, its CSRF token, and logging out."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.commands import access
from tests.api.wide_hall import rows, wide
from tests.harness import Answer, Client, RunningHall, write_config
from tests.queue.house import CHIEF, QueueHall

PASSWORD = "sandi-petugas"


def login(hall: RunningHall, name: str, password: str = PASSWORD) -> Answer:
    return Client(hall.url).post("/session", {"name": name, "password": password})


@pytest.fixture(scope="module", autouse=True)
def people(wide_hall: RunningHall) -> None:
    for name, role in (("Ayu", "officer"), ("Chief", "supervisor")):
        wide_hall.local().do("/users", {"name": name, "role": role, "password": PASSWORD})


def test_a_cookie_that_scripts_cannot_read_and_other_sites_do_not_send(wide_hall: RunningHall) -> None:
    answer = login(wide_hall, "Ayu")
    assert answer.status == 200
    assert answer.json["user"] == {"name": "Ayu", "role": "officer"} and answer.json["csrf"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Max-Age=43200" in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_names_are_the_same_in_any_case(wide_hall: RunningHall) -> None:
    assert login(wide_hall, "aYU").json["user"]["name"] == "Ayu"


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ayu", "wrong"), ("Nobody", PASSWORD), ("", ""), ("Ayu", ""), ("Ayu", "x" * 20_000), ("x" * 5000, PASSWORD)],
)
def test_a_wrong_login_says_not_which_part_was_wrong(name: str, password: str, wide_hall: RunningHall) -> None:
    answer = login(wide_hall, name, password)
    assert (answer.status, answer.json["code"]) == (401, "wrong_login")
    assert answer.json["detail"] == login(wide_hall, "Nobody", "neither").json["detail"]
    assert "Set-Cookie" not in answer.headers


def test_a_command_by_cookie_needs_the_csrf_header(wide_hall: RunningHall) -> None:
    answer = login(wide_hall, "Ayu")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    tickets = rows(wide_hall, "SELECT count(*) FROM tickets")
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 40}):
        refused = Client(wide_hall.url, headers={"Cookie": cookie, **headers}).post("/tickets", {"services": ["one"]})
        assert (refused.status, refused.json["code"]) == (403, "csrf")
    assert rows(wide_hall, "SELECT count(*) FROM tickets") == tickets
    right = Client(wide_hall.url, headers={"Cookie": cookie, "X-CSRF-Token": answer.json["csrf"]})
    assert right.post("/tickets", {"services": ["one"]}).status == 201


def test_anothers_csrf_token_is_no_use(wide_hall: RunningHall) -> None:
    mine, theirs = login(wide_hall, "Ayu"), login(wide_hall, "Chief")
    headers = {"Cookie": mine.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": theirs.json["csrf"]}
    assert Client(wide_hall.url, headers=headers).post("/tickets", {"services": ["one"]}).status == 403


def test_reading_by_cookie_needs_no_csrf_header(wide_hall: RunningHall) -> None:
    answer = login(wide_hall, "Chief")
    reader = Client(wide_hall.url, headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
    assert reader.get("/session") == {"user": {"name": "Chief", "role": "supervisor"}, "csrf": answer.json["csrf"]}
    assert reader.get("/events?limit=1")["events"]


def test_nobody_is_logged_in_without_a_cookie(wide_hall: RunningHall) -> None:
    assert Client(wide_hall.url).get("/session") == {"user": None, "csrf": ""}


@pytest.mark.parametrize(("role", "password_hash"), [("officer", "right"), ("supervisor", "another")])
def test_a_login_that_is_overtaken_by_another_role_or_password_is_none(
    role: str, password_hash: str, tmp_path: Path
) -> None:
    """Comparing a password takes 50 ms; the sessions that there were have ended, and this one must not begin."""
    with QueueHall(tmp_path) as queue:
        compared = queue.write(lambda tx: access.add_user(tx, CHIEF, "Yanti", "supervisor", "right"))
        queue.write(lambda tx: access.add_user(tx, CHIEF, "Yanti", role, password_hash, replace=True))
        assert queue.write(lambda tx: access.start_session(tx, compared)) is None
        assert queue.sql("SELECT * FROM tokens") == []
        same = queue.read(lambda reader, hall, now_ms: reader.user("YANTI"))
        assert same is not None and queue.write(lambda tx: access.start_session(tx, same))


def test_after_logging_out_the_cookie_opens_nothing(wide_hall: RunningHall) -> None:
    answer = login(wide_hall, "Chief")
    chief = Client(
        wide_hall.url,
        headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": answer.json["csrf"]},
    )
    assert chief.request("GET", "/api/v1/events").status == 200
    out = chief.post("/session/end")
    assert (out.status, out.json) == (200, {"user": None, "csrf": ""})
    assert "antrean_session=;" in out.headers["Set-Cookie"]
    assert chief.request("GET", "/api/v1/events").status == 401


def test_another_password_ends_the_sessions_of_the_old_one(wide_hall: RunningHall) -> None:
    wide_hall.local().do("/users", {"name": "Tono", "role": "officer", "password": PASSWORD})
    cookie = login(wide_hall, "Tono").headers["Set-Cookie"].split(";")[0]
    body = {"name": "Tono", "role": "officer", "password": "another-one", "replace": True}
    wide_hall.local().do("/users", body)
    assert Client(wide_hall.url, headers={"Cookie": cookie}).get("/session")["user"] is None
    assert login(wide_hall, "Tono").status == 401
    assert login(wide_hall, "Tono", "another-one").status == 200


def test_a_user_is_not_replaced_by_accident(wide_hall: RunningHall) -> None:
    again = wide_hall.local().post("/users", {"name": "ayu", "role": "admin", "password": PASSWORD})
    assert (again.status, again.json["code"]) == (409, "exists")
    assert login(wide_hall, "Ayu").json["user"]["role"] == "officer"


def test_passwords_and_tokens_are_kept_only_as_hashes(wide_hall: RunningHall) -> None:
    token = wide_hall.token("kiosk", "kiosk-3")
    secret = login(wide_hall, "Ayu").headers["Set-Cookie"].split(";")[0].partition("=")[2]
    wide_hall.local().do("/users", {"name": "Kept", "role": "officer", "password": "a-password-to-look-for"})
    content = b"".join(path.read_bytes() for path in Path(wide_hall.data).glob("antrean.db*"))
    for secret_text in (token, secret, "a-password-to-look-for"):
        assert secret_text.encode() not in content
    assert b"scrypt" in content, "this looks into the right files"


def test_a_device_is_enrolled_by_its_link_and_then_known_by_its_cookie(wide_hall: RunningHall) -> None:
    token = wide_hall.token("kiosk", "kiosk-4")
    answer = Client(wide_hall.url).request("GET", f"/enrol?token={token}")
    assert (answer.status, answer.headers["Location"]) == (302, "/kiosk/kiosk-4")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert cookie.startswith("antrean_kiosk_kiosk-4=") and "HttpOnly" in answer.headers["Set-Cookie"]
    page = Client(wide_hall.url, headers={"Cookie": cookie}).request("GET", "/kiosk/kiosk-4")
    assert token not in page.body.decode(), "the page's scripts cannot read the token"
    csrf = page.body.decode().split('"csrf":')[1].split('"')[1]
    device = {"Cookie": cookie, "X-Antrean-Device": "kiosk/kiosk-4"}
    assert Client(wide_hall.url, headers=device).post("/tickets", {"services": ["one"]}).json["code"] == "csrf"
    issued = Client(wide_hall.url, headers={**device, "X-CSRF-Token": csrf}).do("/tickets", {"services": ["one"]})
    assert issued["tickets"][0]["source"] == "kiosk"


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_link_enrols_nobody(token: str, wide_hall: RunningHall) -> None:
    answer = Client(wide_hall.url).request("GET", f"/enrol?token={token}")
    assert answer.status == 403 and "Set-Cookie" not in answer.headers
    page = answer.body.decode()
    assert "Tautan ini tidak berlaku" in page and "This link is not valid" in page, "in words, and ours"


def test_too_many_tries_must_wait_and_a_kiosk_may_issue_ten_a_second(tmp_path: Path) -> None:
    hall = RunningHall(tmp_path, write_config(tmp_path / "config.toml", wide())).start()
    try:
        answers = [login(hall, "Nobody", "guess") for _ in range(14)]
        assert [answer.status for answer in answers[:10]] == [401] * 10
        limited = [answer for answer in answers if answer.status == 429]
        assert limited and limited[0].json["code"] == "too_many"
        assert 1 <= int(limited[0].headers["Retry-After"]) <= 60

        kiosk = hall.client("kiosk", "kiosk-1")
        issued = [kiosk.post("/tickets", {"services": ["one"]}) for _ in range(40)]
        assert [answer.status for answer in issued[:10]] == [201] * 10, "ten a second are let through"
        numbers = [answer.json["tickets"][0]["number"] for answer in issued if answer.status == 201]
        assert numbers == [f"A-{n:03d}" for n in range(1, len(numbers) + 1)], "who must wait leaves no gap"
        for answer in issued:
            assert answer.status == 201 or (answer.status == 429 and int(answer.headers["Retry-After"]) >= 1)
    finally:
        hall.stop()
