"""A printer without paper: it listens on TCP, reads ESC/POS and shows each slip as text and picture.

For the demo, the tests and training. It behaves as an Epson TM-T20 or TM-T88 does: a receive buffer, one connection at
a time, status answered in real time and in turn, and whatever goes wrong with printers goes wrong with it on demand.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image

from printers.engine import Engine
from printers.faults import Health
from printers.profiles import NOMINAL_DOTS, code_pages
from printers.reception import Reception
from printers.status import State
from printers.tray import KEPT, Slip, Tray

__all__ = ["Slip", "VirtualPrinter"]

BUFFER_BYTES = 4096


class VirtualPrinter:
    """A printer of 80 or 58 mm paper on `port` of this machine (0: a free one, known once it is started).

    Each slip is saved in `folder`, if one is given, as NNNN.png, NNNN.txt and NNNN.bin, and told to `on_slip`, on the
    printer's own thread; `profile` is the python-escpos profile whose code pages it has. `buffer_bytes` is the size of
    the receive buffer, `printing_mm_s` how fast paper moves (0: at once). It can be stopped and started again on the
    same port: then its buffer is empty, its paper and its faults are as they were. Any thread may use all of it.
    Raises ValueError.
    """

    def __init__(
        self, port: int = 0, folder: Path | None = None, width_mm: Literal[80, 58] = 80, *, profile: str = "default",
        host: str = "127.0.0.1", buffer_bytes: int = BUFFER_BYTES, printing_mm_s: float = 0.0,
        on_slip: Callable[[Slip], None] | None = None,
    ) -> None:
        self._changed = threading.Condition()
        self._health = Health()
        self._tray = Tray(folder)
        self._slips: deque[Slip] = deque(maxlen=KEPT)
        self._on_slip = on_slip
        self._engine = Engine(
            self._changed, self._health, lambda: self._reception.wake(), NOMINAL_DOTS[width_mm], code_pages(profile),
            self._let_fall, buffer_bytes=buffer_bytes, printing_mm_s=printing_mm_s,
        )  # fmt: skip
        self._reception = Reception(self._changed, self._health, (host, port), self._engine.room, self._engine.put)

    def start(self) -> None:
        """Switch on. Raises OSError where the port is taken."""
        self._reception.start()
        self._engine.start()

    def stop(self) -> None:
        """Switch off: the connection breaks, what was received and not printed is lost; the paper stays as it is."""
        self._engine.stop()
        self._reception.stop()

    def __enter__(self) -> VirtualPrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # What goes wrong. Faults add up, hold when the call returns, and stay until repair().

    def paper_low(self) -> None:
        """The roll is nearly used up; it prints on."""
        with self._change() as health:
            if health.paper != "out":
                health.paper = "low"

    def paper_out(self) -> None:
        """The roll is used up, now."""
        with self._change() as health:
            health.paper, health.dots_left = "out", None

    def paper_out_after(self, dots: int) -> None:
        """So many rows are left (8 are 1 mm): it stops before the line that needs more."""
        with self._change() as health:
            health.dots_left = dots

    def open_cover(self) -> None:
        """Someone opens the cover."""
        with self._change() as health:
            health.cover_open = True

    def jam_cutter(self) -> None:
        """The knife is stuck: an error that a person must clear."""
        with self._change() as health:
            health.cutter_jammed = True

    def hang(self) -> None:
        """It accepts connections and does nothing else: reads nothing, prints nothing, answers nothing."""
        with self._change() as health:
            health.hung = True

    def mute(self) -> None:
        """It prints and answers nothing."""
        with self._change() as health:
            health.mute = True

    def garbage(self) -> None:
        """Whatever it is asked, it answers nonsense."""
        with self._change() as health:
            health.garbage = True

    def slow(self, bytes_per_s: float) -> None:
        """Commands are carried out so slowly. Raises ValueError."""
        if not bytes_per_s > 0:
            raise ValueError("a slow printer takes more than 0 bytes a second")
        with self._change() as health:
            health.bytes_per_s = bytes_per_s

    def drop_after(self, count: int) -> None:
        """The connection, or the next one, is reset after `count` bytes more; this happens once."""
        with self._change() as health:
            health.drop_in = count

    def refuse(self) -> None:
        """New connections are refused; one that is open goes on."""
        with self._change() as health:
            health.refusing = True

    def repair(self) -> None:
        """All is well: a new roll, the cover shut, listening. What lies in the buffer is printed."""
        with self._change() as health:
            health.repair()

    # How it is.

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._reception.address[1]

    @property
    def state(self) -> State:
        """What its sensors say, the worst of it; faults of the line are not in it."""
        with self._changed:
            return self._health.state

    @property
    def condition(self) -> str:
        """All that is wrong with it, in words for people."""
        with self._changed:
            return self._health.words

    @property
    def slips(self) -> Sequence[Slip]:
        """The newest slips, oldest first."""
        with self._changed:
            return tuple(self._slips)

    @property
    def received(self) -> int:
        """Bytes received since the beginning."""
        return self._reception.received

    @property
    def processed(self) -> int:
        """Bytes of commands carried out since the beginning; real-time commands are not among them."""
        return self._engine.processed

    @property
    def buffered(self) -> int:
        """Bytes received and not yet carried out."""
        with self._changed:
            return self._engine.buffered + self._reception.begun

    @property
    def questions(self) -> int:
        """Real-time commands received since the beginning, answered or not."""
        return self._reception.questions

    @property
    def connections(self) -> int:
        """Connections accepted since the beginning."""
        return self._reception.connections

    @property
    def connected(self) -> bool:
        """A connection is being served."""
        return self._reception.connected

    @property
    def dots_printed(self) -> int:
        """Rows of paper moved since the beginning."""
        return self._engine.dots_printed

    def wait_for_slips(self, count: int, timeout_s: float) -> Sequence[Slip]:
        """The slips once there are `count` of them. Raises TimeoutError after `timeout_s` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._slips) >= count, timeout_s):
                raise TimeoutError(f"{len(self._slips)} of {count} slips after {timeout_s:g} s")
            return tuple(self._slips)

    def wait_for(self, predicate: Callable[[VirtualPrinter], bool], timeout_s: float) -> None:
        """Wait until something is so, looked at at every change. Raises TimeoutError after `timeout_s` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: predicate(self), timeout_s):
                raise TimeoutError(f"not within {timeout_s:g} s; the printer: {self.condition}, {self.received} bytes "
                                   f"received, {self.buffered} in the buffer, {len(self.slips)} slips")  # fmt: skip

    @contextmanager
    def _change(self) -> Iterator[Health]:
        with self._changed:
            yield self._health
            self._changed.notify_all()
            self._reception.settle()

    def _let_fall(self, text: str, picture: Image.Image, data: bytes) -> None:
        slip = self._tray.drop(text, picture, data)
        with self._changed:
            self._slips.append(slip)
            self._changed.notify_all()
        if self._on_slip is not None:
            self._on_slip(slip)
