"""Cutting and joining sounds: silence trimmed off, parts cross-faded or set apart by a pause, another rate."""

from __future__ import annotations

import numpy as np

from display.voice.espeak import RATE_HZ
from display.voice.levels import Sound

SILENT_DB = -40.0
"""What is so far below the loudest hundredth of a second counts as silence at the ends."""
LEAD_S, TAIL_S = 0.02, 0.06
"""What stays before and after: soft consonants begin and end below the threshold."""
CROSS_S = 0.03
FADE_S = 0.005
_FRAME_S = 0.01
_PADDING_S = 0.05


def samples(seconds: float) -> int:
    """So many seconds in samples."""
    return round(seconds * RATE_HZ)


def silence(seconds: float) -> Sound:
    """Nothing to be heard."""
    return np.zeros(samples(seconds), np.float32)


def trimmed(sound: Sound) -> Sound:
    """A sound without the silence at its ends, faded in and out; empty where it is all silent."""
    size = samples(_FRAME_S)
    frames = np.pad(sound, (0, -len(sound) % size)).reshape(-1, size)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    loudest = float(np.max(power, initial=0.0))
    if loudest <= 0:
        return sound[:0]
    heard = np.flatnonzero(power > loudest * 10 ** (SILENT_DB / 10))
    begin = max(0, int(heard[0]) * size - samples(LEAD_S))
    end = min(len(sound), (int(heard[-1]) + 1) * size + samples(TAIL_S))
    return faded(sound[begin:end])


def faded(sound: Sound, out_s: float = FADE_S) -> Sound:
    """A sound that begins and ends at nothing, so that it does not click."""
    into, out = min(samples(FADE_S), len(sound)), min(samples(out_s), len(sound))
    changed = sound.copy()
    changed[:into] *= np.linspace(0, 1, into, dtype=np.float32)
    changed[len(sound) - out :] *= np.linspace(1, 0, out, dtype=np.float32)
    return changed


def joined(parts: list[tuple[Sound, float]]) -> Sound:
    """Sounds one after the other, each with the pause in seconds behind it; where that is 0 they are cross-faded."""
    pieces: list[Sound] = []
    pause_s = 1.0
    for sound, next_pause_s in parts:
        if pieces and pause_s == 0:
            pieces.append(_crossed(pieces.pop(), sound))
        else:
            pieces.append(sound)
        if next_pause_s:
            pieces.append(silence(next_pause_s))
        pause_s = next_pause_s
    return np.concatenate([silence(0), *pieces])


def _crossed(first: Sound, second: Sound) -> Sound:
    over = min(samples(CROSS_S), len(first), len(second))
    rise = np.linspace(0, 1, over, dtype=np.float32)
    middle = first[len(first) - over :] * (1 - rise) + second[:over] * rise
    return np.concatenate([first[: len(first) - over], middle, second[over:]])


def resampled(sound: Sound, rate_hz: int) -> Sound:
    """A sound of another rate at `RATE_HZ`; what is above half the lower rate is left out."""
    if rate_hz == RATE_HZ or not len(sound):
        return sound
    # The Fourier transform takes the sound for a loop: silence at its ends keeps them apart.
    padding = round(_PADDING_S * rate_hz)
    padded = np.pad(sound, padding)
    length = round(len(padded) * RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(padded.astype(np.float64))
    fitted = np.zeros(length // 2 + 1, np.complex128)
    kept = min(len(spectrum), len(fitted))
    fitted[:kept] = spectrum[:kept]
    changed = np.fft.irfft(fitted, length) * (length / len(padded))
    begin = round(padding * RATE_HZ / rate_hz)
    return changed[begin : begin + round(len(sound) * RATE_HZ / rate_hz)].astype(np.float32)
