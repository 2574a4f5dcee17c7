"""The worker's line to the server: one connection, kept, and found again when it broke."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from printers.clock import clock_s
from printers.server_link import Answer, Refused, ServerLink, Unreachable

GOOD = b'HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 02:41:10 GMT\r\nContent-Length: 13\r\n\r\n{"jobs": [1]}'


@contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[tuple[ServerLink, list[int]]]:
    """A link to a server that does `serve` with each connection; the list grows with the connections."""
    connections: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(1)
            with connection:
                connection.settimeout(5)
                serve(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    link = ServerLink(f"http://127.0.0.1:{listener.getsockname()[1]}/base/", "secret")
    try:
        yield link, connections
    finally:
        link.close()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        listener.close()


def request(connection: socket.socket) -> bytes:
    """One request as it came; b"" when the other side has hung up."""
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        piece = connection.recv(4096)
        if not piece:
            return b""
        data += piece
    return data


def answering(*answers: bytes) -> Callable[[socket.socket], None]:
    """A server that gives these answers on a connection, then hangs up."""

    def serve(connection: socket.socket) -> None:
        for answer in answers:
            if not request(connection):
                return
            connection.sendall(answer)

    return serve


def test_commands_share_one_connection() -> None:
    requests: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        while content := request(connection):
            requests.append(content)
            connection.sendall(GOOD)

    with serving(serve) as (link, connections):
        for _ in range(3):
            assert link.post("/x", {"a": 1}, timeout_s=5, key="k").body == {"jobs": [1]}
    assert len(connections) == 1
    head = requests[0].split(b"\r\n")
    assert head[0] == b"POST /base/api/v1/x HTTP/1.1"
    assert {b"Authorization: Bearer secret", b"Idempotency-Key: k", b"Content-Type: application/json"} <= set(head)
    assert head[-1] == b'{"a": 1}'


def test_a_connection_that_the_server_closed_while_idle_is_opened_again() -> None:
    with serving(answering(GOOD)) as (link, connections):
        for _ in range(3):
            link.post("/x", {}, timeout_s=5)
    assert len(connections) == 3


def test_a_command_that_may_be_given_up_is_sent_once_at_most() -> None:
    with serving(answering(GOOD)) as (link, connections):
        link.post("/x", {}, timeout_s=5)
        with pytest.raises(Unreachable):
            link.post("/claim", {}, timeout_s=5, give_up=threading.Event())
        link.post("/x", {}, timeout_s=5)
    assert len(connections) == 2


def test_a_server_that_hangs_up_without_an_answer_is_unreachable() -> None:
    with serving(answering()) as (link, _), pytest.raises(Unreachable):
        link.post("/x", {}, timeout_s=5)


def test_a_server_that_says_nothing_is_unreachable_in_time() -> None:
    def serve(connection: socket.socket) -> None:
        assert request(connection)
        request(connection)

    begun = time.monotonic()
    with serving(serve) as (link, _):
        with pytest.raises(Unreachable, match="timed out"):
            link.post("/x", {}, timeout_s=0.2)
        link.close()
    assert time.monotonic() - begun < 4


def answer_of(status: str, content: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(content), content)


@pytest.mark.parametrize("answer", [answer_of("200 OK", b"hello"), answer_of("200 OK", b"[]"), b"noise\r\n"])
def test_what_is_no_server_of_ours_is_unreachable(answer: bytes) -> None:
    with serving(answering(answer)) as (link, _), pytest.raises(Unreachable):
        link.post("/x", {}, timeout_s=5)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_of("409 Conflict", b'{"code": "lease_lost", "detail": "too late"}'), "409 lease_lost: too late"),
        (answer_of("502 Bad Gateway", b"<html>"), "502 "),
    ],
)
def test_an_error_of_the_server_is_told_with_its_code(answer: bytes, words: str) -> None:
    with serving(answering(answer)) as (link, _), pytest.raises(Refused) as refused:
        link.post("/x", {}, timeout_s=5)
    assert str(refused.value) == words


def test_times_are_counted_from_the_servers_clock_whatever_ours_says() -> None:
    with serving(answering(GOOD)) as (link, _):
        answer = link.post("/x", {}, timeout_s=5)
    # The header has whole seconds: the server's clock may have been at 02:41:10.999.
    assert answer.until("2026-11-22T09:41:21+07:00") - answer.at_s == 10
    assert abs(answer.at_s - clock_s()) < 5


def test_without_a_date_our_own_clock_must_do() -> None:
    with serving(answering(answer_of("200 OK", b"{}"))) as (link, _):
        answer = link.post("/x", {}, timeout_s=5)
    assert isinstance(answer, Answer)
    assert abs(answer.until((datetime.now(UTC) + timedelta(seconds=60)).isoformat()) - clock_s() - 60) < 5


def test_a_command_given_up_is_not_sent() -> None:
    given_up = threading.Event()
    given_up.set()
    with serving(answering(GOOD)) as (link, connections):
        with pytest.raises(Unreachable):
            link.post("/x", {}, timeout_s=5, give_up=given_up)
        assert connections == []


def test_a_command_under_way_is_cut_from_another_thread() -> None:
    asked = threading.Event()

    def serve(connection: socket.socket) -> None:
        request(connection)
        asked.set()
        request(connection)

    with serving(serve) as (link, _):
        def cut() -> None:
            asked.wait(5)
            link.cut()

        cutter = threading.Thread(target=cut)
        cutter.start()
        with pytest.raises(Unreachable):
            link.post("/x", {}, timeout_s=5)
        cutter.join(5)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://x", "http://"])
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        ServerLink(url, "secret")
