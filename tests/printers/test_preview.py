"""`antrean slip preview` and the picture of bytes that it shows."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from printers.preview import TEAR_DOTS, picture
from server.__main__ import main
from server.config import to_toml
from tests.harness import ROOT
from tests.printers.slips import lay_out, logo, scanned, slip, ticket
from tests.small_hall import small


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The small hall with a public address and a printer of narrow paper."""
    machine = '[server]\npublic_url = "http://mpp.example"\n[[printer]]\nid = "printer-1"\ndriver = "virtual"\n'
    path = tmp_path / "config.toml"
    path.write_text(f"{to_toml(small())}\n{machine}width_mm = 58\n", "utf-8")
    return path


def preview(config: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["slip", "preview", "--config", str(config), *options])


# The picture


def test_several_slips_are_shown_one_below_the_other() -> None:
    one = lay_out(slip(), width_mm=80, profile="default")
    text, drawn = picture(one, 80, "default")
    both, higher = picture(one + lay_out(slip(tickets=[ticket(number="B-001")]), width_mm=80, profile="default"),
                           80, "default")
    assert both.startswith(text) and "B-001" in both
    assert higher.height == 2 * drawn.height + TEAR_DOTS and higher.width == drawn.width == 576


def test_a_slip_that_no_cutter_cut_is_torn_off() -> None:
    text, _ = picture(lay_out(slip(), width_mm=58, profile="POS-5890"), 58, "POS-5890")
    assert text.splitlines()[-1] == "sampai dilayani."


@pytest.mark.parametrize(("data", "profile"), [(b"", "default"), (b"\x1b@\n\n", "default"), (b"a", "no such printer")])
def test_what_prints_nothing_is_said(data: bytes, profile: str) -> None:
    with pytest.raises(ValueError, match=r"nothing was printed|no such printer"):
        picture(data, 80, profile)


# The command


def test_without_options_the_text_is_shown(config: Path) -> None:
    result = preview(config)
    assert result.exit_code == 0 and result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "MPP" and {"A-001", "X", "One", "Di depan Anda: 6 orang", "Loket 1"} <= set(lines)
    assert any(line.startswith("[QR http://mpp.example/t/") for line in lines)
    assert "─" * 32 in lines, "the first printer's paper"


def test_the_sample_is_of_the_services_language_and_kind_asked_for(config: Path) -> None:
    result = preview(config, "--service", "three", "--service", "two", "--language", "en", "--copy")
    lines = result.stdout.splitlines()
    assert lines[0].strip() == "SALINAN / COPY"
    assert lines.index("Queue number 1 of 2") < lines.index("B-001") < lines.index("Three (en)")
    assert lines.index("Queue number 2 of 2") < lines.index("A-001") < lines.index("Two (en)")


def test_one_slip_a_ticket_is_as_the_server_would_print_it(config: Path) -> None:
    config.write_text(config.read_text() + "[slip]\none_per_ticket = true\n")
    result = preview(config, "--service", "one", "--service", "three")
    assert result.stdout.splitlines().count("MPP") == 2 and "Nomor antrean 1" not in result.stdout


def test_the_logo_and_the_layout_are_the_halls(config: Path) -> None:
    config.with_name("logo.png").write_bytes(logo())
    layout = '[slip]\nlogo = "logo.png"\nfoot = []\n[[slip.head]]\npart = "logo"\n'
    config.write_text(config.read_text() + layout)
    lines = preview(config).stdout.splitlines()
    assert lines[0] == "[picture 120x60]" and "MPP" not in lines and "QR" not in "".join(lines)


@pytest.mark.parametrize(("options", "dots"), [((), 384), (("--width", "80", "--profile", "TM-T20II"), 576)])
def test_the_picture_is_as_wide_as_the_paper(config: Path, options: tuple[str, ...], dots: int) -> None:
    file = config.with_name("slip.png")
    result = preview(config, "--png", str(file), *options)
    assert (result.exit_code, result.stdout) == (0, "")
    with Image.open(file) as drawn:
        assert drawn.width == dots
        assert scanned(drawn).startswith("http://mpp.example/t/")


def test_the_picture_goes_to_standard_output(config: Path) -> None:
    command = [sys.executable, "-m", "server", "slip", "preview", "--config", str(config), "--png", "-"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    with Image.open(io.BytesIO(done.stdout)) as drawn:
        assert drawn.format == "PNG" and drawn.width == 384
        assert scanned(drawn).startswith("http://mpp.example/t/")
    assert done.stderr == b""


def test_a_hall_that_phones_cannot_reach_has_no_code_and_is_told(config: Path) -> None:
    config.write_text(config.read_text().replace("http://mpp.example", ""))
    result = preview(config)
    assert "QR" not in result.stdout and "public_url" in result.stderr


@pytest.mark.parametrize(("options", "words"), [
    (("--service", "four"), 'no service has the id "four"'), (("--profile", "TM-T99"), 'no printer profile "TM-T99"'),
    (("--text", "--png", "-"), "standard output"), (("--width", "76"), "76"),
    (("--service", "one", "--service", "one"), "named twice"),
])
def test_wrong_options_are_told(config: Path, options: tuple[str, ...], words: str) -> None:
    result = preview(config, *options)
    assert result.exit_code == 2 and words in result.stderr and result.stdout == ""


def test_a_file_that_cannot_be_written_is_told(config: Path) -> None:
    result = preview(config, "--png", str(config / "slip.png"))
    assert result.exit_code == 1 and "cannot be written" in result.stderr


def test_a_wrong_layout_is_told_by_its_path(config: Path) -> None:
    config.write_text(config.read_text() + '[[slip.ticket]]\npart = "service"\n')
    result = preview(config)
    assert result.exit_code == 2 and result.stderr == 'slip.ticket: must have the part "number"\n'
