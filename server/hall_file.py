"""The hall's catalogue as a plain document: read, checked, and written back.

The document is what config.toml, `antrean hall export` and the API's JSON hold: a table `hall`, and lists `zones`,
`agencies` (each with `services`), `counters`, `kiosks`, `displays`, `printers`, `priorities`, `layouts`, and the tables
`rules` and `calendar`, shaped as in `server.domain.hall`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Any, ClassVar

from pydantic import TypeAdapter

from server.domain.hall import (
    USUAL_PRIORITIES,
    Agency,
    Calendar,
    Counter,
    Display,
    Hall,
    Hours,
    Kiosk,
    Printer,
    PriorityClass,
    Rules,
    Text,
    Zone,
)
from server.domain.layouts import Layout
from server.hall_rules import broken_rules
from server.shape import ConfigProblems, Problem, read

MACHINE_SECTIONS = (
    "server", "limits", "backup", "retention", "printing", "slip", "printer", "boards", "voice", "survey", "reports",
)  # fmt: skip
"""The parts of config.toml that are about the machine; without them it is a catalogue's document."""

_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, slots=True)
class HallTable:
    """[hall]: the name, time zone and weekly hours of the building, and what stands at the foot of a slip."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    timezone: str
    hours: Hours = field(default_factory=Hours)
    footer: Text | None = None
    always_open: bool = False


@dataclass(frozen=True, slots=True)
class HallDocument:
    """The tables of a catalogue, as a file holds them."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    hall: HallTable
    zones: tuple[Zone, ...]
    agencies: tuple[Agency, ...]
    counters: tuple[Counter, ...]
    kiosks: tuple[Kiosk, ...] = ()
    displays: tuple[Display, ...] = ()
    printers: tuple[Printer, ...] = ()
    rules: Rules = field(default_factory=Rules)
    priorities: tuple[PriorityClass, ...] = USUAL_PRIORITIES
    calendar: Calendar = field(default_factory=Calendar)
    layouts: tuple[Layout, ...] = ()

    def as_hall(self) -> Hall:
        """The hall of these tables."""
        lists = {part.name: getattr(self, part.name) for part in fields(HallDocument) if part.name != "hall"}
        table = self.hall
        return Hall(name=table.name, timezone=table.timezone, hours=table.hours, footer=table.footer, **lists)


def parse_hall(document: Mapping[str, Any]) -> Hall:
    """The hall of a document; a whole config.toml will do, its machine sections are left aside.

    Raises ConfigProblems with everything that is wrong.
    """
    catalogue = {key: value for key, value in document.items() if key not in MACHINE_SECTIONS}
    found: list[Problem] = []
    tables = read(_shape(), catalogue, found)
    found += broken_rules(catalogue)
    if tables is None or found:
        raise ConfigProblems(found)
    return tables.as_hall()


def problems(hall: Hall) -> list[Problem]:
    """What is wrong with a hall from whatever source, each with its path in the hall's document."""
    return broken_rules(hall_document(hall))


def hall_document(hall: Hall) -> dict[str, Any]:
    """The hall as its document, defaults left out; `parse_hall` makes the same hall of it again."""
    top: dict[str, Any] = _without_defaults(hall.catalogue)
    table = {key: top.pop(key) for key in ("name", "timezone", "footer", "hours") if key in top}
    # The lists that must be there are there even when they are empty.
    return {"hall": table, "zones": [], "agencies": [], "counters": []} | top


def to_toml(document: Mapping[str, Any]) -> str:
    """The document as TOML to read and edit: short tables on one line, lists of tables as `[[agencies]]`."""
    import tomlkit  # only the command line exports: the server need not hold it in memory

    text: str = tomlkit.dumps(_toml_table(document, tomlkit.document()))
    return re.sub(r"(?<=[^\n]\n)(?=\[)", "\n", text)  # an empty line before every heading


def _toml_table(mapping: Mapping[str, Any], table: Any) -> Any:
    """Fills a table of tomlkit: plain keys first, as TOML wants it, then `[tables]`, then `[[lists]]`."""
    import tomlkit

    def order(item: tuple[str, Any]) -> int:
        return 0 if not _has_heading(item[1]) else 1 if isinstance(item[1], Mapping) else 2

    for key, value in sorted(mapping.items(), key=order):
        if not _has_heading(value):
            if isinstance(value, Mapping):
                table.append(key, tomlkit.inline_table())
                table[key].update(value)
            else:
                table.append(key, value)
        elif isinstance(value, Mapping):
            table.append(key, _toml_table(value, tomlkit.table()))
        else:
            table.append(key, tomlkit.aot())
            for entry in value:
                table[key].append(_toml_table(entry, tomlkit.table()))
    return table


def _has_heading(value: Any) -> bool:
    """Whether a value stands under `[a.heading]`: a list of tables, or a table that holds more than plain values."""
    if isinstance(value, Mapping):
        return any(isinstance(entry, (list, Mapping)) for entry in value.values())
    return isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value)


@cache
def _shape() -> TypeAdapter[HallDocument]:
    return TypeAdapter(HallDocument)


def _without_defaults(value: Any) -> Any:
    """Dataclasses as tables without the keys that stand at their default, tuples as lists."""
    if isinstance(value, tuple):
        return [_without_defaults(entry) for entry in value]
    if not dataclasses.is_dataclass(value):
        return value
    table = {}
    for part in fields(value):
        entry = getattr(value, part.name)
        default = part.default_factory() if part.default_factory is not MISSING else part.default
        if entry != default:
            table[part.name] = _without_defaults(entry)
    return table
