"""Coverage (覆盖率): which institution was checked when and by which plan. Pure rules over facts of the store."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

from app.core.ids import InstitutionId, PastCheckId, PlanId
from app.core.places import Institution
from app.core.plan_objects import population
from app.core.plans import Exemption, Ground, Group, Plan, checked
from app.core.plans import visits as visits_a_year
from app.core.tallies import Fact, Measure
from app.core.tasks import Nature


@dataclass(frozen=True, slots=True)
class PastCheck:
    """An on-site check made before this program was used, or by others.

    Attributes:
        by_whom: The authority that checked, as the source names it.
        plan: The plan or action in words, or the id of a plan of this office.
        source: Where this is known from: a file, a platform, a letter.
    """

    id: PastCheckId
    institution: InstitutionId
    on_day: dt.date
    by_whom: str = ""
    plan: str = ""
    outcome: str = ""
    source: str = ""


def days_by_institution(checks: Iterable[tuple[str, dt.date]]) -> Mapping[InstitutionId, tuple[dt.date, ...]]:
    """Return the days on which each institution was checked, ascending, each day once."""
    found: dict[InstitutionId, set[dt.date]] = {}
    for institution, day in checks:
        found.setdefault(InstitutionId(institution), set()).add(day)
    return {institution: tuple(sorted(days)) for institution, days in found.items()}


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """How far a line of a plan's division of labour is.

    Attributes:
        group: Id of the group.
        objects: Whom it is about: those in service now, and those visited before they left it.
        wanted: How many of them are to be checked.
        visits_wanted: How many visits that means by the frequency.
        chosen: Drawn, or given a task.
        visits: On-site checks for this group, or self-checks where it is to check itself.
        elsewhere: On-site checks of objects still to be checked that were made for something else in the plan's time.
        until: The last day for it, None where that is not decided.
    """

    plan: PlanId
    group: str
    title: str
    owner: str
    objects: tuple[InstitutionId, ...]
    wanted: int
    visits_wanted: int
    chosen: tuple[InstitutionId, ...]
    visits: tuple[Fact, ...]
    elsewhere: tuple[Fact, ...]
    until: dt.date | None

    @property
    def done(self) -> tuple[InstitutionId, ...]:
        """Institutions that were checked, in the order of their first visit."""
        return tuple(dict.fromkeys(one.institution for one in self.visits))

    @property
    def missing(self) -> int:
        """How many institutions are still to be checked."""
        return max(0, self.wanted - len(self.done))

    @property
    def rate(self) -> Fraction:
        """Share of the objects that was checked."""
        return Fraction(len(self.done), len(self.objects)) if self.objects else Fraction(0)

    @property
    def fulfilled(self) -> Fraction:
        """Share of what is wanted that is done, at most 1."""
        return min(Fraction(1), Fraction(len(self.done), self.wanted)) if self.wanted else Fraction(1)

    def days_left(self, today: dt.date) -> int | None:
        """Return days to the deadline, negative after it."""
        return None if self.until is None else (self.until - today).days


def cover(
    plan: Plan,
    institutions: Sequence[Institution],
    facts: Iterable[Fact],
    chosen: Mapping[str, Iterable[InstitutionId]],
) -> tuple[GroupCoverage, ...]:
    """Return how far each group of a plan is, in the plan's order.

    Args:
        institutions: Those in service.
        facts: All on-site checks of the office and others, and the self-checks returned: those count in groups that are to
            check themselves (自查), and nowhere else.
        chosen: By group, who was drawn or given a task; under an empty key those whose task names no group.
    """
    meant = {str(one.id): _Meant(plan, one, institutions) for one in plan.groups}
    own: dict[str, list[Fact]] = {key: [] for key in meant}
    others: list[Fact] = []
    picked = {key: list(chosen.get(key, ())) for key in meant}
    names = {plan.id, plan.number, plan.title} - {""}
    for fact in sorted(facts, key=lambda one: (one.on_day, one.row)):
        group = _group_of(fact, meant) if fact.plan in names and _is_in_time(plan, fact) else None
        if group is not None:
            own[group].append(fact)
        elif _is_in_time(plan, fact):
            others.append(fact)
    for institution in chosen.get("", ()):  # a task of the plan that names no group
        group = next((key for key, one in meant.items() if institution in one.ids), None)
        if group is not None:
            picked[group].append(institution)
    until = plan.period_to or max((one.to_on for one in plan.stages if one.to_on is not None), default=None)
    return tuple(_covered(plan, one, own[key], others, picked[key], until) for key, one in meant.items())


class _Meant:
    """A group with the institutions that it is about, and what counts as a check of them."""

    def __init__(self, plan: Plan, group: Group, institutions: Sequence[Institution]) -> None:
        self.group = group
        self.places = population(group.objects, institutions)
        self.ids = {one.id for one in self.places}
        is_self_check = plan.nature_of(group) is Nature.SELF_CHECK
        self.measure = Measure.SELF_CHECK if is_self_check else Measure.VISIT


def _group_of(fact: Fact, meant: Mapping[str, _Meant]) -> str | None:
    """Return the group that a check of the plan counts for; one that names none counts for the first that means it."""
    named = meant.get(fact.group)
    if named is not None:
        return fact.group if named.measure is fact.measure else None
    return next(
        (key for key, one in meant.items() if one.measure is fact.measure and fact.institution in one.ids),
        None,
    )


def _is_in_time(plan: Plan, fact: Fact) -> bool:
    """A visit for a task of the plan counts whenever it was made; one entered as past, and any other, in its time."""
    if fact.plan == plan.id and fact.table != "past_check":
        return True
    return (plan.period_from is None or plan.period_from <= fact.on_day) and (
        plan.period_to is None or fact.on_day <= plan.period_to
    )


def _covered(
    plan: Plan, meant: _Meant, own: Sequence[Fact], others: Iterable[Fact], chosen: Iterable[InstitutionId],
    until: dt.date | None,
) -> GroupCoverage:  # fmt: skip
    visited, group = {one.institution for one in own}, meant.group
    wanted = checked(group, meant.places)[1]
    elsewhere = (
        one for one in others
        if one.measure is meant.measure and one.institution in meant.ids and one.institution not in visited
    )  # fmt: skip
    return GroupCoverage(
        plan.id, group.id, group.title, group.owner, tuple(sorted(meant.ids | visited)), wanted,
        visits_a_year(group, wanted), tuple(dict.fromkeys(chosen)), tuple(own), tuple(elsewhere), until,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repeat:
    """An institution that was checked again within the lock; `grounds` why that may be (54号), none: it needs an eye."""

    institution: InstitutionId
    before: Fact
    again: Fact
    days: int
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverCap:
    """An institution that was checked more often in a year than the cap allows; visits with a ground do not count."""

    institution: InstitutionId
    year: int
    visits: tuple[Fact, ...]
    counted: int
    grounds: tuple[str, ...]


def repeats(
    visits: Iterable[Fact], lock_days: int, exemptions: Sequence[Exemption] = ()
) -> tuple[Repeat, ...]:
    """Return every check of an institution fewer than `lock_days` after the one before, on another day."""
    found = []
    for institution, facts in _by_institution(visits).items():
        for before, again in pairwise(facts):
            days = (again.on_day - before.on_day).days
            if 0 < days < lock_days:
                found.append(Repeat(institution, before, again, days, grounds_of(again, exemptions)))
    return tuple(sorted(found, key=lambda one: (one.again.on_day, one.institution)))


def over_cap(visits: Iterable[Fact], cap: int, exemptions: Sequence[Exemption] = ()) -> tuple[OverCap, ...]:
    """Return who was checked in a year more often than the cap, visits of one day counting once; 0 is no cap."""
    found = []
    for institution, facts in _by_institution(visits).items() if cap else ():
        for year, those in groupby(facts, key=lambda one: one.on_day.year):
            in_year = tuple(those)
            grounds = [grounds_of(one, exemptions) for one in in_year]
            counted = len({one.on_day for one, why in zip(in_year, grounds, strict=True) if not why})
            if len({one.on_day for one in in_year}) > cap:
                why = tuple(sorted({ground for each in grounds for ground in each}))
                found.append(OverCap(institution, year, in_year, counted, why))
    return tuple(sorted(found, key=lambda one: (-one.year, -one.counted, one.institution)))


def grounds_of(visit: Fact, exemptions: Sequence[Exemption] = ()) -> tuple[str, ...]:
    """Return why cap and lock do not hold for a visit: its task came from a complaint, a transfer or the data, or the plan
    exempts the institution.

    Source: 国办发〔2024〕54号 (投诉举报、转办交办、数据监测).
    """
    found = {str(one.ground) for one in exemptions if one.institution in ("", visit.institution)}
    if visit.subject in set(Ground):
        found.add(visit.subject)
    return tuple(sorted(found))


def _by_institution(visits: Iterable[Fact]) -> Mapping[InstitutionId, list[Fact]]:
    found: dict[InstitutionId, list[Fact]] = {}
    for one in sorted(visits, key=lambda one: (one.on_day, one.row)):
        found.setdefault(one.institution, []).append(one)
    return found
