"""Fills a database with tickets of past days, quickly, as the hall would have left them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from server.domain.tickets import Ticket
from server.store.chain import hash_payload, link, read_head
from server.store.records import TICKET_COLUMNS
from server.store.sqlite import connect

PER_DAY = 2_000
FIRST_MS = 1_600_000_000_000
AT_ONCE = 20_000


def fill(database: Path, tickets: int) -> None:
    """Add so many finished tickets, two spans and one event each, to a database that has its schema."""
    connection = connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    rows = _tickets(tickets)
    columns, marks = ",".join(TICKET_COLUMNS), ",".join("?" * len(TICKET_COLUMNS))
    head = read_head(connection)
    seq, chain = head.seq, head.chain
    with click.progressbar(length=tickets, label=f"generating {tickets:,} tickets", file=sys.stderr) as bar:
        while some := list(islice(rows, AT_ONCE)):
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO visits (id, code, issued_ms) VALUES (?,?,?)",
                [(t[0], f"GEN{t[0]:013d}", t[15]) for t in some],
            )
            connection.executemany(f"INSERT INTO tickets ({columns}) VALUES ({marks})", some)
            spans = [span for ticket in some for span in _spans(ticket)]
            connection.executemany(
                "INSERT INTO spans (ticket, state, service, agency, counter, officer, start_ms, end_ms) "
                "VALUES (?,?,?,?,?,?,?,?)",
                spans,
            )
            events = []
            for ticket in some:
                payload = json.dumps({"ticket": {"id": ticket[0], "number": ticket[2]}})
                seq, payload_hash = seq + 1, hash_payload(payload)
                at_ms = max(head.at_ms, FIRST_MS)
                chain = link(chain, seq, at_ms, "ticket.finished", "generator", payload_hash)
                events.append((seq, at_ms, "ticket.finished", "generator", payload, payload_hash, chain))
            connection.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?)", events)
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (str(seq),))
            connection.execute("COMMIT")
            bar.update(len(some))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _tickets(count: int) -> Iterator[tuple[Any, ...]]:
    for n in range(1, count + 1):
        day, ordinal = divmod(n - 1, PER_DAY)
        issued = FIRST_MS + day * 86_400_000 + ordinal * 10_000
        ticket = Ticket(
            id=n, visit=n, number=f"A-{ordinal + 1:03d}", day=f"g{day:06d}", sequence="generated", round=1,
            ordinal=ordinal + 1, service="s-0", agency="agency-0", state="finished",  # type: ignore[arg-type]
            priority=None, party_size=1, source="kiosk", issued_by="generator", language="id", issued_ms=issued,
            place_ms=issued, since_ms=issued + 900_000, called_ms=issued + 600_000, started_ms=issued + 620_000,
            finished_ms=issued + 900_000, no_show_ms=None, counter="1", officer="generator", recalls=0, calls=1,
            waited_ms=600_000, served_ms=280_000, came_from="serving", closed_by_day=0, outcome=None,
            documents=None, wanted_counter=None, return_service=None, return_counter=None, held_ms=0,
        )  # fmt: skip
        yield tuple(getattr(ticket, name) for name in TICKET_COLUMNS)


def _spans(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    ticket = Ticket(*row)
    called, started, finished = ticket.called_ms, ticket.started_ms, ticket.finished_ms
    yield ticket.id, "waiting", ticket.service, ticket.agency, None, None, ticket.issued_ms, called
    yield ticket.id, "serving", ticket.service, ticket.agency, "1", "generator", started, finished
