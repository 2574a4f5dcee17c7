"""Speech made by eSpeak NG, through its C library by ctypes; the package espeakng-loader brings library and voices."""

from __future__ import annotations

import ctypes
import re
from _queue import SimpleQueue
from collections.abc import Iterator
from contextlib import contextmanager

RATE_HZ = 22_050
"""Samples a second of everything that is spoken here: what eSpeak's voices are made for."""
VOICES = {"id": "id", "en": "en"}
"""The languages that it speaks here, and its voices for them."""

_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: espeak_Synth comes back when all is said
_DO_NOT_EXIT = 0x8000
_UTF8, _PHONEMES = 1, 0x100
_POS_CHARACTER = 1
_SPEED = 1

_SAID = {
    "id": {
        "empat": "'@mpat", "enam": "'@nam", "belas": "b@l'as", "sebelas": "s@b@l'as", "loket": "l'okEt", "X": "'Eks",
    },
    "en": {"A": "'eI"},
}  # fmt: skip
"""Words that eSpeak would say wrongly (the e of "empat" is a schwa; "A" is no article), in its phoneme letters."""


class VoiceUnavailable(Exception):
    """This machine cannot say it; tells why in words."""


class Lock:
    """A lock between native threads, whatever the async mode has made of those of `threading`.

    Nothing of a thread pool may wait on a lock that belongs to the hub's greenlets.
    """

    def __init__(self) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        self._free.put(None)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Holds the lock meanwhile."""
        self._free.get()
        try:
            yield
        finally:
            self._free.put(None)


class _Engine:
    """The library, set up; it has one voice at a time and knows no threads."""

    def __init__(self) -> None:
        try:
            import espeakng_loader

            self.library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError, RuntimeError) as error:
            raise VoiceUnavailable(f"eSpeak NG cannot be used on this machine: {error}") from None
        self._declare()
        rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DO_NOT_EXIT)
        if rate != RATE_HZ:
            raise VoiceUnavailable(f"eSpeak NG cannot be used on this machine: its data in {data} cannot be read")
        self._pieces: list[bytes] = []
        self._callback = _CALLBACK(self._take)  # must live as long as the library calls it
        self.library.espeak_SetSynthCallback(self._callback)

    def _declare(self) -> None:
        library, number, text = self.library, ctypes.c_int, ctypes.c_char_p
        library.espeak_Initialize.argtypes = [number, number, text, number]
        library.espeak_SetSynthCallback.argtypes = [_CALLBACK]
        library.espeak_SetVoiceByName.argtypes = [text]
        library.espeak_SetParameter.argtypes = [number, number, number]
        library.espeak_Synth.argtypes = [
            text, ctypes.c_size_t, ctypes.c_uint, number, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p,
            ctypes.c_void_p,
        ]  # fmt: skip

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    def choose(self, voice: str) -> None:
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceUnavailable(f'eSpeak NG has no voice "{voice}"')

    def say(self, text: bytes, voice: str, speed_wpm: int) -> bytes:
        self.choose(voice)
        self.library.espeak_SetParameter(_SPEED, speed_wpm, 0)
        self._pieces.clear()
        if self.library.espeak_Synth(text, len(text) + 1, 0, _POS_CHARACTER, 0, _UTF8 | _PHONEMES, None, None) != 0:
            raise VoiceUnavailable("eSpeak NG failed to speak")
        return b"".join(self._pieces)


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_lock = Lock()
_engine: _Engine | None = None


_proven: set[str] = set()


def require(language: str, timbre: str = "") -> None:
    """Makes sure that a language can be synthesised here. Raises VoiceUnavailable."""
    voice = _voice(language, timbre)
    if voice not in _proven:
        with _lock():
            _loaded().choose(voice)
            _proven.add(voice)


def _loaded() -> _Engine:
    """The process' one engine, made at first use; to be called with the lock held. Raises VoiceUnavailable."""
    global _engine
    if _engine is None:
        _engine = _Engine()
    return _engine


def _voice(language: str, timbre: str) -> str:
    if language not in VOICES:
        raise VoiceUnavailable(f'there is no synthetic voice for "{language}"')
    return f"{VOICES[language]}+{timbre}" if timbre else VOICES[language]


def speak(text: str, language: str, *, speed_wpm: int, timbre: str = "") -> bytes:
    """A text spoken: samples of 16 bits, one channel, `RATE_HZ`. Raises VoiceUnavailable."""
    voice = _voice(language, timbre)
    with _lock():
        return _loaded().say(marked(text, language).encode(), voice, speed_wpm)


def marked(text: str, language: str) -> str:
    """The text with its difficult words written in phonemes."""
    said = _SAID[language]
    # NUL would end a C string; two brackets begin phonemes, which are ours alone to write.
    plain = re.sub(r"\x00|\[\[|\]\]", " ", text)
    return re.sub(r"[^\W\d_]+", lambda word: _phonemes(said, word[0]), plain)


def _phonemes(said: dict[str, str], word: str) -> str:
    phonemes = said.get(word) if len(word) == 1 else said.get(word.lower())
    return f"[[{phonemes}]]" if phonemes else word
