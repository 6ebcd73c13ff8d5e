"""What reports count (统计): facts of the store, each of which a figure can be traced back to."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.core.ids import InstitutionId
from app.core.plan_dates import Every

_DAY: Final = dt.timedelta(1)
_WEEK: Final = 7
_YEAR: Final = 12
_MONTHS: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


class Measure(StrEnum):
    """What a fact is: a visit that ended, a problem found, a paper issued, money ordered back, paid back, fined; a self-check
    that was returned."""

    VISIT = "visit"
    PROBLEM = "problem"
    PAPER = "paper"
    ORDERED = "ordered"
    RETURNED = "returned"
    FINED = "fined"
    SELF_CHECK = "self_check"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to an institution, as a row of the store says it.

    Attributes:
        table, row: The row that says it.
        subject: Kind of the task of a visit (`past` where it was entered as past), violation of a problem, kind of a paper.
        words: What a person reads: who checked, what was found, which paper.
        plan: Id of the plan, or its words where a past check has no more.
        amount_fen: Sum at issue, ordered, paid back or fined.
    """

    measure: Measure
    institution: InstitutionId
    on_day: dt.date
    table: str
    row: str
    subject: str = ""
    words: str = ""
    plan: str = ""
    group: str = ""
    task: str = ""
    amount_fen: int = 0


class Figure(StrEnum):
    """A column of a report."""

    OBJECTS = "objects"
    CHECKED = "checked"
    VISITS = "visits"
    PROBLEMS = "problems"
    TROUBLED = "troubled"
    ORDERS = "orders"
    CASES = "cases"
    REFERRALS = "referrals"
    AMOUNT = "amount"
    ORDERED = "ordered"
    RETURNED = "returned"
    FINED = "fined"
    SELF_CHECKS = "self_checks"
    DECLARED = "declared"


