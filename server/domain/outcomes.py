"""What came of serving a visitor, as the officer tells it at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.errors import Invalid
from server.domain.hall import Service
from server.domain.tickets import MAX_DOCUMENT_LENGTH, MAX_DOCUMENTS
from server.domain.wording import is_text


@dataclass(frozen=True, slots=True)
class Told:
    """The id of an outcome of the service, None where the officer told none, and the documents that are missing."""

    outcome: str | None = None
    documents: tuple[str, ...] = ()


def check(service: Service | None, told: Told) -> Told:
    """What was told, if this service has such an outcome.

    Raises Invalid `unknown_outcome`, and `invalid` for documents where the outcome takes none, more than 10 of
    them, or one that is empty, longer than 200 characters or not one line.
    """
    outcomes = {outcome.id: outcome for outcome in service.outcomes} if service else {}
    if told.outcome is not None and told.outcome not in outcomes:
        raise Invalid("unknown_outcome", f'this service has no outcome "{told.outcome}"', field="outcome")
    if told.documents and (told.outcome is None or not outcomes[told.outcome].documents):
        raise Invalid("invalid", "this outcome names no documents", field="documents")
    return Told(told.outcome, _documents(told.documents))


def _documents(told: Sequence[str]) -> tuple[str, ...]:
    if len(told) > MAX_DOCUMENTS:
        raise Invalid("invalid", f"at most {MAX_DOCUMENTS} documents", field="documents")
    names = tuple(name.strip() for name in told)
    for index, name in enumerate(names):
        if not 1 <= len(name) <= MAX_DOCUMENT_LENGTH or not is_text(name):
            words = f"must be one line of 1 to {MAX_DOCUMENT_LENGTH} characters"
            raise Invalid("invalid", words, field=f"documents[{index}]")
    return names
