"""What the lines of a plan mean in a register: objects, institutions to be checked, visits, locks and caps."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.ids import InstitutionId
from app.core.places import Institution
from app.core.plan_objects import population
from app.core.plans import Plan, to_check, visits


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One line of the division of labour.

    Attributes:
        objects: How many institutions it is about.
        size: How many of them are checked.
        visits: Visits a year that this means.
        locked: Objects that were checked within the plan's lock.
        capped: Objects that have reached the plan's yearly cap.
        shared: Objects that another line is about as well.
    """

    objects: int
    size: int
    visits: int
    locked: int
    capped: int
    shared: int


def count_groups(
    plan: Plan, places: Sequence[Institution], checks: Mapping[InstitutionId, Sequence[dt.date]], day: dt.date
) -> tuple[GroupCount, ...]:
    """Return what each group means on a day.

    Args:
        checks: Days of the on-site checks of each institution, ascending.
    """
    meant = [population(group.objects, places) for group in plan.groups]
    times: dict[InstitutionId, int] = {}
    for those in meant:
        for one in those:
            times[one.id] = times.get(one.id, 0) + 1
    locked, capped = set(), set()
    for institution, days in checks.items():
        if plan.lock_days and days and 0 <= (day - days[-1]).days < plan.lock_days:
            locked.add(institution)
        if plan.yearly_cap and sum(one.year == plan.year for one in days) >= plan.yearly_cap:
            capped.add(institution)
    found = []
    for group, those in zip(plan.groups, meant, strict=True):
        size = to_check(group, those)
        found.append(
            GroupCount(
                objects=len(those),
                size=size,
                visits=visits(group, size),
                locked=sum(one.id in locked for one in those),
                capped=sum(one.id in capped for one in those),
                shared=sum(times[one.id] > 1 for one in those),
            )
        )
    return tuple(found)
