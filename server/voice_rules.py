"""What must hold in `[voice]` beyond its shape: its languages, the sentences they are said in, the folder of clips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from server.shape import Problem

PLACEHOLDERS = ("number", "counter", "agency", "service")
TEMPLATES = {
    "id": "Nomor antrean {number}. Silakan menuju {counter}.",
    "en": "Queue number {number}. Please go to {counter}.",
}
"""The sentences of the languages that can be spoken without recordings."""
LONGEST_TEMPLATE = 300
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def voice_problems(document: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Everything that is wrong with the languages, the templates and the clips; their path counts from `folder`."""
    voice = document.get("voice")
    if not isinstance(voice, Mapping):
        return []
    templates = voice.get("template")
    templates = templates if isinstance(templates, Mapping) else {}
    languages = voice.get("languages")
    return [
        *_clips_problems(voice.get("clips"), folder),
        *(_language_problems(languages, templates, voice.get("clips")) if isinstance(languages, list) else ()),
        *(problem for language, text in templates.items() for problem in _template_problems(str(language), text)),
    ]


def _clips_problems(clips: object, folder: Path) -> Iterator[Problem]:
    if isinstance(clips, str) and clips and not (folder / clips).is_dir():
        yield "voice.clips", f"there is no such folder ({folder / clips})"


def _language_problems(languages: list[Any], templates: Mapping[str, Any], clips: object) -> Iterator[Problem]:
    for at, language in enumerate(languages):
        path = f"voice.languages[{at}]"
        if not isinstance(language, str):
            continue  # the shape's problem
        if not _LANGUAGE.fullmatch(language):
            yield path, 'must be the code of a language, like "id" or "min"'
        elif language in languages[:at]:
            yield path, f'"{language}" is named twice'
        elif language not in TEMPLATES and language not in templates:
            yield path, f'needs its sentence, as "{language}" in [voice.template]'
        elif language not in TEMPLATES and not clips:
            yield path, f'"{language}" can be spoken from recordings only: name their folder as clips'


def _template_problems(language: str, text: object) -> Iterator[Problem]:
    path = f"voice.template.{language}"
    if not _LANGUAGE.fullmatch(language):
        yield path, 'its name must be the code of a language, like "id" or "min"'
    if not isinstance(text, str):
        return
    if len(text) > LONGEST_TEMPLATE:
        yield path, f"must be at most {LONGEST_TEMPLATE} characters long"
    named = re.findall(r"\{([^{}]*)\}", text)
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in named:
        if name not in PLACEHOLDERS:
            yield path, f"there is no {{{name}}}; there are {known}"
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        yield path, "has a brace without its partner"
    if "number" not in named:
        yield path, "must have {number}"
