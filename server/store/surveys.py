"""Reading and changing what visitors thought of the service; see the Reader and Tx protocols for the words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.domain.satisfaction import ELEMENTS, RESPONDENT, Tally
from server.store import Comment, Survey, placeholders
from server.store.retention import overwriting

_ELEMENTS = ", ".join(f"s.{name}" for name in ELEMENTS)
_SUMS = ", ".join(f"coalesce(sum(s.{name}), 0), count(s.{name})" for name in ELEMENTS)
_TOLD = ", ".join(f"r.{name}" for name in RESPONDENT)
_SURVEY = f"SELECT s.ticket, s.at_ms, s.day, s.agency, s.service, s.counter, s.source, {_ELEMENTS} FROM surveys s "
_COMMENT = (
    "SELECT c.ticket, c.at_ms, s.day, s.agency, s.service, s.counter, c.text, c.state, c.moderator, c.moderated_ms, "
    f"{_ELEMENTS} FROM survey_comments c JOIN surveys s ON s.ticket = c.ticket "
)
_INSERT = (
    f"INSERT INTO surveys (ticket, at_ms, day, agency, service, counter, source, {', '.join(ELEMENTS)}) "
    f"VALUES ({placeholders(range(7 + len(ELEMENTS)))})"
)
_CHUNK = 1000


def _survey(row: Sequence[Any]) -> Survey:
    return Survey(*(*row[:7], tuple(row[7:])))


def _comment(row: Sequence[Any]) -> Comment:
    return Comment(*(*row[:10], tuple(row[10:])))


class SurveyRecords:
    """What reports and pages ask of the surveys."""

    connection: sqlite3.Connection

    def survey(self, ticket: int) -> Survey | None:
        row = self.connection.execute(_SURVEY + "WHERE s.ticket = ?", (ticket,)).fetchone()
        return None if row is None else _survey(row)

    def survey_tallies(self, first_day: str, last_day: str) -> dict[tuple[str, str], Tally]:
        rows = self.connection.execute(
            f"SELECT s.agency, s.service, count(*), {_SUMS} FROM surveys s INDEXED BY survey_day "
            "WHERE s.day BETWEEN ? AND ? GROUP BY s.agency, s.service",
            (first_day, last_day),
        )
        return {
            (agency, service): Tally(respondents, tuple(figures[0::2]), tuple(figures[1::2]))
            for agency, service, respondents, *figures in rows
        }

    def served_between(self, first_day: str, last_day: str) -> dict[tuple[str, str], int]:
        rows = self.connection.execute(
            "SELECT agency, service, count(*) FROM tickets INDEXED BY ticket_served_day "
            "WHERE day BETWEEN ? AND ? AND state = 'finished' AND closed_by_day = 0 GROUP BY agency, service",
            (first_day, last_day),
        )
        return {(agency, service): served for agency, service, served in rows}

    def surveys(self, first_day: str, last_day: str) -> Iterator[Survey]:
        cursor = self.connection.execute(
            _SURVEY + "INDEXED BY survey_day WHERE s.day BETWEEN ? AND ? ORDER BY s.day, s.ticket",
            (first_day, last_day),
        )
        while rows := cursor.fetchmany(_CHUNK):
            yield from map(_survey, rows)

    def respondents(self, first_day: str, last_day: str) -> list[tuple[str, str, dict[str, str | None], int]]:
        rows = self.connection.execute(
            f"SELECT s.agency, s.service, count(*), {_TOLD} "
            "FROM surveys s INDEXED BY survey_day JOIN survey_respondents r ON r.ticket = s.ticket "
            f"WHERE s.day BETWEEN ? AND ? GROUP BY s.agency, s.service, {_TOLD}",
            (first_day, last_day),
        )
        return [
            (agency, service, dict(zip(RESPONDENT, told, strict=True)), count)
            for agency, service, count, *told in rows
        ]

    def comment(self, ticket: int) -> Comment | None:
        row = self.connection.execute(_COMMENT + "WHERE c.ticket = ?", (ticket,)).fetchone()
        return None if row is None else _comment(row)

    def comments(
        self,
        first_day: str,
        last_day: str,
        states: Sequence[str],
        agency: str | None,
        service: str | None,
        before: int,
        limit: int,
    ) -> list[Comment]:
        # From the newest back: a page of them is read and no more, however many years there are.
        rows = self.connection.execute(
            _COMMENT + "WHERE c.ticket < ? AND s.day BETWEEN ? AND ? "
            "AND (? IS NULL OR s.agency = ?) AND (? IS NULL OR s.service = ?) "
            f"AND c.state IN ({placeholders(states)}) ORDER BY c.ticket DESC LIMIT ?",
            (before, first_day, last_day, agency, agency, service, service, *states, limit),
        )
        return [_comment(row) for row in rows]


class SurveyChanges(SurveyRecords):
    """What the commands about surveys change."""

    now_ms: int

    def add_survey(self, survey: Survey, respondent: Mapping[str, str], comment: str | None) -> None:
        self.connection.execute(
            _INSERT,
            (survey.ticket, survey.at_ms, survey.day, survey.agency, survey.service, survey.counter, survey.source,
             *survey.answers),
        )  # fmt: skip
        if respondent:
            self.connection.execute(
                f"INSERT INTO survey_respondents (ticket, {', '.join(RESPONDENT)}) VALUES (?,?,?,?,?)",
                (survey.ticket, *(respondent.get(name) for name in RESPONDENT)),
            )
        if comment is not None:
            self.connection.execute(
                "INSERT INTO survey_comments (ticket, at_ms, text) VALUES (?,?,?)",
                (survey.ticket, survey.at_ms, comment),
            )

    def moderate_comment(self, ticket: int, state: str, moderator: str) -> None:
        self.connection.execute(
            "UPDATE survey_comments SET state = ?, moderator = ?, moderated_ms = ? WHERE ticket = ?",
            (state, moderator, self.now_ms, ticket),
        )

    def remove_comment(self, ticket: int) -> None:
        with overwriting(self.connection):
            self.connection.execute("DELETE FROM survey_comments WHERE ticket = ?", (ticket,))

    def forget_comments(self, before_ms: int, limit: int) -> int:
        with overwriting(self.connection):
            return self.connection.execute(
                "DELETE FROM survey_comments WHERE ticket IN "
                "(SELECT ticket FROM survey_comments INDEXED BY survey_comment_age WHERE at_ms < ? LIMIT ?)",
                (before_ms, limit),
            ).rowcount
