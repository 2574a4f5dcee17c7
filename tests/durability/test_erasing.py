"""What is known of visitors is erased after a time: out of rows, log and file; figures and the log's chain stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.commands import issuing, retention
from server.domain.retention import ERASED_BY, erase_before_ms, without_words
from server.store.changes import Changes
from server.store.sqlite import SqliteStore, settle
from tests.durability.folders import KIOSK, OPEN, Folder, rows, tampering
from tests.durability.past import JAKARTA, NOTE, WORDS, a_moment_ago, at, folder_with, hall, write_at
from tests.harness import Client, RunningHall, wait_until

REPORTS = [
    ("report", "waiting", "--from", "2026-01-01", "--to", "2026-12-31", "--by", by, "--format", format_)
    for by in ("agency", "service")
    for format_ in ("table", "csv", "json")
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_with(tmp_path, ["2026-01-30", "2026-02-02"])


def erase(folder: Folder, before: str) -> None:
    """Erase what is older, as the server's chore does."""
    store = SqliteStore(folder.database)
    while store.write(lambda tx: retention.erase_visits(tx, at(before))):
        continue
    while True:
        with store.read() as reader:
            found = retention.find_words(reader, at(before), store.now_ms())
        if found is None:
            return
        store.write(lambda tx, found=found: retention.erase_words(tx, found))  # type: ignore[misc]


def figures(folder: Folder) -> list[str]:
    told = [folder.antrean(*report) for report in REPORTS]
    assert all(one.exit_code == 0 and one.stdout for one in told)
    return [one.stdout for one in told]


def words_in_file(folder: Folder) -> set[str]:
    settle(folder.database)
    content = folder.database.read_bytes()
    return {word for word in WORDS if word.encode() in content}


def test_words_and_codes_are_gone_and_the_figures_are_the_same_to_the_byte(folder: Folder) -> None:
    before, codes = figures(folder), rows(folder.database, "SELECT code FROM visits")
    assert words_in_file(folder) == set(WORDS)
    erase(folder, "2026-03-01 00:00")
    assert figures(folder) == before
    assert words_in_file(folder) == set(), "not even in pages of the file that are free"
    assert rows(folder.database, "SELECT * FROM notes") == []
    assert rows(folder.database, "SELECT DISTINCT documents, outcome FROM tickets") == [(None, "kurang")]
    assert len(codes) == 4
    assert not set(codes) & set(rows(folder.database, "SELECT code FROM visits"))
    assert all(code.encode() not in folder.database.read_bytes() for (code,) in codes)


def test_the_log_is_whole_after_it_and_says_how_many_payloads_lost_words(folder: Folder) -> None:
    log = rows(folder.database, "SELECT seq, at_ms, kind, actor, payload_hash, chain FROM events ORDER BY seq")
    payloads = dict(rows(folder.database, "SELECT seq, payload FROM events"))
    erase(folder, "2026-03-01 00:00")
    after = rows(folder.database, "SELECT seq, at_ms, kind, actor, payload_hash, chain FROM events ORDER BY seq")
    assert after[: len(log)] == log
    ((told,),) = rows(folder.database, "SELECT payload FROM events WHERE kind = 'words.erased'")
    changed = [seq for seq, payload in rows(folder.database, "SELECT seq, payload FROM events WHERE seq <= ?",
               (len(log),)) if payload != payloads[seq]]  # fmt: skip
    assert len(changed) == json.loads(told)["events"] == 6, "four finished tickets, two pauses"
    for seq in changed:
        (payload,) = rows(folder.database, "SELECT payload FROM events WHERE seq = ?", (seq,))[0]
        left = json.loads(payload)
        assert left.pop(ERASED_BY) == len(log) + 1
        assert without_words("ticket.finished" if "ticket" in left else "counter.changed", left) is None
        whole = json.loads(payloads[seq])
        assert left.keys() == whole.keys()
        if "ticket" in left:
            assert left["ticket"] == {**whole["ticket"], "documents": []}
    found = folder.antrean("verify")
    assert (found.exit_code, found.stdout) == (0, f"the log is whole: {len(after)} events, words erased in 6\n")


def test_only_what_is_older_goes_and_doing_it_again_changes_nothing(folder: Folder) -> None:
    erase(folder, "2026-02-02 00:00")
    assert [text for (text,) in rows(folder.database, "SELECT text FROM notes")] == [NOTE, NOTE]
    once = rows(folder.database, "SELECT * FROM events"), rows(folder.database, "SELECT * FROM visits")
    erase(folder, "2026-02-02 00:00")
    assert (rows(folder.database, "SELECT * FROM events"), rows(folder.database, "SELECT * FROM visits")) == once
    assert words_in_file(folder) == set(WORDS)
    erase(folder, "2026-02-03 00:00")
    assert words_in_file(folder) == set()
    assert folder.antrean("verify").stdout.endswith("words erased in 6\n")


def forged(change: Callable[[dict[str, Any]], object], seq: str) -> Callable[[Folder], None]:
    def forge(folder: Folder) -> None:
        with tampering(folder.database) as connection:
            where = f"kind = 'ticket.finished' AND payload {seq} '%{ERASED_BY}%' ORDER BY seq LIMIT 1"
            number, payload = connection.execute(f"SELECT seq, payload FROM events WHERE {where}").fetchone()
            left = json.loads(payload)
            change(left)
            connection.execute("UPDATE events SET payload = ? WHERE seq = ?", (json.dumps(left), number))

    return forge


