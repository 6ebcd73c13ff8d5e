"""What is said of the signatures of a file: plain values, known before anything that reads PDFs is loaded."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from forms.pades.certificates import Certificate
from forms.pades.trust import Trust


class Level(StrEnum):
    """How well a signature is proved (ETSI EN 319 142-1).

    B-B claims its time; B-T has it from a time-stamp service; B-LT brings what shows the certificate's standing;
    B-LTA keeps all of it under a later time-stamp.
    """

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class Problem(StrEnum):
    """What is wrong; the first four mean that the file is not what was signed."""

    BROKEN = "broken"
    CHANGED = "changed"
    FORGED = "forged"
    CHANGED_AFTER = "changed_after"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    KEY_USAGE = "key_usage"
    CLOCK = "clock"
    STAMP = "stamp"
    WEAK = "weak"
    CHAIN = "chain"


TAMPERED = frozenset({Problem.BROKEN, Problem.CHANGED, Problem.FORGED, Problem.CHANGED_AFTER})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one signature, or of a time-stamp over the document.

    Attributes:
        claimed_at: As the signer's clock said; None for a time-stamp.
        stamped_at: As a trusted time-stamp says; None without one.
        judged_at: The moment its certificate was judged by: proved, else now.
        is_checked: Whether lists of revoked certificates speak for it.
        shows: Whether it shows something on a page (the seal).
    """

    field: str
    certificate: Certificate | None
    claimed_at: dt.datetime | None
    stamped_at: dt.datetime | None
    judged_at: dt.datetime | None
    level: Level
    trust: Trust
    problems: tuple[Problem, ...]
    is_checked: bool
    is_stamp: bool = False
    shows: bool = False

    @property
    def is_intact(self) -> bool:
        """Tell whether the file is what was signed here, whoever signed."""
        return not TAMPERED & set(self.problems)

    @property
    def is_valid(self) -> bool:
        """Tell whether nothing is wrong and the signer is known."""
        return not self.problems and self.trust is not Trust.UNKNOWN


@dataclass(frozen=True, slots=True)
class Report:
    """All signatures in order; `problem` says why there is nothing to judge (`no_pdf`, `encrypted`, `broken`), else empty."""

    signatures: tuple[Verdict, ...]
    problem: str = ""

    @property
    def is_intact(self) -> bool:
        """Tell whether there are signatures and the file is what all of them signed."""
        return not self.problem and bool(self.signatures) and all(one.is_intact for one in self.signatures)

    @property
    def is_valid(self) -> bool:
        """Tell whether there are signatures and all of them hold."""
        return not self.problem and bool(self.signatures) and all(one.is_valid for one in self.signatures)
