"""What goes wrong with printers goes wrong with the virtual one as with an Epson TM-T20 or TM-T88."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from printers import reception
from printers.commands import CommandReader
from printers.faults import NONSENSE
from printers.status import from_answers, from_block
from printers.virtual import VirtualPrinter

CUT = b"\x1bd\x06\x1dV\x01"
WAIT_S = 10.0
ASK_PAPER = b"\x1dr\x01"
READY = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}


class Host:
    """A computer that prints: one connection."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self.line = socket.create_connection(("127.0.0.1", printer.port), timeout=WAIT_S)

    def send(self, data: bytes) -> None:
        self.line.sendall(data)

    def answer(self, length: int = 1) -> bytes:
        found = b""
        while len(found) < length:
            piece = self.line.recv(length - len(found))
            assert piece, f"the printer hung up after {found!r}"
            found += piece
        return found

    def ask(self, question: int) -> int:
        self.send(bytes([0x10, 0x04, question]))
        return self.answer()[0]

    def status(self) -> dict[int, int]:
        return {question: self.ask(question) for question in (1, 2, 3, 4)}

    def silent(self) -> bool:
        """Nothing has come from the printer."""
        self.line.setblocking(False)
        try:
            return not self.line.recv(1)
        except BlockingIOError:
            return True
        finally:
            self.line.settimeout(WAIT_S)


@contextmanager
def host(printer: VirtualPrinter) -> Iterator[Host]:
    opened = Host(printer)
    with opened.line:
        yield opened


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as started:
        yield started


def texts(printer: VirtualPrinter, count: int) -> list[str]:
    return [slip.text for slip in printer.wait_for_slips(count, WAIT_S)]


STOPPED: list[tuple[Callable[[VirtualPrinter], None], str, dict[int, int]]] = [
    (VirtualPrinter.paper_out, "paper_out", {1: 0x1E, 2: 0x32, 3: 0x12, 4: 0x7E}),
    (VirtualPrinter.open_cover, "cover_open", {1: 0x1E, 2: 0x16, 3: 0x12, 4: 0x12}),
    (VirtualPrinter.jam_cutter, "error", {1: 0x1E, 2: 0x52, 3: 0x1A, 4: 0x12}),
]
NAMES = ["paper out", "cover open", "cutter jammed"]


