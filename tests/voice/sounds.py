"""Sounds for the voice's tests: reading what was rendered, and writing recordings as all kinds of recorders do."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import Literal

import numpy as np

from display.voice.espeak import RATE_HZ
from display.voice.levels import Sound

Kind = Literal["8", "16", "24", "32", "float", "extensible"]


def heard(path: Path) -> Sound:
    """What a player makes of a rendered file; it must be 16 bits, mono, 22,050 Hz."""
    with wave.open(str(path), "rb") as file:
        assert (file.getsampwidth(), file.getnchannels(), file.getframerate()) == (2, 1, RATE_HZ)
        return (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768).astype(np.float32)


def tone(hertz: float, seconds: float, rate_hz: int = RATE_HZ, peak: float = 0.3) -> Sound:
    """A sine."""
    return (peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def pitch_hz(sound: Sound, rate_hz: int = RATE_HZ) -> float:
    """The strongest frequency of a sound."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * rate_hz / len(sound))


def share(sound: Sound, hertz: float) -> float:
    """How much of a sound's power is within 20 Hz of a frequency."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    return float(np.sum(power[np.abs(frequencies - hertz) < 20]) / np.sum(power))


def peak_db(sound: Sound) -> float:
    """The highest sample, in dBFS."""
    return float(20 * np.log10(np.max(np.abs(sound))))


def silence_s(sound: Sound, *, end: bool) -> float:
    """How long nothing is heard at the beginning or the end: all more than 40 dB below the loudest sample."""
    loud = np.flatnonzero(np.abs(sound) > np.max(np.abs(sound)) / 100)
    return float(len(sound) - loud[-1] if end else loud[0]) / RATE_HZ


def record(path: Path, sound: Sound, rate_hz: int = RATE_HZ, kind: Kind = "16", channels: int = 1) -> None:
    """Writes a recording, the same on every channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = _samples(np.repeat(sound, channels), kind)
    bits = {"8": 8, "16": 16, "24": 24, "32": 32, "float": 32, "extensible": 24}[kind]
    code = {"float": 3, "extensible": 0xFFFE}.get(kind, 1)
    size = channels * bits // 8
    layout = struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * size, size, bits)
    if kind == "extensible":
        layout += struct.pack("<HHIH14s", 22, bits, 0, 1, bytes.fromhex("000000001000800000aa00389b71"))
    # A list of tags before the samples, of an odd length: recorders put their name there.
    chunks = [(b"fmt ", layout), (b"LIST", b"INFOabc"), (b"data", data)]
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)


def _samples(sound: Sound, kind: Kind) -> bytes:
    exact = np.clip(sound.astype(np.float64), -1, 1)
    match kind:
        case "8":
            return np.round(exact * 127 + 128).astype(np.uint8).tobytes()
        case "16":
            return np.round(exact * 32767).astype("<i2").tobytes()
        case "32":
            return np.round(exact * (2**31 - 1)).astype("<i4").tobytes()
        case "float":
            return exact.astype("<f4").tobytes()
        case _:
            whole = np.round(exact * (2**23 - 1)).astype("<i4")
            return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
