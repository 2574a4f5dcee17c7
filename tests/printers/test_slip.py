"""What stands on a slip, byte for byte and as a person reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from printers.preview import picture
from tests.printers.golden import FOLDER, SLIPS
from tests.printers.slips import URL, Width, lay_out, printed, read, scanned, slip, ticket

INIT, PARTIAL_CUT = b"\x1b@", b"\x1dV\x01"


@pytest.mark.parametrize("name", SLIPS)
def test_every_byte_is_as_kept(name: str) -> None:
    content, width_mm, profile, style = SLIPS[name]
    data = lay_out(content, width_mm=width_mm, profile=profile, style=style)
    text, drawn = picture(data, width_mm, profile)
    assert text == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert data == (FOLDER / f"{name}.bin").read_bytes()
    with Image.open(FOLDER / f"{name}.png") as kept:
        assert drawn.size == kept.size
        # Another release of the font renderer may set a dot at a letter's edge otherwise.
        apart = np.abs(np.asarray(drawn, dtype=int) - np.asarray(kept.convert("L"), dtype=int)) > 128
    assert apart.mean() < 0.002


def test_every_golden_file_is_of_a_slip() -> None:
    assert {path.stem for path in FOLDER.iterdir() if path.suffix in (".bin", ".txt", ".png")} == set(SLIPS)


@pytest.mark.parametrize("name", [name for name, kept in SLIPS.items() if kept[0]["url"]])
def test_the_code_of_every_layout_is_read_from_the_picture(name: str) -> None:
    with Image.open(FOLDER / f"{name}.png") as kept:
        assert scanned(kept) == URL


def test_begins_with_init_and_ends_with_one_partial_cut() -> None:
    data = lay_out(slip(), width_mm=80, profile="default")
    assert data.startswith(INIT) and data.endswith(PARTIAL_CUT)
    assert data.count(INIT) == data.count(PARTIAL_CUT) == 1


def test_two_slips_after_each_other_fall_separately() -> None:
    one = lay_out(slip(), width_mm=80, profile="default")
    two = lay_out(slip(tickets=[ticket(number="B-001")]), width_mm=80, profile="default")
    (first, _), (second, _) = read(one + two)
    assert "A-012" in first and "B-001" not in first
    assert "B-001" in second and "A-012" not in second


def test_reads_from_hall_to_footer() -> None:
    text, _ = printed(slip(tickets=[ticket(party_size=3)]))
    wanted = [
        "MPP Kota Pariaman", "Minggu, 22 November 2026, 09.41 WIB", "Nomor antrean", "A-012",
        "Kependudukan (Disdukcapil)", "KTP elektronik:", "rekam dan cetak", "Untuk 3 orang", "Di depan Anda: 11 orang",
        "Dipanggil sekitar 10.02-10.17", "Tunggu di Zona A", "Loket 1, 2", "Siapkan: KTP asli,",
        "fotokopi Kartu Keluarga", f"[QR {URL}]", "Pindai untuk melihat", "Simpan karcis ini sampai dilayani.",
    ]
    lines = text.splitlines()
    places = [lines.index(line) for line in wanted]
    assert places == sorted(places)


def test_speaks_english_when_asked() -> None:
    text, _ = printed(slip(language="en"))
    wanted = {"Sunday 22 November 2026, 09.41 WIB", "Queue number", "Ahead of you: 11 people", "Please wait at Zone A",
              "Counters 1, 2"}
    assert wanted <= set(text.splitlines()) and "Please have ready: Your" in text
    assert "Anda" not in text


@pytest.mark.parametrize(
    ("timezone", "line"),
    [
        ("Asia/Makassar", "Minggu, 22 November 2026, 10.41 WITA"),
        ("Asia/Jayapura", "Minggu, 22 November 2026, 11.41 WIT"),
        ("America/Sao_Paulo", "Sabtu, 21 November 2026, 23.41"),
    ],
)
def test_tells_the_time_of_the_hall(timezone: str, line: str) -> None:
    text, _ = printed(slip(hall={"name": "X", "timezone": timezone, "footer": None}))
    assert line in text.splitlines()


@pytest.mark.parametrize(
    ("language", "ahead", "line"),
    [
        ("id", 0, "Tidak ada orang di depan Anda"), ("id", 1, "Di depan Anda: 1 orang"),
        ("en", 0, "Nobody is ahead of you"), ("en", 1, "Ahead of you: 1 person"), ("en", 2, "Ahead of you: 2 people"),
    ],
)
def test_counts_the_people_ahead(language: str, ahead: int, line: str) -> None:
    text, _ = printed(slip(language=language, tickets=[ticket(ahead=ahead)]))
    assert line in text.splitlines()


@pytest.mark.parametrize(
    ("estimate", "line"),
    [((0, 0), "Segera dipanggil"), ((5, 5), "Dipanggil sekitar 09.46"), ((0, 20), "Dipanggil sekitar 09.41-10.01")],
)
def test_says_when_the_call_will_come(estimate: tuple[int, int], line: str) -> None:
    low, high = estimate
    text, _ = printed(slip(tickets=[ticket(estimate={"low_minutes": low, "high_minutes": high})]))
    assert line in text.splitlines()


def test_says_nothing_of_what_is_not_known() -> None:
    silent = ticket(estimate=None, counters=[], documents=None)
    content = slip(url=None, tickets=[silent], hall={"name": "MPP", "timezone": "Asia/Jakarta", "footer": None})
    text, _ = printed(content)
    for part in ("Dipanggil", "QR", "Pindai", "Untuk", "SALINAN", "Loket", "Siapkan"):
        assert part not in text
    assert text.splitlines()[-1] == "Tunggu di Zona A", "no rule and no gap with nothing below"
    older = {key: value for key, value in silent.items() if key not in ("counters", "documents")}
    assert printed(content | {"tickets": [older]})[0] == text, "a job of an older server prints too"


@pytest.mark.parametrize(
    ("language", "labels", "line"),
    [
        ("id", ["3"], "Loket 3"), ("en", ["3"], "Counter 3"), ("en", ["3", "4"], "Counters 3, 4"),
        ("id", ["3", "4", "5", "7", "9", "10", "11"], "Loket 3-5, 7, 9-11"), ("id", ["A", "B", "C"], "Loket A, B, C"),
        ("id", ["1", "02", "3"], "Loket 1-3"),
    ],
)
def test_names_the_counters(language: str, labels: list[str], line: str) -> None:
    text, _ = printed(slip(language=language, tickets=[ticket(counters=labels)]))
    assert line in text.splitlines()


def test_a_copy_says_so_first_and_in_both_languages() -> None:
    for language in ("id", "en"):
        text, picture = printed(slip(copy=True, language=language))
        assert text.splitlines()[0].strip() == "SALINAN / COPY"
        # White on black: the top of the slip has more ink than paper there.
        band = np.asarray(picture.crop((0, 96, picture.width, 96 + 48)))
        inked = band[:, np.flatnonzero((band < 128).any(axis=0))]
        assert (inked < 128).mean() > 0.6


def test_tickets_of_one_visit_stand_on_one_slip() -> None:
    text, _ = printed(slip(tickets=[ticket(), ticket(number="B-003"), ticket(number="C-001")]))
    lines = text.splitlines()
    for position, number in enumerate(("A-012", "B-003", "C-001"), 1):
        at = lines.index(f"Nomor antrean {position} dari 3")
        assert lines[at + 1] == number
    assert text.count("[QR") == text.count("MPP Kota Pariaman") == 1


@pytest.mark.parametrize(
    ("number", "width_mm", "profile", "times"),
    [
        ("A-012", 80, "TM-T20II", 8), ("A-012", 80, "default", 8), ("A-012", 58, "default", 6),
        ("ABC-0001", 80, "TM-T20II", 6), ("ABC-0001", 58, "default", 4), ("A1", 58, "default", 8),
    ],
)
def test_the_number_is_text_as_large_as_the_paper_allows(
    number: str, width_mm: Width, profile: str, times: int
) -> None:
    data = lay_out(slip(tickets=[ticket(number=number)]), width_mm=width_mm, profile=profile)
    size = bytes([(times - 1) << 4 | times - 1])
    assert b"\x1d!" + size + b"\x1bE\x01" + number.encode() + b"\n" in data


def test_the_number_is_the_largest_thing_on_the_picture() -> None:
    _, picture = printed(slip(url=None), 80, "TM-T20II")
    rows = (np.asarray(picture) < 128).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    heights = sorted(edges[1::2] - edges[::2])
    assert heights[-1] >= 110 and heights[-1] > 2 * heights[-2]


@pytest.mark.parametrize(("width_mm", "profile"), [(80, "default"), (80, "TM-T88V"), (58, "default"), (58, "NT-5890K")])
def test_nothing_is_wider_than_the_paper(width_mm: Width, profile: str) -> None:
    columns = {"default": 42, "TM-T88V": 42}.get(profile, 48) if width_mm == 80 else 32
    names = {"id": "Pelayanan penerbitan surat keterangan pindah datang antarprovinsi " * 3, "en": ""}
    data = lay_out(
        slip(url=None, hall={"name": names["id"], "timezone": "Asia/Jakarta", "footer": names},
             tickets=[ticket(service_name=names, agency_name=names, zone_name=names)]),
        width_mm=width_mm, profile=profile,
    )
    ((text, _),) = read(data + b"\n" * 9 + PARTIAL_CUT, width_mm, profile)[:1]
    assert max(map(len, text.splitlines())) <= columns
    assert {"penerbitan", "antarprovinsi"} <= set(text.split()), "words are whole"


def test_a_name_of_200_letters_without_a_space_is_broken() -> None:
    text, _ = printed(slip(tickets=[ticket(service_name={"id": "x" * 200, "en": ""})]), 58)
    lines = [line for line in text.splitlines() if set(line) == {"x"}]
    assert sum(map(len, lines)) == 200 and max(map(len, lines)) <= 32


@pytest.mark.parametrize(
    ("width_mm", "profile", "native"),
    [
        (80, "TM-T20II", True), (58, "default", True), (80, "TH230", False), (58, "POS-5890", False),
        (80, "TM-U220B", False),
    ],
)
def test_the_qr_code_leads_to_the_visitors_page(width_mm: Width, profile: str, native: bool) -> None:
    data = lay_out(slip(), width_mm=width_mm, profile=profile)
    assert (b"\x1d(k" in data) is native
    ((text, picture),) = read(data + b"\n" * 9 + PARTIAL_CUT, width_mm, profile)[:1]
    assert (f"[QR {URL}]" in text) is native
    assert scanned(picture) == URL


def test_a_code_too_large_for_the_paper_is_left_out() -> None:
    text, _ = printed(slip(url="http://antrean.test/" + "x" * 1500), 58)
    assert "QR" not in text and "Pindai" not in text


def test_a_printer_without_a_cutter_is_not_told_to_cut() -> None:
    assert b"\x1dV" not in lay_out(slip(), width_mm=58, profile="POS-5890")


@pytest.mark.parametrize(("width_mm", "profile"), [(80, "no such printer"), (76, "default")])
def test_what_the_configuration_gets_wrong_is_said(width_mm: Any, profile: str) -> None:
    with pytest.raises(ValueError, match=r"no such printer|76"):
        lay_out(slip(), width_mm=width_mm, profile=profile)


def test_laying_out_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    lay_out(slip(tickets=[ticket(service_name={"id": "مديرية", "en": ""})]), width_mm=80, profile="default")
    assert capfd.readouterr() == ("", "")
