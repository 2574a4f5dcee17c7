"""`antrean voice say` and `antrean voice check`, and what `antrean check` tells of the voice."""

from __future__ import annotations

import wave
from pathlib import Path

import espeakng_loader
import pytest

from display.voice import espeak
from display.voice.clips import vocabulary
from server.config import load
from tests.durability.folders import Folder
from tests.harness import RunningHall, write_config
from tests.small_hall import set_at, small
from tests.voice.sounds import heard, record, silence_s, tone


def hall(tmp_path: Path, voice: dict[str, object] | None = None) -> Folder:
    return Folder(tmp_path / "data", write_config(tmp_path / "config.toml", set_at(small(), "voice", voice or {})))


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose eSpeak is for another one."""
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: __file__)
    monkeypatch.setattr(espeak, "_engine", None)
    monkeypatch.setattr(espeak, "_proven", set())


def test_say_writes_the_words_and_the_sound_with_the_chime_before_it(tmp_path: Path) -> None:
    found = hall(tmp_path).antrean("voice", "say", "a-012", "--counter", "3", "--wav", str(tmp_path / "out.wav"))
    assert found.exit_code == 0, found.output
    assert found.stdout == (
        "id: Nomor antrean A, nol, satu, dua. Silakan menuju loket tiga.\n"
        "en: Queue number A, zero, one, two. Please go to counter three.\n"
    )
    sound = heard(tmp_path / "out.wav")
    assert len(sound) / 22_050 > 2 + 6
    assert silence_s(sound, end=False) < 0.1
    assert not (tmp_path / "data").exists(), "trying leaves nothing behind"


def test_say_takes_the_language_the_agency_and_a_hall_without_chime(tmp_path: Path) -> None:
    folder = hall(tmp_path, {"chime": "none", "template": {"en": "{agency}, {service}: {number}"}})
    file = str(tmp_path / "out.wav")
    found = folder.antrean("voice", "say", "B-7", "--counter", "2", "--language", "en", "--wav", file)
    assert found.stdout == "en: Y (en), Three (en): B, seven\n"
    with wave.open(file) as sound:
        assert sound.getnframes() / sound.getframerate() < 5
    found = folder.antrean("voice", "say", "Q-7", "--counter", "2", "--language", "en", "--agency", "x")
    assert found.stdout == "en: X (en), One (en): Q, seven\n"


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("twelve", "--counter", "1"), 2, 'number: "TWELVE" is no ticket number like "A-012"'),
    (("A-1",), 2, "--counter"),
    (("A-1", "--counter", "1", "--language", "min"), 2, 'language: [voice.template] has no sentence for "min"'),
    (("A-1", "--counter", "1", "--agency", "z"), 2, 'agency: no agency has the id "z"'),
    (("A-1", "--counter", "1", "--wav", "/none/out.wav"), 1, "/none/out.wav cannot be written: No such file"),
])
def test_say_refuses_in_words(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    found = hall(tmp_path).antrean("voice", "say", *arguments)
    assert (found.exit_code, words in found.stderr) == (code, True), found.output


def test_a_third_language_that_lacks_clips_is_told_by_say_and_by_check(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    folder = hall(tmp_path, {"languages": ["id", "min"], "clips": "clips", "template": {"min": "Nomor {number}."}})
    said = folder.antrean("voice", "say", "A-1", "--counter", "1", "--wav", str(tmp_path / "out.wav"))
    assert (said.exit_code, "min: phrase-nomor.wav, letter-a.wav" in said.stderr) == (1, True), said.output
    checked = folder.antrean("check")
    assert checked.exit_code == 2
    assert checked.stderr.startswith('voice.languages[1]: "min" cannot be spoken: ')
    assert "/clips/min lacks phrase-nomor.wav, digit-0.wav, " in checked.stderr
    for name in vocabulary(load(folder.config, {}).voice, load(folder.config, {}).hall, "min"):
        record(tmp_path / f"clips/min/{name}.wav", tone(500, 0.3))
    assert folder.antrean("check").exit_code == 0
    assert folder.antrean("voice", "say", "A-1", "--counter", "1", "--wav", str(tmp_path / "out.wav")).exit_code == 0


def test_a_zone_that_speaks_what_the_hall_does_not_name_is_told_by_its_path(tmp_path: Path) -> None:
    spoken = set_at(small(), "zones[0].voice", {"languages": ["id", "min", "en"]})
    document = set_at(spoken, "voice", {"languages": ["id"]})
    checked = Folder(tmp_path / "data", write_config(tmp_path / "config.toml", document)).antrean("check")
    assert checked.exit_code == 2
    assert checked.stderr == (
        'zones[0].voice.languages[1]: "min" is none of [voice] languages (there are: id)\n'
        'zones[0].voice.languages[2]: "en" is none of [voice] languages (there are: id)\n'
    )


def test_check_lists_what_a_folder_of_clips_lacks_with_what_is_to_be_spoken(tmp_path: Path) -> None:
    folder = hall(tmp_path)
    clips = tmp_path / "clips"
    clips.mkdir()
    found = folder.antrean("voice", "check", str(clips))
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert lines[0] == 'missing  id/phrase-nomor-antrean.wav  "Nomor antrean"'
    assert 'missing  id/digit-4.wav  "empat"' in lines
    assert 'missing  en/word-counter.wav  "counter"' in lines
    assert "en: 0 of " in found.stderr
    wanted = [line.split()[1] for line in lines if line.startswith("missing  id/")]
    for name in wanted:
        record(clips / name, tone(500, 0.3))
    complete = folder.antrean("voice", "check", str(clips), "--language", "id")
    assert (complete.exit_code, complete.stdout) == (0, "")
    assert complete.stderr == f"id: {len(wanted)} of {len(wanted)} clips are there and sound\n"


def test_check_tells_what_is_wrong_and_what_is_not_used(tmp_path: Path) -> None:
    folder = hall(tmp_path)
    (tmp_path / "clips/id").mkdir(parents=True)
    (tmp_path / "clips/id/digit-0.wav").write_bytes(b"no sound")
    record(tmp_path / "clips/id/digit-1.wav", tone(500, 0.3) * 0)
    record(tmp_path / "clips/id/digit-nol.wav", tone(500, 0.3))
    found = folder.antrean("voice", "check", str(tmp_path / "clips"), "--language", "id")
    assert found.exit_code == 1
    assert 'wrong    id/digit-0.wav  is not a WAV file ("nol")' in found.stdout
    assert 'wrong    id/digit-1.wav  is silent ("satu")' in found.stdout
    assert "unused   id/digit-nol.wav" in found.stdout
    assert "id: 0 of " in found.stderr


def test_check_knows_the_languages_of_the_hall(tmp_path: Path) -> None:
    found = hall(tmp_path).antrean("voice", "check", str(tmp_path), "--language", "min")
    assert (found.exit_code, '"min" is none of [voice] languages (there are: id, en)' in found.stderr) == (2, True)


def test_a_hall_that_cannot_speak_a_language_says_so_and_runs(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    folder = hall(tmp_path, {"languages": ["min"], "clips": "clips", "template": {"min": "Nomor {number}."}})
    running = RunningHall(tmp_path, folder.config)
    running.start()
    try:
        assert 'voice.languages[0]: "min" cannot be spoken: ' in running.log()
    finally:
        assert running.stop() == 0


@pytest.mark.usefixtures("no_engine")
def test_a_machine_without_espeak_is_told_by_the_check_unless_the_hall_only_chimes(tmp_path: Path) -> None:
    found = hall(tmp_path).antrean("check")
    assert found.exit_code == 2
    lines = found.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["voice.languages[0]", "voice.languages[1]"]
    assert all("eSpeak NG cannot be used on this machine: " in line for line in lines)
    assert hall(tmp_path, {"languages": []}).antrean("check").exit_code == 0


def test_words_need_more_clips_and_names_theirs(tmp_path: Path) -> None:
    folder = hall(tmp_path, {"reading": "words", "template": {"id": "{number} {agency} {counter}"}})
    settings = load(folder.config, {})
    wanted = vocabulary(settings.voice, settings.hall, "id")
    assert {"word-belas", "word-ribu", "word-seribu", "name-x", "name-y", "letter-b", "word-loket"} <= set(wanted)
    assert wanted["name-x"] == "X"
    usual = vocabulary(load(hall(tmp_path).config, {}).voice, settings.hall, "id")
    assert not {"word-ribu", "name-x"} & set(usual)
