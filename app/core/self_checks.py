"""Self-checks (自查): what an institution is asked, what it gives back, and what inspectors found later beside it."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.core.ids import InstitutionId, SelfCheckId
from app.core.money import CENT
from app.core.places import Institution

_QUARTER = 3


class CheckedKind(StrEnum):
    """The three kinds of seed plan 003 (三类机构): 定点医药机构, 医保经办机构, 第三方承办机构."""

    INSTITUTION = "institution"
    AGENCY = "agency"
    CONTRACTOR = "contractor"


class Contractor(StrEnum):
    """What a contractor does for the fund; decides which part of its checklist it answers. Source: seed plan 003, 二（三）."""

    INSURER = "insurer"
    IT = "it"
    ACCOUNTING = "accounting"


class SelfCheckState(StrEnum):
    """How far a self-check is; that it is overdue follows from the day, and is not stored."""

    ISSUED = "issued"
    RETURNED = "returned"
    COMPARED = "compared"
    CANCELLED = "cancelled"


class DueStyle(StrEnum):
    """How a plan fixes the last day. Source: seed plan 002 篇四 (每季度第二个月末、每季度末月20日前、每季度末)."""

    SECOND_MONTH_END = "second_month_end"
    LAST_MONTH_20TH = "last_month_20th"
    QUARTER_END = "quarter_end"


class Reply(StrEnum):
    """What the institution says to a known anomaly: 属实 or 不属实."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DENIED = "denied"


class PromiseState(StrEnum):
    """What became of a promised refund."""

    PROMISED = "promised"
    PART = "part"
    PAID = "paid"


class Verdict(StrEnum):
    """How what was declared stands to what was found; words for a person who decides, never a decision."""

    BOTH_CLEAN = "both_clean"
    BOTH_FOUND = "both_found"
    FOUND_MORE = "found_more"
    FOUND_ONLY = "found_only"
    DECLARED_ONLY = "declared_only"
    FOUND_CLEAN = "found_clean"
    NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True, slots=True)
