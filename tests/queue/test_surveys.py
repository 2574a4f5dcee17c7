"""What a visitor thought of the service: once for each served ticket, in its time, by its own code or counter."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from server.commands import surveys
from server.commands.surveys import Told, answer_at_counter, answer_by_code, moderate
from server.domain.actors import VISITOR, Actor
from server.domain.errors import DomainError, NotFound
from server.domain.satisfaction import ELEMENTS, SurveyRules
from server.domain.tickets import Ticket
from server.queries.visit import visit_snapshot
from server.store import Survey, chain
from server.survey.asking import counter_view, visit_view
from tests.queue.house import BUDI, CHIEF, SITI, QueueHall

RULES = SurveyRules()
TABLET = Actor("token:tablet", "survey", "tablet", "1")
HOUR_S = 3600


def told(value: int = 4, comment: str | None = None, **respondent: str) -> Told:
    return Told.read(dict.fromkeys(ELEMENTS, value), comment, respondent)


def code_of(hall: QueueHall, ticket: Ticket) -> str:
    return hall.read(lambda reader, _, __: reader.visit_code(ticket.visit))


def by_code(hall: QueueHall, ticket: Ticket, what: Told | None = None, rules: SurveyRules = RULES) -> Survey:
    code = code_of(hall, ticket)
    return hall.write(lambda tx: answer_by_code(tx, hall.hall, rules, VISITOR, code, ticket.id, what or told()))


def at_counter(hall: QueueHall, counter: str, ticket: Ticket, what: Told | None = None) -> Survey:
    return hall.write(
        lambda tx: answer_at_counter(tx, hall.hall, RULES, TABLET, counter, ticket.id, what or told())
    )


def asked(hall: QueueHall, counter: str = "1", rules: SurveyRules = RULES) -> str | None:
    """The number that a counter's tablet asks now."""
    view: dict[str, Any] = hall.read(lambda reader, h, now_ms: counter_view(reader, h, rules, counter, now_ms))
    return view["ask"]["ticket"]["number"] if view["ask"] else None


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}:")


@pytest.fixture
def served(queue: QueueHall) -> Ticket:
    """Somebody whom Siti has just served at counter 1."""
    queue.open("1", SITI)
    queue.issue("akta")
    return queue.serve("1", SITI, service_s=120)


def test_a_served_visitor_answers_by_the_slips_code(queue: QueueHall, served: Ticket) -> None:
    survey = by_code(queue, served, told(3, "Ramah.", age="60_over", sex="female"))
    assert (survey.agency, survey.service, survey.counter, survey.day) == ("capil", "akta", "1", served.day)
    assert (survey.source, survey.answers) == ("slip", (3,) * 9)
    assert queue.sql("SELECT age, sex, education, job FROM survey_respondents") == [
        {"age": "60_over", "sex": "female", "education": None, "job": None}
    ]
    assert queue.sql("SELECT text, state FROM survey_comments") == [{"text": "Ramah.", "state": "new"}]


def test_who_tells_nothing_more_leaves_nothing_more(queue: QueueHall, served: Ticket) -> None:
    by_code(queue, served)
    assert queue.sql("SELECT * FROM survey_respondents") == queue.sql("SELECT * FROM survey_comments") == []


def test_a_ticket_answers_once_on_whatever_device(queue: QueueHall, served: Ticket) -> None:
    at_counter(queue, "1", served, told(2))
    with refusal("already_answered"):
        by_code(queue, served, told(4))
    with refusal("already_answered"):
        at_counter(queue, "1", served, told(4))
    assert queue.sql("SELECT source, u1 FROM surveys") == [{"source": "tablet", "u1": 2}]


