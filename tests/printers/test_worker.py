"""The print worker against a real HTTP server and printers on real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest

from printers import worker
from printers.drivers import Interrupted
from printers.server_link import ServerLink
from printers.status import Status
from printers.virtual import VirtualPrinter
from printers.worker import run_worker
from server.config import NetworkConnection, VirtualConnection
from tests.printers.queue_server import TOKEN, QueueServer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same worker with shorter breath."""
    monkeypatch.setattr(worker, "LOOK_AGAIN_S", (0.05,))
    monkeypatch.setattr(worker, "REFUSED_PAUSE_S", 0.05)
    monkeypatch.setattr(worker, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(worker, "FIRST_PAUSE_S", 0.02)


@pytest.fixture
def queue() -> Iterator[QueueServer]:
    server = QueueServer()
    yield server
    server.stop()


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as started:
        yield started


def network(port: int, name: str = "printer-1") -> NetworkConnection:
    return NetworkConnection(id=name, driver="network", host="127.0.0.1", port=port)


@contextmanager
def working(queue: QueueServer, *connections: Any, token: str = TOKEN, **options: Any) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=run_worker, daemon=True,
        kwargs={"server_url": queue.url, "token": token, "connections": connections, "stop": stop,
                "timeout_s": 0.5} | options,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
        assert not thread.is_alive(), "a worker that is stopped ends, also while it waits for a job"


def numbers(printer: VirtualPrinter, count: int) -> list[str]:
    slips = printer.wait_for_slips(count, 10)
    return [slip.text.splitlines()[slip.text.splitlines().index("Nomor antrean") + 1] for slip in slips]


def test_jobs_are_printed_in_order_and_reported(queue: QueueServer, printer: VirtualPrinter) -> None:
    wanted = [f"A-{n:03d}" for n in range(1, 6)]
    with working(queue, network(printer.port)):
        for at, number in enumerate(wanted):
            queue.add(number, job_id=at)
        queue.wait_until(lambda: len(queue.reports) == 5)
    assert numbers(printer, 5) == wanted
    assert queue.reports == [(at, "printed", "") for at in range(5)]
    assert queue.statuses == [("printer-1", "ready", "")]
    assert all(claim["printers"] == ["printer-1"] and claim["wait_s"] == 5 for claim in queue.claims)
    assert len(set(queue.keys)) == 5 and all(queue.keys)
    assert len({claim["session"] for claim in queue.claims}) == 1, "one life of the worker"


def test_each_printer_gets_its_own(queue: QueueServer, printer: VirtualPrinter) -> None:
    with VirtualPrinter() as other, working(queue, network(printer.port, "a"), network(other.port, "b")):
        queue.add("B-001", printer="b", job_id=1)
        queue.add("A-001", printer="a", job_id=2)
        queue.wait_until(lambda: len(queue.reports) == 2)
        assert numbers(printer, 1) == ["A-001"] and numbers(other, 1) == ["B-001"]


def test_a_dead_printer_does_not_keep_the_others_waiting(queue: QueueServer, printer: VirtualPrinter) -> None:
    with working(queue, network(_free_port(), "dead"), network(printer.port, "good")):
        queue.add("D-001", printer="dead", job_id=1)
        queue.add("G-001", printer="good", job_id=2)
        assert numbers(printer, 1) == ["G-001"]
        queue.wait_until(lambda: any(status[:2] == ("dead", "offline") for status in queue.statuses))


def test_virtual_printers_are_started_and_keep_their_slips(queue: QueueServer, tmp_path: Path) -> None:
    queue.add("A-001", printer="kiosk", job_id=1)
    with working(queue, VirtualConnection(id="kiosk", driver="virtual", width_mm=58), paper_folder=tmp_path):
        queue.wait_until(lambda: queue.reports == [(1, "printed", "")])
        _until(lambda: (tmp_path / "kiosk" / "0001.png").exists())
    assert "A-001" in (tmp_path / "kiosk" / "0001.txt").read_text(encoding="utf-8").splitlines()


def test_a_printer_that_comes_back_is_noticed_and_the_waiting_job_printed(queue: QueueServer) -> None:
    printer = VirtualPrinter(_free_port())
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: queue.statuses == [("printer-1", "offline", "the printer refused the connection")])
        queue.add("A-001", job_id=1)
        printer.start()
        try:
            queue.wait_until(lambda: queue.reports == [(1, "printed", "")])
            assert numbers(printer, 1) == ["A-001"]
            assert queue.statuses[-1] == ("printer-1", "ready", "")
        finally:
            printer.stop()


def test_a_job_for_a_printer_that_has_just_gone_is_reported_failed(queue: QueueServer, printer: VirtualPrinter) -> None:
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        printer.stop()
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: queue.reports == [(1, "failed", "the printer refused the connection")])
        queue.wait_until(lambda: queue.statuses[-1][:2] == ("printer-1", "offline"))
        assert len(queue.claims) == 1, "no further job is asked for until the printer answers"