class TemplateRef:
    """An exact version of a checklist, and the ids of the sections that are asked; none means all."""

    template: str
    version: int
    digest: str
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A known anomaly (异常数据) and the reply to it.

    Attributes:
        item: Code of the item it belongs to (`ZCM-03`), or any words where it belongs to none.
        period: As written: `2026-01 至 2026-03`.
        amount_cny: What the data says is at issue.
        declared_cny: What the institution confirms.
        evidence: SHA-256 of the files that prove the reply.
    """

    id: str
    question: str
    item: str = ""
    period: str = ""
    amount_cny: Decimal | None = None
    source: str = ""
    reply: Reply = Reply.OPEN
    nature: str = ""
    declared_cny: Decimal | None = None
    grounds: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenItem:
    """The answer to one item; `amount_cny` is the amount at issue, the total of the rows where it has rows."""

    template: str
    item: str
    state: str = "open"
    value: str | None = None
    count: int | None = None
    amount_cny: Decimal | None = None
    detail: str = ""
    rows: tuple[Mapping[str, str], ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A refund promised (退款承诺): how much until when, and what came of it."""

    amount_cny: Decimal
    by_on: dt.date
    note: str = ""
    id: str = ""
    state: PromiseState = PromiseState.PROMISED
    paid_cny: Decimal | None = None
    paid_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file given as evidence; `seal_page` marks the scanned page with the seal."""

    sha256: str
    file_name: str
    mime: str
    size_bytes: int
    sm3: str = ""
    caption: str = ""
    is_seal_page: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What the institution says of its self-check as a whole (自查报告)."""

    responsible: str = ""
    post: str = ""
    phone: str = ""
    period: str = ""
    course: str = ""
    measures: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """All that an institution gives back."""

    answers: tuple[GivenItem, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    promises: tuple[Promise, ...] = ()
    files: tuple[GivenFile, ...] = ()
    statement: Statement = Statement()

    @property
    def declared_cny(self) -> Decimal:
        """The amount declared; an anomaly and the item it belongs to speak of the same money, so the larger one counts."""
        return declared(self.answers, self.anomalies)


@dataclass(frozen=True, slots=True)
class Package:
    """What an office asks of one institution, as it travels.

    Attributes:
        place: The institution as the office knows it.
        office_code: Names the office beside its name, for two of the same name.
        plan: Title of the plan it belongs to.
    """

    id: SelfCheckId
    office: str
    office_code: str
    place: Institution
    kind: CheckedKind
    title: str
    basis: str
    templates: tuple[TemplateRef, ...]
    anomalies: tuple[Anomaly, ...]
    due_on: dt.date
    issued_at: dt.datetime
    contractor: str = ""
    plan: str = ""
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """A self-check in the office's register.

    Attributes:
        package: SHA-256 of the package that was issued; what comes back must belong to it.
        returned_package: SHA-256 of the file it came back in.
        returned_key: Fingerprint of the installation that sealed it; empty for an Excel form, which nobody seals.
        returned_by: Who took it back.
        filled_on: Day on which the institution wrote it; None for an Excel form.
        late_note: Why it was taken after its day.
        compared_with: Inspection it was last compared with.
    """

    id: SelfCheckId
    institution: InstitutionId
    kind: CheckedKind
    title: str
    templates: tuple[TemplateRef, ...]
    due_on: dt.date
    issued_at: dt.datetime
    state: SelfCheckState = SelfCheckState.ISSUED
    contractor: str = ""
    plan: str = ""
    basis: str = ""
    package: str = ""
    issuer: str = ""
    note: str = ""
    returned_at: dt.datetime | None = None
    returned_package: str = ""
    returned_key: str = ""
    returned_by: str = ""
    filled_on: dt.date | None = None
    late_note: str = ""
    declared_cny: Decimal | None = None
    statement: Statement = Statement()
    compared_with: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """That an institution was reminded (催报): when, by whom, how (电话、书面、约谈、通报)."""

    at: dt.datetime
    by: str
    method: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SelfCheckLine:
    """A self-check as the register lists it.

    Attributes:
        days_left: Until its day, negative when overdue; None once it is returned or cancelled.
        is_broken: A promised day has passed and not all was paid.
    """

    check: SelfCheck
    institution_name: str
    plan_title: str
    days_left: int | None
    anomalies: int
    replied: int
    promised_cny: Decimal
    paid_cny: Decimal
    is_broken: bool
    reminders: int

    @property
    def is_overdue(self) -> bool:
        """Whether its day has passed and nothing came back."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class SelfCheckView:
    """All that is shown of one self-check."""

    line: SelfCheckLine
    place: Institution
    filled: Filled
    reminders: tuple[Reminder, ...]
    stored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One item, declared and found.

    Attributes:
        item: Code of the self-check's item; empty for what inspectors found beside every item.
        found_as: Codes or titles under which inspectors found it.
    """

    item: str
    title: str
    declared_state: str
    declared_cny: Decimal | None
    found_state: str
    found_cny: Decimal | None
    found_as: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Hint:
    """What a rule may mean for this case, in its own words with its source; a person decides."""

    code: str
    text: str
    clause: str
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A self-check beside an inspection."""

    self_check: SelfCheckId
    inspection: str
    institution_name: str
    lines: tuple[ComparedLine, ...]
    declared_cny: Decimal
    found_cny: Decimal
    hints: tuple[Hint, ...] = ()
    promised_cny: Decimal = Decimal(0)
    paid_cny: Decimal = Decimal(0)
    counts: Mapping[str, int] = field(default_factory=dict)


def declared(answers: Iterable[GivenItem], anomalies: Iterable[Anomaly]) -> Decimal:
    """Return the amount declared; for an item and the confirmed anomalies that name it, the larger of the two counts."""
    by_item = {one.item: one.amount_cny or Decimal(0) for one in answers if one.state == "fail"}
    confirmed: dict[str, Decimal] = {}
    for one in anomalies:
        if one.reply is Reply.CONFIRMED:
            confirmed[one.item] = confirmed.get(one.item, Decimal(0)) + (one.declared_cny or Decimal(0))
    larger = (max(by_item.get(item, Decimal(0)), confirmed.get(item, Decimal(0))) for item in by_item | confirmed)
    return sum(larger, Decimal(0)).quantize(CENT)


def due_day(style: DueStyle, on: dt.date) -> dt.date:
    """Return the first last day of a style that is not before a day."""
    month = (on.month - 1) // _QUARTER * _QUARTER + 1
    first = _last_day(style, on.year, month)
    if first >= on:
        return first
    return _last_day(style, on.year + (month + _QUARTER > 12), (month + _QUARTER - 1) % 12 + 1)


def promise_state(promise: Promise) -> PromiseState:
    """Return what became of a promise, by what was paid."""
    paid = promise.paid_cny or Decimal(0)
    if paid >= promise.amount_cny:
        return PromiseState.PAID
    return PromiseState.PART if paid else PromiseState.PROMISED


def verdict_of(
    declared_state: str, declared_cny: Decimal | None, found_state: str, found_cny: Decimal | None
) -> Verdict:
    """Return how one item stands; states as of answers, `open` for an item that inspectors did not assess."""
    if found_state != "fail":
        if declared_state == "fail":
            return Verdict.DECLARED_ONLY
        if found_state != "pass":
            return Verdict.NOT_LOOKED_AT
        return Verdict.FOUND_CLEAN if declared_state == "open" else Verdict.BOTH_CLEAN
    if declared_state != "fail":
        return Verdict.FOUND_ONLY
    return Verdict.FOUND_MORE if (found_cny or Decimal(0)) > (declared_cny or Decimal(0)) else Verdict.BOTH_FOUND


def _last_day(style: DueStyle, year: int, first_month: int) -> dt.date:
    if style is DueStyle.LAST_MONTH_20TH:
        return dt.date(year, first_month + 2, 20)
    month = first_month + (1 if style is DueStyle.SECOND_MONTH_END else 2)
    return dt.date(year, month, calendar.monthrange(year, month)[1])