def test_a_ticket_that_is_not_served_has_nothing_to_say(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.open("1", SITI)
    for verb in (None, "call", "start", "no_show"):
        if verb == "call":
            queue.call_next("1", SITI)
        elif verb is not None:
            queue.press(verb, "1", SITI)
        with refusal("not_served"):
            by_code(queue, ticket)


def test_who_was_finished_by_the_end_of_the_day_is_not_asked(queue: QueueHall) -> None:
    ticket = queue.ticket("akta")
    queue.open("1", SITI)
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.clock.pass_by(24 * HOUR_S)
    queue.close_days()
    assert queue.now(ticket).state == "finished"
    with refusal("not_served"):
        by_code(queue, ticket)


def test_the_slips_code_answers_for_three_days(queue: QueueHall, served: Ticket) -> None:
    queue.clock.pass_by(72 * HOUR_S)
    assert standing_of(queue, served) == "open"
    queue.clock.pass_by(1)
    assert standing_of(queue, served) == "too_late"
    with refusal("too_late"):
        by_code(queue, served)


def standing_of(hall: QueueHall, ticket: Ticket, rules: SurveyRules = RULES) -> str:
    view: dict[str, Any] = hall.read(lambda reader, h, now_ms: visit_view(reader, h, rules, ticket.visit, now_ms))
    return str(next(each["survey"] for each in view["tickets"] if each["id"] == ticket.id))


def test_another_visits_code_answers_for_nobody_else(queue: QueueHall, served: Ticket) -> None:
    other = code_of(queue, queue.ticket("ktp"))
    for code, field in ((other, "ticket"), ("A" * 16, None), ("nonsense", None)):
        with pytest.raises(NotFound) as refused:
            queue.write(
                lambda tx, code=code: answer_by_code(tx, queue.hall, RULES, VISITOR, code, served.id, told())  # type: ignore[misc]
            )
        assert refused.value.field == field


def test_a_counters_tablet_answers_for_its_own_visitors_and_not_for_long(
    queue: QueueHall, served: Ticket
) -> None:
    with refusal("not_here"):
        at_counter(queue, "2", served)
    queue.clock.pass_by(RULES.ask_seconds + surveys.TABLET_MS / 1000 + 1)
    with refusal("too_late"):
        at_counter(queue, "1", served)
    by_code(queue, served)


def test_a_hall_that_asks_nothing_takes_nothing(queue: QueueHall, served: Ticket) -> None:
    off = SurveyRules(enabled=False)
    assert standing_of(queue, served, off) == "off" and asked(queue, rules=off) is None
    with refusal("survey_off"):
        by_code(queue, served, rules=off)


def test_the_tablet_asks_whoever_was_served_last_for_a_minute(queue: QueueHall) -> None:
    queue.open("1", SITI)
    assert asked(queue) is None
    for service in ("akta", "ktp"):
        queue.issue(service)
    first = queue.serve("1", SITI, service_s=60)
    assert asked(queue) == first.number and asked(queue, "2") is None
    queue.clock.pass_by(30)
    second = queue.serve("1", SITI)
    assert asked(queue) == second.number
    queue.clock.pass_by(59.9)
    assert asked(queue) == second.number
    queue.clock.pass_by(0.1)
    assert asked(queue) is None


def test_the_tablet_stops_asking_when_it_was_answered_or_taken_back(queue: QueueHall, served: Ticket) -> None:
    queue.press("undo", "1", SITI)
    assert asked(queue) is None
    with refusal("not_served"):
        at_counter(queue, "1", served)
    queue.press("finish", "1", SITI)
    assert asked(queue) == served.number
    by_code(queue, served)
    assert asked(queue) is None


def test_an_answer_outlives_an_undo_and_is_still_the_only_one(queue: QueueHall, served: Ticket) -> None:
    by_code(queue, served, told(2))
    queue.press("undo", "1", SITI)
    queue.press("finish", "1", SITI)
    with refusal("already_answered"):
        by_code(queue, served, told(4))


def test_after_a_transfer_the_service_that_ended_it_is_rated(queue: QueueHall) -> None:
    queue.open("1", SITI)
    queue.open("2", BUDI)
    ticket = queue.ticket("akta")
    queue.call_next("1", SITI)
    queue.press("start", "1", SITI)
    queue.transfer("1", SITI, "sim")
    queue.serve("2", BUDI)
    assert asked(queue, "1") is None and asked(queue, "2") == ticket.number
    survey = by_code(queue, ticket)
    assert (survey.agency, survey.service, survey.counter) == ("polres", "sim", "2")


def test_the_clock_set_back_closes_nothing(queue: QueueHall, served: Ticket) -> None:
    queue.clock.set_wall(-HOUR_S)
    assert standing_of(queue, served) == "open"
    by_code(queue, served)


def test_the_visitors_page_knows_what_was_answered(queue: QueueHall, served: Ticket) -> None:
    def shown() -> list[str | None]:
        snapshot = queue.read(lambda reader, hall, now_ms: visit_snapshot(reader, hall, served.visit, now_ms))
        return [ticket["survey"] for ticket in snapshot["tickets"]]

    assert shown() == ["open"]
    by_code(queue, served)
    assert shown() == ["answered"]


# What is written down


def kinds(hall: QueueHall) -> list[str]:
    return [row["kind"] for row in hall.sql("SELECT kind FROM events WHERE kind LIKE 'survey.%' ORDER BY seq")]


@pytest.mark.parametrize(("value", "alarming"), [(1, True), (2, True), (3, False)])
def test_supervisors_hear_of_low_scores(queue: QueueHall, served: Ticket, value: int, alarming: bool) -> None:
    by_code(queue, served, told(value))
    assert kinds(queue) == ["survey.answered"]
    alerts = queue.read(lambda reader, hall, now_ms: reader.alerts())
    assert [(alert.kind, alert.subject) for alert in alerts] == [("low_score", served.service)] * alarming
    assert all(json.loads(alert.facts)["number"] == served.number for alert in alerts)


def test_a_comment_can_be_erased_without_a_trace_and_the_log_still_holds(
    queue: QueueHall, served: Ticket
) -> None:
    by_code(queue, served, told(3, "Rahasia sekali", job="tni"))
    assert "Rahasia" not in json.dumps(queue.sql("SELECT payload FROM events"))
    assert "tni" not in json.dumps(queue.sql("SELECT payload FROM events"))
    queue.write(lambda tx: moderate(tx, CHIEF, served.id, "deleted"))
    assert queue.sql("SELECT * FROM survey_comments") == []
    assert queue.sql("SELECT u1 FROM surveys") == [{"u1": 3}], "the figures stay"
    with sqlite3.connect(queue.path, isolation_level=None) as connection:
        assert chain.verify(connection) is None
    connection.close()


def test_a_supervisor_shows_and_hides_a_comment(queue: QueueHall, served: Ticket) -> None:
    by_code(queue, served, told(3, "Kursinya kurang."))
    for state in ("shown", "shown", "hidden"):
        queue.write(lambda tx, state=state: moderate(tx, CHIEF, served.id, state))  # type: ignore[misc]
    assert queue.sql("SELECT state, moderator FROM survey_comments") == [
        {"state": "hidden", "moderator": CHIEF.name}
    ]
    assert kinds(queue)[1:] == ["survey.moderated"] * 2, "what changes nothing is not written down"


def test_there_is_nothing_to_say_of_a_comment_that_is_not_there(queue: QueueHall, served: Ticket) -> None:
    by_code(queue, served)
    with pytest.raises(NotFound):
        queue.write(lambda tx: moderate(tx, CHIEF, served.id, "shown"))


def test_old_comments_are_forgotten_a_few_at_a_time_and_the_figures_stay(queue: QueueHall) -> None:
    queue.open("1", SITI)
    for n in range(5):
        queue.issue("akta")
        by_code(queue, queue.serve("1", SITI), told(4, f"komentar {n}"))
        queue.clock.pass_by(60)
    ages = [row["at_ms"] for row in queue.sql("SELECT at_ms FROM survey_comments ORDER BY at_ms")]
    assert queue.write(lambda tx: tx.forget_comments(ages[0], 10)) == 0
    assert queue.write(lambda tx: tx.forget_comments(ages[4], 3)) == 3
    assert queue.write(lambda tx: tx.forget_comments(ages[4], 3)) == 1
    assert [row["text"] for row in queue.sql("SELECT text FROM survey_comments")] == ["komentar 4"]
    assert len(queue.sql("SELECT ticket FROM surveys")) == 5


def test_the_database_itself_keeps_an_answer_single_and_on_its_scale(queue: QueueHall, served: Ticket) -> None:
    by_code(queue, served)
    columns = "(ticket, at_ms, day, agency, service, source, u1)"
    insert = f"INSERT INTO surveys {columns} VALUES (?, 1, 'd', 'a', 's', 'slip', ?)"
    other = queue.ticket("ktp")
    for ticket, value in ((served.id, 4), (other.id, 5), (other.id, 0)):
        with pytest.raises(sqlite3.IntegrityError):
            queue.write(
                lambda tx, ticket=ticket, value=value: tx.connection.execute(insert, (ticket, value))  # type: ignore[misc]
            )
