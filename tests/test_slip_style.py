"""[slip] of the settings: the logo as slips carry it, and the style as print workers fetch it."""

from __future__ import annotations

import io
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image, ImageDraw

from printers.style import USUAL, Look
from server.config import ConfigProblems, Settings, Slip, load, to_toml
from server.sections import PartName
from server.slip_logo import LARGEST_FILE, UnusableLogo, rasterise
from server.slip_style import slip_style
from tests.harness import ROOT
from tests.small_hall import small

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>{inside}</svg>'
DISC = '<circle cx="50" cy="50" r="50" fill="#036"/>'


def png(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def square(side: int = 100, mode: str = "L", colour: object = 0) -> Image.Image:
    return Image.new(mode, (side, side), colour)  # type: ignore[arg-type]


def raster(folder: Path, content: bytes | str, height_mm: int = 20) -> Image.Image:
    path = folder / "logo"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Image.open(io.BytesIO(rasterise(path, height_mm)))


def settings(folder: Path, slip: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(f"{to_toml(small())}\n{slip}", "utf-8")
    return load(path, {})


# The logo


@pytest.mark.parametrize(("size", "height_mm", "fitted"), [
    ((100, 100), 20, (100, 100)), ((1000, 1000), 20, (160, 160)), ((1000, 1000), 30, (240, 240)),
    ((2000, 100), 20, (512, 26)), ((1024, 320), 20, (512, 160)),
])
def test_a_picture_is_made_smaller_to_fit_and_never_larger(
    tmp_path: Path, size: tuple[int, int], height_mm: int, fitted: tuple[int, int]
) -> None:
    drawn = raster(tmp_path, png(Image.new("RGB", size, "navy")), height_mm)
    assert (drawn.size, drawn.format, drawn.mode) == (fitted, "PNG", "L")


@pytest.mark.parametrize("size", ['viewBox="0 0 100 100"', 'width="100" height="100"', 'width="10cm" height="10cm" '
                                  'viewBox="0 0 100 100"'])
def test_an_svg_is_drawn_as_large_as_it_may_be(tmp_path: Path, size: str) -> None:
    drawn = raster(tmp_path, SVG.format(size=size, inside=DISC), 20)
    assert drawn.size == (160, 160)
    grey = np.asarray(drawn)
    assert grey[80, 80] < 60 and grey[0, 0] > 240, "dark in the middle; transparent is white"


def test_an_svg_of_an_office_program_is_read(tmp_path: Path) -> None:
    head = '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg [<!ENTITY blue "#036">]>\n<!-- made -->\n'
    drawn = raster(tmp_path, head + SVG.format(size='viewBox="0 0 100 100"', inside=DISC.replace("#036", "&blue;")))
    assert drawn.size == (160, 160)


def test_margins_are_cut_off(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((150, 100, 249, 149), fill="black")
    assert raster(tmp_path, png(picture)).size == (100, 50)


@pytest.mark.parametrize("picture", [
    square(mode="1"), square(mode="P"), square(mode="LA", colour=(0, 255)), square(mode="RGBA", colour=(0, 0, 0, 255)),
    square(mode="I;16"),
], ids=lambda picture: str(picture.mode))
def test_a_picture_of_any_kind_of_colours_is_read(tmp_path: Path, picture: Image.Image) -> None:
    drawn = raster(tmp_path, png(picture))
    assert drawn.size == (100, 100) and drawn.getextrema() == (0, 0)


def test_sixteen_bits_of_grey_keep_their_greys(tmp_path: Path) -> None:
    grey = np.asarray(raster(tmp_path, png(square(mode="I;16", colour=0x8000))))
    assert grey.min() == grey.max() == 128


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (120, 60), "black")
    turned = Image.Exif()
    turned[0x0112] = 6
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=turned)
    assert raster(tmp_path, file.getvalue()).size == (60, 120)


REFUSED = [
    (b"", "not a PNG, JPEG or SVG"), (b"GIF89a\x01\x00\x01\x00", "not a PNG, JPEG or SVG"),
    (png(square())[:50], "not a PNG, JPEG or SVG"), (png(square(), "GIF"), "not a PNG, JPEG or SVG"),
    (b"<svg", "not an SVG picture"), (b"<html/>", "not an SVG picture"),
    (SVG.format(size='width="0" height="0"', inside="").encode(), "not an SVG picture"),
    (b"\x00" * (LARGEST_FILE + 1), "too large a file"),
    *((png(Image.new("1", size)), "too large a picture") for size in ((6000, 6000), (10_000, 9_500), (14_000, 14_000))),
    (png(square(colour=255)), "empty paper"), (png(square(mode="RGBA", colour=(0, 0, 0, 0))), "empty paper"),
    (SVG.format(size='viewBox="0 0 9 9"', inside="").encode(), "empty paper"),
]


@pytest.mark.parametrize(("content", "words"), REFUSED)
def test_what_cannot_be_a_logo_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UnusableLogo, match=words):
        raster(tmp_path, content)


