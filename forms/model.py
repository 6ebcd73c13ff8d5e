"""What documents are made of: frozen plain values, filled by the caller, printed as they are.

Instants are aware (any zone; printed as China Standard Time to the minute), money is integer fen, images are
JPEG bytes that are embedded untouched. An empty string or tuple prints as a struck-out field, never blank.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In what capacity someone signs."""

    PARTY = "party"
    INSPECTOR = "inspector"
    RECORDER = "recorder"
    WITNESS = "witness"
    GUARDIAN = "guardian"
    INTERPRETER = "interpreter"
    REVIEWER = "reviewer"
    HANDLER = "handler"
    SECTION_HEAD = "section_head"
    HEAD = "head"
    LEGAL = "legal"
    HOST = "host"
    MEMBER = "member"
    EXPERT = "expert"
    PROVIDER = "provider"
    RECEIVER = "receiver"
    SERVER = "server"
    SEAL = "seal"
    INSTITUTION_SEAL = "institution_seal"


@dataclass(frozen=True, slots=True)
class Signer:
    """One person in one role; the name is empty where it is not known before signing (an invited witness)."""

    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class RecordMeta:
    """What stands on every page.

    Attributes:
        authority: Full name of the authority (某某市医疗保障局).
        document_number: As printed, `医保检〔2026〕1号`.
        rehearsal: True lays a visible 演练 over every page.
        amends: Number and short hash of the record that this one corrects, or None.
    """

    authority: str
    document_number: str
    task_number: str = ""
    rehearsal: bool = False
    amends: str | None = None


