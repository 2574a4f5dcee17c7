"""`antrean` that dies by SIGKILL at a moment: the n-th time that it is about to touch a file's name or the disk.

Each line that it is given, `N ARGUMENT...` as JSON, is a run of its own in a forked process, killed at its n-th moment;
beyond the last one it ends as usual. It answers with how each ended. Small transactions make many moments.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import server.cli.archiving as archiving
import server.store.archive as archive
from server.__main__ import main

left = 0


def moment() -> None:
    """One thing more is about to happen."""
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def run(arguments: list[str]) -> int:
    """A run in a process of its own: its exit code, or minus the signal that ended it."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        main(arguments, prog_name="antrean")
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        os._exit(code)


def with_moments(do: Callable[..., Any]) -> Callable[..., Any]:
    def doing(*args: Any, **more: Any) -> Any:
        moment()
        done = do(*args, **more)
        moment()
        return done

    return doing


if __name__ == "__main__":
    for module, name in ((os, "fsync"), (os, "rename"), (archive, "_line"), (archive, "walk")):
        setattr(module, name, with_moments(getattr(module, name)))
    for name in ("write_offline", "through_server_or_alone"):
        setattr(archiving, name, with_moments(getattr(archiving, name)))
    archiving.TRIM_AT_ONCE = 7
    for line in sys.stdin:
        left, *given = json.loads(line)
        print(run(given), flush=True)