def test_a_slip_that_stops_midway_is_reported_unknown(queue: QueueServer, printer: VirtualPrinter) -> None:
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        printer.slow(300)
        queue.add("A-001", job_id=1)
        printer.wait_for(lambda it: it.processed > 100, 5)
        printer.drop_after(0)
        queue.wait_until(lambda: queue.reports == [(1, "unknown", "the printer closed the connection")])
        printer.repair()
        queue.add("A-002", job_id=2)
        queue.wait_until(lambda: queue.reports[1:] == [(2, "printed", "")])


def test_a_slip_that_waits_for_paper_is_not_sent_again_and_the_server_hears_of_it(
    queue: QueueServer, printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STILL_AT_IT_S", 0.1)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        printer.paper_out_after(40)
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: ("printer-1", "paper_out") in [status[:2] for status in queue.statuses])
        queue.wait_until(lambda: queue.reports.count((1, "sending", "")) >= 3)
        printer.repair()
        queue.wait_until(lambda: queue.reports[-1] == (1, "printed", ""))
        queue.wait_until(lambda: queue.statuses[-1][:2] == ("printer-1", "ready"))
    assert numbers(printer, 1) == ["A-001"] and len(printer.slips) == 1


def test_a_server_that_is_away_does_not_disturb_a_slip_that_waits_for_paper(
    queue: QueueServer, printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STILL_AT_IT_S", 0.1)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        printer.paper_out_after(40)
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: (1, "sending", "") in queue.reports)
        queue.stop()
        asked = printer.questions
        printer.wait_for(lambda it: it.questions > asked + 5, 10)
        printer.repair()
        printer.wait_for_slips(1, 10)
        queue.start()
        queue.wait_until(lambda: queue.reports[-1] == (1, "printed", ""))
    assert len(printer.slips) == 1


def test_a_worker_that_is_stopped_while_a_slip_waits_for_paper_ends_and_says_so(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        printer.paper_out_after(40)
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: ("printer-1", "paper_out") in [status[:2] for status in queue.statuses])
    assert queue.reports[-1] == (1, "unknown", "the print worker was stopped")


@pytest.mark.parametrize(("lease_s", "expire_s"), [(0.0, 180.0), (30.0, 0.0), (-60.0, 180.0)])
def test_a_job_past_its_time_is_not_printed(
    queue: QueueServer, printer: VirtualPrinter, lease_s: float, expire_s: float
) -> None:
    queue.add("A-001", job_id=1, lease_s=lease_s, expire_s=expire_s)
    queue.add("A-002", job_id=2)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: queue.reports == [(1, "failed", "too late to be printed"), (2, "printed", "")])
    assert numbers(printer, 1) == ["A-002"]


def test_a_slip_that_cannot_be_laid_out_is_reported_and_the_next_printed(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    queue.add("A-001", job_id=1, slip={"hall": {}})
    queue.add("A-002", job_id=2)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.reports) == 2)
    assert queue.reports[0][:2] == (1, "failed") and "laid out" in queue.reports[0][2]
    assert numbers(printer, 1) == ["A-002"]


def test_a_driver_that_breaks_leaves_the_outcome_unknown_and_the_worker_alive(
    queue: QueueServer, printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as defect, working(queue, network(printer.port)):
        defect.setattr("printers.drivers.network.NetworkDriver.send", broken)
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: len(queue.reports) == 1)
        defect.undo()
        queue.add("A-002", job_id=2)
        queue.wait_until(lambda: len(queue.reports) == 2)
    assert queue.reports == [(1, "unknown", "RuntimeError('a defect')"), (2, "printed", "")]


def test_the_slip_looks_as_the_server_says_from_the_next_job_on(queue: QueueServer, printer: VirtualPrinter) -> None:
    with working(queue, network(printer.port)):
        queue.add("A-001", job_id=1)
        printer.wait_for_slips(1, 10)
        queue.style = "another"
        queue.add("A-002", job_id=2)
        slips = printer.wait_for_slips(2, 10)
    assert "Selamat datang" not in slips[0].text
    assert slips[1].text.split("\n")[:3] == ["Selamat datang", "Nomor antrean", "A-002"]


def test_a_server_that_restarts_while_a_job_is_waited_for_is_found_again(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.claims) == 1)
        queue.stop()
        queue.start()
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: queue.reports == [(1, "printed", "")])
        assert [status[1] for status in queue.statuses] == ["ready", "ready"], "it may have forgotten"


def test_a_server_that_is_not_there_yet_is_waited_for(queue: QueueServer, printer: VirtualPrinter) -> None:
    queue.stop()
    with working(queue, network(printer.port)):
        time.sleep(0.1)  # several attempts in vain
        queue.start()
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: queue.reports == [(1, "printed", "")])


