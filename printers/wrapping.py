"""Text made fit for paper: nothing in it that a printer takes for a command, broken at word borders."""

from __future__ import annotations

import re
import textwrap
import unicodedata

JOINERS = "\u200c\u200d"
"""Invisible, but Arabic and Indic letters take other shapes by them."""

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """The text on one line, composed (NFC), without control characters and without what is invisible."""
    composed = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join("".join(_plain(letter) for letter in composed).split())


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cs":  # half of a surrogate pair is no letter and cannot be drawn
        return "\ufffd"
    return " " if category == "Cc" or category.startswith("Z") else letter


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` characters, of about one length rather than with one word left over."""
    if len(text) <= columns:
        return [text] if text else []
    lines = len(_wrapped(text, columns))
    narrowest = max(map(len, text.split()), default=columns)
    for width in range(min(narrowest, columns), columns):
        if len(_wrapped(text, width)) == lines:
            return _wrapped(text, width)
    return _wrapped(text, columns)


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns, break_on_hyphens=False)
