"""The CUPS driver, against a stand-in for the commands of CUPS, and against CUPS itself where a machine has it.

The stand-in (cups_stand_in.sh, put on PATH as `lp`, `lpstat` and `cancel`) says what CUPS 2.4.2 of Debian 12 was seen
to say to the same commands: for jobs that wait, are being printed, have ended, are cancelled before and after they
began, and for queues that are well, stopped, rejecting and unknown.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from printers.drivers import Interrupted, NotSent, cups, open_driver
from printers.drivers.cups import CupsDriver
from printers.status import Status
from printers.virtual import VirtualPrinter
from server.config import CupsConnection
from tests.printers.scripted import Sending, Told, send

IDLE = "printer karcis is idle.  enabled since Sun Nov 22 15:02:32 2026\n\tForm mounted:\n\tAlerts: {}\n"
ACCEPTING = "karcis accepting requests since Sun Nov 22 15:02:32 2026\n"
SLIP = b"A-001\n\x1bd\x06\x1dV\x01"


class Queue:
    """The stand-in's queue, `karcis`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("queued", "ended"):
            (folder / name).mkdir()
        for name in ("lp", "lpstat", "cancel"):
            shutil.copy(Path(__file__).parent / "cups_stand_in.sh", folder / name)
            (folder / name).chmod(0o755)
        self.says(IDLE.format("none") + ACCEPTING)
        self.first("ended")

    def says(self, text: str) -> None:
        self.put("printer", text)

    def first(self, alerts: str) -> None:
        self.put("first", f"{alerts}\n")

    def put(self, name: str, text: str = "") -> None:
        unfinished = self.folder / ".new"
        unfinished.write_text(text, "utf-8")
        unfinished.replace(self.folder / name)

    def end_job(self) -> None:
        (self.folder / "queued/karcis-7").rename(self.folder / "ended/karcis-7")

    @property
    def cancelled(self) -> bool:
        return (self.folder / "cancelled").exists()

    @property
    def slip(self) -> bytes:
        return (self.folder / "slip").read_bytes()


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setattr(cups, "POLL_S", 0.02)
    monkeypatch.setattr(cups, "TELL_EVERY_S", 0.05)
    monkeypatch.setattr(cups, "START_TIMEOUTS", 0.2)
    monkeypatch.setattr(cups, "PRINT_TIMEOUTS", 0.2)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    return Queue(tmp_path)


def driver() -> CupsDriver:
    return CupsDriver("karcis", timeout_s=2)


def test_a_slip_goes_through_the_queue_as_it_is(queue: Queue) -> None:
    told = Told()
    configured = open_driver(CupsConnection(id="p", driver="cups", queue="karcis"))
    assert send(configured, SLIP + bytes(range(256)), on_status=told) == "sent"
    assert queue.slip == SLIP + bytes(range(256))
    assert told.states == ["ready"] and not queue.cancelled


@pytest.mark.parametrize(("said", "status"), [
    (IDLE.format("none") + ACCEPTING, Status("ready")),
    (IDLE.format("media-low-report") + ACCEPTING, Status("paper_low", "CUPS says: media-low-report")),
    (IDLE.format("media-low-warning media-empty-error") + ACCEPTING,
     Status("paper_out", "CUPS says: media-empty-error")),
    (IDLE.format("media-empty cover-open") + ACCEPTING, Status("cover_open", "CUPS says: cover-open")),
    (IDLE.format("media-jam-error") + ACCEPTING, Status("error", "CUPS says: media-jam-error")),
    (IDLE.format("offline-report") + ACCEPTING, Status("offline", "CUPS says: offline-report")),
    (IDLE.format("cups-waiting-for-job-completed") + ACCEPTING, Status("ready")),
    ("printer karcis now printing karcis-3.  enabled since Sun Nov 22 15:02:34 2026\n\tAlerts: none\n" + ACCEPTING,
     Status("ready")),
    ("printer karcis disabled since Sun Nov 22 15:03:13 2026 -\n\tout to lunch\n\tAlerts: paused\n" + ACCEPTING,
     Status("offline", "its queue is stopped: out to lunch")),
    (IDLE.format("none") + "karcis not accepting requests since Sun Nov 22 15:03:13 2026 -\n\tno more\n",
     Status("offline", "its queue takes no jobs")),
])
def test_what_lpstat_says_becomes_the_printers_status(queue: Queue, said: str, status: Status) -> None:
    queue.says(said)
    assert driver().status() == status


