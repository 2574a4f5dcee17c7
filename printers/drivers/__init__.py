"""The ways to a printer: network, USB, serial line, file of the system, CUPS."""

from __future__ import annotations

from printers.drivers.base import DEFAULT_TIMEOUT_S, Driver, Interrupted, NotSent, Outcome
from printers.drivers.cups import CupsDriver
from printers.drivers.file import FileDriver
from printers.drivers.network import NetworkDriver
from printers.drivers.serial import SerialDriver
from printers.drivers.usb import UsbDriver
from server.config import (
    CupsConnection,
    FileConnection,
    NetworkConnection,
    PrinterConnection,
    SerialConnection,
    UsbConnection,
)

__all__ = ["DEFAULT_TIMEOUT_S", "Driver", "Interrupted", "NotSent", "Outcome", "open_driver"]

VIRTUAL_HOST = "127.0.0.1"


def open_driver(connection: PrinterConnection, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Driver:
    """The driver of a printer as config.toml describes it; nothing is opened before the printer is needed.

    `timeout_s` is what connecting, each write and each answer may take where the printer has no time-out of its own.
    """
    timeout_s = timeout_s if connection.timeout_s is None else connection.timeout_s
    status = connection.status
    match connection:
        case NetworkConnection():
            return NetworkDriver(connection.host, connection.port, timeout_s=timeout_s, status=status)
        case UsbConnection():
            return UsbDriver(
                connection.vendor_id, connection.product_id, connection.serial, timeout_s=timeout_s, status=status
            )
        case SerialConnection():
            return SerialDriver(connection.device, connection.baudrate, timeout_s=timeout_s, status=status)
        case FileConnection():
            return FileDriver(connection.device, timeout_s=timeout_s, status=status)
        case CupsConnection():
            return CupsDriver(connection.queue, timeout_s=timeout_s)
        case _:
            return NetworkDriver(VIRTUAL_HOST, connection.port, timeout_s=timeout_s, status=status)
