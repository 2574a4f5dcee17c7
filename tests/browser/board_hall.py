"""A hall whose boards have every layout: in a usual zone, and in one of many agencies with very long names."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.browser.mal import Mal, document

LAYOUTS = ("calls", "media", "agency", "counter", "own")
ARABIC = ("مكتب الخدمات العامة الموحدة لشؤون المواطنين والمقيمين " * 5)[:200].strip()
LONG = ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Bidang Perizinan Usaha " * 4)[:200].strip()
UNBROKEN = "Pelayanan" * 22
CROWDED_AGENCIES = 30


def boards(prefix: str, zone: str, agency: str, counter: str, text: str = "normal") -> list[dict[str, Any]]:
    """A board of each layout."""
    name = {"id": f"Papan {prefix}", "en": f"{prefix} board"}
    common = {"name": name, "zones": [zone], "text": text, "agency": agency, "counter": counter}
    return [{"id": f"{prefix}-{layout}", "layout": layout, **common} for layout in LAYOUTS]


OWN = {
    "id": "own",
    "name": {"id": "Susunan gedung ini", "en": "This hall's own"},
    "landscape": {"rows": ["top top", "hero media", "rows queues", "text text"], "heights": [0, 5, 6, 0],
                  "widths": [1, 1]},
    "portrait": {"rows": ["top", "media", "hero", "rows", "queues", "text"], "heights": [0, 4, 4, 4, 4, 0],
                 "widths": [1]},
}  # fmt: skip


def board_document() -> dict[str, Any]:
    """The shipped hall with a board of each layout, in three sizes of text, and a crowded zone."""
    found = document()
    found["layouts"] = [OWN]
    found["zones"].append({"id": "z", "name": {"id": ARABIC, "en": LONG}})
    names = [ARABIC, LONG, UNBROKEN]
    for n in range(CROWDED_AGENCIES):
        wording = {"id": names[n % 3], "en": names[(n + 1) % 3]}
        prefix = f"{chr(81 + n // 26)}{chr(65 + n % 26)}"
        services = [{"id": f"z-{n}-{k}", "prefix": f"{prefix}{k}", "name": wording} for k in range(3)]
        found["agencies"].append({"id": f"z-{n}", "name": wording, "zone": "z", "services": services})
        found["counters"].append({"id": f"z-{n}", "label": f"{100 + n}B", "zone": "z",
                                  "services": [f"z-{n}-{k}" for k in range(3)]})  # fmt: skip
    found["displays"] += boards("usual", "a", "disdukcapil", "1") + boards("crowded", "z", "z-0", "z-0")
    for text in ("large", "huge"):
        found["displays"] += boards(text, "a", "disdukcapil", "1", text)
    return copy.deepcopy(found)


def picture(path: Path, colour: str, words: str = "", size: tuple[int, int] = (1280, 720)) -> None:
    """A poster."""
    poster = Image.new("RGB", size, colour)
    ImageDraw.Draw(poster).text((60, size[1] // 2 - 40), words, fill="white", font_size=72)
    path.parent.mkdir(parents=True, exist_ok=True)
    poster.save(path)


def video(path: Path, seconds: float = 2.0) -> None:
    """A short film of changing colours, without sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 10, (320, 180))
    assert film.isOpened()
    for step in range(int(seconds * 10)):
        film.write(np.full((180, 320, 3), (step * 10 % 256, 120, 60), np.uint8))
    film.release()


def begin_work(hall: Mal) -> None:
    """Visitors wait, some are called, some are being served, in both zones."""
    admin = hall.client()
    catalogue = admin.get("/hall")
    services = {service["id"] for agency in catalogue["agencies"] for service in agency["services"] if service["open"]}
    for counter in catalogue["counters"]:
        if counter["zone"] not in ("a", "z"):
            continue
        wanted = [service for service in counter["services"] if service in services]
        for count, service in enumerate(wanted[:2], 2):
            for _ in range(count):
                admin.do("/tickets", {"services": [service]})
    for counter in [each for each in catalogue["counters"] if each["zone"] in ("a", "z")][:14]:
        desk = hall.client("counter", counter["id"])
        desk.do(f"/counters/{counter['id']}/open", {"expect": None})
        called = desk.do(f"/counters/{counter['id']}/call-next", {"expect": None})["ticket"]
        if called and int(called["id"]) % 2 and counter["id"] != "1":
            desk.do(f"/counters/{counter['id']}/start", {"expect": called["id"]})
