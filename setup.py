"""What setup.cfg cannot say: a wheel holds the shipped config.toml, and never goes out without the browser's files."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

ROOT = Path(__file__).parent


class BuildWithPages(build_py):
    """Copies the packages, and config.toml into `server`, where `antrean demo` finds it without a checkout."""

    def run(self) -> None:
        """Builds into `build_lib`. Raises SetupError when tools/vendor.py has not run."""
        if self.editable_mode:
            super().run()
            return
        if not (ROOT / "server" / "static" / "vendor" / "socket.io.esm.min.js").exists():
            raise SetupError("server/static/vendor is empty, the pages would not work: run `make vendor` first")
        super().run()
        self.copy_file(str(ROOT / "config.toml"), str(Path(self.build_lib) / "server" / "default_config.toml"))


setup(cmdclass={"build_py": BuildWithPages})
