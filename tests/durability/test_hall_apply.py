"""Moving the catalogue as TOML: what would change is shown first, and nobody who waits loses their queue."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from server.commands import issuing, serving
from server.commands.desk import UNSAID
from server.domain.actors import Actor
from server.hall_file import parse_hall
from server.store.changes import Changes
from server.store.offline import write_offline
from tests.durability.folders import KIOSK, Folder, hall_of, make_folder, roomy, rows
from tests.harness import write_config
from tests.small_hall import Document, set_at

ADMIN = Actor("local", "admin", "command line")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path)


def file(folder: Folder, document: Document) -> str:
    return str(write_config(folder.path.parent / "new.toml", document))


def versions(folder: Folder) -> int:
    return int(rows(folder.database, "SELECT max(version) FROM catalogue")[0][0])


def without(document: Document, agency: int, service: int) -> Document:
    """The document less one service, and less it at every counter."""
    gone = document["agencies"][agency]["services"].pop(service)["id"]
    for counter in document["counters"]:
        counter["services"] = [id for id in counter["services"] if id != gone]
    document["counters"] = [counter for counter in document["counters"] if counter["services"]]
    document["agencies"] = [agency for agency in document["agencies"] if agency["services"]]
    return document


def test_what_would_change_is_shown_and_asked_about(folder: Folder) -> None:
    newer = set_at(roomy(), "hall.name", "Mal Baru")
    newer = set_at(newer, "agencies[0].services[1].name.en", "Second")
    newer["kiosks"].append({"id": "kiosk-2", "name": {"id": "Dua", "en": "Two"}, "zone": "a"})
    del newer["displays"]
    declined = folder.antrean("hall", "apply", file(folder, newer), stdin="n\n")
    assert declined.exit_code == 1
    shown = declined.stdout.splitlines()
    assert '~ hall.name: "MPP" -> "Mal Baru"' in shown
    assert '~ agencies.x.services.two.name.en: "Two (en)" -> "Second"' in shown
    assert any(line.startswith("+ kiosks.kiosk-2 = ") for line in shown)
    assert any(line.startswith("- displays") for line in shown)
    assert versions(folder) == 1, "declined: nothing was applied"
    agreed = folder.antrean("hall", "apply", file(folder, newer), stdin="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert versions(folder) == 2
    assert tomllib.loads(folder.antrean("hall", "export").stdout)["hall"]["name"] == "Mal Baru"
    assert rows(folder.database, "SELECT kind FROM events") == [("hall.changed",)] * 2
    assert folder.antrean("verify").exit_code == 0


def test_nothing_to_change_changes_nothing_and_asks_nothing(folder: Folder) -> None:
    found = folder.antrean("hall", "apply", file(folder, roomy()))
    assert (found.exit_code, "nothing changes" in found.stderr) == (0, True)
    assert versions(folder) == 1


def test_an_exported_hall_is_the_same_hall_again(folder: Folder, tmp_path: Path) -> None:
    exported = folder.antrean("hall", "export")
    assert exported.exit_code == 0
    assert parse_hall(tomllib.loads(exported.stdout)) == parse_hall(roomy())
    path = tmp_path / "exported.toml"
    path.write_text(exported.stdout)
    again = folder.antrean("hall", "apply", str(path))
    assert (again.exit_code, "nothing changes" in again.stderr) == (0, True)
    other = make_folder(tmp_path / "other")
    assert other.antrean("hall", "apply", file(other, set_at(roomy(), "hall.name", "Lain")), "--yes").exit_code == 0
    assert other.antrean("hall", "apply", str(path), "--yes").exit_code == 0
    assert other.antrean("hall", "export").stdout == exported.stdout


def call(folder: Folder) -> None:
    """The first of service one is called to counter 1."""

    def command(tx: Changes) -> None:
        hall = hall_of(tx)
        serving.open_counter(tx, hall, ADMIN, "1", take_over=False, expect=UNSAID)
        serving.call_next(tx, hall, ADMIN, "1", expect=UNSAID)

    write_offline(folder.database, command)


def refused(folder: Folder, document: Document, words: str) -> None:
    found = folder.antrean("hall", "apply", file(folder, document), "--yes")
    assert (found.exit_code, words in found.stderr) == (1, True), found.stderr
    assert versions(folder) == 1


def test_a_service_that_people_wait_for_is_not_dropped(folder: Folder) -> None:
    folder.issue(1, "two")
    refused(folder, without(roomy(), 0, 1), 'service "two" still has people waiting')
    write_offline(folder.database, lambda tx: issuing.cancel(tx, hall_of(tx), KIOSK, 1))
    assert folder.antrean("hall", "apply", file(folder, without(roomy(), 0, 1)), "--yes").exit_code == 0


def test_a_service_whose_visitor_is_at_a_counter_is_not_dropped(folder: Folder) -> None:
    folder.issue(1, "one")
    call(folder)
    refused(folder, without(roomy(), 0, 0), 'service "one"')


def test_a_counter_that_is_open_is_not_dropped(folder: Folder) -> None:
    folder.issue(1, "one")
    call(folder)
    fewer = roomy()
    fewer["counters"][1]["services"] += fewer["counters"].pop(0)["services"]
    refused(folder, fewer, 'counter "1" is still open')


def test_a_service_does_not_change_its_numbers_under_people_who_wait(folder: Folder) -> None:
    folder.issue(1, "two")
    other = set_at(set_at(roomy(), "agencies[0].services[1].sequence", "twos"), "agencies[0].services[1].prefix", "C")
    refused(folder, other, 'service "two" changes its sequence while people wait')


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (set_at(roomy(), "counters[0].services[0]", "nine"), "counters[0].services[0]: "),
        (set_at(roomy(), "hall.timezone", "Mars/North"), "hall.timezone: "),
        (set_at(roomy(), "hall.colour", "blue"), "hall.colour: "),
    ],
)
def test_a_file_with_faults_is_wrong_usage_and_every_fault_is_told(folder: Folder, broken: Any, words: str) -> None:
    found = folder.antrean("hall", "apply", file(folder, broken), "--yes")
    assert (found.exit_code, words in found.stderr) == (2, True), found.stderr
    assert versions(folder) == 1


def test_a_file_that_is_no_toml_or_is_not_there_is_wrong_usage(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    assert folder.antrean("hall", "apply", str(path)).exit_code == 2
    path.write_text("this is = = not toml")
    assert folder.antrean("hall", "apply", str(path)).exit_code == 2
    path.write_bytes(b"\xff\xfe")
    assert folder.antrean("hall", "apply", str(path)).exit_code == 2


def test_a_whole_config_may_be_applied_its_machine_part_is_left_aside(folder: Folder) -> None:
    whole = set_at({**roomy(), "server": {"port": 9000}, "limits": {"tickets_per_second": 1.0}}, "hall.name", "Baru")
    assert folder.antrean("hall", "apply", file(folder, whole), "--yes").exit_code == 0
    assert "server" not in tomllib.loads(folder.antrean("hall", "export").stdout)


def test_without_a_database_there_is_nothing_to_export_or_compare(folder: Folder) -> None:
    folder.database.unlink()
    for arguments in (("hall", "export"), ("hall", "apply", file(folder, roomy()))):
        found = folder.antrean(*arguments)
        assert (found.exit_code, "there is no database" in found.stderr) == (1, True)
    folder.database.write_bytes(b"no database" * 1000)
    found = folder.antrean("hall", "export")
    assert (found.exit_code, "cannot be read" in found.stderr) == (1, True)
