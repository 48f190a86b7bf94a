"""Reading a QR code from an image, where the package zxing-cpp is installed; it is not needed to issue or to verify."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, UnidentifiedImageError

PIXELS = 80_000_000  # an A3 page at 600 dpi is 70 million
_scanner = import_module("zxingcpp") if find_spec("zxingcpp") else None


def can_scan() -> bool:
    """True when images can be read here."""
    return _scanner is not None


def texts_in(path: Path) -> list[str]:
    """The texts of all QR codes in the image; none when the file is no image or has no code.

    LookupError when images cannot be read here.
    """
    if _scanner is None:
        raise LookupError("zxing-cpp is not installed")
    try:
        with Image.open(path) as image:
            if image.width * image.height > PIXELS:
                return []
            found = _scanner.read_barcodes(image.convert("L"), formats=_scanner.BarcodeFormat.QRCode)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    return [str(code.text) for code in found]
