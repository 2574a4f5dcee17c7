"""Pictures that a printer makes of what it is sent: rows of bits, and the QR codes that it draws by itself."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from PIL import Image, ImageChops
from qrcode.exceptions import DataOverflowError
from qrcode.image.pil import PilImage

EC_LEVELS = {
    48: qrcode.constants.ERROR_CORRECT_L, 49: qrcode.constants.ERROR_CORRECT_M,
    50: qrcode.constants.ERROR_CORRECT_Q, 51: qrcode.constants.ERROR_CORRECT_H,
}
"""Error correction by the number that ESC/POS gives it."""


@dataclass
class QrCode:
    """The QR code being told about: dots a module, error correction, content."""

    size: int = 3
    level: int = 48
    content: bytes = b""

    def drawn(self) -> Image.Image | None:
        """The code as a printer draws it, without a border; None where there is nothing in it, or too much."""
        code = qrcode.QRCode(error_correction=EC_LEVELS[self.level], box_size=self.size, border=0)
        code.add_data(self.content)
        try:
            code.make(fit=True)
        except (DataOverflowError, ValueError):
            return None
        ink: Image.Image = code.make_image(image_factory=PilImage).get_image().convert("L")
        return ink if self.content else None


def rows_of_bits(data: bytes, wide: int, high: int) -> Image.Image | None:
    """Rows of bits, 1 for ink, as a picture; None where there are too few or none."""
    if not wide or not high or len(data) < (wide + 7) // 8 * high:
        return None
    return ImageChops.invert(Image.frombytes("1", (wide, high), data).convert("L"))
