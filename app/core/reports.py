"""Reports of work (周报、月报、季报、排名、专项总结): every figure of a period, made of facts that can be looked up."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.coverage import GroupCoverage, OverCap, Repeat, cover, over_cap, repeats
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.core.plan_dates import Due, Every, due_days, next_due
from app.core.plans import Plan, PlanState
from app.core.plans import Report as ReportPlan
from app.core.tallies import Fact, Line, Measure, Rank, broken_down, period, ranking, within
from app.core.workdays import Calendar

_DAY: Final = dt.timedelta(1)
ACTIVE: Final = ("", "active")
CHECKS: Final = (Measure.VISIT, Measure.SELF_CHECK)
DISTRICT_DIGITS: Final = 6
THURSDAY: Final = 4  # with which a week of reports ends where no plan says (每周四下午5时前)
NOT_DESIGNATED: Final = (InstitutionKind.SUPPLIER, InstitutionKind.AGENCY)
KINDS: Final = tuple(str(kind) for kind in InstitutionKind)


@dataclass(frozen=True, slots=True)
class Coming:
    """A task that has not begun; `on_day` when the visit is planned, else None."""

    task: str
    institution: InstitutionId
    on_day: dt.date | None
    plan: str = ""
    group: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What reports are made of, read in one snapshot.

    Attributes:
        institutions: The whole register.
        plan: What the report is about, None for all the office's work.
        chosen: By group of the plan, who was drawn or has a task.
        lock_days: Within how many days a second check is named; 0 for none.
        yearly_cap: From how many checks a year on an institution is named; 0 for none.
        districts: Those that are ranked also where the register has nobody in them.
    """

    today: dt.date
    office: str
    institutions: tuple[Institution, ...]
    facts: tuple[Fact, ...]
    coming: tuple[Coming, ...]
    plan: Plan | None
    chosen: Mapping[str, tuple[InstitutionId, ...]]
    lock_days: int = 0
    yearly_cap: int = 0
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Facts of one subject: a violation, or a kind of paper."""

    subject: str
    words: str
    facts: tuple[Fact, ...]

    @property
    def amount_fen(self) -> int:
        """Sum of the amounts."""
        return sum(one.amount_fen for one in self.facts)


@dataclass(frozen=True, slots=True)
class Report:
    """A period in figures.

    Attributes:
        since: From when `so_far` counts: the begin of the plan, or of the year.
        lines, so_far: By kind of institution, of the period and since then.
        levels: So far, by level.
        districts: So far, ranked.
        groups: How far each group of the plan is at the end of the period.
        problems, papers: Of the period, the most frequent first.
        coming: Tasks planned for the next period.
        undated: Tasks not begun without a day.
    """

    every: Every
    first: dt.date
    last: dt.date
    since: dt.date
    plan: Plan | None
    whole: Line
    whole_so_far: Line
    lines: tuple[Line, ...]
    so_far: tuple[Line, ...]
    levels: tuple[Line, ...]
    districts: tuple[Rank, ...]
    groups: tuple[GroupCoverage, ...]
    problems: tuple[Entry, ...]
    papers: tuple[Entry, ...]
    coming: tuple[Coming, ...]
    undated: tuple[Coming, ...]
    repeats: tuple[Repeat, ...]
    over_cap: tuple[OverCap, ...]


def report(survey: Survey, every: Every, until: dt.date, weekday: int = THURSDAY) -> Report:
    """Return the report of the period in which a day lies; `Every.ONCE` is the whole plan, or the year, up to that day.

    Args:
        weekday: With which day the week of a weekly report ends.
    """
    plan = survey.plan
    since = (
        plan.period_from
        if plan is not None and plan.period_from is not None
        else until.replace(month=1, day=1)
    )
    first, last = (since, until) if every is Every.ONCE else period(every, until, weekday)
    groups, objects = _objects(survey, last)
    since = min([since, first, *(one.visits[0].on_day for one in groups if one.visits)])
    so_far = tuple(one for one in within(_facts(survey, groups), since, last) if one.institution in objects)
    now = within(so_far, first, last)
    visits = tuple(one for one in within(survey.facts, None, last) if one.measure is Measure.VISIT)
    exempt = plan.exemptions if plan is not None else ()
    inside = {one.row for one in now}
    following = period(every, last + _DAY, weekday) if every is not Every.ONCE else (last + _DAY, dt.date.max)
    coming = [one for one in survey.coming if plan is None or one.plan == plan.id]
    return Report(
        every, first, last, since, plan, Line("", tuple(objects), now), Line("", tuple(objects), so_far),
        _kinds(objects, now), _kinds(objects, so_far),
        broken_down({key: one.level for key, one in objects.items()}, so_far),
        ranking(
            broken_down({key: one.division[:DISTRICT_DIGITS] for key, one in objects.items()}, so_far, survey.districts)
        ),
        groups, _entries(now, Measure.PROBLEM), _entries(now, Measure.PAPER),
        tuple(one for one in coming if one.on_day is not None and following[0] <= one.on_day <= following[1]),
        tuple(one for one in coming if one.on_day is None),
        tuple(one for one in repeats(visits, survey.lock_days, exempt) if one.again.row in inside),
        tuple(one for one in over_cap(visits, survey.yearly_cap, exempt) if one.year == last.year),
    )  # fmt: skip


def _objects(
    survey: Survey, last: dt.date
) -> tuple[tuple[GroupCoverage, ...], Mapping[InstitutionId, Institution]]:
    """Return the groups of the plan, and everybody a report is about: objects of the plan, or the designated institutions
    in service and who was visited."""
    register = {one.id: one for one in survey.institutions}
    serving = [one for one in survey.institutions if one.status in ACTIVE]
    checks = [one for one in within(survey.facts, None, last) if one.measure in CHECKS]
    if survey.plan is None:
        year = {one.institution for one in checks if one.on_day.year == last.year}
        designated = {one.id for one in serving if one.kind not in NOT_DESIGNATED}
        meant = designated | (year & set(register))
        return (), {key: one for key, one in register.items() if key in meant}
    groups = cover(survey.plan, serving, checks, survey.chosen)
    wanted = {one for group in groups for one in group.objects}
    return groups, {key: one for key, one in register.items() if key in wanted}


def _facts(survey: Survey, groups: Iterable[GroupCoverage]) -> tuple[Fact, ...]:
    """Return what counts: all of it, or what belongs to the plan; its checks as its groups count them."""
    if survey.plan is None:
        return survey.facts
    counted = [one for group in groups for one in group.visits]
    others = (one for one in survey.facts if one.measure not in CHECKS and one.plan == survey.plan.id)
    return (*counted, *others)


def _kinds(objects: Mapping[InstitutionId, Institution], facts: Iterable[Fact]) -> tuple[Line, ...]:
    lines = broken_down({key: str(one.kind) for key, one in objects.items()}, facts, KINDS)
    return tuple(one for one in lines if one.objects)


def _entries(facts: Iterable[Fact], measure: Measure) -> tuple[Entry, ...]:
    found: dict[str, list[Fact]] = {}
    for one in facts:
        if one.measure is measure:
            found.setdefault(one.subject or one.words, []).append(one)
    entries = [Entry(key, those[0].words, tuple(those)) for key, those in found.items()]
    return tuple(sorted(entries, key=lambda one: (-len(one.facts), -one.amount_fen, one.subject)))


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that a plan asks for; `handed_in` its papers that were issued in the time it is about."""

    plan: Plan
    report: ReportPlan
    due: Due
    handed_in: tuple[Fact, ...] = ()


