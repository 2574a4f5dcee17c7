"""What eSpeak NG really says, by its own phonemes: nobody can listen in a test."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import pytest

from display.voice import espeak
from display.voice.wording import Call, number, sentence, written
from server.sections import Voice

_IPA = 2
Phonemes = Callable[[str, str], str]


@pytest.fixture
def phonemes(tmp_path: Path) -> Phonemes:
    """Says a text and gives the phonemes that were spoken, in IPA, without stress; `|` between two clauses."""
    espeak.require("id")
    libc, library = ctypes.CDLL(None), espeak._loaded().library
    libc.fopen.restype, libc.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
    libc.fclose.argtypes = [ctypes.c_void_p]
    library.espeak_SetPhonemeTrace.argtypes = [ctypes.c_int, ctypes.c_void_p]
    trace = tmp_path / "phonemes"

    def spoken(text: str, language: str) -> str:
        stream = libc.fopen(str(trace).encode(), b"w")
        library.espeak_SetPhonemeTrace(_IPA, stream)
        try:
            assert espeak.speak(text, language, speed_wpm=160)
        finally:
            library.espeak_SetPhonemeTrace(0, None)
            libc.fclose(stream)
        said = trace.read_text("utf-8").replace("ˈ", "").replace("ˌ", "")
        return "|".join(line.strip() for line in said.splitlines() if line.strip())

    return spoken


LETTERS = {
    "id": "a be tʃe de e ɛf ɡe ha i dʒe ka ɛl ɛm ɛn o pe ki ɛr ɛs te u fe we ɛks je zɛt",
    "en": "eɪ biː siː diː iː ɛf dʒiː eɪtʃ aɪ dʒeɪ keɪ ɛl ɛm ɛn əʊ piː kjuː ɑː ɛs tiː juː viː dʌbəljuː ɛks waɪ zɛd",
}
DIGITS = {
    "id": "nol|satu|dua|tiɡa|əmpat|lima|ənam|tudʒuh|dəlapan|səmbilan",
    "en": "ziəɹəʊ|wɒn|tuː|θɹiː|fɔː|faɪv|sɪks|sɛvən|eɪt|naɪn",
}


@pytest.mark.parametrize("language", ["id", "en"])
def test_letters_are_said_by_their_names(phonemes: Phonemes, language: str) -> None:
    for letter, name in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", LETTERS[language].split(), strict=True):
        tokens = number(f"{letter}-1", language, "digits")[:1]
        assert phonemes(written(tuple(tokens)), language) == name, letter


@pytest.mark.parametrize("language", ["id", "en"])
def test_digits_are_said_one_by_one(phonemes: Phonemes, language: str) -> None:
    said = [phonemes(written(tuple(number(f"A-{digits}", language, "digits")[1:])), language)
            for digits in ("01234", "56789")]
    assert "|".join(said) == DIGITS[language]


def test_a_prefix_of_several_letters_is_spelled(phonemes: Phonemes) -> None:
    assert phonemes(written(tuple(number("CAB-1", "id", "digits")[:3])), "id") == "tʃe a be"
    assert phonemes(written(tuple(number("CAB-1", "en", "digits")[:3])), "en") == "siː eɪ biː"


@pytest.mark.parametrize(("ordinal", "said"), [
    (4, "əmpat"), (11, "səbəlas"), (14, "əmpat bəlas"), (46, "əmpat puluh ənam"), (100, "səratus"),
    (1016, "səribu ənam bəlas"),
])
def test_indonesian_numbers_have_the_schwa_where_it_belongs(phonemes: Phonemes, ordinal: int, said: str) -> None:
    assert phonemes(written(tuple(number(f"A-{ordinal}", "id", "words")[1:])), "id") == said


def test_the_whole_sentence(phonemes: Phonemes) -> None:
    call = Call("C-046", "12A", {}, {})
    assert phonemes(written(sentence(call, "id", Voice())), "id") == (
        "nomɔr antrɛan tʃe|nol|əmpat|ənam|silakan mənudʒu lokɛt dua bəlas a"
    )
    assert phonemes(written(sentence(call, "en", Voice())), "en").endswith("kaʊntə twɛlv eɪ")


def test_a_text_cannot_write_phonemes_of_its_own_nor_end_early(phonemes: Phonemes) -> None:
    assert phonemes("dua [[tS'e]] tiga", "id").startswith("dua t")
    assert phonemes("dua\x00 tiga", "id") == "dua tiɡa"