FORGERIES = {
    "what is left was changed": forged(lambda left: left["ticket"].update(wait_seconds=1), "LIKE"),
    "what is left was put under another event": forged(lambda left: left.update({ERASED_BY: 9_999}), "LIKE"),
    "an earlier event is to tell of it": forged(lambda left: left.update({ERASED_BY: 1}), "LIKE"),
    "an erasure that nobody told": forged(lambda left: left.update({ERASED_BY: 9_999}), "NOT LIKE"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_an_erasure_is_no_way_to_change_the_log(folder: Folder, what: str) -> None:
    erase(folder, "2026-02-01 00:00")
    assert folder.antrean("verify").exit_code == 0
    FORGERIES[what](folder)
    finished = [seq for (seq,) in rows(folder.database, "SELECT seq FROM events WHERE kind = 'ticket.finished'")]
    found = folder.antrean("verify")
    assert found.exit_code == 1
    bad = finished[2] if what == "an erasure that nobody told" else finished[0]
    assert f"does not hold at {bad}: " in found.stdout, found.stdout


def test_a_clock_that_was_wrong_keeps_nothing_for_ever_and_takes_nothing_early(tmp_path: Path) -> None:
    """Visitors of a day with a clock of 2031; then it was set right. They count as old when those after them do."""
    folder = folder_with(tmp_path, ["2026-01-30"])
    with tampering(folder.database) as connection:
        connection.execute("UPDATE visits SET issued_ms = ?", (at("2031-05-05 10:00"),))
    write_at(folder.database, at("2026-03-05 10:00"), lambda tx: issuing.issue(tx, hall(), OPEN, KIOSK, WISH))
    a_moment_ago(folder.database)
    codes = rows(folder.database, "SELECT code FROM visits ORDER BY id")
    erase(folder, "2026-03-05 00:00")
    assert rows(folder.database, "SELECT code FROM visits ORDER BY id") == codes
    erase(folder, "2026-03-06 00:00")
    assert not set(codes) & set(rows(folder.database, "SELECT code FROM visits"))
    assert rows(folder.database, "SELECT * FROM notes") == []


WISH = issuing.Wish(("one",))


def test_a_running_hall_erases_by_itself_and_only_what_is_as_old_as_was_set(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ["2026-01-30"])
    codes: list[str] = [code for (code,) in rows(folder.database, "SELECT code FROM visits")]
    hall_ = RunningHall(tmp_path, folder.config, environ={"ANTREAN_RETENTION_PERSONAL_DAYS": "0"})
    hall_.start()
    try:
        kiosk = hall_.client("kiosk", "kiosk-1")
        mine = kiosk.do("/tickets", {"services": ["three"]})["visit"]["code"]
        assert all(hall_.client(None).get(f"/visits/{code}") for code in codes), "0 is never"
    finally:
        assert hall_.stop() == 0
    assert words_in_file(folder) == set(WORDS)
    hall_ = RunningHall(tmp_path, folder.config, environ={"ANTREAN_RETENTION_PERSONAL_DAYS": "1"})
    hall_.start()
    try:
        wait_until(lambda: rows(folder.database, "SELECT 1 FROM events WHERE kind = 'words.erased'"), what="an erasure")
        public = Client(hall_.url)
        assert {public.request("GET", f"/api/v1/visits/{code}").status for code in codes} == {404}
        assert public.get(f"/visits/{mine}")["tickets"][0]["number"] == "B-001", "today's is known"
        told = hall_.client("supervisor").get("/events?limit=1000")["events"]
        assert [event for event in told if event.get(ERASED_BY)], "the log can still be read"
        assert not [word for word in WORDS if word in json.dumps(told, ensure_ascii=False)]
    finally:
        assert hall_.stop() == 0
    assert words_in_file(folder) == set()


def test_slips_are_not_kept_longer_than_the_codes_on_them(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ["2026-11-01"])

    def print_one(tx: Changes) -> None:
        job = tx.add_print_job(1, "printer-1", '{"code": "x"}', tx.now_ms, copy=False)
        tx.set_print_job(job.id, state="printed", created_ms=tx.now_ms - 5 * 86_400_000)

    SqliteStore(folder.database).write(print_one)
    hall_ = RunningHall(tmp_path, folder.config, environ={"ANTREAN_RETENTION_PERSONAL_DAYS": "3"})
    hall_.start()
    try:
        wait_until(lambda: not rows(folder.database, "SELECT 1 FROM print_jobs WHERE state = 'printed'"), what="none")
    finally:
        assert hall_.stop() == 0


def test_a_day_ends_at_the_halls_midnight() -> None:
    morning = at("2026-11-22 00:00")
    assert erase_before_ms(morning, JAKARTA, 1) == at("2026-11-21 00:00")
    assert erase_before_ms(morning - 1, JAKARTA, 1) == at("2026-11-20 00:00")
    assert erase_before_ms(morning + 86_399_999, JAKARTA, 30) == at("2026-10-23 00:00")


LEAF = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "x"]) | st.lists(st.just("x"), max_size=2)
NAMES = st.sampled_from(["ticket", "documents", "note", "counter", "pause_reason", "reason", "id"])
INNER = LEAF | st.dictionaries(NAMES, LEAF, max_size=3)


@given(st.sampled_from(["ticket.finished", "counter.changed", "hall.changed", "printer.changed"]),
       st.dictionaries(NAMES, INNER, max_size=3))  # fmt: skip
def test_what_is_left_has_the_same_members_and_no_words(kind: str, payload: dict[str, Any]) -> None:
    left = without_words(kind, payload)
    if kind.startswith(("hall", "printer")):
        assert left is None
    elif left is not None:
        assert left != payload
        assert left.keys() == payload.keys()
        assert without_words(kind, left) is None
    else:
        assert not (kind.startswith("ticket") and payload.get("documents") and payload["documents"] is not True)