@dataclass(frozen=True, slots=True)
class Institution:
    """The institution inspected (被检查单位)."""

    name: str
    credit_code: str = ""
    insurance_code: str = ""
    kind: str = ""
    address: str = ""
    legal_person: str = ""
    responsible: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Inspector:
    """An inspector with the licence shown (执法证)."""

    name: str
    licence_no: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else on the record: party, respondent, witness, guardian, interpreter."""

    name: str
    sex: str = ""
    born_on: dt.date | None = None
    id_number: str = ""
    phone: str = ""
    employer: str = ""
    post: str = ""
    address: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """A change inside a text, made before it was signed: the words struck stay legible before those that count.

    Attributes:
        at: Place in the text where the struck words stood, in characters from its beginning.
        struck: Words that no longer count; they are no part of the text.
        added: How many characters of the text from `at` on are new.
    """

    at: int
    struck: str
    added: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer (问、答), with what was changed in the answer and in the question."""

    question: str
    answer: str
    revisions: tuple[Revision, ...] = ()
    question_revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One numbered fact of the on-site record, with the items and evidence it rests on, and what was changed in it."""

    text: str
    items: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()


class ItemState(StrEnum):
    """The four states of a checklist item; `OPEN` prints 未检查 and never passes for 符合."""

    OPEN = "open"
    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class ColumnKind(StrEnum):
    """How a column is aligned; cells of NUMBER and MONEY with a total must add up to it."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an item's detail rows."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One checklist item as answered.

    Attributes:
        answer: The value of a number, percent, date, choice or text item, as printed.
        rows: Cells as text, one tuple per row, as wide as `columns`; money in yuan (`1234.50`).
        totals: As wide as `columns`, None where a column is not summed; empty: no totals line.
        evidence: Evidence numbers (`证1`).
    """

    code: str
    question: str
    state: ItemState
    answer: str = ""
    count: int | None = None
    amount_fen: int | None = None
    detail: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    totals: tuple[str | None, ...] = ()
    evidence: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    violation: str = ""


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A titled group of items, in the order of the template."""

    title: str
    items: tuple[SheetItem, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation established, with its amount (认定事实)."""

    number: str
    violation_code: str
    violation_name: str
    facts: str
    amount_fen: int
    persons: int | None = None
    cases: int | None = None
    period_from: dt.date | None = None
    period_until: dt.date | None = None
    calculation: str = ""
    basis: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence.

    Attributes:
        sha256: Full hex digest of the original bytes.
        thumbnail: JPEG rendition, embedded untouched, or None where there is no picture.
        voided: Reason why it no longer counts, or None.
    """

    number: str
    caption: str
    sha256: str
    sm3: str = ""
    taken_at: dt.datetime | None = None
    place: str = ""
    taken_by: str = ""
    file_name: str = ""
    items: tuple[str, ...] = ()
    thumbnail: bytes | None = None
    voided: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """One place changed: where, the text as it was (struck, kept), the text as it is, and why."""

    place: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class OnsiteRecord:
    """现场检查笔录.

    Attributes:
        summary_revisions: What was changed in the summary before anybody signed; likewise of the party's opinion.
        notices: What was told and what was replied; empty prints the standard wording without replies.
        place: Where the inspection took place.
    """

    institution: Institution
    inspectors: tuple[Inspector, ...]
    recorder: Inspector
    party: Person
    started_at: dt.datetime
    ended_at: dt.datetime | None
    place: str
    subject: str
    basis: tuple[str, ...] = ()
    method: str = ""
    witnesses: tuple[Person, ...] = ()
    notices: tuple[Exchange, ...] = ()
    summary: str = ""
    observations: tuple[Observation, ...] = ()
    evidence: tuple[str, ...] = ()
    party_opinion: str = ""
    summary_revisions: tuple[Revision, ...] = ()
    opinion_revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistSheet:
    """现场检查表: one template as answered, all items, with the counts of the four states."""

    institution: Institution
    inspectors: tuple[Inspector, ...]
    party: Person
    template: str
    template_code: str
    version: str
    inspected_at: dt.datetime
    sections: tuple[SheetSection, ...]


@dataclass(frozen=True, slots=True)
class FindingsStatement:
    """违规事实确认书.

    Attributes:
        total_fen: Grand total; must equal the sum of the findings.
    """

    institution: Institution
    inspectors: tuple[Inspector, ...]
    party: Person
    subject: str
    findings: tuple[Finding, ...]
    total_fen: int
    period_from: dt.date | None = None
    period_until: dt.date | None = None
    reviewer: str = ""
    party_opinion: str = ""


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """询问笔录.

    Attributes:
        rights: The notice read out, one paragraph each; empty prints the standard wording.
        turns: Questions and answers in order, fixed first and last questions included.
    """

    subject: str
    respondent: Person
    asker: Inspector
    recorder: Inspector
    started_at: dt.datetime
    ended_at: dt.datetime | None
    place: str
    turns: tuple[Exchange, ...]
    institution: Institution | None = None
    session: int = 1
    rights: tuple[str, ...] = ()
    guardian: Person | None = None
    interpreter: Person | None = None
    witnesses: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """证据清单, with pictures and digests."""

    institution: Institution
    inspectors: tuple[Inspector, ...]
    party: Person
    evidence: tuple[Evidence, ...]
    compiled_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Amendment:
    """更正记录: what is corrected in an earlier, signed record, which itself stays as it is.

    Attributes:
        record_number: Document number of the record corrected.
        record_sha256: SHA-256 (hex) of its PDF.
    """

    record_title: str
    record_number: str
    record_sha256: str
    corrections: tuple[Correction, ...]
    inspectors: tuple[Inspector, ...]
    party: Person
    amended_at: dt.datetime
    institution: Institution | None = None
    witnesses: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """Cover and table of contents of a whole record (卷内目录); page numbers are filled in by `render`."""

    title: str
    institution: Institution
    inspectors: tuple[Inspector, ...]
    inspected_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BriefingPast:
    """A former check of the institution: what was found, and which papers followed."""

    on_day: dt.date
    title: str
    number: str
    findings: tuple[str, ...]
    amount_fen: int
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BriefingSheet:
    """检查任务单: what a team takes along on paper before a visit. It is signed by nobody and names no reporter.

    Attributes:
        source: Plan, draw, lead or office that the task comes from.
        known: What is to be looked at, and where it is known from.
        recusals: Who stepped back, and who came instead.
    """

    title: str
    kind: str
    nature: str
    basis: str
    source: str
    institution: str
    address: str
    contact: str
    planned_on: dt.date | None
    due_on: dt.date | None
    leader: str
    members: tuple[str, ...]
    experts: tuple[str, ...]
    checklists: tuple[str, ...]
    known: tuple[tuple[str, str], ...]
    past: tuple[BriefingPast, ...]
    recusals: tuple[str, ...]
    discipline: tuple[str, ...]
    note: str
    made_on: dt.date


Value = str | int | tuple[str, ...] | tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """Title, words and labels of a paper as they hold on a day in a province, the figures of the law filled in.

    It is frozen with the paper, so that no later change of law or wording reaches a page already composed.

    Attributes:
        words: Text by key, with places `{field}` left open.
        labels: Printed name by field.
        order: Ids of the fields in the order printed.
        layout: Names of the blocks (`forms.papers.block_names`) from top to bottom; empty: as the paper has them.
        wide: Fields with a line of their own besides those that the paper gives one.
    """

    title: str
    words: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledPaper:
    """One official paper of the kinds in `forms.papers`, filled in; values as that module's table says."""

    paper: str
    edition: Edition
    values: tuple[tuple[str, Value], ...] = ()


Section = (
    Cover
    | OnsiteRecord
    | ChecklistSheet
    | FindingsStatement
    | InterviewRecord
    | EvidenceList
    | Amendment
    | BriefingSheet
    | FilledPaper
)
