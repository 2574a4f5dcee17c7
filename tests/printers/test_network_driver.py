"""The network driver against real sockets that accept, refuse, break off and never read."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from printers.drivers import Interrupted, NotSent, open_driver
from printers.drivers.network import NetworkDriver
from printers.virtual import VirtualPrinter
from server.config import NetworkConnection, VirtualConnection

LARGE = b"x" * 20_000_000
"""More than the kernel takes for a reader that does not read."""


class Listener:
    """A printer's TCP side that does with each connection what a test wants."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._serve = serve
        self.served = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                self._serve(connection)
            self.served.release()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()
        assert not self._thread.is_alive()


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[Listener]:
    listener = Listener(serve)
    try:
        yield listener
    finally:
        listener.close()


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


def test_all_bytes_arrive_and_the_line_is_closed_after_them() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port)
        for data in (b"first", b"second" * 100_000):
            driver.send(data)
            assert printer.served.acquire(timeout=5)
    assert received == [b"first", b"second" * 100_000]


def test_a_printer_that_talks_back_does_not_lose_the_slip() -> None:
    received: list[bytes] = []

    def serve(line: socket.socket) -> None:
        line.sendall(b"\x10\x00\x00\x00" * 500)  # status sent unasked, as many printers do
        received.append(read_all(line))
        line.sendall(b"\x10\x00\x00\x00")

    with listening(serve) as printer:
        NetworkDriver("127.0.0.1", printer.port).send(b"slip" * 5000)
        assert printer.served.acquire(timeout=5)
    assert received == [b"slip" * 5000]


def test_a_printer_that_never_closes_its_side_does_not_hold_the_worker() -> None:
    release = threading.Event()

    def serve(line: socket.socket) -> None:
        assert line.recv(10) == b"slip"
        release.wait(10)

    with listening(serve) as printer:
        NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3).send(b"slip")
        release.set()


def test_a_refused_connection_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    driver = NetworkDriver("127.0.0.1", port)
    with pytest.raises(NotSent, match="refused"):
        driver.send(b"slip")
    with pytest.raises(NotSent, match="refused"):
        driver.check()
    gc.collect()  # a socket left open would warn now


def test_a_name_that_does_not_exist_means_nothing_was_sent() -> None:
    with pytest.raises(NotSent):
        NetworkDriver("printer.invalid", 9100).send(b"slip")


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
                NetworkDriver("127.0.0.1", address[1], timeout_s=0.2).send(b"slip")
        finally:
            for line in waiting:
                line.close()


def test_a_printer_that_closes_midway_interrupts() -> None:
    def serve(line: socket.socket) -> None:
        line.recv(10)  # and close with the rest unread: the connection is reset

    with listening(serve) as printer, pytest.raises(Interrupted, match="closed"):
        NetworkDriver("127.0.0.1", printer.port).send(LARGE)


def test_a_printer_that_drops_a_slip_that_the_kernel_had_taken_interrupts() -> None:
    def serve(line: socket.socket) -> None:
        line.recv(10)

    with listening(serve) as printer, pytest.raises(Interrupted, match="closed"):
        NetworkDriver("127.0.0.1", printer.port).send(b"x" * 5000)


def test_a_printer_that_never_reads_interrupts() -> None:
    release = threading.Event()

    def serve(line: socket.socket) -> None:
        release.wait(10)

    with listening(serve) as printer:
        with pytest.raises(Interrupted, match=r"did not answer within 0\.3 s, after \d+ of 20000000 bytes"):
            NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3).send(LARGE)
        release.set()


def test_bytes_that_the_printers_side_never_acknowledges_interrupt() -> None:
    """The kernel has taken all, the other side's window is full: a plain sendall would call this sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        driver = NetworkDriver("127.0.0.1", server.getsockname()[1], timeout_s=0.3)
        with pytest.raises(Interrupted, match="did not take the whole slip"):
            driver.send(b"x" * 100_000)


def test_check_connects_and_sends_nothing() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        NetworkDriver("127.0.0.1", printer.port).check()
        assert printer.served.acquire(timeout=5)
    assert received == [b""]


def test_ipv6_printers_are_reached() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        NetworkDriver("::1", server.getsockname()[1]).check()


def test_the_configured_printer_is_the_one_that_gets_the_slip() -> None:
    with VirtualPrinter() as printer:
        network = NetworkConnection(id="p", driver="network", host="127.0.0.1", port=printer.port)
        open_driver(network).send(b"one\n\x1bd\x06\x1dV\x01")
        virtual = VirtualConnection(id="p", driver="virtual", port=printer.port)
        open_driver(virtual).send(b"two\n\x1bd\x06\x1dV\x01")
        assert [slip.text for slip in printer.wait_for_slips(2, 5)] == ["one\n", "two\n"]