def test_a_report_is_repeated_until_the_server_has_it(
    queue: QueueServer, printer: VirtualPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    queue.refusals.extend([("/report", 503, {"code": "restarting"})] * 3)
    queue.lose_answers_to = "/report"
    with working(queue, network(printer.port)):
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: len(queue.reports) == 2)
        queue.add("A-002", job_id=2)
        queue.wait_until(lambda: len(queue.reports) == 3)
    assert queue.reports == [(1, "printed", ""), (1, "printed", ""), (2, "printed", "")]
    assert queue.keys[0] == queue.keys[1] != queue.keys[2]
    assert numbers(printer, 2) == ["A-001", "A-002"]


def test_a_job_that_comes_back_because_its_report_was_refused_is_not_printed_twice(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    queue.refusals.append(("/report", 409, {"code": "lease_lost"}))
    for _ in range(2):
        queue.add("A-001", job_id=1, created_at="2026-03-02T08:00:00+09:00")
    queue.add("A-002", job_id=2)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.reports) == 2)
    assert queue.reports == [(1, "printed", ""), (2, "printed", "")]
    assert numbers(printer, 2) == ["A-001", "A-002"]


def test_another_visitors_slip_that_has_the_number_of_a_lost_report_is_printed(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    """The server was put back to a copy of before job 1, which it therefore does not know, and counts on from there."""
    queue.refusals.append(("/report", 404, {"code": "not_found"}))
    queue.add("A-001", job_id=1, created_at="2026-03-02T08:00:00+09:00")
    queue.add("B-007", job_id=1, created_at="2026-03-02T08:20:00+09:00")
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.reports) == 1)
    assert queue.reports == [(1, "printed", "")]
    assert numbers(printer, 2) == ["A-001", "B-007"]


def test_a_job_that_the_server_gives_again_on_purpose_is_printed_again(
    queue: QueueServer, printer: VirtualPrinter
) -> None:
    queue.add("A-001", job_id=1)
    queue.add("A-001", job_id=1)
    with working(queue, network(printer.port)):
        queue.wait_until(lambda: len(queue.reports) == 2)
    assert numbers(printer, 2) == ["A-001", "A-001"]


def test_a_report_that_never_gets_through_is_given_up_with_the_job(
    queue: QueueServer, printer: VirtualPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    queue.refusals.extend([("/report", 503, {"code": "restarting"})] * 1000)
    with working(queue, network(printer.port)):
        queue.add("A-001", job_id=1, lease_s=1.3, expire_s=1.3)
        numbers(printer, 1)
        _until(lambda: "could not be told" in caplog.text)
        queue.refusals.clear()
        queue.add("A-002", job_id=2)
        queue.wait_until(lambda: queue.reports == [(2, "printed", "")])


@pytest.mark.parametrize(
    ("refusal", "words"), [(403, "does not let this worker print"), (401, "does not know this worker")]
)
def test_a_worker_that_is_not_let_in_says_so_once_and_keeps_trying(
    queue: QueueServer, printer: VirtualPrinter, caplog: pytest.LogCaptureFixture, refusal: int, words: str
) -> None:
    queue.refusals.extend([("/api/v1/", refusal, {"code": "no"})] * 4)
    with working(queue, network(printer.port)):
        queue.add("A-001", job_id=1)
        queue.wait_until(lambda: queue.reports == [(1, "printed", "")])
    assert caplog.text.count(words) == 1


def test_a_wrong_token_is_never_sent_a_job(
    queue: QueueServer, printer: VirtualPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    queue.add("A-001", job_id=1)
    with working(queue, network(printer.port), token="wrong"):
        _until(lambda: "does not know this worker" in caplog.text)
    assert not queue.claims and not printer.slips


def test_a_stopped_worker_reports_what_it_has_just_sent(queue: QueueServer) -> None:
    """The stop comes while the slip is on its way."""
    stop = threading.Event()

    class Slow:
        def status(self) -> Status | None:
            return None

        def send(self, data: bytes, *, until_s: float, on_status: Callable[[Status], None]) -> Literal["sent"]:
            stop.set()
            raise Interrupted("stopped midway")

    link = ServerLink(queue.url, TOKEN)
    station = worker.Station(network(1), Slow(), link, stop)
    queue.add("A-001", job_id=1)
    station.start()
    queue.wait_until(lambda: queue.reports == [(1, "unknown", "stopped midway")])
    station.join(5)
    assert not station.is_alive()


def test_a_port_that_another_virtual_printer_holds_is_told_and_used(
    queue: QueueServer, printer: VirtualPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    queue.add("A-001", job_id=1)
    with working(queue, VirtualConnection(id="printer-1", driver="virtual", port=printer.port)):
        assert numbers(printer, 1) == ["A-001"]
    assert "not started" in caplog.text


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return int(reserved.getsockname()[1])


def _until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """For what has no event to wait for: files and log lines."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
