"""What all drivers that hold a line to their printer do alike, and what they learn of it.

Most printers answer DLE EOT and GS r; some answer nothing, and no table of models says which. So it is learnt: a
printer that has never answered is taken for one that cannot, for a while; one that has answered once and falls silent
is in trouble.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

from printers.clock import clock_s
from printers.drivers.base import DEFAULT_TIMEOUT_S, Interrupted, NotSent, Outcome, words
from printers.drivers.conversation import Conversation, Line, Trouble
from printers.status import READY, Status

Asking = Literal["auto", "required", "none"]
"""Whether the printer is asked how it is: as far as it can tell; always; never."""

BELIEVED_S = 600.0
"""How long a printer is taken for one that cannot tell. It may have been busy just then."""


class TalkingDriver(ABC):
    """A printer at the end of a line; opened for each slip and each question."""

    def __init__(self, *, timeout_s: float = DEFAULT_TIMEOUT_S, status: Asking = "auto") -> None:
        self._timeout_s = timeout_s
        self._asking = status
        self._tells = self._confirms = False
        self._mute_until_s = self._cannot_confirm_until_s = 0.0
        self._owed = 0

    @abstractmethod
    def _open(self) -> Line:
        """A new line to the printer. Raises NotSent."""

    def status(self) -> Status | None:
        """How the printer says it is; None: it is there but cannot tell. Raises NotSent where it is out of reach."""
        line = self._reach()
        try:
            return self._ask(Conversation(line, self._timeout_s))
        except OSError as error:
            raise NotSent(words(error, self._timeout_s)) from error
        finally:
            line.close(whole=False)

    def send(self, data: bytes, *, until_s: float, on_status: Callable[[Status], None]) -> Outcome:
        """Send a whole slip, as Driver.send says. Raises NotSent or Interrupted."""
        if clock_s() >= until_s:
            raise NotSent("too late to be printed", READY)
        line = self._reach()
        talk = Conversation(line, self._timeout_s, until_s=until_s, owed=self._owed, tell=on_status)
        whole = False
        try:
            outcome = self._print(talk, data)
            whole = True
        except (Trouble, OSError) as error:
            if error is talk.stopped_by:
                raise
            raise self._failure(talk, error) from error
        finally:
            self._owed = talk.owed if self._confirms else 0
            line.close(whole=whole)
        return outcome

    def _reach(self) -> Line:
        try:
            return self._open()
        except NotSent:
            self._mute_until_s = 0.0  # who comes back may be another, or awake
            raise

    def _ask(self, talk: Conversation) -> Status | None:
        """How the printer is, as far as it is asked and answers. Raises NotSent or OSError."""
        if self._asking == "none" or (self._asking == "auto" and clock_s() < self._mute_until_s):
            return None
        if not talk.can_be_asked:
            if self._asking == "required":
                raise NotSent("this printer cannot be asked how it is")
            return None
        try:
            said = talk.ask()
            problem = Status("offline", "the printer does not answer")
        except Trouble as error:
            said, problem = None, Status("error", str(error))
        if said is not None:
            self._tells = True
        elif self._tells or self._asking == "required":
            raise NotSent(problem.reason, problem)
        else:
            self._mute_until_s = clock_s() + BELIEVED_S
            talk.give_up_asking()
        return said

    def _print(self, talk: Conversation, data: bytes) -> Outcome:
        """Ask, send, wait. Raises NotSent, Trouble or OSError."""
        said = self._ask(talk)
        if said is not None and not said.prints:
            raise NotSent(said.reason, said)
        if said is not None and talk.owed:
            talk.catch_up()
        asks_back = said is not None and clock_s() >= self._cannot_confirm_until_s
        talk.write_slip(data, confirm=asks_back)
        if asks_back:
            if talk.wait_until_done(confirms=self._confirms):
                self._confirms = True
                return "printed"
            self._cannot_confirm_until_s = clock_s() + BELIEVED_S
            talk.give_up_asking()
        talk.see_off()
        return "sent"

    def _failure(self, talk: Conversation, error: Trouble | OSError) -> NotSent | Interrupted:
        reason = words(error, self._timeout_s) if isinstance(error, OSError) else str(error)
        self._mute_until_s = 0.0
        said = talk.status if talk.status is not None and not talk.status.prints else None
        if not talk.begun:
            return NotSent(reason, said)
        return Interrupted(reason + talk.progress, said)
