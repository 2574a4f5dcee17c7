"""The set-up: a wheel holds everything that runs, is never built without the pages' scripts, and needs no checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("counter", "display", "kiosk", "printers", "server")
SOURCES = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md", "CHANGELOG.md", "Makefile",
           "config.toml", "package.json", "package-lock.json")
VENDOR = "server/static/vendor"


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """`python -m build`: the source archive, and the wheel out of that archive."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that it leaves nothing behind in the checkout."""
    copy = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", ".*.swp"))
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    done = build(source, out)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed in it, away from the checkout."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, "--disable-pip-version-check", str(wheel)], check=True, stdin=subprocess.DEVNULL)
    return target


def run_installed(target: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with the installed packages before all others, in a folder where nothing is."""
    empty = target.parent / "elsewhere"
    empty.mkdir(exist_ok=True)
    environ = {**os.environ, "PYTHONPATH": str(target)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=empty, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_the_wheel_holds_every_file_of_the_packages_and_the_shipped_hall(source: Path, wheel: Path) -> None:
    expected = {
        path.relative_to(source).as_posix()
        for package in PACKAGES for path in (source / package).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected | {"server/default_config.toml"}
    assert {f"{VENDOR}/socket.io.esm.min.js", f"{VENDOR}/lucide.svg", "server/texts/id.json"} <= held


def test_the_wheel_runs_without_the_checkout(installed: Path) -> None:
    done = run_installed(installed, "-m", "server", "--help")
    assert done.returncode == 0, done.stderr
    assert {"run", "demo", "check"} <= set(done.stdout.split())


def test_the_wheel_finds_the_hall_that_it_ships(installed: Path) -> None:
    text = "from server.config import load, shipped; print(shipped(), len(load(None, {}).hall.services), sep='|')"
    done = run_installed(installed, "-c", text)
    assert done.returncode == 0, done.stderr
    path, services = done.stdout.strip().split("|")
    assert Path(path) == installed / "server" / "default_config.toml"
    assert int(services) >= 45


def test_without_the_pages_scripts_no_wheel_is_built(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "source"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("vendor", "build", "*.egg-info"))
    done = build(copy, tmp_path / "dist")
    assert done.returncode != 0
    said = [line for line in (done.stdout + done.stderr).splitlines() if "make vendor" in line]
    assert said == ["error: server/static/vendor is empty, the pages would not work: run `make vendor` first"]
    assert not list((tmp_path / "dist").glob("*.whl"))


def test_the_vendor_folder_holds_what_the_pages_load_and_its_licences() -> None:
    names = {path.name for path in (ROOT / VENDOR).iterdir()}
    assert names == {
        ".stamp", "socket.io.esm.min.js", "socket.io.LICENSE.txt", "lucide.svg", "lucide.LICENSE.txt",
        "uplot.esm.js", "uplot.css", "uplot.LICENSE.txt",
        "atkinson-hyperlegible-next.woff2", "atkinson-hyperlegible-next-latin-ext.woff2",
        "atkinson-hyperlegible-next.LICENSE.txt",
    }


def test_the_lock_file_pins_every_script_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages and all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_make_and_ci_offer_what_the_readme_promises() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test", "bench", "soak", "vendor", "clean"} <= targets
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text("utf-8").splitlines()
