"""A power cut cannot be tried here; what the kernel was asked for can: the log is synced before an answer leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.store.sqlite import DATABASE
from tests.durability.folders import roomy
from tests.harness import RunningHall, write_config

CALLS = "fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg"
LINE = re.compile(r"^(?P<pid>\d+)\s+(?P<call>\w+)\((?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<pid>\d+)\s+<\.\.\. (?P<call>\w+) resumed>(?P<rest>.*)$")
UNFINISHED = "<unfinished ...>"


@dataclass(frozen=True)
class Call:
    """A system call of one of the server's threads: as it was begun, or as it came back."""

    name: str
    what: str
    begun: bool
    done: bool


def calls(trace: Path) -> Iterator[Call]:
    """What strace saw, in its order; a call that others interrupted is there twice, begun and done."""
    begun: dict[str, str] = {}
    for line in trace.read_text(errors="replace").splitlines():
        if (found := RESUMED.match(line)) is not None:
            yield Call(found["call"], begun.pop(found["pid"]) + found["rest"], False, True)
        elif (found := LINE.match(line)) is not None:
            unfinished = found["rest"].endswith(UNFINISHED)
            if unfinished:
                begun[found["pid"]] = found["rest"]
            yield Call(found["call"], found["rest"], True, not unfinished)


def may_trace() -> str | None:
    """Why this machine lets nobody trace, None where it does."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    tried = subprocess.run([strace, "-f", "-o", os.devnull, sys.executable, "-c", ""], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"this machine does not permit ptrace: {tried.stderr.strip()}"


@pytest.mark.soak
def test_the_log_is_synced_before_the_answer_leaves(tmp_path: Path) -> None:
    reason = may_trace()
    if reason is not None:
        pytest.skip(reason)
    trace = tmp_path / "trace"
    config = write_config(tmp_path / "config.toml", roomy())
    hall = RunningHall(tmp_path, config, environ={"ANTREAN_LIMITS_TICKETS_PER_SECOND": "0"})
    hall.program = ("strace", "-f", "-qq", "-y", "-s", "48", "-e", f"trace={CALLS}", "-o", str(trace),
                    sys.executable, "-m", "server")  # fmt: skip
    hall.start()
    try:
        kiosk = hall.client("kiosk", "kiosk-1")
        for n in range(50):
            kiosk.do("/tickets", {"services": ["one"]}, key=f"press-{n}")
        os.kill(json.loads((hall.data / "server.json").read_text())["pid"], signal.SIGTERM)
        assert hall.process is not None
        hall.process.wait(30)
    finally:
        if hall.process is not None and hall.process.poll() is None:
            hall.kill()
    written = synced = answers = 0
    log = f"/{DATABASE}-wal>"
    for call in calls(trace):
        if call.name == "pwrite64" and log in call.what and call.begun:
            written, synced = written + 1, 0
        if call.name in ("fsync", "fdatasync") and log in call.what and call.done:
            assert re.search(r"= 0$", call.what), call.what
            synced += 1
        if call.name in ("sendto", "sendmsg", "write", "writev") and call.begun and "HTTP/1.1 201" in call.what:
            answers += 1
            assert written, "an answer to a command that wrote nothing"
            assert synced, f"answer {answers} left before the log was synced"
            written = 0
    assert answers >= 50, "strace saw every answer"
