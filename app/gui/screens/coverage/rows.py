"""What the pages of figures show, as rows; pure."""

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.core.coverage import GroupCoverage
from app.core.ids import InstitutionId
from app.core.money import format_cny, from_fen
from app.core.plan_dates import Every
from app.core.reports import CHECKS
from app.core.tallies import MONEY, Fact, Figure, Line, Measure, by_period, running_total
from app.gui.texts import tr
from app.services.statistics.desk import Overview

RANKED = (Figure.OBJECTS, Figure.CHECKED, Figure.VISITS, Figure.PROBLEMS, Figure.RETURNED)
DIMENSIONS = ("groups", "kinds", "levels", "districts")
SHOWN = (
    Figure.VISITS, Figure.PROBLEMS, Figure.AMOUNT, Figure.ORDERS, Figure.CASES, Figure.REFERRALS, Figure.ORDERED,
    Figure.RETURNED, Figure.FINED, Figure.SELF_CHECKS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoverRow:
    """A row of coverage: a group of a plan, a kind, a level or a district.

    Attributes:
        wanted: How many are to be checked: all objects where the row is no group.
        visits_wanted: How many visits that means; 0 where no frequency is said.
        chosen: Drawn or given a task, None where the row is no group.
        days_left: To the deadline; None where there is none.
        checks: The visits that count, or self-checks where it is to check itself.
        facts: What else happened to its objects.
        elsewhere: Visits for something else to objects that are still to be checked.
    """

    key: str
    title: str
    owner: str
    objects: tuple[InstitutionId, ...]
    wanted: int
    checks: tuple[Fact, ...]
    visits_wanted: int
    chosen: tuple[InstitutionId, ...] | None
    days_left: int | None
    facts: tuple[Fact, ...]
    elsewhere: tuple[Fact, ...] = ()

    @property
    def done(self) -> tuple[InstitutionId, ...]:
        """Who was checked, in the order of the first check."""
        return tuple(dict.fromkeys(one.institution for one in self.checks))

    @property
    def missing(self) -> int:
        """How many are still to be checked."""
        return max(0, self.wanted - len(self.done))

    @property
    def fulfilled(self) -> Fraction:
        """Share of what is wanted that is done, at most 1."""
        return min(Fraction(1), Fraction(len(self.done), self.wanted)) if self.wanted else Fraction(1)


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row behind a figure; `target` is what Enter opens: a screen and its parameters."""

    key: str
    day: str
    name: str
    what: str
    words: str
    amount: str
    target: tuple[str, tuple[tuple[str, str], ...]] | None


@dataclass(frozen=True, slots=True)
class Section:
    """A figure with the rows behind it."""

    key: str
    title: str
    rows: tuple[DetailRow, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week: what was checked in it and up to its end."""

    end: dt.date
    visits: tuple[Fact, ...]
    problems: int
    fresh: int
    total: int
    objects: int


@dataclass(frozen=True, slots=True)
class RankRow:
    """A district with its place and its figures."""

    place: int
    key: str
    name: str
    rate: Fraction | None
    figures: Mapping[Figure, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """An overview with everything that the tabs show of it, made by a reader's thread.

    Attributes:
        done: Who of the objects was checked.
        cover: By dimension.
        points: How many institutions were checked up to a day.
    """

    found: Overview
    done: int
    cover: Mapping[str, tuple[CoverRow, ...]]
    weeks: tuple[WeekRow, ...]
    ranks: tuple[RankRow, ...]
    points: tuple[tuple[dt.date, int], ...]


def shown(found: Overview) -> Shown:
    """Return what the tabs show of an overview."""
    line, what = found.report.whole_so_far, counted(found)
    done = {one.institution for one in line.facts if one.measure in what} & set(line.objects)
    ranks = tuple(
        RankRow(
            one.place, one.line.key, found.district(one.line.key), one.line.rate,
            {key: one.line.value(key) for key in RANKED},
        )
        for one in found.report.districts
    )  # fmt: skip
    cover = {key: cover_rows(found, key) for key in DIMENSIONS}
    return Shown(found, len(done), cover, week_rows(found), ranks, running_total(line.facts))


def percent(share: Fraction) -> str:
    """Return `66.7%`; never rounded up to what is not reached."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10}%"


def counted(found: Overview) -> tuple[Measure, ...]:
    """Return what counts as a check: visits; of a plan also what its groups count as self-checks."""
    return (Measure.VISIT,) if found.report.plan is None else CHECKS


def cover_rows(found: Overview, dimension: str) -> tuple[CoverRow, ...]:
    """Return the rows of a dimension: of `DIMENSIONS`."""
    report, what = found.report, counted(found)
    if dimension == "groups":
        return tuple(_group_row(one, report.whole_so_far.facts, report.last) for one in report.groups)
    if dimension == "kinds":
        return tuple(_line_row(one, tr(f"registers.kind.{one.key}"), what) for one in report.so_far)
    if dimension == "levels":
        return tuple(_line_row(one, one.key or tr("coverage.no_level"), what) for one in report.levels)
    return tuple(_line_row(one.line, found.district(one.line.key), what) for one in report.districts)


def sections(found: Overview, row: CoverRow) -> tuple[Section, ...]:
    """Return the figures of a row with what they are made of; those still to be checked first."""
    done = set(row.done)
    open_ = [one for one in row.objects if one not in done]
    made = [
        Section(
            "done",
            tr("coverage.detail.done", count=len(row.done)),
            facts_rows(found, row.checks),
        ),
        Section("missing", tr("coverage.detail.missing", count=len(open_)), _places(found, open_)),
    ]
    if row.chosen is not None:
        waiting = [one for one in row.chosen if one not in done]
        made.append(
            Section("chosen", tr("coverage.detail.chosen", count=len(waiting)), _places(found, waiting))
        )
    if row.elsewhere:
        told = tuple(_fact_row(found, one) for one in row.elsewhere)
        made.append(Section("elsewhere", tr("coverage.detail.elsewhere", count=len(told)), told))
    return (*made, *figure_sections(found, Line(row.key, row.objects, row.facts)))


def figure_sections(found: Overview, line: Line) -> tuple[Section, ...]:
    """Return the figures of a line that are not nothing, each with its facts; visits are left out."""
    made = []
    for figure in SHOWN[1:]:
        value = line.value(figure)
        if value:
            said = format_cny(from_fen(value)) if figure in MONEY else str(value)
            rows = tuple(_fact_row(found, one) for one in line.why(figure))
            made.append(
                Section(
                    str(figure),
                    tr("coverage.detail.figure", name=tr(f"coverage.figure.{figure}"), value=said),
                    rows,
                )
            )
    return tuple(made)


def facts_rows(found: Overview, facts: Sequence[Fact]) -> tuple[DetailRow, ...]:
    """Return facts, the newest first."""
    return tuple(
        _fact_row(found, one) for one in sorted(facts, key=lambda one: (one.on_day, one.row), reverse=True)
    )


def week_rows(found: Overview) -> tuple[WeekRow, ...]:
    """Return the weeks from the begin of what is counted to its end, the newest first."""
    report = found.report
    facts = report.whole_so_far.facts
    if not facts:
        return ()
    first = min(one.on_day for one in facts)
    totals = dict(running_total(facts))
    rows: list[WeekRow] = []
    total = 0
    for end, those in by_period(facts, Every.WEEK, first, report.last):
        before = total
        total = max([total, *(totals.get(one.on_day, 0) for one in those)])
        visits = tuple(one for one in those if one.measure is Measure.VISIT)
        problems = sum(one.measure is Measure.PROBLEM for one in those)
        rows.append(WeekRow(end, visits, problems, total - before, total, len(report.whole_so_far.objects)))
    return tuple(reversed(rows))


def _group_row(one: GroupCoverage, facts: Sequence[Fact], day: dt.date) -> CoverRow:
    mine = set(one.objects)
    others = (
        fact
        for fact in facts
        if fact.measure not in CHECKS and fact.institution in mine and fact.group in ("", one.group)
    )
    return CoverRow(
        one.group, one.title, one.owner, one.objects, one.wanted, one.visits, one.visits_wanted, one.chosen,
        one.days_left(day), tuple(others), one.elsewhere,
    )  # fmt: skip


def _line_row(line: Line, title: str, measures: Container[Measure]) -> CoverRow:
    checks = tuple(one for one in line.facts if one.measure in measures)
    checks = tuple(sorted(checks, key=lambda one: (one.on_day, one.row)))
    return CoverRow(line.key, title, "", line.objects, len(line.objects), checks, 0, None, None, line.facts)


def _places(found: Overview, institutions: Sequence[InstitutionId]) -> tuple[DetailRow, ...]:
    made = (
        DetailRow(one, "", found.name(one), "", "", "", ("registers", (("institution", one),)))
        for one in institutions
    )
    return tuple(sorted(made, key=lambda one: one.name))


def _fact_row(found: Overview, one: Fact) -> DetailRow:
    target = None
    if one.table == "inspection":
        target = ("inspection", (("inspection", one.row),))
    elif one.task:
        target = ("tasks", (("task", one.task),))
    elif one.table == "past_check":
        target = ("registers", (("institution", one.institution),))
    amount = format_cny(from_fen(one.amount_fen)) if one.amount_fen else ""
    what = tr(f"coverage.measure.{'past' if one.table == 'past_check' else one.measure}")
    return DetailRow(
        f"{one.measure}-{one.row}",
        one.on_day.isoformat(),
        found.name(one.institution),
        what,
        one.words,
        amount,
        target,
    )
