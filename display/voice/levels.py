"""How loud a sound is, and bringing sounds to one loudness without clipping.

Sounds here are arrays of float32, one channel, full scale 1.0, `RATE_HZ` samples a second. Loudness is that of ITU-R
BS.1770-4: K-weighted (annex 1), in blocks of 400 ms, gated (annex 1, section 5), for one channel.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from display.voice.espeak import RATE_HZ

Sound = NDArray[np.float32]

TARGET_LUFS = -18.0
"""Loud enough for a hall's loudspeakers and low enough that speech is hardly ever limited."""
CEILING = 10 ** (-1.5 / 20)
"""The highest sample: half a decibel below -1 dBFS, for what lies between two samples."""
_BLOCK_S, _STEP_S = 0.4, 0.1
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0
_TAIL_S = 0.25
"""So long the weighting filter rings on."""
_LIMIT_SAMPLES = 128


def loudness_lufs(sound: Sound) -> float:
    """The gated loudness of a sound; -inf for silence. A sound shorter than a block is one block."""
    power = np.concatenate(([0.0], np.cumsum(_weighted(sound) ** 2)))
    block = min(len(sound), round(_BLOCK_S * RATE_HZ))
    if block == 0:
        return -math.inf
    starts = np.arange(0, len(sound) - block + 1, round(_STEP_S * RATE_HZ))
    blocks = np.maximum(power[starts + block] - power[starts], 0.0) / block
    heard = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if len(heard):
        heard = heard[heard > float(np.mean(heard)) * 10 ** (_RELATIVE_GATE_LU / 10)]
    return _lufs(float(np.mean(heard))) if len(heard) else -math.inf


def levelled(sound: Sound) -> Sound:
    """A sound at the target loudness, no sample beyond the ceiling; silence stays silence."""
    raised = _raised(sound)
    levelled = limited(raised)
    # What the limiter takes away is made up for once.
    return levelled if levelled is raised else limited(_raised(levelled))


def _raised(sound: Sound) -> Sound:
    loudness = loudness_lufs(sound)
    return sound if math.isinf(loudness) else sound * np.float32(10 ** ((TARGET_LUFS - loudness) / 20))


def limited(sound: Sound) -> Sound:
    """A sound whose peaks are turned down to the ceiling, softly: the gain moves in steps of 6 ms without jumps."""
    if not len(sound) or np.max(np.abs(sound)) <= CEILING:
        return sound
    blocks = np.pad(sound, (0, -len(sound) % _LIMIT_SAMPLES)).reshape(-1, _LIMIT_SAMPLES)
    wanted = np.minimum(1.0, CEILING / np.maximum(np.max(np.abs(blocks), axis=1), 1e-9))
    # Between two blocks the lower gain of both: a line from border to border then stays below what each block needs.
    borders = np.minimum(np.concatenate(([1.0], wanted)), np.concatenate((wanted, [1.0])))
    gain = np.interp(np.arange(len(sound)) / _LIMIT_SAMPLES, np.arange(len(borders)), borders)
    return np.clip(sound * gain, -CEILING, CEILING).astype(np.float32)


def _weighted(sound: Sound) -> NDArray[np.float64]:
    """The sound through the K-weighting: its high shelf and its high pass, applied to the spectrum."""
    length = _fast_length(len(sound) + round(_TAIL_S * RATE_HZ))
    spectrum = np.fft.rfft(sound.astype(np.float64), length) * _response(length)
    filtered: NDArray[np.float64] = np.fft.irfft(spectrum, length)[: len(sound)]
    return filtered


@lru_cache(maxsize=8)  # there are few lengths: see _fast_length
def _response(length: int) -> NDArray[np.complex128]:
    """What the K-weighting does to a spectrum of a sound of this length."""
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    stages = [(b[0] + b[1] * z + b[2] * z**2) / (a[0] + a[1] * z + a[2] * z**2) for b, a in (_shelf(), _high_pass())]
    response: NDArray[np.complex128] = stages[0] * stages[1]
    return response


def _fast_length(least: int) -> int:
    """A length of at least so many samples that the Fourier transform takes quickly: 2, 3 or 5 times a power of 2."""
    return min(factor << max(0, math.ceil(math.log2(max(1, least) / factor))) for factor in (2, 3, 5))


Biquad = tuple[tuple[float, float, float], tuple[float, float, float]]


def _shelf() -> Biquad:
    """Stage 1 of the K-weighting at our rate. The standard tabulates 48 kHz; these are its analogue parameters."""
    k, quality, gain_db = math.tan(math.pi * 1681.974450955533 / RATE_HZ), 0.7071752369554196, 3.999843853973347
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    return (
        (high + band * k / quality + k * k, 2 * (k * k - high), high - band * k / quality + k * k),
        (1 + k / quality + k * k, 2 * (k * k - 1), 1 - k / quality + k * k),
    )


def _high_pass() -> Biquad:
    """Stage 2 of the K-weighting at our rate."""
    k, quality = math.tan(math.pi * 38.13547087602444 / RATE_HZ), 0.5003270373238773
    below = 1 + k / quality + k * k
    return (1.0, -2.0, 1.0), (1.0, 2 * (k * k - 1) / below, (1 - k / quality + k * k) / below)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
