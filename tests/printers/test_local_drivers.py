"""Serial lines (a pseudo-terminal), files of the system, and USB (a bus made of Python) as ways to a printer."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core
import usb.util

from printers.drivers import Interrupted, NotSent, open_driver
from printers.drivers.file import FileDriver
from printers.drivers.serial import SerialDriver
from printers.drivers.usb import UsbDriver
from server.config import FileConnection, SerialConnection, UsbConnection

SLIP = bytes(range(256)) * 40


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """A serial line: our end's descriptor, and the device that the driver opens."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    try:
        yield ours, os.ttyname(theirs)
    finally:
        os.close(ours)
        os.close(theirs)


def reading(descriptor: int, count: int, into: list[bytes]) -> threading.Thread:
    def read() -> None:
        data = b""
        while len(data) < count:
            data += os.read(descriptor, 4096)
        into.append(data)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_a_slip_goes_down_a_serial_line(terminal: tuple[int, str]) -> None:
    ours, device = terminal
    received: list[bytes] = []
    reader = reading(ours, len(SLIP), received)
    driver = open_driver(SerialConnection(id="p", driver="serial", device=device, baudrate=19200))
    driver.check()
    driver.send(SLIP)
    reader.join(5)
    assert received == [SLIP]


def test_a_serial_printer_that_takes_nothing_more_interrupts(terminal: tuple[int, str]) -> None:
    _, device = terminal
    with pytest.raises(Interrupted, match=r"within 0\.2 s, after \d+ of 200000 bytes"):
        SerialDriver(device, 9600, timeout_s=0.2).send(b"x" * 200_000)


def test_a_serial_line_that_is_not_there_sends_nothing(tmp_path: Path) -> None:
    driver = SerialDriver(str(tmp_path / "ttyS9"), 9600)
    for attempt in (driver.check, lambda: driver.send(SLIP)):
        with pytest.raises(NotSent, match="not there"):
            attempt()


def test_a_file_that_is_no_serial_line_sends_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    with pytest.raises(NotSent):
        SerialDriver(str(plain), 9600).send(SLIP)
    assert plain.read_bytes() == b""


def test_slips_are_written_to_a_file_one_after_the_other(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    driver = open_driver(FileConnection(id="p", driver="file", device=str(device)))
    driver.check()
    driver.send(b"one")
    driver.send(b"two")
    assert device.read_bytes() == b"onetwo"


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    driver = FileDriver(str(device))
    for attempt in (driver.check, lambda: driver.send(SLIP)):
        with pytest.raises(NotSent):
            attempt()
    assert not device.exists()


def test_a_file_that_nobody_reads_costs_one_timeout(tmp_path: Path) -> None:
    device = tmp_path / "fifo"
    os.mkfifo(device)
    driver = FileDriver(str(device), timeout_s=0.2)
    with pytest.raises(NotSent):
        driver.send(SLIP)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Interrupted, match=r"within 0\.2 s"):
            driver.send(b"x" * 500_000)
    finally:
        os.close(reader)


class Bus(usb.backend.IBackend):  # type: ignore[misc]
    """A USB bus with printers of one make; `takes` is what each transfer takes at most, `limit` all in all."""

    def __init__(self, *serial_numbers: str, takes: int = 1 << 20, limit: int = 1 << 30) -> None:
        self.printers = list(serial_numbers)
        self.takes, self.limit = takes, limit
        self.received: dict[str, bytes] = {}
        self.endpoints: set[int] = set()

    def enumerate_devices(self) -> Iterator[str]:
        return iter(self.printers)

    def get_device_descriptor(self, dev: str) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=3, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )

    def get_configuration_descriptor(self, dev: str, config: int) -> Any:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2, bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x81, 0x03)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )

    def open_device(self, dev: str) -> str:
        return dev

    def close_device(self, dev_handle: str) -> None:
        return None

    def set_configuration(self, dev_handle: str, config_value: int) -> None:
        return None

    def get_configuration(self, dev_handle: str) -> int:
        return 1

    def reset_device(self, dev_handle: str) -> None:
        return None

    def claim_interface(self, dev_handle: str, intf: int) -> None:
        return None

    def release_interface(self, dev_handle: str, intf: int) -> None:
        return None

    def ctrl_transfer(
        self, dev_handle: str, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: Any, timeout: int
    ) -> int:
        text = dev_handle.encode("utf-16-le") if wValue & 0xFF else b"\x09\x04"
        answer = bytes([len(text) + 2, 3]) + text
        for at, byte in enumerate(answer[: len(data)]):
            data[at] = byte
        return min(len(answer), len(data))

    def bulk_write(self, dev_handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:
        before = self.received.get(dev_handle, b"")
        taken = min(self.takes, self.limit - len(before), len(data))
        if not taken:
            raise usb.core.USBTimeoutError("Operation timed out", errno=110)
        self.received[dev_handle] = before + bytes(data[:taken])
        self.endpoints.add(ep)
        return taken


def test_a_slip_goes_to_a_usb_printer_on_its_own_endpoint() -> None:
    bus = Bus("ABC")
    driver = UsbDriver(0x04B8, 0x0E15, backend=bus)
    driver.check()
    driver.send(SLIP)
    assert bus.received == {"ABC": SLIP} and bus.endpoints == {0x03}


def test_what_the_bus_takes_in_parts_arrives_whole() -> None:
    bus = Bus("ABC", takes=100)
    UsbDriver(0x04B8, 0x0E15, backend=bus).send(SLIP)
    assert bus.received == {"ABC": SLIP}


def test_the_serial_number_tells_usb_printers_apart() -> None:
    bus = Bus("ABC", "XYZ")
    UsbDriver(0x04B8, 0x0E15, "XYZ", backend=bus).send(SLIP)
    assert bus.received == {"XYZ": SLIP}
    with pytest.raises(NotSent, match="not plugged in"):
        UsbDriver(0x04B8, 0x0E15, "DEF", backend=bus).send(SLIP)


@pytest.mark.parametrize("method", ["check", "send"])
def test_a_usb_printer_that_is_not_there_sends_nothing(method: str) -> None:
    driver = UsbDriver(0x04B8, 0x0E15, backend=Bus())
    with pytest.raises(NotSent, match="not plugged in"):
        driver.check() if method == "check" else driver.send(SLIP)


def test_a_usb_printer_that_stops_midway_interrupts() -> None:
    with pytest.raises(Interrupted, match="after 6000 of 10240 bytes"):
        UsbDriver(0x04B8, 0x0E15, backend=Bus("ABC", limit=6000)).send(SLIP)
    with pytest.raises(NotSent):
        UsbDriver(0x04B8, 0x0E15, backend=Bus("ABC", limit=0)).send(SLIP)


def test_a_machine_without_libusb_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_backend(**_: Any) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", no_backend)
    driver = open_driver(UsbConnection(id="p", driver="usb", vendor_id=0x04B8, product_id=0x0E15))
    with pytest.raises(NotSent, match=r"libusb-1\.0-0"):
        driver.check()
