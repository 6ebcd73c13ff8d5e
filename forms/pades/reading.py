"""Opening PDFs of any make for signatures; whatever is wrong with a file ends in a known error."""

import binascii
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, ValueErrorWithMessage

from forms.pades.errors import NotSignable

# What a parser fed with broken bytes may end in; nothing of it says more than that they are broken.
BROKEN = (
    PdfError, SigningError, ValueErrorWithMessage, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    AssertionError, NotImplementedError, RecursionError, EOFError, OSError, binascii.Error, MemoryError, StopIteration,
)  # fmt: skip
MOST_BYTES = 512 << 20


def opened(pdf: bytes) -> Any:
    """Return a reader.

    Raises:
        NotSignable: If it is no PDF, or an encrypted one.
    """
    if len(pdf) > MOST_BYTES or b"%PDF-" not in pdf[:1024]:
        raise NotSignable(reason="no_pdf")
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        if reader.encrypted:
            raise NotSignable(reason="encrypted")
        _ = reader.root["/Pages"]
    except BROKEN as error:
        raise NotSignable(reason=type(error).__name__) from error
    return reader


def embedded(reader: Any) -> list[Any]:
    """Return all signatures and document time-stamps, in the order of their revisions.

    Raises:
        NotSignable: If one cannot be read.
    """
    try:
        return list(reader.embedded_signatures)
    except BROKEN as error:
        raise NotSignable(reason=type(error).__name__) from error
