"""Loudness as ITU-R BS.1770 measures it, sounds brought to one level, and the chimes."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.voice import levels
from display.voice.chimes import CHIMES, chime
from display.voice.espeak import RATE_HZ
from display.voice.levels import CEILING, TARGET_LUFS, Biquad, Sound, levelled, limited, loudness_lufs
from display.voice.shaping import silence
from tests.voice.sounds import peak_db, pitch_hz, silence_s, tone

STANDARD_RATE_HZ = 48_000
STANDARD: tuple[Biquad, Biquad] = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
"""The filters as tables 1 and 2 of BS.1770-4 give them, for 48 kHz."""


def response_db(filters: tuple[Biquad, Biquad], hertz: float, rate_hz: int) -> float:
    z = cmath.exp(-2j * math.pi * hertz / rate_hz)
    return sum(20 * math.log10(abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z))) for b, a in filters)


@pytest.mark.parametrize("hertz", [40, 100, 300, 997, 2000, 4000, 6000])
def test_the_weighting_is_that_of_the_standard(hertz: float) -> None:
    ours = response_db((levels._shelf(), levels._high_pass()), hertz, RATE_HZ)
    assert ours == pytest.approx(response_db(STANDARD, hertz, STANDARD_RATE_HZ), abs=0.3)


def test_a_full_sine_of_997_hertz_has_the_loudness_that_the_standard_says() -> None:
    assert loudness_lufs(tone(997, 3, peak=1.0)) == pytest.approx(-3.01, abs=0.1)


def test_half_the_amplitude_is_six_less_and_silence_is_nothing() -> None:
    loud = loudness_lufs(tone(997, 2, peak=0.5))
    assert loudness_lufs(tone(997, 2, peak=0.25)) == pytest.approx(loud - 6.02, abs=0.01)
    assert loudness_lufs(silence(2)) == -math.inf
    assert loudness_lufs(silence(0)) == -math.inf


def test_pauses_do_not_make_a_sound_softer() -> None:
    sound = tone(500, 2)
    paused = np.concatenate([sound, silence(4)])
    assert loudness_lufs(paused) == pytest.approx(loudness_lufs(sound), abs=0.6)


@settings(deadline=None)
@given(st.floats(-45, 0), st.floats(0.06, 1.5), st.integers(150, 6000))
def test_any_tone_is_brought_to_the_target(gain_db: float, seconds: float, hertz: int) -> None:
    found = levelled(tone(hertz, seconds, peak=10 ** (gain_db / 20)))
    assert loudness_lufs(found) == pytest.approx(TARGET_LUFS, abs=0.2)
    assert np.max(np.abs(found)) <= CEILING


def test_silence_is_not_made_loud() -> None:
    assert not levelled(silence(1)).any()
    assert len(levelled(silence(0))) == 0


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 20))
def test_the_limiter_holds_every_peak_and_leaves_alone_what_is_soft(seed: int, gain: float) -> None:
    random = np.random.default_rng(seed)
    sound = (gain * random.standard_normal(5000) * np.linspace(0, 1, 5000)).astype(np.float32)
    found = limited(sound)
    assert np.max(np.abs(found)) <= np.float32(CEILING)
    assert np.all(np.sign(found) == np.sign(sound))
    calm = limited((0.5 * sound / np.max(np.abs(sound))).astype(np.float32))
    assert np.max(np.abs(calm)) == pytest.approx(0.5)


def test_the_limiter_does_not_distort_a_tone_that_is_a_little_too_loud() -> None:
    found = limited(tone(440, 1, peak=1.4))
    spectrum = np.abs(np.fft.rfft(found[2000:-2000] * np.hanning(len(found) - 4000))) ** 2
    ground = np.argmax(spectrum)
    assert np.sum(spectrum[ground - 5 : ground + 6]) / np.sum(spectrum) > 0.999


# Chimes


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_is_soft_level_and_ends_in_silence(name: str) -> None:
    sound = chime(name)
    assert loudness_lufs(sound) == pytest.approx(TARGET_LUFS, abs=0.2)
    assert peak_db(sound) <= -1
    assert 1 <= len(sound) / RATE_HZ <= 3
    assert silence_s(sound, end=False) < 0.02
    assert abs(sound[0]) < 0.001
    assert np.max(np.abs(sound[-20:])) < 0.001, "no click at the end"
    assert largest_step(sound) < 0.35, "no click within"


def largest_step(sound: Sound) -> float:
    return float(np.max(np.abs(np.diff(sound))))


def test_the_usual_chime_falls_by_a_third() -> None:
    sound = chime("ding-dong")
    first, second = sound[: RATE_HZ // 2], sound[-RATE_HZ:]
    assert pitch_hz(first) == pytest.approx(659, abs=5)
    assert pitch_hz(second) == pytest.approx(523, abs=5)


def test_no_chime_is_empty_and_an_unknown_one_an_error() -> None:
    assert len(chime("none")) == 0
    with pytest.raises(KeyError):
        chime("bell")


def test_all_chimes_are_different() -> None:
    assert len({chime(name).tobytes() for name in CHIMES}) == len(CHIMES)
