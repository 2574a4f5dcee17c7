"""The tokens of the look (server/static/tokens.css): every pair of text and ground can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (ROOT / "server/static/tokens.css").read_text()))

# Text and the ground it stands on, with the least contrast of each: 7 on kiosks and boards, 4.5 elsewhere, 3 for edges.
PAIRS = [
    ("ink", "card", 7.0), ("ink", "paper", 7.0), ("ink", "sea-tint", 7.0), ("ink", "saffron-tint", 7.0),
    ("ink", "red-tint", 7.0), ("quiet", "card", 7.0), ("quiet", "paper", 7.0), ("quiet", "sea-tint", 4.5),
    ("faint", "card", 4.5), ("faint", "paper", 4.5), ("sea", "card", 7.0), ("sea", "paper", 7.0),
    ("sea", "sea-tint", 4.5), ("on-sea", "sea", 7.0), ("on-sea", "sea-deep", 7.0), ("on-sea", "on-sea-card", 7.0),
    ("on-sea-quiet", "sea-deep", 7.0), ("on-sea-quiet", "sea", 4.5), ("on-saffron", "saffron", 7.0),
    ("on-saffron", "saffron-press", 4.5), ("red", "card", 7.0), ("red", "red-tint", 4.5), ("green", "card", 4.5),
    ("green", "green-tint", 4.5), ("red-on-dark", "on-sea-card", 4.5), ("green-on-dark", "night", 7.0),
    ("on-night", "night", 7.0), ("on-night", "night-card", 7.0), ("on-night-quiet", "night", 7.0),
    ("on-night-quiet", "night-card", 7.0), ("line-strong", "card", 3.0),
]  # fmt: skip


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, least: float) -> None:
    lighter, darker = sorted((luminance(TOKENS[text]), luminance(TOKENS[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least
