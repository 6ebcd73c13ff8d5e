"""Campaign plans (检查计划, 工作方案): stages, a division of labour with objects, contents and ratios, staff, reports."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.core.ids import InstitutionId, PersonId, PlanId, RowId
from app.core.places import Institution
from app.core.plan_dates import ReportRule
from app.core.plan_objects import ALL, ObjectFilter, Ratio, population, sample_size
from app.core.tasks import Nature

_CONTENT = re.compile(r"([A-Z][A-Z0-9]{1,15})(?:@([1-9]\d{0,3}))?", re.ASCII)
_FREQUENCY = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)


class PlanState(StrEnum):
    """Where a plan stands; it moves forward, back to a draft from `SUBMITTED` only, and may be cancelled before `CLOSED`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Method(StrEnum):
    """How the institutions of a group are chosen: by lot, all of them, those of the largest fund payment, or as named."""

    DRAW = "draw"
    ALL = "all"
    TOP = "top"
    NAMED = "named"


class Ground(StrEnum):
    """Why the yearly cap does not hold. Source: 国办发〔2024〕54号 (checklists/plans/figures.yaml)."""

    COMPLAINT = "complaint"
    TRANSFER = "transfer"
    DATA = "data"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Content:
    """A checklist of a group; version 0 is the newest on the day of the visit. Written `SGF` or `SGF@1`."""

    template: str
    version: int = 0

    def __str__(self) -> str:
        return f"{self.template}@{self.version}" if self.version else self.template

    @classmethod
    def read(cls, text: str) -> "Content":
        """Return what is written; `ValueError` where it is none."""
        found = _CONTENT.fullmatch(text)
        if found is None:
            raise ValueError(f"no content: {text!r}")
        return cls(found.group(1), int(found.group(2) or 0))


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a year an institution is checked, as written: `1`, `1.5`, `4`; empty where the plan does not say."""

    text: str = ""

    def __post_init__(self) -> None:
        if self.text and (not _FREQUENCY.fullmatch(self.text) or not self.value):
            raise ValueError(f"no frequency: {self.text!r}")

    @property
    def value(self) -> Fraction:
        """The number, 0 where the plan does not say."""
        return Fraction(self.text or "0")


@dataclass(frozen=True, slots=True)
class Weights:
    """How institutions with complaints, a serious record or low credit are drawn more often (适当提高抽查比例).

    Either by weight (the base is 1, these are added) or, with `raised`, as a stratum of their own with that ratio.

    Attributes:
        complaint: Added for each complaint.
        violation: Added for each serious violation.
        credit: Added for a low credit grade.
        low_grades: What counts as low.
        complaints: From how many complaints on an institution belongs to the raised stratum.
    """

    complaint: int = 0
    violation: int = 0
    credit: int = 0
    low_grades: tuple[str, ...] = ("C", "D")
    raised: Ratio | None = None
    complaints: int = 1

    def of(self, one: Institution) -> int:
        """Return the weight of an institution, at least 1; always 1 where a stratum is raised instead."""
        if self.raised is not None:
            return 1
        credit = self.credit if one.credit_grade in self.low_grades else 0
        return 1 + self.complaint * one.complaints + self.violation * one.violations + credit

    def is_raised(self, one: Institution) -> bool:
        """Return whether an institution belongs to the raised stratum."""
        return self.raised is not None and (
            one.complaints >= self.complaints or one.violations > 0 or one.credit_grade in self.low_grades
        )


EVEN: Final = Weights()
EVERYBODY: Final = ObjectFilter()
EVERYWHERE: Final = InstitutionId("")


@dataclass(frozen=True, slots=True)
class StaffRule:
    """Who goes.

    Attributes:
        inspectors: With a valid licence, in each team; a visit under administrative law needs two.
        experts: Of the experts' register, in each team.
        assistants: Of third parties, in each team; they assist only.
        teams: How many teams; 0 for as many as the load asks for.
        leaders: Fixed leaders, one for each team, in order; where there are fewer, the draw names the rest.
        cross_district: Nobody inspects in the district he comes from (交叉检查).
        rotate: The teams of the last round stay together, and nobody goes again where he was in it (交叉执行).
        max_load: Institutions for one inspector at most; 0 for no limit.
        words: What the plan says beyond that.

    Source: 行政处罚法 42, 医疗保障基金使用监督管理条例 29 (not fewer than two).
    """

    inspectors: int = 2
    experts: int = 0
    assistants: int = 0
    teams: int = 0
    leaders: tuple[PersonId, ...] = ()
    cross_district: bool = False
    rotate: bool = False
    max_load: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage (阶段); a day that is None is not decided yet (待定), or is not said at all."""

    id: RowId
    title: str
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A line of the division of labour (分工表).

    Attributes:
        objects: Whom it is about.
        words: What is looked at, in the plan's words.
        contents: Checklists for it.
        ratio: Share of the objects that is checked; all where the method is `ALL` or `NAMED`.
        minimum: Not fewer than so many institutions.
        owner: Responsible department (责任科室).
        nature: Where it differs from that of the plan.
    """

    id: RowId
    title: str
    objects: ObjectFilter = EVERYBODY
    words: str = ""
    contents: tuple[Content, ...] = ()
    method: Method = Method.DRAW
    ratio: Ratio = ALL
    minimum: int = 0
    frequency: Frequency = Frequency()
    weights: Weights = EVEN
    owner: str = ""
    nature: Nature | None = None
    staff: StaffRule = StaffRule()

    def size(self, n: int) -> int:
        """Return how many of n institutions are checked; see `checked` where a stratum is raised."""
        return n if self.method in (Method.ALL, Method.NAMED) else sample_size(self.ratio, n, self.minimum)


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported to whom and when; `paper` is the official paper's id, if there is one."""

    id: RowId
    title: str
    rule: ReportRule
    recipient: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why the yearly cap does not hold for an institution, or for the whole plan where none is named."""

    id: RowId
    ground: Ground
    note: str
    institution: InstitutionId = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign.

    Attributes:
        number: As printed, given with the approval or before.
        origin: `id@version` of the template it was made from.
        basis: Legal basis and upper documents as printed.
        goal: What is to be achieved (工作目标).
        year: The year to which ratios, frequencies and the cap refer.
        period_from: First day of the campaign.
        data_from: First day of the settlements and conduct that are looked into (检查时间范围).
        lock_days: Days within which an institution is not drawn again; 0 for none.
        yearly_cap: On-site checks of an institution in a year at most; 0 for none.
        once: An institution that is drawn in several groups of one nature and staff is visited once, for all their contents.
        approved_by: Responsible head who approved it.
        reason: Why it was sent back, closed early or cancelled.
        discipline: What everybody who goes is told (工作纪律).
    """

    id: PlanId
    title: str
    year: int
    nature: Nature = Nature.ADMINISTRATIVE
    state: PlanState = PlanState.DRAFT
    number: str = ""
    origin: str = ""
    basis: str = ""
    goal: str = ""
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    data_from: dt.date | None = None
    data_to: dt.date | None = None
    lock_days: int = 0
    yearly_cap: int = 0
    once: bool = False
    approved_by: str = ""
    approved_at: dt.datetime | None = None
    approval_no: str = ""
    reason: str = ""
    note: str = ""
    discipline: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    groups: tuple[Group, ...] = ()
    reports: tuple[Report, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    def nature_of(self, group: Group) -> Nature:
        """Return the nature of a group's visits."""
        return group.nature or self.nature


def checked(group: Group, institutions: Iterable[Institution]) -> tuple[int, int]:
    """Return how many institutions a group is about, and how many of them are checked."""
    meant = population(group.objects, institutions)
    return len(meant), to_check(group, meant)


def to_check(group: Group, meant: Sequence[Institution]) -> int:
    """Return how many of the institutions that a group is about are checked; a raised stratum counts apart."""
    raised = sum(map(group.weights.is_raised, meant)) if group.weights.raised is not None else 0
    if group.method is not Method.DRAW or group.weights.raised is None or not raised:
        return group.size(len(meant))
    both = sample_size(group.weights.raised, raised) + sample_size(group.ratio, len(meant) - raised)
    return min(len(meant), max(both, group.size(len(meant))))


def visits(group: Group, size: int) -> int:
    """Return how many visits a year a group of so many checked institutions means; one each where no frequency is said."""
    each = group.frequency.value or Fraction(1)
    return max(size, -(-each.numerator * size // each.denominator))
