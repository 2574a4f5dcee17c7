"""A sentence cut into what is played from clips and what is synthesised, each stretch as long as it can be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from display.voice.clips import ClipFile
from display.voice.wording import Token

_PAUSES_S = {",": 0.12, ";": 0.25, ":": 0.25, ".": 0.35, "!": 0.35, "?": 0.35, "…": 0.35}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A clip, and the pause behind it."""

    clip: ClipFile
    pause_s: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text to be synthesised, and the pause behind it."""

    text: str
    pause_s: float


Part = Recorded | Spoken


class Lacking(Exception):
    """A language cannot say this sentence: `names` are the tokens that neither clip nor synthesis has."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(f"{name}.wav" for name in names))


def parts(tokens: tuple[Token, ...], clips: dict[str, ClipFile], *, synthesis: bool) -> tuple[Part, ...]:
    """The stretches of a sentence, in order. Raises Lacking where a token has no clip and there is no synthesis."""
    lacking = list(dict.fromkeys(token.name for token in tokens if token.name not in clips))
    if lacking and not synthesis:
        raise Lacking(lacking)
    found: list[Part] = []
    for recorded, run in groupby(tokens, lambda token: token.name in clips):
        stretch = list(run)
        if recorded:
            found += [Recorded(clips[token.name], pause_s(token.after)) for token in stretch]
        else:
            text = "".join(token.text + token.after for token in stretch)
            found.append(Spoken(text.strip(), pause_s(stretch[-1].after)))
    return tuple(found)


def pause_s(after: str) -> float:
    """How long the signs behind a word make a speaker pause, in seconds."""
    return max((_PAUSES_S.get(sign, 0.0) for sign in after), default=0.0)
