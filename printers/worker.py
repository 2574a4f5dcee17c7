"""The print worker: a process of its own that prints the jobs of the printers attached to this machine.

One thread a printer. It asks the server for a job, lays the whole slip out, sends it, reports. A printer that is out
of reach is knocked at until it answers, and its jobs wait at the server meanwhile. Nothing here decides about jobs:
what expires, what is sent again and what is marked as a copy is the server's to say.
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

from printers.drivers import DEFAULT_TIMEOUT_S, Driver, Interrupted, NotSent, open_driver
from printers.server_link import Answer, Refused, ServerLink, Unreachable, clock_s
from printers.slip import lay_out
from printers.virtual import VirtualPrinter
from server.config import PrinterConnection, VirtualConnection

log = logging.getLogger(__name__)

CLAIM_WAIT_S = 20
ANSWER_S = 8.0
"""How long the server may take for anything but a claim that waits for a job."""
KNOCK_OFFLINE_S = 10.0
KNOCK_READY_S = 30.0
"""A ready printer is not disturbed more often: some take one connection at a time, and a person may be printing."""
FIRST_PAUSE_S, LONGEST_PAUSE_S, REFUSED_PAUSE_S = 0.2, 5.0, 15.0
LAST_WORDS_S = 2.0
"""How long a worker that is stopped goes on trying to report the slip it has just sent."""
_REMEMBERED = 500


def run_worker(
    *, server_url: str, token: str, connections: Sequence[PrinterConnection], stop: threading.Event,
    paper_folder: Path | None = None, timeout_s: float = DEFAULT_TIMEOUT_S,
) -> None:
    """Print jobs for these printers until `stop` is set.

    Virtual printers are started here; each keeps its slips in `paper_folder`/<its id>. `timeout_s` is what a printer
    may take to connect, and to take each piece of a slip.
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
        self._claiming = False
        self._state, self._reason = "", ""
        self._told: tuple[str, str] | None = None
        self._next_knock_s = 0.0
        self._untold: OrderedDict[Any, str] = OrderedDict()
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
        """Look after the printer, then print what there is for it."""
        if clock_s() >= self._next_knock_s:
            self._knock()
        self._tell()
        if self._state != "ready":
            self._rest(self._next_knock_s - clock_s())
            return
        self._claiming = True
        try:
            wanted = {"printers": [self._connection.id], "wait_s": CLAIM_WAIT_S}
            answer = self._ask("/print-jobs/claim", wanted, CLAIM_WAIT_S + ANSWER_S, give_up=self._stop_asked)
        finally:
            self._claiming = False
        for job in answer.body["jobs"]:
            self._print(job, answer)
        self._tell()

    def _knock(self) -> None:
        """See whether the printer is there."""
        try:
            self._driver.check()
        except NotSent as error:
            self._is("offline", str(error))
        else:
            self._is("ready")

    def _is(self, state: str, reason: str = "") -> None:
        """The printer was found to be so; when to look again."""
        if state != self._state:
            log.log(logging.INFO if state == "ready" else logging.WARNING,
                    "printer %s is %s%s", self._connection.id, state, f": {reason}" if reason else "")
        self._state, self._reason = state, reason
        # One that stopped midway is looked at at once: it may just have been switched off and on.
        pause = {"ready": KNOCK_READY_S, "offline": KNOCK_OFFLINE_S}.get(state, 0.0)
        self._next_knock_s = clock_s() + pause

    def _tell(self) -> None:
        """Tell the server how the printer is, if it does not know. Raises Unreachable or Refused."""
        news = (self._state, self._reason)
        if news != self._told:
            body = {"state": self._state} | ({"reason": self._reason} if self._reason else {})
            self._ask(f"/printers/{self._connection.id}/status", body, ANSWER_S)
            self._told = news

    def _print(self, job: dict[str, Any], answer: Answer) -> None:
        """One job, from its slip to the report."""
        lease_s, expiry_s = answer.until(job["lease_until"]), answer.until(job["expires_at"])
        state, reason = self._outcome(job, min(lease_s, expiry_s))
        self._report(job["id"], state, reason, max(lease_s, expiry_s))

    def _outcome(self, job: dict[str, Any], end_s: float) -> tuple[str, str]:
        """What became of a job that must be sent before `end_s`: sent, failed or unknown, and why."""
        if job["id"] in self._untold and (self._untold[job["id"]] == "sent" or not job["copy"]):
            # The report was lost and the job came back: it is on paper already.
            return self._untold[job["id"]], ""
        try:
            data = lay_out(job["slip"], width_mm=self._connection.width_mm, profile=self._connection.profile)
        except Exception as error:
            log.exception("printer %s: job %s could not be laid out", self._connection.id, job["id"])
            return "failed", f"the slip could not be laid out: {error!r}"
        if clock_s() >= end_s:
            return "failed", "too late to be printed"
        try:
            self._driver.send(data)
        except NotSent as error:
            self._is("offline", str(error))
            return "failed", str(error)
        except Interrupted as error:
            self._is("error", str(error))
            return self._remember(job, "unknown"), str(error)
        except Exception as error:
            log.exception("printer %s: job %s went wrong", self._connection.id, job["id"])
            return self._remember(job, "unknown"), repr(error)
        self._is("ready")
        return self._remember(job, "sent"), ""

    def _remember(self, job: dict[str, Any], state: str) -> str:
        """Keep in mind that this job's first byte has left, for as long as the server has not taken the report."""
        self._untold[job["id"]] = state
        while len(self._untold) > _REMEMBERED:
            self._untold.popitem(last=False)
        return state

    def _report(self, job: object, state: str, reason: str, end_s: float) -> None:
        """Report until the server has it, or until `end_s`, when it no longer asks. Nothing is raised."""
        body, key = {"state": state} | ({"reason": reason} if reason else {}), uuid4().hex
        while True:
            try:
                self._ask(f"/print-jobs/{job}/report", body, ANSWER_S, key=key)
                self._untold.pop(job, None)
                return
            except Unreachable as error:
                self._back_off(str(error))
            except Refused as error:
                if error.status < 500 and error.status not in (401, 403, 429):
                    log.warning("printer %s: report of job %s as %s: %s", self._connection.id, job, state, error)
                    return
                self._refused(error)
            if self._stop_asked.is_set():
                end_s = min(end_s, clock_s() + LAST_WORDS_S)
            if clock_s() >= end_s:
                log.error("printer %s: job %s is %s; the server could not be told", self._connection.id, job, state)
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
