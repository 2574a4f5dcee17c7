"""Reading a recorded clip: WAV files as recorders write them, and what is wrong with one.

The standard library's `wave` does not read what many recorders write (float samples, WAVE_FORMAT_EXTENSIBLE).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from display.voice.clips import ClipFile, UnusableClip
from display.voice.levels import Sound
from display.voice.shaping import resampled, trimmed

LONGEST_S = 15.0
SHORTEST_S = 0.05
LARGEST_FILE = 20 << 20
RATES_HZ = (8_000, 192_000)
_SILENT = 10 ** (-50 / 20)
_FULL, _FULL_IN_A_ROW = 0.999, 4
_EXTENSIBLE = 0xFFFE
_SENSIBLE = 16.0


@lru_cache(maxsize=256)  # a hall's clips; each about 80 kB
def prepared(clip: ClipFile) -> Sound:
    """A clip ready to be joined: one channel, our rate, trimmed. Not to be changed. Raises UnusableClip."""
    sound, rate_hz = decoded(clip.path)
    return trimmed(resampled(sound - np.mean(sound, dtype=np.float32), rate_hz))


def fault(path: Path) -> str | None:
    """What is wrong with a recording, in words for the person who made it; None where it is sound."""
    try:
        sound, _ = decoded(path)
    except UnusableClip as error:
        return str(error)
    full = np.concatenate(([0], (np.abs(sound) >= _FULL).astype(np.int8), [0]))
    runs = np.diff(np.flatnonzero(np.diff(full)))[::2]
    if np.max(runs, initial=0) >= _FULL_IN_A_ROW:
        return "is clipped: record it more softly"
    return None


def decoded(path: Path) -> tuple[Sound, int]:
    """The samples of a WAV file, its channels as one, and their rate in Hz. Raises UnusableClip."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnusableClip(f"cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE:
        raise UnusableClip(f"is too large a file: {LARGEST_FILE >> 20} MiB at most")
    chunks = _chunks(content)
    try:
        code, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
        if code == _EXTENSIBLE:
            code = struct.unpack_from("<H", chunks[b"fmt "], 24)[0]
        data = chunks[b"data"]
    except (KeyError, struct.error):
        raise UnusableClip("is not a WAV file that can be read") from None
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1] or not 1 <= channels <= 8:
        raise UnusableClip(f"has {channels} channels at {rate_hz} Hz: record in mono or stereo, at 22050 to 48000 Hz")
    sound = _samples(data, code, bits)
    sound = sound[: len(sound) // channels * channels].reshape(-1, channels).mean(axis=1, dtype=np.float32)
    _check(sound, rate_hz)
    return sound, rate_hz


def _chunks(content: bytes) -> dict[bytes, bytes]:
    """The parts of a RIFF file by their names; the first of each name."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise UnusableClip("is not a WAV file")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        chunks.setdefault(name, content[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return chunks


def _samples(data: bytes, code: int, bits: int) -> Sound:
    """The samples of a data chunk as floats, channels still taking turns."""
    width = bits // 8
    data = data[: len(data) // width * width] if width else b""
    numbers: NDArray[np.floating] | NDArray[np.signedinteger]
    match code, bits:
        case (1, 8):
            numbers, full = np.frombuffer(data, np.uint8).astype(np.int16) - 128, 1 << 7
        case (1, 16):
            numbers, full = np.frombuffer(data, "<i2"), 1 << 15
        case (1, 24):
            wide = np.zeros((len(data) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            numbers, full = wide.view("<i4").ravel(), 1 << 31
        case (1, 32):
            numbers, full = np.frombuffer(data, "<i4"), 1 << 31
        case (3, 32 | 64):
            numbers, full = np.frombuffer(data, f"<f{width}"), 1
        case _:
            raise UnusableClip("is compressed: save it as WAV with PCM samples of 16 or 24 bits")
    # Float samples may go a little beyond full scale; what goes far beyond is not sound. NaN fails the comparison too.
    if not np.all(np.abs(numbers / full) <= _SENSIBLE):
        raise UnusableClip("holds samples that are no sound")
    return (numbers / full).astype(np.float32)


def _check(sound: Sound, rate_hz: int) -> None:
    if len(sound) > LONGEST_S * rate_hz:
        raise UnusableClip(f"is too long: {LONGEST_S:g} seconds at most")
    centred = sound - np.mean(sound) if len(sound) else sound
    if len(sound) < SHORTEST_S * rate_hz or np.max(np.abs(centred)) < _SILENT:
        raise UnusableClip("is silent")
