"""What is said and heard over one open line to a printer, whatever the line is made of."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from printers.clock import clock_s
from printers.status import (
    ASB_OFF,
    ASK_PAPER,
    ERROR_QUESTION,
    QUESTIONS,
    READY,
    Answer,
    AnswerReader,
    Kind,
    Status,
    ask,
    from_answers,
    from_block,
    tells_of_error,
)

ASK_EVERY_S = 1.0
TELL_EVERY_S = 0.8
CONFIRM_S = 10.0
"""A printer that is ready, but in so long has not said that the slip is done, cannot say it."""
CATCH_UP_S = 3.0
"""How long an answer from before may still come after the one before it."""
_TICK_S = 0.1
_STEP_S = 0.02


class Line(Protocol):
    """A way to a printer, open. Nothing here waits longer than it is told to; all but `close` raise OSError."""

    answers: bool
    """Whether a printer can be heard over it."""
    fails_blindly: bool
    """Whether a write that fails may have sent a part, and does not say so."""

    def write(self, data: memoryview, wait_s: float) -> int:
        """Hand over what the line takes, waiting for it to take anything at all; how many bytes that was."""

    def read(self, wait_s: float) -> bytes:
        """What has come, waiting for the first byte; empty if nothing came. Raises HungUp."""

    def left(self) -> int:
        """How many bytes the printer has not taken yet, as far as the system knows."""

    def finish(self) -> None:
        """Say that no more comes, to a printer that has taken everything and cannot tell that it has printed it."""

    def close(self, *, whole: bool) -> None:
        """Let the line go; `whole`: all that was written is to reach the printer."""


class HungUp(ConnectionResetError):
    """The printer has closed its side in good order."""


class Trouble(Exception):
    """It cannot go on: why, in words."""


class Conversation:
    """One line, what was asked over it and what was heard.

    `owed` answers to GS r of earlier slips may still come. `tell` is told how the printer is, as Driver.send says.
    """

    def __init__(
        self, line: Line, timeout_s: float, *, until_s: float = 0.0, owed: int = 0,
        tell: Callable[[Status], None] = lambda _: None,
    ) -> None:
        self.status: Status | None = None
        """What the printer said last."""
        self.owed = owed
        self.begun = False
        """Whether a byte of the slip has left."""
        self.stopped_by: BaseException | None = None
        """What `tell` has raised."""
        self.can_be_asked = line.answers
        self._line = line
        self._timeout_s = timeout_s
        self._until_s = until_s
        self._tell = tell
        self._told: Status | None = None
        self._told_at_s = 0.0
        self._listens = line.answers
        self._reader = AnswerReader()
        self._outgoing = b""
        self._question: int | None = None
        self._asked_at_s = self._heard_at_s = 0.0
        self._round: dict[int, int] = {}
        self._written = self._length = 0

    def ask(self) -> Status | None:
        """How the printer says it is now; None where it does not answer in time. Raises OSError or Trouble."""
        if self._question is None:
            self._round = {}
            self._put(QUESTIONS[0])
        while self._question is not None:
            self._listen(_TICK_S)
            if self.begun:
                self._report()
            if self._question is not None and clock_s() - self._asked_at_s > self._timeout_s:
                return None
        return self.status

    def give_up_asking(self) -> None:
        """From now on the printer may say what it likes."""
        self._question, self._outgoing, self.owed = None, b"", 0

    def catch_up(self) -> None:
        """Wait until the printer has done what earlier slips left it, so that no late answer is taken for a new one.

        It is asked once more. Some answers may never come, as after switching it off and on. Raises OSError or
        Trouble.
        """
        self._outgoing += ASK_PAPER
        self.owed += 1
        first, since_s = self.owed, clock_s()
        self._heard_at_s = since_s
        while self.owed:
            before = self.owed
            self._wait()
            if self._stands_still():
                raise Trouble(self._reason())
            if self.owed < before:
                since_s = clock_s()
            elif self.owed < first and clock_s() - since_s > CATCH_UP_S:
                self.owed = 0
            elif clock_s() - since_s > CONFIRM_S:
                raise Trouble("the printer does not get on with what it was sent before")

    def write_slip(self, data: bytes, *, confirm: bool) -> None:
        """Hand over the whole slip, and with `confirm` the question whether it is done. Raises OSError or Trouble."""
        head = ASB_OFF if confirm else b""
        whole = memoryview(head + data + (ASK_PAPER if confirm else b""))
        self._length, sent, moved_at_s = len(data), 0, clock_s()
        while sent < len(whole):
            self._report()
            self.begun |= self._line.fails_blindly
            taken = self._line.write(whole[sent:], min(_TICK_S, self._timeout_s))
            sent += taken
            self._written = min(max(0, sent - len(head)), len(data))
            self.begun = self._written > 0
            if sent < len(whole):
                self._listen(0.0)  # not after the question at the end: its answer is waited for elsewhere
            now_s = clock_s()
            if taken:
                moved_at_s = now_s
            elif now_s - moved_at_s >= self._timeout_s and not self._stands_still():
                raise TimeoutError
            self._in_time(now_s)
        if confirm:
            self.owed += 1

    def wait_until_done(self, *, confirms: bool) -> bool:
        """Wait for the printer to say that the slip is done; False: it cannot say it. Raises OSError or Trouble.

        `confirms`: it is known as one that can.
        """
        ready_since_s = self._heard_at_s = clock_s()
        while self.owed:
            try:
                self._wait()
            except HungUp:
                if confirms or self._stands_still() or self._line.left():
                    raise
                return False
            if self._stands_still() or self._line.left():
                ready_since_s = clock_s()
            elif clock_s() - ready_since_s > CONFIRM_S:
                if confirms:  # its answer was lost on the way: the jobs behind must not wait for it
                    raise Trouble("the printer says that it is ready, but not that the slip is done")
                return False
        self._hear_the_end()
        return True

    def see_off(self) -> None:
        """Wait until a printer that cannot tell has taken everything. Raises OSError or Trouble."""
        left, moved_at_s = self._line.left(), clock_s()
        while left:
            self._report()
            self._listen(_STEP_S)
            if not self._listens:
                time.sleep(_STEP_S)
            now_left, now_s = self._line.left(), clock_s()
            if now_left < left:
                moved_at_s = now_s
            elif now_s - moved_at_s >= self._timeout_s:
                raise Trouble(f"the printer did not take the whole slip, {left} bytes are left")
            left = now_left
            self._in_time(now_s)
        self._line.finish()

    @property
    def progress(self) -> str:
        """How much of the slip the line has taken, in words; empty where it is all or nothing."""
        return f", after {self._written} of {self._length} bytes" if 0 < self._written < self._length else ""

    def _wait(self) -> None:
        """A moment of waiting: ask how it goes, hear what comes, tell it. Raises OSError or Trouble."""
        if self._question is None and clock_s() - self._asked_at_s >= ASK_EVERY_S:
            self._round = {}
            self._put(QUESTIONS[0])
        left = self._line.left()
        heard = self._listen(_TICK_S)
        self._report()
        now_s = clock_s()
        if heard or self._line.left() < left:
            self._heard_at_s = now_s
        elif now_s - self._heard_at_s > 2 * self._timeout_s and not self._stands_still():
            # One that says it waits for paper may have no room for further questions.
            raise Trouble("the printer has stopped answering")
        if self.owed:
            self._in_time(now_s)

    def _hear_the_end(self) -> None:
        """Ask a last time: nonsense shows that the answer before was none; and the paper may be nearly at its end."""
        unanswered, self._asked_at_s = self._question is not None, clock_s()
        try:
            said = self.ask()
        except OSError:
            if unanswered:
                raise
            return
        if said is None and unanswered:
            raise Trouble("the printer has stopped answering")
        self._report()

    def _in_time(self, now_s: float) -> None:
        if now_s >= self._until_s:
            raise Trouble(self._reason() if self._stands_still() else "the printer was not done in time")

    def _stands_still(self) -> bool:
        """Whether it says that it waits for people."""
        return self.status is not None and not self.status.prints

    def _reason(self) -> str:
        return self.status.reason if self.status else ""

    def _put(self, question: int) -> None:
        self._question, self._asked_at_s = question, clock_s()
        self._outgoing += ask(question)

    def _listen(self, wait_s: float) -> bool:
        """Send the questions that wait, and take in what comes. Whether anything came."""
        if self._outgoing:
            self._outgoing = self._outgoing[self._line.write(memoryview(self._outgoing), wait_s) :]
        if not self._listens:
            return False
        try:
            data = self._line.read(wait_s)
        except HungUp:
            if self._question is not None or self.owed:
                raise
            self._listens = False
            return False
        for answer in self._reader.feed(data):
            self._take(answer)
        return bool(data)

    def _take(self, answer: Answer) -> None:
        """Understand one answer. What comes unasked and says nothing is passed over. Raises Trouble."""
        match answer.kind:
            case Kind.NOW if self._question is not None:
                self._answered(self._question, answer.data[0])
            case Kind.DONE if self.owed:
                self.owed -= 1
            case Kind.BLOCK:
                self.status = from_block(answer.data)
            case Kind.NOISE if self._question is not None or self.owed:
                raise Trouble("the printer's answers make no sense")

    def _answered(self, question: int, answer: int) -> None:
        self._round[question] = answer
        extra = (ERROR_QUESTION,) if tells_of_error(self._round.get(2, 0)) else ()
        for following in QUESTIONS + extra:
            if following not in self._round:
                self._put(following)
                return
        self._question = None
        self.status = from_answers(self._round)

    def _report(self) -> None:
        """Tell what has changed at once, and once a second that nothing has."""
        status, now_s = self.status or READY, clock_s()
        if status != self._told or now_s - self._told_at_s >= TELL_EVERY_S:
            self._told, self._told_at_s = status, now_s
            try:
                self._tell(status)
            except BaseException as error:
                self.stopped_by = error
                raise
