"""The chimes: soft bells of our own making, each partial a sine that fades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from display.voice.espeak import RATE_HZ
from display.voice.levels import Sound, levelled
from display.voice.shaping import faded, samples

ATTACK_S = 0.012
"""Below ten milliseconds a tone begins with a click."""
FADE_OUT_S = 0.4


@dataclass(frozen=True, slots=True)
class Stroke:
    """A note: when it is struck, and its ground tone."""

    at_s: float
    hertz: float


@dataclass(frozen=True, slots=True)
class Partial:
    """One tone of a bell: times the ground tone, how strong, in how many seconds it fades to a third."""

    times: float
    gain: float
    fades_s: float


@dataclass(frozen=True, slots=True)
class Chime:
    """Strokes on one kind of bell."""

    strokes: tuple[Stroke, ...]
    partials: tuple[Partial, ...]
    length_s: float


CHIMES = {
    # A falling third is heard as "please", a rising one as alarm. Small loudspeakers hardly play the ground tone.
    "ding-dong": Chime(
        (Stroke(0, 659.26), Stroke(0.5, 523.25)),
        (Partial(1, 0.45, 0.55), Partial(2, 0.15, 0.35), Partial(3.01, 0.07, 0.2)),
        2.0,
    ),
    "gong": Chime(
        (Stroke(0, 196.0),),
        (Partial(1, 0.4, 1.1), Partial(1.52, 0.2, 0.9), Partial(2.0, 0.25, 0.7), Partial(2.74, 0.12, 0.5),
         Partial(3.93, 0.06, 0.3)),
        2.6,
    ),
    "marimba": Chime(
        (Stroke(0, 523.25), Stroke(0.18, 659.26), Stroke(0.36, 783.99)),
        (Partial(1, 0.6, 0.28), Partial(3.93, 0.12, 0.09), Partial(9.2, 0.03, 0.04)),
        1.5,
    ),
}  # fmt: skip


def chime(name: str) -> Sound:
    """A chime by its name, at the loudness of the speech; "none" is empty. Raises KeyError for another."""
    if name == "none":
        return np.zeros(0, np.float32)
    kind = CHIMES[name]
    sound = np.zeros(samples(kind.length_s), np.float32)
    for stroke in kind.strokes:
        begin = samples(stroke.at_s)
        sound[begin:] += _struck(stroke.hertz, kind.partials, len(sound) - begin)
    return levelled(faded(sound, FADE_OUT_S))


def _struck(hertz: float, partials: tuple[Partial, ...], length: int) -> Sound:
    t = np.arange(length) / RATE_HZ
    tone = sum(
        partial.gain * np.sin(2 * np.pi * hertz * partial.times * t) * np.exp(-t / partial.fades_s)
        for partial in partials
    )
    return (tone * np.minimum(1, t / ATTACK_S)).astype(np.float32)