def test_a_printer_that_was_just_switched_on_is_ready(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        assert pc.status() == READY
        pc.send(ASK_PAPER + b"\x1dr\x02\x1dr1")
        assert pc.answer(3) == b"\x00\x01\x00"
    assert printer.state == "ready" and printer.condition == "siap (ready)"
    assert printer.questions == 4


@pytest.mark.parametrize(("fault", "state", "answers"), STOPPED, ids=NAMES)
def test_offline_it_says_why_and_prints_nothing_until_it_is_repaired(
    printer: VirtualPrinter, fault: Callable[[VirtualPrinter], None], state: str, answers: dict[int, int]
) -> None:
    with host(printer) as pc:
        fault(printer)
        assert printer.state == state
        assert pc.status() == answers
        assert from_answers(answers).state == state, "as the drivers read it"
        pc.send(b"late\n" + CUT + ASK_PAPER)
        printer.wait_for(lambda p: p.buffered == 5 + len(CUT) + 3, WAIT_S)
        assert pc.status() == answers, "in real time, before what waits"
        assert not printer.slips and printer.processed == 0
        printer.repair()
        assert pc.answer() == b"\x00", "the answer in turn comes when all before it is on paper"
        assert [slip.text for slip in printer.slips] == ["late\n"]
        assert pc.status() == READY
    printer.wait_for(lambda p: p.buffered == 0, WAIT_S)


def test_low_paper_is_told_and_printed_on(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        printer.paper_low()
        assert pc.status() == READY | {4: 0x1E}
        pc.send(b"x\n" + CUT + ASK_PAPER)
        assert pc.answer() == b"\x03"
        assert texts(printer, 1) == ["x\n"]
        printer.paper_out()
        printer.paper_low()
        assert printer.state == "paper_out", "no paper comes from there being little"


def test_paper_ends_before_the_line_that_needs_more(printer: VirtualPrinter) -> None:
    printer.paper_out_after(3 * 30 + 29)
    with host(printer) as pc:
        pc.send(b"one\ntwo\nthree\nfour\nfive\n" + CUT + ASK_PAPER)
        printer.wait_for(lambda p: p.state == "paper_out", WAIT_S)
        assert printer.dots_printed == 90
        assert printer.processed == len("one\ntwo\nthree\nfour"), "the letters are set, the line is not printed"
        assert pc.ask(4) == 0x7E and pc.silent()
        printer.repair()
        assert pc.answer() == b"\x00"
    assert texts(printer, 1) == ["one\ntwo\nthree\nfour\nfive\n"]


def test_a_picture_that_needs_more_paper_than_there_is_waits_for_the_next_roll(printer: VirtualPrinter) -> None:
    printer.paper_out_after(119)
    with host(printer) as pc:
        pc.send(b"\x1dv0\x00\x10\x00\x78\x00" + bytes(16 * 120) + b"\n" + CUT)
        printer.wait_for(lambda p: p.state == "paper_out", WAIT_S)
        assert printer.dots_printed == 0
        printer.repair()
        assert texts(printer, 1) == ["[picture 128x120]\n"]


def test_the_buffer_is_printed_although_the_host_has_gone(printer: VirtualPrinter) -> None:
    printer.open_cover()
    for name in ("first", "second"):
        with host(printer) as pc:
            pc.send(name.encode() + b"\n" + CUT + ASK_PAPER)
    printer.wait_for(lambda p: p.connections == 2 and not p.connected, WAIT_S)
    assert printer.slips == ()
    printer.repair()
    assert texts(printer, 2) == ["first\n", "second\n"]
    printer.wait_for(lambda p: not p.buffered, WAIT_S)
    with host(printer) as pc:
        assert pc.ask(1) == READY[1], "the others' answers do not come here"


def test_it_receives_until_its_buffer_is_full() -> None:
    with VirtualPrinter(buffer_bytes=100) as printer, host(printer) as pc:
        printer.paper_out()
        pc.send(b"x\n" * 80)
        printer.wait_for(lambda p: p.buffered == 100, WAIT_S)
        pc.send(b"\x10\x04\x01")
        with pytest.raises(TimeoutError):
            printer.wait_for(lambda p: p.received > 100 or p.questions > 0, 0.1)
        printer.repair()
        assert pc.answer() == b"\x16", "read at last"
        assert printer.received == 163


def test_a_full_buffer_holds_the_host_back() -> None:
    """TCP's own buffers fill too, then the host cannot write on."""
    with VirtualPrinter() as printer, host(printer) as pc:
        printer.hang()
        pc.line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            pc.send(b"\n" * 20_000_000)
        assert printer.received == 0


def test_half_a_command_lies_in_the_buffer_too() -> None:
    with VirtualPrinter(buffer_bytes=100) as printer, host(printer) as pc:
        printer.paper_out()
        pc.send(b"\x1dv0\x00\x10\x00\x78\x00" + bytes(16 * 120) + b"\n" + CUT)
        printer.wait_for(lambda p: p.buffered == 100, WAIT_S)
        printer.repair()
        assert texts(printer, 1) == ["[picture 128x120]\n"], "a picture may be larger than the buffer"


def test_what_looks_like_a_question_inside_a_picture_is_none(printer: VirtualPrinter) -> None:
    picture = b"\x10\x04\x01\x10\x04\x02\x10\x04" * 2
    stored = b"\x1d(L\x1a\x000p0\x01\x011\x80\x00\x01\x00" + picture
    code = b"\x1d(k\x06\x001P0\x10\x04\x01"
    with host(printer) as pc:
        pc.send(b"\x1dv0\x00\x10\x00\x01\x00" + picture + stored + code + b"\x1b*\x00\x06\x00\x10\x04\x01\x10\x04\x01")
        pc.send(b"\x1b3\x10\x04\x04\n" + ASK_PAPER)
        assert pc.answer() == b"\x00", "the first answer there is"
        assert printer.questions == 0


def test_a_question_in_pieces_is_answered_when_it_is_whole(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        for count, piece in enumerate((b"\x10", b"\x04"), 1):
            pc.send(piece)
            printer.wait_for(lambda p, count=count: p.received == count, WAIT_S)  # type: ignore[misc]
        assert pc.silent()
        pc.send(b"\x04")
        assert pc.answer() == b"\x12"


def test_automatic_status_comes_at_every_change_once_it_is_wanted(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        pc.send(b"\x1da\xff")
        assert pc.answer(4) == b"\x14\x00\x00\x0f"
        printer.wait_for(lambda p: p.processed == 3, WAIT_S)
        for change, status in [
            (printer.paper_low, b"\x14\x00\x03\x0f"), (printer.open_cover, b"\x3c\x00\x03\x0f"),
            (printer.jam_cutter, b"\x3c\x08\x03\x0f"), (printer.repair, b"\x14\x00\x00\x0f"),
        ]:  # fmt: skip
            change()
            assert pc.answer(4) == status
            assert from_block(status).state == printer.state
        printer.paper_out_after(10)
        pc.send(b"x\n")
        assert pc.answer(4) == b"\x1c\x00\x0f\x0f", "found while printing"
        printer.repair()
        assert pc.answer(4) == b"\x14\x00\x00\x0f"
        pc.send(b"\x1da\x00")
        printer.wait_for(lambda p: p.processed == 8, WAIT_S)
        printer.open_cover()
        assert pc.ask(1) == 0x1E, "and nothing before it"


def test_a_hung_printer_accepts_and_does_nothing_else(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        assert pc.ask(1) == 0x16
        printer.hang()
        pc.send(b"x\n" + CUT + ASK_PAPER + b"\x10\x04\x01")
        with host(printer) as second:
            with pytest.raises(TimeoutError):
                printer.wait_for(lambda p: p.received > 3 or p.processed > 0, 0.1)
            assert pc.silent() and second.silent()
            printer.repair()
            assert sorted(pc.answer(2)) == [0x00, 0x16]
    assert texts(printer, 1) == ["x\n"]


def test_a_printer_that_hangs_keeps_what_it_has(printer: VirtualPrinter) -> None:
    printer.open_cover()
    with host(printer) as pc:
        pc.send(b"x\n" + CUT)
        printer.wait_for(lambda p: p.buffered == 2 + len(CUT), WAIT_S)
    printer.hang()
    assert printer.slips == ()
    printer.repair()
    assert texts(printer, 1) == ["x\n"]


def test_a_slow_printer_carries_out_slowly_and_answers_at_once(printer: VirtualPrinter) -> None:
    printer.slow(1000)
    with host(printer) as pc:
        begun = time.monotonic()
        pc.send(b"x" * 199 + b"\n" + ASK_PAPER)
        assert pc.ask(1) == 0x16
        assert pc.answer() == b"\x00"
        assert time.monotonic() - begun >= 0.2
        printer.slow(0.1)
        pc.send(b"x\n" + CUT + ASK_PAPER)
        assert pc.ask(1) == 0x16
        printer.repair()
        assert pc.answer() == b"\x00", "no slower than it is now"
    with pytest.raises(ValueError, match="more than 0"):
        printer.slow(0)


def test_paper_takes_its_time() -> None:
    with VirtualPrinter(printing_mm_s=100) as printer, host(printer) as pc:
        begun = time.monotonic()
        pc.send(b"x\n" * 5 + ASK_PAPER)
        assert pc.answer() == b"\x00"
        assert time.monotonic() - begun >= 5 * 30 / 8 / 100


def test_a_line_is_dropped_once_after_so_many_bytes(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        assert pc.ask(1) == 0x16
        printer.drop_after(6)
        pc.send(b"a\nb\nc\nd\ne\n" + CUT)
        with pytest.raises(ConnectionResetError):
            pc.answer()
    printer.wait_for(lambda p: not p.connected and p.received == 3 + 6, WAIT_S)
    with host(printer) as pc:
        pc.send(b"again\n" + CUT + ASK_PAPER)
        assert pc.answer() == b"\x00"
    assert texts(printer, 1) == ["a\nb\nc\nagain\n"]


def test_a_line_is_dropped_at_once(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        assert pc.ask(1) == 0x16
        printer.drop_after(0)
        with pytest.raises(ConnectionResetError):
            pc.answer()
    printer.drop_after(0)
    with pytest.raises(ConnectionResetError), host(printer) as pc:  # it may be as early as in connecting
        pc.answer()
    with host(printer) as pc:
        assert pc.ask(1) == 0x16


def test_a_printer_that_refuses_keeps_its_port_and_its_connection(printer: VirtualPrinter) -> None:
    port = printer.port
    with host(printer) as pc:
        assert pc.ask(1) == 0x16
        printer.refuse()
        with pytest.raises(ConnectionRefusedError):
            Host(printer)
        assert pc.ask(1) == 0x16
    with pytest.raises(ConnectionRefusedError):
        Host(printer)
    printer.repair()
    with host(printer) as pc:
        assert printer.port == port and pc.ask(1) == 0x16


def test_a_printer_may_refuse_from_the_beginning() -> None:
    printer = VirtualPrinter()
    printer.refuse()
    with printer:
        with pytest.raises(ConnectionRefusedError):
            Host(printer)
        printer.repair()
        with host(printer) as pc:
            assert pc.ask(1) == 0x16


def test_a_printer_that_answers_nonsense_prints(printer: VirtualPrinter) -> None:
    printer.garbage()
    with host(printer) as pc:
        pc.send(b"\x10\x04\x01x\n" + CUT + ASK_PAPER)
        assert pc.answer(6) == NONSENSE * 2
    assert texts(printer, 1) == ["x\n"]
    for byte in NONSENSE:
        assert byte & 0x93 != 0x12 and byte & 0x90, "it is an answer to neither question"


def test_a_mute_printer_prints(printer: VirtualPrinter) -> None:
    printer.mute()
    with host(printer) as pc:
        pc.send(b"\x10\x04\x01x\n" + CUT + ASK_PAPER)
        printer.wait_for(lambda p: p.processed == 2 + len(CUT) + 3, WAIT_S)
        assert pc.silent() and printer.questions == 1
        printer.repair()
        assert pc.ask(1) == 0x16
    assert texts(printer, 1) == ["x\n"]


def test_switched_off_and_on_its_buffer_is_empty_and_its_settings_are_as_at_first(printer: VirtualPrinter) -> None:
    with host(printer) as pc:
        pc.send(b"kept\n\x1d!\x11dropped" + ASK_PAPER)
        assert pc.answer() == b"\x00"
        printer.open_cover()
        pc.send(b"lost\n" + CUT)
        printer.wait_for(lambda p: p.buffered == 5 + len(CUT), WAIT_S)
        printer.stop()
    printer.start()
    assert printer.state == "cover_open", "switching it off shuts no cover"
    printer.repair()
    with host(printer) as pc:
        pc.send(b"x" * 48 + b"\n" + CUT)
        assert texts(printer, 1) == ["kept\n" + "x" * 48 + "\n"]


@pytest.mark.parametrize("fault", [
    lambda printer: printer.paper_out(), lambda printer: printer.paper_out_after(10),
    lambda printer: printer.hang(), lambda printer: printer.slow(0.01),
])  # fmt: skip
def test_it_can_be_switched_off_whatever_is_wrong(fault: Callable[[VirtualPrinter], None]) -> None:
    printer = VirtualPrinter()
    with printer, host(printer) as pc:
        fault(printer)
        pc.send(b"x\n" * 3000)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("virtual-printer")]
    printer.stop()


def test_faults_add_up_and_are_told_in_words(printer: VirtualPrinter) -> None:
    printer.paper_out_after(320)
    printer.slow(200)
    printer.mute()
    printer.drop_after(100)
    for words in ("40 mm", "200 byte", "100 byte", "tidak menjawab"):
        assert words in printer.condition
    printer.open_cover()
    assert printer.condition.startswith("penutup terbuka (cover open); ")
    printer.repair()
    assert printer.condition == "siap (ready)"


def test_a_connection_that_says_nothing_makes_room_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "SILENCE_S", 0.2)
    with VirtualPrinter() as printer, host(printer) as silent, host(printer) as next_one:
        assert next_one.ask(1) == 0x16
        assert silent.line.recv(1) == b"", "it was hung up"


def test_waiting_in_vain_says_how_the_printer_is(printer: VirtualPrinter) -> None:
    printer.open_cover()
    with pytest.raises(TimeoutError, match=r"cover open.*0 bytes received.*0 slips"):
        printer.wait_for(lambda p: p.received > 0, 0.01)


def test_slips_are_told_as_they_fall() -> None:
    told: list[str] = []

    def fall(text: str) -> None:
        told.append(text)
        if text == "bad\n":
            raise RuntimeError("whoever is told may fail")

    with VirtualPrinter(on_slip=lambda slip: fall(slip.text)) as printer, host(printer) as pc:
        pc.send(b"bad\n" + CUT + b"good\n" + CUT + ASK_PAPER)
        assert pc.answer() == b"\x00"
    assert told == ["bad\n", "good\n"]


def test_the_bytes_of_a_slip_are_those_that_made_it(printer: VirtualPrinter) -> None:
    slip = b"\x1b@x\n" + CUT
    with host(printer) as pc:
        for _ in range(2):
            pc.send(b"\x10\x04\x01\x1da\x00" + slip + ASK_PAPER)
        assert [fallen.data for fallen in printer.wait_for_slips(2, WAIT_S)] == [slip, slip]


def test_many_faults_at_any_moment_lose_and_double_nothing(printer: VirtualPrinter) -> None:
    """Whatever a person does at the printer, every slip comes out once and in order."""
    dice, wanted = random.Random(5), [f"slip {number}\n" for number in range(60)]
    done = threading.Event()

    def tamper() -> None:
        while not done.is_set():
            faults: list[Callable[[], None]] = [
                printer.paper_low, printer.paper_out, lambda: printer.paper_out_after(dice.randint(0, 400)),
                printer.open_cover, printer.jam_cutter, printer.hang, lambda: printer.slow(dice.randint(1, 5000)),
            ]  # fmt: skip
            dice.choice(faults)()
            done.wait(dice.random() / 100)
            printer.repair()

    person = threading.Thread(target=tamper)
    person.start()
    try:
        for group in range(0, 60, 10):
            with host(printer) as pc:
                pc.send(b"".join(text.encode() + CUT for text in wanted[group : group + 10]) + ASK_PAPER)
                assert not pc.answer()[0] & 0x0C
    finally:
        done.set()
        person.join()
    assert [slip.text for slip in printer.slips] == wanted


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_commands_are_the_same_whatever_pieces_they_come_in(size: int) -> None:
    sent = [
        b"\x1b@", b"\n", b"\x1da\x00", b"\x10\x04\x01", b"\x1dv0\x00\x02\x00\x03\x00\x10\x04\x01\x1b@\n",
        b"\x1d(k\x04\x001PA0", b"\x1d8L\x05\x00\x00\x000p\x10\x04\x01", b"\x1b*\x21\x01\x00\x10\x04\x01",
        b"\x1dk\x04ABC\x00", b"\x1dk\x49\x03\x10\x04\x01", b"\x1bD\x08\x10\x00", b"\x1dVB\x03",
        b"\x1d*\x01\x01" + bytes(8),
        b"\x10\x14\x01\x00\x01", b"\x10\x05\x01", b"\x1bc5\x01", b"\x00",
    ]
    data, reader = b"".join(sent), CommandReader()
    found = [command for at in range(0, len(data), size) for command in reader.feed(data[at : at + size])]
    assert [command.data for command in found] == sent
    assert reader.pending == 0
