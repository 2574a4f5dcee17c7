"""Where the virtual printer's slips fall: counted and, where there is a folder, kept in files."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

log = logging.getLogger(__name__)

KEPT = 200
"""Slips kept, the newest, in memory and in the folder."""


@dataclass(frozen=True)
class Slip:
    """One slip as it fell: its lines, its picture as PNG, the bytes that made it, when it was cut (UTC).

    `path` is where the picture was saved, None where it was not.
    """

    number: int
    text: str
    png: bytes
    data: bytes
    received_at: datetime
    path: Path | None = None

    @property
    def picture(self) -> Image.Image:
        """The slip in greys, white paper, as wide as the printer prints."""
        return Image.open(BytesIO(self.png)).convert("L")


class Tray:
    """Counts slips as they fall and saves each in `folder`, if one is given, as NNNN.png, NNNN.txt and NNNN.bin."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._count = self._last_saved()

    def drop(self, text: str, picture: Image.Image, data: bytes) -> Slip:
        """The slip that fell; where it cannot be saved the log says so."""
        png = BytesIO()
        picture.save(png, "PNG", optimize=True)
        self._count += 1
        path = self._save(self._count, {"bin": data, "txt": text.encode(), "png": png.getvalue()})
        return Slip(self._count, text, png.getvalue(), data, datetime.now(UTC), path)

    def _save(self, number: int, contents: dict[str, bytes]) -> Path | None:
        """Write the files, the picture last: who sees it finds the rest beside it. The picture's path."""
        if self._folder is None:
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for ending, content in contents.items():
                unfinished = self._folder / f".{number:04d}.{ending}"
                unfinished.write_bytes(content)
                os.replace(unfinished, self._folder / f"{number:04d}.{ending}")
            for path in self._folder.glob("*.*"):
                if path.stem.isdecimal() and int(path.stem) <= number - KEPT:
                    path.unlink(missing_ok=True)
        except OSError as error:
            log.error("slip %d could not be saved: %s", number, error)
            return None
        return self._folder / f"{number:04d}.png"

    def _last_saved(self) -> int:
        if self._folder is None or not self._folder.is_dir():
            return 0
        return max((int(path.stem) for path in self._folder.glob("*.*") if path.stem.isdecimal()), default=0)
