"""Who may import whom, read from the sources: DESIGN.md's rules, on the rooms as they are built."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("kiosk", "counter", "display", "printers", "server")
SURFACES = ("kiosk", "counter", "display", "server/visitor", "server/reports", "server/admin",
            "server/oversight", "server/survey")  # fmt: skip
COMPOSE = ("server/app.py", "server/__main__.py", "server/cli/*", "server/supervisor.py", "server/wsgi.py",
           "server/report_worker.py")
"""The composition roots: the only files that may put any rooms together."""
ASYNC_MODE = ("server/wsgi.py", "server/store/threads.py")

LANGUAGE = ("server.domain", "server.store", "server.views", "server.policy", "server.queue_length",
            "server.next_in_line", "server.opening_hours", "server.visit_order", "server.texts",
            "server.hall_file", "server.shape")  # fmt: skip
"""What commands and queries are made of. `server.store` is the protocol alone, without the modules behind it."""
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "server/domain/*": ("server.domain",),
    "server/commands/*": ("server.commands", *LANGUAGE),
    "server/queries/*": ("server.queries", *LANGUAGE, "server.board_view"),
    "server/board_view.py": (*LANGUAGE, "server.commands.boards"),
    "server/views.py": ("server.domain", "server.texts"),
    "server/queue_length.py": ("server.domain", "server.store"),
    "server/next_in_line.py": ("server.domain", "server.store"),
    "server/visit_order.py": ("server.domain", "server.store"),
    "server/policy.py": (),
    "server/opening_hours.py": ("server.domain", "server.texts", "server.views", "server.public_holidays"),
    "server/public_holidays.py": ("server.domain",),
    "server/texts/*": (),
    "server/wire.py": (),
    "server/reports/satisfaction.py": ("server.domain", "server.store"),
    "server/reports/satisfaction_form.py": (
        "server.domain", "server.store", "server.reports.satisfaction", "server.texts",
    ),
    "server/reports/pages.py": ("server.api", "server.auth", "server.domain", "server.house", "server.pages",
                                "server.views"),
    "server/reports/satisfaction_routes.py": (
        "server.api", "server.auth", "server.commands", "server.domain", "server.hall_rules", "server.house",
        "server.pages", "server.reports", "server.store", "server.views",
    ),
    "server/reports/routes.py": ("server.reports", "server.api", "server.house", "server.domain"),
    "server/reports/*": ("server.reports", "server.domain", "server.store", "server.texts"),
    "server/reckoner.py": ("server.domain",),
    "server/store/__init__.py": ("server.store.protocol",),
    "server/store/protocol/*": ("server.domain", "server.store.protocol"),
    "server/store/*": ("server.domain", "server.store", "server.store.*", "server.clock", "server.wire"),
    "server/simulation/*": ("server.simulation", "server.house", "server.supervisor"),
    "printers/*": ("printers", "server.config", "server.domain", "server.texts"),
}
"""The first pattern that fits a file says which of the house's own modules it may import."""


def sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from a import b` is `a.b` where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None, f"{name_of(path)}: say the whole name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if is_module(inner) else node.module


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def own(names: Iterator[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in ROOMS}


def allowed(name: str, rules: tuple[str, ...]) -> bool:
    """`server.domain` lets in its modules too; `server.store` only itself, `server.store.*` what is under it."""
    for rule in rules:
        if name == rule or (rule.endswith(".*") and name.startswith(rule[:-1])):
            return True
        if rule != "server.store" and not rule.endswith(".*") and name.startswith(f"{rule}."):
            return True
    return False


def is_one_of(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name_of(path), pattern) for pattern in patterns)


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    rules = next((may for pattern, may in MAY_IMPORT.items() if fnmatch(name_of(path), pattern)), None)
    if rules is not None:
        assert [name for name in sorted(own(imported(path))) if not allowed(name, rules)] == []


@pytest.mark.parametrize("pattern", MAY_IMPORT)
def test_every_rule_is_about_something(pattern: str) -> None:
    assert [path for path in sources() if fnmatch(name_of(path), pattern)], "no file fits this rule any more"


def test_the_domain_needs_the_standard_library_only() -> None:
    foreign = {
        (name_of(path), name)
        for path in sources()
        if fnmatch(name_of(path), "server/domain/*")
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("server.domain")
    }
    assert foreign == set()


def test_the_domain_has_no_clock_and_no_dice_of_its_own() -> None:
    for path in (ROOT / "server/domain").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(now|today|utcnow|time_ns|monotonic)\(\)|\bimport (time|random|secrets)\b", source), (
            path
        )


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_knows_no_other_surface_no_store_and_no_sockets(surface: str) -> None:
    others = tuple(other.replace("/", ".") for other in SURFACES if other != surface)
    for path in (ROOT / surface).rglob("*.py"):
        for name in imported(path):
            assert not allowed(name, others), f"{name_of(path)} imports {name}"
            assert not name.startswith(("server.store.", "flask_socketio", "socketio", "sqlite3", "printers")), (
                path,
                name,
            )


def test_only_the_composition_roots_import_surfaces() -> None:
    surfaces = tuple(surface.replace("/", ".") for surface in SURFACES)
    for path in sources():
        if is_one_of(path, (*COMPOSE, *(f"{surface}/*" for surface in SURFACES))):
            continue
        assert not [name for name in own(imported(path)) if allowed(name, surfaces)], name_of(path)


def test_only_the_composition_roots_import_printers() -> None:
    for path in sources():
        if not is_one_of(path, (*COMPOSE, "printers/*")):
            assert not [name for name in own(imported(path)) if name.split(".")[0] == "printers"], name_of(path)


def test_the_store_behind_its_protocol_is_the_composition_roots_alone() -> None:
    for path in sources():
        if is_one_of(path, (*COMPOSE, "server/store/*")):
            continue
        behind = {name for name in own(imported(path)) if name.startswith("server.store.")}
        # The house carries the async mode's machinery to those who wait.
        assert behind <= ({"server.store.threads"} if name_of(path) == "server/house.py" else set()), name_of(path)


def test_two_files_know_the_async_mode() -> None:
    for path in sources():
        names = {name.split(".")[0] for name in imported(path)} & {"gevent", "eventlet", "gunicorn"}
        assert not names or is_one_of(path, ASYNC_MODE), f"{name_of(path)} imports {sorted(names)}"


def test_one_place_emits() -> None:
    """`hello` and `goodbye` are no events: sockets.py and app.py say them, and hand broadcast.py its voice."""
    emitting = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("emit", "_emit"):
                    emitting.add(name_of(path))
    assert emitting == {"server/broadcast.py", "server/sockets.py", "server/app.py"}


NEVER_CALLED = re.compile(
    r"before_(app_)?request|teardown_\w+|(app_)?url_value_preprocessor|after_this_request|"
    r"request_(started|finished|tearing_down)|appcontext_(pushed|popped|tearing_down)"
)


def test_nobody_waits_for_what_the_application_leaves_out() -> None:
    """server/web.py calls no function before a request or at its end, and after it only the application's own."""
    after = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert not NEVER_CALLED.fullmatch(node.attr), f"{name_of(path)}: {node.attr} is never called"
                if node.attr == "after_request":
                    after.add(name_of(path))
    assert after == {"server/app.py"}
    assert not any(name.startswith("flask.signals") for path in sources() for name in imported(path))


SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA\s)",
    re.DOTALL,
)


def texts_of(path: Path) -> Iterator[str]:
    """Every string of a file but those that only tell a person something."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_sql_lives_in_the_store() -> None:
    elsewhere = [
        (name_of(path), text)
        for path in sources()
        if not fnmatch(name_of(path), "server/store/*")
        for text in texts_of(path)
        if SQL.search(text)
    ]
    assert elsewhere == []
    assert any(SQL.search(text) for text in texts_of(ROOT / "server/store/records.py")), "this finds SQL where it is"


def test_no_script_writes_markup() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.js"):
            if "vendor" not in path.parts:
                source = path.read_text(encoding="utf-8")
                found = re.search(r"\.(innerHTML|outerHTML|insertAdjacentHTML)\b|\bdocument\.write\(|\beval\(", source)
                assert found is None, f"{name_of(path)}: {found and found[0]}"


def test_nothing_comes_from_outside() -> None:
    """No CDN, no cloud: scripts, styles and templates name no other host."""
    address = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in (".js", ".css", ".html") and "vendor" not in path.parts:
                assert not address.findall(path.read_text(encoding="utf-8")), name_of(path)


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_a_file_has_a_name_that_says_what_it_is(path: Path) -> None:
    assert path.stem not in ("utils", "helpers", "manager", "misc", "common_utils")
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "what is this file for?"
