"""Calls as sounds: right length, one level, no clipping, rendered once, said by whoever can."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from display.voice import espeak, render
from display.voice.levels import loudness_lufs
from display.voice.speech import Call, Clip, Voice, VoiceUnavailable
from display.voice.wording import sentence, written
from server.sections import Voice as Settings
from tests.harness import ROOT
from tests.voice.sounds import heard, peak_db, record, share, silence_s, tone

CALL = Call("A-012", "3", {}, {})


def a_call(number: str, counter: str = "3") -> Call:
    return Call(number, counter, {}, {})


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    return Voice(Settings(), tmp_path / "voice")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without eSpeak."""
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "none.so"))
    monkeypatch.setattr(espeak, "_engine", None)
    monkeypatch.setattr(espeak, "_proven", set())


# Length and level

NUMBERS = ["A-001", "A-012", "B-444", "C-999", "AB-1", "XYZ-9999", "1A-070", "99-100", "K-8", "W-555"]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("reading", ["digits", "words"])
def test_many_numbers_have_one_level_and_do_not_clip(tmp_path: Path, language: str, reading: str) -> None:
    voice = Voice(Settings(reading=reading), tmp_path)  # type: ignore[arg-type]
    sounds = [heard(voice.speech(a_call(number, counter), (language,)).path)
              for number in NUMBERS for counter in ("1", "12B")]
    found = [loudness_lufs(sound) for sound in sounds]
    found += [loudness_lufs(heard(voice.chime(name).path)) for name in ("ding-dong", "gong", "marimba")]
    assert max(found) - min(found) <= 1.5
    assert max(map(peak_db, sounds)) <= -1
    assert min(map(active_db, sounds)) > max(map(active_db, sounds)) - 1.5


