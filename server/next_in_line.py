"""Whose turn it is at a counter: what `call_next` does and the officer's terminal foretells."""

from __future__ import annotations

from server.domain.hall import Counter
from server.domain.selection import Choice, choose
from server.store import Reader


def next_for(reader: Reader, counter: Counter, now_ms: int) -> Choice | None:
    """Whom `call_next` would call at a counter now."""
    heads = [head for service in counter.services if (head := reader.queue_head(service)) is not None]
    return choose(heads, now_ms)
