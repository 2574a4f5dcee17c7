"""Rendered sounds on disk: WAV files by content key, bounded, whole or not there.

A file is PCM 16 bits, one channel, `RATE_HZ`: the usual header of 44 bytes, the samples, and a chunk of ours with their
checksum, which players pass over. What a power cut or a worn disk made of a file is thereby found out.
"""

from __future__ import annotations

import os
import re
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from display.voice.espeak import RATE_HZ

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHECK = struct.Struct("<4sII")
_CHECK_NAME = b"crc "
_KEY = re.compile(r"[0-9a-f]{64}")
_PART = ".part"
_PART_FORGOTTEN_S = 3600


@dataclass(frozen=True, slots=True)
class Clip:
    """A rendered sound: its WAV file, its content key (64 hex digits), how long it is in seconds."""

    path: Path
    key: str
    duration_s: float


class Cache:
    """The folder of rendered sounds. Any thread may use it; two processes do not harm each other."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def get(self, key: str) -> Clip | None:
        """The sound of a key, marked as just used; None where there is none or it is damaged."""
        path = self.path(key)
        try:
            content = path.read_bytes()
            if (length := sound_bytes(content)) is None:
                return None
            os.utime(path)  # the least recently used go first
        except OSError:
            return None
        return Clip(path, key, length / 2 / RATE_HZ)

    def put(self, key: str, pcm: bytes) -> Clip:
        """Keeps samples under a key, and lets go of what was not used for longest. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self.path(key)
        handle, part = tempfile.mkstemp(_PART, key[:16], self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(wav(pcm))
            os.replace(part, path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
        self._shrink(path)
        return Clip(path, key, len(pcm) / 2 / RATE_HZ)

    def path(self, key: str) -> Path:
        """Where the sound of a key is or would be. Raises ValueError for what is no key."""
        if not _KEY.fullmatch(key):
            raise ValueError("a key has 64 hex digits")
        return self._folder / f"{key}.wav"

    def _shrink(self, newest: Path) -> None:
        """Removes the least recently used until the rest fits, never the newest; and parts that were left behind."""
        left = self._limit_bytes
        for path, status in sorted(self._files(), key=lambda file: -file[1].st_mtime_ns):
            left -= status.st_size
            forgotten = path.suffix == _PART and time.time() - status.st_mtime > _PART_FORGOTTEN_S
            if forgotten or (left < 0 and path.suffix == ".wav" and path != newest):
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith((".wav", _PART)):
                    try:
                        yield Path(entry.path), entry.stat()
                    except FileNotFoundError:
                        continue  # another thread was quicker


def wav(pcm: bytes) -> bytes:
    """Samples as a WAV file with their checksum."""
    header, check = _frame(len(pcm), zlib.crc32(pcm))
    return header + pcm + check


def sound_bytes(content: bytes) -> int | None:
    """How many bytes of samples a file of ours holds; None where it is not just as it was written."""
    length = len(content) - _HEADER.size - _CHECK.size
    if length < 0 or length % 2:
        return None
    end = _HEADER.size + length
    found = (content[: _HEADER.size], content[end:])
    return length if found == _frame(length, zlib.crc32(memoryview(content)[_HEADER.size : end])) else None


def _frame(length: int, checksum: int) -> tuple[bytes, bytes]:
    """What stands before and after samples of this length and checksum."""
    riff = _HEADER.size - 8 + length + _CHECK.size
    header = _HEADER.pack(
        b"RIFF", riff, b"WAVE", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16, b"data", length
    )
    return header, _CHECK.pack(_CHECK_NAME, 4, checksum)
