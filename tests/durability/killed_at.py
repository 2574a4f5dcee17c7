"""`antrean` that dies by SIGKILL at a moment: the n-th time that it is about to touch a file's name or the disk.

Run with the number of the moment; beyond the last one it ends as usual. Small transactions make many moments.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import server.cli.archiving as archiving
import server.store.archive as archive
from server.__main__ import main

left = int(sys.argv.pop(1))


def moment() -> None:
    """One thing more is about to happen."""
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


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
    sys.argv[0] = "antrean"
    main(prog_name="antrean")
