"""The process that reckons: reads the database for reports, so that counting years never holds up the hall.

`python -m server.report_worker DATABASE NICE`: its standard input is a socket that questions come from and answers go
to; it ends when that is closed, or when nothing was asked for ten minutes.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from server.catalogue import Catalogues
from server.reckoner import Failed, receive, send
from server.reports.answers import ANSWERS
from server.store.sqlite import ReadOnlyStore
from server.wire import encode

log = logging.getLogger("antrean.figures")

GARBAGE = 200_000
IDLE_S = 600.0


def main(database: Path, nice: int) -> None:
    """Answer questions until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it by closing the socket
    os.nice(nice)
    if nice and hasattr(os, "SCHED_IDLE"):  # gives its processor up to the hall at once, not at the end of its slice
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    gc.set_threshold(GARBAGE)
    asking = socket.socket(fileno=os.dup(0))
    asking.settimeout(IDLE_S)
    catalogues = Catalogues()
    with asking, closing(ReadOnlyStore(database)) as store:
        while True:
            try:
                name, asked = receive(asking)
                send(asking, _answered(store, catalogues, name, asked))
            except (EOFError, OSError):  # nobody waits for answers any more
                return


def _answered(store: ReadOnlyStore, catalogues: Catalogues, name: str, asked: dict[str, Any]) -> Any:
    """The answer, or Failed with words; all of it is of one moment.

    Where a `head` is given, the answer's rows are put under it as JSON text: thousands of figures are written here and
    not in the web server.
    """
    try:
        with store.read() as reader:
            head = asked.pop("head", None)
            found = ANSWERS[name](reader, catalogues.hall(reader), **asked)
        if head is None or isinstance(found, bytes):
            return found
        return encode({**head, **(found if isinstance(found, dict) else {"rows": found})})
    except Exception as error:  # told to whoever asked: the next question has nothing to do with it
        log.exception("the report %s could not be made", name)
        return Failed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
