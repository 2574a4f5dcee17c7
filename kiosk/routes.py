"""The kiosk's page, and issuing and cancelling tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from flask import Blueprint, abort

from server.api import Api, reading
from server.commands import issuing
from server.domain.actors import Actor
from server.domain.hall import Hall
from server.house import House
from server.pages import blueprint, device_secret, render
from server.queries.pieces import full_ticket
from server.store import Tx
from server.views import text

RETURN_SECONDS = 12


@dataclass(frozen=True, slots=True)
class IssueBody:
    """What a visitor asks for at a kiosk or a desk."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    services: tuple[str, ...]
    priority: str | None = None
    party_size: int = 1
    language: Literal["id", "en"] = "id"


def register(api: Api) -> None:
    """Issue, cancel and reprint under /api/v1/tickets."""
    house = api.house
    per_second = house.settings.limits.tickets_per_second

    def kiosk_limit(actor: Actor) -> tuple[str, float] | None:
        return ("tickets", per_second) if actor.role == "kiosk" else None

    @api.command("/tickets", IssueBody, "ticket.issue", status=201, limit=kiosk_limit)
    def issue(tx: Tx, hall: Hall, actor: Actor, body: IssueBody) -> dict[str, Any]:
        """Issue a ticket for each service named, as one visit."""
        wish = issuing.Wish(body.services, body.priority, body.party_size, body.language)
        issued = issuing.issue(tx, hall, house.policy, actor, wish)
        url = house.policy.visit_url(issued.code)
        return {
            "visit": {"id": issued.visit, "code": issued.code},
            "tickets": [full_ticket(tx, hall, ticket, tx.now_ms) for ticket in issued.tickets],
            "print_job": {"id": issued.print_job.id, "state": issued.print_job.state} if issued.print_job else None,
            "warning": issued.warning,
            "url": url,
            "qr": f"/t/{issued.code}/qr.svg" if url else None,
        }

    @api.command("/tickets/<int:ticket>/cancel", None, "ticket.cancel")
    def cancel(tx: Tx, hall: Hall, actor: Actor, body: None, ticket: int) -> dict[str, Any]:
        """Take a ticket out of the queue."""
        cancelled = issuing.cancel(tx, hall, actor, ticket)
        return {"ticket": full_ticket(tx, hall, cancelled, tx.now_ms)}

    @api.command("/tickets/<int:ticket>/reprint", None, "ticket.reprint")
    def reprint(tx: Tx, hall: Hall, actor: Actor, body: None, ticket: int) -> dict[str, Any]:
        """Print the slip of a ticket's visit again, marked as a copy."""
        job = issuing.reprint(tx, hall, house.policy, actor, ticket)
        return {"print_job": {"id": job.id, "state": job.state}}


def pages(house: House) -> Blueprint:
    """`/kiosk/<id>`."""
    room = blueprint("kiosk", __name__)

    @room.get("/kiosk/<id>")
    def kiosk(id: str) -> str:
        hall = reading(house, lambda reader, hall, now_ms: hall)
        found = hall.kiosk.get(id)
        if found is None:
            abort(404)
        zone = next(zone for zone in hall.zones if zone.id == found.zone)
        page = {
            "id": id,
            "name": text(found.name),
            "zone": zone.id,
            "zone_name": text(zone.name),
            "hall": {"name": hall.name, "timezone": hall.timezone},
            "device": f"kiosk/{id}",
            "return_seconds": RETURN_SECONDS,
        }
        return render(house, "kiosk.html", found.name.id, page, device_secret("kiosk", id))

    return room
