"""QR codes in pictures and PDF pages from outside. Runs in the worker."""

from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from app.media.errors import PageUnreadable
from app.media.look import MEGAPIXELS_AT_MOST
from app.media.pictures import BROKEN, opened_picture
from app.media.preview import page_count, render_page

CODES_AT_MOST: Final = 400
CHARACTERS_AT_MOST: Final = 100
_PDF_PAGES_AT_MOST: Final = 200
# Pixels per point: a code of 15 mm is then 106 pixels wide.
_SCALE: Final = 2.5
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def codes_in(content: bytes, mime: str) -> tuple[str, ...]:
    """Return the texts of the QR codes seen, each once; a file that cannot be read shows none.

    Raises:
        MemoryError: If it is too large for the fence.
    """
    found: dict[str, None] = {}
    try:
        if mime != "application/pdf":
            return tuple(_seen(opened_picture(content, mime)))
        for number in range(min(page_count(content), _PDF_PAGES_AT_MOST)):
            page = render_page(content, number, _SCALE)
            found |= _seen(Image.frombytes("RGB", (page.width, page.height), page.rgb))
    except (*BROKEN, UnidentifiedImageError, PageUnreadable):
        pass
    return tuple(found)[:CODES_AT_MOST]


def _seen(image: Image.Image) -> dict[str, None]:
    if image.width * image.height > MEGAPIXELS_AT_MOST * 1_000_000:
        return {}
    codes = zxingcpp.read_barcodes(image.convert("L"), formats=_QR)
    return {code.text: None for code in codes if len(code.text) <= CHARACTERS_AT_MOST}
