"""`antrean demo`, as a newcomer starts it: what it prints, what it keeps, and that its hall lives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli.demo import demo
from server.cli.demo_folder import day_seconds, is_real_hall, prepare_demo
from server.config import load
from server.domain.hall import Hours
from server.store.sqlite import DATABASE, connect
from tests.harness import ROOT, START_S, Client, wait_until, write_config
from tests.small_hall import small

DEMO = [sys.executable, "-m", "server", "demo"]


class RunningDemo:
    """`antrean demo` on a kept folder."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.out = data.parent / "demo.out"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [*DEMO, "--data", str(data), "--port", "0", *arguments], cwd=ROOT, stdout=out, stderr=out
            )
        wait_until(self._printed, START_S, "the addresses")
        found = re.search(r"all pages +(http://\S+)/\n", self.said())
        assert found, self.said()
        self.url = found[1]
        self.shown: dict[str, Any] = json.loads((data / "demo.json").read_text())

    def _printed(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "The data is" in self.said()

    def wait_until_ready(self) -> None:
        wait_until(lambda: Client(self.url).request("GET", "/readyz").status == 200, START_S, "ready")

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def client(self, device: str) -> Client:
        return Client(self.url, self.shown["tokens"][device])

    def overseer(self) -> Client:
        return self.log_in("pengawas")

    def log_in(self, name: str) -> Client:
        login = next(login for login in self.shown["logins"] if login["name"] == name)
        answer = Client(self.url).post("/session", {"name": name, "password": login["password"]})
        assert answer.status == 200, answer.body
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        return Client(self.url, headers={"Cookie": cookie, "X-CSRF-Token": answer.json["csrf"]})

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """The shipped hall at full speed, for all tests that watch it."""
    running = RunningDemo(tmp_path_factory.mktemp("demo") / "data", "--visitors", "600", "--speed", "100")
    running.wait_until_ready()
    yield running
    assert running.stop() == 0


def kinds_after(overseer: Client, seq: int) -> tuple[list[dict[str, Any]], int]:
    page = overseer.get(f"/events?after={seq}&limit=1000")
    return page["events"], page["next"]


def web_server_of(running: RunningDemo) -> int:
    """The process that serves: the supervisor's first child, while none has been started again."""
    return int(Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()[0])


def test_the_hall_lives_through_the_real_api(lively: RunningDemo) -> None:
    overseer, seen, seq = lively.overseer(), set[str](), 0
    wanted = {"issued", "called", "recalled", "started", "finished", "no_show"}

    def everything_has_happened() -> bool:
        nonlocal seq
        events, seq = kinds_after(overseer, seq)
        seen.update(event["kind"] for event in events)
        return seen >= {f"ticket.{kind}" for kind in wanted}

    wait_until(everything_has_happened, 60, "a ticket of every fate")

    def closed() -> list[str]:
        return [counter["id"] for counter in overseer.get("/hall")["counters"] if counter["state"] == "closed"]

    wait_until(lambda: len(closed()) <= 3, 20, "an officer at every other counter")
    assert closed() == lively.shown["free"]
    assert len(closed()) == 3
    with closing(connect(lively.data / DATABASE, readonly=True)) as tables:
        states = {row[0] for row in tables.execute("SELECT DISTINCT state FROM spans WHERE end_ms IS NOT NULL")}
    assert {"waiting", "called", "serving"} <= states
    done = subprocess.run(
        [sys.executable, "-m", "server", "verify", "--data", str(lively.data)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_officers_leave_a_counter_alone_that_a_person_has_taken_over(lively: RunningDemo) -> None:
    overseer, person = lively.overseer(), lively.log_in("petugas-01")

    def open_counter() -> str | None:
        return next((c["id"] for c in overseer.get("/hall")["counters"] if c["state"] == "open"), None)

    taken = wait_until(open_counter, 30, "an open counter")
    person.do(f"/counters/{taken}/open", {"take_over": True})
    # What the simulated officer had under way may still arrive; from then on the counter is the person's.
    began = overseer.get("/hall")["seq"]
    since = wait_until(lambda: _calls(overseer, began, 10), 30, "ten calls elsewhere")
    wait_until(lambda: _calls(overseer, since, 10), 30, "ten more")
    late = [e for e in kinds_after(overseer, since)[0] if (e.get("counter") or {}).get("id") == taken]
    assert late == []
    assert person.get(f"/counters/{taken}")["counter"]["officer"]["name"] == "petugas-01"


def test_the_simulation_outlives_the_web_server(lively: RunningDemo) -> None:
    overseer = lively.overseer()
    os.kill(web_server_of(lively), signal.SIGTERM)
    wait_until(lambda: "the web server ended" in lively.said(), 20, "its end")
    lively.wait_until_ready()
    seq = overseer.get("/hall")["seq"]
    wait_until(
        lambda: any(e["kind"] == "ticket.finished" for e in kinds_after(overseer, seq)[0]), 30, "life after the restart"
    )
    assert "the simulation ended" not in lively.said()


def _calls(overseer: Client, after: int, count: int) -> int:
    """The sequence number of the so-many-th call after another; 0 while there are fewer."""
    calls = [event["seq"] for event in kinds_after(overseer, after)[0] if event["kind"] == "ticket.called"]
    return calls[count - 1] if len(calls) >= count else 0


def test_a_newcomer_is_told_every_page_and_every_login_on_a_screenful(data: Path) -> None:
    running = RunningDemo(data, "--visitors", "0")
    try:
        said = running.said()
        assert len(said.strip().splitlines()) <= 25
        assert f"{running.url}/paper" in said
        assert f"{running.url}/counter/" in said
        for device in ("kiosk/kiosk-1", "kiosk/kiosk-2", "display/board-a", "display/board-hall"):
            assert f"{running.url}{running.shown['links'][device]}" in said
        for login in running.shown["logins"]:
            assert login["name"] in said
        suggested = [login["counter"] for login in running.shown["logins"] if login["role"] == "officer"]
        assert suggested == running.shown["free"]
        for counter in suggested:
            assert f"counter {counter} is free" in said
        running.wait_until_ready()
        link = running.shown["links"]["kiosk/kiosk-1"]
        enrolled = Client(running.url).request("GET", link)
        assert (enrolled.status, enrolled.headers["Location"]) == (302, "/kiosk/kiosk-1")
        assert running.log_in("petugas-02").post(f"/counters/{suggested[1]}/open", {}).status == 200
        hall = running.overseer().get("/hall")
        assert [c["id"] for c in hall["counters"] if c["state"] != "closed"] == [suggested[1]], "nobody else is here"
    finally:
        assert running.stop() == 0


def test_a_real_hall_is_refused_and_left_as_it_was(data: Path) -> None:
    data.mkdir()
    with closing(connect(data / DATABASE)):
        before = sorted(path.name for path in data.iterdir())
    done = subprocess.run([*DEMO, "--data", str(data)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"{data} holds a real hall; a demo does not touch it\n"
    assert {DATABASE} <= {path.name for path in data.iterdir()} <= set(before)


@pytest.mark.parametrize("wrong", [["--visitors", "nan"], ["--speed", "0"], ["--visitors", "-1"], ["--speed", "inf"]])
def test_a_rate_that_is_no_rate_is_wrong_usage(wrong: list[str]) -> None:
    done = CliRunner().invoke(demo, wrong)
    assert done.exit_code == 2
    assert wrong[0] in done.output


def test_a_start_that_was_broken_off_leaves_no_folder_that_looks_like_a_real_hall_s(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*arguments: Any, **more: Any) -> Any:
        connect(data / DATABASE).close()
        raise KeyboardInterrupt

    data.mkdir()
    config = write_config(data / "config.toml", small())
    with monkeypatch.context() as patched:
        patched.setattr("server.cli.demo_folder.write_offline", break_off)
        with pytest.raises(KeyboardInterrupt):
            prepare_demo(data, load(config, {}))
    assert not is_real_hall(data)
    shown, _ = prepare_demo(data, load(config, {}))
    assert set(shown["tokens"]) == {"kiosk/kiosk-1", "display/board", "counter/1", "counter/2"}


def test_the_demo_s_file_is_readable_to_its_owner_alone(data: Path) -> None:
    data.mkdir()
    settings = load(write_config(data / "config.toml", small()), {})
    (data / "demo.json").write_text("{}")
    (data / "demo.json").chmod(0o644)
    before = os.umask(0)
    try:
        prepare_demo(data, settings)
    finally:
        os.umask(before)
    assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in data.glob("demo*")) == ["demo.json"]


def test_tokens_and_logins_are_kept_from_one_start_to_the_next_and_old_ones_taken_back(data: Path) -> None:
    data.mkdir()
    settings = load(write_config(data / "config.toml", small()), {})

    def rows(sql: str) -> list[Any]:
        with closing(connect(data / DATABASE, readonly=True)) as tables:
            return tables.execute(sql).fetchall()

    first, _ = prepare_demo(data, settings)
    tokens, users = "SELECT * FROM tokens ORDER BY hash", "SELECT name, role, password_hash FROM users ORDER BY name"
    kept = rows(tokens), rows(users)
    second, _ = prepare_demo(data, settings)
    assert second["tokens"] == first["tokens"]
    assert (rows(tokens), rows(users)) == kept

    # A device that the hall no longer has, and a token that somebody has taken away.
    gone, lost = first["tokens"]["kiosk/kiosk-1"], first["tokens"]["counter/2"]
    document = {**first, "tokens": {**first["tokens"], "kiosk/old": gone, "counter/2": "nonsense"}}
    del document["tokens"]["kiosk/kiosk-1"]
    (data / "demo.json").write_text(json.dumps(document))
    third, _ = prepare_demo(data, settings)
    assert third["tokens"]["kiosk/kiosk-1"] != gone
    assert third["tokens"]["counter/2"] not in (lost, "nonsense")
    assert third["tokens"]["display/board"] == first["tokens"]["display/board"]
    assert len(rows(tokens)) == 5, "the four devices', and the one that nobody remembers"


def test_the_day_is_as_long_as_the_hall_s_longest() -> None:
    assert day_seconds(Hours(mon=("08:00-12:00", "13:00-15:30"), fri=("08:00-11:00",))) == 7.5 * 3600
    assert day_seconds(Hours()) == 7.5 * 3600
