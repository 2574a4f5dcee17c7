"""The layout of a slip is data: which parts stand on it, in which order and look, and the logo."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

from printers.style import Style, dithered
from server.config import Settings, SlipPart, parse_hall
from server.slip_style import slip_style
from tests.printers.slips import Width, lay_out, logo, printed, slip, style_of, ticket
from tests.small_hall import small

PARTS = get_args(get_type_hints(SlipPart)["part"])


def lines(style: Style, **changes: Any) -> list[str]:
    return printed(slip(**changes), 80, "TM-T20II", style)[0].splitlines()


def test_the_usual_style_is_what_the_server_tells_when_nothing_is_set() -> None:
    told = slip_style(Settings(parse_hall(small())))
    style, usual = Style.from_json(told), Style.default()
    assert (style.head, style.ticket, style.foot, style.logo) == (usual.head, usual.ticket, usual.foot, None)
    assert style.version == told["version"] != usual.version


def test_parts_stand_in_the_order_of_the_layout() -> None:
    style = style_of(head=["date", "hall"], ticket=["service", "number"], foot=["footer"])
    assert lines(style, language="en") == [
        "Sunday 22 November 2026, 09.41 WIB", "MPP Kota Pariaman", "Electronic ID card:", "record and print", "A-012",
        "Keep this slip until you are served.",
    ]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_prints_something_of_its_own(part: str) -> None:
    own = {"part": part, "text": {"id": "Dilarang merokok", "en": ""}} if part == "text" else part
    content: dict[str, Any] = {"copy": True, "tickets": [ticket(party_size=2)]}
    around: dict[str, Any] = {"ticket": ["number", own, "number"], "logo": logo()}
    with_it = lines(style_of(head=["copy"], foot=[], **around), **content)
    without = lines(style_of(head=["copy"], foot=[], ticket=["number", "number"]), **content)
    assert len(with_it) > len(without)


@pytest.mark.parametrize("layout", [{"head": [], "ticket": ["number"], "foot": []}, {"ticket": ["service"]}])
def test_a_copy_is_marked_and_a_number_printed_whatever_the_layout(layout: dict[str, Any]) -> None:
    text = lines(style_of(**layout), copy=True)
    assert text[0].strip() == "SALINAN / COPY" and "A-012" in text
    assert "SALINAN / COPY" not in "".join(lines(style_of(**layout)))


def test_rules_and_gaps_only_stand_between_things() -> None:
    style = style_of(
        head=["rule", "gap", "logo", "gap", "hall", "gap", "gap", "rule", "rule"],
        ticket=["number", "gap", "documents", "gap", "zone", "rule"], foot=["gap", "footer", "gap", "rule"],
    )
    rule = "─" * 48
    assert lines(style, tickets=[ticket(documents=None)]) == [
        "MPP Kota Pariaman", rule, "A-012", "", "Tunggu di Zona A", rule, "", "Simpan karcis ini sampai dilayani.",
    ]


SIZES = {"small": b"\x1bM\x01", "tall": b"\x1d!\x01", "large": b"\x1d!\x11", "largest": b"\x1d!\x22"}


@pytest.mark.parametrize(("size", "command"), SIZES.items())
def test_a_part_has_the_size_of_the_layout(size: str, command: bytes) -> None:
    style = style_of(head=[{"part": "hall", "size": size, "bold": False}], foot=[])
    data = lay_out(slip(), width_mm=80, profile="TM-T20II", style=style)
    before, _, _ = data.partition(b"MPP Kota")
    assert command in before if size != "largest" else b"\x1d!\x11" in before, "48 columns, 17 letters: twice as large"


def test_bold_reverse_and_align_are_sent() -> None:
    style = style_of(head=[{"part": "hall", "bold": False, "reverse": True, "align": "left"}], ticket=["number"],
                     foot=["footer"])
    data = lay_out(slip(), width_mm=80, profile="TM-T20II", style=style)
    head, _, rest = data.partition(b" MPP Kota Pariaman \n")
    assert rest and b"\x1bE\x00\x1dB\x01\x1ba\x00" in head[-12:]
    assert rest.startswith(b"\x1d!\x77\x1bE\x01\x1dB\x00\x1ba\x01A-012"), "what follows has its own look again"


def test_text_aligned_left_begins_at_the_edge() -> None:
    style = style_of(head=[{"part": "hall", "align": "left"}], ticket=["number"], foot=[])
    drawn = np.asarray(printed(slip(), 80, "TM-T20II", style)[1]) < 128
    first = drawn[: 96 + 30]
    assert np.flatnonzero(first.any(axis=0))[0] < 12


def test_a_printer_without_small_letters_prints_normal_ones() -> None:
    style = style_of(head=[{"part": "hall", "size": "small"}])
    assert b"\x1bM" not in lay_out(slip(), width_mm=58, profile="ZJ-5870", style=style)


def test_words_of_the_hall_are_in_the_visitors_language_or_drawn() -> None:
    own = {"part": "text", "text": {"id": "Dilarang merokok", "en": "No smoking"}}
    assert lines(style_of(foot=[own]), language="en")[-1] == "No smoking"
    drawn = {"part": "text", "size": "small", "text": {"id": "ممنوع التدخين", "en": "No smoking"}}
    assert lines(style_of(foot=[drawn]))[-1].startswith("[picture ")


# The logo


@pytest.mark.parametrize(("profile", "width_mm", "command"), [
    ("TM-T20II", 80, b"\x1dv0"), ("POS-5890", 58, b"\x1dv0"), ("TM-U220B", 80, b"\x1b*"),
])
def test_the_logo_is_sent_the_way_the_printer_takes_pictures(profile: str, width_mm: Width, command: bytes) -> None:
    data = lay_out(slip(url=None), width_mm=width_mm, profile=profile, style=style_of(logo=logo()))
    assert command in data
    assert command not in lay_out(slip(url=None), width_mm=width_mm, profile=profile)


def test_the_logo_stands_on_top_in_the_middle_as_it_is() -> None:
    text, drawn = printed(slip(url=None), 80, "TM-T20II", style_of(logo=logo()))
    assert text.splitlines()[:3] == ["[picture 120x60]", "", "MPP Kota Pariaman"]
    ink = np.asarray(drawn.crop((228, 96, 348, 156))) < 128
    wanted = np.asarray(Image.open(io.BytesIO(logo())).convert("L"))
    assert ink[wanted == 0].all() and not ink[wanted == 255].any()
    assert 0.3 < ink[wanted == 150].mean() < 0.7, "a grey is some dots of each"


@pytest.mark.parametrize(("width_mm", "profile", "dots"), [
    (80, "TM-T20II", 512), (80, "TM-U220B", 400), (58, "default", 384), (58, "RP-F10-58mm", 384),
])
def test_a_wide_logo_is_made_as_wide_as_the_paper(width_mm: Width, profile: str, dots: int) -> None:
    text, _ = printed(slip(), width_mm, "TM-T20II", style_of(logo=logo(512, 240)))
    assert f"[picture {512 if width_mm == 80 else 384}x" in text
    assert dithered(logo(512, 240), dots).size == (dots, round(240 * dots / 512))


def test_the_logo_is_dithered_once() -> None:
    assert dithered(logo(), 576) is dithered(logo(), 576)
    assert dithered(logo(90, 40), 576).size == (96, 40), "whole bytes"


# What the server tells


def told(**changes: Any) -> dict[str, Any]:
    layout = {"head": ["hall"], "ticket": ["number"], "foot": []}
    plain = {name: [{"part": part} for part in parts] for name, parts in layout.items()}
    return {"version": "1", "logo": None, "layout": plain} | changes


def test_parts_and_keys_of_a_newer_server_are_left_out() -> None:
    newer = told(hue="red")
    newer["layout"]["head"] = [{"part": "hologram", "size": 3}, {"part": "hall", "hue": "red"}]
    assert [part.name for part in Style.from_json(newer).head] == ["copy", "gap", "hall"]


LAYOUT = told()["layout"]


@pytest.mark.parametrize("bad", [
    None, [], "x", {}, told(version=1), told(layout=None), told(layout={}), told(layout=LAYOUT | {"head": None}),
    told(layout=LAYOUT | {"head": ["hall"]}), told(layout=LAYOUT | {"head": [{}]}),
    told(layout=LAYOUT | {"head": [{"part": "hall", "size": "huge"}]}),
    told(layout=LAYOUT | {"head": [{"part": "hall", "size": ["tall"]}]}),
    told(layout=LAYOUT | {"head": [{"part": "hall", "bold": "yes"}]}),
    told(layout=LAYOUT | {"head": [{"part": "hall", "align": "right"}]}),
    told(layout=LAYOUT | {"head": [{"part": "text"}]}),
    told(layout=LAYOUT | {"head": [{"part": "text", "text": {"id": 1}}]}),
    told(logo="%"), told(logo=7), told(logo=b64encode(b"GIF89a").decode()),
    told(logo=b64encode(logo()[:60]).decode()), told(logo=b64encode(logo(5000, 60)).decode()),
])
def test_what_is_no_style_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="server"):
        Style.from_json(bad)
