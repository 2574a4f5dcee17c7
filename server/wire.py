"""JSON as the house writes it: for its answers and for the event log."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def encode(value: Any) -> str:
    """A plain value as compact JSON, letters beyond ASCII as themselves."""
    return to_json(value).decode()
