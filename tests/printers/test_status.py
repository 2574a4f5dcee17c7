"""What printers say of themselves: the answers told apart, and what they mean for staff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.status import Answer, AnswerReader, Kind, State, Status, ask, from_answers, from_block

ALL_WELL = {1: 0x12, 2: 0x12, 4: 0x12}

NOW = st.integers(0, 255).map(lambda bits: Answer(Kind.NOW, bytes(((bits & 0x6C) | 0x12,))))
DONE = st.sampled_from([0x00, 0x03, 0x0C, 0x0F, 0x60]).map(lambda byte: Answer(Kind.DONE, bytes((byte,))))
BLOCK = st.tuples(*[st.integers(0, 255)] * 4).map(
    lambda four: Answer(Kind.BLOCK, bytes(((four[0] & 0x6C) | 0x10, *(byte & 0x6F for byte in four[1:]))))
)
NOISE = st.sampled_from([0xFF, 0x7F, 0x80, 0x81, 0x92, 0x93, 0x02, 0x01, 0x0B]).map(
    lambda byte: Answer(Kind.NOISE, bytes((byte,)))
)


@pytest.mark.parametrize(("answers", "state", "reason"), [
    ({}, "ready", ""),
    ({1: 0x16}, "ready", ""),  # the drawer's pin
    ({4: 0x1E}, "paper_low", "the paper is nearly at its end"),
    ({1: 0x1A, 2: 0x32, 4: 0x7E}, "paper_out", "there is no paper"),
    ({4: 0x72}, "paper_out", "there is no paper"),
    ({1: 0x1A, 2: 0x16}, "cover_open", "the cover is open"),
    ({1: 0x1A, 2: 0x36, 4: 0x7E}, "cover_open", "the cover is open"),
    ({1: 0x1A, 2: 0x52, 3: 0x1A}, "error", "the cutter is stuck"),
    ({1: 0x1A, 2: 0x52, 3: 0x32}, "error", "an error that only switching off and on can end"),
    ({1: 0x1A, 2: 0x52, 3: 0x52}, "error", "an error that passes by itself, such as a hot print head"),
    ({1: 0x1A, 2: 0x52, 3: 0x16}, "error", "a mechanical error"),
    ({1: 0x1A, 2: 0x52, 3: 0x12}, "error", "an error of unknown cause"),
    ({1: 0x1A}, "offline", "it says that it is offline"),
    ({1: 0x5A, 2: 0x1A}, "offline", "its feed button is pressed"),
])
def test_what_real_time_answers_mean(answers: dict[int, int], state: State, reason: str) -> None:
    assert from_answers(ALL_WELL | answers) == Status(state, reason)


@pytest.mark.parametrize(("block", "state"), [
    ("10 00 00 00", "ready"), ("14 00 00 0F", "ready"), ("10 00 03 00", "paper_low"), ("18 00 0F 00", "paper_out"),
    ("38 00 00 00", "cover_open"), ("38 00 0F 00", "cover_open"), ("18 08 00 00", "error"), ("18 40 00 00", "error"),
    ("18 00 00 00", "offline"), ("58 00 00 00", "offline"),
])
def test_what_unasked_blocks_mean(block: str, state: State) -> None:
    assert from_block(bytes.fromhex(block)).state == state


def test_only_a_printer_that_is_ready_or_low_on_paper_prints() -> None:
    printing = {state for state in ("ready", "paper_low", "paper_out", "cover_open", "offline", "error")
                if Status(state).prints}
    assert printing == {"ready", "paper_low"}


def test_the_question_is_dle_eot() -> None:
    assert ask(4) == b"\x10\x04\x04"


@given(st.lists(NOW | DONE | BLOCK | NOISE), st.data())
def test_answers_are_told_apart_in_pieces_of_any_size(answers: list[Answer], data: st.DataObject) -> None:
    stream = b"".join(answer.data for answer in answers)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader, found = AnswerReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert found == answers


def test_flow_control_is_no_answer_not_even_within_a_block() -> None:
    assert AnswerReader().feed(b"\x11\x10\x13\x00\x11\x00\x00\x13\x12") == [
        Answer(Kind.BLOCK, b"\x10\x00\x00\x00"), Answer(Kind.NOW, b"\x12"),
    ]


def test_a_block_that_breaks_off_is_noise_and_what_follows_is_read() -> None:
    assert AnswerReader().feed(b"\x10\x00\x12") == [Answer(Kind.NOISE, b"\x10\x00"), Answer(Kind.NOW, b"\x12")]


@given(st.binary())
def test_no_stream_of_bytes_is_too_much(stream: bytes) -> None:
    read = AnswerReader().feed(stream)
    kept = sum(len(answer.data) for answer in read)
    flow = stream.count(b"\x11") + stream.count(b"\x13")
    assert len(stream) - flow - 3 <= kept <= len(stream) - flow
