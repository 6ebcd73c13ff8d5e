"""Opening PDFs of any make for signatures; whatever is wrong with a file ends in a known error."""

import binascii
import logging
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, ValueErrorWithMessage
from pyhanko.sign.validation import generic_cms

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
    _hush()
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


def _hush() -> None:
    """Keep the libraries from telling what they find: it is judged here, and what they say names signers."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def embedded(reader: Any) -> list[Any]:
    """Return all signatures and document time-stamps, in the order of their revisions.

    Raises:
        NotSignable: If one cannot be read.
    """
    try:
        return list(reader.embedded_signatures)
    except BROKEN as error:
        raise NotSignable(reason=type(error).__name__) from error


def is_genuine(one: Any) -> bool:
    """Tell whether the bytes a signature or document time-stamp covers are those it was made over, by the key it names."""
    certificate = generic_cms.extract_certs_for_validation(one.signed_data).signer_cert
    if one.sig_object_type == "/DocTimeStamp":
        said = one.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
        return bool(said["hashed_message"].native == one.compute_digest())
    return all(generic_cms.validate_sig_integrity(one.signer_info, certificate, "data", one.compute_digest()))
