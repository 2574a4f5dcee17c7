"""Printers on USB, found by vendor and product, and by serial number where two of one make stand side by side.

python-escpos' Usb takes a slip for sent where libusb took only a part of it within the time-out, and assumes the
endpoint 0x01, which many printers do not have: both are looked after here. pyusb needs libusb (Debian: libusb-1.0-0).
"""

from __future__ import annotations

from typing import Any

import usb.core
import usb.util
from escpos.exceptions import DeviceNotFoundError
from escpos.printer import Usb

from printers.drivers.base import DEFAULT_TIMEOUT_S, NotSent, send_in_pieces

_PIECE = 4096


class UsbDriver:
    """A printer of this vendor and product; an empty `serial_number` means whichever there is."""

    def __init__(
        self, vendor_id: int, product_id: int, serial_number: str = "", *, timeout_s: float = DEFAULT_TIMEOUT_S,
        backend: Any = None,
    ) -> None:
        self._wanted = (vendor_id, product_id)
        self._serial_number = serial_number
        self._timeout_s = timeout_s
        self._backend = backend

    def check(self) -> None:
        """See whether the printer is plugged in. Raises NotSent."""
        try:
            device = usb.core.find(backend=self._backend, custom_match=self._is_it)
        except (usb.core.USBError, ValueError) as error:
            raise NotSent(_words(error)) from error
        if device is None:
            raise NotSent("the printer is not plugged in, or switched off")
        usb.util.dispose_resources(device)

    def send(self, data: bytes) -> None:
        """Send a whole slip. Raises NotSent or Interrupted."""
        self.check()
        line = _Line(
            usb_args={"custom_match": self._is_it, "backend": self._backend}, timeout=round(self._timeout_s * 1000)
        )
        try:
            line.open()
            line.find_endpoint()
        except (DeviceNotFoundError, usb.core.USBError, ValueError) as error:
            line.close()
            raise NotSent(_words(error)) from error
        try:
            line._raw(data)
        finally:
            line.close()

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
    """python-escpos' USB printer on the endpoint that the printer really has, sending all of a slip."""

    def find_endpoint(self) -> None:
        """Take the first bulk endpoint towards the printer. Raises USBError or ValueError."""
        interface = self._device.get_active_configuration()[(0, 0)]
        endpoint = usb.util.find_descriptor(interface, custom_match=_is_bulk_out)
        if endpoint is None:
            raise ValueError("this USB device takes no print data")
        self.out_ep = endpoint.bEndpointAddress

    def _raw(self, msg: bytes) -> None:
        """Send everything. Raises NotSent or Interrupted."""
        send_in_pieces(msg, self._write, self.timeout / 1000)

    def _write(self, piece: memoryview) -> int:
        try:
            return int(self._device.write(self.out_ep, bytes(piece[:_PIECE]), self.timeout))
        except usb.core.USBTimeoutError:
            raise TimeoutError from None


def _is_bulk_out(endpoint: Any) -> bool:
    out = usb.util.endpoint_direction(endpoint.bEndpointAddress) == usb.util.ENDPOINT_OUT
    return bool(out and usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK)


def _words(error: Exception) -> str:
    if isinstance(error, usb.core.NoBackendError):
        return "libusb is not installed on this machine (Debian: libusb-1.0-0)"
    if getattr(error, "errno", None) == 13:
        return "this machine does not let us use the printer (a udev rule is missing)"
    return str(error).replace("\n", " ")
