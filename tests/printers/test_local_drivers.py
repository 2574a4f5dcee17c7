"""Serial lines (a pseudo-terminal), files of the system, and USB (a bus made of Python) as ways to a printer."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core
import usb.util

from printers.drivers import Interrupted, NotSent, conversation, open_driver
from printers.drivers.file import FileDriver
from printers.drivers.serial import SerialDriver
from printers.drivers.usb import UsbDriver
from printers.status import Status
from server.config import FileConnection, SerialConnection, UsbConnection
from tests.printers.scripted import HEAD, PAPER_OUT, Answering, Sending, send

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


@pytest.fixture
def minded(terminal: tuple[int, str]) -> Iterator[tuple[Answering, str]]:
    """A printer that answers at the other end of a serial line, or of a file of the system, which works as well."""
    ours, device = terminal
    mind = Answering()
    over, ended = os.pipe()

    def serve() -> None:
        while over not in select.select([ours, over], [], [])[0]:
            answer = mind.take(os.read(ours, 65536))
            if answer:
                os.write(ours, answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield mind, device
    os.write(ended, b"x")
    thread.join(5)
    assert not thread.is_alive()
    for descriptor in (over, ended):
        os.close(descriptor)


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
    driver = open_driver(SerialConnection(id="p", driver="serial", device=device, baudrate=19200, status="none"))
    assert driver.status() is None
    assert send(driver, SLIP) == "sent"
    reader.join(5)
    assert received == [SLIP]


def test_a_serial_printer_that_answers_confirms(minded: tuple[Answering, str]) -> None:
    mind, device = minded
    driver = SerialDriver(device, 19200, timeout_s=1)
    assert driver.status() == Status("ready")
    assert [send(driver, b"one"), send(driver, b"two")] == ["printed", "printed"]
    assert mind.slip == HEAD + b"one" + HEAD + b"two"
    mind.health = PAPER_OUT
    with pytest.raises(NotSent, match="no paper"):
        send(driver, SLIP)


def test_a_serial_printer_out_of_paper_midway_is_waited_for(
    minded: tuple[Answering, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "ASK_EVERY_S", 0.1)
    mind, device = minded
    mind.out_after = b"slip"
    sending = Sending(SerialDriver(device, 19200, timeout_s=0.5), b"slip")
    sending.told.wait_for("paper_out")
    mind.refill()
    assert sending.result() == "printed"
    assert sending.told.states == ["ready", "paper_out", "ready"]


def test_a_serial_printer_that_takes_nothing_more_interrupts(terminal: tuple[int, str]) -> None:
    _, device = terminal
    with pytest.raises(Interrupted, match=r"within 0\.2 s, after \d+ of 200000 bytes"):
        send(SerialDriver(device, 9600, timeout_s=0.2, status="none"), b"x" * 200_000)


def test_a_serial_line_that_is_not_there_sends_nothing(tmp_path: Path) -> None:
    driver = SerialDriver(str(tmp_path / "ttyS9"), 9600)
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="not there"):
            attempt()


def test_a_file_that_is_no_serial_line_sends_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    with pytest.raises(NotSent):
        send(SerialDriver(str(plain), 9600), SLIP)
    assert plain.read_bytes() == b""


def test_slips_are_written_to_a_plain_file_one_after_the_other(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    driver = open_driver(FileConnection(id="p", driver="file", device=str(device)))
    assert driver.status() is None
    assert [send(driver, b"one"), send(driver, b"two")] == ["sent", "sent"]
    assert device.read_bytes() == b"onetwo"


def test_a_plain_file_cannot_be_one_that_must_answer(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    driver = FileDriver(str(device), status="required")
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="cannot be asked"):
            attempt()
    assert device.read_bytes() == b""


def test_a_device_file_that_answers_confirms(minded: tuple[Answering, str]) -> None:
    mind, device = minded
    driver = open_driver(FileConnection(id="p", driver="file", device=device), timeout_s=1)
    assert driver.status() == Status("ready")
    assert [send(driver, b"one"), send(driver, b"two")] == ["printed", "printed"]
    assert mind.slip == HEAD + b"one" + HEAD + b"two"
    mind.health = PAPER_OUT
    assert driver.status() == Status("paper_out", "there is no paper")


def test_a_device_file_that_does_not_answer_gets_its_slips(minded: tuple[Answering, str]) -> None:
    mind, device = minded
    mind.health = mind.done = None
    driver = FileDriver(device, timeout_s=0.2)
    assert [send(driver, b"one"), send(driver, b"two")] == ["sent", "sent"]
    assert driver.status() is None
    assert mind.questions == [1]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    driver = FileDriver(str(device))
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent):
            attempt()
    assert not device.exists()


def test_a_file_that_nobody_reads_costs_one_timeout(tmp_path: Path) -> None:
    device = tmp_path / "fifo"
    os.mkfifo(device)
    driver = FileDriver(str(device), timeout_s=0.2)
    with pytest.raises(NotSent):
        send(driver, SLIP)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Interrupted, match=r"within 0\.2 s"):
            send(driver, b"x" * 500_000)
    finally:
        os.close(reader)


class Bus(usb.backend.IBackend):  # type: ignore[misc]
    """A USB bus with printers of one make; `takes` is what each transfer takes at most, `limit` all in all.

    With a `mind` they answer; one that is not `set_up` must be configured first.
    """

    def __init__(
        self, *serial_numbers: str, takes: int = 1 << 20, limit: int = 1 << 30, mind: Answering | None = None,
        one_way: bool = False, set_up: bool = True,
    ) -> None:
        self.printers = list(serial_numbers)
        self.takes, self.limit, self.mind, self.one_way = takes, limit, mind, one_way
        self.configuration = 1 if set_up else 0
        self.forbidden = False
        self.resets = 0
        self.answers = b""
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
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2 - self.one_way,
            bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x03, 0x81)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )

    def open_device(self, dev: str) -> str:
        return dev

    def close_device(self, dev_handle: str) -> None:
        return None

    def set_configuration(self, dev_handle: str, config_value: int) -> None:
        self._may()
        self.configuration = config_value

    def get_configuration(self, dev_handle: str) -> int:
        self._may()
        return self.configuration

    def _may(self) -> None:
        if self.forbidden:
            raise usb.core.USBError("Access denied (insufficient permissions)", -3, 13)

    def reset_device(self, dev_handle: str) -> None:
        self.resets += 1

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
        if self.mind:
            self.answers += self.mind.take(bytes(data[:taken]))
        return taken

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:
        if not self.answers:
            time.sleep(timeout / 1000)
            raise usb.core.USBTimeoutError("Operation timed out", errno=110)
        self.endpoints.add(ep)
        given, self.answers = self.answers[: len(buff)], self.answers[len(buff) :]
        for at, byte in enumerate(given):
            buff[at] = byte
        return len(given)


def usb_driver(bus: Bus, serial_number: str = "", timeout_s: float = 0.2, **options: Any) -> UsbDriver:
    return UsbDriver(0x04B8, 0x0E15, serial_number, timeout_s=timeout_s, backend=bus, **options)


def test_a_slip_goes_to_a_usb_printer_on_its_own_endpoint() -> None:
    bus = Bus("ABC", one_way=True)
    driver = usb_driver(bus)
    assert driver.status() is None
    assert send(driver, SLIP) == "sent"
    assert bus.received == {"ABC": SLIP} and bus.endpoints == {0x03}


def test_a_usb_printer_that_answers_confirms() -> None:
    bus = Bus("ABC", mind=Answering())
    driver = usb_driver(bus)
    assert driver.status() == Status("ready")
    assert [send(driver, b"one"), send(driver, b"two")] == ["printed", "printed"]
    assert bus.mind and bus.mind.slip == HEAD + b"one" + HEAD + b"two"
    assert bus.endpoints == {0x03, 0x81}
    bus.mind.health = PAPER_OUT
    assert driver.status() == Status("paper_out", "there is no paper")


def test_a_usb_printer_with_a_way_back_that_never_answers_gets_its_slips() -> None:
    bus = Bus("ABC")
    driver = usb_driver(bus)
    assert [send(driver, SLIP), send(driver, SLIP)] == ["sent", "sent"]
    assert bus.received == {"ABC": b"\x10\x04\x01" + SLIP + SLIP}


def test_looking_at_a_usb_printer_does_not_reset_it() -> None:
    bus = Bus("ABC", mind=Answering(), set_up=False)
    driver = usb_driver(bus)
    for _ in range(3):
        assert driver.status() == Status("ready")
    assert bus.resets == 0 and bus.configuration == 1


def test_what_the_bus_takes_in_parts_arrives_whole() -> None:
    bus = Bus("ABC", takes=100)
    assert send(usb_driver(bus, status="none"), SLIP) == "sent"
    assert bus.received == {"ABC": SLIP}


def test_the_serial_number_tells_usb_printers_apart() -> None:
    bus = Bus("ABC", "XYZ")
    assert send(usb_driver(bus, "XYZ", status="none"), SLIP) == "sent"
    assert bus.received == {"XYZ": SLIP}
    with pytest.raises(NotSent, match="not plugged in"):
        send(usb_driver(bus, "DEF"), SLIP)


def test_a_usb_printer_that_is_not_there_sends_nothing() -> None:
    driver = usb_driver(Bus())
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="not plugged in"):
            attempt()


def test_a_usb_printer_that_stops_midway_interrupts() -> None:
    with pytest.raises(Interrupted, match="after 6000 of 10240 bytes"):
        send(usb_driver(Bus("ABC", limit=6000), status="none"), SLIP)
    with pytest.raises(NotSent):
        send(usb_driver(Bus("ABC", limit=0), status="none"), SLIP)


def test_a_usb_printer_that_we_may_not_use_is_told_so() -> None:
    bus = Bus("ABC")
    bus.forbidden = True
    with pytest.raises(NotSent, match="udev rule"):
        usb_driver(bus).status()


def test_a_machine_without_libusb_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_backend(**_: Any) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", no_backend)
    driver = open_driver(UsbConnection(id="p", driver="usb", vendor_id=0x04B8, product_id=0x0E15))
    with pytest.raises(NotSent, match=r"libusb-1\.0-0"):
        driver.status()
