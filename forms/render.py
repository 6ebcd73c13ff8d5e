"""From sections to one PDF: bytes, their digest, and what each page asks of its signers."""

from collections.abc import Sequence
from dataclasses import dataclass

from forms.model import RecordMeta, Role, Section
from forms.signing import Signature, SignatureBox


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page of the record.

    Attributes:
        number: From 1.
        of: Pages of the whole record; the sheet of signatures behind it is not counted.
        section: Id of the document the page belongs to (`onsite_record`).
        content_hash: SHA-256 (hex) of what is drawn, without the hash line and signatures.
        required_roles: Roles that must sign this page, in order, each once.
        boxes: All places to sign, those of two inspectors apart.
    """

    number: int
    of: int
    section: str
    content_hash: str
    required_roles: tuple[Role, ...]
    boxes: tuple[SignatureBox, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished document.

    Attributes:
        sha256: Hex digest of `pdf`; the same input gives the same bytes.
        fallbacks: Characters that no font holds, printed as `〔U+2A6A5〕` and listed on the last page.
    """

    pdf: bytes
    sha256: str
    pages: tuple[PageInfo, ...]
    fallbacks: tuple[str, ...] = ()


def render(sections: Sequence[Section], meta: RecordMeta, signatures: Sequence[Signature] = ()) -> Rendered:
    """Print the sections in order as one PDF, signed as far as signatures are given.

    Raises:
        TotalsDisagree: If figures printed do not add up to the total printed below them.
        ForeignSignature: If a signature belongs to no page of exactly this content.
        NoSuchBox: If its page has no such place to sign.
    """
    raise NotImplementedError
