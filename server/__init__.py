"""Everything behind the screens: the queue, its store, its API and the command line."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("antrean")
except PackageNotFoundError:  # run from an unpacked tree that was never installed
    VERSION = "0+unknown"
