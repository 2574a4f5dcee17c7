"""What visitors said of their service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.satisfaction import Answers, Tally


@dataclass(frozen=True, slots=True)
class Survey:
    """What the visitor of one served ticket answered; `day` is the ticket's, `source` how it was asked."""

    ticket: int
    at_ms: int
    day: str
    agency: str
    service: str
    counter: str | None
    source: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Comment:
    """What a visitor wrote beside their answers; `moderator` is who last decided whether it is shown."""

    ticket: int
    at_ms: int
    day: str
    agency: str
    service: str
    counter: str | None
    text: str
    state: str
    moderator: str | None
    moderated_ms: int | None
    answers: Answers


class SurveyReader(Protocol):
    """What may be asked of surveys and comments."""

    def survey(self, ticket: int) -> Survey | None:
        """What was answered for a ticket."""

    def survey_tallies(self, first_day: str, last_day: str) -> dict[tuple[str, str], Tally]:
        """The answers of a period added up, by agency and service; those without any are left out."""

    def served_between(self, first_day: str, last_day: str) -> dict[tuple[str, str], int]:
        """How many tickets of a period were served, by agency and service; those without any are left out."""

    def surveys(self, first_day: str, last_day: str) -> Iterator[Survey]:
        """Every survey of a period, by day and ticket."""

    def respondents(self, first_day: str, last_day: str) -> list[tuple[str, str, dict[str, str | None], int]]:
        """What respondents of a period told of themselves: agency, service, the form's fields, and how many told so."""

    def comment(self, ticket: int) -> Comment | None:
        """What was written beside the answers for a ticket."""

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
        """The newest comments of a period in some states, of tickets before an id; agency and service None: of all."""


class SurveyTx(Protocol):
    """How surveys and comments change."""

    def add_survey(self, survey: Survey, respondent: Mapping[str, str], comment: str | None) -> None:
        """Keep what a visitor answered, told of themselves and wrote."""

    def moderate_comment(self, ticket: int, state: str, moderator: str) -> None:
        """Note whether a comment is shown."""

    def remove_comment(self, ticket: int) -> None:
        """Erase a comment; the answers stay."""

    def forget_comments(self, before_ms: int, limit: int) -> int:
        """Erase comments from before a time, at most `limit`; how many."""
