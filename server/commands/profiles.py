"""Switching a counter to another of its work profiles while the hall runs."""

from __future__ import annotations

from server.commands.desk import Expect, compare, find_counter, find_desk, record_counter
from server.domain.actors import Actor
from server.domain.errors import Invalid
from server.domain.hall import Hall
from server.store import CounterRow, Tx


def switch_profile(
    tx: Tx, hall: Hall, actor: Actor, counter_id: str, profile: str | None, *, expect: Expect
) -> CounterRow:
    """Work by another profile from now on, None for the usual one; a visitor who is there stays.

    It stays so when the officer changes or the server restarts. Those who wait for this very counter with a service
    that is not its own by this profile may go to any. Whoever oversees the hall may switch a closed counter too.
    Raises NotFound, DomainError `not_open`, `stale`, Forbidden `occupied`, Invalid for a profile that it does not have.
    """
    counter = find_counter(hall, counter_id)
    if profile is not None and counter.profile(profile) is None:
        known = ", ".join(each.id for each in counter.profiles)
        words = f"must be null or one of {known}" if known else "must be null: this counter has no other profiles"
        raise Invalid("unknown_profile", words, field="profile")
    if actor.oversees:
        compare(tx, counter_id, expect)
    else:
        find_desk(tx, hall, actor, counter_id, expect, paused_too=True)
    row = tx.counter(counter_id)
    before = row.profile if row is not None else None
    if before == profile:
        return row or CounterRow(counter_id, "closed", None, None, tx.now_ms, None, None, None, None)
    switched = tx.set_counter(counter_id, profile=profile)
    released = _release(tx, hall, counter_id)
    left = {"profile": before, "services": list(counter.services)}
    record_counter(tx, hall, actor, switched, **{"from": left}, released=released)
    return switched


def _release(tx: Tx, hall: Hall, counter_id: str) -> list[int]:
    """The ids of those who were sent to this counter and need not wait for it any more: it does not serve them now."""
    served = hall.working(tx.profiles()).counter[counter_id].services
    released = [ticket for ticket in tx.wanted(counter_id) if ticket.service not in served]
    for ticket in released:
        tx.change(ticket, wanted_counter=None)
    return [ticket.id for ticket in released]
