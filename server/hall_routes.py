"""The hall's snapshot, its catalogue, its event log, and the API's own description."""

from __future__ import annotations

from typing import Any

from flask import request

from server.api import Api, Refused, reading
from server.commands import catalogue
from server.domain.actors import Actor
from server.domain.errors import DomainError, Gone
from server.domain.hall import Hall
from server.hall_file import hall_document, parse_hall
from server.queries.hall import hall_snapshot
from server.queries.printers import printers_view
from server.shape import ConfigProblems
from server.store import Reader, Tx
from server.views import iso

MAX_EVENTS = 1000
MAX_CATALOGUE = 4 * 1024 * 1024
"""500 services with their names in two languages take some 200 KB: more than other requests may."""


def register(api: Api) -> None:
    """/hall, /printers, /events, /catalogue, /clock, /openapi.json."""
    house = api.house

    @api.get("/hall")
    def hall_(actor: Actor | None) -> dict[str, Any]:
        """The hall as a kiosk shows it: agencies, services, how many wait, what is open."""
        return reading(house, lambda reader, hall, now_ms: hall_snapshot(reader, hall, house.policy, actor, now_ms))

    @api.get("/printers", "printers.read")
    def printers(actor: Actor) -> dict[str, Any]:
        """Every printer's last known state and the jobs before it."""
        return reading(house, lambda reader, hall, now_ms: {
            "seq": reader.head(), "epoch": reader.meta("epoch"), "printers": printers_view(reader, hall),
        })  # fmt: skip

    @api.get("/events", "events.read", asks=("after", "limit"))
    def events(actor: Actor) -> dict[str, Any]:
        """The event log after a sequence number; 410 `archived` with `next` where it does not go back so far."""
        after, limit = _number("after", 0, 2**62), _number("limit", 100, MAX_EVENTS)

        def read(reader: Reader, hall: Hall, now_ms: int) -> dict[str, Any]:
            archived = reader.archived_through()
            if after < archived:
                words = f"events up to {archived} are in archives on the server; ask for those after={archived}"
                raise Gone("archived", words, field="after", next=archived)
            found = reader.events(after, max(1, limit))
            return {
                "events": [
                    {**e.payload, "seq": e.seq, "at": iso(hall, e.at_ms), "kind": e.kind, "actor": e.actor}
                    for e in found
                ],
                "next": found[-1].seq if found else after,
            }

        return reading(house, read)

    @api.get("/catalogue", "catalogue.read")
    def read_catalogue(actor: Actor) -> dict[str, Any]:
        """The catalogue in force, as a document."""
        return reading(house, lambda reader, hall, now_ms: hall_document(hall))

    @api.command("/catalogue", dict, "catalogue.write", most=MAX_CATALOGUE)
    def apply_catalogue(tx: Tx, hall: Hall, actor: Actor, document: dict[str, Any]) -> dict[str, Any]:
        """Put another catalogue in force."""
        try:
            wanted = parse_hall(document)
        except ConfigProblems as problems:
            raise Refused(422, "invalid", str(problems), problems.problems) from None
        return {"changed": catalogue.apply(tx, wanted, actor)}

    @api.post("/clock/accept", None, "clock.accept")
    def accept_clock(actor: Actor, body: None) -> dict[str, Any]:
        """The machine's clock is right as it stands, after a jump of more than a day."""
        if house.store.clock_jump() is None:
            raise DomainError("not_allowed", "the clock has not jumped")
        house.store.accept_clock(actor.id)
        return {"accepted": True}

    @api.get("/openapi.json")
    def openapi(actor: Actor | None) -> dict[str, Any]:
        """This description."""
        return api.openapi()


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 18 or int(given) > most:
        raise Refused(422, "invalid", f"{name} must be a whole number up to {most}", [(name, "must be a whole number")])
    return int(given)
