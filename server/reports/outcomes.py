"""What came of serving visitors, as officers told it, for each service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.domain.hall import Hall
from server.reports.waiting import Question, report
from server.store import Reader

OUTCOME_COLUMNS = ("service", "outcome", "count", "share")
NOT_TOLD = ""
"""The outcome of served visitors of whom the officer told none."""


def outcomes_report(reader: Reader, hall: Hall, question: Question) -> list[dict[str, Any]]:
    """For each service and outcome how often, and which share of those served; in the order of the catalogue."""
    rows = []
    for row in report(reader, hall, replace(question, by="service")):
        told: dict[str, int] = row["results"]
        known = hall.services.get(row["key"])
        order = [outcome.id for outcome in known.outcomes] if known else []
        for outcome in sorted(told, key=lambda id: (order.index(id) if id in order else len(order), id)):
            rows.append(_row(row, outcome, told[outcome]))
        if row["served"] > sum(told.values()):
            rows.append(_row(row, NOT_TOLD, row["served"] - sum(told.values())))
    return rows


def _row(row: dict[str, Any], outcome: str, count: int) -> dict[str, Any]:
    return {"service": row["key"], "outcome": outcome, "count": count, "share": round(count / row["served"], 4)}