MONEY: Final = frozenset({Figure.AMOUNT, Figure.ORDERED, Figure.RETURNED, Figure.FINED, Figure.DECLARED})
_DISTINCT: Final = frozenset({Figure.CHECKED, Figure.TROUBLED})
_MEASURES: Final = {
    Figure.CHECKED: Measure.VISIT,
    Figure.VISITS: Measure.VISIT,
    Figure.PROBLEMS: Measure.PROBLEM,
    Figure.TROUBLED: Measure.PROBLEM,
    Figure.AMOUNT: Measure.PROBLEM,
    Figure.ORDERED: Measure.ORDERED,
    Figure.RETURNED: Measure.RETURNED,
    Figure.FINED: Measure.FINED,
    Figure.SELF_CHECKS: Measure.SELF_CHECK,
    Figure.DECLARED: Measure.SELF_CHECK,
}
# Which papers a column counts.
PAPERS: Final[Mapping[Figure, frozenset[str]]] = {
    Figure.ORDERS: frozenset({"rectification_order"}),
    Figure.CASES: frozenset({"case_filing_approval"}),
    Figure.REFERRALS: frozenset({"referral_letter", "crime_referral"}),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a report: whom it is about and what happened to them."""

    key: str
    objects: tuple[InstitutionId, ...]
    facts: tuple[Fact, ...]

    def why(self, figure: Figure) -> tuple[Fact, ...]:
        """Return the facts behind a figure, by day."""
        return tuple(sorted(self._behind(figure), key=lambda one: (one.on_day, one.institution, one.row)))

    def value(self, figure: Figure) -> int:
        """Return a figure: fen for money, institutions counted once, everything else as often as it happened."""
        if figure is Figure.OBJECTS:
            return len(self.objects)
        facts = self._behind(figure)
        if figure in MONEY:
            return sum(one.amount_fen for one in facts)
        return len({one.institution for one in facts} if figure in _DISTINCT else facts)

    def _behind(self, figure: Figure) -> list[Fact]:
        papers = PAPERS.get(figure)
        if papers is not None:
            return [one for one in self.facts if one.measure is Measure.PAPER and one.subject in papers]
        measure = _MEASURES.get(figure)
        return [one for one in self.facts if one.measure is measure]

    @property
    def rate(self) -> Fraction | None:
        """Share of the objects that were checked, None where there are none."""
        if not self.objects:
            return None
        visited = {one.institution for one in self.facts if one.measure is Measure.VISIT}
        return Fraction(len(visited.intersection(self.objects)), len(self.objects))


def within(facts: Iterable[Fact], first: dt.date | None, last: dt.date | None) -> tuple[Fact, ...]:
    """Return the facts of a period; None leaves a side open."""
    return tuple(
        one
        for one in facts
        if (first is None or first <= one.on_day) and (last is None or one.on_day <= last)
    )


def broken_down(
    objects: Mapping[InstitutionId, str], facts: Iterable[Fact], order: Sequence[str] = ()
) -> tuple[Line, ...]:
    """Return a line for each key: the objects that have it and what happened to them; other facts are left out.

    Args:
        objects: Institution → key (its kind, level, district …).
        order: Keys that come first, also where they have no object.
    """
    members: dict[str, list[InstitutionId]] = {key: [] for key in order}
    for institution, key in objects.items():
        members.setdefault(key, []).append(institution)
    happened: dict[str, list[Fact]] = {}
    for fact in facts:
        found = objects.get(fact.institution)
        if found is not None:
            happened.setdefault(found, []).append(fact)
    keys = (*order, *sorted(set(members) - set(order)))
    return tuple(Line(key, tuple(members[key]), tuple(happened.get(key, ()))) for key in keys)


@dataclass(frozen=True, slots=True)
class Rank:
    """A line and its place; equal shares have equal places, 0 is given to a line without objects."""

    place: int
    line: Line


def ranking(lines: Iterable[Line]) -> tuple[Rank, ...]:
    """Return lines by the share of their objects that was checked, the largest first; equal ones by key."""
    rated = [(line.rate, line) for line in lines]
    found: list[Rank] = []
    before: Fraction | None = None
    for rate, line in sorted(rated, key=lambda one: (1 if one[0] is None else -one[0], one[1].key)):
        place = 0 if rate is None else found[-1].place if found and rate == before else len(found) + 1
        found.append(Rank(place, line))
        before = rate
    return tuple(found)


def period(every: Every, day: dt.date, weekday: int = 7) -> tuple[dt.date, dt.date]:
    """Return first and last day of the week, month, quarter, half-year or year in which a day lies.

    Args:
        weekday: With which day the week of a report ends (1 is Monday): a report of Thursdays covers Friday to Thursday.
    """
    if every is Every.ONCE:
        return day, day
    if every is Every.WEEK:
        last = day + (weekday - day.isoweekday()) % _WEEK * _DAY
        return last - (_WEEK - 1) * _DAY, last
    length = _MONTHS[every]
    month = (day.month - 1) // length * length + 1
    first = day.replace(month=month, day=1)
    beyond = month + length - 1
    return first, dt.date(day.year + beyond // _YEAR, beyond % _YEAR + 1, 1) - _DAY


def by_period(
    facts: Iterable[Fact], every: Every, first: dt.date, last: dt.date, weekday: int = 7
) -> tuple[tuple[dt.date, tuple[Fact, ...]], ...]:
    """Return for each week or month of a span its last day and what happened in it, also where nothing did."""
    ends: dict[dt.date, list[Fact]] = {}
    day = first
    while day <= last:
        end = period(every, day, weekday)[1]
        ends[end] = []
        day = end + _DAY
    for fact in facts:
        if first <= fact.on_day <= last:
            ends[period(every, fact.on_day, weekday)[1]].append(fact)
    return tuple((end, tuple(found)) for end, found in ends.items())


def running_total(facts: Iterable[Fact]) -> tuple[tuple[dt.date, int], ...]:
    """Return for each day on which something was new how many institutions were checked up to then."""
    seen: set[InstitutionId] = set()
    totals: dict[dt.date, int] = {}
    for fact in sorted((one for one in facts if one.measure is Measure.VISIT), key=lambda one: one.on_day):
        if fact.institution not in seen:
            seen.add(fact.institution)
            totals[fact.on_day] = len(seen)
    return tuple(totals.items())
