"""The virtual printer over real TCP."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from printers import tray
from printers.style import Style
from printers.virtual import VirtualPrinter
from tests.printers.slips import lay_out, slip, ticket

CUT = b"\x1bd\x06\x1dV\x01"


def send(printer: VirtualPrinter, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", printer.port), timeout=5) as line:
        line.sendall(data)


def test_a_slip_sent_over_tcp_is_read() -> None:
    data = lay_out(slip(), width_mm=80, profile="default", style=Style.default())
    with VirtualPrinter() as printer:
        send(printer, data)
        (fallen,) = printer.wait_for_slips(1, 5)
    assert "A-012" in fallen.text.splitlines()
    assert fallen.data == data
    assert fallen.picture.width == 576 and fallen.picture.mode == "L"
    assert fallen.number == 1 and fallen.received_at.utcoffset() is not None


def test_narrow_paper_has_384_dots() -> None:
    with VirtualPrinter(width_mm=58) as printer:
        send(printer, lay_out(slip(), width_mm=58, profile="default", style=Style.default()))
        assert printer.wait_for_slips(1, 5)[0].picture.width == 384


def test_waiting_for_a_slip_ends() -> None:
    with VirtualPrinter() as printer, pytest.raises(TimeoutError, match="0 of 1"):
        printer.wait_for_slips(1, 0.05)


def test_every_slip_is_kept_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    with VirtualPrinter(folder=folder) as printer:
        for number in ("A-001", "A-002"):
            one = slip(tickets=[ticket(number=number)])
            send(printer, lay_out(one, width_mm=80, profile="default", style=Style.default()))
        slips = printer.wait_for_slips(2, 5)
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001.bin", "0001.png", "0001.txt", "0002.bin", "0002.png", "0002.txt",
    ]
    for fallen in slips:
        assert (folder / f"{fallen.number:04d}.txt").read_text(encoding="utf-8") == fallen.text
        assert (folder / f"{fallen.number:04d}.png").read_bytes() == fallen.png
        assert (folder / f"{fallen.number:04d}.bin").read_bytes() == fallen.data


def test_numbers_go_on_after_a_restart_and_only_the_newest_slips_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray, "KEPT", 3)
    (tmp_path / "notes.md").write_text("not a slip")
    for count in (2, 3):
        with VirtualPrinter(folder=tmp_path) as printer:
            send(printer, (b"x\n" + CUT) * count)
            printer.wait_for_slips(count, 5)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["0003.png", "0004.png", "0005.png"]
    assert (tmp_path / "notes.md").exists()


def test_a_folder_that_cannot_be_written_does_not_stop_the_printer(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with VirtualPrinter(folder=blocked) as printer:
        send(printer, b"x\n" + CUT)
        assert printer.wait_for_slips(1, 5)[0].text == "x\n"


def test_stops_at_once_and_starts_on_the_same_port() -> None:
    printer = VirtualPrinter()
    printer.start()
    port = printer.port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as held:
        held.sendall(b"one\n")
        printer.stop()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("virtual-printer")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    printer.start()
    try:
        assert printer.port == port
        send(printer, b"two\n" + CUT)
        assert "two" in printer.wait_for_slips(1, 5)[0].text
    finally:
        printer.stop()


def test_a_slip_broken_off_stays_on_the_paper_and_half_a_command_does_not_swallow_the_next() -> None:
    with VirtualPrinter() as printer:
        send(printer, b"begun\n\x1dv0\x00\x48\x00\xff\xff\x00\x00")
        send(printer, b"\x1b@whole\n" + CUT)
        assert printer.wait_for_slips(1, 5)[0].text == "begun\nwhole\n"


def test_one_connection_is_served_at_a_time() -> None:
    with VirtualPrinter() as printer, socket.create_connection(("127.0.0.1", printer.port), timeout=5) as first:
        first.sendall(b"\x10\x04\x01")
        assert first.recv(1) == b"\x16", "it is being served"
        with socket.create_connection(("127.0.0.1", printer.port), timeout=5) as second:
            second.sendall(b"second\n" + CUT)
            first.sendall(b"first\n" + CUT)
            assert printer.wait_for_slips(1, 5)[0].text == "first\n"
            first.close()
            assert printer.wait_for_slips(2, 5)[1].text == "second\n"


def test_a_port_that_is_taken_is_told() -> None:
    with VirtualPrinter() as printer, pytest.raises(OSError, match="in use"):
        VirtualPrinter(printer.port).start()
