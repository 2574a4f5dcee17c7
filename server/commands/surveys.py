"""What a visitor thought of the service: once for each served ticket; and what supervisors make of the comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.commands.alerts import LOW_SCORE, raise_alert
from server.commands.desk import find_counter, find_ticket
from server.commands.issuing import CODE
from server.domain import events
from server.domain.actors import Actor
from server.domain.errors import DomainError, NotFound
from server.domain.hall import Hall
from server.domain.satisfaction import (
    ELEMENTS,
    Answers,
    SurveyRules,
    is_low,
    read_answers,
    read_comment,
    read_respondent,
    standing,
)
from server.domain.tickets import Ticket
from server.store import Survey, Tx
from server.views import text

TABLET_MS = 15 * 60 * 1000
"""So long after it was put a question may still be answered on the counter's tablet: somebody reads slowly."""
_WORDS = {
    "off": ("survey_off", "this hall asks no questions now"),
    "not_served": ("not_served", "this ticket was not served"),
    "answered": ("already_answered", "these questions were answered before; each ticket answers once"),
    "too_late": ("too_late", "the time to answer is over"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a visitor told: the nine answers, perhaps something about themselves, perhaps a comment."""

    answers: Answers
    respondent: Mapping[str, str]
    comment: str | None

    @staticmethod
    def read(
        answers: Mapping[str, int | None], comment: str | None, respondent: Mapping[str, Any] | None
    ) -> Told:
        """What was told, as it is kept. Raises Invalid, which names the field."""
        return Told(read_answers(answers), read_respondent(respondent), read_comment(comment))


def answer_by_code(
    tx: Tx, hall: Hall, rules: SurveyRules, actor: Actor, code: str, ticket_id: int, told: Told
) -> Survey:
    """A visitor answers by the code of the slip.

    Raises NotFound, DomainError `not_served`, `already_answered`, `too_late`, `survey_off`.
    """
    visit = tx.visit_id(code) if CODE.fullmatch(code) else None
    if visit is None:
        raise NotFound("not_found", "no visit has this code")
    ticket = find_ticket(tx, ticket_id)
    if ticket.visit != visit:
        raise NotFound("not_found", f"this visit has no ticket {ticket_id}", field="ticket")
    return _keep(tx, hall, rules, actor, ticket, told, "slip")


def answer_at_counter(
    tx: Tx, hall: Hall, rules: SurveyRules, actor: Actor, counter_id: str, ticket_id: int, told: Told
) -> Survey:
    """A visitor answers on the tablet of the counter that has just served them.

    Raises what `answer_by_code` does, and DomainError `not_here` where another counter served the ticket.
    """
    counter, ticket = find_counter(hall, counter_id), find_ticket(tx, ticket_id)
    if ticket.counter != counter.id:
        raise DomainError("not_here", f"{ticket.number} was not served at this counter")
    if ticket.finished_ms is not None and tx.now_ms - ticket.finished_ms > rules.ask_seconds * 1000 + TABLET_MS:
        raise _refusal("too_late")
    return _keep(tx, hall, rules, actor, ticket, told, "tablet")


def _keep(
    tx: Tx, hall: Hall, rules: SurveyRules, actor: Actor, ticket: Ticket, told: Told, source: str
) -> Survey:
    found = standing(ticket, answered=tx.survey(ticket.id) is not None, rules=rules, now_ms=tx.now_ms)
    if found != "open":
        raise _refusal(found)
    survey = Survey(
        ticket.id, tx.now_ms, ticket.day, ticket.agency, ticket.service, ticket.counter, source, told.answers
    )
    tx.add_survey(survey, told.respondent, told.comment)
    facts = _facts(ticket, survey, has_comment=told.comment is not None)
    tx.record(events.SURVEY_ANSWERED, actor.id, {"survey": facts})
    if is_low(told.answers, rules):
        _alert(tx, hall, ticket)
    return survey


def _alert(tx: Tx, hall: Hall, ticket: Ticket) -> None:
    """Call supervisors' attention to a low score: one alert a service, until somebody has seen it."""
    service, agency = hall.services.get(ticket.service), hall.agency.get(ticket.agency)
    facts = {
        "number": ticket.number,
        "name": ticket.service if service is None else text(service.name),
        "agency": ticket.agency if agency is None else text(agency.short_name or agency.name),
    }
    raise_alert(tx, LOW_SCORE, ticket.service, facts)


def _refusal(standing: str) -> DomainError:
    return DomainError(*_WORDS[standing])


def _facts(ticket: Ticket, survey: Survey, *, has_comment: bool) -> dict[str, Any]:
    """What the log keeps: never the comment nor the respondent, so that both can be erased."""
    return {
        "ticket": ticket.id,
        "visit": ticket.visit,
        "service": survey.service,
        "agency": survey.agency,
        "counter": survey.counter,
        "source": survey.source,
        "answers": dict(zip(ELEMENTS, survey.answers, strict=True)),
        "has_comment": has_comment,
    }


def moderate(tx: Tx, actor: Actor, ticket_id: int, state: str) -> None:
    """Show a comment in what is published, hide it, or erase it (`shown`, `hidden`, `deleted`). Raises NotFound."""
    comment = tx.comment(ticket_id)
    if comment is None:
        raise NotFound("not_found", f"ticket {ticket_id} has no comment")
    if state == "deleted":
        tx.remove_comment(ticket_id)
    elif state != comment.state:
        tx.moderate_comment(ticket_id, state, actor.name)
    else:
        return
    tx.record(events.SURVEY_MODERATED, actor.id, {"survey": {"ticket": ticket_id, "comment": state}})
