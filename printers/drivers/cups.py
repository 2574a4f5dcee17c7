"""Printers behind a queue of CUPS, through its commands `lp`, `lpstat` and `cancel`.

python-escpos' LP hands the bytes over and knows no more. Here the job is watched until CUPS has done with it, and taken
back when it takes too long, so that it does not come out hours later. That CUPS is done means that the printer has
taken the bytes, not that it has printed them. CUPS' own "processing" begins before it has even reached the printer.

What the commands say was seen of CUPS 2.4: a job's Alerts are `none` while it waits, `job-printing` and then perhaps
`printer-stopped` once begun, `job-canceled-by-user` where it was cancelled after that.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from printers.clock import clock_s
from printers.drivers.base import DEFAULT_TIMEOUT_S, Interrupted, NotSent, Outcome
from printers.status import READY, State, Status

POLL_S = 0.25
TELL_EVERY_S = 0.8
START_TIMEOUTS, PRINT_TIMEOUTS = 3, 10
"""How many time-outs a slip may wait for others of its queue, and be printed on, while the printer shows no need."""

_NEEDS: tuple[tuple[str, State], ...] = (
    ("cover-open", "cover_open"), ("door-open", "cover_open"), ("interlock-open", "cover_open"),
    ("media-empty", "paper_out"), ("media-needed", "paper_out"), ("offline", "offline"), ("paused", "offline"),
    ("stopped", "offline"), ("shutdown", "offline"), ("timed-out", "offline"), ("media-jam", "error"),
    ("other-error", "error"), ("media-low", "paper_low"),
)
"""Printer state reasons by their beginning, in the order in which they matter."""
_BEGUN = {"job-printing", "printer-stopped", "job-canceled-by-user", "job-canceled-at-device", "aborted-by-system"}


class CupsDriver:
    """A printer by the name of its queue."""

    def __init__(self, queue: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self._queue = queue
        self._timeout_s = timeout_s

    def status(self) -> Status:
        """How CUPS says that the printer is. Raises NotSent."""
        try:
            said = self._run("lpstat", "-l", "-p", self._queue, "-a", self._queue)
        except TimeoutError as error:
            raise NotSent(str(error)) from error
        first, _, rest = said.partition("\n")
        if " disabled since " in first:
            reason = rest.partition("\n")[0].strip()
            return Status("offline", f"its queue is stopped: {reason}" if reason else "its queue is stopped")
        if f"{self._queue} not accepting requests" in said:
            return Status("offline", "its queue takes no jobs")
        for need, state in _NEEDS:
            for alert in _alerts(said):
                if alert.startswith(need):
                    return Status(state, f"CUPS says: {alert}")
        return READY

    def send(self, data: bytes, *, until_s: float, on_status: Callable[[Status], None]) -> Outcome:
        """Have CUPS print a whole slip, as Driver.send says. Raises NotSent or Interrupted."""
        if clock_s() >= until_s:
            raise NotSent("too late to be printed", READY)
        said = self.status()
        if not said.prints:
            raise NotSent(said.reason, said)
        on_status(said)
        job = _Job(self._hand_over(data), said)
        try:
            done = self._see_done(job, until_s, on_status)
        except BaseException:
            with suppress(NotSent, TimeoutError):  # what ended the watching matters more
                self._run("cancel", job.name)
            raise
        if done or self._done_while_cancelled(job):
            return "sent"
        status = job.said if not job.said.prints else None
        # Between the last look and the cancelling it may have begun.
        if job.begun or self._look_at(job, "completed") == "begun":
            raise Interrupted("CUPS did not get the slip to the printer in time", status)
        raise NotSent("CUPS did not begin with the slip in time", status)

    def _see_done(self, job: _Job, until_s: float, on_status: Callable[[Status], None]) -> bool:
        """Whether CUPS has done with the job in time. Raises Interrupted, and what `on_status` raises."""
        since_s = told_at_s = clock_s()
        while (stage := self._look_at(job, "not-completed")) != "gone":
            now_s = clock_s()
            if stage == "begun" and not job.begun:
                job.begun, since_s = True, now_s
            if now_s - told_at_s >= TELL_EVERY_S:
                told_at_s = now_s
                with suppress(NotSent):  # then the next look at the job tells
                    job.said = self.status()
                on_status(job.said)
            if not job.said.prints:
                since_s = now_s  # it waits for people
            patience_s = (PRINT_TIMEOUTS if job.begun else START_TIMEOUTS) * self._timeout_s
            if now_s >= until_s or now_s - since_s > patience_s:
                return False
            time.sleep(POLL_S)
        return True

    def _hand_over(self, data: bytes) -> str:
        """The id of the job that the slip has become. Raises NotSent or Interrupted."""
        try:
            said = self._run("lp", "-d", self._queue, "-o", "raw", "-t", "Antrean", data=data)
        except TimeoutError as error:
            raise Interrupted(str(error)) from error
        found = re.search(r"request id is (\S+-\d+)", said)
        if found is None:
            raise Interrupted(f"CUPS did not say which job the slip is: {said.strip()}")
        return found[1]

    def _done_while_cancelled(self, job: _Job) -> bool:
        """Take the job back. Whether that came too late. Raises Interrupted."""
        try:
            self._run("cancel", job.name)
        except (NotSent, TimeoutError):
            return self._look_at(job, "not-completed") == "gone"
        return False

    def _look_at(
        self, job: _Job, which: Literal["completed", "not-completed"]
    ) -> Literal["waiting", "begun", "gone"]:
        """How far CUPS has got with the job, among those that it has done with, or not. Raises Interrupted."""
        try:
            said = self._run("lpstat", "-l", "-W", which, "-o", self._queue)
        except (NotSent, TimeoutError) as error:
            raise Interrupted(str(error)) from error
        for block in re.split(r"\n(?=\S)", said):
            if block.startswith(f"{job.name} "):
                return "begun" if _BEGUN.intersection(_alerts(block)) else "waiting"
        return "gone"

    def _run(self, *command: str, data: bytes = b"") -> str:
        """What a command of CUPS says. Raises NotSent where it refuses, TimeoutError where it hangs."""
        try:
            ended = subprocess.run(
                command, input=data, capture_output=True, timeout=self._timeout_s, check=False,
                env={**os.environ, "LC_ALL": "C", "LANGUAGE": "C"},
            )
        except FileNotFoundError as error:
            raise NotSent(f"there is no command {command[0]} on this machine (Debian: cups-client)") from error
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"CUPS did not answer within {self._timeout_s:g} s") from error
        if ended.returncode:
            raise NotSent(ended.stderr.decode("utf-8", "replace").strip() or f"{command[0]} failed")
        return ended.stdout.decode("utf-8", "replace")


@dataclass(slots=True)
class _Job:
    """A job of CUPS: whether it was begun, and what CUPS said last of the printer."""

    name: str
    said: Status
    begun: bool = False


def _alerts(said: str) -> list[str]:
    """The state reasons in what `lpstat -l` says."""
    found = re.search(r"^\s+Alerts: (.*)$", said, re.MULTILINE)
    return found[1].split() if found else []