@pytest.mark.parametrize("element", ["image", "feImage"])
@pytest.mark.parametrize("reference", [
    "{folder}/secret.png", "secret.png", "file://{folder}/secret.png", "http://127.0.0.1:9/secret.png",
    " {folder}/secret.png", "data:image/svg+xml;base64,PHN2Zy8+", "data:image/svg+xml,%3Csvg/%3E",
    "data:image/png;base64,", "data:image/png,/etc/passwd", "data:image/png;base64,/../secret.png",
])
def test_an_svg_may_not_show_another_file(tmp_path: Path, element: str, reference: str) -> None:
    (tmp_path / "secret.png").write_bytes(png(square()))
    href = reference.format(folder=tmp_path)
    for key in ("href", "xlink:href"):
        inside = f'<filter id="f"><{element} {key}="{href}" width="9" height="9"/></filter>{DISC}'
        with pytest.raises(UnusableLogo, match="another file"):
            raster(tmp_path, SVG.format(size='viewBox="0 0 100 100"', inside=inside))


def test_an_svg_may_hold_a_picture(tmp_path: Path) -> None:
    inside = f'<image href="data:image/png;base64,{b64encode(png(square())).decode()}" width="100" height="50"/>'
    drawn = raster(tmp_path, SVG.format(size='viewBox="0 0 200 200"', inside=inside))
    assert drawn.getextrema()[0] == 0


