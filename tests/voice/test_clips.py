"""Recorded clips: read as recorders write them, mixed with synthesis, checked before the hall opens."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.voice.clips import ClipFile, UnusableClip, clips_of
from display.voice.levels import loudness_lufs
from display.voice.parts import Lacking, Recorded, Spoken, parts
from display.voice.recordings import decoded, fault, prepared
from display.voice.shaping import joined, resampled, silence, trimmed
from display.voice.speech import Call, Voice, VoiceUnavailable
from display.voice.wording import sentence
from server.sections import Voice as Settings
from tests.voice.sounds import Kind, heard, peak_db, pitch_hz, record, share, tone

CALL = Call("A-012", "3", {}, {})
MIN = {"min": "Nomor {number}, ka {counter}."}


def clip(path: Path) -> ClipFile:
    status = path.stat()
    return ClipFile(path, status.st_size, status.st_mtime_ns)


# Reading


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (16_000, 2), (22_050, 1), (44_100, 2), (48_000, 1),
                                                   (96_000, 2)])
def test_what_common_recorders_write_is_read(tmp_path: Path, kind: Kind, rate_hz: int, channels: int) -> None:
    path = tmp_path / "clip.wav"
    record(path, tone(1000, 0.5, rate_hz), rate_hz, kind, channels)
    sound, found_hz = decoded(path)
    assert (found_hz, len(sound)) == (rate_hz, round(0.5 * rate_hz))
    assert np.max(np.abs(sound)) == pytest.approx(0.3, abs=0.01)
    ready = prepared(clip(path))
    assert len(ready) / 22_050 == pytest.approx(0.5, abs=0.03)
    assert pitch_hz(ready) == pytest.approx(1000, abs=5)
    assert fault(path) is None


def test_two_channels_become_one_by_their_mean(tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    turns = np.stack([tone(500, 0.5), silence(0.5)], axis=1).ravel()
    record(path, turns, kind="16")
    content = bytearray(path.read_bytes())
    content[22] = 2  # the same samples, as two channels
    path.write_bytes(content)
    sound, _ = decoded(path)
    assert np.max(np.abs(sound)) == pytest.approx(0.15, abs=0.01)


def test_another_rate_keeps_pitch_length_and_level_and_brings_nothing_new() -> None:
    for rate_hz in (8_000, 11_025, 16_000, 32_000, 44_100, 48_000):
        sound = resampled(tone(1200, 1, rate_hz), rate_hz)
        assert len(sound) == 22_050
        assert pitch_hz(sound) == pytest.approx(1200, abs=2)
        middle = sound[2000:-2000]
        assert np.max(np.abs(middle)) == pytest.approx(0.3, abs=0.01)
        assert share(middle, 1200) > 0.99
    above = resampled(tone(15_000, 1, 48_000), 48_000)
    assert np.max(np.abs(above[2000:-2000])) < 0.001, "what the new rate cannot hold does not come back as another tone"


def wrong_file(path: Path, what: str) -> None:
    content = {
        "empty": b"", "text": b"no sound at all", "header": b"RIFF\x04\0\0\0WAVE",
        "mp3 in wav": b"RIFF\x30\0\0\0WAVEfmt \x10\0\0\0\x55\0\x01\0\x22\x56\0\0\0\0\0\0\x01\0\0\0data\x04\0\0\0abcd",
        "no channels": b"RIFF\x30\0\0\0WAVEfmt \x10\0\0\0\x01\0\0\0\x22\x56\0\0\0\0\0\0\x02\0\x10\0data\x04\0\0\0abcd",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    match what:
        case "silent":
            record(path, silence(0.5))
        case "offset only":
            record(path, silence(0.5) + np.float32(0.2))
        case "too short":
            record(path, tone(500, 0.01))
        case "too long":
            record(path, tone(500, 16))
        case "clipped":
            record(path, np.clip(tone(300, 0.5, peak=2.0), -1, 1))
        case "no numbers":
            record(path, np.full(9000, np.nan, np.float32), kind="float")
        case _:
            path.write_bytes(content[what])


WRONG = {
    "empty": "is not a WAV file", "text": "is not a WAV file", "header": "is not a WAV file that can be read",
    "mp3 in wav": "is compressed", "no channels": "has 0 channels", "silent": "is silent", "offset only": "is silent",
    "too short": "is silent", "too long": "is too long", "clipped": "is clipped", "no numbers": "no sound",
}


@pytest.mark.parametrize(("what", "words"), WRONG.items())
def test_what_is_wrong_with_a_recording_is_told(tmp_path: Path, what: str, words: str) -> None:
    path = tmp_path / "clip.wav"
    wrong_file(path, what)
    assert words in (fault(path) or "")


@settings(deadline=None)
@given(st.sampled_from(get_args(Kind)), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=6),
       st.integers(0, 3000))
def test_a_damaged_recording_is_read_or_refused(kind: Kind, changes: list[tuple[int, int]], length: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        record(path, tone(700, 0.1, 8_000), 8_000, kind)
        content = bytearray(path.read_bytes())
        for at, value in changes:
            content[at] = value
        path.write_bytes(content[:length])
        try:
            sound, rate_hz = decoded(path)
        except UnusableClip as error:
            assert str(error)
        else:
            assert len(resampled(sound, rate_hz)) > 0
            assert np.all(np.isfinite(sound))


def test_samples_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    record(path, tone(700, 0.5), kind="float", channels=2)
    content = bytearray(path.read_bytes())
    content[-8:] = np.array([np.inf, -np.inf], "<f4").tobytes()
    path.write_bytes(content)
    assert fault(path) == "holds samples that are no sound"


def test_silence_around_a_recording_goes_and_soft_ends_stay() -> None:
    noise = np.random.default_rng(1).standard_normal(22_050).astype(np.float32) * 0.0005
    spoken = tone(500, 0.4) * np.linspace(0.05, 1, round(0.4 * 22_050), dtype=np.float32)
    found = trimmed(np.concatenate([noise, spoken, noise]))
    assert 0.4 <= len(found) / 22_050 <= 0.5
    assert len(trimmed(silence(1))) == 0


def test_joining_pauses_or_crosses_without_a_click() -> None:
    one, two = tone(300, 0.3), tone(400, 0.3)
    assert len(joined([(one, 0.2), (two, 0.0)])) / 22_050 == pytest.approx(0.8, abs=0.001)
    crossed = joined([(one, 0.0), (two, 0.0)])
    assert len(crossed) / 22_050 == pytest.approx(0.57, abs=0.001)
    assert np.max(np.abs(np.diff(crossed))) < 1.5 * np.max(np.abs(np.diff(two)))


# Mixing


def test_the_longest_stretches_without_a_clip_are_synthesised_as_one() -> None:
    tokens = sentence(CALL, "id", Settings())
    zero = ClipFile(Path("digit-0.wav"), 1, 1)
    found = parts(tokens, {"digit-0": zero}, synthesis=True)
    assert found == (
        Spoken("Nomor antrean A,", 0.12), Recorded(zero, 0.12), Spoken("satu, dua. Silakan menuju loket tiga.", 0.35),
    )
    assert parts(tokens, {}, synthesis=True) == (
        Spoken("Nomor antrean A, nol, satu, dua. Silakan menuju loket tiga.", 0.35),
    )
    with pytest.raises(Lacking) as caught:
        parts(tokens, {"digit-0": zero}, synthesis=False)
    assert caught.value.names[:3] == ["phrase-nomor-antrean", "letter-a", "digit-1"]


@pytest.mark.parametrize("peak", [0.02, 0.3, 0.99])
def test_clips_and_synthesis_are_mixed_at_one_level(tmp_path: Path, peak: float) -> None:
    for digit in "0123456789":
        record(tmp_path / f"clips/id/DIGIT-{digit}.WAV", tone(3100, 0.4, 44_100, peak), 44_100, "24", 2)
    settings = Settings(clips=str(tmp_path / "clips"), languages=("id",))
    sounds = [heard(Voice(settings, tmp_path / "voice").speech(Call(number, "Meja", {}, {})).path)
              for number in ("A-012", "B-777777", "C-1")]
    spoken = heard(Voice(Settings(languages=("id",)), tmp_path / "voice").speech(CALL).path)
    shares = [share(sound, 3100) for sound in sounds]
    assert share(spoken, 3100) < 0.01
    assert min(shares) > 0.05
    assert max(shares) == shares[1], "six digits of seven signs"
    found = [loudness_lufs(sound) for sound in (*sounds, spoken)]
    assert max(found) - min(found) < 1.5
    assert max(map(peak_db, sounds)) <= -1
    frames = sounds[1][: len(sounds[1]) // 4410 * 4410].reshape(-1, 4410)
    tones = np.concatenate([frame for frame in frames if frame.any() and share(frame, 3100) > 0.9])
    words = np.concatenate([frame for frame in frames if frame.any() and share(frame, 3100) < 0.2])
    assert len(tones) > 22_050
    assert loudness_lufs(tones) == pytest.approx(loudness_lufs(words), abs=3), "neither is lost beside the other"


def test_a_third_language_is_a_folder_of_clips_away(tmp_path: Path) -> None:
    settings = Settings(clips=str(tmp_path / "clips"), languages=("id", "min"), template=MIN)
    voice = Voice(settings, tmp_path / "voice")
    alone = voice.speech(CALL, ("id",))
    assert voice.speech(CALL) == alone, "a language that lacks something is left out, never half said"
    with pytest.raises(VoiceUnavailable, match=r"min: phrase-nomor\.wav, letter-a\.wav"):
        voice.speech(CALL, ("min",))
    for token in sentence(CALL, "min", settings):
        record(tmp_path / f"clips/min/{token.name}.wav", tone(700, 0.3))
    both = voice.speech(CALL)
    assert both.duration_s > alone.duration_s + 2
    assert share(heard(voice.speech(CALL, ("min",)).path), 700) > 0.9


def test_a_clip_that_cannot_be_read_is_synthesised_instead(tmp_path: Path) -> None:
    path = tmp_path / "clips/id/digit-0.wav"
    settings = Settings(clips=str(tmp_path / "clips"), languages=("id",))
    voice = Voice(settings, tmp_path / "voice")
    without = voice.speech(CALL)
    wrong_file(path, "text")
    assert voice.speech(CALL) == without
    record(path, tone(880, 0.5))
    mended = voice.speech(CALL)
    assert mended.key != without.key
    assert share(heard(mended.path), 880) > 0.05


def test_only_wav_files_of_the_language_are_its_clips(tmp_path: Path) -> None:
    record(tmp_path / "id/digit-0.wav", tone(500, 0.3))
    (tmp_path / "id/notes.txt").write_text("")
    (tmp_path / "id/folder.wav").mkdir()
    assert list(clips_of(tmp_path, "id")) == ["digit-0"]
    assert clips_of(tmp_path, "en") == clips_of("", "id") == clips_of(tmp_path / "none", "id") == {}
