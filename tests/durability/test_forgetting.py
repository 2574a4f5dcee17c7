"""What is forgotten goes a few at a time, the oldest first, and out of the file."""

from __future__ import annotations

from pathlib import Path

from server.store import Survey
from server.store.changes import Changes
from server.store.sqlite import DATABASE, SqliteStore, settle
from tests.durability.folders import rows


def test_old_answers_go_a_few_at_a_time_and_young_ones_stay(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / DATABASE)
    for n in range(7):
        store.write(lambda tx, n=n: tx.remember_answer("a", "r", f"k{n}", b"h", 201, "{}"))  # type: ignore[misc]
    times = [at_ms for (at_ms,) in rows(store.path, "SELECT at_ms FROM idempotency ORDER BY id")]
    after_all = times[-1] + 1
    assert store.write(lambda tx: tx.forget_answers(times[0], 3)) == 0, "nothing is older than the oldest"
    assert store.write(lambda tx: tx.forget_answers(after_all, 3)) == 3
    assert [key for (key,) in rows(store.path, "SELECT key FROM idempotency ORDER BY id")] == ["k3", "k4", "k5", "k6"]
    assert store.write(lambda tx: tx.forget_answers(after_all, 10)) == 4
    assert store.write(lambda tx: tx.forget_answers(after_all, 10)) == 0


def test_what_is_forgotten_is_gone_from_the_file_too(tmp_path: Path) -> None:
    """A remembered answer and a slip hold the code of a visit, a comment what a visitor wrote."""
    word = "R4H4S14-PAK-DARMAWAN"
    store = SqliteStore(tmp_path / DATABASE)

    def write(tx: Changes) -> None:
        tx.remember_answer("kiosk", "/tickets", "key", b"", 201, f"{word}-answer")
        job = tx.add_print_job(None, "printer", f"{word}-slip", tx.now_ms, copy=False)
        tx.set_print_job(job.id, state="sent")
        for ordinal in (1, 2):
            ticket = tx.add_ticket(
                visit=tx.add_visit(f"CODE{ordinal}"), number=f"A-{ordinal}", day="2026-03-02", sequence="a", round=0,
                ordinal=ordinal, service="a", agency="a", state="waiting", party_size=1, priority=None, source="kiosk",
                issued_by="x", language="id",
            )  # fmt: skip
            survey = Survey(ticket.id, tx.now_ms, "2026-03-02", "a", "a", None, "slip", (4,) * 9)
            tx.add_survey(survey, {}, f"{word}-comment-{ordinal}")

    store.write(write)
    settle(tmp_path / DATABASE)
    assert word.encode() in (tmp_path / DATABASE).read_bytes()
    store.write(lambda tx: tx.remove_comment(2))
    later = store.now_ms() + 1000
    assert store.write(lambda tx: tx.forget_answers(later, 10)) == 1
    assert store.write(lambda tx: tx.forget_print_jobs(later, 10)) == 1
    assert store.write(lambda tx: tx.forget_comments(later, 10)) == 1
    settle(tmp_path / DATABASE)
    assert word.encode() not in (tmp_path / DATABASE).read_bytes()
