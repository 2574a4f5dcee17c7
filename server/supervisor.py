"""`antrean run`: takes the data folder's lock, and keeps the web server and the print worker alive.

They are children of this small process, made by fork before any thread or connection exists.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import secrets
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from server.config import Settings
from server.store.lock import FolderLock
from server.store.sqlite import DATABASE, settle

log = logging.getLogger("antrean")

STOP_WITHIN_S = 4.2
KILLED_WITHIN_S = 0.4
STEADY_AFTER_S = 30.0
PAUSES_S = (0.2, 1.0, 3.0, 10.0)
ADDRESS_FILE = "server.json"
_PR_SET_PDEATHSIG = 1


class CannotListen(Exception):
    """The address is not free, or not this machine's."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CannotListen."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted connections inherit it: an answer in two writes would wait 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listener


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket for programs on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(slots=True)
class Child:
    """A process that is started again when it ends by itself."""

    name: str
    main: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    failures: int = 0
    due: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """The children of one `run`, and the daily backup."""

    settings: Settings
    folder: Path
    lock: FolderLock
    listener: socket.socket
    extra: list[Child] = field(default_factory=list)
    _stopping: bool = False

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; the exit code."""
        worker_token = secrets.token_urlsafe(32)
        url = address_of(self.listener)
        note = self.folder / ADDRESS_FILE
        note.write_text(json.dumps({"url": url, "pid": os.getpid()}))
        children = [Child("web server", lambda: self._web(worker_token))]
        if self.settings.printer:
            children.append(Child("print worker", lambda: self._print_worker(url, worker_token)))
        children += self.extra
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        backup = DailyBackup(self.settings, self.folder)
        try:
            self._keep(children, backup)
        finally:
            self._end({child.pid for child in children} | {backup.pid})
            note.unlink(missing_ok=True)
            self._settle()
        return 0

    def _stop(self, sig: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _keep(self, children: list[Child], backup: DailyBackup) -> None:
        while not self._stopping:
            now = time.monotonic()
            for child in children:
                if child.pid == 0 and now >= child.due:
                    self._start(child)
            backup.start_if_due()
            self._reap(children, backup)
            time.sleep(0.2)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.pid = fork(child.main, child.name)

    def _reap(self, children: list[Child], backup: DailyBackup) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            backup.ended(pid, status)
            for child in children:
                if child.pid == pid:
                    self._ended(child, status)

    def _ended(self, child: Child, status: int) -> None:
        child.pid = 0
        lasted = time.monotonic() - child.started
        child.failures = 0 if lasted > STEADY_AFTER_S else child.failures + 1
        pause_s = PAUSES_S[min(child.failures, len(PAUSES_S)) - 1] if child.failures else PAUSES_S[0]
        child.due = time.monotonic() + pause_s
        if not self._stopping:
            log.error("the %s ended (%s); it is started again", child.name, describe(status))

    def _end(self, running: set[int]) -> None:
        """End processes and wait until they are gone: they hold the lock until then."""
        running.discard(0)
        for how, within_s in ((signal.SIGTERM, STOP_WITHIN_S), (signal.SIGKILL, KILLED_WITHIN_S)):
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            deadline = time.monotonic() + within_s
            while running and time.monotonic() < deadline:
                pid = _reaped()
                running.discard(pid)
                if pid == 0:
                    time.sleep(0.02)

    def _settle(self) -> None:
        """Leave one file that holds everything: people copy it, and forget the -wal beside it."""
        try:
            settle(self.folder / DATABASE)
        except sqlite3.Error as error:
            log.warning("the database's -wal stays beside it: %s", error)

    def _web(self, worker_token: str) -> None:
        from server.wsgi import serve

        serve(self.settings, self.folder, self.listener, worker_token)

    def _print_worker(self, url: str, worker_token: str) -> None:
        from printers.worker import run_worker

        self.listener.close()
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda sig, frame: stop.set())
        run_worker(
            server_url=url,
            token=worker_token,
            connections=self.settings.printer,
            stop=stop,
            paper_folder=self.folder / "paper",
            timeout_s=self.settings.printing.timeout_s,
        )


def fork(main: Callable[[], None], name: str) -> int:
    """Run `main` in a child process that does not outlive this one; the child's process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group: the parent tells us
        die_with(parent)
        main()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        log.exception("the %s failed", name)
    finally:
        sys.stderr.flush()
        os._exit(code)


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent is gone, however that goes (Linux only).

    By SIGKILL: a request to leave could come while nobody listens yet, and a web server left over
    would write beside its successor. What was answered is on disk all the same.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _reaped() -> int:
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


def describe(status: int) -> str:
    """Words for how a process ended."""
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


class DailyBackup:
    """Starts the day's backup, and the archiving after it, at the set time, in a process of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._zone = ZoneInfo(settings.hall.timezone)
        self._done: date | None = None
        self.pid = 0
        """Of the backup that is under way, or 0."""

    def start_if_due(self) -> None:
        """Start it once a day, from the set time on; after a start that was too late, at once."""
        now = datetime.now(self._zone)
        if self.pid or self._done == now.date() or now.strftime("%H:%M") < self._settings.backup.at:
            return
        self._done = now.date()
        self.pid = fork(lambda: self._run(now.date()), "daily backup")

    def _run(self, day: date) -> None:
        from server.store.backup import daily

        set_ = self._settings.backup
        folder = Path(set_.folder) if set_.folder else self._folder / "backups"
        second = Path(set_.second_folder) if set_.second_folder else None
        for path in daily(self._folder / DATABASE, folder, second, day, set_.keep_days):
            log.info("daily backup: %s", path)
        if self._settings.retention.archive_after_months:
            from server.cli.archiving import archive_months

            for made in archive_months(self._settings, self._folder):
                log.info("archived: the events of %s, %s to %s", made.month, made.first, made.last)

    def ended(self, pid: int, status: int) -> None:
        """A child of the supervisor has ended; say so if it was the backup and it failed."""
        if pid == self.pid:
            self.pid = 0
            if status:
                log.error("the daily backup failed (%s); see the lines above", describe(status))
