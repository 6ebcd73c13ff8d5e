"""Signatures as given: vector strokes bound to the hash of the page they stand on."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from forms.model import Role, Signer


@dataclass(frozen=True, slots=True)
class Point:
    """A place of the pen: x rightwards, y downwards in 0–1 of the box; t in ms from the start; pressure 0–1."""

    x: float
    y: float
    t: int
    pressure: float


Stroke = tuple[Point, ...]


class BoxKind(StrEnum):
    """What a box is for: the foot of a page, the closing words in own hand, a mark at a correction, a place in the text."""

    PAGE = "page"
    STATEMENT = "statement"
    CORRECTION = "correction"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in PDF points, origin at the lower left corner of the page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """A place to sign.

    Attributes:
        index: Counts the boxes of the same kind on a page (0 for all PAGE boxes; the row of a correction; for PLACE the
            position of the signing in `Paper.signings`).
        required: False for the witness who is needed only when the party refuses.
    """

    signer: Signer
    kind: BoxKind
    rect: Rect
    required: bool
    index: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal to sign: the reason noted by the inspectors, and who was there.

    Source: 行政处罚法 art. 52, art. 64(8).
    """

    reason: str
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signer's strokes (or refusal) in one box of one page.

    Attributes:
        page_hash: `PageInfo.content_hash` of the page that was shown while signing.
        refusal: Set where the signer refused; `strokes` is empty then.
        heard: That the record was read out to the signer, or read by them, by whom and when; for the closing words.
        pad_aspect: Width by height of the surface written on, so that the hand keeps its shape; None: the box's own.
    """

    signer: Signer
    page_hash: str
    signed_at: dt.datetime
    strokes: tuple[Stroke, ...] = ()
    kind: BoxKind = BoxKind.PAGE
    index: int = 0
    refusal: Refusal | None = None
    device: str = ""
    heard: str = ""
    pad_aspect: float | None = None


__all__ = ["BoxKind", "Point", "Rect", "Refusal", "Role", "Signature", "SignatureBox", "Signer", "Stroke"]
