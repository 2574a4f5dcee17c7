"""Write the golden slips anew."""

from __future__ import annotations

from printers.slip import lay_out
from tests.printers.golden import FOLDER, SLIPS
from tests.printers.slips import read

for name, (content, width_mm, profile) in SLIPS.items():
    data = lay_out(content, width_mm=width_mm, profile=profile)
    ((text, _picture),) = read(data, width_mm, profile)
    (FOLDER / f"{name}.bin").write_bytes(data)
    (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
