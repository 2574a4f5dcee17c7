"""The network driver against printers that do not talk, on real sockets: they accept, refuse, break off, never read."""

from __future__ import annotations

import gc
import socket
import threading

import pytest

from printers.drivers import Interrupted, NotSent, open_driver
from printers.drivers.network import NetworkDriver
from printers.virtual import VirtualPrinter
from server.config import NetworkConnection, VirtualConnection
from tests.printers.scripted import listening, read_all, send

LARGE = b"x" * 20_000_000
"""More than the kernel takes for a reader that does not read."""


def silent(port: int, timeout_s: float = 0.3, host: str = "127.0.0.1") -> NetworkDriver:
    """A driver that does not ask."""
    return NetworkDriver(host, port, timeout_s=timeout_s, status="none")


def test_all_bytes_arrive_and_the_line_is_closed_after_them() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        driver = silent(printer.port, 3)
        for data in (b"first", b"second" * 100_000):
            assert send(driver, data) == "sent"
            assert printer.served.acquire(timeout=5)
    assert received == [b"first", b"second" * 100_000]


def test_a_printer_that_talks_back_unasked_does_not_lose_the_slip() -> None:
    received: list[bytes] = []

    def serve(line: socket.socket) -> None:
        line.sendall(b"\x10\x00\x00\x00" * 500)
        received.append(read_all(line))
        line.sendall(b"\x10\x00\x00\x00")

    with listening(serve) as printer:
        assert send(silent(printer.port, 3), b"slip" * 5000) == "sent"
        assert printer.served.acquire(timeout=5)
    assert received == [b"slip" * 5000]


def test_a_printer_that_closes_its_own_side_first_gets_the_slip_all_the_same() -> None:
    received: list[bytes] = []

    def serve(line: socket.socket) -> None:
        line.shutdown(socket.SHUT_WR)
        received.append(read_all(line))

    with listening(serve) as printer:
        assert send(silent(printer.port, 3), b"slip" * 5000) == "sent"
        assert printer.served.acquire(timeout=5)
    assert received == [b"slip" * 5000]


def test_a_printer_that_never_closes_its_side_does_not_hold_the_worker() -> None:
    release = threading.Event()

    def serve(line: socket.socket) -> None:
        assert line.recv(10) == b"slip"
        release.wait(10)

    with listening(serve) as printer:
        assert send(silent(printer.port), b"slip") == "sent"
        release.set()


def test_a_refused_connection_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    driver = NetworkDriver("127.0.0.1", port)
    with pytest.raises(NotSent, match="refused") as failed:
        send(driver, b"slip")
    assert failed.value.status.state == "offline" and "refused" in failed.value.status.reason
    with pytest.raises(NotSent, match="refused"):
        driver.status()
    gc.collect()  # a socket left open would warn now


def test_a_name_that_does_not_exist_means_nothing_was_sent() -> None:
    with pytest.raises(NotSent):
        send(silent(9100, host="printer.invalid"), b"slip")


def test_a_printer_that_does_not_answer_costs_one_timeout() -> None:
    # A listener whose queue is full lets further connections hang, as a printer without power does.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        try:
            for line in waiting:
                line.setblocking(False)
                line.connect_ex(address)
            with pytest.raises(NotSent, match=r"within 0\.2 s"):
                send(silent(address[1], 0.2), b"slip")
        finally:
            for line in waiting:
                line.close()


def test_a_printer_that_closes_midway_interrupts() -> None:
    def serve(line: socket.socket) -> None:
        line.recv(10)  # and close with the rest unread: the connection is reset

    with listening(serve) as printer, pytest.raises(Interrupted, match="closed") as failed:
        send(silent(printer.port), LARGE)
    assert failed.value.status.state == "error"


def test_a_printer_that_drops_a_slip_that_the_kernel_had_taken_interrupts() -> None:
    def serve(line: socket.socket) -> None:
        line.recv(10)

    with listening(serve) as printer, pytest.raises(Interrupted, match="closed"):
        send(silent(printer.port), b"x" * 5000)


def test_a_printer_that_never_reads_interrupts() -> None:
    release = threading.Event()

    def serve(line: socket.socket) -> None:
        release.wait(10)

    with listening(serve) as printer:
        with pytest.raises(Interrupted, match=r"did not answer within 0\.3 s, after \d+ of 20000000 bytes"):
            send(silent(printer.port), LARGE)
        release.set()


def test_bytes_that_the_printers_side_never_acknowledges_interrupt() -> None:
    """The kernel has taken all, the other side's window is full: a plain sendall would call this sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        with pytest.raises(Interrupted, match="did not take the whole slip"):
            send(silent(server.getsockname()[1]), b"x" * 100_000)


def test_asking_a_printer_that_may_not_be_asked_only_connects() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        assert silent(printer.port).status() is None
        assert printer.served.acquire(timeout=5)
    assert received == [b""]


def test_a_slip_that_is_too_late_is_not_sent_and_nobody_is_called() -> None:
    with pytest.raises(NotSent, match="too late") as failed:
        send(silent(9), b"slip", within_s=0)
    assert failed.value.status.state == "ready"


def test_ipv6_printers_are_reached() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert silent(server.getsockname()[1], host="::1").status() is None


def test_the_configured_printer_is_the_one_that_gets_the_slip() -> None:
    with VirtualPrinter() as printer:
        network = NetworkConnection(id="p", driver="network", host="127.0.0.1", port=printer.port)
        assert send(open_driver(network), b"one\n\x1bd\x06\x1dV\x01") == "printed"
        virtual = VirtualConnection(id="p", driver="virtual", port=printer.port)
        assert send(open_driver(virtual), b"two\n\x1bd\x06\x1dV\x01") == "printed"
        assert [slip.text for slip in printer.wait_for_slips(2, 5)] == ["one\n", "two\n"]


def test_a_printers_own_settings_outweigh_those_of_all() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        quick = NetworkConnection(
            id="p", driver="network", host="127.0.0.1", port=printer.port, timeout_s=0.2, status="required"
        )
        with pytest.raises(NotSent, match="does not answer"):
            open_driver(quick, timeout_s=60).status()
        never = NetworkConnection(id="p", driver="network", host="127.0.0.1", port=printer.port, status="none")
        assert open_driver(never).status() is None
        for _ in received, never:
            assert printer.served.acquire(timeout=5)
    assert received == [b"\x10\x04\x01", b""]
