"""The ways to a printer: network, USB, serial line, file of the system; all over python-escpos' classes."""

from __future__ import annotations

from printers.drivers.base import DEFAULT_TIMEOUT_S, Driver, Interrupted, NotSent
from printers.drivers.file import FileDriver
from printers.drivers.network import NetworkDriver
from printers.drivers.serial import SerialDriver
from printers.drivers.usb import UsbDriver
from server.config import (
    FileConnection,
    NetworkConnection,
    PrinterConnection,
    SerialConnection,
    UsbConnection,
)

__all__ = ["DEFAULT_TIMEOUT_S", "Driver", "Interrupted", "NotSent", "open_driver"]

VIRTUAL_HOST = "127.0.0.1"


def open_driver(connection: PrinterConnection, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Driver:
    """The driver of a printer as config.toml describes it; nothing is opened before a slip is sent.

    `timeout_s` is how long connecting, and each piece of a slip, may take.
    """
    match connection:
        case NetworkConnection():
            return NetworkDriver(connection.host, connection.port, timeout_s=timeout_s)
        case UsbConnection():
            return UsbDriver(
                connection.vendor_id, connection.product_id, connection.serial, timeout_s=timeout_s
            )
        case SerialConnection():
            return SerialDriver(connection.device, connection.baudrate, timeout_s=timeout_s)
        case FileConnection():
            return FileDriver(connection.device, timeout_s=timeout_s)
        case _:
            return NetworkDriver(VIRTUAL_HOST, connection.port, timeout_s=timeout_s)
