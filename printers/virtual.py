"""A printer without paper: a TCP listener that reads ESC/POS and shows each slip as text and picture.

For the demo, the tests and training. Like most receipt printers it serves one connection at a time, goes on with the
paper where the last one stopped, and answers status requests; it is always ready.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image

from printers.decoder import Decoder
from printers.profiles import NOMINAL_DOTS, code_pages

log = logging.getLogger(__name__)

KEPT = 200
"""Slips kept, in memory and in the folder."""

_HOST = "127.0.0.1"
_SILENCE_S = 30.0
"""A connection that says nothing for so long is closed, or the next one would wait for ever."""


@dataclass(frozen=True)
class Slip:
    """One slip as it fell: its lines, its picture as PNG, the bytes that made it, when it was cut (UTC)."""

    number: int
    text: str
    png: bytes
    data: bytes
    received_at: datetime

    @property
    def picture(self) -> Image.Image:
        """The slip in greys, white paper, as wide as the printer prints."""
        return Image.open(BytesIO(self.png)).convert("L")


class VirtualPrinter:
    """A printer of 80 or 58 mm paper on `port` of this machine (0: a free one, known once it is started).

    Each slip is saved in `folder`, if one is given, as NNNN.png, NNNN.txt and NNNN.bin; `profile` is the python-escpos
    profile whose code pages it has. It can be stopped and started again on the same port. Raises ValueError.
    """

    def __init__(
        self, port: int = 0, folder: Path | None = None, width_mm: Literal[80, 58] = 80, *, profile: str = "default"
    ) -> None:
        self.port = port
        self._folder = folder
        self._slips: deque[Slip] = deque(maxlen=KEPT)
        self._fallen = threading.Condition()
        self._connection: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._decoder = Decoder(NOMINAL_DOTS[width_mm], code_pages(profile), self._answer, self._keep)
        self._count = self._last_saved()

    @property
    def slips(self) -> Sequence[Slip]:
        """The newest slips, oldest first."""
        with self._fallen:
            return tuple(self._slips)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        listener = socket.create_server((_HOST, self.port))
        self.port = listener.getsockname()[1]
        self._listener, self._stopping = listener, False
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="virtual-printer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hang up and stop listening; the paper stays as it is."""
        self._stopping = True
        thread = self._thread
        while thread is not None and thread.is_alive():
            # Again and again, for a connection may just be coming in.
            for opened in (self._listener, self._connection):
                if opened is not None:
                    with contextlib.suppress(OSError):  # it may just have been closed, by either side
                        opened.shutdown(socket.SHUT_RDWR)
            thread.join(0.02)
        self._listener = self._thread = None

    def wait_for_slips(self, count: int, timeout_s: float) -> Sequence[Slip]:
        """The slips once there are `count` of them. Raises TimeoutError after `timeout_s` seconds."""
        with self._fallen:
            if not self._fallen.wait_for(lambda: len(self._slips) >= count, timeout_s):
                raise TimeoutError(f"{len(self._slips)} of {count} slips after {timeout_s:g} s")
            return tuple(self._slips)

    def __enter__(self) -> VirtualPrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            while not self._stopping:
                try:
                    self._connection, _ = listener.accept()
                except OSError:  # stop() has shut the listener
                    return
                with self._connection:
                    self._read(self._connection)
                self._connection = None

    def _read(self, connection: socket.socket) -> None:
        connection.settimeout(_SILENCE_S)
        try:
            while data := connection.recv(65536):
                self._decoder.feed(data)
        except OSError as error:
            log.info("virtual printer on port %d: %s", self.port, error)
        except Exception:
            # Whatever is sent to it, a printer stays a printer.
            log.exception("virtual printer on port %d could not read what it was sent", self.port)
        self._decoder.hang_up()

    def _answer(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.sendall(data)

    def _keep(self, text: str, picture: Image.Image, data: bytes) -> None:
        png = BytesIO()
        picture.save(png, "PNG", optimize=True)
        self._count += 1
        slip = Slip(self._count, text, png.getvalue(), data, datetime.now(UTC))
        if self._folder is not None:
            try:
                self._save(self._folder, slip)
            except OSError as error:
                log.error("slip %d could not be saved: %s", slip.number, error)
        with self._fallen:
            self._slips.append(slip)
            self._fallen.notify_all()

    def _save(self, folder: Path, slip: Slip) -> None:
        """The picture comes last: who sees it finds the rest beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in (("bin", slip.data), ("txt", slip.text.encode()), ("png", slip.png)):
            unfinished = folder / f".{slip.number:04d}.{ending}"
            unfinished.write_bytes(content)
            os.replace(unfinished, folder / f"{slip.number:04d}.{ending}")
        for path in folder.glob("*.*"):
            if path.stem.isdecimal() and int(path.stem) <= slip.number - KEPT:
                path.unlink(missing_ok=True)

    def _last_saved(self) -> int:
        if self._folder is None or not self._folder.is_dir():
            return 0
        return max((int(path.stem) for path in self._folder.glob("*.*") if path.stem.isdecimal()), default=0)
