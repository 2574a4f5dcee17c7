"""Calls in words: every ticket number has a reading, and it is the right one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.voice.clips import vocabulary
from display.voice.wording import Call, Token, counter, key_of, number, sentence, written
from server.hall_file import parse_hall
from server.sections import Voice
from tests.small_hall import set_at, small

Reading = Literal["digits", "words"]
DUKCAPIL = {"id": "Dinas Kependudukan", "en": "Civil Registry"}
CARD = {"id": "KTP elektronik", "en": "Identity card"}
CALL = Call("A-012", "3", DUKCAPIL, CARD)

SENTENCES = [
    (CALL, "digits", "id", "Nomor antrean A, nol, satu, dua. Silakan menuju loket tiga."),
    (CALL, "digits", "en", "Queue number A, zero, one, two. Please go to counter three."),
    (CALL, "words", "id", "Nomor antrean A, dua belas. Silakan menuju loket tiga."),
    (CALL, "words", "en", "Queue number A, twelve. Please go to counter three."),
    (Call("BPJ-1234", "12B", {}, {}), "words", "id",
     "Nomor antrean B P J, seribu dua ratus tiga puluh empat. Silakan menuju loket dua belas B."),
    (Call("BPJ-1234", "12B", {}, {}), "words", "en",
     "Queue number B P J, one thousand two hundred and thirty four. Please go to counter twelve B."),
    (Call("1A-007", "21", {}, {}), "digits", "id",
     "Nomor antrean satu A, nol, nol, tujuh. Silakan menuju loket dua puluh satu."),
]


@pytest.mark.parametrize(("call", "reading", "language", "words"), SENTENCES)
def test_a_call_is_worded_like_this(call: Call, reading: Reading, language: str, words: str) -> None:
    assert written(sentence(call, language, Voice(reading=reading))) == words


@pytest.mark.parametrize(("language", "words"), [
    ("id", "Ini uji suara. Nomor antrean A, nol, satu, dua. Silakan menuju loket tiga."),
    ("en", "This is a sound test. Queue number A, zero, one, two. Please go to counter three."),
    ("min", "Nomor A, 0, 1, 2"),
])
def test_a_test_says_that_it_is_one_where_that_can_be_synthesised(language: str, words: str) -> None:
    voice = Voice(template={"min": "Nomor {number}"})
    assert written(sentence(replace(CALL, only_a_test=True), language, voice)) == words


@pytest.mark.parametrize(("label", "indonesian", "english"), [
    ("3", "loket tiga", "counter three"),
    ("007", "loket tujuh", "counter seven"),
    ("12B", "loket dua belas B", "counter twelve B"),
    ("A1", "loket A satu", "counter A one"),
    ("VIP", "loket V I P", "counter V I P"),
    ("Loket 5", "loket lima", "counter five"),
    ("Loket Prioritas", "loket Prioritas", "counter Prioritas"),
    ("Prioritas", "loket Prioritas", "counter Prioritas"),
    ("Loket\t  Prioritas ", "loket Prioritas", "counter Prioritas"),
    ("Meja 4", "Meja empat", "Meja four"),
    ("100", "loket seratus", "counter one hundred"),
    ("", "loket", "counter"),
    ("-", "loket", "counter"),
])
def test_counters_are_said_by_number_or_by_label(label: str, indonesian: str, english: str) -> None:
    assert written(tuple(counter(label, "id"))) == indonesian
    assert written(tuple(counter(label, "en"))) == english


def test_agency_and_service_are_said_where_the_template_wants_them() -> None:
    voice = Voice(template={
        "id": "{number}, untuk {agency}: {service}. Ke {counter}!", "en": "({agency}) Number {number}{counter}!",
    })
    assert written(sentence(CALL, "id", voice)) == (
        "A, nol, satu, dua, untuk Dinas Kependudukan: KTP elektronik. Ke loket tiga!"
    )
    assert written(sentence(CALL, "en", voice)) == "Civil Registry) Number A, zero, one, two counter three!"
    names = [token.name for token in sentence(CALL, "id", voice) if token.kind in ("phrase", "name")]
    assert names == ["phrase-untuk", "name-dinas-kependudukan", "name-ktp-elektronik", "phrase-ke"]


def test_a_name_in_another_language_stands_in_and_no_name_is_left_out() -> None:
    voice = Voice(template={"min": "{agency}: {number}"})
    assert written(sentence(CALL, "min", voice)) == "Dinas Kependudukan: A, 0, 1, 2"
    assert written(sentence(Call("A-012", "3", {}, {}), "min", voice)).endswith("A, 0, 1, 2")


def test_a_third_language_reads_digit_by_digit() -> None:
    voice = Voice(reading="words", template={"min": "Nomor {number}, ka {counter}."})
    tokens = sentence(Call("A-012", "12", {}, {}), "min", voice)
    assert [token.name for token in tokens] == [
        "phrase-nomor", "letter-a", "digit-0", "digit-1", "digit-2", "phrase-ka", "word-loket", "digit-1", "digit-2",
    ]


@pytest.mark.parametrize("text", [
    "", "A", "A-", "-1", "a-1", "ABCD-1", "A-1B", "A 1", "A-\u0661", "A-1234567890", "A-1\n",
])
def test_what_is_no_ticket_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^number: "):
        number(text, "id", "digits")


# Every ticket number has a reading

LANGUAGES = ("id", "en")
PREFIXES = st.from_regex(r"[A-Z0-9]{1,3}", fullmatch=True)


def known(language: str, reading: Reading) -> set[str]:
    """The tokens that a hall with every letter could record."""
    hall = small()
    for at, letters in enumerate(("ABC", "DEF")):
        hall = set_at(hall, f"agencies[0].services[{at}].prefix", letters)
        hall["agencies"][0]["services"][at].pop("sequence")
    rest = ("GHI", "JKL", "MNO", "PQR", "STU", "VWX", "YZ")
    hall["agencies"][0]["services"] += [
        {"id": letters.lower(), "prefix": letters, "name": {"id": letters, "en": letters}} for letters in rest
    ]
    hall["counters"][0]["services"] += [letters.lower() for letters in rest]
    return set(vocabulary(Voice(reading=reading), parse_hall(hall), language))


KNOWN = {(language, reading): known(language, reading) for language in LANGUAGES for reading in ("digits", "words")}


def read_back(tokens: list[Token]) -> str:
    """The ticket number that a digit-by-digit reading is of."""
    pause = next(at for at, token in enumerate(tokens) if token.after == ", ")
    keys = [token.key.upper() for token in tokens]
    return f"{''.join(keys[: pause + 1])}-{''.join(keys[pause + 1 :])}"


@settings(deadline=None)
@given(PREFIXES, st.integers(1, 9999), st.integers(1, 6), st.sampled_from(LANGUAGES))
def test_every_ticket_number_is_read_digit_by_digit_and_can_be_read_back(
    prefix: str, ordinal: int, padding: int, language: str
) -> None:
    text = f"{prefix}-{ordinal:0{padding}d}"
    tokens = number(text, language, "digits")
    assert tokens == number(text, language, "digits")
    assert read_back(tokens) == text
    assert {token.name for token in tokens} <= KNOWN[language, "digits"]
    assert all(token.text.strip() for token in tokens)


@settings(deadline=None)
@given(PREFIXES, st.integers(1, 9999), st.integers(1, 6), st.sampled_from(LANGUAGES))
def test_every_ticket_number_is_read_in_words_that_can_be_recorded(
    prefix: str, ordinal: int, padding: int, language: str
) -> None:
    tokens = number(f"{prefix}-{ordinal:0{padding}d}", language, "words")
    assert [token.key.upper() for token in tokens[: len(prefix)]] == list(prefix)
    assert len(tokens) > len(prefix)
    assert {token.name for token in tokens} <= KNOWN[language, "words"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_numbers_sound_alike_in_words(language: str) -> None:
    readings = {tuple(token.name for token in number(f"A-{n}", language, "words")) for n in range(10_000)}
    assert len(readings) == 10_000


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_label_and_any_name_make_tokens_with_names_that_are_file_names(label: str, name: str) -> None:
    for language in LANGUAGES:
        for token in [*counter(label, language), Token("name", key_of(name), name)]:
            assert re.fullmatch(r"(digit|letter|word|phrase|name)-[a-z0-9-]{1,50}", token.name), token.name


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_names_that_sound_different_have_clips_of_their_own(one: str, other: str) -> None:
    def letters(text: str) -> list[str]:
        return re.findall(r"[^\W_]+", text.lower())

    if letters(one) != letters(other):
        assert key_of(one) != key_of(other)
