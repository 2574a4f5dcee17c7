"""The print worker: a process of its own that prints the jobs of the printers attached to this machine.

One thread a printer. It asks the printer how it is and tells the server, asks the server for a job, lays the whole slip
out, sends it, reports. A printer that cannot print is asked until it can, and its jobs wait at the server meanwhile.
Nothing here decides about jobs: what expires, what is sent again, what is marked as a copy and what goes to another
printer is the server's to say.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from printers.clock import clock_s
from printers.drivers import DEFAULT_TIMEOUT_S, Driver, Interrupted, NotSent, open_driver
from printers.server_link import Answer, Refused, ServerLink, Unreachable
from printers.slip import lay_out
from printers.status import Status
from printers.style import Style
from printers.virtual import VirtualPrinter
from server.config import PrinterConnection, VirtualConnection

log = logging.getLogger(__name__)

CLAIM_WAIT_S = 5
"""How long to wait for a job before the printer is asked again how it is."""
ANSWER_S = 8.0
"""How long the server may take for anything but a claim that waits for a job."""
SHORT_ANSWER_S = 2.0
"""The same while a slip is in the printer's hands: the printer must not wait for the server."""
LOOK_AGAIN_S = (1.0, 2.0, 4.0)
"""After so long a printer that cannot print is asked again; the last one from then on."""
STILL_AT_IT_S = 4.0
"""So often the server hears that a slip is still in the printer's hands."""
FIRST_PAUSE_S, LONGEST_PAUSE_S, REFUSED_PAUSE_S = 0.2, 5.0, 15.0
LAST_WORDS_S = 2.0
"""How long a worker that is stopped goes on trying to report the slip it has just sent."""
LONGEST_REASON = 300
DOUBTED_S = (30.0, 120.0, 600.0)
"""A printer that cannot be asked, and has broken off a slip, is not tried again for so long, each time."""
_REMEMBERED = 500


class _Stopped(Exception):
    """The worker is stopped while a slip is in the printer's hands."""


def run_worker(
    *, server_url: str, token: str, connections: Sequence[PrinterConnection], stop: threading.Event,
    paper_folder: Path | None = None, timeout_s: float = DEFAULT_TIMEOUT_S,
) -> None:
    """Print jobs for these printers until `stop` is set.

    Virtual printers are started here; each keeps its slips in `paper_folder`/<its id>. `timeout_s` is what a printer
    may take to connect, to take each piece of a slip, and to answer.
    """
    with ExitStack() as printers:
        stations = []
        for connection in connections:
            if isinstance(connection, VirtualConnection):
                connection = _start_virtual(connection, paper_folder, printers)
            driver = open_driver(connection, timeout_s=timeout_s)
            stations.append(Station(connection, driver, ServerLink(server_url, token), stop))
        for station in stations:
            station.start()
        stop.wait()
        for station in stations:
            while station.is_alive():
                station.hurry()
                station.join(0.05)


def _start_virtual(connection: VirtualConnection, folder: Path | None, printers: ExitStack) -> VirtualConnection:
    """The connection with the port that its virtual printer got."""
    own = folder / connection.id if folder else None
    virtual = VirtualPrinter(connection.port, own, connection.width_mm, profile=connection.profile)
    try:
        printers.enter_context(virtual)
    except OSError as error:
        # Someone else's may be listening there: then that one is printed on, or found out of reach.
        log.error("printer %s: virtual printer not started on port %d: %s", connection.id, connection.port, error)
    return replace(connection, port=virtual.port)


