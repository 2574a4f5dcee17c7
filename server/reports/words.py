"""Reports for people at a terminal, and as JSON text."""

from __future__ import annotations

import json
from typing import Any

from server.domain.hall import Hall
from server.reports.names import name_of

_HEAD = ("", "issued", "served", "no-show", "cancelled", "expired", "wait mean", "median", "p90", "max", "in target")


def as_json(rows: list[dict[str, Any]], first_day: str, last_day: str, by: str) -> str:
    """The same document as the API's."""
    return json.dumps({"from": first_day, "to": last_day, "by": by, "rows": rows}, ensure_ascii=False, indent=1)


def as_table(rows: list[dict[str, Any]], hall: Hall, by: str) -> str:
    """Columns for reading; waits as minutes and seconds."""
    lines = [list(_HEAD)]
    for row in rows:
        wait = row["wait"]
        name = name_of(hall, by, row["key"])
        share = "-" if row["within_target"] is None else f"{row['within_target']:.0%}"
        lines.append(
            [name]
            + [str(row[column]) for column in ("issued", "served", "no_show", "cancelled", "expired")]
            + [_clock(wait[figure]) for figure in ("mean", "median", "p90", "max")]
            + [share]
        )
    return _aligned(lines) if rows else "no tickets in these days"


def table(rows: list[dict[str, Any]]) -> str:
    """Rows for reading, under the names that they have in CSV."""
    if not rows:
        return "nothing in these days"
    cells = [["-" if value is None else str(value) for value in row.values()] for row in rows]
    return _aligned([list(rows[0]), *cells])


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        line[0].ljust(widths[0])
        + "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    )


def _clock(seconds: float | None) -> str:
    return "-" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
