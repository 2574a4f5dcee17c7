"""What a printer says of itself: the answers to DLE EOT and GS r, and the blocks that it sends unasked (ASB).

After Epson's ESC/POS reference. Each kind of answer has bits that are always the same, so that one stream of bytes can
be told apart (`x` is any value, bit 7 on the left):

    DLE EOT n   0xx1xx10    at once, also while the printer is offline
    GS r 1      0xx0xxxx    when all that was sent before has been carried out
    ASB         0xx1xx00    and three more, 0xx0xxxx; where it was switched on
    XON, XOFF   00010001, 00010011
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

State = Literal["ready", "paper_low", "paper_out", "cover_open", "offline", "error"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a printer said of itself; the reason in words for staff and the log."""

    state: State
    reason: str = ""

    @property
    def prints(self) -> bool:
        """Whether a slip sent now would come out now."""
        return self.state in ("ready", "paper_low")


READY = Status("ready")
QUESTIONS = (1, 2, 4)
"""The DLE EOT questions that make a status: the printer, why it is offline, its paper."""
ERROR_QUESTION = 3
"""Asked beside them where the second answer tells of an error."""
ASB_OFF = b"\x1da\x00"
ASK_PAPER = b"\x1dr\x01"

_BLOCK_LENGTH = 4
_ERRORS = (
    (0x08, "the cutter is stuck"),
    (0x20, "an error that only switching off and on can end"),
    (0x40, "an error that passes by itself, such as a hot print head"),
    (0x04, "a mechanical error"),
)


def ask(question: int) -> bytes:
    """DLE EOT: the printer's state now, whatever it is doing."""
    return bytes((0x10, 0x04, question))


def tells_of_error(answer: int) -> bool:
    """Whether the answer to DLE EOT 2 says that there is an error."""
    return bool(answer & 0x40)


def from_answers(answers: Mapping[int, int]) -> Status:
    """The status by the answers to DLE EOT, by question: 1, 2, 4, and 3 where there is an error."""
    printer, cause, paper = (answers[question] for question in QUESTIONS)
    return _status(
        cover_open=bool(cause & 0x04), paper_out=bool(cause & 0x20 or paper & 0x60), paper_low=bool(paper & 0x0C),
        error=_error(answers.get(ERROR_QUESTION, 0)) if tells_of_error(cause) else "",
        offline=bool(printer & 0x08), feeding=bool(cause & 0x08),
    )


def from_block(block: bytes) -> Status:
    """The status by the four bytes that a printer sends unasked."""
    printer, errors, paper = block[0], block[1], block[2]
    return _status(
        cover_open=bool(printer & 0x20), paper_out=bool(paper & 0x0C), paper_low=bool(paper & 0x03),
        error=_error(errors) if errors & 0x6C else "", offline=bool(printer & 0x08), feeding=bool(printer & 0x40),
    )


def _error(bits: int) -> str:
    return next((words for bit, words in _ERRORS if bits & bit), "an error of unknown cause")


def _status(
    *, cover_open: bool, paper_out: bool, paper_low: bool, error: str, offline: bool, feeding: bool
) -> Status:
    """The one thing to see to first: under an open cover the paper's sensors say nothing of worth."""
    if cover_open:
        return Status("cover_open", "the cover is open")
    if paper_out:
        return Status("paper_out", "there is no paper")
    if error:
        return Status("error", error)
    if offline:
        return Status("offline", "its feed button is pressed" if feeding else "it says that it is offline")
    return Status("paper_low", "the paper is nearly at its end") if paper_low else READY


class Kind(Enum):
    """What a piece of a printer's answers is."""

    NOW = "DLE EOT"
    DONE = "GS r"
    BLOCK = "ASB"
    NOISE = "nothing that was ever asked"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a byte, or the four of a block."""

    kind: Kind
    data: bytes


class AnswerReader:
    """Tells the answers of one connection apart, as they come, in pieces of any size."""

    def __init__(self) -> None:
        self._block = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are whole now."""
        found = []
        for byte in data:
            if byte in (0x11, 0x13):
                continue
            if self._block:
                if byte & 0x90:
                    found.append(Answer(Kind.NOISE, bytes(self._block)))
                    self._block.clear()
                else:
                    self._block.append(byte)
                    if len(self._block) == _BLOCK_LENGTH:
                        found.append(Answer(Kind.BLOCK, bytes(self._block)))
                        self._block.clear()
                    continue
            if byte & 0x93 == 0x10:
                self._block.append(byte)
            else:
                found.append(Answer(_kind(byte), bytes((byte,))))
        return found


def _kind(byte: int) -> Kind:
    if byte & 0x93 == 0x12:
        return Kind.NOW
    # The two bits of each paper sensor are always alike: half of all nonsense is known by that.
    if not byte & 0x90 and byte & 0x03 in (0, 0x03) and byte & 0x0C in (0, 0x0C):
        return Kind.DONE
    return Kind.NOISE
