"""What python-escpos knows of printers, and what slips believe of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from printers.profiles import TEXT_PAGES, abilities, code_pages, names
from tests.printers.slips import Width, lay_out, slip


@pytest.mark.parametrize(
    ("profile", "width_mm", "columns", "dots"),
    [
        ("default", 80, 42, 504), ("default", 58, 32, 384), ("TM-T20II", 80, 48, 576), ("TM-T20II", 58, 32, 384),
        ("TM-T88V", 80, 42, 512), ("NT-80-V-UL", 80, 48, 576), ("RP-F10-58mm", 58, 32, 384), ("TH230", 80, 44, 576),
    ],
)
def test_columns_and_dots_fit_printer_and_paper(profile: str, width_mm: int, columns: int, dots: int) -> None:
    able = abilities(profile, width_mm)
    assert (able.columns, able.dots) == (columns, dots)
    assert able.profile.profile_data["media"]["width"]["pixels"] == dots


@pytest.mark.parametrize("profile", names())
@pytest.mark.parametrize("width_mm", [80, 58])
def test_every_profile_prints_a_slip(profile: str, width_mm: Width) -> None:
    data = lay_out(slip(), width_mm=width_mm, profile=profile)
    assert b"A-012\n" in data
    assert set(abilities(profile, width_mm).text_pages) <= set(TEXT_PAGES)


def test_code_pages_hold_128_characters_each() -> None:
    pages = code_pages("TM-T88V")
    assert pages[0][0x84 - 0x80] == "ä" and pages[16][0x80 - 0x80] == "€"
    assert all(len(page) == 128 for page in pages.values())


def test_python_escpos_leaves_no_temporary_folder_behind(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import printers.slip"], check=True, env={"TMPDIR": str(tmp_path)}, cwd=Path.cwd()
    )
    assert list(tmp_path.iterdir()) == []
