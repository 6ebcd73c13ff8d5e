"""A case as it stands at one moment: what legal guards look at."""

import datetime as dt
from dataclasses import dataclass

from app.core.tasks import Nature
from app.core.workdays import Deadline


@dataclass(frozen=True, slots=True)
class Officer:
    """One who inspects. `is_valid`: a licence of his own, valid on the day, is on record."""

    id: str
    name: str
    licence_no: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """One interview of the case, or of another one in which an officer of this case took part (`is_elsewhere`)."""

    id: str
    subject: str
    officers: tuple[str, ...]
    started_at: dt.datetime
    ended_at: dt.datetime | None
    rights_told: bool
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What was signed: from when to when the thing lasted, and when the first and the last hand was put to it."""

    id: str
    title: str
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    first_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One finding.

    Attributes:
        family: Article of the fund regulation: `38`, `39`, `40`, … or empty.
        proves_purpose: It establishes the purpose of fraud.
        has_amount: An amount was put down, 0 included.
        evidence: Legal kind of each piece that proves it (书证, 视听资料 …).
    """

    id: str
    title: str
    family: str
    proves_purpose: bool
    has_amount: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper of the case that is issued and not void.

    Attributes:
        served_on: Date of service, or None.
        by_head: Signed by the head of the authority.
        is_urgent: Says that it is made up for an urgent step.
        due: Last day by which something else has to follow it.
        is_settled: That has followed.
    """

    id: str
    kind: str
    title: str
    issued_at: dt.datetime
    served_on: dt.date | None = None
    by_head: bool = False
    is_urgent: bool = False
    due: Deadline | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as it stands at one moment.

    Attributes:
        now: The moment; `day` the day in China.
        approval_no: Number of an approval that was given outside the program, or empty.
        paper: Kind of the paper to be issued or signed; `record` for that of the visit, `interview` for an interview's.
        visit: Id of the visit; empty before one has begun, and then nothing of it is held against anybody.
        is_numbered: Whether the paper at hand bears a number; `has_number` whether one of the register is at hand.
        forbidden: Why a paper of this kind must not be made in this nature; empty if it may.
        hearing_until: Last day to ask for a hearing after the notice; None if it does not run.
        recused: Names of those who take part though they declared a conflict of interest.
    """

    nature: Nature
    now: dt.datetime
    day: dt.date
    paper: str
    officers: tuple[Officer, ...]
    approval_no: str = ""
    visit: str = ""
    licence_shown: bool = False
    recusal_answered: bool = False
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    interviews: tuple[InterviewFacts, ...] = ()
    signed: tuple[SignedFacts, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    papers: tuple[PaperFacts, ...] = ()
    is_numbered: bool = False
    has_number: bool = True
    forbidden: str = ""
    hearing_until: Deadline | None = None
    recused: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[PaperFacts, ...]:
        """Return the papers of one kind."""
        return tuple(one for one in self.papers if one.kind == kind)
