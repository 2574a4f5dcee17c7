"""The folder of pictures and videos that boards show beside the calls."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

log = logging.getLogger("antrean.media")

KINDS = {
    ".jpg": ("picture", "image/jpeg"), ".jpeg": ("picture", "image/jpeg"), ".png": ("picture", "image/png"),
    ".webp": ("picture", "image/webp"), ".svg": ("picture", "image/svg+xml"),
    ".mp4": ("video", "video/mp4"), ".webm": ("video", "video/webm"),
}  # fmt: skip
"""What is shown, by the end of its name: kind, and content type."""
MOST_FILES = 200
LOOK_EVERY_S = 30.0
WHERE = "/display/media/"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or a video; `version` is another one once the file has changed."""

    name: str
    kind: str
    mimetype: str
    version: str

    def view(self) -> dict[str, Any]:
        """As boards are told of it."""
        return {"name": self.name, "kind": self.kind, "href": f"{WHERE}{quote(self.name, safe='')}?v={self.version}"}


class MediaFolder:
    """What is in the folder, looked up again at most every 30 s; None is a folder without anything in it."""

    def __init__(self, folder: Path | None, now_s: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._now_s = folder, now_s
        self._files: dict[str, MediaFile] = {}
        self._looked_s: float | None = None
        self._said = ""
        self._broken: dict[str, frozenset[str]] = {}

    def look(self, offload: Callable[..., Any]) -> None:
        """Look what is there now, by `offload`, if the last look was too long ago."""
        now_s = self._now_s()
        if self._folder is None or (self._looked_s is not None and now_s - self._looked_s < LOOK_EVERY_S):
            return
        self._looked_s = now_s  # at once: whoever asks while this one looks goes by what was known
        self._files = offload(self._scan)

    def files(self) -> list[MediaFile]:
        """All of them, in the order of their names."""
        return list(self._files.values())

    def version(self) -> str:
        """A text that is another one once anything in the folder has changed."""
        known = repr([(file.name, file.version) for file in self._files.values()])
        return hashlib.sha256(known.encode()).hexdigest()[:12]

    def find(self, name: str) -> tuple[Path, MediaFile] | None:
        """A file by its name, which leads nowhere but to what was seen in the folder."""
        file = self._files.get(name)
        return None if file is None or self._folder is None else (self._folder / name, file)

    def told_broken(self, board: str, hrefs: Iterable[str]) -> None:
        """These are all that a board cannot show; in memory: it tells them again after a restart."""
        self._broken[board] = frozenset(hrefs) & {file.view()["href"] for file in self._files.values()}

    def broken(self) -> list[dict[str, Any]]:
        """The files that some board cannot show, each with those boards; a file that was replaced is another one."""
        found = [(file.name, self._without(file)) for file in self._files.values()]
        return [{"name": name, "boards": boards} for name, boards in found if boards]

    def _without(self, file: MediaFile) -> list[str]:
        return sorted(board for board, hrefs in self._broken.items() if file.view()["href"] in hrefs)

    def _scan(self) -> dict[str, MediaFile]:
        assert self._folder is not None
        try:
            with os.scandir(self._folder) as entries:
                found = [file for entry in entries if (file := _file(entry)) is not None]
        except FileNotFoundError:
            return {}  # a hall without media has no such folder
        except OSError as error:
            self._say(f"{self._folder} cannot be read: {error.strerror}")
            return self._files
        if len(found) > MOST_FILES:
            self._say(f"{self._folder} has more than {MOST_FILES} pictures and videos; the first ones are shown")
        return {file.name: file for file in sorted(found, key=lambda file: file.name)[:MOST_FILES]}

    def _say(self, words: str) -> None:
        """Once, for as long as it is the same."""
        if words != self._said:
            log.warning("%s", words)
        self._said = words


def _file(entry: os.DirEntry[str]) -> MediaFile | None:
    """An entry of the folder as a file to show; None for what is hidden, a link, or something else."""
    known = KINDS.get(os.path.splitext(entry.name)[1].lower())
    if known is None or entry.name.startswith(".") or not entry.name.isprintable():
        return None
    if not entry.is_file(follow_symlinks=False):
        return None
    status = entry.stat(follow_symlinks=False)
    version = hashlib.sha256(f"{status.st_mtime_ns} {status.st_size}".encode()).hexdigest()[:10]
    return MediaFile(entry.name, *known, version)
