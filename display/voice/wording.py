"""A call in words: the sentence of each language, as a list of tokens that can each be a recording.

A token's name is also the name of its clip: `digit-0` is `digit-0.wav`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from num2words import num2words

from server.sections import Voice
from server.voice_rules import TEMPLATES

Kind = Literal["digit", "letter", "word", "phrase", "name"]
COUNTER_NOUN = {"en": "counter"}
"""The word before a counter's number; in Indonesian and its sister languages it is "loket"."""
LOKET = "loket"
_DIGITS = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
TEST = {"id": "Ini uji suara", "en": "This is a sound test"}
"""What a test begins with, in the languages that can be spoken without recordings."""
_OWN_NOUNS = frozenset(("loket", "counter", "konter", "meja", "desk", "ruang", "room", "bilik", "booth", "window"))
_LONGEST_KEY = 40
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be said: `number` as on the slip ("A-012"), `counter` as its label, names by language.

    One that is `only_a_test` begins with words that say so.
    """

    number: str
    counter: str
    agency: dict[str, str]
    service: dict[str, str]
    only_a_test: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence that is always said alike: `text` in the sentence, and what is written `after` it."""

    kind: Kind
    key: str
    text: str
    after: str = " "

    @property
    def name(self) -> str:
        """The name of its clip, without `.wav`: small letters, digits and hyphens."""
        return f"{self.kind}-{self.key}"


def template(voice: Voice, language: str) -> str:
    """The sentence of a language. Raises KeyError for one that has none."""
    return voice.template.get(language) or TEMPLATES[language]


def sentence(call: Call, language: str, voice: Voice) -> tuple[Token, ...]:
    """A call in one language. Raises ValueError for what is no ticket number, KeyError as `template` does."""
    tokens: list[Token] = []
    if call.only_a_test and language in TEST:
        tokens.append(Token("phrase", key_of(TEST[language]), TEST[language], ". "))
    for piece in re.split(r"(\{[a-z]+\})", template(voice, language)):
        match piece:
            case "{number}":
                tokens += number(call.number, language, voice.reading)
            case "{counter}":
                tokens += counter(call.counter, language)
            case "{agency}":
                tokens += named(call.agency, language)
            case "{service}":
                tokens += named(call.service, language)
            case _:
                _add_words(tokens, piece)
    return tuple(tokens)


def shortened(call: Call) -> Iterator[Call]:
    """Ever shorter ways to say a call: without its service's name, its agency's, and a long label's further words.

    The number and the counter are in all of them: a label's number, or else its first words.
    """
    yield (call := replace(call, service={}))
    yield (call := replace(call, agency={}))
    if len(call.counter) > _LONGEST_LABEL:
        numbered = re.search(r"[0-9]{1,9}[A-Z]{0,3}\b", call.counter)
        first = call.counter[:_LONGEST_LABEL].rpartition(" ")[0] or call.counter[:_LONGEST_LABEL]
        yield replace(call, counter=numbered[0] if numbered else first)


def written(tokens: tuple[Token, ...]) -> str:
    """The tokens as a person would write them."""
    return "".join(token.text + token.after for token in tokens).strip()


def number(text: str, language: str, reading: Literal["digits", "words"]) -> list[Token]:
    """A ticket number: its prefix sign by sign, a pause, the rest digit by digit or as words.

    Words are known for Indonesian and English; another language reads digits. Raises ValueError.
    """
    found = re.fullmatch(r"([A-Z0-9]{1,3})-([0-9]{1,9})", text)
    if found is None:
        raise ValueError(f'number: "{text}" is no ticket number like "A-012"')
    prefix, ordinal = found.groups()
    signs = [_sign(sign, language) for sign in prefix]
    if reading == "words" and language in _DIGITS:
        return [*_paused(signs), *_in_words(int(ordinal), language)]
    digits = [replace(_sign(digit, language), after=", ") for digit in ordinal]
    return [*_paused(signs), *_followed(digits, " ")]


def counter(label: str, language: str) -> list[Token]:
    """A counter by its label: "3" is loket tiga, "12B" loket dua belas B, "Loket Prioritas" as it is written."""
    pieces = re.findall(r"[0-9]{1,9}|[^\W\d_]+(?: [^\W\d_]+)*", " ".join(label.split()))
    noun = COUNTER_NOUN.get(language, LOKET)
    first, _, rest = pieces[0].partition(" ") if pieces else ("", "", "")
    tokens = [] if first.lower() in _OWN_NOUNS else [Token("word", noun, noun)]
    if first.lower() in (LOKET, "counter"):
        tokens, pieces = [Token("word", noun, noun)], [rest, *pieces[1:]]
    return [*tokens, *(token for piece in pieces for token in _of_label(piece, language))]


def _of_label(piece: str, language: str) -> Iterator[Token]:
    if re.fullmatch(r"[0-9]+", piece):
        yield from _in_words(int(piece), language) if language in _DIGITS else (_sign(d, language) for d in piece)
    elif re.fullmatch(r"[A-Z]{1,3}", piece):
        yield from (_sign(letter, language) for letter in piece)
    elif piece:
        yield _name(piece)


def _sign(sign: str, language: str) -> Token:
    if sign.isdigit():
        return Token("digit", sign, _DIGITS[language][int(sign)] if language in _DIGITS else sign)
    return Token("letter", sign.lower(), sign)


def _in_words(value: int, language: str) -> list[Token]:
    """A whole number in Indonesian or English; zero to nine are the digits' tokens."""
    words = re.findall(r"[a-z]+", num2words(value, lang=language))
    digits = _DIGITS[language]
    return [_sign(str(digits.index(word)), language) if word in digits else Token("word", word, word)
            for word in words]


def _paused(signs: list[Token]) -> list[Token]:
    return _followed(signs, ", ")


def _followed(tokens: list[Token], after: str) -> list[Token]:
    return [*tokens[:-1], replace(tokens[-1], after=after)]


def named(names: dict[str, str], language: str) -> list[Token]:
    """A name in this language, else in the first that it has; none where there is none."""
    text = " ".join((names.get(language) or next(iter(names.values()), "")).split())
    return [_name(text)] if text else []


def _name(text: str) -> Token:
    return Token("name", key_of(text), text)


def _add_words(tokens: list[Token], words: str) -> None:
    """Adds a stretch of the template; signs at its beginning are written after what came before."""
    found = re.search(r"\w(?:.*\w)?", words, re.DOTALL)
    signs = words[: found.start()] if found else words
    if tokens and signs.strip():
        tokens[-1] = replace(tokens[-1], after=signs)
    if found:
        text = " ".join(found[0].split())
        tokens.append(Token("phrase", key_of(text), text, words[found.end() :] or " "))


def key_of(text: str) -> str:
    """A text as part of a file's name: small letters, digits and hyphens; what is lost is told apart by a hash."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    key = "-".join(re.findall(r"[a-z0-9]+", plain))
    if key and text.isascii() and len(key) <= _LONGEST_KEY:
        return key
    short = key[:_LONGEST_KEY].rstrip("-")
    return f"{short}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")
