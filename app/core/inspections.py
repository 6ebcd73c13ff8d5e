"""Inspections (现场检查) with their checklist sheets and answers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum

from app.core.ids import InspectionId, InstitutionId, PersonId, RowId, TaskId


class InspectionState(StrEnum):
    """`FROZEN`: pages composed, nobody signed yet; `SIGNING`: content locked; `SIGNED`: all have signed or refused."""

    OPEN = "open"
    FROZEN = "frozen"
    SIGNING = "signing"
    SIGNED = "signed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Party:
    """The person of the institution who is present (现场负责人/当事人)."""

    name: str = ""
    gender: str = ""
    id_no: str = ""
    post: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit.

    Attributes:
        inspectors: At least two, licences valid on the day.
        started_at: To the minute, UTC; `ended_at` None while the visit lasts.
        licence_shown: The officers showed their licences and said why they came.
        recusal_answer: What the party answered when told of the right to ask for recusal (回避).
        party_opinion: The party's own words on the record (当事人意见).
    """

    id: InspectionId
    task: TaskId
    institution: InstitutionId
    inspectors: tuple[PersonId, ...]
    recorder: PersonId
    started_at: dt.datetime
    place: str = ""
    ended_at: dt.datetime | None = None
    party: Party = Party()
    witness: str = ""
    licence_shown: bool = False
    recusal_answer: str = ""
    party_opinion: str = ""
    situation: str = ""
    closed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A checklist pinned to an inspection: `(template, version, digest)`, never reinterpreted."""

    template: str
    version: int
    digest: str


class Keep(Enum):
    """The value that says: leave this field as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row of a ROWS item: cells as typed; what a formula computes is not stored."""

    id: RowId
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was given for one item. `state` is one of `open`, `pass`, `fail`, `na`."""

    template: str
    item: str
    state: str = "open"
    value: str | None = None
    count: int | None = None
    amount_cny: Decimal | None = None
    detail: str = ""
    note: str = ""
    rows: tuple[DetailRow, ...] = ()
    evidence: int = 0
    answered_at: dt.datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet with its answers by item code (items never touched are absent)."""

    ref: SheetRef
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stops signing, or a warning before it.

    Attributes:
        severity: `note`, `warn` or `block`.
        code: Stable name; for `source == "template"` the sentence is in `message` (template content), else looked up by code.
    """

    severity: str
    code: str
    source: str
    template: str = ""
    item: str = ""
    message: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InspectionView:
    """All that the inspection screen shows, read in one go."""

    inspection: Inspection
    state: InspectionState
    task_number: str
    task_title: str
    institution_name: str
    institution_kind: str
    institution_address: str
    rehearsal: bool
    people: Mapping[str, str]
    sheets: tuple[SheetView, ...]
    evidence_count: int
    finding_count: int
    interview_count: int
    amount_cny: Decimal
