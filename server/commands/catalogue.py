"""Putting another catalogue in force: as a whole, and never under people who wait."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from server.commands import announcing
from server.domain.actors import Actor
from server.domain.errors import DomainError
from server.domain.events import HALL_CHANGED
from server.domain.hall import Hall
from server.hall_file import hall_document, parse_hall
from server.store import Tx


def canonical(hall: Hall) -> str:
    """A catalogue as JSON text that is the same for the same catalogue."""
    return json.dumps(hall_document(hall), ensure_ascii=False, sort_keys=True)


def fingerprint(hall: Hall) -> str:
    """A short hash that tells whether two catalogues are the same."""
    return hashlib.sha256(canonical(hall).encode()).hexdigest()


def apply(tx: Tx, hall: Hall, actor: Actor) -> bool:
    """Put a catalogue in force; False when it is the one already in force.

    Raises DomainError `in_use` when it lacks a service or counter that tickets are still at, or would give numbers that
    were given today a second time.
    """
    before = tx.catalogue()
    if before is not None and before.document == canonical(hall):
        return False
    former = None if before is None else parse_hall(json.loads(before.document))
    if former is not None:
        _refuse_losses(tx, former, hall)
    tx.set_catalogue(canonical(hall), fingerprint(hall))
    _forget_profiles(tx, hall)
    if former is not None:
        announcing.leave_voices(tx, hall, former.voices.keys() - hall.voices.keys())
    tx.record(HALL_CHANGED, actor.id, {"name": hall.name, "fingerprint": fingerprint(hall)})
    return True


def _forget_profiles(tx: Tx, hall: Hall) -> None:
    """Counters whose profile there is no more work by their usual one, also when one of that id comes back."""
    for counter, profile in tx.profiles().items():
        if counter not in hall.counter or hall.counter[counter].profile(profile) is None:
            tx.set_counter(counter, profile=None)


def _refuse_losses(tx: Tx, before: Hall, after: Hall) -> None:
    at_counters = {ticket.service for ticket in tx.current_calls()}
    for service in before.services.keys() - after.services.keys():
        if service in at_counters or tx.waiting_count(service) or tx.held([service]):
            raise DomainError("in_use", f'service "{service}" still has people waiting', field="agencies")
    for counter in before.counter.keys() - after.counter.keys():
        row = tx.counter(counter)
        if tx.ticket_at(counter) or (row is not None and row.state != "closed"):
            raise DomainError("in_use", f'counter "{counter}" is still open', field="counters")
    working = after.working(tx.profiles())
    for counter in before.counter:
        kept = working.counter[counter].services if counter in working.counter else ()
        if any(ticket.service not in kept for ticket in tx.wanted(counter)):
            raise DomainError("in_use", f'visitors who were sent to counter "{counter}" still wait', field="counters")
    for service in after.services.keys() & before.services.keys():
        if after.services[service].sequence_id != before.services[service].sequence_id and tx.waiting_count(service):
            raise DomainError("in_use", f'service "{service}" changes its sequence while people wait', field="agencies")
    _refuse_same_numbers(tx, before, after)


def _refuse_same_numbers(tx: Tx, before: Hall, after: Hall) -> None:
    """A prefix stays with its sequence for the day: counted in another, the same numbers would be given twice."""
    given = tx.sequences_of_prefixes(after.day(tx.now_ms))
    kept = {(service.prefix, service.sequence_id) for service in before.services.values()}
    for service in after.services.values():
        if (service.prefix, service.sequence_id) in kept:
            continue
        if others := given.get(service.prefix, frozenset()) - {service.sequence_id}:
            words = (f'service "{service.id}" cannot have the prefix "{service.prefix}" today: its numbers were given '
                     f'from the sequence "{min(others)}" already')  # fmt: skip
            raise DomainError("in_use", words, field="agencies")


def differences(before: dict[str, Any], after: dict[str, Any], path: str = "") -> list[str]:
    """What changes from one catalogue document to another, a line each, for a person to read."""
    lines: list[str] = []
    for key in [*before, *(key for key in after if key not in before)]:
        here = f"{path}.{key}" if path else str(key)
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            lines += differences(old, new, here)
        elif isinstance(old, list) and isinstance(new, list) and all(_has_id(item) for item in [*old, *new]):
            lines += differences({item["id"]: item for item in old}, {item["id"]: item for item in new}, here)
        elif old is None:
            lines.append(f"+ {here} = {json.dumps(new, ensure_ascii=False)}")
        elif new is None:
            lines.append(f"- {here} = {json.dumps(old, ensure_ascii=False)}")
        else:
            lines.append(f"~ {here}: {json.dumps(old, ensure_ascii=False)} -> {json.dumps(new, ensure_ascii=False)}")
    return lines


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and "id" in item