def test_a_queue_that_needs_something_gets_no_slip(queue: Queue) -> None:
    queue.says(IDLE.format("media-empty-error") + ACCEPTING)
    with pytest.raises(NotSent) as failed:
        send(driver(), SLIP)
    assert failed.value.status.state == "paper_out"
    assert not (queue.folder / "slip").exists()


def test_a_queue_that_refuses_the_slip_is_told_in_its_own_words(queue: Queue) -> None:
    queue.put("refuses")
    with pytest.raises(NotSent, match="not accepting jobs"):
        send(driver(), SLIP)


def test_a_queue_that_does_not_exist_is_offline(queue: Queue) -> None:
    for attempt in (CupsDriver("nosuch").status, lambda: send(CupsDriver("nosuch"), SLIP)):
        with pytest.raises(NotSent, match="does not exist") as failed:
            attempt()
        assert failed.value.status.state == "offline"


def test_a_job_that_never_begins_is_taken_back_and_was_not_sent(queue: Queue) -> None:
    queue.first("none")
    with pytest.raises(NotSent, match="did not begin") as failed:
        send(driver(), SLIP)
    assert queue.cancelled and failed.value.status.state == "offline"


@pytest.mark.parametrize("alerts", ["job-printing", "printer-stopped"])
def test_a_job_that_was_begun_is_taken_back_and_may_be_printed(queue: Queue, alerts: str) -> None:
    queue.first(alerts)
    with pytest.raises(Interrupted, match="in time"):
        send(driver(), SLIP)
    assert queue.cancelled


def test_a_job_that_begins_just_when_it_is_taken_back_may_be_printed(queue: Queue) -> None:
    queue.first("none")
    queue.put("begins_meanwhile")
    with pytest.raises(Interrupted, match="in time"):
        send(driver(), SLIP)


def test_a_job_that_ends_just_when_it_is_taken_back_was_sent(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.first("job-printing")

    def ends_too_late(*_: object) -> bool:
        queue.end_job()
        return False

    monkeypatch.setattr(CupsDriver, "_see_done", ends_too_late)
    assert send(driver(), SLIP) == "sent"


def test_a_job_is_waited_for_while_the_printer_needs_people(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups, "PRINT_TIMEOUTS", 2)
    queue.first("job-printing")
    sending = Sending(driver(), SLIP)
    sending.told.wait_for("ready")
    queue.says(IDLE.format("media-empty-error") + ACCEPTING)
    sending.told.wait_for("paper_out")
    told = len(sending.told.statuses)
    sending.told.wait_until(lambda statuses: len(statuses) > told + 3)
    queue.end_job()
    assert sending.result() == "sent" and not queue.cancelled


def test_a_job_that_waits_for_people_too_long_is_taken_back(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups, "PRINT_TIMEOUTS", 2)
    queue.first("job-printing")
    sending = Sending(driver(), SLIP, within_s=1)
    sending.told.wait_for("ready")
    queue.says(IDLE.format("media-empty-error") + ACCEPTING)
    outcome = sending.result()
    assert isinstance(outcome, Interrupted) and outcome.status.state == "paper_out" and queue.cancelled


def test_a_stop_takes_the_job_back(queue: Queue) -> None:
    class Stop(Exception):
        pass

    calls: list[Status] = []

    def stop_at_the_second(status: Status) -> None:
        calls.append(status)
        if len(calls) == 2:
            raise Stop

    queue.first("none")
    with pytest.raises(Stop):
        send(driver(), SLIP, on_status=stop_at_the_second)
    assert queue.cancelled


def test_a_machine_without_cups_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSent, match="cups-client"):
        driver().status()


