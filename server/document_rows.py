"""The tables of a plain document, each with the path where it stands; what has the wrong shape is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, Mapping[str, Any]]
"""A table of the document and the path where it stands."""


def rows(document: Mapping[str, Any], key: str, at: str = "") -> list[Row]:
    """The tables of a list, each with its path; what is no table is left to the check of shapes."""
    entries = document.get(key)
    found = enumerate(entries) if isinstance(entries, (list, tuple)) else ()
    return [(f"{at}{key}[{index}]", entry) for index, entry in found if isinstance(entry, Mapping)]


def texts(row: Mapping[str, Any], key: str, at: str) -> list[tuple[str, str]]:
    """The texts of a list such as a counter's services, each with its path."""
    entries = row.get(key)
    found = enumerate(entries) if isinstance(entries, (list, tuple)) else ()
    return [(f"{at}.{key}[{index}]", entry) for index, entry in found if isinstance(entry, str)]


def ids(found: list[Row]) -> set[str]:
    """The ids of these tables."""
    return {row["id"] for _, row in found if isinstance(row.get("id"), str)}
