"""No question that screens, commands or chores ask reads through a table that grows for years."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from server.commands import issuing
from server.commands.catalogue import apply
from server.domain.actors import SYSTEM, Actor
from server.hall_file import parse_hall
from server.policy import Policy
from server.store import TicketFilter
from server.store.changes import Changes
from server.store.offline import write_offline
from server.store.records import Records
from server.store.sqlite import connect
from tests.small_hall import small

GROWING = ("tickets", "spans", "events", "visits", "print_jobs", "idempotency", "messages", "receipts", "alerts",
           "announcements", "surveys", "survey_respondents", "survey_comments", "figures",
           "counter_days", "openings")  # fmt: skip
DAY = "2026-11-22"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "antrean.db"
    hall = parse_hall(small())
    kiosk = Actor("token:k", "kiosk", "k", "kiosk-1")

    def fill(tx: Changes) -> None:
        apply(tx, hall, SYSTEM)
        for _ in range(20):
            issuing.issue(tx, hall, Policy(always_open=True), kiosk, issuing.Wish(("one", "three")))

    write_offline(path, fill)
    connection = connect(path)
    connection.execute("ANALYZE")
    connection.execute("DELETE FROM sqlite_stat1")  # plans of a database that nobody analysed
    connection.close()
    return path


def ticket_one(records: Records) -> object:
    ticket = records.ticket(1)
    assert ticket is not None
    return records.ahead(ticket)


QUESTIONS: dict[str, Callable[[Records], object]] = {
    "head": lambda r: r.head(),
    "catalogue": lambda r: (r.catalogue(), r.catalogue_version()),
    "ticket_at": lambda r: r.ticket_at("1"),
    "visit_id": lambda r: (r.visit_id("A" * 16), r.visit_code(1)),
    "tickets_of_visit": lambda r: (r.tickets_of_visit(1), r.busy_ticket_of_visit(1)),
    "queue_head": lambda r: [
        r.queue_head("one", "1", priority=priority, day=DAY, wall_ms=2**40, walk_ms=60_000)
        for priority in (True, False, None)
    ],
    "queue": lambda r: r.queue(["one", "three"], 25),
    "waiting_numbered": lambda r: r.waiting_numbered(["one"], 1),
    "waiting_count": lambda r: (r.waiting_count("one"), r.waiting_counts()),
    "ahead": ticket_one,
    "missed": lambda r: (r.missed(["one", "two"], DAY), r.missed(["one", "two"], DAY, "1")),
    "missed_ordinals": lambda r: r.missed_ordinals("ones", DAY),
    "wanted": lambda r: r.wanted("1"),
    "notes": lambda r: r.notes(1),
    "held": lambda r: (r.held(["one"]), r.held(["one"], "1")),
    "active_before": lambda r: r.active_before(DAY),
    "number_in_use": lambda r: r.number_in_use(DAY, "ones", 1),
    "sequences_of_prefixes": lambda r: r.sequences_of_prefixes(DAY),
    "given": lambda r: (r.given("one", DAY), r.given_on(DAY)),
    "given_on": lambda r: r.given_on(DAY),
    "position": lambda r: r.position("ones", "2020-02-02"),
    "current_calls": lambda r: r.current_calls(),
    "recent_calls": lambda r: r.recent_calls(DAY, ["1"], ["x"], 12),
    "served_on": lambda r: r.served_on("1", DAY),
    "given_for": lambda r: r.given_for(1),
    "spans": lambda r: list(r.spans(DAY, DAY)),
    "lives": lambda r: (r.lives(DAY), r.lives(DAY, "x", "one")),
    "days_with_tickets": lambda r: r.days_with_tickets("2026-01-01", DAY),
    "figures": lambda r: (r.figures("agency", [DAY]), r.figures("service", [DAY, "2026-11"], "x", "one")),
    "rolled": lambda r: r.rolled("2026-01", DAY),
    "openings": lambda r: r.openings(10**12, 10**12 + 86_400_000),
    "counter_days": lambda r: list(r.counter_days([DAY])),
    "tickets_of_day": lambda r: (
        r.tickets_of_day(DAY, TicketFilter(), 0, 10),
        r.tickets_of_day(DAY, TicketFilter(("finished",), False, "x", "one", "1", "Siti", "a", True, 1, 2), 0, 10),
        r.tickets_of_day(DAY, TicketFilter(agency="x", counter="1"), 0, 10),
    ),
    "events": lambda r: r.events(3, 10),
    "chain_at": lambda r: (r.chain_at(3), r.archived_through(), r.log_to_trim()),
    "visits_to_erase": lambda r: r.visits_to_erase(2**50, 2**50, 100),
    "payloads_to_erase": lambda r: r.payloads_to_erase(2**50, 2**50, 100),
    "print_job": lambda r: (r.print_job(1), r.last_job_of_visit(1)),
    "claimable": lambda r: r.claimable(["printer-1"], "token:w", 2**50),
    "copy_of_job": lambda r: r.copy_of_job(1),
    "queued_jobs_of_visit": lambda r: r.queued_jobs_of_visit(1),
    "recent_jobs": lambda r: r.recent_jobs(("failed", "unknown"), 50),
    "overdue_jobs": lambda r: r.overdue_jobs(2**50),
    "jobs_waiting": lambda r: r.jobs_waiting(),
    "waiting_since": lambda r: r.waiting_since(),
    "oldest_waiting": lambda r: r.oldest_waiting(),
    "finished_on": lambda r: r.finished_on(DAY),
    "messages_on": lambda r: (r.messages_on(DAY, 30), r.message(1), r.receipts(1)),
    "unread_at": lambda r: r.unread_at("1", DAY),
    "alerts": lambda r: (r.alerts(), r.alert(1)),
    "announcement": lambda r: r.announcement(1),
    "open_announcements": lambda r: r.open_announcements("a", 200),
    "queued_announcement": lambda r: r.queued_announcement(1, "a"),
    "withdrawn_announcement": lambda r: r.withdrawn_announcement(DAY, "a", 1),
    "announcements_on": lambda r: r.announcements_on(DAY),
    "boards": lambda r: (r.board_messages(), r.board_message(1), r.enrolment("A"), r.enrolment_by_secret(b"x"),
                         r.enrolments()),
    "token": lambda r: r.token(b"x"),
    "answered": lambda r: r.answered("a", "b", "c"),
    "last_finished": lambda r: r.last_finished("1", DAY),
    "survey": lambda r: r.survey(1),
    "survey_tallies": lambda r: r.survey_tallies(DAY, DAY),
    "served_between": lambda r: r.served_between(DAY, DAY),
    "surveys": lambda r: list(r.surveys(DAY, DAY)),
    "respondents": lambda r: list(r.respondents(DAY, DAY)),
    "comment": lambda r: r.comment(1),
    "comments": lambda r: r.comments(DAY, DAY, ("new", "shown"), "x", "one", 2**53, 51),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_through_a_growing_table(database: Path, question: str) -> None:
    connection = connect(database, readonly=True)
    try:
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        QUESTIONS[question](Records(connection))
        connection.set_trace_callback(None)
        assert asked
        for sql in asked:
            for step in plan(connection, sql):
                assert not reads_through(step), f"{step}: {sql}"
    finally:
        connection.close()


def test_the_questions_are_all_that_a_reader_can_be_asked() -> None:
    every = {name for name in dir(Records) if not name.startswith("_")} - {"connection"}
    small_tables = {
        "meta",
        "counter",
        "counters",
        "counter_of",
        "profiles",
        "pace",
        "paces",
        "printers",
        "speaker",
        "speakers",
        "user",
        "overrides",
        # at most 50 messages, and as many screens that wait
        "board_messages",
        "board_message",
        "enrolment",
        "enrolment_by_secret",
        "enrolments",
        # some people and devices, and their sessions of half a day
        "users",
        "devices",
        "archive",
        # a row for each time that somebody changed the catalogue
        "targets",
    }
    together = {
        "archived_through",
        "log_to_trim",
        "catalogue_version",
        "visit_code",
        "busy_ticket_of_visit",
        "waiting_counts",
        "last_job_of_visit",
        "ticket",
        "message",
        "receipts",
        "alert",
    }
    assert every - small_tables - together <= QUESTIONS.keys()


def plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def reads_through(step: str) -> bool:
    """A SCAN of a growing table, unless it is of a partial index, which holds only what is open now."""
    found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    if found is None:
        return False
    names = {"t": "tickets", "s": "spans", "b": "tickets", "v": "visits", "m": "messages", "r": "receipts",
             "c": "survey_comments", "p": "survey_respondents"}  # fmt: skip
    table = names.get(found[1], found[1])
    partial = {
        "ticket_at_counter",
        "visit_busy",
        "ticket_queue",
        "ticket_missed",
        "ticket_wanted",
        "ticket_priority",
        "ticket_held",
        "print_job_open",
        "alert_standing",
        "announcement_open",
        "announcement_of_ticket",
    }
    return table in GROWING and found[2] not in partial
