"""What a driver makes of a printer's answers: the virtual printer's with its faults, and those of scripted printers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from printers.drivers import Interrupted, NotSent, conversation, talking
from printers.drivers.network import NetworkDriver
from printers.status import Status
from printers.virtual import VirtualPrinter
from tests.printers.scripted import (
    HEAD,
    PAPER_OUT,
    PAPER_QUESTION,
    WELL,
    Answering,
    Sending,
    Told,
    listening,
    read_all,
    send,
)

CUT = b"\x1bd\x06\x1dV\x01"
SLIP = b"A-001\n" + CUT
LONG = b"".join(b"line %03d\n" % n for n in range(60)) + CUT


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same conversation with shorter breath."""
    monkeypatch.setattr(conversation, "ASK_EVERY_S", 0.1)
    monkeypatch.setattr(conversation, "TELL_EVERY_S", 0.1)
    monkeypatch.setattr(conversation, "CATCH_UP_S", 0.5)


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(buffer_bytes=65536) as started:
        yield started


def driver_of(printer: VirtualPrinter, **options: object) -> NetworkDriver:
    return NetworkDriver("127.0.0.1", printer.port, **({"timeout_s": 0.5} | options))  # type: ignore[arg-type]


def texts(printer: VirtualPrinter, count: int) -> list[str]:
    return [slip.text.splitlines()[0] for slip in printer.wait_for_slips(count, 5)]


# A printer that can tell


def test_a_printer_that_is_well_confirms_each_slip(printer: VirtualPrinter) -> None:
    driver, told = driver_of(printer), Told()
    assert driver.status() == Status("ready")
    for _ in range(3):
        assert send(driver, SLIP, on_status=told) == "printed"
    assert texts(printer, 3) == ["A-001"] * 3
    assert [slip.data for slip in printer.slips] == [SLIP] * 3
    assert told.states == ["ready"]


def test_what_is_not_printed_yet_is_not_confirmed() -> None:
    with VirtualPrinter(printing_mm_s=400) as printer:
        assert send(driver_of(printer), LONG) == "printed"
        assert len(printer.slips) == 1, "the answer came before the slip had fallen"


@pytest.mark.parametrize(("fault", "state"), [
    ("paper_out", "paper_out"), ("open_cover", "cover_open"), ("jam_cutter", "error"),
])
def test_a_printer_that_says_it_cannot_print_gets_nothing(printer: VirtualPrinter, fault: str, state: str) -> None:
    driver, told = driver_of(printer), Told()
    getattr(printer, fault)()
    said = driver.status()
    assert said is not None and said.state == state and said.reason
    with pytest.raises(NotSent) as failed:
        send(driver, SLIP, on_status=told)
    assert failed.value.status == said and str(failed.value) == said.reason
    assert told.statuses == [] and printer.buffered == 0
    printer.repair()
    assert driver.status() == Status("ready")
    assert send(driver, SLIP) == "printed"
    assert texts(printer, 1) == ["A-001"]


def test_paper_that_is_low_is_told_and_printed_on(printer: VirtualPrinter) -> None:
    printer.paper_low()
    driver, told = driver_of(printer), Told()
    assert driver.status() == Status("paper_low", "the paper is nearly at its end")
    assert send(driver, SLIP, on_status=told) == "printed"
    assert told.states == ["paper_low"]


@pytest.mark.parametrize(("fault", "state"), [("paper_out", "paper_out"), ("open_cover", "cover_open")])
def test_a_slip_that_stops_midway_is_waited_for_and_comes_out_once(
    printer: VirtualPrinter, fault: str, state: str
) -> None:
    printer.paper_out_after(200)
    sending = Sending(driver_of(printer), LONG)
    sending.told.wait_for("paper_out")
    if fault == "open_cover":
        printer.open_cover()
        sending.told.wait_for("cover_open")
    printer.repair()
    assert sending.result() == "printed"
    assert sending.told.states[-1] == "ready"
    assert [slip.data for slip in printer.slips] == [LONG]


