"""Printers on USB, found by vendor and product, and by serial number where two of one make stand side by side.

python-escpos' Usb takes a slip for sent where libusb took only a part of it within the time-out, and assumes the
endpoints 0x01 and 0x82, which many printers do not have: both are looked after here. pyusb needs libusb (Debian:
libusb-1.0-0).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import usb.core
import usb.util
from escpos.exceptions import DeviceNotFoundError
from escpos.printer import Usb

from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent
from printers.drivers.talking import Asking, TalkingDriver

_PIECE = 4096


class UsbDriver(TalkingDriver):
    """A printer of this vendor and product; an empty `serial_number` means whichever there is."""

    def __init__(
        self, vendor_id: int, product_id: int, serial_number: str = "", *, timeout_s: float = DEFAULT_TIMEOUT_S,
        status: Asking = "auto", backend: Any = None,
    ) -> None:
        super().__init__(timeout_s=timeout_s, status=status)
        self._wanted = (vendor_id, product_id)
        self._serial_number = serial_number
        self._backend = backend

    def _open(self) -> _Line:
        self._see_that_it_is_there()
        line = _Line(usb_args={"custom_match": self._is_it, "backend": self._backend})
        try:
            line.open()
            line.find_endpoints()
        except (DeviceNotFoundError, usb.core.USBError, ValueError) as error:
            line.close()
            raise NotSent(_words(error)) from error
        return line

    def _see_that_it_is_there(self) -> None:
        """python-escpos tells of a printer that is not there as of one that may not be used. Raises NotSent."""
        try:
            device = usb.core.find(backend=self._backend, custom_match=self._is_it)
        except (usb.core.USBError, ValueError) as error:
            raise NotSent(_words(error)) from error
        if device is None:
            raise NotSent("the printer is not plugged in, or switched off")
        usb.util.dispose_resources(device)

    def _is_it(self, device: Any) -> bool:
        if (device.idVendor, device.idProduct) != self._wanted:
            return False
        if not self._serial_number:
            return True
        try:
            return bool(device.serial_number == self._serial_number)
        except (usb.core.USBError, ValueError):
            # Its texts may not be read: a printer that may not be used is not the one.
            return False


class _Line(Usb):  # type: ignore[misc]
    """python-escpos' USB printer on the endpoints that the printer really has, sending all of a slip."""

    answers = False
    fails_blindly = True  # pyusb tells how much has left only where the time ran out

    def _configure_usb(self) -> None:
        """Leave it as it is: python-escpos resets it, and it would lose what it is printing."""

    def find_endpoints(self) -> None:
        """Take the first bulk endpoint towards the printer, and back if there is one. Raises USBError, ValueError."""
        try:
            interface = self._device.get_active_configuration()[(0, 0)]
        except usb.core.USBError:  # nobody has set it up yet, or we may not: then this tells
            self._device.set_configuration()
            interface = self._device.get_active_configuration()[(0, 0)]
        there = usb.util.find_descriptor(interface, custom_match=_is_bulk(usb.util.ENDPOINT_OUT))
        back = usb.util.find_descriptor(interface, custom_match=_is_bulk(usb.util.ENDPOINT_IN))
        if there is None:
            raise ValueError("this USB device takes no print data")
        self.out_ep = there.bEndpointAddress
        if back is not None:
            self.in_ep, self._packet, self.answers = back.bEndpointAddress, back.wMaxPacketSize, True
            self.read(0.0)  # what an earlier question left behind

    def write(self, data: memoryview, wait_s: float) -> int:
        """Hand over what the printer takes. Raises OSError."""
        try:
            return int(self._device.write(self.out_ep, bytes(data[:_PIECE]), _milliseconds(wait_s)))
        except usb.core.USBTimeoutError:
            return 0

    def read(self, wait_s: float) -> bytes:
        """What has come. Raises OSError."""
        try:
            data = bytes(self._device.read(self.in_ep, self._packet, _milliseconds(wait_s)))
        except usb.core.USBTimeoutError:
            return b""
        if not data:
            time.sleep(min(wait_s, 0.02))  # some printers answer every look with nothing, at once
        return data

    def left(self) -> int:
        """What was taken is in the printer."""
        return 0

    def finish(self) -> None:
        """Nothing is to be done: the printer has everything."""

    def close(self, *, whole: bool = True) -> None:
        """Let the printer go."""
        super().close()


def _milliseconds(wait_s: float) -> int:
    return max(1, round(wait_s * 1000))  # 0 would be for ever


def _is_bulk(direction: int) -> Callable[[Any], bool]:
    def matches(endpoint: Any) -> bool:
        towards = usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction
        return bool(towards and usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK)

    return matches


def _words(error: Exception) -> str:
    if isinstance(error, usb.core.NoBackendError):
        return "libusb is not installed on this machine (Debian: libusb-1.0-0)"
    if getattr(error, "errno", None) == 13:
        return "this machine does not let us use the printer (a udev rule is missing)"
    return str(error).replace("\n", " ")