def active_db(sound: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    """The plain level of a sound where it is not silent, in dB: a measure that knows nothing of BS.1770."""
    frames = sound[: len(sound) // 1000 * 1000].reshape(-1, 1000)
    power = np.mean(frames**2, axis=1)
    return float(10 * np.log10(np.mean(power[power > np.max(power) / 100])))


@pytest.mark.parametrize("timbre", ["f2", "f5", "m3", "m8"])
def test_every_timbre_has_the_same_level(tmp_path: Path, timbre: str) -> None:
    usual = heard(Voice(Settings(), tmp_path).speech(CALL).path)
    other = heard(Voice(Settings(timbre=timbre), tmp_path).speech(CALL).path)  # type: ignore[arg-type]
    assert not np.array_equal(usual, other)
    assert loudness_lufs(other) == pytest.approx(loudness_lufs(usual), abs=1.5)
    assert peak_db(other) <= -1


def test_the_duration_told_is_that_of_the_file_and_plausible(voice: Voice) -> None:
    for number in NUMBERS:
        clip = voice.speech(a_call(number), ("id",))
        assert clip.duration_s == pytest.approx(len(heard(clip.path)) / 22_050)
        assert 2.5 <= clip.duration_s <= 8
    assert voice.speech(a_call("A-1"), ("id",)).duration_s < voice.speech(a_call("ABC-1234"), ("id",)).duration_s


def test_both_languages_are_said_one_after_the_other(voice: Voice) -> None:
    both = voice.speech(CALL)
    one_s = [voice.speech(CALL, (language,)).duration_s for language in ("id", "en")]
    assert both.duration_s == pytest.approx(sum(one_s) + 0.6, abs=0.2)
    assert voice.speech(CALL, ("en", "id")).key != both.key


def test_nothing_is_silent_at_the_ends(voice: Voice) -> None:
    for number in NUMBERS:
        sound = heard(voice.speech(a_call(number)).path)
        assert silence_s(sound, end=False) < 0.1
        assert silence_s(sound, end=True) < 0.15


def test_speaking_faster_takes_less_time(tmp_path: Path) -> None:
    slow, fast = (Voice(Settings(speed_wpm=wpm), tmp_path).speech(CALL).duration_s for wpm in (120, 240))
    assert fast < 0.75 * slow


def test_the_words_are_those_that_are_spoken(voice: Voice) -> None:
    assert voice.words(CALL) == {
        language: written(sentence(CALL, language, Settings())) for language in ("id", "en")
    }


def test_a_name_of_200_letters_in_any_script_can_be_said(tmp_path: Path) -> None:
    voice = Voice(Settings(template={"id": "{number} {agency}", "en": "{number} {agency}"}), tmp_path)
    for name in ("السجل المدني " * 15, "x" * 200, "'; [[ <break/> \x00", "!!!"):
        clip = voice.speech(Call("A-1", "1", {"id": name, "en": name}, {}))
        assert clip.duration_s > 1
        assert peak_db(heard(clip.path)) <= -1


LONG = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Bidang Perizinan Usaha " * 3
NAMED = Settings(template=dict.fromkeys(("id", "en"), "{number}, {agency}, {service}. {counter}"))


def test_names_that_make_a_call_too_long_are_left_out_and_never_the_number_and_the_counter(tmp_path: Path) -> None:
    voice = Voice(NAMED, tmp_path)
    full = Call("A-012", "3", {"id": "Dukcapil", "en": "Dukcapil"}, {"id": LONG, "en": LONG})
    assert voice.speech(full).duration_s > 20
    assert voice.speech(full, longest_s=20) == voice.speech(replace(full, service={})), "the service goes first"
    both = replace(full, agency=full.service)
    assert voice.speech(both, longest_s=20) == voice.speech(CALL)
    labelled = replace(both, counter=LONG + "12B")
    assert voice.speech(labelled, longest_s=20) == voice.speech(replace(CALL, counter="12B"))
    worded = replace(both, counter="Loket " + LONG)
    assert voice.speech(worded, longest_s=20) == voice.speech(replace(CALL, counter="Loket Dinas Penanaman Modal dan"))
    assert voice.speech(replace(full, service={}), longest_s=20) == voice.speech(replace(full, service={}))


def test_what_cannot_be_said_shorter_is_said(tmp_path: Path) -> None:
    voice = Voice(Settings(), tmp_path)
    assert voice.speech(CALL, longest_s=1) == voice.speech(CALL)


# Chimes


def test_the_hall_has_a_chime_and_may_have_none(tmp_path: Path) -> None:
    voice = Voice(Settings(chime="gong"), tmp_path)
    assert voice.chime() == voice.chime("gong") != voice.chime("marimba")
    none = voice.chime("none")
    assert (none.duration_s, len(heard(none.path))) == (0, 0)


# Rendered once


def test_a_call_is_rendered_once_also_for_the_next_process(
    voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = voice.speech(CALL)
    monkeypatch.setattr(render, "speech", lambda *_: pytest.fail("rendered again"))
    assert voice.speech(CALL) == first
    assert Voice(Settings(), tmp_path / "voice").speech(CALL) == first
    assert first.path.name == f"{first.key}.wav"


def test_what_changes_the_sound_changes_the_key(tmp_path: Path) -> None:
    record(tmp_path / "clips/id/digit-0.wav", tone(880, 0.3))
    settings = [
        Settings(), Settings(speed_wpm=170), Settings(timbre="f2"), Settings(reading="words"),
        Settings(template={"id": "Nomor {number}"}), Settings(clips=str(tmp_path / "clips")),
    ]  # fmt: skip
    keys = {Voice(each, tmp_path / "voice").speech(CALL).key for each in settings}
    record(tmp_path / "clips/id/digit-0.wav", tone(440, 0.4))
    keys.add(Voice(settings[-1], tmp_path / "voice").speech(CALL).key)
    assert len(keys) == len(settings) + 1
    assert Voice(Settings(cache_mb=20, chime="gong"), tmp_path / "voice").speech(CALL).key in keys


@pytest.mark.parametrize("damage", [
    lambda content: b"",
    lambda content: content[:-2],
    lambda content: content[: len(content) // 2],
    lambda content: bytes(len(content)),
    lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
    lambda content: b"x" + content[1:],
    lambda content: content + b"more",
], ids=["empty", "end lost", "half", "zeros", "one bit", "header", "longer"])
def test_a_damaged_file_is_rendered_anew(voice: Voice, damage: Callable[[bytes], bytes]) -> None:
    clip = voice.speech(CALL)
    clip.path.write_bytes(damage(clip.path.read_bytes()))
    again = voice.speech(CALL)
    assert again.key == clip.key
    assert again.duration_s == pytest.approx(len(heard(again.path)) / 22_050)
    assert loudness_lufs(heard(again.path)) == pytest.approx(-18, abs=0.5)


def test_two_threads_that_want_the_same_call_render_it_once(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[object] = []
    real, barrier = render.speech, threading.Barrier(4)

    def counted(*given: object) -> bytes:
        rendered.append(given)
        return real(*given)  # type: ignore[arg-type]

    def ask(number: str) -> Clip:
        barrier.wait()
        return voice.speech(a_call(number))

    monkeypatch.setattr(render, "speech", counted)
    with ThreadPoolExecutor(4) as pool:
        clips = list(pool.map(ask, ["A-1", "A-1", "A-1", "A-2"]))
    assert clips[0] == clips[1] == clips[2] != clips[3]
    assert len(rendered) == 2


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "voice").write_text("a file")
    voice = Voice(Settings(), tmp_path / "voice")
    with pytest.raises(VoiceUnavailable, match="cannot be kept"):
        voice.speech(CALL)
    with pytest.raises(VoiceUnavailable, match="cannot be kept"):
        voice.chime()


GREENLETS = """
from gevent import monkey; monkey.patch_all()
import sys, time
from pathlib import Path
import gevent
from display.voice.speech import Call, Voice
from server.sections import Voice as Settings

voice, pool, ticks = Voice(Settings(), Path(sys.argv[1])), gevent.get_hub().threadpool, []

def tick():
    while True:
        ticks.append(time.perf_counter())
        gevent.sleep(0.001)

gevent.spawn(tick)
calls = [Call(f"A-{n % 6}", "1", {}, {}) for n in range(24)]
asked = [gevent.spawn(pool.apply, voice.speech, (call,)) for call in calls]
gevent.joinall(asked, raise_error=True, timeout=60)
print(len({each.value.key for each in asked}), len(ticks))
"""


def test_greenlets_are_served_through_the_pool_while_the_hub_goes_on(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", GREENLETS, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, timeout=90,
    )
    assert found.returncode == 0, found.stderr
    sounds, ticks = map(int, found.stdout.split())
    # Were it rendered in the hub, nothing would tick in between; how often it does is the machine's business.
    assert sounds == 6 and ticks > 10


# A machine or a language without synthesis


@pytest.mark.usefixtures("no_engine")
def test_without_espeak_the_hall_says_why_and_still_chimes(voice: Voice) -> None:
    with pytest.raises(VoiceUnavailable, match=r"id: eSpeak NG cannot be used on this machine: .*none\.so"):
        voice.speech(CALL)
    assert voice.chime().duration_s > 1
    assert voice.words(CALL)["id"].startswith("Nomor antrean")


@pytest.mark.usefixtures("no_engine")
def test_without_espeak_a_call_that_is_all_recorded_is_said(tmp_path: Path) -> None:
    for token in sentence(CALL, "id", Settings()):
        record(tmp_path / f"clips/id/{token.name}.wav", tone(600, 0.3))
    clip = Voice(Settings(clips=str(tmp_path / "clips")), tmp_path / "voice").speech(CALL)
    assert share(heard(clip.path), 600) > 0.9


@pytest.mark.usefixtures("no_engine")
def test_without_espeak_a_test_is_said_as_calls_are(tmp_path: Path) -> None:
    for token in sentence(CALL, "id", Settings()):
        record(tmp_path / f"clips/id/{token.name}.wav", tone(600, 0.3))
    voice = Voice(Settings(clips=str(tmp_path / "clips")), tmp_path / "voice")
    assert voice.speech(replace(CALL, only_a_test=True)) == voice.speech(CALL)


def test_a_test_is_another_sound_than_the_call(voice: Voice) -> None:
    tested, called = voice.speech(replace(CALL, only_a_test=True)), voice.speech(CALL)
    assert tested.duration_s > called.duration_s + 1  # in both languages it says what it is


def test_a_voice_without_its_data_is_told(monkeypatch: pytest.MonkeyPatch, voice: Voice) -> None:
    monkeypatch.setattr(espeak, "VOICES", {"id": "no-such-voice", "en": "en"})
    monkeypatch.setattr(espeak, "_proven", set())
    assert voice.speech(CALL).key == voice.speech(CALL, ("en",)).key, "the other language is said"
    with pytest.raises(VoiceUnavailable, match='no voice "no-such-voice"'):
        voice.speech(CALL, ("id",))


def test_a_hall_without_languages_says_nothing(tmp_path: Path) -> None:
    voice = Voice(Settings(languages=()), tmp_path)
    with pytest.raises(VoiceUnavailable, match="names no language"):
        voice.speech(CALL)
    assert voice.words(CALL) == {}


def test_an_unknown_language_is_left_out_and_alone_refused(voice: Voice) -> None:
    assert voice.speech(CALL, ("id", "xx")) == voice.speech(CALL, ("id",))
    with pytest.raises(VoiceUnavailable, match=r"xx: .* has no sentence"):
        voice.speech(CALL, ("xx",))


def test_what_is_no_ticket_number_is_refused(voice: Voice) -> None:
    with pytest.raises(ValueError, match="no ticket number"):
        voice.speech(a_call("twelve"))