def test_paper_that_is_not_refilled_in_time_leaves_the_slip_in_doubt(printer: VirtualPrinter) -> None:
    printer.paper_out_after(200)
    with pytest.raises(Interrupted) as failed:
        send(driver_of(printer), LONG, within_s=1.5)
    assert failed.value.status == Status("paper_out", "there is no paper")


def test_while_waiting_it_is_told_again_and_again_and_can_be_stopped(printer: VirtualPrinter) -> None:
    printer.paper_out_after(200)
    calls: list[Status] = []

    class Stop(Exception):
        pass

    def stop_at_the_fifth(status: Status) -> None:
        calls.append(status)
        if len([each for each in calls if each.state == "paper_out"]) == 5:
            raise Stop

    with pytest.raises(Stop):
        send(driver_of(printer), LONG, on_status=stop_at_the_fifth)
    printer.wait_for(lambda p: not p.connected, 5)


def test_what_the_listener_raises_is_raised_even_if_it_looks_like_a_broken_line(printer: VirtualPrinter) -> None:
    def fail(_: Status) -> None:
        raise OSError("the server is away")

    with pytest.raises(OSError, match="the server is away"):
        send(driver_of(printer), SLIP, on_status=fail)
    printer.wait_for(lambda p: not p.connected, 5)
    assert printer.processed == 0


def test_a_slow_printer_is_waited_for(printer: VirtualPrinter) -> None:
    driver = driver_of(printer, timeout_s=0.3)
    assert send(driver, SLIP) == "printed"
    printer.slow(400)
    assert send(driver, LONG) == "printed"


def test_a_printer_that_hangs_before_a_slip_gets_nothing(printer: VirtualPrinter) -> None:
    driver = driver_of(printer, timeout_s=0.3)
    assert driver.status() == Status("ready")
    printer.hang()
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="does not answer") as failed:
            attempt()
        assert failed.value.status.state == "offline"


def test_a_printer_that_hangs_midway_leaves_the_slip_in_doubt(printer: VirtualPrinter) -> None:
    printer.slow(300)
    sending = Sending(driver_of(printer, timeout_s=0.3), LONG)
    printer.wait_for(lambda p: p.processed > 50, 5)
    printer.hang()
    outcome = sending.result()
    assert isinstance(outcome, Interrupted) and "stopped answering" in str(outcome)
    assert outcome.status.state == "error"


def test_a_printer_that_falls_silent_midway_leaves_the_slip_in_doubt(printer: VirtualPrinter) -> None:
    printer.slow(300)
    sending = Sending(driver_of(printer, timeout_s=0.3), LONG)
    printer.wait_for(lambda p: p.processed > 50, 5)
    printer.mute()
    assert isinstance(sending.result(), Interrupted)


def test_a_connection_that_breaks_midway_leaves_the_slip_in_doubt(printer: VirtualPrinter) -> None:
    driver = driver_of(printer)
    assert send(driver, SLIP) == "printed"
    printer.drop_after(300)
    with pytest.raises(Interrupted, match="closed"):
        send(driver, LONG)


def test_nonsense_before_a_slip_from_a_printer_that_has_answered_means_nothing_is_sent(printer: VirtualPrinter) -> None:
    driver = driver_of(printer)
    assert driver.status() == Status("ready")
    printer.garbage()
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="no sense") as failed:
            attempt()
        assert failed.value.status.state == "error"
    assert printer.processed == 0


def test_nonsense_after_a_slip_leaves_it_in_doubt(printer: VirtualPrinter) -> None:
    printer.slow(300)
    sending = Sending(driver_of(printer), LONG)
    printer.wait_for(lambda p: p.processed > 50, 5)
    printer.garbage()
    outcome = sending.result()
    assert isinstance(outcome, Interrupted) and "no sense" in str(outcome)


