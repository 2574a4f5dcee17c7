"""What the documents tell a person to type, and where they point, exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from server.__main__ import main
from tests.harness import ROOT

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def typed(text: str) -> Iterator[str]:
    """Every command line of `antrean` in code blocks and between backticks."""
    for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S):
        for line in block.splitlines():
            found = re.search(r"(?:^|\| *|bin/)(antrean [^#|]*)", line.strip())
            if found:
                yield found[1].strip()
    yield from re.findall(r"`(antrean [^`]+)`", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    for line in typed(document.read_text(encoding="utf-8")):
        check(line)


def check(line: str) -> None:
    """The command is there, and takes the options that are written after it."""
    command: click.Command = main
    context = click.Context(main)
    for word in shlex.split(line.replace("...", ""))[1:]:
        if word.startswith("--"):
            options = {option for parameter in command.params for option in parameter.opts}
            assert word.split("=")[0] in options | {"--help", "--version"}, f"{line}: {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(context, word.rstrip(","))
            assert found is not None, line
            command = found


def test_a_command_that_is_not_there_would_be_found() -> None:
    for line in ("antrean rum", "antrean run --prot 1", "antrean token make"):
        with pytest.raises(AssertionError):
            check(line)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert "://" in target or (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_file_and_make_target_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for target in re.findall(r"`make ([a-z]+)", text):
        assert target in targets, target
    rooms = "server|kiosk|counter|display|printers|tests|bench|tools|deploy|docs"
    for path in re.findall(rf"`((?:{rooms})/[\w./]*)`", text):
        assert (ROOT / path).exists(), path


def test_the_unit_starts_what_the_command_line_has() -> None:
    unit = (ROOT / "deploy" / "antrean.service").read_text()
    start = re.search(r"^ExecStart=\S*/(antrean .*)$", unit, re.M)
    assert start is not None
    check(start[1])
