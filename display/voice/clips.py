"""The folder of recorded clips: which there are, which there should be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from display.voice.wording import Call, Token, counter, named, number, sentence, template
from server.domain.hall import Hall, Text
from server.sections import Voice

_NUMBERS = (*range(102), *range(200, 1000, 100), *range(1000, 10_000, 1000), 10_000)
"""All words of the numbers that tickets have."""


class UnusableClip(Exception):
    """A recording that cannot be used; says why, in words that follow its name."""


class SpoiltClip(Exception):
    """A `clip` that was to be played cannot be used."""

    def __init__(self, clip: ClipFile, reason: str) -> None:
        self.clip = clip
        super().__init__(f"{clip.path} {reason}")


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A recording as it is on disk now: a changed file is another one."""

    path: Path
    size: int
    changed_ns: int


def clips_of(folder: str | Path, language: str) -> dict[str, ClipFile]:
    """The recordings of a language by the names of their tokens; none where there is no such folder."""
    found: dict[str, ClipFile] = {}
    if not folder:
        return found
    try:
        with os.scandir(Path(folder) / language) as entries:
            for entry in entries:
                stem, suffix = os.path.splitext(entry.name.lower())
                if suffix == ".wav" and entry.is_file():
                    status = entry.stat()
                    found[stem] = ClipFile(Path(entry.path), status.st_size, status.st_mtime_ns)
    except OSError:
        return {}  # a folder that went away is a folder without clips: what it held is synthesised
    return found


def vocabulary(voice: Voice, hall: Hall, language: str) -> dict[str, str]:
    """Every token that calls of this hall can have, and its text for the speaker, in a good order for recording."""
    return {token.name: token.text for token in _tokens(voice, hall, language)}


def _tokens(voice: Voice, hall: Hall, language: str) -> Iterator[Token]:
    yield from (token for token in sentence(Call("A-1", "1", {}, {}), language, voice) if token.kind == "phrase")
    for digit in range(10):
        yield number(f"A-{digit}", language, "digits")[-1]
    for prefix in sorted({service.prefix for service in hall.services.values()}):
        yield from number(f"{prefix}-1", language, "digits")[:-1]
    if voice.reading == "words":
        for value in _NUMBERS:
            yield from number(f"A-{value}", language, "words")[1:]
    spoken = template(voice, language)
    if "{counter}" in spoken:
        for each in hall.counters:
            yield from counter(each.label, language)
    names: list[Text] = []
    names += [agency.name for agency in hall.agencies] if "{agency}" in spoken else []
    names += [service.name for service in hall.services.values()] if "{service}" in spoken else []
    for name in names:
        yield from named({"id": name.id, "en": name.en}, language)
