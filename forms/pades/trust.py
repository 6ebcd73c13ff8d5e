"""What signatures are judged by, and what comes of it: plain values, known before anything that reads certificates is loaded."""

from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """Whose root stands behind a certificate: the office's own, a licensed authority's, or nobody's that we know."""

    OFFICE = "office"
    PUBLIC = "public"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Roots and lists to judge by: certificates (DER or PEM) and lists of revoked certificates (DER or PEM)."""

    office: tuple[bytes, ...] = ()
    public: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a certificate at a moment.

    Attributes:
        problems: `revoked`, `expired`, `not_yet_valid`, `weak`, `chain`.
        is_checked: Whether lists that were good then speak for every certificate below the root.
    """

    trust: Trust
    problems: tuple[str, ...]
    is_checked: bool
