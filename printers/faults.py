"""What can be wrong with a printer, and what it says of itself: the status bytes of an Epson TM-T20 or TM-T88.

Bits as in Epson's ESC/POS command reference. The answers to DLE EOT have bits 1 and 4 set, bits 0 and 7 clear; those to
GS r have bits 4 and 7 clear; the first byte of an automatic status has bit 4 set, bits 0, 1 and 7 clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from printers.status import State

NONSENSE = b"\xff\x7f\x81"
"""Bytes that are an answer to nothing."""

DOTS_A_MM = 8
_FIXED = 0x12


@dataclass
class Health:
    """How a printer is: its paper, its cover, its cutter, its electronics, its line. Several faults add up."""

    paper: Literal["enough", "low", "out"] = "enough"
    dots_left: int | None = None
    """Rows until the paper ends; None: nobody has counted."""
    cover_open: bool = False
    cutter_jammed: bool = False
    hung: bool = False
    mute: bool = False
    garbage: bool = False
    refusing: bool = False
    bytes_per_s: float | None = None
    """How fast commands are carried out; None: at once."""
    drop_in: int | None = None
    """Bytes to be received until the connection is reset."""

    def repair(self) -> None:
        """All is well."""
        vars(self).update(vars(Health()))

    @property
    def online(self) -> bool:
        """Nothing keeps it from printing that its sensors can see."""
        return not (self.paper == "out" or self.cover_open or self.cutter_jammed)

    @property
    def works(self) -> bool:
        """It carries out commands."""
        return self.online and not self.hung

    @property
    def state(self) -> State:
        """What its sensors say: the one thing to see to first."""
        if self.cover_open:
            return "cover_open"
        if self.paper == "out":
            return "paper_out"
        if self.cutter_jammed:
            return "error"
        return "paper_low" if self.paper == "low" else "ready"

    @property
    def words(self) -> str:
        """All that is wrong, for people."""
        left_mm, rate = (self.dots_left or 0) / DOTS_A_MM, self.bytes_per_s or 0
        faults = {
            "penutup terbuka (cover open)": self.cover_open,
            "kertas habis (paper out)": self.paper == "out",
            "kertas hampir habis (paper low)": self.paper == "low",
            f"kertas habis setelah {left_mm:g} mm lagi (so much paper is left)": self.dots_left is not None,
            "pisau macet (cutter jammed)": self.cutter_jammed,
            "diam total (hung: reads nothing, prints nothing)": self.hung,
            f"lambat, {rate:g} byte per detik (slow, bytes a second)": self.bytes_per_s is not None,
            f"sambungan putus setelah {self.drop_in} byte lagi (will drop the line)": self.drop_in is not None,
            "menolak sambungan baru (refuses new connections)": self.refusing,
            "menjawab kacau (answers nonsense)": self.garbage,
            "tidak menjawab (answers nothing)": self.mute,
        }
        return "; ".join(words for words, wrong in faults.items() if wrong) or "siap (ready)"

    def real_time(self, question: int) -> bytes:
        """The answer to DLE EOT `question`: 1 printer, 2 why offline, 3 errors, 4 paper; to others there is none."""
        match question:
            case 1:  # bit 2 is the drawer's pin, which is high where there is no drawer
                return bytes([_FIXED | 0x04 | (0 if self.online else 0x08)])
            case 2:
                cover = 0x04 if self.cover_open else 0
                paper = 0x20 if self.paper == "out" else 0
                return bytes([_FIXED | cover | paper | (0x40 if self.cutter_jammed else 0)])
            case 3:
                return bytes([_FIXED | (0x08 if self.cutter_jammed else 0)])
            case 4:
                return bytes([_FIXED | self._near_end() << 2 | self._end() << 5])
        return b""

    def in_turn(self, question: int) -> bytes:
        """The answer to GS r `question`: 1 paper, 2 drawer; to others there is none."""
        match question % 48:
            case 1:
                return bytes([self._near_end() | self._end() << 2])
            case 2:
                return b"\x01"
        return b""

    def automatic(self) -> bytes:
        """The four bytes that are sent unasked once GS a has switched them on."""
        first = 0x14 | (0 if self.online else 0x08) | (0x20 if self.cover_open else 0)
        return bytes([first, 0x08 if self.cutter_jammed else 0, self._near_end() | self._end() << 2, 0x0F])

    def _near_end(self) -> int:
        """Two bits; where the paper is out, the sensor before the end sees none either."""
        return 0b11 if self.paper != "enough" else 0

    def _end(self) -> int:
        return 0b11 if self.paper == "out" else 0
