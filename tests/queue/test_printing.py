"""Print jobs at the server: leased to one worker, told the truth late, expired, moved to a printer that stands in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.commands import issuing, printing
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.queries.printers import printers_view
from server.store import PrintJob
from tests.queue.house import CHIEF, KIOSK, KIOSK_2, QueueHall, hall_document, name

WORKER = Actor("token:worker", "printer", "worker")
OTHER = Actor("token:other", "printer", "another worker")
LIFE = "token:worker/first"
"""Who holds a job that this worker has claimed since it was started."""


def two_printers() -> dict[str, Any]:
    return hall_document(printers=[
        {"id": "one", "name": name("Satu"), "kiosks": ["kiosk-1"], "fallback": "two"},
        {"id": "two", "name": name("Dua"), "kiosks": ["kiosk-2"]},
    ])  # fmt: skip


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[QueueHall]:
    with QueueHall(tmp_path, two_printers()) as hall:
        yield hall


def claim(queue: QueueHall, printer: str = "one", holder: str = LIFE) -> PrintJob | None:
    found = queue.write(lambda tx: printing.claim(tx, queue.policy, holder, [printer]))
    return found[0] if found else None


def report(queue: QueueHall, job: PrintJob, state: str, by: Actor = WORKER, *, retry: bool = True) -> PrintJob:
    return queue.write(
        lambda tx: printing.report(tx, queue.hall, queue.policy, by, job.id, state, "why", retry=retry)
    )


def tell(queue: QueueHall, printer: str, state: str, why: str | None = None) -> None:
    queue.write(lambda tx: printing.set_printer_state(tx, queue.hall, queue.policy, WORKER, printer, state, why))


def sweep(queue: QueueHall) -> list[PrintJob]:
    return queue.write(lambda tx: printing.sweep(tx, queue.hall))


def jobs(queue: QueueHall) -> list[tuple[str, str, int]]:
    """Every job: its printer, its state, whether it is a copy."""
    return [(row["printer"], row["state"], row["copy"]) for row in queue.sql("SELECT * FROM print_jobs ORDER BY id")]


def view(queue: QueueHall) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in queue.read(lambda reader, hall, now_ms: printers_view(reader, hall))}


def taken(queue: QueueHall, services: str = "akta", by: Actor = KIOSK) -> PrintJob:
    issued = queue.issue(services, by=by)
    assert issued.print_job is not None
    return issued.print_job


@pytest.mark.parametrize("end", ["printed", "sent"])
def test_a_slip_that_came_out_is_done(queue: QueueHall, end: str) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None and claim(queue, holder="token:worker/second") is None, "a job is one holder's"
    assert report(queue, job, end).state == end
    assert report(queue, job, end).state == end, "a report that is repeated changes nothing"
    assert claim(queue) is None


def test_who_never_heard_the_answer_to_a_claim_gets_the_job_again(queue: QueueHall) -> None:
    taken(queue)
    first, again = claim(queue), claim(queue)
    assert first is not None and again is not None
    assert (again.id, again.attempts) == (first.id, 1)
    assert claim(queue, holder="token:worker/next-life") is None, "after a restart nobody knows what has left"


def test_a_printer_that_is_named_twice_is_given_its_job_once(queue: QueueHall) -> None:
    """Or two slips without a mark would come out for one visitor."""
    job = taken(queue)
    named = [job.printer, job.printer]
    claimed = queue.write(lambda tx: printing.claim(tx, queue.policy, "token:worker/life", named))
    assert [(each.id, each.attempts) for each in claimed] == [(job.id, 1)]


def test_a_worker_that_is_still_at_it_keeps_its_job(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    for _ in range(8):
        queue.clock.pass_by(queue.policy.lease_ms / 1000 - 1)
        assert report(queue, job, "sending").state == "sending"
        assert sweep(queue) == []
    queue.clock.pass_by(queue.policy.lease_ms / 1000 + 1)
    assert [each.state for each in sweep(queue)] == ["unknown"]
    with pytest.raises(DomainError, match="not yours"):
        report(queue, job, "sending")


def test_a_slip_of_unknown_end_is_copied_once_and_a_copy_never(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    report(queue, job, "unknown")
    copy = claim(queue)
    assert copy is not None and copy.copy and json.loads(copy.slip)["copy"] and copy.expires_ms == job.expires_ms
    report(queue, copy, "unknown")
    assert claim(queue) is None
    assert jobs(queue) == [("one", "unknown", 0), ("one", "unknown", 1)]


def test_after_its_expiry_a_slip_of_unknown_end_is_not_copied(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    queue.clock.pass_by(queue.policy.slip_expires_ms / 1000)
    report(queue, job, "unknown")
    assert jobs(queue) == [("one", "unknown", 0)]


def test_a_late_word_that_the_slip_came_out_takes_its_copy_back(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    queue.clock.pass_by(queue.policy.lease_ms / 1000 + 1)
    sweep(queue)
    assert jobs(queue) == [("one", "unknown", 0), ("one", "queued", 1)]
    with pytest.raises(DomainError, match="not yours"):
        report(queue, job, "printed", OTHER)
    assert report(queue, job, "printed").state == "printed"
    assert jobs(queue) == [("one", "printed", 0), ("one", "expired", 1)]
    assert claim(queue) is None


def test_a_copy_that_is_on_its_way_is_not_taken_back(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    queue.clock.pass_by(queue.policy.lease_ms / 1000 + 1)
    sweep(queue)
    assert claim(queue, holder="token:worker/next-life") is not None
    report(queue, job, "printed")
    assert jobs(queue) == [("one", "printed", 0), ("one", "sending", 1)]


def test_what_nothing_can_print_fails_at_once(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    assert report(queue, job, "failed", retry=False).state == "failed"
    assert claim(queue) is None
    assert view(queue)["one"]["standing_in"] is False, "it is not the printer's fault"


def test_what_waits_too_long_expires_and_nothing_stale_comes_out(queue: QueueHall) -> None:
    tell(queue, "two", "paper_out")
    for _ in range(3):
        taken(queue, "pajak", KIOSK_2)
    queue.clock.pass_by(queue.policy.slip_expires_ms / 1000 + 1)
    tell(queue, "two", "ready")
    assert claim(queue, "two") is None, "not even before it was swept"
    assert [job.state for job in sweep(queue)] == ["expired"] * 3


def test_after_failures_in_a_row_the_other_printer_stands_in_until_this_one_can_again(queue: QueueHall) -> None:
    tell(queue, "one", "ready")
    tell(queue, "two", "ready")
    taken(queue)
    taken(queue)
    tell(queue, "one", "offline")
    assert view(queue)["one"]["standing_in"] is False
    tell(queue, "one", "offline")
    assert view(queue)["one"] | {"since": None} == {
        "id": "one", "name": name("Satu"), "kiosks": ["kiosk-1"], "state": "offline", "reason": None, "since": None,
        "fallback": "two", "standing_in": True, "jobs_waiting": 0,
    }  # fmt: skip
    taken(queue)
    assert [job[0] for job in jobs(queue)] == ["two"] * 3, "what waited went over, and what comes goes there"
    tell(queue, "one", "paper_low")
    assert view(queue)["one"]["standing_in"] is False
    assert taken(queue).printer == "one"
    numbers = []
    while job := claim(queue, "two"):
        numbers += [ticket["number"] for ticket in json.loads(job.slip)["tickets"]]
        report(queue, job, "printed")
    assert numbers == ["A-001", "A-002", "A-003"], "in order"


def test_failed_tries_count_as_failures_and_a_slip_that_came_out_ends_the_row(queue: QueueHall) -> None:
    tell(queue, "two", "ready")
    taken(queue)
    for end in ("failed", "printed", "failed", "failed"):
        queue.clock.pass_by(20)
        job = claim(queue)
        assert job is not None, end
        report(queue, job, end)
        if end == "printed":
            taken(queue)
    assert view(queue)["one"]["standing_in"] is True
    assert jobs(queue) == [("one", "printed", 0), ("two", "queued", 0)]


def test_a_slip_that_is_under_way_is_not_given_to_another_printer(queue: QueueHall) -> None:
    tell(queue, "two", "ready")
    taken(queue)
    job = claim(queue)
    assert job is not None
    tell(queue, "one", "paper_out")
    tell(queue, "one", "paper_out")
    assert jobs(queue) == [("one", "sending", 0)]
    report(queue, job, "unknown")
    assert jobs(queue) == [("one", "unknown", 0), ("two", "queued", 1)], "its copy comes out where it can"


@pytest.mark.parametrize("other", ["unknown", "offline", "paper_out", "error"])
def test_a_printer_that_cannot_print_itself_does_not_stand_in(queue: QueueHall, other: str) -> None:
    if other != "unknown":
        tell(queue, "two", other)
    taken(queue)
    for _ in range(5):
        tell(queue, "one", "cover_open")
    assert jobs(queue) == [("one", "queued", 0)]
    tell(queue, "two", "ready")
    assert jobs(queue) == [("two", "queued", 0)]
    tell(queue, "two", "offline")
    assert view(queue)["one"]["standing_in"] is False


def test_without_the_setting_nobody_stands_in(queue: QueueHall) -> None:
    queue.policy = replace(queue.policy, fallback_after=0)
    tell(queue, "two", "ready")
    taken(queue)
    for _ in range(5):
        tell(queue, "one", "offline")
    assert jobs(queue) == [("one", "queued", 0)]


def test_a_state_is_told_with_since_when_it_is_so(queue: QueueHall) -> None:
    tell(queue, "one", "paper_out")
    since = view(queue)["one"]["since"]
    queue.clock.pass_by(60)
    tell(queue, "one", "paper_out")
    assert view(queue)["one"]["since"] == since
    tell(queue, "one", "ready")
    assert view(queue)["one"]["since"] > since
    changes = queue.sql("SELECT payload FROM events WHERE kind = 'printer.changed'")
    assert [json.loads(row["payload"])["printer"]["state"] for row in changes] == ["paper_out", "ready"]


def test_nobody_knows_how_a_printer_is_of_which_no_worker_speaks(queue: QueueHall) -> None:
    def silent(*printers: str) -> None:
        queue.write(lambda tx: printing.note_silence(tx, queue.hall, queue.policy, printers))

    silent("one", "two")
    assert {each["state"] for each in view(queue).values()} == {"unknown"}, "one that was never heard of stays so"
    tell(queue, "one", "ready")
    silent("one", "gone")
    assert (view(queue)["one"]["state"], view(queue)["one"]["reason"]) == (
        "offline", "its print worker does not answer"
    )  # fmt: skip


def test_a_visit_has_one_slip_or_one_for_each_ticket(queue: QueueHall) -> None:
    queue.issue("akta", "sim")
    queue.policy = replace(queue.policy, one_per_ticket=True)
    both = queue.issue("akta", "sim")
    slips = [json.loads(row["slip"]) for row in queue.sql("SELECT slip FROM print_jobs ORDER BY id")]
    assert [len(slip["tickets"]) for slip in slips] == [2, 1, 1]
    again = queue.write(lambda tx: issuing.reprint(tx, queue.hall, queue.policy, CHIEF, both.tickets[1].id))
    assert [each["number"] for each in json.loads(again.slip)["tickets"]] == [both.tickets[1].number]


def test_a_slip_names_the_counters_and_what_to_bring(tmp_path: Path) -> None:
    document = two_printers()
    document["agencies"][0]["services"][0]["documents"] = {"id": "KTP, KK", "en": "ID card"}
    with QueueHall(tmp_path, document) as queue:
        slip = json.loads(taken(queue).slip)["tickets"][0]
    assert (slip["counters"], slip["documents"]) == (["1", "2"], {"id": "KTP, KK", "en": "ID card"})


def test_staff_find_the_slips_that_nobody_knows_came_out(queue: QueueHall) -> None:
    states = ("printed", "unknown", "failed")
    for state in states:
        taken(queue)
        job = claim(queue)
        assert job is not None
        report(queue, job, state, retry=False)
        while copy := claim(queue):
            report(queue, copy, "sent")
    recent = queue.read(lambda reader, hall, now_ms: reader.recent_jobs(("unknown", "failed"), 10))
    assert [job.state for job in recent] == ["failed", "unknown"]
    assert queue.read(lambda reader, hall, now_ms: len(reader.recent_jobs(states, 2))) == 2


def test_a_test_slip_is_of_no_visit_and_comes_out_at_the_printer_itself(queue: QueueHall) -> None:
    tell(queue, "two", "ready")
    tell(queue, "one", "offline")
    tell(queue, "one", "offline")
    job = queue.write(lambda tx: printing.queue_test(tx, queue.hall, queue.policy, "one"))
    tell(queue, "one", "offline")
    assert (job.printer, job.visit, json.loads(job.slip)["tickets"][0]["number"]) == ("one", None, "TES")
    tell(queue, "one", "ready")
    found = claim(queue)
    assert found is not None
    report(queue, found, "unknown")
    assert jobs(queue) == [("one", "unknown", 0), ("one", "queued", 1)]
    with pytest.raises(DomainError, match="no printer"):
        queue.write(lambda tx: printing.queue_test(tx, queue.hall, queue.policy, "gone"))


def test_who_does_not_say_which_life_it_is_never_gets_a_job_again(queue: QueueHall) -> None:
    taken(queue)
    assert claim(queue, holder=WORKER.id) is not None
    assert claim(queue, holder=WORKER.id) is None, "it may be another with the same token, or the same one restarted"


def test_a_clock_that_is_set_back_neither_stops_a_printer_nor_lets_old_slips_out(queue: QueueHall) -> None:
    for _ in range(2):
        taken(queue)
    under_way = claim(queue)
    assert under_way is not None
    queue.clock.set_wall(-3600)
    assert [job.state for job in sweep(queue)] == ["unknown", "expired"], "nobody knows how old they are"
    fresh = taken(queue)
    copy = claim(queue)
    assert copy is not None and copy.copy, "the copy of the one that was under way"
    report(queue, copy, "printed")
    job = claim(queue)
    assert job is not None and job.id == fresh.id
    report(queue, job, "failed")
    queue.clock.pass_by(2)
    again = claim(queue)
    assert again is not None and again.id == fresh.id
    queue.clock.pass_by(queue.policy.lease_ms / 1000 + 1)
    assert [job.state for job in sweep(queue)] == ["unknown"]


def test_the_fallback_prints_for_a_printer_whose_worker_is_silent(queue: QueueHall) -> None:
    tell(queue, "one", "ready")
    tell(queue, "two", "ready")
    taken(queue)
    queue.write(lambda tx: printing.note_silence(tx, queue.hall, queue.policy, ["one"]))
    assert view(queue)["one"]["standing_in"] and jobs(queue) == [("two", "queued", 0)]
    events = len(queue.sql("SELECT seq FROM events"))
    queue.write(lambda tx: printing.note_silence(tx, queue.hall, queue.policy, ["one"]))
    assert len(queue.sql("SELECT seq FROM events")) == events, "said once"


def test_other_words_for_the_same_state_are_no_event(queue: QueueHall) -> None:
    for words in ("refused", "timed out", "refused", "timed out"):
        tell(queue, "one", "offline", words)
    assert len(queue.sql("SELECT seq FROM events WHERE kind = 'printer.changed'")) == 1
    assert view(queue)["one"]["reason"] == "timed out"


def test_the_slip_of_a_cancelled_ticket_does_not_come_out(queue: QueueHall) -> None:
    gone, kept = queue.issue("akta"), queue.issue("akta", "sim")
    queue.write(lambda tx: issuing.cancel(tx, queue.hall, KIOSK, gone.tickets[0].id))
    queue.write(lambda tx: issuing.cancel(tx, queue.hall, KIOSK, kept.tickets[0].id))
    assert jobs(queue) == [("one", "expired", 0), ("one", "queued", 0)]


def test_ended_jobs_are_forgotten_and_open_ones_are_not(queue: QueueHall) -> None:
    taken(queue)
    job = claim(queue)
    assert job is not None
    report(queue, job, "printed")
    taken(queue)
    assert queue.write(lambda tx: tx.forget_print_jobs(tx.wall_ms, 100)) == 0
    assert queue.write(lambda tx: tx.forget_print_jobs(tx.wall_ms + 1, 100)) == 1
    assert jobs(queue) == [("one", "queued", 0)]