def test_nonsense_that_looks_like_the_confirmation_is_seen_through() -> None:
    """Every question is answered with the byte that would confirm the slip, from the slip on."""
    mind = Answering()

    def serve(line: socket.socket) -> None:
        while data := line.recv(65536):
            if SLIP in data:
                mind.health, mind.done = dict.fromkeys(WELL, 0), None
            line.sendall(mind.take(data) or b"")

    with listening(serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3)
        with pytest.raises(Interrupted):
            send(driver, SLIP)


def test_a_pictures_bytes_that_look_like_a_question_do_no_harm() -> None:
    """Some printers answer DLE EOT wherever it stands, also in the data of a picture."""
    mind = Answering()
    with listening(mind.serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.5)
        assert send(driver, b"\x1dv0" + b"\x10\x04\x02" * 20 + CUT) == "printed"


def test_blocks_that_a_printer_sends_unasked_are_understood() -> None:
    """The slip is more than the printer takes: no question reaches it, only its unasked words tell what it needs."""
    mind, refilled = Answering(), threading.Event()
    slip = b"x" * 20_000_000

    def serve(line: socket.socket) -> None:
        while not mind.slip:
            line.sendall(mind.take(line.recv(100)))
        line.sendall(b"\x18\x00\x0f\x00")
        refilled.wait(10)
        line.sendall(b"\x10\x00\x00\x00")
        while data := line.recv(1 << 20):
            line.sendall(mind.take(data.lstrip(b"x")))

    with listening(serve) as printer:
        sending = Sending(NetworkDriver("127.0.0.1", printer.port, timeout_s=0.5), slip)
        sending.told.wait_for("paper_out")
        told = len(sending.told.statuses)
        # Longer than a printer of which nothing is known may take no bytes.
        sending.told.wait_until(lambda statuses: len(statuses) > told + 8)
        refilled.set()
        assert sending.result() == "printed"
        assert sending.told.states == ["ready", "paper_out", "ready"]


# What is learnt


def test_a_printer_that_never_answers_is_asked_once_and_its_slips_are_sent() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.2)
        assert driver.status() is None
        assert [send(driver, SLIP), send(driver, SLIP)] == ["sent", "sent"]
        assert driver.status() is None
        for _ in range(4):
            assert printer.served.acquire(timeout=5)
    assert received == [b"\x10\x04\x01", SLIP, SLIP, b""]


def test_a_printer_that_did_not_answer_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "BELIEVED_S", 0.0)
    mind = Answering()
    mind.health = None
    with listening(mind.serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.2)
        assert send(driver, SLIP) == "sent"
        mind.health = WELL
        assert send(driver, SLIP) == "printed"
        assert mind.slip == SLIP + HEAD + SLIP


def test_a_printer_that_was_away_is_asked_again_at_once() -> None:
    printer = VirtualPrinter()
    with printer:
        driver = driver_of(printer, timeout_s=0.2)
        printer.mute()
        assert driver.status() is None
        printer.repair()
        assert driver.status() is None, "it is not asked each time"
    with pytest.raises(NotSent):
        driver.status()
    with printer:
        assert driver.status() == Status("ready")


def test_nonsense_from_a_printer_that_has_never_answered_is_no_answer(printer: VirtualPrinter) -> None:
    printer.garbage()
    driver = driver_of(printer)
    assert driver.status() is None
    assert send(driver, SLIP) == "sent"
    assert texts(printer, 1) == ["A-001"]


def test_a_printer_that_must_answer_gets_nothing_as_long_as_it_does_not(printer: VirtualPrinter) -> None:
    driver = driver_of(printer, timeout_s=0.2, status="required")
    printer.mute()
    for attempt in (driver.status, lambda: send(driver, SLIP)):
        with pytest.raises(NotSent, match="does not answer"):
            attempt()
    printer.repair()
    assert send(driver, SLIP) == "printed"


