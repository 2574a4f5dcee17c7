"""What people read, in the hall's two languages, and what is text at all."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in the hall's two languages, Indonesian and English."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    id: str
    en: str


def is_text(words: str, *, lines: bool = False) -> bool:
    """Whether all of it can be read: no control characters, and nothing that turns the direction of what stands beside
    it. Several `lines` only where that is said.
    """
    return all(
        letter.isprintable() or letter in _JOINERS or (letter == "\n" and lines) or unicodedata.category(letter) == "Zs"
        for letter in words
    )


_JOINERS = "\u200c\u200d\u200e\u200f"
"""They print nothing; Arabic, Indic scripts, emoji and mixed directions are written with them."""
