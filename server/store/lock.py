"""The data folder's lock: one process owns the folder, and whoever comes second is told who has it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Locked(Exception):
    """Another process owns the data folder."""


class FolderLock:
    """An exclusive lock on a data folder, held until the process and all its children are gone."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises Locked, with words, when another process has it; OSError where there can be none."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "lock"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            raise Locked(
                f"the data folder {folder} is in use by another antrean (process {owner or 'unknown'})"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        os.set_inheritable(self._file, True)

    def release(self) -> None:
        """Let the folder go."""
        os.close(self._file)
