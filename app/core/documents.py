"""Documents (文书): frozen pages, who must sign them and who has."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import DocumentId, InspectionId, InterviewId, SignatureId
from app.core.readings import Reading


class DocumentKind(StrEnum):
    """`RECORD`: on-site record, sheets, findings, evidence list; `INTERVIEW`: one interview, signed on the spot;
    `AMENDMENT`: corrections of a signed document, which itself stays as it is; `PAPER`: an issued paper (`app.core.papers`)."""

    RECORD = "record"
    INTERVIEW = "interview"
    AMENDMENT = "amendment"
    PAPER = "paper"


class SignerRole(StrEnum):
    """Who signs. The places of a paper are counted in the order of signing; what each is, its `SignerLine.label` says."""

    INSPECTOR_1 = "inspector_1"
    INSPECTOR_2 = "inspector_2"
    RECORDER = "recorder"
    PARTY = "party"
    SUBJECT = "subject"
    WITNESS = "witness"
    PLACE_1 = "place_1"
    PLACE_2 = "place_2"
    PLACE_3 = "place_3"
    PLACE_4 = "place_4"
    PLACE_5 = "place_5"
    PLACE_6 = "place_6"
    PLACE_7 = "place_7"
    PLACE_8 = "place_8"
    PLACE_9 = "place_9"
    PLACE_10 = "place_10"
    PLACE_11 = "place_11"
    PLACE_12 = "place_12"
    PLACE_13 = "place_13"
    PLACE_14 = "place_14"
    PLACE_15 = "place_15"
    PLACE_16 = "place_16"
    PLACE_17 = "place_17"
    PLACE_18 = "place_18"
    PLACE_19 = "place_19"
    PLACE_20 = "place_20"
    PLACE_21 = "place_21"
    PLACE_22 = "place_22"
    PLACE_23 = "place_23"
    PLACE_24 = "place_24"
    PLACE_25 = "place_25"
    PLACE_26 = "place_26"
    PLACE_27 = "place_27"
    PLACE_28 = "place_28"
    PLACE_29 = "place_29"
    PLACE_30 = "place_30"


class DocumentState(StrEnum):
    """`FROZEN` may still be thrown away; from `SIGNING` on the content is locked; `AMENDED`: signed, and corrected later."""

    FROZEN = "frozen"
    SIGNING = "signing"
    SIGNED = "signed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Page:
    """One frozen page. `content_hash` is hex SHA-256 of what is on it before any signature.

    Attributes:
        corrections: How many paragraphs on it were corrected after they were read out; each is signed at its place.
    """

    number: int
    of: int
    section: str
    content_hash: str
    required: tuple[SignerRole, ...]
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature on one page, or a refusal that stands for it.

    Attributes:
        strokes: Pen strokes, each a tuple of points `(x, y, t_ms, pressure)`; x from 0 to 1 over the pad's width, y
            downwards in the same unit, so from 0 to `aspect`.
        aspect: Height of the pad over its width.
        method: `pen`, `paper` (signed paper photographed back in) or `refused`.
    """

    id: SignatureId
    role: SignerRole
    name: str
    page: int
    page_hash: str
    signed_at: dt.datetime
    method: str
    strokes: tuple[tuple[tuple[float, float, int, float], ...], ...] = ()
    reason: str = ""
    witness: str = ""
    aspect: float = 1.0


@dataclass(frozen=True, slots=True)
class Document:
    """One frozen document. `inspection` is empty for a paper that is issued before the visit begins."""

    id: DocumentId
    inspection: InspectionId
    kind: DocumentKind
    title: str
    number: str
    state: DocumentState
    frozen_at: dt.datetime
    pages: tuple[Page, ...]
    signatures: tuple[Signature, ...] = ()
    interview: InterviewId | None = None
    amends: DocumentId | None = None
    pdf_sha256: str = ""

    def required_on(self, page: Page) -> tuple[SignerRole, ...]:
        """Return who must sign a page as things stand: where somebody refused, the witness of the refusal too.

        A refusal recorded on audio or video needs no witness's hand. Source: 行政处罚法 52; domain report 4.0.
        """
        refused = any(one.page == page.number and one.method == "refused" and one.witness for one in self.signatures)
        if refused and SignerRole.WITNESS not in page.required:
            return (*page.required, SignerRole.WITNESS)
        return page.required

    @property
    def refusal_witness(self) -> str:
        """Name of the witness of a refusal, or empty."""
        return next((one.witness for one in self.signatures if one.method == "refused" and one.witness), "")

    @property
    def is_complete(self) -> bool:
        """Whether everybody has signed or refused, on every page."""
        given = {(one.role, one.page) for one in self.signatures}
        return all((role, page.number) in given for page in self.pages for role in self.required_on(page))


@dataclass(frozen=True, slots=True)
class SignerLine:
    """Where one signer stands on one document: pages to sign, pages done, refusal.

    Attributes:
        label: As what he signs, where the paper says so and the role does not (`承办机构负责人`).
    """

    role: SignerRole
    name: str
    pages: tuple[int, ...]
    signed: tuple[int, ...]
    refused_reason: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a signed record: where, what it said, what it should say, why."""

    place: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its signers in signing order, and what is next (`next_role`, `next_page`), or None when all have signed."""

    document: Document
    institution_name: str
    signers: tuple[SignerLine, ...]
    next_role: SignerRole | None
    next_page: int | None
    corrections: tuple[Correction, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of one page: `rgb` holds rows of 3 × width bytes, without padding."""

    width: int
    height: int
    rgb: bytes
