"""Turn PDF pages into pictures.

For documents that the program itself made these may be called directly; a PDF from outside goes through
`app.media.decoder.Decoder`, which calls them in the fenced process.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pypdfium2
from PIL import Image

from app.media.errors import PageUnreadable
from app.media.look import (
    DAMAGED,
    ENCRYPTED,
    OUT_OF_MEMORY,
    PDF_PAGES_AT_MOST,
    RENDITION_PX,
    TOO_MANY_PAGES,
    Look,
    PagePicture,
)
from app.media.pictures import shrink

# PDFium keeps global state and is not thread-safe, while its calls release the interpreter lock.
_ONE_AT_A_TIME: Final = threading.Lock()
_POINTS_AT_MOST: Final = 14_400.0
_PAGE_PIXELS_AT_MOST: Final = 40_000_000
_BROKEN: Final = (pypdfium2.PdfiumError, ValueError, OverflowError, ctypes.ArgumentError, IndexError)


def page_count(pdf: bytes) -> int:
    """Return the number of pages.

    Raises:
        PageUnreadable: If the bytes are no PDF that opens without a password.
    """
    with _opened(pdf, 0) as document:
        return len(document)


def render_page(pdf: bytes, number: int, scale: float) -> PagePicture:
    """Draw page `number` (from 0) at `scale` pixels per point (1.0 is 72 dpi), at most 40 megapixels.

    Raises:
        PageUnreadable: If there is no such page or it cannot be drawn.
    """
    with _opened(pdf, number) as document:
        image = _draw(document, number, scale)
        return PagePicture(image.width, image.height, image.tobytes())


def page_text(pdf: bytes, number: int) -> str:
    """Return the words of page `number` (from 0) as a reader would copy them; for documents of our own.

    Raises:
        PageUnreadable: If there is no such page.
    """
    with _opened(pdf, number) as document:
        text_page = document[number].get_textpage()
        try:
            return str(text_page.get_text_bounded())
        finally:
            text_page.close()


def look_at_pdf(pdf: bytes) -> Look:
    """Count the pages and draw the first; what is wrong becomes a reason."""
    try:
        with _opened(pdf, 0) as document:
            pages = len(document)
            if not 0 < pages <= PDF_PAGES_AT_MOST:
                return Look(reason=TOO_MANY_PAGES if pages else DAMAGED, pages=pages)
            width, height = document.get_page_size(0)
            pair = shrink(_draw(document, 0, RENDITION_PX / max(width, height, 1.0)))
            return Look(
                "", round(width), round(height), 0, pages, thumbnail=pair.thumbnail, rendition=pair.rendition
            )
    except PageUnreadable as error:
        return Look(reason=ENCRYPTED if _is_locked(error) else DAMAGED)
    except MemoryError:
        return Look(reason=OUT_OF_MEMORY)


def _draw(document: pypdfium2.PdfDocument, number: int, scale: float) -> Image.Image:
    page = document[number]
    width, height = page.get_size()
    if not 0 < scale * max(width, height) <= _POINTS_AT_MOST * 4:
        raise ValueError("page size")
    if width * height * scale * scale > _PAGE_PIXELS_AT_MOST:
        scale = (_PAGE_PIXELS_AT_MOST / (width * height)) ** 0.5
    picture: Image.Image = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_pil()
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@contextmanager
def _opened(pdf: bytes, number: int) -> Iterator[pypdfium2.PdfDocument]:
    with _ONE_AT_A_TIME:
        document = None
        try:
            document = pypdfium2.PdfDocument(pdf)
            yield document
        except _BROKEN as error:
            raise PageUnreadable(number) from error
        finally:
            if document is not None:
                document.close()


def _is_locked(error: PageUnreadable) -> bool:
    return bool(getattr(error.__cause__, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD)
