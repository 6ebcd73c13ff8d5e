"""Plans as they stand in the store: read, judged against register and law, written part by part."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from app.core.clock import today
from app.core.ids import PlanId, RowId
from app.core.plan_checks import Remark, remarks
from app.core.plan_counts import GroupCount, count_groups
from app.core.plan_dates import Due, next_due
from app.core.plans import Content, Plan, PlanState, Report
from app.db.repos import plans as stored
from app.db.repos import registers
from app.db.unit import ReadUnit, WriteUnit
from app.services.checklists import Checklists
from app.services.coverage import last_checks
from app.services.papers.law import calendar
from app.services.store import Store
from checklists.plan_templates import terms

ENDED: Final = (PlanState.CLOSED, PlanState.CANCELLED)


@dataclasses.dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as a list shows it.

    Attributes:
        report: The report that is due next, and when.
        tasks: (ended, all) of its tasks.
    """

    plan: Plan
    report: tuple[Report, Due] | None
    tasks: tuple[int, int]


class PlanShelf:
    """Read plans, and what they mean today."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def get(self, plan_id: PlanId) -> Plan:
        """Return one plan.

        Raises:
            Refused: `plan.unknown`.
        """
        with self._store.db.read() as unit:
            return stored.get(unit, plan_id)

    def lines(self) -> tuple[PlanLine, ...]:
        """Return every plan, the newest year first."""
        day = today(self._store.now())
        with self._store.db.read() as unit:
            counts = {
                row.plan: (row.ended, row.n)
                for row in unit.sql(
                    "SELECT plan, count(*) AS n, sum(state IN ('signed', 'closed')) AS ended FROM task"
                    " WHERE _deleted = 0 AND state <> 'cancelled' AND plan <> '' GROUP BY plan"
                )
            }
            found = stored.all_plans(unit)
        return tuple(PlanLine(one, first_due(one, day), counts.get(one.id, (0, 0))) for one in found)

    def new_id(self) -> RowId:
        """Return an id for a new part of a plan."""
        return RowId(self._store.new_id())

    def remarks(self, plan: Plan) -> tuple[Remark, ...]:
        """Return what is to be seen to before a plan is submitted."""
        return remarks(
            plan, {one.id for one in self._checklists.all()}, {one.old: one.now for one in terms()}
        )

    def counts(self, plan: Plan) -> tuple[GroupCount, ...]:
        """Return what each group means in the register of today; institutions that left service do not count."""
        with self._store.db.read() as unit:
            places = [one for one in registers.all_institutions(unit) if one.status in ("", "active")]
            checks = last_checks(unit)
        return count_groups(plan, places, checks, today(self._store.now()))

    def due(self, plan: Plan) -> tuple[tuple[Report, Due | None], ...]:
        """Return the plan's reports, each with the next day it is due."""
        day = today(self._store.now())
        return tuple((one, next_due(one.rule, calendar(), day, plan.period_to)) for one in plan.reports)

    def open_tasks(self, plan_id: PlanId) -> int:
        """Return how many tasks of a plan are not finished."""
        with self._store.db.read() as unit:
            return open_tasks(unit, plan_id)

    def _renewed(self, plan: Plan) -> Plan:
        """Give every part an id of its own."""
        return dataclasses.replace(
            plan,
            stages=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.stages),
            groups=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.groups),
            reports=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.reports),
        )

    def _put(self, unit: WriteUnit, plan: Plan, old: Plan | None) -> None:
        unit.put("plan", plan.id, stored.head(plan))
        for name, (table, _) in stored.PARTS.items():
            now: Sequence[Any] = getattr(plan, name)
            before: Sequence[Any] = getattr(old, name) if old else ()
            for position, one in enumerate(now):
                unit.put(table, one.id, stored.part(name, plan.id, one, position))
            for gone in {one.id for one in before} - {one.id for one in now}:
                unit.delete(table, gone)


def first_due(plan: Plan, day: dt.date) -> tuple[Report, Due] | None:
    """Return the report of a plan that is due next, None where it has ended or none is due."""
    if plan.state in ENDED:
        return None
    found = [
        (one, due) for one in plan.reports if (due := next_due(one.rule, calendar(), day, plan.period_to))
    ]
    return min(found, key=lambda one: one[1].on, default=None)


def open_tasks(unit: ReadUnit, plan_id: PlanId) -> int:
    """Return how many tasks of a plan are not finished."""
    rows = unit.sql(
        "SELECT count(*) AS n FROM task WHERE plan = ? AND _deleted = 0 AND state NOT IN ('signed', 'closed', 'cancelled')",
        (plan_id,),
    )
    return int(rows[0].n)


def fresh(plan: Plan, plan_id: PlanId) -> Plan:
    """Return a plan as it was before it was submitted: no state, no approval, the newest checklists."""
    return dataclasses.replace(
        plan,
        id=plan_id,
        state=PlanState.DRAFT,
        number="",
        approved_by="",
        approved_at=None,
        approval_no="",
        reason="",
        groups=tuple(
            dataclasses.replace(one, contents=tuple(Content(each.template) for each in one.contents))
            for one in plan.groups
        ),
    )