def test_a_printer_that_is_never_asked_gets_nothing_but_the_slip() -> None:
    received: list[bytes] = []
    with listening(lambda line: received.append(read_all(line))) as printer:
        assert send(NetworkDriver("127.0.0.1", printer.port, status="none"), SLIP) == "sent"
        assert printer.served.acquire(timeout=5)
    assert received == [SLIP]


def test_a_printer_that_cannot_confirm_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "CONFIRM_S", 0.5)
    mind = Answering(done=None)
    with listening(mind.serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3)
        assert [send(driver, SLIP), send(driver, SLIP)] == ["sent", "sent"]
        assert mind.slip == HEAD + SLIP + SLIP
        mind.health = PAPER_OUT
        with pytest.raises(NotSent, match="no paper"):
            send(driver, SLIP)


def test_a_printer_known_to_confirm_is_waited_for_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "CONFIRM_S", 0.2)
    mind = Answering()
    with listening(mind.serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3)
        assert send(driver, SLIP) == "printed"
        mind.done = None
        with pytest.raises(Interrupted, match="not that the slip is done"):
            send(driver, SLIP, within_s=1)


def test_a_printer_that_closes_after_the_slip_is_believed_only_if_it_never_confirmed() -> None:
    mind = Answering()
    closes = threading.Event()

    def serve(line: socket.socket) -> None:
        while data := line.recv(65536):
            answer = mind.take(data)
            if closes.is_set() and mind.slip.endswith(CUT):
                return
            line.sendall(answer)

    with listening(serve) as printer:
        closes.set()
        unknown = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.5)
        assert send(unknown, SLIP) == "sent"
        closes.clear()
        mind.slip = b""
        known = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.5)
        assert send(known, SLIP) == "printed"
        closes.set()
        mind.slip = b""
        with pytest.raises(Interrupted, match="closed"):
            send(known, SLIP)


# Answers that come late


def test_the_late_answer_to_an_earlier_slip_does_not_confirm_the_next() -> None:
    """Some printers give what they answer to whoever is connected by then."""
    mind, late = Answering(), threading.Event()
    seen: list[bytes] = []

    def serve(line: socket.socket) -> None:
        while data := line.recv(65536):
            seen.append(data)
            if late.is_set() and PAPER_QUESTION in data:
                late.clear()
                mind.done = b"\x00"
                line.sendall(b"\x00")
            line.sendall(mind.take(data))

    with listening(serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3)
        assert send(driver, SLIP) == "printed"
        mind.done = None
        with pytest.raises(Interrupted):
            send(driver, SLIP, within_s=0.5)
        late.set()
        seen.clear()
        assert send(driver, b"B-002\n" + CUT) == "printed"
        sent = b"".join(seen)
        assert sent.index(PAPER_QUESTION) < sent.index(HEAD + b"B-002"), "it was asked whether it had caught up"
        seen.clear()
        assert send(driver, b"C-003\n" + CUT) == "printed"
        assert b"".join(seen).count(PAPER_QUESTION) == 1, "nothing is owed any more"


def test_a_printer_that_does_not_catch_up_gets_no_further_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "CONFIRM_S", 0.4)
    mind = Answering()
    with listening(mind.serve) as printer:
        driver = NetworkDriver("127.0.0.1", printer.port, timeout_s=0.3)
        assert send(driver, SLIP) == "printed"
        mind.done, mind.slip = None, b""
        with pytest.raises(Interrupted):
            send(driver, SLIP, within_s=0.5)
        with pytest.raises(NotSent, match="does not get on"):
            send(driver, SLIP)
        assert mind.slip == HEAD + SLIP


def test_after_switching_off_and_on_the_next_slip_is_confirmed(printer: VirtualPrinter) -> None:
    driver = driver_of(printer, timeout_s=0.3)
    assert send(driver, SLIP) == "printed"
    printer.paper_out_after(200)
    sending = Sending(driver, LONG)
    sending.told.wait_for("paper_out")
    printer.stop()
    assert isinstance(sending.result(), Interrupted)
    printer.repair()
    printer.start()
    assert send(driver, SLIP) == "printed"
