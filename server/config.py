"""config.toml and the environment, as frozen settings; every problem is told at once, each with its path.

The catalogue of the hall is read by `server.hall_file`, the tables of the machine are in `server.sections`. Every
setting of a single table can be overridden by an environment variable, `ANTREAN_<SECTION>_<KEY>`; docs/settings.md
lists all.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin, get_type_hints

from pydantic import Field, TypeAdapter

from server.document_rows import ids, rows
from server.domain.hall import Hall
from server.hall_file import HallDocument, HallTable, hall_document, parse_hall, problems, to_toml
from server.hall_rules import broken_rules
from server.sections import (
    Backup,
    Boards,
    CupsConnection,
    FileConnection,
    Limits,
    NetworkConnection,
    PrinterConnection,
    Printing,
    Reports,
    Retention,
    SerialConnection,
    Server,
    Slip,
    SlipPart,
    Survey,
    UsbConnection,
    VirtualConnection,
    Voice,
)
from server.shape import ConfigProblems, Problem, read
from server.slip_rules import slip_problems
from server.voice_rules import voice_problems

__all__ = [
    "Backup", "Boards", "ConfigProblems", "CupsConnection", "FileConnection", "Limits", "NetworkConnection",
    "PrinterConnection", "Printing", "Reports", "Retention", "SerialConnection", "Server", "Settings", "Slip",
    "SlipPart", "Survey", "UsbConnection", "VirtualConnection", "Voice", "hall_document", "load", "load_printers",
    "parse_hall", "problems", "shipped", "to_toml",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document(HallDocument):
    """All of config.toml."""

    server: Server = field(default_factory=Server)
    limits: Limits = field(default_factory=Limits)
    backup: Backup = field(default_factory=Backup)
    retention: Retention = field(default_factory=Retention)
    reports: Reports = field(default_factory=Reports)
    printing: Printing = field(default_factory=Printing)
    slip: Slip = field(default_factory=Slip)
    boards: Boards = field(default_factory=Boards)
    survey: Survey = field(default_factory=Survey)
    voice: Voice = field(default_factory=Voice)
    printer: tuple[Annotated[PrinterConnection, Field(discriminator="driver")], ...] = ()


@dataclass(frozen=True, slots=True)
class _PrintersDocument:
    """What a machine must know that only prints."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    printing: Printing = field(default_factory=Printing)
    printer: tuple[Annotated[PrinterConnection, Field(discriminator="driver")], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that config.toml and the environment say; `source` is the file, absolute."""

    hall: Hall
    always_open: bool = False
    server: Server = field(default_factory=Server)
    limits: Limits = field(default_factory=Limits)
    backup: Backup = field(default_factory=Backup)
    printing: Printing = field(default_factory=Printing)
    slip: Slip = field(default_factory=Slip)
    survey: Survey = field(default_factory=Survey)
    voice: Voice = field(default_factory=Voice)
    printer: tuple[PrinterConnection, ...] = ()
    boards: Boards = field(default_factory=Boards)
    retention: Retention = field(default_factory=Retention)
    source: Path | None = field(default=None, compare=False)
    reports: Reports = field(default_factory=Reports)


SECTIONS: dict[str, type] = {
    "hall": HallTable, "server": Server, "limits": Limits, "backup": Backup, "printing": Printing, "slip": Slip,
    "boards": Boards, "survey": Survey, "retention": Retention, "reports": Reports, "voice": Voice,
}
VARIABLE = "ANTREAN_"
_PRINTING = f"{VARIABLE}PRINTING_"


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of a file (None: the hall that Antrean ships) with those of the environment laid over it.

    Raises ConfigProblems with everything that is wrong.
    """
    path = path if path is not None else shipped()
    document = _parse(path)
    found, origins = _lay_over(document, environ)
    whole = read(_shape(), document, found)
    found += broken_rules(document) + _printer_problems(document, ids(rows(document, "printers")))
    found += slip_problems(document, path.parent) + voice_problems(document, path.parent)
    # A value from the environment is put right there, not in the file.
    found = [(origins.get(where, where), message) for where, message in found]
    if whole is None or found:
        raise ConfigProblems(found)
    logo = str(path.parent.absolute() / whole.slip.logo) if whole.slip.logo else ""
    clips = str(path.parent.absolute() / whole.voice.clips) if whole.voice.clips else ""
    return Settings(whole.as_hall(), whole.hall.always_open, whole.server, whole.limits, whole.backup,
                    whole.printing, replace(whole.slip, logo=logo), voice=replace(whole.voice, clips=clips),
                    survey=whole.survey, printer=whole.printer, boards=whole.boards,
                    retention=whole.retention, reports=whole.reports, source=path.absolute())


def load_printers(path: Path, environ: Mapping[str, str]) -> tuple[Printing, tuple[PrinterConnection, ...]]:
    """[printing] and [[printer]] of a file that need not have a hall: a kiosk computer's. The rest of it is left aside.

    Raises ConfigProblems with everything that is wrong.
    """
    document = {key: value for key, value in _parse(path).items() if key in ("printing", "printer")}
    found, origins = _lay_over(document, {name: environ[name] for name in environ if name.startswith(_PRINTING)})
    tables = read(_printers_shape(), document, found)
    found += _printer_problems(document, known=None)  # which printers the hall has is the server's to say
    found = [(origins.get(where, where), message) for where, message in found]
    if tables is None or found:
        raise ConfigProblems(found)
    return tables.printing, tables.printer


def shipped() -> Path:
    """The config.toml that Antrean ships: inside the wheel, or at the root of a source checkout."""
    packaged = Path(__file__).parent / "default_config.toml"
    return packaged if packaged.exists() else Path(__file__).parent.parent / "config.toml"


def variables() -> dict[str, tuple[str, str, type]]:
    """Every environment variable that is a setting: its section, its key and the type of its value."""
    return {
        f"{VARIABLE}{section}_{key}".upper(): (section, key, kind)
        for section, shape in SECTIONS.items()
        for key, annotation in get_type_hints(shape).items()
        if (kind := _scalar(annotation)) is not None
    }


def _scalar(annotation: Any) -> type | None:
    """The type of a setting that fits in a variable, or None for a table or a list."""
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    return annotation if annotation in (bool, int, float, str) else None


def _lay_over(document: dict[str, Any], environ: Mapping[str, str]) -> tuple[list[Problem], dict[str, str]]:
    """Puts the variables' values into the document; returns the problems, and each changed path's variable."""
    known, found, origins = variables(), [], {}
    for name in sorted(environ):
        if name in known:
            section, key, kind = known[name]
            table = document.setdefault(section, {})
            try:
                value = _parsed(environ[name], kind)
            except ValueError as error:
                found.append((name, str(error)))
                continue
            if isinstance(table, dict):  # otherwise the section's own problem is told
                table[key] = value
                origins[f"{section}.{key}"] = name
        elif any(name.startswith(f"{VARIABLE}{section}_".upper()) for section in SECTIONS):
            found.append((name, "there is no such setting"))
    return found, origins


def _parsed(text: str, kind: type) -> bool | int | float | str:
    """A variable's text as a value of the setting's type. Raises ValueError in plain words."""
    if kind is bool:
        if text.lower() not in _BOOLEANS:
            raise ValueError("must be true or false")
        return _BOOLEANS[text.lower()]
    if kind is int and not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise ValueError("must be a whole number")
    if kind is float and not re.fullmatch(r"-?\d{1,18}(\.\d+)?", text, re.ASCII):
        raise ValueError("must be a number")
    return int(text) if kind is int else float(text) if kind is float else text


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _parse(path: Path) -> dict[str, Any]:
    """The file as a plain document. Raises ConfigProblems with the one problem that hides all others."""
    try:
        # utf-8-sig: editors on Windows put a mark in front that TOML does not know.
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigProblems([(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigProblems([(f"line {line}", "is not UTF-8 text")]) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        message = str(error)[: place.start()] if place else str(error)
        raise ConfigProblems([(f"line {line}", f"is not TOML: {message}")]) from None


def _printer_problems(document: Mapping[str, Any], known: Collection[str] | None) -> list[Problem]:
    """Each [[printer]] is of a `known` printer (None: of any), once, and has a profile that python-escpos knows."""
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for at, row in rows(document, "printer"):
        name, profile = row.get("id"), row.get("profile", "default")
        if isinstance(name, str):
            if known is not None and name not in known:
                found.append((f"{at}.id", f'no printer has the id "{name}"'))
            elif name in seen:
                found.append((f"{at}.id", f'{seen[name]} is already the connection of "{name}"'))
            seen.setdefault(name, at)
        if isinstance(profile, str) and profile != "default" and profile not in _profiles():
            found.append((f"{at}.profile", f'python-escpos knows no profile "{profile}"'))
    return found


@cache
def _profiles() -> frozenset[str]:
    """The names of python-escpos' printer profiles, read without importing it (it is slow to import)."""
    package = find_spec("escpos")
    if package is None or package.origin is None:
        return frozenset()
    return frozenset(json.loads((Path(package.origin).parent / "capabilities.json").read_bytes())["profiles"])


@cache
def _shape() -> TypeAdapter[_Document]:
    return TypeAdapter(_Document)


@cache
def _printers_shape() -> TypeAdapter[_PrintersDocument]:
    return TypeAdapter(_PrintersDocument)
