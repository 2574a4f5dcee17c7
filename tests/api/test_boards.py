"""Boards over HTTP: what is said on them reaches them live, screens become boards, and media come in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.wide_hall import QUIET, wide
from tests.harness import Client, RunningHall, wait_until, write_config
from tests.realtime.screens import Screen, connect

FILM = bytes(range(256)) * 400
NAMES = ["1 sambutan.png", "لوحة المعلومات.jpg", "film.mp4", "gambar.svg", "100% gratis & cepat?.webp"]


@pytest.fixture(scope="module")
def media_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A hall with pictures and a film, and a board that shows them."""
    folder = tmp_path_factory.mktemp("media")
    document = wide()
    document["displays"][0]["layout"] = "media"
    hall = RunningHall(folder, write_config(folder / "config.toml", document), environ=QUIET)
    media = hall.data / "media"
    media.mkdir(parents=True)
    for name in [*NAMES, ".rahasia.png", "catatan.txt"]:
        (media / name).write_bytes(FILM)
    (hall.data / "secret.png").write_bytes(b"not for anybody")
    (media / "link.png").symlink_to(hall.data / "secret.png")
    (media / "folder.png").mkdir()
    hall.start()
    yield hall
    hall.stop()


def where(name: str) -> str:
    return f"/display/media/{quote(name, safe='')}"


def test_a_board_is_told_of_every_picture_and_film(media_hall: RunningHall) -> None:
    media = media_hall.client().get("/displays/board-a")["media"]
    assert [file["name"] for file in media["files"]] == sorted(NAMES)
    assert {file["name"]: file["kind"] for file in media["files"]}["film.mp4"] == "video"
    assert media["version"] and media["picture_seconds"] == 12
    for file in media["files"]:
        answer = Client(media_hall.url).request("GET", file["href"])
        assert (answer.status, answer.body) == (200, FILM), file
    assert media_hall.client().get("/displays/board-b")["media"] is None


def test_staff_see_which_files_a_board_cannot_show_until_they_are_replaced(media_hall: RunningHall) -> None:
    board, staff = media_hall.client("display", "board-a"), media_hall.client("supervisor")

    def broken() -> list[dict[str, Any]]:
        return list(staff.get("/boards")["media"]["broken"])

    file, other = board.get("/displays/board-a")["media"]["files"][:2]
    board.do("/displays/board-a/media", {"broken": [file["href"], "/display/media/gone.png?v=1"]})
    assert broken() == [{"name": file["name"], "boards": ["board-a"]}]
    board.do("/displays/board-a/media", {"broken": [f"{file['href']}0", other["href"]]})  # the first was replaced
    assert broken() == [{"name": other["name"], "boards": ["board-a"]}]
    board.do("/displays/board-a/media", {"broken": []})
    assert broken() == []


def test_media_come_with_their_type_and_may_run_nothing(media_hall: RunningHall) -> None:
    client = Client(media_hall.url)
    kinds = {name: client.request("GET", where(name)).headers["Content-Type"].split(";")[0] for name in NAMES}
    assert [kinds[name] for name in NAMES] == ["image/png", "image/jpeg", "video/mp4", "image/svg+xml", "image/webp"]
    drawn = client.request("GET", where("gambar.svg")).headers
    assert "default-src 'none'" in drawn["Content-Security-Policy"] and "sandbox" in drawn["Content-Security-Policy"]
    assert drawn["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=500-", 500, len(FILM) - 1), ("bytes=-10", len(FILM) - 10, len(FILM) - 1),
     ("bytes=100-999999999", 100, len(FILM) - 1)],
)  # fmt: skip
def test_a_film_comes_in_pieces(media_hall: RunningHall, asked: str, first: int, last: int) -> None:
    answer = Client(media_hall.url).request("GET", where("film.mp4"), headers={"Range": asked})
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(FILM)}"
    assert answer.body == FILM[first : last + 1]


def test_a_piece_beyond_the_end_is_told_how_long_the_film_is(media_hall: RunningHall) -> None:
    answer = Client(media_hall.url).request("GET", where("film.mp4"), headers={"Range": f"bytes={len(FILM)}-"})
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(FILM)}")


def test_a_film_that_is_known_is_not_sent_again(media_hall: RunningHall) -> None:
    client = Client(media_hall.url)
    etag = client.request("GET", where("film.mp4")).headers["ETag"]
    assert client.request("GET", where("film.mp4"), headers={"If-None-Match": etag}).status == 304


@pytest.mark.parametrize(
    "name",
    [".rahasia.png", "catatan.txt", "link.png", "folder.png", "none.png", "../secret.png", "..%2fsecret.png",
     "%2e%2e%2fantrean.db", "etc/passwd", "film.mp4%00.png", "%ff.png"],
)  # fmt: skip
def test_nothing_else_is_given_out(media_hall: RunningHall, name: str) -> None:
    assert Client(media_hall.url).request("GET", f"/display/media/{name}").status == 404


