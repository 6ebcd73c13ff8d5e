"""Where signatures go: plain values, known before anything that reads PDFs is loaded."""

from dataclasses import dataclass

from forms.signing import Rect


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal goes; `page` from 0."""

    page: int
    rect: Rect


@dataclass(frozen=True, slots=True)
class Place:
    """A field to sign in.

    Attributes:
        name: ASCII; the same in every document (`Signer1`, `Bureau`).
        title: What a reader shows for it.
        seal: Where its seal will be laid; None for one that shows nothing.
    """

    name: str
    title: str
    seal: SealPlace | None = None
