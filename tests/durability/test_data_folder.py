"""One process owns the data folder; what is in it is nobody else's to read; the command line finds its way to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.house import load_secrets
from server.store.lock import FolderLock, Locked
from server.store.sqlite import DATABASE, SqliteStore, connect
from server.supervisor import KILLED_WITHIN_S, STOP_WITHIN_S
from tests.durability.folders import Folder, issue, make_folder, roomy, rows
from tests.durability.test_kill import alive, children, is_free
from tests.harness import Client, RunningHall, wait_until, write_config
from tests.small_hall import set_at


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    """A hall on a folder whose catalogue is an older one than config.toml's."""
    root = tmp_path_factory.mktemp("running")
    make_folder(root)
    newer = set_at(roomy(), "agencies[0].services[0].name.en", "Newer")
    hall = RunningHall(root, write_config(root / "config.toml", newer))
    hall.start()
    yield hall
    hall.kill()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_run_on_the_same_folder_is_refused_in_words(running: RunningHall) -> None:
    assert running.process is not None
    second = running.antrean("run", "--port", "0")
    assert second.returncode == 1
    assert f"is in use by another antrean (process {running.process.pid})" in second.stderr
    assert running.client(None).get("/hall")["hall"]["name"] == "MPP", "the first goes on"


def test_a_catalogue_that_differs_from_the_configured_one_is_reported_at_start(running: RunningHall) -> None:
    assert "The hall in the configuration differs from the one in use" in running.log()
    services = running.client(None).get("/hall")["agencies"][0]["services"]
    assert services[0]["name"]["en"] == "One (en)", "and the one in use stays in use"


def test_what_is_in_the_folder_is_nobody_elses_to_read(running: RunningHall) -> None:
    running.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    for name in ("secrets.json", DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        assert mode(running.data / name) == 0o600, name


def test_a_new_database_is_nobody_elses_to_read_from_its_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        connect(tmp_path / "new.db").close()
        assert mode(tmp_path / "new.db") == 0o600
        SqliteStore(tmp_path / DATABASE).write(issue)
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            assert mode(tmp_path / name) == 0o600, name
    finally:
        os.umask(before)


def test_a_folder_with_any_name_has_its_database_in_it(tmp_path: Path) -> None:
    """The path becomes an address for SQLite, in which some signs mean something else."""
    odd = tmp_path / "data %20 #1 ?mode=ro & Größe"
    SqliteStore(odd / DATABASE).write(issue)
    assert (odd / DATABASE).stat().st_size > 0
    assert rows(odd / DATABASE, "SELECT number FROM tickets") == [("A-001",)]


def test_secrets_are_made_once_and_are_not_the_same_in_two_folders(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, second = (load_secrets(folder) for folder in folders)
    assert len({first.secret_key, first.local_token, second.secret_key, second.local_token}) == 4
    assert all(len(secret) >= 40 for secret in (first.secret_key, first.local_token))
    assert load_secrets(folders[0]) == first
    assert mode(folders[0] / "secrets.json") == 0o600


def test_a_user_added_while_the_server_runs_goes_through_it_and_may_log_in_at_once(running: RunningHall) -> None:
    added = running.antrean("user", "add", "siti", "--role", "officer", "--password-stdin", stdin="sandi-petugas\n")
    assert (added.returncode, added.stdout) == (0, ""), added.stderr
    login = Client(running.url).post("/session", {"name": "siti", "password": "sandi-petugas"})
    assert login.status == 200
    again = running.antrean("user", "add", "Siti", "--role", "officer", "--password-stdin", stdin="sandi-lainnya\n")
    assert (again.returncode, "already" in again.stderr) == (1, True)


def test_a_token_goes_alone_to_standard_output_and_its_link_to_the_address_that_runs(running: RunningHall) -> None:
    made = running.antrean("token", "create", "--role", "kiosk", "--name", "door", "--kiosk", "kiosk-1")
    token = made.stdout.strip()
    assert (made.returncode, made.stdout) == (0, f"{token}\n")
    assert f"{running.url}/enrol?token={token}" in made.stderr
    assert Client(running.url, token).post("/tickets", {"services": ["one"]}).status == 201
    wrong = running.antrean("token", "create", "--role", "kiosk", "--name", "x", "--kiosk", "kiosk-9")
    assert (wrong.returncode, wrong.stdout, 'no kiosk has the id "kiosk-9"' in wrong.stderr) == (1, "", True)


def test_a_catalogue_applied_while_the_server_runs_is_in_force_at_once(running: RunningHall) -> None:
    newer = set_at(roomy(), "counters[0].label", "Loket Satu")
    applied = running.antrean("hall", "apply", str(write_config(running.folder / "newer.toml", newer)), "--yes")
    assert applied.returncode == 0, applied.stderr
    assert '~ counters.1.label: "1" -> "Loket Satu"' in applied.stdout
    assert running.client(None).get("/hall")["counters"][0]["label"] == "Loket Satu"
    assert running.antrean("verify").returncode == 0


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path)


def test_alone_the_command_line_writes_by_itself_and_lets_the_folder_go(folder: Folder) -> None:
    added = folder.antrean("user", "add", "siti", "--role", "officer", "--password-stdin", stdin="sandi-petugas\n")
    assert added.exit_code == 0, added.output
    made = folder.antrean("token", "create", "--role", "display", "--name", "board", "--display", "board")
    assert made.exit_code == 0, made.output
    assert rows(folder.database, "SELECT name, role FROM users") == [("siti", "officer")]
    assert rows(folder.database, "SELECT role, subject FROM tokens") == [("display", "board")]
    assert rows(folder.database, "SELECT actor FROM events WHERE kind = 'access.changed'") == [("local",)] * 2
    assert folder.antrean("verify").exit_code == 0
    FolderLock(folder.path).release()


def test_a_command_for_a_folder_that_somebody_else_holds_without_serving_says_so(folder: Folder) -> None:
    held = FolderLock(folder.path)
    try:
        add = ("user", "add", "siti", "--role", "officer", "--password-stdin")
        waiting = folder.antrean(*add, stdin="sandi-petugas\n")
        assert (waiting.exit_code, "is not up yet" in waiting.stderr) == (1, True)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            note = {"url": f"http://127.0.0.1:{nobody.getsockname()[1]}", "pid": 1}
            (folder.path / "server.json").write_text(json.dumps(note))
            silent = folder.antrean(*add, stdin="sandi-petugas\n")
        assert (silent.exit_code, "did not answer" in silent.stderr) == (1, True)
        for command in (["restore", str(folder.database)], ["migrate"]):
            refused = folder.antrean(*command)
            assert (refused.exit_code, "is in use by another antrean" in refused.stderr) == (1, True), command
    finally:
        held.release()


def test_the_lock_is_held_while_any_child_lives(tmp_path: Path) -> None:
    held = FolderLock(tmp_path)
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writable)
        os.read(readable, 1)  # until the parent closes its end
        os._exit(0)
    os.close(readable)
    held.release()
    with pytest.raises(Locked):
        FolderLock(tmp_path)
    os.close(writable)
    os.waitpid(child, 0)
    FolderLock(tmp_path).release()