# What is said


def test_messages_and_the_emergency_reach_the_boards_they_concern_live(wide_hall: RunningHall) -> None:
    supervisor = wide_hall.client("supervisor")
    with closing(connect(wide_hall, "display", "board-a")) as here, closing(
        connect(wide_hall, "display", "board-b")
    ) as there:
        made = supervisor.do("/board-messages", {"text": {"id": "Halo", "en": "Hello"}, "zones": ["a"]})["message"]
        supervisor.do("/emergency", {"text": {"id": "Keluar", "en": "Leave"}, "zones": ["a"]})
        supervisor.do("/emergency/clear")
        supervisor.do(f"/board-messages/{made['id']}/delete")
        wait_until(lambda: len(named(here)) == 4, what="four messages to the board of zone a")
        supervisor.do("/emergency", {"text": {"id": "Semua", "en": "All"}})
        wait_until(lambda: named(there), what="the emergency on the other board")
        assert len(named(there)) == 1
    assert supervisor.get("/displays/board-b")["emergency"]["text"] == {"id": "Semua", "en": "All"}
    supervisor.do("/emergency/clear")
    assert supervisor.get("/displays/board-b")["emergency"] is None


def named(screen: Screen) -> list[str]:
    return [name for name in screen.names() if name == "board.changed"]


def test_supervisors_see_which_boards_are_there(wide_hall: RunningHall) -> None:
    supervisor = wide_hall.client("supervisor")

    def board() -> tuple[int, bool]:
        found = next(each for each in supervisor.get("/boards")["boards"] if each["id"] == "board-b")
        return found["screens"], found["seen_at"] is not None

    wait_until(lambda: board()[0] == 0)
    with closing(connect(wide_hall, "display", "board-b")):
        wait_until(lambda: board() == (1, True))
    wait_until(lambda: board() == (0, True))


# Screens that become boards


def test_a_screen_becomes_a_board_without_anybody_typing_a_token(wide_hall: RunningHall) -> None:
    television, admin = Client(wide_hall.url), wide_hall.client()
    asked = television.do("/display-enrolments")
    waiting = admin.get("/display-enrolments")["enrolments"]
    assert asked["code"] in {each["code"] for each in waiting} and asked["secret"] not in str(waiting)
    assert television.get(f"/display-enrolments/{asked['secret']}")["enrol_url"] is None
    board = {"id": "pintu", "name": {"id": "Papan pintu", "en": "Door board"}, "zones": ["a"], "layout": "agency",
             "agency": "x"}  # fmt: skip
    admin.do(f"/display-enrolments/{asked['code'].lower()}/accept", {"board": board})
    told = television.get(f"/display-enrolments/{asked['secret']}")
    assert told["state"] == "accepted"
    gone_on = television.request("GET", told["enrol_url"])
    assert (gone_on.status, gone_on.headers["Location"]) == (302, "/display/pintu")
    cookie = gone_on.headers["Set-Cookie"].split(";")[0]
    screen = Client(wide_hall.url, headers={"Cookie": cookie, "X-Antrean-Device": "display/pintu"})
    assert screen.get("/displays/pintu")["display"]["agency"]["id"] == "x"
    # Switched on again at the address of new screens, it goes on to its board.
    again = screen.request("GET", "/display/")
    assert (again.status, again.headers["Location"]) == (302, "/display/pintu")
    assert television.request("GET", "/display/").status == 200


def test_of_two_admins_one_accepts(wide_hall: RunningHall) -> None:
    code = Client(wide_hall.url).do("/display-enrolments")["code"]
    admin = wide_hall.client()
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda board: admin.post(f"/display-enrolments/{code}/accept", {"display": board}),
                                ["board-a", "board-b"]))  # fmt: skip
    assert sorted(answer.status for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status == 409).json
    won = next(answer for answer in answers if answer.status == 200).json
    assert (late["code"], late["display"]) == ("not_waiting", won["enrolment"]["display"])


def test_a_code_says_nothing_and_a_wrong_secret_neither(wide_hall: RunningHall) -> None:
    code = Client(wide_hall.url).do("/display-enrolments")["code"]
    for guess in (code, code.lower(), "x" * 43, "x" * 2000, "%00"):
        answer = Client(wide_hall.url).request("GET", f"/api/v1/display-enrolments/{guess}")
        assert answer.status in (404, 400), guess


def test_new_codes_are_limited_for_each_address(hall: RunningHall) -> None:
    television = Client(hall.url)
    answers = [television.post("/display-enrolments") for _ in range(8)]
    assert [answer.status for answer in answers].count(201) == 6
    assert (answers[-1].status, answers[-1].json["code"]) == (429, "too_many")
    assert int(answers[-1].headers["Retry-After"]) >= 1
