"""Every command ends with 0 done, 1 failed, 2 wrong usage or configuration, and says why in words."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server import VERSION
from server.__main__ import main
from tests.durability.folders import Folder, make_folder, roomy
from tests.harness import write_config
from tests.small_hall import set_at

PASSWORD = "sandi-petugas\n"
ADD = ("user", "add", "siti", "--password-stdin", "--role")
TOKEN = ("token", "create", "--name", "x", "--role")
REPORT = ("report", "waiting", "--from")
SKM = ("report", "satisfaction", "--from")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder that no test of this file spoils for the others."""
    return make_folder(tmp_path_factory.mktemp("codes"), tickets=1)


DONE: list[tuple[str, ...]] = [
    ("check",),
    ("migrate",),
    ("verify",),
    ("archive", "--before", "2020-01"),
    (*ADD, "officer", "--replace"),
    ("user", "list"),
    ("user", "bar", "siti"),
    (*TOKEN, "kiosk", "--kiosk", "kiosk-1"),
    ("token", "list"),
    (*TOKEN, "display", "--display", "board"),
    (*TOKEN, "counter", "--counter", "1"),
    (*TOKEN, "printer", "--printer", "printer-1"),
    (*TOKEN, "supervisor"),
    ("hall", "export"),
    (*REPORT, "2026-01-01", "--to", "2026-12-31"),
    (*REPORT, "2026-01-01", "--to", "2026-12-31", "--by", "service", "--format", "csv"),
    (*REPORT, "2026-01-01", "--to", "2026-01-01", "--format", "json"),
    (*SKM, "2026-01-01", "--to", "2026-12-31"),
    (*SKM, "2026-01-01", "--to", "2026-12-31", "--by", "service", "--agency", "x", "--format", "csv"),
    (*SKM, "2026-01-01", "--to", "2026-12-31", "--format", "json"),
    (*SKM, "2026-01-01", "--to", "2026-12-31", "--format", "xlsx"),
    (*TOKEN, "survey", "--counter", "1"),
    *(("report", what, "--from", "2026-01-01", "--to", "2026-12-31") for what in ("counters", "outcomes", "tickets")),
    (*REPORT, "2026-01-01", "--to", "2026-12-31", "--format", "xlsx"),
    ("report", "monthly", "--month", "2026-01"),
    ("report", "rebuild"),
    ("printer", "status"),
    ("slip", "preview", "--width", "58"),
    ("voice", "say", "A-001", "--counter", "1"),
]
FAILED: list[tuple[tuple[str, ...], str]] = [
    (("restore", "none.db"), "there is no file"),
    ((*TOKEN, "kiosk", "--kiosk", "kiosk-9"), 'no kiosk has the id "kiosk-9"'),
    ((*TOKEN, "kiosk"), "name the kiosk"),
    ((*TOKEN, "survey"), "name the counter"),
    ((*TOKEN, "survey", "--counter", "99"), 'no counter has the id "99"'),
    ((*SKM, "2026-01-01", "--to", "2026-01-02", "--output", "none/skm.csv"), "cannot be written"),
    (("clock", "accept"), "has not jumped"),
    (("run", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
    (("run", "--host", "no such host"), "cannot listen on no such host"),
    (("printer", "test", "printer-9"), 'no [[printer]] with the id "printer-9"'),
    (("voice", "check", "."), "clips are there"),
    (("virtual-printer", "--host", "192.0.2.1", "--port", "0"), "cannot listen on 192.0.2.1"),
]
WRONG: list[tuple[str, ...]] = [
    (),
    ("serve",),
    ("run", "--port", "70000"),
    ("run", "--port", "http"),
    ("demo", "--speed", "0"),
    ("backup",),
    ("restore",),
    ("verify", "more"),
    ("archive",),
    ("archive", "--before", "2026-13"),
    ("archive", "--before", "January"),
    ("user", "add"),
    ("user", "bar"),
    ("token", "revoke"),
    (*ADD, "king"),
    (*TOKEN, "officer"),
    (*TOKEN, "kiosk", "--display", "board"),
    (*TOKEN, "survey", "--kiosk", "kiosk-1"),
    ("hall", "apply"),
    ("hall", "apply", "none.toml"),
    ("clock",),
    ("print-agent",),
    ("print-agent", "--server", "http://127.0.0.1:1", "--token", "x"),
    ("slip", "preview", "--width", "70"),
    ("virtual-printer", "--profile", "none"),
    ("voice", "say", "A-001"),
    ("voice", "check", "no-such-folder"),
    (*REPORT, "yesterday", "--to", "today"),
    (*REPORT, "2026-01-02", "--to", "2026-01-01"),
    (*REPORT, "2026-01-01", "--to", "2026-01-02", "--by", "weather"),
    (*SKM, "2026-01-02", "--to", "2026-01-01"),
    (*SKM, "2026-01-01", "--to", "2026-01-02", "--by", "hour"),
    (*SKM, "2026-01-01", "--to", "2026-01-02", "--format", "pdf"),
    (*REPORT, "2026-01-01", "--to", "2026-04-03", "--by", "counter", "--service", "one"),
    ("report", "monthly", "--month", "January"),
]


def spelled(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments) or "nothing"


@pytest.mark.parametrize("arguments", DONE, ids=spelled)
def test_a_command_that_did_its_work_ends_with_0(folder: Folder, arguments: tuple[str, ...]) -> None:
    found = folder.antrean(*arguments, stdin=PASSWORD)
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize(
    ("arguments", "words"), FAILED, ids=lambda value: value if isinstance(value, str) else spelled(value)
)
def test_a_command_that_failed_ends_with_1_and_words(folder: Folder, arguments: tuple[str, ...], words: str) -> None:
    found = folder.antrean(*arguments, stdin=PASSWORD)
    assert (found.exit_code, words in found.stderr) == (1, True), found.output
    assert "Traceback" not in found.output


@pytest.mark.parametrize("arguments", WRONG, ids=spelled)
def test_wrong_usage_ends_with_2(folder: Folder, arguments: tuple[str, ...]) -> None:
    found = folder.antrean(*arguments, stdin=PASSWORD)
    assert found.exit_code == 2, found.output
    assert found.stderr


def test_a_password_that_is_too_short_fails_and_names_the_field(folder: Folder) -> None:
    found = folder.antrean(*ADD, "officer", stdin="kurang\n")
    assert (found.exit_code, found.stderr) == (1, "password: at least 8 characters\n")


def test_an_address_in_use_fails_in_words(folder: Folder) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = folder.antrean("run", "--port", str(port))
    assert (found.exit_code, f"cannot listen on 127.0.0.1:{port}" in found.stderr) == (1, True)


def test_a_data_folder_that_cannot_be_one_fails_in_words(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    other = Folder(tmp_path / "data", folder.config)
    for arguments in (("run",), (*ADD, "officer"), ("restore", str(folder.database))):
        found = other.antrean(*arguments, stdin=PASSWORD)
        assert (found.exit_code, "cannot be used" in found.stderr) == (1, True), found.output


def test_a_damaged_database_fails_in_words_that_say_what_to_do(folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "data", folder.config)
    other.path.mkdir()
    other.database.write_bytes(b"no database" * 1000)
    commands = (("run",), ("migrate",), ("verify",), (*ADD, "officer"), (*REPORT, "2026-01-01", "--to", "2026-01-02"))
    for arguments in commands:
        found = other.antrean(*arguments, stdin=PASSWORD)
        assert (found.exit_code, "not a database" in found.stderr) == (1, True), found.output
    assert "antrean restore" in other.antrean("run").stderr


BROKEN = set_at(set_at(roomy(), "agencies[1].services[0].prefix", "toolong"), "counters[1].zone", "z")


@pytest.mark.parametrize("command", [("check",), ("run",), (*TOKEN, "admin"), ("demo",)], ids=spelled)
def test_a_configuration_with_faults_ends_with_2_and_every_fault_on_a_line_of_its_own(
    folder: Folder, tmp_path: Path, command: tuple[str, ...]
) -> None:
    other = Folder(tmp_path / "data", write_config(tmp_path / "config.toml", BROKEN))
    found = other.antrean(*command)
    assert found.exit_code == 2, found.output
    places = [line.partition(": ")[0] for line in found.stderr.splitlines()]
    assert sorted(places) == ["agencies[1].services[0].prefix", "counters[1].zone"]
    assert not other.path.exists(), "nothing was made"


def test_a_configuration_that_is_not_there_ends_with_2(folder: Folder, tmp_path: Path) -> None:
    found = Folder(folder.path, tmp_path / "none.toml").antrean("check")
    assert (found.exit_code, "cannot be read" in found.stderr) == (2, True)


def test_a_demo_does_not_touch_a_real_hall_nor_run_a_demo(folder: Folder, tmp_path: Path) -> None:
    demo = folder.antrean("demo", "--port", "0")
    assert (demo.exit_code, "real hall" in demo.stderr) == (1, True)
    other = make_folder(tmp_path)
    (other.path / "demo.json").write_text("{}")
    run = other.antrean("run", "--port", "0")
    assert (run.exit_code, "demo's data folder" in run.stderr) == (1, True)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command, those of groups included."""
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        here, command = (*path, name), group.get_command(context, name)
        assert command is not None and command.name == name, "it is called as it is listed"
        found += commands(command, here) if isinstance(command, click.Group) else [here]
    return found


def test_every_command_has_been_tried_here_or_has_tests_of_its_own() -> None:
    tried = {*DONE, *(arguments for arguments, _ in FAILED), *WRONG}
    for command in commands(main):
        assert any(arguments[: len(command)] == command for arguments in tried), command


@pytest.mark.parametrize("command", commands(main), ids=spelled)
def test_every_command_explains_itself_and_takes_config_and_data(folder: Folder, command: tuple[str, ...]) -> None:
    found = folder.antrean(*command, "--help")
    assert found.exit_code == 0
    assert re.search(r"^  \S", found.stdout, re.MULTILINE), "a sentence"
    assert "--config" in found.stdout
    assert "--data" in found.stdout


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"antrean, version {VERSION}\n"