def test_children_go_with_their_supervisor_even_when_they_hang(tmp_path: Path) -> None:
    hall = RunningHall(tmp_path, write_config(tmp_path / "config.toml", roomy()))
    hall.start()
    assert hall.process is not None
    web = next(child for child in children(hall.process.pid) if children(child))
    (worker,) = children(web)
    os.kill(web, signal.SIGSTOP)  # as one that hangs: it cannot even be told to end
    hall.process.kill()
    hall.process.wait(20)
    wait_until(lambda: not alive(web) and not alive(worker), what="children that follow their parent")
    wait_until(lambda: is_free(hall.data), what="the lock")
    hall.start()
    hall.kill()


def test_a_planned_stop_leaves_one_file_that_holds_everything(tmp_path: Path) -> None:
    hall = RunningHall(tmp_path, write_config(tmp_path / "config.toml", roomy()))
    hall.start()
    hall.client("kiosk", "kiosk-1").do("/tickets", {"services": ["one"]})
    assert hall.stop() == 0
    assert not (hall.data / "server.json").exists()
    assert sorted(path.name for path in hall.data.iterdir() if path.is_file()) == [DATABASE, "lock", "secrets.json"]
    assert is_free(hall.data)
    assert rows(hall.data / DATABASE, "SELECT number FROM tickets") == [("A-001",)]


def test_a_planned_stop_ends_even_when_a_child_hangs(tmp_path: Path) -> None:
    assert STOP_WITHIN_S + KILLED_WITHIN_S < 5, "the design allows so much; here it is as long as the machine is busy"
    hall = RunningHall(tmp_path, write_config(tmp_path / "config.toml", roomy()))
    hall.start()
    assert hall.process is not None
    web = next(child for child in children(hall.process.pid) if children(child))
    (worker,) = children(web)
    os.kill(web, signal.SIGSTOP)
    hall.process.terminate()
    hall.process.wait(30)
    wait_until(lambda: not alive(web) and not alive(worker), 10, "no child left")
    wait_until(lambda: is_free(hall.data), 10, "the lock")
