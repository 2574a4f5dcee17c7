"""`antrean printer status` and `test`, and what `antrean print-agent` refuses; printers on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from printers.virtual import VirtualPrinter
from server.__main__ import main
from tests.harness import write_config
from tests.small_hall import small


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as started:
        yield started


def config(folder: Path, *printers: VirtualPrinter, **settings: Any) -> Path:
    document = small()
    document["printers"] = [
        {"id": f"p{n}", "name": {"id": "Satu", "en": "One"}, "kiosks": []} for n in range(len(printers))
    ]
    document["printer"] = [
        {"id": f"p{n}", "driver": "network", "host": "127.0.0.1", "port": printer.port, "timeout_s": 0.5} | settings
        for n, printer in enumerate(printers)
    ]
    return write_config(folder / "config.toml", document)


def antrean(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, [*words, "--config", str(folder / "config.toml"), "--data", str(folder / "data")]
    )


def test_a_test_slip_comes_out_and_the_printers_answer_is_told(tmp_path: Path, printer: VirtualPrinter) -> None:
    config(tmp_path, printer)
    done = antrean(tmp_path, "printer", "test", "p0")
    assert (done.exit_code, done.stdout) == (0, "p0: printed; the printer has confirmed it.\n")
    (slip,) = printer.wait_for_slips(1, 5)
    assert {"MPP", "TES", "p0 · network · default · 80 mm"} <= set(slip.text.splitlines())


def test_a_printer_that_does_not_answer_is_told_from_one_that_prints(tmp_path: Path, printer: VirtualPrinter) -> None:
    config(tmp_path, printer)
    printer.mute()
    done = antrean(tmp_path, "printer", "test", "p0")
    assert done.exit_code == 0 and "does not say whether it prints" in done.stdout
    printer.wait_for_slips(1, 5)


@pytest.mark.parametrize(
    ("fault", "words"), [("paper_out", "no paper"), ("open_cover", "cover"), ("refuse", "refused")]
)
def test_a_test_slip_that_cannot_be_printed_says_why(
    tmp_path: Path, printer: VirtualPrinter, fault: str, words: str
) -> None:
    config(tmp_path, printer)
    getattr(printer, fault)()
    done = antrean(tmp_path, "printer", "test", "p0")
    assert done.exit_code == 1 and words in done.stderr and "Nothing was sent" in done.stderr
    assert not printer.slips


def test_a_printer_that_is_not_here_is_named(tmp_path: Path, printer: VirtualPrinter) -> None:
    config(tmp_path, printer)
    done = antrean(tmp_path, "printer", "test", "kitchen")
    assert done.exit_code == 1 and '"kitchen"' in done.stderr and "p0" in done.stderr


def test_without_a_server_the_printers_themselves_are_asked(tmp_path: Path, printer: VirtualPrinter) -> None:
    with VirtualPrinter() as other:
        config(tmp_path, printer, other)
        well = antrean(tmp_path, "printer", "status")
        assert (well.exit_code, well.stdout) == (0, "p0: ready\np1: ready\n")
        other.open_cover()
        printer.paper_low()
        troubled = antrean(tmp_path, "printer", "status")
    assert troubled.exit_code == 1
    assert [line.partition(":")[0::2] for line in troubled.stdout.splitlines()] == [
        ("p0", " paper low: the paper is nearly at its end"), ("p1", " cover open: the cover is open"),
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["antrean.example", "ftp://antrean.example", "http://"])
def test_an_agent_wants_an_address(tmp_path: Path, printer: VirtualPrinter, url: str) -> None:
    config(tmp_path, printer)
    done = antrean(tmp_path, "print-agent", "--server", url, "--token", "x")
    assert done.exit_code == 2 and "--server" in done.stderr


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "has no [[printer]]"),
        ({"printer": [{"id": "p", "driver": "network"}]}, "printer[0].host: is missing"),
        ({"printing": {"timeout_s": 0}, "printer": [{"id": "p", "driver": "virtual"}]}, "printing.timeout_s"),
        ({"printer": [{"id": "p", "driver": "virtual"}] * 2}, 'already the connection of "p"'),
    ],
)
def test_an_agent_needs_printers_and_nothing_else_of_its_config(
    tmp_path: Path, document: dict[str, Any], words: str
) -> None:
    write_config(tmp_path / "config.toml", document)
    done = antrean(tmp_path, "print-agent", "--server", "http://127.0.0.1:1", "--token", "x")
    assert done.exit_code == 2 and words in done.stderr, done.stderr
