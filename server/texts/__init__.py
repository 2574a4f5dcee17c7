"""Every text that people read, one catalogue per language: `id.json` and `en.json`, flat keys such as `slip.ahead`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def load(language: str) -> dict[str, str]:
    """The texts of a language ("id" or "en") by key; shared, not to be changed. Raises KeyError for others."""
    if language not in ("id", "en"):
        raise KeyError(language)
    texts: dict[str, str] = json.loads(files(__name__).joinpath(f"{language}.json").read_text(encoding="utf-8"))
    return texts