def test_commands_that_hang_cost_one_timeout(queue: Queue) -> None:
    quick = CupsDriver("karcis", timeout_s=0.5)
    queue.put("hangs", "lpstat")
    with pytest.raises(NotSent, match="did not answer within"):
        quick.status()
    queue.put("hangs", "lp")
    with pytest.raises(Interrupted, match="did not answer within"):
        send(quick, SLIP)


# CUPS itself


@pytest.fixture
def server() -> Iterator[Path]:
    """A CUPS server of our own; its commands are told where it is by CUPS_SERVER."""
    needed = ("cupsd", "lpadmin", "lp", "lpstat", "cancel")
    places = f"{os.environ['PATH']}:/usr/sbin"
    if not all(shutil.which(name, path=places) for name in needed) or os.geteuid() != 0:
        pytest.skip("CUPS is not installed here, or we may not run it")
    # Not pytest's own folder: what prints runs as another user, and the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="cups") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("conf", "spool", "cache", "state", "log", "tmp"):
            (folder / part).mkdir()
        everybody = "<Location {}>\nOrder allow,deny\nAllow all\n</Location>\n"
        (folder / "cupsd.conf").write_text(
            f"Listen {folder}/sock\n{everybody.format('/')}{everybody.format('/admin')}"
            "<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
        )
        (folder / "cups-files.conf").write_text(
            f"ServerRoot {folder}/conf\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
            f"TempDir {folder}/tmp\nErrorLog {folder}/log/error\nAccessLog {folder}/log/access\n"
            f"PageLog {folder}/log/page\n"
        )
        daemon = str(shutil.which("cupsd", path=places))
        process = subprocess.Popen(
            [daemon, "-f", "-c", folder / "cupsd.conf", "-s", folder / "cups-files.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            yield folder / "sock"
        finally:
            process.terminate()
            process.wait(10)


def test_real_cups(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip to a printer that is well, one to a printer that hangs, one behind it, one to a stopped queue."""
    monkeypatch.setenv("CUPS_SERVER", str(server))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    monkeypatch.setattr(cups, "START_TIMEOUTS", 0.3)
    monkeypatch.setattr(cups, "PRINT_TIMEOUTS", 0.3)
    end_s = time.monotonic() + 10
    while subprocess.run(["lpstat", "-r"], capture_output=True, check=False).stdout != b"scheduler is running\n":
        assert time.monotonic() < end_s, "CUPS does not start"
        time.sleep(0.05)

    def command(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True)

    with VirtualPrinter() as printer, socket.create_server(("127.0.0.1", 0)) as hung:
        command("lpadmin", "-p", "well", "-E", "-v", f"socket://127.0.0.1:{printer.port}")
        command("lpadmin", "-p", "hung", "-E", "-v", f"socket://127.0.0.1:{hung.getsockname()[1]}")
        well, stuck = CupsDriver("well"), CupsDriver("hung")
        assert well.status() == Status("ready")
        assert send(well, SLIP) == "sent"
        assert [slip.data for slip in printer.wait_for_slips(1, 5)] == [SLIP]

        with pytest.raises(Interrupted, match="in time"):
            send(stuck, b"x" * 10_000_000)
        command("lp", "-d", "hung", "-o", "raw", "/etc/hostname")
        end_s = time.monotonic() + 5
        while b"job-printing" not in subprocess.run(
            ["lpstat", "-l", "-o", "hung"], capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"}
        ).stdout:
            assert time.monotonic() < end_s
            time.sleep(0.05)
        with pytest.raises(NotSent, match="did not begin"):
            send(stuck, SLIP)
        command("cancel", "-a", "hung")

        command("cupsdisable", "-r", "sedang diperbaiki", "well")
        assert well.status() == Status("offline", "its queue is stopped: sedang diperbaiki")
        with pytest.raises(NotSent, match="stopped"):
            send(well, SLIP)
        command("cupsenable", "well")
        assert send(well, SLIP) == "sent"
        assert len(printer.wait_for_slips(2, 5)) == 2
