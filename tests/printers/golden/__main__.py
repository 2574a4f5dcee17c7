"""Write the golden slips anew."""

from __future__ import annotations

from printers.preview import picture
from tests.printers.golden import FOLDER, SLIPS
from tests.printers.slips import lay_out

for old in FOLDER.glob("[0-9]*.*"):
    old.unlink()
for name, (content, width_mm, profile, style) in SLIPS.items():
    data = lay_out(content, width_mm=width_mm, profile=profile, style=style)
    text, drawn = picture(data, width_mm, profile)
    (FOLDER / f"{name}.bin").write_bytes(data)
    (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
    drawn.save(FOLDER / f"{name}.png", "PNG", optimize=True)
