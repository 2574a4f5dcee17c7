"""Months of the event log that were archived: the command line tells the running server of the file it has made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from server.api import Api
from server.commands import retention
from server.domain.actors import Actor
from server.domain.errors import Invalid
from server.domain.retention import is_month


@dataclass(frozen=True, slots=True)
class ArchiveBody:
    """The month, `YYYY-MM`, of a file in the folder of archives."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    month: str


def register(api: Api) -> None:
    """/archives."""
    house = api.house

    @api.post("/archives", ArchiveBody, "archive.write")
    def note_archive(actor: Actor, body: ArchiveBody) -> dict[str, Any]:
        """A month's archive file is there: note it, and delete its events from the database."""
        if not is_month(body.month):
            raise Invalid("invalid", 'must be a month like "2026-01"', field="month")
        archive = house.threads.offload(house.store.read_archive, body.month)
        return {"noted": house.store.write(lambda tx: retention.note_archive(tx, actor, archive))}