def due_reports(
    plans: Sequence[Plan],
    calendar: Calendar,
    today: dt.date,
    papers: Sequence[Fact] = (),
    overdue_days: int = 7,
) -> tuple[DueReport, ...]:
    """Return of each report of the plans under way the one that is due next, and one that was due in the days before and
    has no paper; by day.

    Args:
        papers: Facts of papers issued.
    """
    found = []
    for plan in plans:
        for asked in plan.reports if plan.state in (PlanState.APPROVED, PlanState.RUNNING) else ():
            own = [
                one for one in papers if asked.paper and one.subject == asked.paper and one.plan == plan.id
            ]
            last, begun = _last_day(plan, asked), plan.period_from or dt.date.min
            recent = due_days(
                asked.rule, calendar, max(begun, today - overdue_days * _DAY), min(last, today - _DAY)
            )
            used: set[str] = set()
            for due in recent[-1:] if asked.paper else ():
                settling = _in_time(own, asked, due) or tuple(one for one in own if one.on_day > due.on)[:1]
                used = {one.row for one in settling}
                if not settling:
                    found.append(DueReport(plan, asked, due))
            following = next_due(asked.rule, calendar, today, None if last == dt.date.max else last)
            if following is not None:
                mine = [one for one in own if one.row not in used]
                found.append(DueReport(plan, asked, following, _in_time(mine, asked, following)))
    return tuple(sorted(found, key=lambda one: (one.due.on, one.plan.id, one.report.title)))


def _last_day(plan: Plan, asked: ReportPlan) -> dt.date:
    """Return until when a report recurs: the end of the period in which the plan ends."""
    if asked.rule.every is Every.ONCE or plan.period_to is None:
        return dt.date.max
    return period(asked.rule.every, plan.period_to)[1]


def _in_time(papers: Iterable[Fact], asked: ReportPlan, due: Due) -> tuple[Fact, ...]:
    """Return the papers issued in the period that a report is about, up to its day."""
    first = period(asked.rule.every, due.on, asked.rule.weekday or 7)[0]
    return tuple(one for one in papers if first <= one.on_day <= due.on)
