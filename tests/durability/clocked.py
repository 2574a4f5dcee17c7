"""`antrean` on a machine whose wall clock is off by as many ms as the file named by CLOCK_OFF_FILE says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from server.__main__ import main
from server.clock import Clock

OFF_FILE = "CLOCK_OFF_FILE"
_right_ms = Clock.now_ms


def _now_ms(self: Clock) -> int:
    return _right_ms(self) + int(Path(os.environ[OFF_FILE]).read_text())


if __name__ == "__main__":
    setattr(Clock, "now_ms", _now_ms)  # noqa: B010 - children are forked: it is set for them too
    sys.argv[0] = "antrean"
    main(prog_name="antrean")