class Station(threading.Thread):
    """One printer and all that is done for it."""

    def __init__(
        self, connection: PrinterConnection, driver: Driver, link: ServerLink, stop: threading.Event
    ) -> None:
        super().__init__(name=f"printer-{connection.id}", daemon=True)
        self._connection = connection
        self._driver = driver
        self._link = link
        self._stop_asked = stop
        self._session = uuid4().hex
        self._claiming = False
        self._status = Status("offline", "not asked yet")
        self._told: Status | None = None
        self._looks = self._doubts = 0
        self._doubted_until_s = 0.0
        self._style = Style.default()
        self._untold: OrderedDict[Any, tuple[str, str]] = OrderedDict()
        self._made_at = ""
        self._next_word_s = 0.0
        self._unheard = False
        self._pause_s = 0.0
        self._refusal = ""

    def run(self) -> None:
        """Print until stopped; nothing that goes wrong ends it."""
        while not self._stop_asked.is_set():
            try:
                self._turn()
            except Unreachable as error:
                self._back_off(str(error))
            except Refused as error:
                if _passes(error):
                    self._back_off(str(error))
                else:
                    self._refused(error)
            except Exception:
                log.exception("printer %s: unexpected failure", self._connection.id)
                self._rest(LONGEST_PAUSE_S)
        self._link.close()

    def hurry(self) -> None:
        """Do not wait for a next job. For the thread that has set the stop."""
        if self._claiming:
            self._link.cut()

    def _turn(self) -> None:
        """Ask the printer how it is, tell the server, then print what there is."""
        self._is(self._asked())
        self._tell(ANSWER_S)
        if not self._status.prints:
            self._rest(LOOK_AGAIN_S[min(self._looks, len(LOOK_AGAIN_S) - 1)])
            self._looks += 1
            return
        self._looks = 0
        self._claiming = True
        try:
            wanted = {"printers": [self._connection.id], "wait_s": CLAIM_WAIT_S, "session": self._session}
            answer = self._ask("/print-jobs/claim", wanted, CLAIM_WAIT_S + ANSWER_S, give_up=self._stop_asked)
        finally:
            self._claiming = False
        for job in answer.body["jobs"]:
            self._print(job, answer)

    def _asked(self) -> Status:
        """How the printer says it is; ready where it is there but cannot tell."""
        try:
            status = self._driver.status()
        except NotSent as error:
            return error.status
        if status is not None:
            self._doubts, self._doubted_until_s = 0, 0.0
            return status
        return self._status if clock_s() < self._doubted_until_s else Status("ready")

    def _is(self, status: Status) -> None:
        """The printer was found to be so."""
        if status.state != self._status.state:
            level = logging.INFO if status.prints else logging.WARNING
            log.log(level, "printer %s is %s%s", self._connection.id, status.state.replace("_", " "),
                    f": {status.reason}" if status.reason else "")
        self._status = status

    def _tell(self, timeout_s: float) -> None:
        """Tell the server how the printer is: each time while it cannot print, else where the server does not know.

        Raises Unreachable or Refused.
        """
        status = self._status
        if status != self._told or not status.prints:
            body = {"state": status.state} | _because(status.reason)
            self._ask(f"/printers/{self._connection.id}/status", body, timeout_s)
            self._told = status

    def _print(self, job: dict[str, Any], answer: Answer) -> None:
        """One job, from its slip to the report."""
        end_s = answer.until(job["expires_at"])
        self._made_at = job["created_at"]
        state, made_at = self._untold.get(job["id"], ("", ""))
        if made_at != self._made_at:
            state = ""  # a restored server counts again from an earlier job: another slip has this number now
        data, reason = None, ""
        if not state:
            data, reason = self._laid_out(job, answer.body.get("style", self._style.version))
            if data is None:
                self._report(job["id"], {"state": "failed", "retry": False}, reason, end_s)
                return
            # After the lease the server takes it for a job that stopped midway, and has queued its copy.
            late = clock_s() >= answer.until(job["lease_until"])
            state, reason = ("failed", "too late to be printed") if late else self._outcome(job["id"], data, end_s)
        # else: the report was lost and the job came back: its first byte has left already.
        self._report(job["id"], {"state": state}, reason, max(end_s, answer.until(job["lease_until"])))

    def _laid_out(self, job: dict[str, Any], style: str) -> tuple[bytes | None, str]:
        """The slip's bytes in the hall's present style, or None and why not. Raises Unreachable or Refused."""
        if style != self._style.version:
            self._style = self._fetched_style()
        try:
            connection = self._connection
            return lay_out(job["slip"], width_mm=connection.width_mm, profile=connection.profile, style=self._style), ""
        except Exception as error:
            log.exception("printer %s: job %s could not be laid out", self._connection.id, job["id"])
            return None, f"the slip could not be laid out: {error!r}"

    def _fetched_style(self) -> Style:
        answer = self._link.get("/slip-style", timeout_s=ANSWER_S)
        try:
            return Style.from_json(answer.body)
        except ValueError:
            log.exception("printer %s: the hall's slip style cannot be read", self._connection.id)
            return replace(Style.default(), version=str(answer.body.get("version")))

    def _outcome(self, job: object, data: bytes, end_s: float) -> tuple[str, str]:
        """What became of a slip that must be out by `end_s`: printed, sent, failed or unknown, and why."""
        self._next_word_s, self._unheard = clock_s() + STILL_AT_IT_S, False
        try:
            state: str = self._driver.send(data, until_s=end_s, on_status=lambda status: self._meanwhile(job, status))
        except NotSent as error:
            self._is(error.status)
            return "failed", str(error)
        except Interrupted as error:
            self._is(error.status)
            self._doubted_until_s = clock_s() + DOUBTED_S[min(self._doubts, len(DOUBTED_S) - 1)]
            self._doubts += 1
            return self._remember(job, "unknown"), str(error)
        except _Stopped:
            return self._remember(job, "unknown"), "the print worker was stopped"
        except Exception as error:
            log.exception("printer %s: job %s went wrong", self._connection.id, job)
            return self._remember(job, "unknown"), repr(error)
        self._doubts = 0
        return self._remember(job, state), ""

    def _meanwhile(self, job: object, status: Status) -> None:
        """A slip is in the printer's hands: tell the server how the printer is, and that we are still at it."""
        if self._stop_asked.is_set():
            raise _Stopped
        self._is(status)
        if clock_s() < self._next_word_s and (status == self._told or self._unheard):
            return
        self._next_word_s = clock_s() + STILL_AT_IT_S
        try:
            self._ask(f"/print-jobs/{job}/report", {"state": "sending"}, SHORT_ANSWER_S)
            self._tell(SHORT_ANSWER_S)
            self._unheard = False
        except (Unreachable, Refused) as error:
            # What becomes of the slip does not depend on it; it is said again in a few seconds.
            self._unheard, self._told = True, None
            log.info("printer %s: the server was not told (%s)", self._connection.id, error)

    def _remember(self, job: object, state: str) -> str:
        """Keep in mind that this job's first byte has left, for as long as the server has not taken the report."""
        self._untold[job] = state, self._made_at
        while len(self._untold) > _REMEMBERED:
            self._untold.popitem(last=False)
        return state

    def _report(self, job: object, news: dict[str, Any], reason: str, end_s: float) -> None:
        """Report until the server has it, or until `end_s`, when it no longer asks. Nothing is raised."""
        body, key = news | _because(reason), uuid4().hex
        while True:
            try:
                self._ask(f"/print-jobs/{job}/report", body, ANSWER_S, key=key)
                self._untold.pop(job, None)
                return
            except Unreachable as error:
                self._back_off(str(error))
            except Refused as error:
                if _passes(error):
                    self._back_off(str(error))
                elif error.status in (401, 403):
                    self._refused(error)
                else:
                    state = news["state"]
                    log.warning("printer %s: report of job %s as %s: %s", self._connection.id, job, state, error)
                    return
            if self._stop_asked.is_set():
                end_s = min(end_s, clock_s() + LAST_WORDS_S)
            if clock_s() >= end_s:
                log.error("printer %s: job %s is %s; the server could not be told", self._connection.id, job,
                          news["state"])
                return

    def _ask(
        self, path: str, body: dict[str, Any], timeout_s: float, *, key: str | None = None,
        give_up: threading.Event | None = None,
    ) -> Answer:
        """The server's answer. Raises Unreachable or Refused."""
        answer = self._link.post(path, body, timeout_s=timeout_s, key=key, give_up=give_up)
        if self._pause_s or self._refusal:
            log.info("printer %s: the server answers again", self._connection.id)
        self._pause_s, self._refusal = 0.0, ""
        return answer

    def _back_off(self, reason: str) -> None:
        """Wait a little longer each time, not in step with the others."""
        self._told = None  # a server that was away may have forgotten how the printer is
        if self._stop_asked.is_set():
            self._rest(FIRST_PAUSE_S)
            return
        if not self._pause_s:
            log.warning("printer %s: no answer from the server (%s); trying again", self._connection.id, reason)
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, self._pause_s * 2))
        self._rest(self._pause_s * random.uniform(0.5, 1.0))

    def _refused(self, error: Refused) -> None:
        """Say so once, and wait: only a person can help."""
        if str(error) != self._refusal:
            known = {401: "does not know this worker's token", 403: "does not let this worker print here"}
            what = known.get(error.status, "refuses")
            log.error("printer %s: the server %s (%s)", self._connection.id, what, error)
        self._refusal = str(error)
        self._rest(REFUSED_PAUSE_S)

    def _rest(self, seconds: float) -> None:
        """Wait; less if the worker is stopped."""
        if seconds > 0:
            self._stop_asked.wait(seconds)


def _because(reason: str) -> dict[str, str]:
    return {"reason": reason[:LONGEST_REASON]} if reason else {}


def _passes(error: Refused) -> bool:
    """Whether the server cannot do it just now, rather than does not want to."""
    return error.status >= 500 or error.status == 429
