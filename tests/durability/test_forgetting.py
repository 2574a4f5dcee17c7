"""Answers to idempotency keys are kept a day, and dropped a few at a time, the oldest first."""

from __future__ import annotations

from pathlib import Path

from server.store.sqlite import DATABASE, SqliteStore
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
