"""Names in any script print: as text where the code pages have every letter, else drawn; never as question marks."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from printers.paper import Paper
from printers.style import Align, Size, Style
from printers.wrapping import clean
from server.slip_rules import OF_A_TICKET
from tests.printers.slips import Width, lay_out, printed, read, slip, style_of, ticket

CUT = b"\n" * 9 + b"\x1dV\x01"
ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=60),
    st.text(st.sampled_from("aé€–ŐßΩЖعا漢ไ😀\u0301\u200d\u00ad?\\#\x1b\x1d@\n\t\u202e "), max_size=200),
)


def wanted(text: str) -> str:
    return "".join(clean(text).split())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=ANY_TEXT, width_mm=st.sampled_from([80, 58]), profile=st.sampled_from(["default", "TM-T88V", "ZJ-5870"]))
@example(name="what?", width_mm=80, profile="default")
@example(name="\x1b@\x1dV\x00", width_mm=80, profile="default")
def test_a_name_prints_as_itself_or_as_a_picture(name: str, width_mm: Width, profile: str) -> None:
    content = slip(url=None, tickets=[ticket(service_name={"id": name, "en": name}, estimate=None)])
    data = lay_out(content, width_mm=width_mm, profile=profile)
    text, _ = read(data + CUT, width_mm, profile)[0]
    lines = text.splitlines()
    begin = lines.index("Kependudukan (Disdukcapil)") + 1
    end = lines.index("Di depan Anda: 11 orang")
    body = lines[begin:end]
    assert body.pop() == ""
    if any(line.startswith("[picture") for line in body):
        assert not Paper(width_mm, profile).carries(clean(name))
        assert all(line.startswith("[picture") for line in body)
    else:
        assert wanted("".join(body)) == wanted(name)
    assert "?" not in "".join(lines[:begin] + lines[end:])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=ANY_TEXT, size=st.sampled_from(get_args(Size)), align=st.sampled_from(get_args(Align)), bold=st.booleans(),
    reverse=st.booleans(), width_mm=st.sampled_from([80, 58]),
)
@example(text="ﷺ" * 200, size="largest", align="left", bold=True, reverse=True, width_mm=58)
def test_no_text_of_a_slip_is_ever_refused(
    text: str, size: Size, align: Align, bold: bool, reverse: bool, width_mm: Width
) -> None:
    wording = {"id": text, "en": text}
    odd = ticket(number=text, service_name=wording, agency_name=wording, zone_name=wording, documents=wording,
                 counters=[text, text])
    content = slip(hall={"name": text, "timezone": "Asia/Jakarta", "footer": wording}, tickets=[odd, ticket()])
    for style in (None, _every_part(size=size, align=align, bold=bold, reverse=reverse, text=wording)):
        decoded, _ = printed(content, width_mm, style=style)
        assert decoded.count("?") <= 12 * text.count("?")
        assert "A-012" in map(str.strip, decoded.splitlines()), "what stands below is not disturbed"


def _every_part(text: dict[str, str], **look: object) -> Style:
    """A layout of all parts that have letters, each with this look."""
    words: list[object] = [{"part": name, **look} for name in ("hall", "date", "footer", "scan", "copy")]
    of_ticket = [{"part": name, **look} for name in sorted(OF_A_TICKET) if name != "number"]
    return style_of(head=[*words, {"part": "text", "text": text, **look}], ticket=[*of_ticket, "rule", "number"])


@pytest.mark.parametrize("name", ["Kafé à la carte – 5 €", "Łódź, Győr, Ősz", "Ñandú Çelik", "½ · ± §"])
def test_western_letters_are_text(name: str) -> None:
    text, _ = printed(slip(tickets=[ticket(service_name={"id": name, "en": ""})]), 80, "TM-T20II")
    assert wanted(name) in wanted(text) and "[picture" not in text


@pytest.mark.parametrize("name", ["مديرية الأحوال المدنية", "שירות", "漢字", "ไทย", "हिन्दी", "Ярослав", "Ελλάδα", "😀"])
def test_other_scripts_are_drawn(name: str) -> None:
    text, picture = printed(slip(url=None, tickets=[ticket(service_name={"id": name, "en": name})]))
    assert text.count("[picture") == 1
    without, blank = printed(slip(url=None, tickets=[ticket(service_name={"id": "", "en": ""})]))
    assert "[picture" not in without
    ink = (np.asarray(picture) < 128).sum() - (np.asarray(blank) < 128).sum()
    assert ink > 100, "there are letters in the picture"


def test_a_long_arabic_name_is_wrapped_within_the_paper() -> None:
    name = "مديرية الأحوال المدنية والجوازات والإقامة " * 5
    text, picture = printed(slip(tickets=[ticket(service_name={"id": name, "en": ""})]), 58)
    widths = [int(line[9:].split("x")[0]) for line in text.splitlines() if line.startswith("[picture")]
    assert len(widths) >= 4 and max(widths) <= 384
    assert picture.width == 384


def test_a_name_that_no_font_has_gives_way_to_the_other_language() -> None:
    unknown = "\U000e1000\ue000 tidak ada"
    text, _ = printed(slip(tickets=[ticket(service_name={"id": unknown, "en": "New passport"})]))
    assert "New passport" in text.splitlines()


def test_a_letter_that_no_font_has_is_drawn_as_its_code() -> None:
    text, picture = printed(slip(url=None, tickets=[ticket(service_name={"id": "\ue000", "en": "\ue000"})]))
    other, another = printed(slip(url=None, tickets=[ticket(service_name={"id": "\ue0ff", "en": ""})]))
    assert text == other and "[picture" in text
    assert picture.size == another.size and picture.tobytes() != another.tobytes()


def test_nothing_in_a_name_reaches_the_printer_as_a_command() -> None:
    data = lay_out(slip(tickets=[ticket(service_name={"id": "a\x1b@b\x10\x04\x01c\x00d", "en": ""})]), width_mm=80,
                   profile="default")
    assert data.count(b"\x1b@") == 1 and b"\x10\x04" not in data and b"a @b c d" in data
