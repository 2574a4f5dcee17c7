"""Rendering a call in both languages: the first time it is said, and when it lies in the cache."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from display.voice.speech import Call, Clip, Voice
from server.domain.waiting import percentile
from server.sections import Voice as Settings


def measure(folder: Path, calls: int) -> dict[str, Any]:
    """Milliseconds to render `calls` different calls, to get them again, and to get them after a restart."""
    kept = folder / "voice"
    voice = Voice(Settings(), kept)
    began = time.perf_counter()
    voice.chime()  # loads what rendering needs, as a server does before its first call
    first_ms = 1000 * (time.perf_counter() - began)
    numbers = Random(5).sample(range(1, 10_000), calls)
    asked = [Call(f"{'ABCK'[n % 4]}-{n:03d}", str(n % 20 + 1), {}, {}) for n in numbers]
    cold, clips = _timed(voice, asked)
    cached, again = _timed(voice, asked)
    restarted, kept_still = _timed(Voice(Settings(), kept), asked)
    assert clips == again == kept_still
    return {
        "calls": calls,
        "first_chime_ms": round(first_ms, 1),
        "sound_s_mean": round(sum(clip.duration_s for clip in clips) / calls, 2),
        **_percentiles("cold", cold),
        **_percentiles("cached", cached),
        **_percentiles("cached_after_restart", restarted),
    }


def _timed(voice: Voice, asked: list[Call]) -> tuple[list[float], list[Clip]]:
    found = [_once(voice.speech, call) for call in asked]
    return sorted(ms for ms, _ in found), [clip for _, clip in found]


def _once(speech: Callable[[Call], Clip], call: Call) -> tuple[float, Clip]:
    began = time.perf_counter()
    clip = speech(call)
    return 1000 * (time.perf_counter() - began), clip


def _percentiles(name: str, ms: list[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95}
    return {f"{name}_{label}_ms": round(percentile(ms, share) or 0, 2) for label, share in shares.items()}
