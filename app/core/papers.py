"""Official papers (文书): drafted from the data, issued under a number, signed, served, and voided but never deleted."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.core.documents import SignerLine
from app.core.guards import GuardResult
from app.core.ids import DocumentId, InspectionId, PersonId, TaskId

PaperId = NewType("PaperId", str)
ServiceId = NewType("ServiceId", str)
INTERIM = "临-"
Value = str | int | tuple[str, ...] | tuple[tuple[str, ...], ...]


class PaperState(StrEnum):
    """Where a paper stands. `ISSUED`: frozen and numbered, nobody has signed; `SIGNED`: everybody has; `VOID`: 作废."""

    DRAFT = "draft"
    ISSUED = "issued"
    SIGNING = "signing"
    SIGNED = "signed"
    VOID = "void"


class Origin(StrEnum):
    """Where the value of a field comes from."""

    EMPTY = "empty"
    DATA = "data"
    PERSON = "person"


class ServiceMethod(StrEnum):
    """How a paper is served (送达方式). Source: 行政处罚法 61; 民事诉讼法 on service."""

    DIRECT = "direct"
    MAIL = "mail"
    LEFT = "left"
    ELECTRONIC = "electronic"
    ANNOUNCED = "announced"


class Standing(StrEnum):
    """How far a paper that is asked for has come, the farthest of its kind."""

    MISSING = "missing"
    DRAFTED = "drafted"
    ISSUED = "issued"
    SIGNED = "signed"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a task.

    Attributes:
        kind: Id of its kind (`forms.papers`).
        inspection: The visit it is about, None before one has begun.
        parent: The paper with which it is issued, under whose number.
        about: What it speaks of where its kind speaks of one thing: the paper served by a receipt.
        number: As printed; the final one where a provisional one was printed and the office has assigned it since.
        interim: Provisional number as printed, or empty.
        document: The frozen pages, None while a draft.
        void_reason: None unless voided.
    """

    id: PaperId
    kind: str
    title: str
    task: TaskId
    state: PaperState
    drafted_at: dt.datetime
    drafted_by: PersonId
    inspection: InspectionId | None = None
    parent: PaperId | None = None
    about: str = ""
    number: str = ""
    interim: str = ""
    document: DocumentId | None = None
    issued_at: dt.datetime | None = None
    issued_by: PersonId | None = None
    void_reason: str | None = None


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a draft.

    Attributes:
        kind: As `forms.papers.FieldKind`: text, long_text, choice, checks, date, minute, number, money, people, table.
        columns: Title and kind of each column of a table.
        value: What would be printed now.
        data: What the data says now; None where the field has no source or the source nothing.
        data_then: What the data said when a person wrote something else.
        is_outdated: A person wrote this, and the data has changed since: to be looked at, never overwritten unasked.
        problem: Why it cannot be issued so, a code `paper.field_…`, or empty.
    """

    id: str
    label: str
    kind: str
    required: bool
    value: Value | None
    origin: Origin
    hint: str = ""
    source: str = ""
    options: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    data: Value | None = None
    data_then: Value | None = None
    is_outdated: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """How a paper reached its receiver.

    Attributes:
        served_at: When it was handed over, left, received by post, arrived electronically, or was announced.
        effective_on: The date of service: the day signed for; of an announcement, the day its period ends.
        receiver: Who took it; `relation` to the addressee where it is somebody else (代收人).
        servers: Names and licence numbers of those who served.
        refused_reason: Why the receiver did not take or sign it; then there is a witness, or it was recorded.
        consent: The addressee agreed in writing to be served electronically (送达地址确认书).
        tracking: Number of the letter, or where it was announced.
        receipt: The 送达回证, where one was made.
        is_certain: Whether `effective_on` counted with known calendars only.
    """

    id: ServiceId
    paper: PaperId
    method: ServiceMethod
    served_at: dt.datetime
    effective_on: dt.date
    receiver: str
    relation: str = ""
    place: str = ""
    servers: tuple[tuple[str, str], ...] = ()
    refused_reason: str = ""
    witness: str = ""
    is_recorded: bool = False
    consent: bool = False
    tracking: str = ""
    note: str = ""
    receipt: PaperId | None = None
    is_certain: bool = True
    void_reason: str | None = None


@dataclass(frozen=True, slots=True)
class PaperView:
    """All that a screen shows of one paper.

    Attributes:
        fields: Of a draft what stands now; of an issued one what stands on its pages.
        signers: Of an issued one, in the order of signing.
        guards: Of a draft: what speaks against issuing it; of an issued one: against signing it.
        companions: Papers issued with it; `incomplete` those of them that lack something.
        services: In the order they were noted, voided ones too.
    """

    paper: Paper
    institution_name: str
    is_numbered: bool
    is_served: bool
    fields: tuple[FieldView, ...] = ()
    signers: tuple[SignerLine, ...] = ()
    guards: tuple[GuardResult, ...] = ()
    companions: tuple[PaperId, ...] = ()
    incomplete: tuple[PaperId, ...] = ()
    services: tuple[Service, ...] = ()

    @property
    def is_issuable(self) -> bool:
        """Whether nothing stops it from being issued."""
        return self.paper.state is PaperState.DRAFT and not bool(
            self.incomplete or any(one.problem for one in self.fields) or any(one.is_block for one in self.guards)
        )


@dataclass(frozen=True, slots=True)
class NeededPaper:
    """What a task's nature and path say of one kind of paper, and how far it is.

    Attributes:
        level: `required`, `conditional`, `forbidden`, or `extra` for one that is there and not asked for.
        when: In which case it is needed, or why it must not be there.
        or_one_of: Kinds that would do as well.
        papers: Those that there are, drafts and voided ones too.
        documents: Records that stand for it (现场检查笔录 …), which are composed from the inspection itself.
        waiting: Who still has to sign, as labels with names.
        is_warned: Whether somebody should do something: a required paper is missing or a forbidden one there.
    """

    kind: str
    title: str
    level: str
    standing: Standing
    when: str = ""
    or_one_of: tuple[str, ...] = ()
    papers: tuple[PaperId, ...] = ()
    documents: tuple[DocumentId, ...] = ()
    signed_by: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    served_on: dt.date | None = None
    is_served_kind: bool = False
    is_warned: bool = False


class NumberState(StrEnum):
    """What became of a number. `FREE`: lent to a laptop and unused; `VOID`: never to be used; `GAP`: lent to nobody."""

    FREE = "free"
    USED = "used"
    VOID = "void"
    DOUBLED = "doubled"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers lent to one laptop. `source` is `server`, or `hand` for those from the office's paper register."""

    series: str
    year: int
    first: int
    last: int
    device: str
    source: str
    is_mine: bool
    free: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One line of the register (文号登记): a number, or a run of numbers with the same fate.

    Attributes:
        number: As printed; of a run the first.
        paper, title: What bears it; `interim` what was printed on it where that was provisional.
        reason: Why it is void, or what explains a gap.
    """

    series: str
    year: int
    first: int
    last: int
    state: NumberState
    number: str
    paper: PaperId | None = None
    title: str = ""
    interim: str = ""
    reason: str = ""
    device: str = ""
    at: dt.datetime | None = None


def printed_number(series: str, year: int, serial: int) -> str:
    """Return a number as printed: `医保检通〔2026〕1号`. Source: GB/T 9704-2012, 7.2.5."""
    return f"{series}〔{year}〕{serial}号"


def interim_number(replica: str, count: int) -> str:
    """Return a provisional number that shows that it is one, of one history of one laptop: `临-3F2A91-2`."""
    return f"{INTERIM}{replica.replace('-', '')[-6:].upper()}-{count}"