def test_an_svg_cannot_bring_another_file_in_by_an_entity(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(DISC)
    entity = f'<!DOCTYPE svg [<!ENTITY other SYSTEM "file://{tmp_path}/secret.svg">]>'
    with pytest.raises(UnusableLogo, match="not an SVG"):
        raster(tmp_path, entity + SVG.format(size='viewBox="0 0 100 100"', inside="&other;"))


# The settings


@pytest.mark.parametrize(("slip", "path", "words"), [
    ('logo = "none.png"', "slip.logo", "cannot be read: No such file"),
    ('logo = "."', "slip.logo", "cannot be read: Is a directory"),
    ('logo = "config.toml"', "slip.logo", "is not a PNG, JPEG or SVG"),
    ("logo = 1", "slip.logo", "must be text in quotes"),
    ("logo_height_mm = 31", "slip.logo_height_mm", "must be at most 30"),
    ("one_per_ticket = 1", "slip.one_per_ticket", "must be true or false"),
    ('[[slip.head]]\npart = "hologram"', "slip.head[0].part", 'must be "copy"'),
    ('[[slip.head]]\nsize = "tall"', "slip.head[0].part", "is missing"),
    ('[[slip.head]]\npart = "hall"\nsize = "huge"', "slip.head[0].size", 'must be "small"'),
    ('[[slip.head]]\npart = "hall"\nalign = "right"', "slip.head[0].align", 'must be "left" or "center"'),
    ('[[slip.head]]\npart = "hall"\nhue = "red"', "slip.head[0].hue", "unknown key"),
    ('[[slip.head]]\npart = "hall"\n[[slip.head]]\npart = "number"', "slip.head[1].part", '"number" is told of each'),
    ('[[slip.foot]]\npart = "text"', "slip.foot[0].text", "is missing"),
    ('[[slip.foot]]\npart = "text"\ntext = { id = "a", en = " " }', "slip.foot[0].text.en", "must not be empty"),
    (f'[[slip.foot]]\npart = "text"\ntext = {{ id = "{"a" * 201}", en = "a" }}', "slip.foot[0].text.id",
     "must be at most 200 characters long"),
    ('[[slip.foot]]\npart = "hall"\ntext = { id = "a", en = "a" }', "slip.foot[0].text", "only the part"),
    ('[[slip.foot]]\npart = "rule"\nalign = "left"', "slip.foot[0].align", "does not go with"),
    ('[[slip.foot]]\npart = "qr"\nsize = "tall"', "slip.foot[0].size", "does not go with"),
    ('[[slip.ticket]]\npart = "service"', "slip.ticket", 'must have the part "number"'),
    ("ticket = []", "slip.ticket", 'must have the part "number"'),
    ('head = ["hall"]', "slip.head[0]", "must be a table"),
])
def test_a_problem_of_the_slip_is_told_with_its_path(tmp_path: Path, slip: str, path: str, words: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        settings(tmp_path, f"[slip]\n{slip}\n")
    assert [(at, said[: len(words)]) for at, said in caught.value.problems] == [(path, words)]


def test_all_problems_of_a_slip_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        settings(tmp_path, '[slip]\nlogo = "none.png"\n[[slip.head]]\npart = "zone"\n[[slip.ticket]]\npart = "text"\n')
    assert {path for path, _ in caught.value.problems} == {
        "slip.logo", "slip.head[0].part", "slip.ticket", "slip.ticket[0].text",
    }


def test_the_logos_path_counts_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "logo.png").write_bytes(png(square()))
    monkeypatch.chdir(tmp_path.parent)
    assert settings(tmp_path, '[slip]\nlogo = "logo.png"\n').slip.logo == str(tmp_path / "logo.png")


# The style


def test_the_style_has_the_layout_as_written_and_the_logo_as_png(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(square()))
    layout = '[slip]\nlogo = "logo.png"\nfoot = []\n[[slip.head]]\npart = "hall"\nsize = "tall"\nbold = false\n'
    style = slip_style(settings(tmp_path, layout + '[[slip.head]]\npart = "text"\ntext = { id = "a", en = "b" }\n'))
    assert style["layout"]["head"] == [
        {"part": "hall", "size": "tall", "bold": False}, {"part": "text", "text": {"id": "a", "en": "b"}},
    ]
    assert {"part": "number"} in style["layout"]["ticket"] and style["layout"]["foot"] == []
    assert Image.open(io.BytesIO(b64decode(style["logo"]))).size == (100, 100)


def test_the_version_changes_with_the_look_only(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(square()))
    usual, again, per_ticket, with_logo, without_foot = (
        slip_style(settings(tmp_path, slip))["version"]
        for slip in ("", "[slip]", "[slip]\none_per_ticket = true", '[slip]\nlogo = "logo.png"', "[slip]\nfoot = []")
    )
    assert usual == again == per_ticket and len({usual, with_logo, without_foot}) == 3


def test_a_logo_that_has_gone_since_the_start_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "logo.png").write_bytes(png(square()))
    kept = settings(tmp_path, '[slip]\nlogo = "logo.png"\n')
    (tmp_path / "logo.png").unlink()
    assert slip_style(kept)["logo"] is None and "cannot be read" in caplog.text


# docs/slip.md

DOCUMENT = (ROOT / "docs/slip.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", DOCUMENT, re.M | re.S)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_document_is_right(tmp_path: Path, example: str) -> None:
    (tmp_path / "logo.svg").write_bytes((ROOT / "docs/pictures/slip-logo.svg").read_bytes())
    assert settings(tmp_path, example).slip != Slip() or "usual" in DOCUMENT.partition(example)[0][-80:]


def test_the_document_shows_the_usual_layout(tmp_path: Path) -> None:
    (usual,) = (example for example in EXAMPLES if '"copy"' in example)
    assert settings(tmp_path, usual).slip == Slip()


def test_the_document_tells_of_every_part_and_its_usual_look() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| ?([\w, ]*?) ?\|$", DOCUMENT, re.M))
    looks = {
        name: [size for size in (look.size,) if size != "normal"] + [word for word in ("bold", "reverse")
                                                                     if getattr(look, word)]
        for name in get_args(PartName) for look in (USUAL.get(name, Look()),)
    }
    assert told == {name: ", ".join(words) for name, words in looks.items()}
